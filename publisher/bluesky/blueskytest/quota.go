package blueskytest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	hourPoints = 5000
	dayPoints  = 35000
)

// cost is what a write costs.
func cost(op Op) int {
	switch op {
	case OpCreate:
		return 3
	case OpPut, OpPutOther:
		return 2
	case OpDelete:
		return 1
	}
	return 0
}

func (s *Server) hourly() int {
	if s.knobs.HourPoints > 0 {
		return s.knobs.HourPoints
	}
	return hourPoints
}

// charge takes the points of a write, or refuses it for the lack of them.
func (s *Server) charge(c *call, u *User, at time.Time) error {
	list := slices.DeleteFunc(s.state.Spent[u.Handle], func(p spent) bool { return at.Sub(p.At) >= 24*time.Hour })
	s.state.Spent[u.Handle] = list
	hour, day := s.points(u.Handle, at)
	if n := cost(c.op); hour+n > s.hourly() || day+n > dayPoints {
		return failure(http.StatusTooManyRequests, "RateLimitExceeded", "Rate Limit Exceeded")
	}
	s.state.Spent[u.Handle] = append(list, spent{at, cost(c.op)})
	return nil
}

// points are those spent within an hour and within a day.
func (s *Server) points(handle string, at time.Time) (hour, day int) {
	for _, p := range s.state.Spent[handle] {
		if at.Sub(p.At) < time.Hour {
			hour += p.Points
		}
		day += p.Points
	}
	return hour, day
}

// rateHeaders tells the tighter of an account's budgets with the answer to a
// write, and the budget of requests with any other.
func (s *Server) rateHeaders(h http.Header, c *call, at time.Time) {
	switch s.knobs.RateHeaders {
	case RateAbsent:
		return
	case RateMalformed:
		h.Set("RateLimit-Limit", "many")
		h.Set("RateLimit-Remaining", "-1")
		h.Set("RateLimit-Reset", "soon")
		h.Set("RateLimit-Policy", "w=")
		return
	}
	limit, left, window := 3000, 2990, 5*time.Minute
	if cost(c.op) > 0 && c.owner != "" {
		hour, day := s.points(c.owner, at)
		limit, left, window = s.hourly(), s.hourly()-hour, time.Hour
		if dayPoints-day < left {
			limit, left, window = dayPoints, dayPoints-day, 24*time.Hour
		}
	}
	reset := at.Add(window)
	if list := s.state.Spent[c.owner]; cost(c.op) > 0 && len(list) > 0 {
		reset = oldest(list, at, window).Add(window)
	}
	h.Set("RateLimit-Limit", strconv.Itoa(limit))
	h.Set("RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	h.Set("RateLimit-Reset", strconv.FormatInt(reset.Unix()+1, 10))
	h.Set("RateLimit-Policy", strconv.Itoa(limit)+";w="+strconv.Itoa(int(window/time.Second)))
}

func oldest(list []spent, at time.Time, window time.Duration) time.Time {
	for _, p := range list {
		if at.Sub(p.At) < window {
			return p.At
		}
	}
	return at
}
