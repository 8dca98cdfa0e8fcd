package bluesky

import (
	"errors"
	"fmt"
	"net/http"

	"strconv"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

// TestLimits: the budget is what the server says, else what is documented.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		headers blueskytest.RateHeaders
		points  int
		used    int
		total   int
	}{
		{blueskytest.RatePresent, 0, 3, 2500}, {blueskytest.RatePresent, 100, 3, 50},
		{blueskytest.RateAbsent, 100, 3, 2500}, {blueskytest.RateMalformed, 100, 3, 2500},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{RateHeaders: c.headers, HourPoints: c.points}}, func(w *world) {
				for i := range 3 {
					p := newPost()
					p.ID, p.Content.Text = fmt.Sprint(i), fmt.Sprint("Bulletin ", i)
					w.sent(p)
				}
				l, err := w.client.Limits(w.t.Context())
				if err != nil || l.Used != c.used || l.Total != c.total || l.Window != time.Hour {
					t.Errorf("%+v, %v", l, err)
				}
				pause(2 * time.Hour)
				if l, _ = w.client.Limits(w.t.Context()); l.Used != 0 {
					t.Errorf("after the window: %+v", l)
				}
			})
		})
	}
}

// TestBudgetSpent: the account waits until its budget is whole again, and posts
// then.
func TestBudgetSpent(t *testing.T) {
	bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{HourPoints: 10}}, func(w *world) {
		begun := time.Now()
		for i := range 12 {
			p := newPost()
			p.ID, p.Content.Text = fmt.Sprint(i), fmt.Sprint("Bulletin ", i)
			w.sent(p)
		}
		w.visible(12)
		refused := w.count(blueskytest.OpPut) - 12
		if took := time.Since(begun); took < 2*time.Hour || took > 3*time.Hour || refused > 3 {
			t.Errorf("it took %v and %d refusals", took, refused)
		}
	})
}

// TestBudgetOfADay: the day's points count too.
func TestBudgetOfADay(t *testing.T) {
	var p points
	now := time.Unix(1_800_000_000, 0)
	for range 17_400 {
		now = now.Add(4 * time.Second)
		p.spend(now, putPoints, publisher.Reply{})
	}
	if b := p.tightest(now); b.window != 24*time.Hour || b.left != 200 {
		t.Errorf("%+v", b)
	}
	if len(p.spent) > 25*60+1 {
		t.Errorf("%d entries are kept", len(p.spent))
	}
}

// TestBudgetWithoutEnd: a server that says that its budget is spent until the year 9999
// is believed for as long as the budget's window.
func TestBudgetWithoutEnd(t *testing.T) {
	var p points
	now := time.Unix(1_800_000_000, 0)
	h := http.Header{}
	for name, value := range map[string]string{"Limit": "5000", "Remaining": "0", "Reset": "253402300799", "Policy": "5000;w=3600"} {
		h.Set("RateLimit-"+name, value)
	}
	p.spend(now, putPoints, publisher.Reply{Header: h, At: now})
	if b := p.tightest(now.Add(59 * time.Minute)); b.left != 0 {
		t.Errorf("within the window: %+v", b)
	}
	if b := p.tightest(now.Add(61 * time.Minute)); b.left == 0 {
		t.Errorf("after it: %+v", b)
	}
}

// TestJudge is the table of what errors mean.
func TestJudge(t *testing.T) {
	cases := []struct {
		http int
		name string
		want verdict
	}{
		{400, "ExpiredToken", verdict{kind: spool.Temporary, token: true}},
		{400, "InvalidToken", verdict{kind: spool.Temporary, token: true}},
		{401, "AuthMissing", verdict{kind: spool.Temporary, token: true}},
		{401, "SomethingElse", verdict{kind: spool.Temporary, token: true}},
		{401, "AccountTakedown", verdict{kind: spool.Credentials}},
		{400, "AccountDeactivated", verdict{kind: spool.Credentials}},
		{401, "AuthFactorTokenRequired", verdict{kind: spool.Credentials}},
		{403, "Forbidden", verdict{kind: spool.Credentials}},
		{429, "RateLimitExceeded", verdict{kind: spool.Throttled}},
		{400, "InvalidSwap", verdict{kind: spool.Permanent, swap: true}},
		{400, "BlobNotFound", verdict{kind: spool.Temporary, blob: true}},
		{400, "InvalidMimeType", verdict{kind: spool.Permanent, media: true}},
		{413, "PayloadTooLarge", verdict{kind: spool.Permanent, media: true}},
		{413, "Anything", verdict{kind: spool.Permanent, media: true}},
		{400, "InvalidRequest", verdict{kind: spool.Permanent}},
		{400, "NeverSeenBefore", verdict{kind: spool.Permanent}},
		{501, "MethodNotImplemented", verdict{kind: spool.Permanent}},
		{500, "InternalServerError", verdict{kind: spool.Temporary, open: true}},
		{502, "UpstreamFailure", verdict{kind: spool.Temporary, open: true}},
		{503, "NotEnoughResources", verdict{kind: spool.Temporary, open: true}},
		{408, "RequestTimeout", verdict{kind: spool.Temporary, open: true}},
	}
	for _, c := range cases {
		got := judge(&refusal{HTTP: c.http, Name: c.name})
		got.hint = ""
		if got != c.want {
			t.Errorf("%d %s: %+v, want %+v", c.http, c.name, got, c.want)
		}
	}
}

// TestDecode: what is an answer of the API and what is not, and how long it asks
// to be left alone.
func TestDecode(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	cases := []struct {
		status int
		body   string
		header map[string]string
		name   string // of the refusal; empty: unreadable
		wait   time.Duration
	}{
		{400, `{"error":"InvalidSwap","message":"no"}`, nil, "InvalidSwap", 0},
		{400, `{"error":"two words"}`, nil, "", 0},
		{400, `{"error":""}`, nil, "", 0},
		{400, `<html>`, nil, "", 0},
		{301, `{"error":"Moved"}`, nil, "", 0},
		{502, `<html>`, nil, "", 0},
		{503, `{"error":"NotEnoughResources"}`, map[string]string{"Retry-After": "7"}, "NotEnoughResources", 7 * time.Second},
		{429, `<html>`, map[string]string{"Retry-After": "90"}, "RateLimitExceeded", 90 * time.Second},
		{429, `{"error":"RateLimitExceeded"}`, map[string]string{"RateLimit-Reset": strconv.FormatInt(now.Unix()+600, 10)}, "RateLimitExceeded", 10 * time.Minute},
		{429, ``, map[string]string{"RateLimit-Reset": "1"}, "RateLimitExceeded", 0},
		{429, ``, map[string]string{"RateLimit-Reset": "99999999999"}, "RateLimitExceeded", 24 * time.Hour},
	}
	for _, c := range cases {
		h := http.Header{}
		for k, v := range c.header {
			h.Set(k, v)
		}
		err := decode(publisher.Reply{Status: c.status, Body: []byte(c.body), Header: h, At: now}, nil)
		ref, _ := errors.AsType[*refusal](err)
		if c.name == "" {
			if !errors.Is(err, errUnreadable) {
				t.Errorf("%d %s: %v, want unreadable", c.status, c.body, err)
			}
			continue
		}
		if ref == nil || ref.Name != c.name || ref.Wait != c.wait {
			t.Errorf("%d %s: %+v, want %s and %v", c.status, c.body, ref, c.name, c.wait)
		}
	}
}

// FuzzDecode: nothing that a server answers is taken for something else.
func FuzzDecode(f *testing.F) {
	f.Add(200, `{"uri":"at://x","cid":"y"}`)
	f.Add(400, `{"error":"InvalidSwap","message":"accessJwt: abc"}`)
	f.Add(500, `<html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		var out stored
		err := decode(publisher.Reply{Status: status, Body: []byte(body)}, &out, "secretsecret")
		if ok := status >= 200 && status <= 299; !ok && err == nil {
			t.Errorf("status %d is taken for success", status)
		}
		if err != nil && strings.Contains(err.Error(), "secretsecret") {
			t.Error("the secret is in the error")
		}
	})
}
