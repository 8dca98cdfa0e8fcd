package spool

import "time"

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

// Announce is the first post about an item.
const Announce Purpose = "announce"

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
	HoldPerson      Hold = "person"      // somebody asked for it
)

// Holds lists them all.
func Holds() []Hold {
	return []Hold{HoldApproval, HoldBurst, HoldChurn, HoldDuplicate, HoldCredentials, HoldDoubt, HoldPerson}
}

// Content is what a post says. It is frozen when the post is recorded: what the
// desk shows is what is sent.
type Content struct {
	Text     string `json:"text"`
	Short    string `json:"short,omitempty"` // for a network that turns out to count bytes; empty: Text fits that too
	Link     string `json:"link,omitempty"`  // shown as a card; empty: no card
	Image    string `json:"image,omitempty"`
	Alt      string `json:"alt,omitempty"`
	Topic    string `json:"topic,omitempty"`
	Language string `json:"language,omitempty"`
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
}

// A Post is the intention to publish one item on one account for one purpose.
type Post struct {
	ID       string
	Item     string
	Feed     string
	Account  string
	Purpose  Purpose
	Priority Priority
	Content  Content

	State     State
	Hold      Hold   // why it is held; empty in other states
	Reason    string // for people: why it is in doubt, held, failed, dropped, or had to wait
	NotBefore time.Time
	Deadline  time.Time // zero: none
	Draft     Draft
	Receipt   Receipt

	Order      time.Time // posts of one priority go oldest first
	Created    time.Time
	Begun      time.Time // when the latest request that could make it visible began
	FirstBegun time.Time // and the first one
	LiveAt     time.Time
	Attempts   int // requests begun that could make it visible
	Refusals   int // refusals in a row, for the backoff
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
}
