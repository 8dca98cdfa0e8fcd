// Package publisher is what every social network looks like to Spool: one
// attempt to publish, one look whether a post is live, and the network's
// limits. Retrying, pacing and remembering are the scheduler's.
//
// A network is a package below this one. It implements [Publisher], and of the
// optional interfaces what it can; it sends its requests through a [Caller],
// which bounds them and keeps secrets out of errors; and it passes the suite
// of publishertest.
package publisher

import (
	"context"
	"time"

	"spool"
)

// A Publisher publishes on one account. Its methods are not called at the same
// time as one another.
type Publisher interface {
	// Publish makes p visible: one attempt, with at most one request that
	// could have that effect. It must not repeat that request by itself. Every
	// error is a *spool.Failure; one that leaves the outcome open is Unsure.
	// Publish may read from the network to make an outcome certain. It ends
	// when ctx does, and then the outcome is Unsure.
	Publish(ctx context.Context, p spool.Post) (spool.Receipt, error)

	// Find looks whether a post that may be live is. An error, always a
	// *spool.Failure, means that the network gave no answer to go by; a
	// Permanent one, that this network can never tell.
	Find(ctx context.Context, q Query) (Sighting, error)

	// Limits asks the network how much the account may still post.
	Limits(ctx context.Context) (Limits, error)
}

// A Preparer is a network on which a post is made in two steps, of which the
// first makes nothing visible. Its Publish is called only with a draft that is
// ready, and makes that very draft visible.
type Preparer interface {
	// Prepare goes one step towards a draft that is ready and returns the
	// draft to save. Since nothing it does is visible it may be repeated at
	// will: an Unsure failure of Prepare counts as Temporary.
	Prepare(ctx context.Context, p spool.Post) (spool.Draft, error)
}

// A Keeper looks after the account's credentials: it verifies them, and renews
// them in good time. A passing trouble never loses a credential that works.
type Keeper interface {
	Keep(ctx context.Context) (Credential, error)
}

// A Historian can tell what the account has posted lately, so that an empty or
// restored database does not post it again.
type Historian interface {
	// History returns what has gone live since a moment, as far as the
	// network's lists and their bounds allow.
	History(ctx context.Context, since time.Time) (History, error)
}

// A History is what is on an account's profile.
type History interface {
	// Match finds p among it. Taken are the ids of posts that are known to be
	// others.
	Match(p spool.Post, taken map[string]bool) (spool.Receipt, bool)
}

// A Withdrawer is a network on which a post can be taken away.
type Withdrawer interface {
	// Withdraw removes a live post. That it is gone already is success: the
	// request may be repeated at will, so an Unsure failure counts as Temporary.
	Withdraw(ctx context.Context, r spool.Receipt) error

	// Withdrawals is how many posts may be removed within a moving window; 0: the
	// network sets no limit worth minding.
	Withdrawals() (most int, window time.Duration)
}

// An Editor is a network on which the words of a live post can be changed.
type Editor interface {
	// Edit gives the live post of a receipt the content of p, all of it: what is
	// left out is gone. It may be repeated at will, like Withdraw.
	Edit(ctx context.Context, r spool.Receipt, p spool.Post) (spool.Receipt, error)
}

// A Witness can tell whether a post that was live still is: somebody may have taken it
// away by hand. A post about an alert is looked for before it is answered.
type Witness interface {
	// Stands reports whether a post is still there: one cheap question. false only
	// if the network answered and it was not. Errors are *spool.Failure. What went
	// live within the last minute is not to be asked for: not all of a network's
	// servers may know it yet.
	Stands(ctx context.Context, r spool.Receipt) (bool, error)
}

// A Measurer is a network whose limits are learned from its server. They are
// those of the network's kind until then, and never fetched by this call.
type Measurer interface {
	TextLimits() spool.TextLimits
}

// A Previewer can show what it would send.
type Previewer interface {
	// Payload is what would make p visible, without any secret. It makes no
	// request: what only the server can say is left out or named in brackets.
	Payload(p spool.Post) Payload
}

// A Payload is the request that would make a post visible.
type Payload struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	Body   any    `json:"body"` // fit for JSON: a form as a map of names to values
}

// Files holds the pictures that were fetched for posts.
type Files interface {
	// File returns the bytes under a name and their MIME type, or an error that
	// wraps spool.ErrNotFound.
	File(ctx context.Context, name string) (data []byte, mime string, err error)
}

// A Query is a post to be looked for and what helps not to mistake another for it.
type Query struct {
	Post       spool.Post
	Taken      map[string]bool // the network's ids of the account's other posts
	LinkShared bool            // another post of the account has the same link, so the link alone proves nothing
}

// A Sighting is what a look found. Neither Found nor Gone means: not there, but
// what was sent may still appear.
type Sighting struct {
	Found   bool
	Receipt spool.Receipt // when found; with Again also where it is if it is there after all, as far as nobody can be asked
	Others  []string      // ids of further posts that match as well: a doubling to be reported
	Gone    bool          // not there, and nothing sent so far can become visible any more
	Again   bool          // not there, but sending the very same once more cannot make a second one
	Draft   *spool.Draft  // what is to be kept of the preparation; nil leaves it as it is
}

// Limits is how much an account may post, as the network itself says.
type Limits struct {
	Used   int           // posts within Window
	Total  int           // posts allowed within Window; 0: the network does not say
	Window time.Duration // a moving window
}

// A Credential is the state of what an account signs in with.
type Credential struct {
	Expires time.Time // zero: unknown, or never
	Renewed bool      // it was replaced just now
	Warning string    // for people; empty: all is well
}
