package threadstest

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// earliest is before which no list can be asked for.
const earliest = 1688540400

// tooEarly judges a moment by that, unless the clock itself is set before it,
// as in the bubbles of testing/synctest.
func tooEarly(t, now time.Time) bool { return t.Unix() < earliest && now.Unix() >= earliest }

// window reads since and until.
func (s *Server) window(c *call, at time.Time) (inside func(time.Time) bool, err error) {
	inside = func(time.Time) bool { return true }
	if v := c.form.Get("since"); v != "" {
		since, ok := parseTime(v)
		if !ok || tooEarly(since, at) || s.knobs.ListSince == SinceRefused {
			return nil, badParameter("Param since is not valid.")
		}
		if s.knobs.ListSince == SinceExclusive {
			since = since.Add(time.Second)
		}
		inside = func(t time.Time) bool { return !t.Before(since) }
	}
	if v := c.form.Get("until"); v != "" {
		until, ok := parseTime(v)
		if !ok || tooEarly(until, at) || until.After(at) {
			return nil, badParameter("Param until is not valid.")
		}
		from := inside
		inside = func(t time.Time) bool { return from(t) && !t.After(until) }
	}
	return inside, nil
}

func parseTime(v string) (time.Time, bool) {
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, timeLayout} {
		if t, err := time.Parse(layout, v); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// list is the account's posts or its replies, newest first.
func (s *Server) list(c *call, u *User, at time.Time) (object, error) {
	inside, err := s.window(c, at)
	if err != nil {
		return nil, err
	}
	var found []*post
	for _, p := range slices.Backward(s.state.Posts) {
		reply := p.Content.ReplyTo != ""
		wanted := reply == (c.op == OpReplies) || (reply && s.knobs.ListIncludesReplies)
		listed := !p.Deleted && at.Sub(p.Time) >= s.knobs.ListLag
		if p.Owner == u.Name && wanted && listed && inside(p.Time.Truncate(time.Second)) {
			found = append(found, p)
		}
	}
	return s.slice(c, found)
}

// conversation is the replies under a post: to itself, or to all below it.
func (s *Server) conversation(c *call, _ *User, at time.Time) (object, error) {
	if s.find(c.id) == nil {
		return nil, missingObject(c.id)
	}
	var found []*post
	for _, p := range slices.Backward(s.state.Posts) {
		direct := p.Content.ReplyTo == c.id
		below := strings.HasSuffix(c.path, "/conversation") && p.Content.ReplyTo != "" && s.root(p) == c.id
		if !p.Deleted && (direct || below) && at.Sub(p.Time) >= s.knobs.ListLag {
			found = append(found, p)
		}
	}
	if c.form.Get("reverse") == "false" {
		slices.Reverse(found)
	}
	return s.slice(c, found)
}

// slice is one page of a list.
func (s *Server) slice(c *call, found []*post) (object, error) {
	limit := 25
	if v := c.form.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 100 {
			return nil, badParameter("Param limit must be between 1 and 100.")
		}
		limit = n
	}
	from, to, err := bounds(c, found, limit)
	if err != nil {
		return nil, err
	}
	data := []object{}
	for _, p := range found[from:to] {
		o, err := s.fieldsOf(c, p)
		if err != nil {
			return nil, err
		}
		data = append(data, o)
	}
	if _, err := pick(c.form.Get("fields"), "id", object{}, mediaFields); err != nil {
		return nil, err
	}
	out := object{"data": data}
	if len(data) > 0 {
		out["paging"] = object{"cursors": object{"before": cursor(found[from].ID), "after": cursor(found[to-1].ID)}}
	}
	return out, nil
}

// bounds is the part of a list that the cursors ask for. A cursor stays good
// when posts are added or removed, since it is a post's place in the sequence.
func bounds(c *call, found []*post, limit int) (from, to int, err error) {
	place := func(name string) (int64, error) {
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(c.form.Get(name), "QVFI"))
		if err != nil {
			return 0, badParameter("Param " + name + " is not a cursor.")
		}
		id, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			return 0, badParameter("Param " + name + " is not a cursor.")
		}
		return id, nil
	}
	id := func(p *post) int64 {
		n, _ := strconv.ParseInt(p.ID, 10, 64) // ids are of our own making
		return n
	}
	switch {
	case c.form.Get("after") != "":
		after, err := place("after")
		if err != nil {
			return 0, 0, err
		}
		for from < len(found) && id(found[from]) >= after {
			from++
		}
	case c.form.Get("before") != "":
		before, err := place("before")
		if err != nil {
			return 0, 0, err
		}
		for to < len(found) && id(found[to]) > before {
			to++
		}
		return max(0, to-limit), to, nil
	}
	return from, min(len(found), from+limit), nil
}

func cursor(id string) string { return "QVFI" + base64.RawURLEncoding.EncodeToString([]byte(id)) }
