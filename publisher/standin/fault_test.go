package standin_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/standin"
)

const no = "the gazette says no"

// Each action: what the client gets and when, and what readers see at once and
// after an hour. The client waits for 90 s.
func TestActions(t *testing.T) {
	made := `{"id":1,`
	tests := []struct {
		name    string
		action  standin.Action
		err     error
		status  int
		body    string // it begins so
		took    time.Duration
		visible int
		later   int
	}{
		{"nothing", standin.Action{}, nil, 201, made, 0, 1, 1},
		{"status", standin.Status(502, "<html>"), nil, 502, "<html>", 0, 0, 0},
		{"status without a body", standin.Status(500, ""), nil, 500, no, 0, 0, 0},
		{"status that nobody named", standin.Status(0, ""), nil, 500, no, 0, 0, 0},
		{"throttle", standin.Throttle("slowly", map[string]string{"Retry-After": "60"}), nil, 429, "slowly", 0, 0, 0},
		{"throttle for a while", standin.ThrottleFor(59500*time.Millisecond, ""), nil, 429, no, 0, 0, 0},
		{"delay", standin.Delay(time.Minute), nil, 201, made, time.Minute, 1, 1},
		{"long delay", standin.Delay(time.Hour), context.DeadlineExceeded, 0, "", 90 * time.Second, 0, 0},
		{"refuse", standin.Refuse(), syscall.ECONNREFUSED, 0, "", 0, 0, 0},
		{"drop before", standin.DropBefore(), syscall.ECONNRESET, 0, "", 0, 0, 0},
		{"commit then drop", standin.CommitThenDrop(), syscall.ECONNRESET, 0, "", 0, 1, 1},
		{"commit then status", standin.CommitThenStatus(500, ""), nil, 500, no, 0, 1, 1},
		{"commit late", standin.CommitLate(10 * time.Minute), syscall.ECONNRESET, 0, "", 0, 0, 1},
		{"commit late, status", standin.CommitLateStatus(10*time.Minute, 503, "later"), nil, 503, "later", 0, 0, 1},
		{"commit late, hang", standin.CommitLateHang(10 * time.Minute), context.DeadlineExceeded, 0, "", 90 * time.Second, 0, 1},
		{"garbage", standin.Garbage(), nil, 200, "<!DOCTYPE html>", 0, 1, 1},
		{"garbage before", standin.Garbage().WithoutEffect(), nil, 200, "<!DOCTYPE html>", 0, 0, 0},
		{"truncated", standin.Truncated(), io.ErrUnexpectedEOF, 201, `{"id":1,`, 0, 1, 1},
		{"truncated before", standin.Truncated().WithoutEffect(), io.ErrUnexpectedEOF, 200, `{"id"`, 0, 0, 0},
		{"slow body", standin.SlowBody(time.Minute), nil, 201, made, time.Minute, 1, 1},
		{"slower body", standin.SlowBody(time.Hour), context.DeadlineExceeded, 201, "", 90 * time.Second, 1, 1},
		{"hang", standin.Hang(), context.DeadlineExceeded, 0, "", 90 * time.Second, 0, 0},
		{"commit then hang", standin.CommitThenHang(), context.DeadlineExceeded, 0, "", 90 * time.Second, 1, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := begin()
				g.fail(tt.action)
				c := g.client()
				c.Timeout = 90 * time.Second
				begun := time.Now()
				a, err := g.sendBy(c, "paper", "x")
				if !errors.Is(err, tt.err) || a.status != tt.status || !strings.HasPrefix(a.body, tt.body) {
					t.Errorf("answer %d %s, error %v", a.status, a.body, err)
				}
				if got := time.Since(begun); got != tt.took {
					t.Errorf("took %v, want %v", got, tt.took)
				}
				if got := len(g.Visible("")); got != tt.visible {
					t.Errorf("%d visible, want %d", got, tt.visible)
				}
				time.Sleep(time.Hour)
				if got := len(g.Visible("")); got != tt.later {
					t.Errorf("%d visible later, want %d", got, tt.later)
				}
				if tt.action.Status == 429 && a.header.Get("Retry-After") != "60" {
					t.Errorf("headers %v", a.header)
				}
				synctest.Wait()
				g.Plan()
				mustSend(t, g, "the next")
				if got := g.desk.MaxInFlight("paper"); got != 1 {
					t.Errorf("%d posts counted as under way", got)
				}
				if log := g.Requests(); len(log) != 2 || log[0].Fault != tt.action.Do || log[0].Status != tt.status || log[0].told != (tt.status != 0) {
					t.Errorf("log %+v", log)
				}
			})
		})
	}
}

// The same over a socket, for those actions that depend on the connection.
func TestActionsOverHTTP(t *testing.T) {
	tests := map[string]struct {
		action  standin.Action
		err     error
		visible int
	}{
		"drop before":      {standin.DropBefore(), io.EOF, 0},
		"commit then drop": {standin.CommitThenDrop(), io.EOF, 1},
		"refuse":           {standin.Refuse(), io.EOF, 0},
		"truncated":        {standin.Truncated(), io.ErrUnexpectedEOF, 1},
		"slow body":        {standin.SlowBody(time.Millisecond), nil, 1},
		"plain":            {standin.Action{}, nil, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			g := begin()
			g.fail(tt.action)
			server := httptest.NewServer(g)
			defer server.Close()
			_, err := g.sendBy(&http.Client{Transport: rebase{server}}, "paper", "x")
			if !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if got := len(g.Visible("")); got != tt.visible {
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

// How long a limit lasts is told as the network tells it.
func TestThrottleInTheNetworksWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := begin(func(n *standin.Network[op, *call, request]) {
			n.Lifted = func(h http.Header, now time.Time, wait time.Duration) {
				h.Set("Open-At", now.Add(wait).Format(time.Kitchen))
			}
		})
		g.fail(standin.ThrottleFor(time.Hour, "slowly"))
		a := mustSend(t, g, "x")
		if want := time.Now().Add(time.Hour).Format(time.Kitchen); a.header.Get("Open-At") != want || a.header.Get("Retry-After") != "" {
			t.Errorf("headers %v", a.header)
		}
	})
}

func TestActionsAsJSON(t *testing.T) {
	for _, f := range standin.CommonFaults(90 * time.Second) {
		t.Run(f.Name, func(t *testing.T) {
			b, err := json.Marshal(f.Action)
			var back standin.Action
			if err := errors.Join(err, json.Unmarshal(b, &back)); err != nil {
				t.Fatal(err)
			}
			if again, err := json.Marshal(back); err != nil || string(again) != string(b) || back.After != f.Action.After || back.Effect != f.Action.Effect {
				t.Errorf("%s came back as %s: %v", b, again, err)
			}
		})
	}
	for _, bad := range []string{`{"do":"explode"}`, `{"do":"delay","after":"soon"}`, `[]`, `{}`} {
		var a standin.Action
		if json.Unmarshal([]byte(bad), &a) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
