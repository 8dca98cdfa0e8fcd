package spool

import "time"

// A Lease is the right to work on a feed or an account for a while. Epoch
// grows with each claim, so that a holder that stalled cannot write.
type Lease struct {
	Name  string
	Owner string
	Epoch int64
	Until time.Time
}

// Validators are what a server gave to make the next request conditional. They
// are echoed to the letter.
type Validators struct {
	ETag         string
	LastModified string
}

// FeedState is what is remembered of a feed between two polls.
type FeedState struct {
	Name       string
	URL        string // the configured address that the rest belongs to
	Group      string
	Validators Validators
	BodyHash   string
	Moved      string // where a permanent redirect leads; empty: nowhere
	NextPoll   time.Time
	RetryAfter time.Time // the server asked not to be asked before
	Baselined  time.Time // when it was first read; zero: never yet
	LastPoll   time.Time
	LastGood   time.Time // last answer that was a feed, or "not modified"
	LastNew    time.Time // last poll that brought a new item
	Failures   int       // in a row
	Problem    string    // for people: what is wrong; empty: nothing
	Items      int       // in the document, when last read
	Lease      Lease
}

// An Ingest is everything that one poll leads to. It is recorded whole or not
// at all, and only while its feed's lease is held.
type Ingest struct {
	Feed     FeedState    // as it is after the poll, with the lease it was claimed under
	New      []NewItem    // not seen before
	Edited   []NewItem    // known, with a new digest
	Known    []NewItem    // known and as they were, with keys that are new: only those are recorded
	Listed   []string     // ids of items known to the group and new to this feed
	Posts    []Post       // to be recorded; one that exists already stays as it is
	Causes   []string     // per post, for its first history line; may be nil
	Reworded []Transition // posts not yet begun whose item was edited; one that changed meanwhile is left alone
}

// A NewItem is an item with the keys that it is to be known by.
type NewItem struct {
	Item Item
	Keys []Key
}

// AccountState is what is remembered of an account.
type AccountState struct {
	Name        string
	Network     string
	Paused      bool      // by a person
	PausedUntil time.Time // by the network
	Stopped     string    // for people: why it cannot post until a person acts; empty: it can
	Kept        time.Time // when its credentials were last looked after
	Expires     time.Time // of its token; zero: unknown or never
	QuotaUsed   int       // the network's own count
	QuotaTotal  int       // 0: unknown
	Lease       Lease
}
