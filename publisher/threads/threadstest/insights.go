package threadstest

import (
	"slices"
	"strings"
	"time"
)

// insights answers for a post; nobody ever looks at the posts of a stand-in.
func (s *Server) insights(c *call, u *User) (object, error) {
	p := s.find(c.id)
	if p == nil || p.Owner != u.Name {
		return nil, missingObject(c.id)
	}
	return metrics(c, p.ID, "lifetime", []string{"views", "likes", "replies", "reposts", "quotes", "shares"}, func(string) object {
		return object{"values": []object{{"value": 0}}}
	})
}

// profileInsights answers for an account.
func (s *Server) profileInsights(c *call, u *User, at time.Time) (object, error) {
	known := []string{"views", "likes", "replies", "reposts", "quotes", "clicks", "followers_count", "follower_demographics"}
	return metrics(c, u.ID, "day", known, func(name string) object {
		switch name {
		case "views":
			return object{"values": []object{{"value": 0, "end_time": at.UTC().Format(timeLayout)}}}
		case "clicks":
			return object{"link_total_values": []object{}}
		}
		return object{"total_value": object{"value": 0}}
	})
}

func metrics(c *call, id, period string, known []string, values func(string) object) (object, error) {
	data := []object{}
	for name := range strings.SplitSeq(c.form.Get("metric"), ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			return nil, badParameter("Param metric must be one of {" + strings.Join(known, ", ") + "}.")
		}
		o := values(name)
		o["name"], o["period"], o["title"], o["description"] = name, period, strings.ToUpper(name[:1])+name[1:], ""
		o["id"] = id + "/insights/" + name + "/" + period
		data = append(data, o)
	}
	return object{"data": data}, nil
}
