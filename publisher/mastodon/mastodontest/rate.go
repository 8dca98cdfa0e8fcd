package mastodontest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// budget is one of the instance's rate limits.
type budget struct {
	name   string
	total  int
	window time.Duration
}

// budgetsOf are the limits that a request counts against.
func (s *Server) budgetsOf(op Op) []budget {
	k := s.knobs
	all := []budget{{"call", orDefault(k.CallQuota, 300), 5 * time.Minute}}
	switch op {
	case OpPost:
		all = append(all, budget{"post", orDefault(k.Quota, 300), 3 * time.Hour})
	case OpUpload:
		all = append(all, budget{"media", orDefault(k.MediaQuota, 30), 30 * time.Minute})
	case OpDelete:
		all = append(all, budget{"delete", orDefault(k.DeleteQuota, 30), 30 * time.Minute})
	}
	return all
}

// used returns when an account used a budget, within its window.
func (s *Server) used(user string, b budget, at time.Time) []time.Time {
	key := user + "\x00" + b.name
	s.budgets[key] = slices.DeleteFunc(s.budgets[key], func(t time.Time) bool { return at.Sub(t) >= b.window })
	return s.budgets[key]
}

// charge counts a request, or refuses it as one too many.
func (s *Server) charge(c *call, u *User, at time.Time) error {
	for _, b := range s.budgetsOf(c.op) {
		if len(s.used(u.Name, b, at)) >= b.total {
			return failure(http.StatusTooManyRequests, "Too many requests")
		}
	}
	for _, b := range s.budgetsOf(c.op) {
		key := u.Name + "\x00" + b.name
		s.budgets[key] = append(s.budgets[key], at)
	}
	return nil
}

// rates adds the headers that tell about the tightest limit.
func (s *Server) rates(h http.Header, c *call, at time.Time) {
	if c.owner == "" {
		return
	}
	total, left, reset := 0, -1, at
	for _, b := range s.budgetsOf(c.op) {
		used := s.used(c.owner, b, at)
		if n := b.total - len(used); left < 0 || n < left {
			total, left, reset = b.total, n, at.Add(b.window)
			if len(used) > 0 {
				reset = used[0].Add(b.window)
			}
		}
	}
	setRate(h, s.knobs.RateHeaders, total, max(left, 0), reset)
}

func setRate(h http.Header, how RateHeaders, total, left int, reset time.Time) {
	switch how {
	case RateAbsent:
		return
	case RateMalformed:
		h.Set("X-RateLimit-Limit", "many")
		h.Set("X-RateLimit-Remaining", "-")
		h.Set("X-RateLimit-Reset", "soon")
		return
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(total))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", reset.UTC().Format("2006-01-02T15:04:05.000000Z"))
}
