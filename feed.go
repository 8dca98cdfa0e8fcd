package spool

import (
	"encoding/json"
	"hash/fnv"
	"time"
)

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
	Memory     FeedMemory
	Hurried    time.Time // of a feed that is claimed: when a push asked for this poll; zero: none did
	Lease      Lease
}

// FeedMemory is what else is remembered of a feed. No query asks for any of it,
// so it is stored as one JSON object, and a field may be added at any time.
type FeedMemory struct {
	// How it is asked.
	Address    string    `json:"address,omitempty"`     // where it has moved for good, and is asked now; empty: its URL
	Manner     string    `json:"manner,omitempty"`      // a digest of how it is asked: another one makes validators worthless
	Issuer     string    `json:"issuer,omitempty"`      // a digest of the address that gave the validators: redirects may lead to it
	MovedSince time.Time `json:"moved_since,omitzero"`  // since when each answer came by the same permanent redirect
	MovedPolls int       `json:"moved_polls,omitempty"` // how many answers those were
	GoneSince  time.Time `json:"gone_since,omitzero"`   // since when it answers 410
	Ended      time.Time `json:"ended,omitzero"`        // since when it is not asked any more, because it is gone for good
	Fresh      time.Time `json:"fresh,omitzero"`        // the server said that its answer holds until then
	Answers    int       `json:"answers,omitempty"`     // good ones, since it has its URL
	Spared     int       `json:"spared,omitempty"`      // those of them that were "not modified", without a document
	Hints      Hints     `json:"hints,omitzero"`        // what its document says about when to ask
	Slowed     string    `json:"slowed,omitempty"`      // for people: why it is asked much less often than its schedule says; empty: it is not

	Deaths int `json:"deaths,omitempty"` // in a row, of processes that were just polling it

	// What it was like when it was last read.
	Read     time.Time `json:"read,omitzero"`     // when that was: answers that it has not changed do not count
	Partial  bool      `json:"partial,omitempty"` // when it was first read not all of it could be seen, and since then neither
	Format   string    `json:"format,omitempty"`
	Title    string    `json:"title,omitempty"`
	Degraded bool      `json:"degraded,omitempty"` // items may have been missed
	Repairs  []string  `json:"repairs,omitempty"`  // what had to be repaired
	Skipped  []string  `json:"skipped,omitempty"`  // items that could not be used, with the reason

	// What it is like as a rule.
	Habit json.RawMessage `json:"habit,omitempty"` // when it has news: notes of the scheduler
	Alarm string          `json:"alarm,omitempty"` // for people: what is odd about it though it can be read; empty: nothing

	// Of alerts.
	Alerts json.RawMessage `json:"alerts,omitempty"` // notes of package alerts about its documents

	// How it is pushed (WebSub).
	Hub    string `json:"hub,omitempty"`    // that it names
	Topic  string `json:"topic,omitempty"`  // its name at the hub
	Polled int    `json:"polled,omitempty"` // new items that a poll found while there was a subscription
	Pushed int    `json:"pushed,omitempty"` // new items that a push led to

	HubGone time.Time `json:"hub_gone,omitzero"` // since when its documents name no hub any more
	Awaited time.Time `json:"awaited,omitzero"`  // when the push came whose news no poll has found yet
	Ahead   time.Time `json:"ahead,omitzero"`    // when a poll last found what no push had announced
	Proven  time.Time `json:"proven,omitzero"`   // since when its pushes are relied on; zero: they are not

	Fruitless int `json:"fruitless,omitempty"` // pushes in a row that led to nothing
}

// RestAfterDeath is how long a feed rests after so many processes in a row ended
// while they polled it. The first may have ended for any reason. After more it may
// be the feed's document that ends them, and it must not do so again and again
// while all other feeds wait: 2 s, 16 s and so on, an hour at most, and up to as
// much again, by its name, so that feeds that were polled together are not the
// next time.
func RestAfterDeath(name string, deaths int) time.Duration {
	const longest = time.Hour
	if deaths < 2 {
		return 0
	}
	rest := 2 * time.Second
	for range min(deaths-2, 10) {
		rest = min(8*rest, longest)
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return rest + time.Duration(h.Sum64()%uint64(rest)).Round(time.Millisecond)
}

// Hints are what a feed's document says about when to ask for it.
type Hints struct {
	Every time.Duration  `json:"every,omitempty"` // ttl, or what the syndication module makes of its period and frequency; 0: nothing said
	Hours []int          `json:"hours,omitempty"` // 0 to 23, UTC, in which it does not change
	Days  []time.Weekday `json:"days,omitempty"`  // on which it does not change
}

// An Ingest is everything that one poll leads to. It is recorded whole or not
// at all, and only while its feed's lease is held.
type Ingest struct {
	Feed     FeedState    // as it is after the poll, with the lease it was claimed under
	New      []NewItem    // not seen before
	Edited   []NewItem    // known, with a new digest
	Known    []NewItem    // known and as they were, with keys that are new: only those are recorded
	Listed   []string     // ids of items known to the group and new to this feed
	Accounts []string     // of the feed, at this poll: those that a fate without an account holds for
	Fates    []Fate       // what became of new items and of listed ones; and of edits
	Posts    []Post       // to be recorded; one that exists already stays as it is
	Causes   []string     // per post, for its first history line; may be nil
	Free     []Key        // what items with new posts would be blocked by: if one is by now, nothing is recorded
	Tracked  []Tracked    // alerts as they are remembered from now on
	Reworded []Transition // posts not yet begun whose item was edited, or that its feed takes over; one that changed meanwhile is left alone
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
