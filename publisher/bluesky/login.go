package bluesky

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spool"
	"spool/publisher"
)

// Signing in is rationed by Bluesky, 300 times a day by its documentation, and
// an account that overdoes it is locked out. So sessions are kept, and every
// attempt to sign in is counted where a new process finds it.
const (
	maxLogins    = 5  // within a day, with one password
	maxAnyLogins = 20 // within a day, whatever the password
	loginDay     = 24 * time.Hour
	refusedFor   = 6 * time.Hour // how long a password that was refused is not tried again by the same process
)

// loginWaits are the pauses after the first, second … attempt in a row of which
// nobody knows what came of it.
var loginWaits = []time.Duration{time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour}

// A door is what this process remembers of coming in.
type door struct {
	tried     time.Time // when a renewal was last asked for
	renewed   bool      // since Keep last told
	unsaved   *unsaved
	refused   error // the password was, at refusedAt
	refusedAt time.Time
	attempts  []attempt // for when the memory forgets
}

type unsaved struct{ old, fresh publisher.Token }

// shut says that the account does not come in, for a reason that is no answer to
// the request in hand.
type shut struct {
	kind spool.Kind
	code string
	wait time.Duration
	err  error
}

func (e *shut) Error() string { return e.err.Error() }

func (e *shut) Unwrap() error { return e.err }

// barred reports whether the account cannot be used until a person acts.
func barred(err error) bool {
	e, ok := errors.AsType[*shut](err)
	return ok && e.kind == spool.Credentials
}

// loginMemory is where the account remembers its attempts to sign in.
const loginMemory = "bluesky.logins"

// The outcomes of an attempt.
const (
	unclear = "?"
	let     = "in"
	no      = "no"
)

type attempt struct {
	At      int64  `json:"at"` // Unix seconds
	Outcome string `json:"outcome"`
	With    string `json:"with"` // the mark of the password
}

// mark tells passwords apart well enough to count by, and says next to nothing
// about them: sixteen bits.
func (c *Client) mark() string {
	sum := sha256.Sum256([]byte(c.o.Handle + "\x00" + c.o.AppPassword))
	return hex.EncodeToString(sum[:2])
}

// login signs in and stores the session in the place of old.
func (c *Client) login(ctx context.Context, old publisher.Token) (session, error) {
	now := c.o.Now()
	switch {
	case c.o.AppPassword == "":
		return session{}, &shut{kind: spool.Credentials, err: errors.New(unequipped)}
	case c.door.refused != nil && now.Sub(c.door.refusedAt) < refusedFor && !now.Before(c.door.refusedAt):
		return session{}, c.door.refused
	}
	book, err := c.book(ctx, now)
	if err != nil {
		return session{}, err
	}
	if err := c.rationed(book, now); err != nil {
		return session{}, err
	}
	book = append(book, attempt{At: now.Unix(), Outcome: unclear, With: c.mark()})
	if err := c.note(ctx, book); err != nil { // before it happens: a process that dies of it has counted it
		return session{}, err
	}
	return c.signIn(ctx, old, book)
}

func (c *Client) signIn(ctx context.Context, old publisher.Token, book []attempt) (session, error) {
	var out granted
	err := c.call(ctx, request{
		op: "sign in", method: http.MethodPost, name: "com.atproto.server.createSession", base: c.o.BaseURL,
		body:    map[string]string{"identifier": c.o.Handle, "password": c.o.AppPassword},
		secrets: []string{c.o.AppPassword},
	}, &out)
	last := &book[len(book)-1]
	ref, v, refused := judged(err)
	switch {
	case publisher.NotSent(err):
		book = book[:len(book)-1]
	case err == nil:
		last.Outcome = let
	case refused && !v.open && v.kind != spool.Throttled:
		last.Outcome = no
	}
	if noteErr := c.note(context.WithoutCancel(ctx), book); noteErr != nil {
		c.log.Warn("what came of signing in could not be remembered", "error", noteErr)
	}
	if refused {
		return session{}, c.turnedAway(ref, v)
	}
	if err != nil {
		return session{}, err
	}
	c.door.refused = nil
	s, err := out.session(c)
	if err != nil {
		return session{}, err
	}
	c.log.Info("signed in to Bluesky", "handle", s.Handle)
	return c.keepActive(ctx, old, s, out, "login")
}

// turnedAway is a refusal to let the account in.
func (c *Client) turnedAway(ref *refusal, v verdict) error {
	e := &shut{kind: v.kind, code: ref.Name, wait: ref.Wait, err: ref.words(v)}
	switch {
	case v.token || ref.Name == invalidRequest:
		e.kind, e.err = spool.Credentials, fmt.Errorf("%s: %w", wrongPassword, ref)
	case v.kind == spool.Permanent:
		e.kind = spool.Credentials // of the configuration, not of a post
	case v.kind == spool.Throttled && e.wait <= 0:
		e.wait = defaultPause
	}
	if e.kind == spool.Credentials {
		c.door.refused, c.door.refusedAt = e, c.o.Now()
	}
	return e
}

// rationed says why the account may not sign in now; nil: it may.
func (c *Client) rationed(book []attempt, now time.Time) error {
	mine, lost, refusals := 0, 0, 0
	var first, last int64
	for _, a := range book {
		if a.With != c.mark() {
			continue
		}
		if mine++; mine == 1 {
			first = a.At
		}
		last = a.At
		switch a.Outcome {
		case unclear:
			lost++
		case no:
			lost, refusals = 0, refusals+1
		default:
			lost = 0
		}
	}
	end := time.Unix(first, 0).Add(loginDay)
	switch {
	case mine >= maxLogins && refusals == mine:
		return &shut{kind: spool.Credentials, err: fmt.Errorf("%s; it was tried %d times within a day and is not tried again before %s", wrongPassword, mine, clock(end))}
	case mine >= maxLogins && lost > 0:
		return &shut{kind: spool.Throttled, wait: max(end.Sub(now), time.Minute), err: fmt.Errorf(
			"signing in to Bluesky got no clear answer; it was tried %d times within a day, and Bluesky locks out who overdoes it: the next try is at %s", mine, clock(end))}
	case mine >= maxLogins:
		return c.enough(mine, end, now)
	case len(book) >= maxAnyLogins:
		return c.enough(len(book), time.Unix(book[0].At, 0).Add(loginDay), now)
	case lost > 0:
		next := time.Unix(last, 0).Add(publisher.Nth(loginWaits, lost))
		if wait := next.Sub(now); wait > 0 {
			return &shut{kind: spool.Temporary, wait: wait, err: fmt.Errorf("the last attempt to sign in got no answer: the next one is at %s", clock(next))}
		}
	}
	return nil
}

func (c *Client) enough(n int, end, now time.Time) error {
	return &shut{kind: spool.Throttled, wait: max(end.Sub(now), time.Minute), err: fmt.Errorf(
		"account %s has signed in to Bluesky %d times within a day, and Bluesky locks out who overdoes it: it waits until %s; if this goes on, its sessions are not kept: look at the database",
		c.o.Account, n, clock(end))}
}

func clock(t time.Time) string { return t.UTC().Format("2 January 15:04 UTC") }

// book reads the attempts of the last day, oldest first.
func (c *Client) book(ctx context.Context, now time.Time) ([]attempt, error) {
	text, err := c.o.Memory.Recall(ctx, loginMemory)
	if err != nil {
		return nil, &publisher.CallError{NotSent: true, Err: fmt.Errorf("recall how often the account signed in: %w", err)}
	}
	var book []attempt
	if text == "" || json.Unmarshal([]byte(text), &book) != nil || len(book) < len(c.door.attempts) {
		book = c.door.attempts
	}
	var recent []attempt
	for _, a := range book {
		if at := time.Unix(a.At, 0); now.Sub(at) < loginDay && at.Sub(now) < loginDay {
			recent = append(recent, a)
		}
	}
	return recent, nil
}

func (c *Client) note(ctx context.Context, book []attempt) error {
	c.door.attempts = append([]attempt(nil), book...)
	b, err := json.Marshal(book)
	if err != nil {
		panic(err) // strings and numbers
	}
	if err := c.o.Memory.Remember(ctx, loginMemory, string(b)); err != nil {
		return &publisher.CallError{NotSent: true, Err: fmt.Errorf("remember that the account signs in: %w", err)}
	}
	return nil
}
