package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/threads/threadstest"
)

// A matrixFault is something that goes wrong with the first requests of a kind.
type matrixFault struct {
	name  string
	rules []threadstest.Rule
}

// matrixFaults are faults before and after the effect, on each kind of request.
func matrixFaults() []matrixFault {
	publish := func(name string, a threadstest.Action) matrixFault {
		return matrixFault{"publish " + name, []threadstest.Rule{{Op: threadstest.OpPublish, Times: 2, Action: a}}}
	}
	create := func(name string, a threadstest.Action) matrixFault {
		return matrixFault{"create " + name, []threadstest.Rule{{Op: threadstest.OpCreate, Times: 2, Action: a}}}
	}
	return []matrixFault{
		{name: "none"},
		publish("500 before", threadstest.Status(500, "")),
		publish("500 after", threadstest.CommitThenStatus(500, "")),
		publish("cut before", threadstest.DropBefore()),
		publish("cut after", threadstest.CommitThenDrop()),
		publish("hang before", threadstest.Hang()),
		publish("hang after", threadstest.CommitThenHang()),
		publish("garbage after", threadstest.Garbage()),
		publish("garbage before", threadstest.Garbage().WithoutEffect()),
		publish("truncated", threadstest.Truncated()),
		publish("late by 3m, cut", threadstest.CommitLate(3*time.Minute)),
		publish("late by 3m, 500", threadstest.CommitLateStatus(3*time.Minute, 500, "")),
		publish("late by 3m, hang", threadstest.CommitLateHang(3*time.Minute)),
		publish("not found", threadstest.Error(400, 24, 4279009, "The requested resource does not exist")),
		publish("code 10 though live", threadstest.CommitThenStatus(500, threadstest.ErrorBody(10, 0, "Application does not have permission for this action"))),
		publish("throttled", threadstest.Throttle(map[string]string{"Retry-After": "60"})),
		publish("code 2", threadstest.Error(500, 2, 0, "Service temporarily unavailable")),
		create("500", threadstest.Status(500, "")),
		create("cut after", threadstest.CommitThenDrop()),
		create("throttled", threadstest.Throttle(nil)),
		{"status 500", []threadstest.Rule{{Op: threadstest.OpStatus, Times: 3, Action: threadstest.Status(500, "")}}},
		{"container in error", []threadstest.Rule{{Op: threadstest.OpStatus, Nth: 1, Action: threadstest.Status(200, `{"id":"1","status":"ERROR","error_message":"UNKNOWN"}`)}}},
		{"blind after publish", []threadstest.Rule{
			{Op: threadstest.OpPublish, Times: 1, Action: threadstest.CommitThenDrop()},
			{Op: threadstest.OpList, Times: 4, Action: threadstest.Status(500, "")},
		}},
	}
}

// A matrixSetting is one value of one knob.
type matrixSetting struct{ knob, value string }

func matrixSettings() []matrixSetting {
	settings := []matrixSetting{{"", ""}}
	for _, knob := range threadstest.AllKnobs() {
		for _, value := range knob.Values[1:] {
			settings = append(settings, matrixSetting{knob.Name, value})
		}
	}
	return settings
}

// TestMatrix runs every fault at every setting of every knob, on virtual time,
// and counts what readers see. No post may be lost and none doubled; one that
// nobody can tell about may wait for a person. The holes that remain are in
// publisher/threads, by their names.
//
// All pairs are run when $SPOOL_MATRIX is "full", as it is in CI; otherwise all
// faults at the default setting, and a few of them at each other one. With
// -short, as under the race detector, it is a third of those.
func TestMatrix(t *testing.T) {
	full := os.Getenv("SPOOL_MATRIX") == "full"
	for n, setting := range matrixSettings() {
		t.Run(strings.Trim(setting.knob+"="+setting.value, "="), func(t *testing.T) {
			for i, fault := range matrixFaults() {
				if !full && setting.knob != "" && (i+n)%8 != 0 || testing.Short() && (i+n)%3 != 0 {
					continue
				}
				t.Run(fault.name, func(t *testing.T) {
					playMatrix(t, setting, fault)
				})
			}
		})
	}
}

func playMatrix(t *testing.T, setting matrixSetting, fault matrixFault) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		var knobs threadstest.Knobs
		if setting.knob != "" {
			if err := knobs.Set(setting.knob, setting.value); err != nil {
				t.Fatal(err)
			}
		}
		s.net.SetKnobs(knobs)
		s.prog.tick = 10 * time.Second
		s.baseline()
		s.net.Plan(fault.rules...)
		titles := s.publish(3)
		s.wait(5 * time.Minute)
		titles = append(titles, s.publish(1)...)
		s.waitUntilSettled(len(titles))
		s.wait(20 * time.Minute) // whatever is late comes now, and every post is checked once
		s.wantNothingDoubledOrLost(titles)
		s.wantClean()
	})
}

// waitUntilSettled lets time pass, four hours at most, until so many posts are
// live or wait for a person.
func (s *stage) waitUntilSettled(n int) {
	for range 48 {
		s.wait(5 * time.Minute)
		if len(s.posts(spool.Live, spool.Held, spool.Failed, spool.Dropped)) == n {
			return
		}
	}
}

// wantNothingDoubledOrLost fails when a title is seen twice, or is neither seen
// nor held for a person who is told why.
func (s *stage) wantNothingDoubledOrLost(titles []string) {
	s.t.Helper()
	seen := map[string]int{}
	for _, title := range s.live() {
		seen[title]++
	}
	told := map[string]string{}
	for _, p := range s.posts() {
		if p.State == spool.Held && p.Reason != "" {
			told[firstLine(p.Content.Text)] = p.Reason
		}
		if p.State != spool.Live && p.State != spool.Held {
			s.t.Errorf("%q ended as %s: %s", firstLine(p.Content.Text), p.State, p.Reason)
		}
	}
	for _, title := range titles {
		switch n := seen[title]; {
		case n > 1:
			s.t.Errorf("%q is seen %d times", title, n)
		case n == 0 && told[title] == "":
			s.t.Errorf("%q is lost", title)
		}
	}
	for title := range seen {
		if !slices.Contains(titles, title) {
			s.t.Errorf("%q was never meant to be posted", title)
		}
	}
	if len(told) > 0 {
		s.t.Logf("held: %v", fmt.Sprint(told))
	}
	if s.t.Failed() {
		s.t.Log(s.tail())
	}
}
