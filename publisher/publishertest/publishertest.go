// Package publishertest is the suite that every network's publisher passes. It
// checks what the scheduler relies on and the compiler cannot: that each
// outcome is told truly, that one Publish makes at most one request that could
// make something visible, that a post whose answer was lost is found again or
// sent again without harm, that texts arrive as they are up to the last
// character that the limits allow, and that no secret leaves.
//
// A network's test gives [Run] a function that opens an [Account] on its
// stand-in. The suite runs each case in a bubble of testing/synctest, so its
// hours take no time and nothing in it may use a socket; only the cases about
// kept connections run outside of one, on a listener of their own, for a few
// seconds at most.
//
// What a network can do beyond publishing is told by fields of [Account] and by
// the optional interfaces of package publisher. A case whose ability is missing
// is skipped, and says which one that is.
package publishertest

import (
	"fmt"
	"testing"
	"testing/synctest"

	"spool"
	"spool/publisher"
)

// A Fault is what befalls a request.
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

// An Account is one account on a fresh stand-in, whose clock is time.Now. The
// fields of the first group are required; each of the others lets the suite
// check more.
type Account struct {
	Publisher publisher.Publisher
	Break     func(Fault) bool // plans a fault for the next request that could make a post visible; false: not possible on this network
	Writes    func() int       // how many requests that could make something visible have arrived
	Visible   func() []Seen    // what a reader sees, oldest first
	Secrets   []string         // what must not be in an error, a draft, a receipt, a payload or the log
	Log       func() string    // all that was logged
	Link      bool             // posts have a link that a reader sees apart from the text; false: it stands in the text

	// Text is what the network takes, as its package states it. With it, texts at
	// exactly the limit are published, and Replies and Media say which further
	// cases there are.
	Text spool.TextLimits

	// Count is how the stand-in itself counts a text, in the units of Text.Max.
	// It must not be the function that Text.Length is.
	Count func(text string) int

	// Wire lies between the client and the stand-in, when the harness put one
	// there. With it, requests are counted, watched for being alone and not
	// repeatable, the network can be made to be down, and the client is tried on
	// real connections that break.
	Wire *Wire

	// Violations is what the stand-in saw that a client must never do. None may
	// be left after a case.
	Violations func() []string

	// BreakChange plans a fault for the next request that edits or withdraws a
	// live post, of a network whose publisher is an Editor or a Withdrawer.
	BreakChange func(Fault) bool

	// Remove is a person taking a post away by hand, by the network's id.
	Remove func(id string)

	// BreakLook plans a fault for the next request that asks for a post, of a network
	// whose publisher is a Witness.
	BreakLook func(Fault) bool

	// Files is where the client reads the bytes of pictures from. It may be left
	// out for a network that fetches pictures itself (Text.Media.ByURL).
	Files *Files

	// RefusePicture makes the stand-in refuse, for good, the next picture that it
	// is given.
	RefusePicture func()

	// Reopen makes another client of the account, as the next process would: with
	// the same stores and nothing of what the one before kept in memory.
	Reopen func() publisher.Publisher

	// Warns says that a reader sees Content.Warning before the text (Seen.Warning).
	Warns bool

	// Again says that a post may always be sent again, since the network takes
	// the second one for the first: a look that does not find it has to say so.
	Again bool

	// Blind says that nobody can ask this network about a post: after an unclear
	// outcome a person decides, at once.
	Blind bool

	// Nowhere says that a single post has no address for readers.
	Nowhere bool
}

// Seen is a post as a reader sees it. Only the first three fields are always
// there; the others are filled in where the network and its stand-in have them.
type Seen struct {
	ID, Text, Link string

	ReplyTo string // the id of the post that it answers
	Root    string // the id of the first post of its thread, where the network keeps that apart
	Warning string
	Media   []SeenMedia // in order
}

// SeenMedia is a picture of a post as a reader sees it: its bytes where they were
// uploaded, its address where the network fetched it.
type SeenMedia struct {
	Alt  string
	URL  string
	Data []byte
}

// Harness opens an account on a stand-in of its own. It is called within a bubble
// of testing/synctest, and outside of one for the cases about connections.
type Harness func(t *testing.T) Account

// A test is one case of the suite.
type test struct {
	name string
	run  func(*suite)
}

// Run runs the whole suite.
func Run(t *testing.T, open Harness) {
	t.Helper()
	for _, group := range [][]test{basics(), texts(), troubles(), threads(), pictures(), changes(), stands()} {
		for _, c := range group {
			bubble(t, open, c)
		}
	}
	can := abilities(t, open)
	for _, f := range Faults() {
		bubble(t, open, test{"after " + string(f), func(s *suite) { s.fault(f) }})
		if can.edit {
			bubble(t, open, test{"edited after " + string(f), func(s *suite) { s.brokenEdit(f) }})
		}
		if can.withdraw {
			bubble(t, open, test{"withdrawn after " + string(f), func(s *suite) { s.brokenWithdrawal(f) }})
		}
		if can.witness {
			bubble(t, open, test{"asked about after " + string(f), func(s *suite) { s.brokenStand(f) }})
		}
	}
	for _, c := range connections() {
		t.Run(c.name, func(t *testing.T) {
			s := newSuite(t, open)
			s.skip = func(why string, args ...any) { t.Skipf("skipped: "+why, args...) }
			s.finish(c.run)
		})
	}
}

// bubble runs a case on a clock of its own. A case that is skipped within is
// skipped without, where people see it.
func bubble(t *testing.T, open Harness, c test) {
	t.Helper()
	t.Run(c.name, func(t *testing.T) {
		skipped := ""
		synctest.Test(t, func(t *testing.T) {
			s := newSuite(t, open)
			s.skip = func(why string, args ...any) {
				skipped = fmt.Sprintf(why, args...)
				t.SkipNow()
			}
			s.finish(c.run)
		})
		if skipped != "" {
			t.Skip("skipped: " + skipped)
		}
	})
}

// able says which changes a network can make, and which questions it can answer,
// and have broken, so that those it cannot are skipped once and not for every fault.
type able struct{ edit, withdraw, witness bool }

func abilities(t *testing.T, open Harness) (can able) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSuite(t, open)
		_, can.edit = s.editor()
		_, can.withdraw = s.withdrawer()
		_, can.witness = s.witness()
		for what, missing := range map[string]bool{
			"the publisher edits or withdraws, and Account.BreakChange is not given":   (can.edit || can.withdraw) && s.BreakChange == nil,
			"the publisher is a Witness, and Account.BreakLook or Remove is not given": can.witness && (s.BreakLook == nil || s.Remove == nil),
		} {
			if missing {
				t.Error(what + ": what cannot be tried is not shown to hold")
			}
		}
		can.witness = can.witness && s.BreakLook != nil && s.Remove != nil
		can.edit, can.withdraw = can.edit && s.BreakChange != nil, can.withdraw && s.BreakChange != nil
	})
	for what, ok := range map[string]bool{"edited after faults": can.edit, "withdrawn after faults": can.withdraw, "asked about after faults": can.witness} {
		if !ok {
			t.Run(what, func(t *testing.T) {
				t.Skip("skipped: the publisher cannot do that, or the stand-in cannot break it (Account.BreakChange, Account.BreakLook)")
			})
		}
	}
	return can
}
