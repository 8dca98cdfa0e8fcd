package bluesky

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"spool/publisher"
)

// Writing costs points: 5,000 an hour and 35,000 a day for an account on
// Bluesky's own servers, of which a put takes two and a removal one. Other
// servers set their own, and say so in the headers of their answers.
const (
	putPoints    = 2
	deletePoints = 1
	hourPoints   = 5000
	dayPoints    = 35000
)

// points are what the account has spent, as far as this process knows, and what
// the server said last.
type points struct {
	spent []spending
	told  budget
}

type spending struct {
	minute time.Time
	points int
}

// A budget is what the headers of an answer say.
type budget struct {
	limit, left int
	window      time.Duration
	reset       time.Time // by our clock
}

// spend counts a write, answered or not. reply is the zero Reply when there was
// no answer.
func (p *points) spend(now time.Time, cost int, reply publisher.Reply) {
	minute := now.Truncate(time.Minute)
	for len(p.spent) > 0 && now.Sub(p.spent[0].minute) > 25*time.Hour {
		p.spent = p.spent[1:]
	}
	if n := len(p.spent); n > 0 && p.spent[n-1].minute.Equal(minute) {
		p.spent[n-1].points += cost
	} else {
		p.spent = append(p.spent, spending{minute, cost})
	}
	if b, ok := readBudget(reply); ok {
		p.told = b
	}
}

// readBudget reads the headers. The limit on requests of all kinds, within five
// minutes, is none of points.
func readBudget(reply publisher.Reply) (budget, bool) {
	number := func(name string) (int, bool) {
		n, err := strconv.Atoi(strings.TrimSpace(reply.Header.Get(name)))
		return n, err == nil && n >= 0
	}
	limit, ok1 := number("RateLimit-Limit")
	left, ok2 := number("RateLimit-Remaining")
	reset, ok3 := number("RateLimit-Reset")
	_, window, ok4 := strings.Cut(reply.Header.Get("RateLimit-Policy"), "w=")
	seconds, err := strconv.Atoi(window)
	if !ok1 || !ok2 || !ok3 || !ok4 || err != nil || limit < putPoints || seconds < 3600 || seconds > 7*24*3600 {
		return budget{}, false
	}
	length := time.Duration(seconds) * time.Second
	// A budget is whole again within its window, whatever a server says: nothing but
	// the next write would tell that it is.
	until := min(time.Unix(int64(reset), 0).Sub(serverTime(reply)), length)
	return budget{limit: limit, left: min(left, limit), window: length, reset: reply.At.Add(until)}, true
}

// within is what was spent lately.
func (p *points) within(now time.Time, window time.Duration) int {
	n := 0
	for _, s := range p.spent {
		if now.Sub(s.minute) < window {
			n += s.points
		}
	}
	return n
}

// tightest is the budget of which the least is left.
func (p *points) tightest(now time.Time) budget {
	if p.told.limit > 0 && now.Before(p.told.reset) {
		return p.told
	}
	hour := budget{limit: hourPoints, left: hourPoints - p.within(now, time.Hour), window: time.Hour}
	day := budget{limit: dayPoints, left: dayPoints - p.within(now, 24*time.Hour), window: 24 * time.Hour}
	if p.told.limit > 0 && p.told.window == time.Hour { // a server with figures of its own
		hour.limit, hour.left = p.told.limit, p.told.limit-p.within(now, time.Hour)
	}
	if day.left < hour.left {
		return day
	}
	return hour
}

// Limits tells the budget in posts. It makes no request: the network says it
// with the answers to others.
func (c *Client) Limits(context.Context) (publisher.Limits, error) {
	b := c.points.tightest(c.o.Now())
	return publisher.Limits{
		Used: max(b.limit-b.left, 0) / putPoints, Total: b.limit / putPoints, Window: b.window,
	}, nil
}

// put is the request that puts a record under a key. swap is what must be there:
// with nothing, it is sent as null and means that nothing may be there.
func (c *Client) put(s session, collection, key string, value any, onlyNew bool) request {
	body := map[string]any{"repo": s.DID, "collection": collection, "rkey": key, "record": value}
	if onlyNew {
		body["validate"], body["swapRecord"] = true, nil
	}
	return request{
		op: "put record", method: http.MethodPost, name: "com.atproto.repo.putRecord", base: s.PDS, bearer: s.Access,
		body: body, cost: putPoints, timeout: c.o.Publish,
	}
}
