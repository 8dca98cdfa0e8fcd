// Package publishertest is the suite that every network's publisher passes. It
// checks what the scheduler relies on and the compiler cannot: that each
// outcome is told truly, that one Publish makes at most one request that could
// make something visible, that a post whose answer was lost is found again, and
// that no secret leaves.
//
// A network's test gives [Run] a function that opens an [Account] on its
// stand-in. The suite runs each case in a bubble of testing/synctest, so its
// hours take no time and nothing in it may use a socket.
package publishertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/publisher"
)

// A Fault is what befalls the next request that could make a post visible.
type Fault string

// The faults. A stand-in that cannot do one returns false from Account.Break.
const (
	NotSent     Fault = "not sent"     // no connection: nothing has left
	CutBefore   Fault = "cut before"   // sent, no effect, no answer
	CutAfter    Fault = "cut after"    // effect, no answer
	HangBefore  Fault = "hang before"  // no effect, no answer until the caller gives up
	HangAfter   Fault = "hang after"   // effect, no answer until the caller gives up
	ErrorBefore Fault = "error before" // a server error, no effect
	ErrorAfter  Fault = "error after"  // a server error, effect
	Garbage     Fault = "garbage"      // effect, an answer that makes no sense
	Truncated   Fault = "truncated"    // effect, half an answer
	Late        Fault = "late"         // no answer; the effect comes two minutes later
	Throttled   Fault = "throttled"    // refused: too much, with a pause of 90 s
	Revoked     Fault = "revoked"      // refused: the credentials are dead
	Invalid     Fault = "invalid"      // refused for good: the content
	Redirected  Fault = "redirected"   // an answer that points elsewhere
)

// Faults lists them all.
func Faults() []Fault {
	return []Fault{
		NotSent, CutBefore, CutAfter, HangBefore, HangAfter, ErrorBefore, ErrorAfter,
		Garbage, Truncated, Late, Throttled, Revoked, Invalid, Redirected,
	}
}

// An Account is one account on a fresh stand-in, whose clock is time.Now.
type Account struct {
	Publisher publisher.Publisher
	Break     func(Fault) bool // plans a fault; false: not possible on this network
	Writes    func() int       // how many requests that could make something visible have arrived
	Visible   func() []Seen    // what a reader sees, oldest first
	Secrets   []string         // what must not be in an error or the log
	Log       func() string    // all that was logged
	Link      bool             // posts have a link that a reader sees apart from the text
}

// Seen is a post as a reader sees it.
type Seen struct{ ID, Text, Link string }

// Harness opens an account on a stand-in of its own.
type Harness func(t *testing.T) Account

// Run runs the whole suite.
func Run(t *testing.T, open Harness) {
	t.Helper()
	cases := []struct {
		name string
		test func(*suite)
	}{
		{"publishes once", (*suite).publishesOnce},
		{"carries every script", (*suite).unicode},
		{"stops when told", (*suite).cancelled},
		{"finds nothing that was not sent", (*suite).findsNothing},
		{"finds a live post again", (*suite).findsLive},
		{"leaves taken ids alone", (*suite).taken},
		{"tells the limits", (*suite).limits},
		{"matches its history", (*suite).history},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { bubble(t, open, c.test) })
	}
	for _, f := range Faults() {
		t.Run("after "+string(f), func(t *testing.T) {
			bubble(t, open, func(s *suite) { s.fault(f) })
		})
	}
}

func bubble(t *testing.T, open Harness, test func(*suite)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &suite{t: t, Account: open(t)}
		test(s)
		s.silent("the log", s.Log())
	})
}

type suite struct {
	t *testing.T
	Account
	serial int
}

// post is a post that is due.
func (s *suite) post(text string) spool.Post {
	s.serial++
	now := time.Now()
	return spool.Post{
		ID: fmt.Sprintf("post-%d", s.serial), Account: "suite", State: spool.Waiting, Created: now,
		Content: spool.Content{Text: text, Link: fmt.Sprintf("https://news.example.org/suite/%d", s.serial)},
	}
}

// next moves a post as the scheduler would.
func (s *suite) next(p spool.Post, e spool.Event) spool.Post {
	s.t.Helper()
	step, err := spool.Next(p, e, spool.Rules{}, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return step.Post
}

// ready prepares a post and marks it as begun.
func (s *suite) ready(p spool.Post) spool.Post {
	s.t.Helper()
	if prep, ok := s.Publisher.(publisher.Preparer); ok {
		for range 50 {
			if p.Draft.Ready {
				break
			}
			d, err := prep.Prepare(s.t.Context(), p)
			if err != nil {
				s.t.Fatalf("Prepare: %v", err)
			}
			p = s.next(p, spool.Event{What: spool.Prepared, Draft: &d})
			wait(d.Wait)
		}
	}
	return s.next(p, spool.Event{What: spool.Began})
}

// wait passes time on the bubble's clock.
func wait(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}

// publish makes one attempt and checks what holds for all of them.
func (s *suite) publish(ctx context.Context, p spool.Post) (spool.Receipt, *spool.Failure) {
	s.t.Helper()
	before := s.Writes()
	r, err := s.Publisher.Publish(ctx, p)
	if n := s.Writes() - before; n > 1 {
		s.t.Errorf("one Publish made %d requests that could make something visible", n)
	}
	return r, s.failure(err)
}

// failure checks that an error is a Failure without secrets.
func (s *suite) failure(err error) *spool.Failure {
	s.t.Helper()
	if err == nil {
		return nil
	}
	f, ok := err.(*spool.Failure)
	if !ok {
		s.t.Fatalf("the error is a %T, want *spool.Failure: %v", err, err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		s.silent("an error", fmt.Sprintf("%v %+v", e, e))
	}
	if f.Draft != nil {
		s.silent("a draft", f.Draft.State)
	}
	return f
}

func (s *suite) silent(where, text string) {
	s.t.Helper()
	for _, secret := range s.Secrets {
		if secret != "" && strings.Contains(text, secret) {
			s.t.Errorf("a secret is in %s", where)
		}
	}
}

func (s *suite) visible(n int) []Seen {
	s.t.Helper()
	seen := s.Visible()
	if len(seen) != n {
		s.t.Errorf("a reader sees %d posts, want %d", len(seen), n)
	}
	return seen
}
