package threadstest_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

// What goes wrong speaks as the network does, unless the rule has words of its own.
func TestFaultsSpeakAsTheNetwork(t *testing.T) {
	for name, tt := range map[string]struct {
		action threadstest.Action
		status int
		code   string
	}{
		"status":             {threadstest.Status(502, "<html>"), 502, ""},
		"status without":     {threadstest.Status(500, ""), 500, "2"},
		"refusal":            {threadstest.Status(404, ""), 404, "1"},
		"error":              {threadstest.Error(400, 190, 460, "no"), 400, "190/460"},
		"throttle":           {threadstest.Throttle(map[string]string{"Retry-After": "60"}), 429, "4"},
		"late":               {threadstest.CommitLateStatus(time.Minute, 503, ""), 503, "2"},
		"commit then status": {threadstest.CommitThenStatus(500, ""), 500, "2"},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, threadstest.Options{})
			box := c.create("x")
			s.Plan(threadstest.Rule{Op: threadstest.OpPublish, Path: "/me/threads_publish", User: "paper", Action: tt.action})
			a := c.publish(box)
			if a.status != tt.status || a.code() != tt.code {
				t.Errorf("answer %d %s", a.status, a.raw)
			}
			if tt.action.Headers != nil && a.header.Get("Retry-After") != "60" {
				t.Errorf("headers %v", a.header)
			}
		})
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
