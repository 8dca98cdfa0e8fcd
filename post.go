package spool

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"
)

// A State is where a post is on its way. The strings are stored.
type State string

// The states of a post; docs/states.md has the table of what leads where.
const (
	Waiting State = "waiting" // due at NotBefore
	Sending State = "sending" // a request that makes it visible may be under way
	Doubt   State = "doubt"   // it may or may not be live: to be looked for
	Held    State = "held"    // waits for a person
	Live    State = "live"    // readers can see it
	Failed  State = "failed"  // the network refused it for good
	Dropped State = "dropped" // cancelled, too late, or overtaken
)

// States lists them all, in the order of a post's life.
func States() []State { return []State{Waiting, Sending, Doubt, Held, Live, Failed, Dropped} }

// Final reports whether no event but a person's retry leads out of s.
func (s State) Final() bool { return s == Live || s == Failed || s == Dropped }

// A Purpose is what a post does for its item. The strings are stored.
type Purpose string

// The purposes. All but Announce and Renew follow from a post that is live, their Parent.
const (
	Announce Purpose = "announce" // the first post about an item
	Continue Purpose = "continue" // goes on where its parent's text ended, as a reply
	Correct  Purpose = "correct"  // says in a reply what has changed
	Edit     Purpose = "edit"     // gives its parent other words in place
	Withdraw Purpose = "withdraw" // takes its parent off the account
	Replace  Purpose = "replace"  // is posted in the place of one that was withdrawn, its parent
	Renew    Purpose = "renew"    // announces an alert anew whose announcement failed or is not there any more
	Update   Purpose = "update"   // says in a reply what has become of an alert
	Close    Purpose = "close"    // says in a reply that an alert is over
)

// Purposes lists them all.
func Purposes() []Purpose {
	return []Purpose{Announce, Continue, Correct, Edit, Withdraw, Replace, Renew, Update, Close}
}

// Steers reports whether a post changes another one instead of being one that
// readers see. Its request may be made again at will: done twice it is done once.
func (p Purpose) Steers() bool { return p == Edit || p == Withdraw }

// Replies reports whether a post answers its parent.
func (p Purpose) Replies() bool {
	return p == Continue || p == Correct || p == Update || p == Close
}

// Heads reports whether a post begins a thread: it is what readers meet first.
func (p Purpose) Heads() bool { return p == Announce || p == Replace || p == Renew }

// PostID is the id of the post about an item on an account for a purpose: the
// same each time, so that recording it twice records it once. Parts tell posts of
// one purpose apart: the parent, the revision.
func PostID(item, account string, purpose Purpose, parts ...string) string {
	name := strings.Join(append([]string{item, account, string(purpose)}, parts...), "\x00")
	sum := sha256.Sum256([]byte(name))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// A Priority orders the posts of an account; higher goes first.
type Priority int

// The priorities. High and Breaking may use the account's reserve; Breaking
// also ignores quiet hours and spacing.
const (
	Low      Priority = -1
	Normal   Priority = 0
	High     Priority = 1
	Breaking Priority = 2
)

// String is the priority's name in the configuration.
func (p Priority) String() string {
	switch {
	case p <= Low:
		return "low"
	case p == Normal:
		return "normal"
	case p == High:
		return "high"
	}
	return "breaking"
}

// A Hold is why a post waits for a person. The strings are stored.
type Hold string

// The reasons for which a post is held.
const (
	HoldApproval    Hold = "approval"    // its feed wants each post released
	HoldBurst       Hold = "burst"       // too many new items came at once
	HoldChurn       Hold = "churn"       // all items of its feed turned new at once, or known ones came under other names
	HoldDuplicate   Hold = "duplicate"   // another item says nearly the same
	HoldCredentials Hold = "credentials" // the network does not let the account in
	HoldDoubt       Hold = "doubt"       // nobody could tell whether it is live
	HoldAlt         Hold = "alt"         // a picture has no description, and its feed wants one
	HoldPerson      Hold = "person"      // somebody asked for it
)

// Holds lists them all.
func Holds() []Hold {
	return []Hold{HoldApproval, HoldBurst, HoldChurn, HoldDuplicate, HoldCredentials, HoldDoubt, HoldAlt, HoldPerson}
}

// A Draft is what a network has prepared for a post. Readers cannot see it.
type Draft struct {
	State string        // the network's own notes, opaque to everybody else; empty: nothing is prepared
	Ready bool          // true: Publish may be called
	Wait  time.Duration // not ready: how long until it is worth asking again
}

// A Receipt says where a live post is.
type Receipt struct {
	ID   string // the network's id; empty when it is live but could not be told from others yet
	URL  string // for readers; empty when unknown
	Note string // what differs from what was asked, for the history: "without the image: …"

	// Version names these very words where the network wants that of whoever
	// answers them (Bluesky's CID); empty elsewhere.
	Version string
}

// A Reply is what a post answers: the live post above it, and the first of the
// thread, which may be the same.
type Reply struct{ To, Root Receipt }

// A Post is the intention to publish one item on one account for one purpose.
type Post struct {
	ID       string
	Item     string
	Feed     string
	Account  string
	Purpose  Purpose
	Priority Priority
	Content  Content
	Parent   string // the post that it follows from: see Purpose; empty: none
	Root     string // the first post of the thread that Parent is in
	Reply    Reply  // of one that replies: filled in when it is sent, never stored

	State     State
	Hold      Hold   // why it is held; empty in other states
	Reason    string // for people: why it is in doubt, held, failed, dropped, or had to wait
	NotBefore time.Time
	Deadline  time.Time // zero: none
	Embargo   time.Time // nothing makes it visible before, whoever asks; zero: none
	Draft     Draft
	Receipt   Receipt

	Order      time.Time // posts of one priority go oldest first
	Created    time.Time
	Begun      time.Time // when the latest request that could make it visible began
	FirstBegun time.Time // and the first one
	LiveAt     time.Time
	Attempts   int // requests begun that could make it visible
	Refusals   int // refusals in a row, for the backoff; requests that the network put off are among them
	Looks      int // looks since it came into doubt, or checks since it went live
	Resent     int // how often it was sent again because it was not to be found
	Version    int64
}

// A Change is one line of a post's history.
type Change struct {
	Time  time.Time `json:"time"`
	From  State     `json:"from,omitempty"` // empty: the post was recorded
	To    State     `json:"to"`
	What  What      `json:"what"`
	Cause string    `json:"cause,omitempty"` // for people
	Who   string    `json:"who"`             // "spool", or the person
}

// A Transition is a post as it is to be saved and the line that explains it.
type Transition struct {
	Post   Post // Post.Version is the version that was read
	Change Change
	Follow []Post // what follows from it, to be recorded together with it
}
