package web

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func readiness503(t *testing.T, s *site) Readiness {
	t.Helper()
	w := s.ask("GET", "/readyz")
	if w.Code != 503 {
		t.Fatalf("status %d, want 503", w.Code)
	}
	var answer Readiness
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestReadyzTellsWhatDoesNotWorkButNotWhy(t *testing.T) {
	const secret = "postgres://spool:hunter2@db/spool"
	s := newSite(t, func(context.Context) error { return errors.New("no turn for a minute: " + secret) })
	s.store.fail(errors.New("open " + secret + ": disk full"))
	answer := readiness503(t, s)
	if answer.Ready || len(answer.Checks) != 2 || answer.Checks[0].OK || answer.Checks[1].OK {
		t.Errorf("answer: %+v", answer)
	}
	body, _ := json.Marshal(answer)
	if strings.Contains(string(body), "hunter2") || !strings.Contains(string(body), "the log says why") {
		t.Errorf("answer: %s", body)
	}
	if !strings.Contains(s.log.String(), "disk full") {
		t.Errorf("the log does not say why:\n%s", s.log)
	}
}

func TestReadyzNamesTheOneThatFails(t *testing.T) {
	s := newSite(t, func(context.Context) error { return errors.New("it stands still") })
	answer := readiness503(t, s)
	if !answer.Checks[0].OK || answer.Checks[1].OK || answer.Checks[1].Name != "scheduler" {
		t.Errorf("answer: %+v", answer)
	}
}

// Whoever asks often must not make the database write as often.
func TestReadyzAsksAtMostOnceASecond(t *testing.T) {
	s := newSite(t, nil)
	for range 10 {
		s.ask("GET", "/readyz")
	}
	if s.store.pings != 1 {
		t.Errorf("ten requests at one moment asked the database %d times", s.store.pings)
	}
	s.now = s.now.Add(time.Second)
	s.ask("GET", "/readyz")
	if s.store.pings != 2 {
		t.Errorf("a second later it was asked %d times in all, want 2", s.store.pings)
	}
	s.now = s.now.Add(-time.Hour) // a clock that was set back must not keep an answer for an hour
	s.ask("GET", "/readyz")
	if s.store.pings != 3 {
		t.Errorf("after the clock was set back it was asked %d times in all, want 3", s.store.pings)
	}
}

// The log has one line when it fails and one when it is well again.
func TestReadinessIsLoggedWhenItChanges(t *testing.T) {
	s := newSite(t, nil)
	steps := []error{nil, errors.New("disk full"), errors.New("disk full"), nil, nil}
	for _, err := range steps {
		s.store.fail(err)
		s.ask("GET", "/readyz")
		s.now = s.now.Add(2 * time.Second)
	}
	log := s.log.String()
	if strings.Count(log, "not ready") != 1 || strings.Count(log, "ready again") != 1 {
		t.Errorf("want one line for the failure and one for its end:\n%s", log)
	}
}

// A database that hangs makes the answer late, not absent.
func TestReadyzDoesNotWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		begin := time.Now()
		answer := readiness503(t, s)
		if took := time.Since(begin); took != checkTimeout {
			t.Errorf("it took %v, want %v", took, checkTimeout)
		}
		if answer.Checks[1].OK {
			t.Errorf("answer: %+v", answer)
		}
	})
}
