package threadstest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// quotaWindow is the moving window of all quotas.
const quotaWindow = 24 * time.Hour

func used(of []quotum, reply bool, at time.Time) int {
	n := 0
	for _, q := range of {
		if q.Reply == reply && at.Sub(q.At) < quotaWindow {
			n++
		}
	}
	return n
}

func orDefault(n, standard int) int {
	if n > 0 {
		return n
	}
	return standard
}

// checkQuota refuses one post or reply too many.
func (s *Server) checkQuota(u *User, reply bool, at time.Time) error {
	u.Publishes = slices.DeleteFunc(u.Publishes, func(q quotum) bool { return at.Sub(q.At) >= quotaWindow })
	total := orDefault(s.knobs.Quota, 250)
	if reply {
		total = orDefault(s.knobs.ReplyQuota, 1000)
	}
	if used(u.Publishes, reply, at) < total {
		return nil
	}
	return s.quotaError()
}

func (s *Server) quotaError() error {
	switch s.knobs.QuotaError {
	case QuotaCode9:
		return failure(9, 0, "User is performing too many actions")
	case QuotaCode100:
		return badParameter("The maximum number of posts has been reached.")
	case QuotaCode2207042:
		return failure(9, 2207042, "Application request limit reached")
	}
	e := failure(4, 0, "Application request limit reached")
	e.http = http.StatusForbidden
	return e
}

func (s *Server) limits(c *call, u *User, at time.Time) (object, error) {
	config := func(total int) object {
		return object{"quota_total": total, "quota_duration": int(quotaWindow / time.Second)}
	}
	all := object{
		"quota_usage": used(u.Publishes, false, at), "config": config(orDefault(s.knobs.Quota, 250)),
		"reply_quota_usage": used(u.Publishes, true, at), "reply_config": config(orDefault(s.knobs.ReplyQuota, 1000)),
		"delete_quota_usage": used(u.Deletes, false, at), "delete_config": config(orDefault(s.knobs.DeleteQuota, 100)),
		"location_search_quota_usage": 0, "location_search_config": config(500),
	}
	o, err := pick(c.form.Get("fields"), "quota_usage", all, keys(all))
	if err != nil {
		return nil, err
	}
	return object{"data": []object{o}}, nil
}

// usage adds the Graph API's usage headers as the knob says.
func (s *Server) usage(h http.Header, owner string) {
	u := s.state.Users[owner]
	if u == nil || h == nil {
		return
	}
	percent := min(100, 100*used(u.Publishes, false, s.now())/orDefault(s.knobs.Quota, 250))
	switch s.knobs.UsageHeaders {
	case UsagePresent:
		h.Set("X-App-Usage", fmt.Sprintf(`{"call_count":%d,"total_time":1,"total_cputime":1}`, percent))
		h.Set("X-Business-Use-Case-Usage", fmt.Sprintf(`{%q:[{"type":"threads","call_count":%d,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":0}]}`, u.ID, percent))
	case UsageMalformed:
		h.Set("X-App-Usage", `{"call_count":"many"`)
		h.Set("X-Business-Use-Case-Usage", "none")
		h.Set("Retry-After", "soon")
	}
}
