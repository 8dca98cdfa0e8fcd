package threadstest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

// Each fault, seen through both ways: what the client gets, and what readers
// see at once and after an hour.
func TestFaults(t *testing.T) {
	tests := []struct {
		name    string
		action  threadstest.Action
		err     bool
		status  int
		code    string
		took    time.Duration // in the bubble
		visible int
		later   int
	}{
		{"status", threadstest.Status(502, "<html>"), false, 502, "", 0, 0, 0},
		{"error", threadstest.Error(400, 190, 460, "no"), false, 400, "190/460", 0, 0, 0},
		{"default body", threadstest.Status(500, ""), false, 500, "2", 0, 0, 0},
		{"throttle", threadstest.Throttle(map[string]string{"Retry-After": "60"}), false, 429, "4", 0, 0, 0},
		{"delay", threadstest.Delay(time.Minute), false, 200, "", time.Minute, 1, 1},
		{"drop before", threadstest.DropBefore(), true, 0, "", 0, 0, 0},
		{"commit then drop", threadstest.CommitThenDrop(), true, 0, "", 0, 1, 1},
		{"commit then status", threadstest.CommitThenStatus(500, ""), false, 500, "2", 0, 1, 1},
		{"commit late", threadstest.CommitLate(10 * time.Minute), true, 0, "", 0, 0, 1},
		{"commit late, error", threadstest.CommitLateStatus(10*time.Minute, 503, ""), false, 503, "2", 0, 0, 1},
		{"commit late, hang", threadstest.CommitLateHang(10 * time.Minute), true, 0, "", 90 * time.Second, 0, 1},
		{"garbage", threadstest.Garbage(), false, 200, "", 0, 1, 1},
		{"garbage before", threadstest.Garbage().WithoutEffect(), false, 200, "", 0, 0, 0},
		{"truncated", threadstest.Truncated(), true, 0, "", 0, 1, 1},
		{"slow body", threadstest.SlowBody(time.Minute), false, 200, "", time.Minute, 1, 1},
		{"slower body", threadstest.SlowBody(time.Hour), true, 0, "", 90 * time.Second, 1, 1},
		{"hang", threadstest.Hang(), true, 0, "", 90 * time.Second, 0, 0},
		{"commit then hang", threadstest.CommitThenHang(), true, 0, "", 90 * time.Second, 1, 1},
		{"refuse", threadstest.Refuse(), true, 0, "", 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := start(t, threadstest.Options{})
				c.http.Timeout = 90 * time.Second
				box := c.create("x")
				s.Plan(threadstest.Rule{Op: threadstest.OpPublish, Action: tt.action})
				begun := time.Now()
				a, err := c.try(t.Context(), "POST", "/me/threads_publish", url.Values{"creation_id": {box}})
				if tt.err != (err != nil) || (err == nil && (a.status != tt.status || a.code() != tt.code)) {
					t.Errorf("answer %d %s, error %v", a.status, a.raw, err)
				}
				if got := time.Since(begun); got != tt.took {
					t.Errorf("took %v, want %v", got, tt.took)
				}
				if got := len(s.Visible("")); got != tt.visible {
					t.Errorf("%d visible, want %d", got, tt.visible)
				}
				time.Sleep(time.Hour)
				if got := len(s.Visible("")); got != tt.later {
					t.Errorf("%d visible later, want %d", got, tt.later)
				}
				if tt.action.Headers != nil && a.header.Get("Retry-After") != "60" {
					t.Errorf("headers %v", a.header)
				}
				synctest.Wait()
				s.Plan()
				c.publish(c.create("the next"))
				if got := s.MaxInFlight("paper"); got != 1 {
					t.Errorf("%d publishes counted as under way", got)
				}
			})
		})
	}
}

// The same over a socket, for those faults that depend on the connection.
func TestFaultsOverHTTP(t *testing.T) {
	tests := map[string]struct {
		action  threadstest.Action
		err     error
		visible int
	}{
		"drop before":      {threadstest.DropBefore(), io.EOF, 0},
		"commit then drop": {threadstest.CommitThenDrop(), io.EOF, 1},
		"refuse":           {threadstest.Refuse(), io.EOF, 0},
		"truncated":        {threadstest.Truncated(), io.ErrUnexpectedEOF, 1},
		"slow body":        {threadstest.SlowBody(time.Millisecond), nil, 1},
		"plain":            {threadstest.Action{}, nil, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, threadstest.Options{})
			box := c.create("x")
			s.Plan(threadstest.Rule{Op: threadstest.OpPublish, Action: tt.action})
			server := httptest.NewServer(s)
			defer server.Close()
			c.http.Transport = rebase{server}
			_, err := c.try(t.Context(), "POST", "/me/threads_publish", url.Values{"creation_id": {box}})
			if !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if got := len(s.Visible("")); got != tt.visible {
				t.Errorf("%d visible, want %d", got, tt.visible)
			}
		})
	}
}

// rebase sends requests to a test server, and none twice.
type rebase struct{ server *httptest.Server }

func (r rebase) RoundTrip(req *http.Request) (*http.Response, error) {
	to, err := url.Parse(r.server.URL)
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.URL.Scheme, req.URL.Host, req.GetBody = to.Scheme, to.Host, nil
	return r.server.Client().Transport.RoundTrip(req)
}

// A client can tell a request that was never written from one that was cut.
func TestTransportTellsWhatWasWritten(t *testing.T) {
	for name, tt := range map[string]struct {
		action  threadstest.Action
		written bool
		err     error
	}{
		"refused": {threadstest.Refuse(), false, syscall.ECONNREFUSED},
		"cut":     {threadstest.DropBefore(), true, syscall.ECONNRESET},
		"hang":    {threadstest.Hang(), true, context.DeadlineExceeded},
		"fine":    {threadstest.Action{}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := start(t, threadstest.Options{})
				s.Plan(threadstest.Rule{Action: tt.action})
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				written := false
				ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written = true }})
				_, err := c.try(ctx, "GET", "/me", nil)
				if !errors.Is(err, tt.err) || written != tt.written {
					t.Errorf("error %v, written %v", err, written)
				}
			})
		})
	}
}

func TestRulesCount(t *testing.T) {
	tests := []struct {
		name string
		rule threadstest.Rule
		want string // of six publishes: x failed, . went through
	}{
		{"all", threadstest.Rule{}, "xxxxxx"},
		{"third", threadstest.Rule{Nth: 3}, "..x..."},
		{"from the fourth", threadstest.Rule{From: 4}, "...xxx"},
		{"twice from the second", threadstest.Rule{From: 2, Times: 2}, ".xx..."},
		{"method", threadstest.Rule{Method: "GET"}, "......"},
		{"path", threadstest.Rule{Path: "/me/threads_publish", Times: 1}, "x....."},
		{"pattern", threadstest.Rule{Path: "/me/threads*", Times: 1}, "x....."},
		{"other path", threadstest.Rule{Path: "/*"}, "......"},
		{"user", threadstest.Rule{User: "paper", Nth: 1}, "x....."},
		{"other user", threadstest.Rule{User: "other"}, "......"},
		{"dice", threadstest.Rule{Probability: 0.5}, "x....."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, c := start(t, threadstest.Options{Seed: 7})
			var boxes []string
			for _, text := range []string{"1", "2", "3", "4", "5", "6"} {
				boxes = append(boxes, c.create(text))
			}
			tt.rule.Action = threadstest.Status(500, "")
			s.Plan(tt.rule)
			got := ""
			for _, box := range boxes {
				if c.publish(box).status == 500 {
					got += "x"
				} else {
					got += "."
				}
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if n := strings.Count(got, "."); len(s.Visible("")) != n {
				t.Errorf("%d visible, want %d", len(s.Visible("")), n)
			}
		})
	}
}

func TestTheFirstRuleThatFiresDecides(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	s.Plan(
		threadstest.Rule{Op: threadstest.OpMe, Nth: 2, Action: threadstest.Status(501, "")},
		threadstest.Rule{Op: threadstest.OpMe, From: 2, Action: threadstest.Status(502, "")},
	)
	for i, want := range []int{200, 501, 502} {
		if a := c.get("/me"); a.status != want {
			t.Errorf("request %d: %d, want %d", i+1, a.status, want)
		}
	}
}

// Every fault does what its flag says about the effect, and survives JSON.
func TestAllFaults(t *testing.T) {
	for _, f := range threadstest.AllFaults(time.Minute) {
		t.Run(f.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, err := json.Marshal(f.Action)
				var back threadstest.Action
				if err := errors.Join(err, json.Unmarshal(b, &back)); err != nil {
					t.Fatal(err)
				}
				s, c := start(t, threadstest.Options{})
				c.http.Timeout = 5 * time.Minute
				box := c.create("x")
				s.Plan(threadstest.Rule{Op: threadstest.OpPublish, Action: back})
				_, _ = c.try(t.Context(), "POST", "/me/threads_publish", values("creation_id", box)) // whatever comes back
				time.Sleep(time.Minute)
				want := 0
				if f.Action.Effect || f.Name == "delay" {
					want = 1
				}
				if got := len(s.Visible("")); got != want {
					t.Errorf("%d visible, want %d", got, want)
				}
			})
		})
	}
}

func TestActionsAsJSON(t *testing.T) {
	rule := threadstest.Rule{Op: threadstest.OpPublish, Times: 2, Action: threadstest.CommitLateStatus(90*time.Second, 503, "x")}
	b, err := json.Marshal(rule)
	if err != nil {
		t.Fatal(err)
	}
	var back threadstest.Rule
	if err := json.Unmarshal(b, &back); err != nil || back.Action.After != 90*time.Second || back.Action.Status != 503 || !back.Action.Effect || back.Times != 2 {
		t.Errorf("%s came back as %+v: %v", b, back, err)
	}
	for _, bad := range []string{`{"do":"explode"}`, `{"do":"delay","after":"soon"}`, `[]`} {
		var a threadstest.Action
		if json.Unmarshal([]byte(bad), &a) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
