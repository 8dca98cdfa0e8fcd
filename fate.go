package spool

import "time"

// A Verdict is what becomes of an item that a feed lists. The strings are
// stored.
type Verdict string

// The verdicts. All but the first two, and Edited, mean that the feed leads to
// no post about the item.
const (
	ToPost    Verdict = "post"       // there is a post for each account of the feed that had none
	Changed   Verdict = "edited"     // the feed changed it after it was seen
	FirstRun  Verdict = "first_run"  // it was there when the feed was read for the first time
	TooOld    Verdict = "too_old"    // it was published longer ago than max_age
	Filtered  Verdict = "filtered"   // include or exclude keeps it out
	Duplicate Verdict = "duplicate"  // another item says the same in nearly the same words
	Elsewhere Verdict = "elsewhere"  // another feed of the group has brought it to the account
	Nowhere   Verdict = "no_account" // its feed has no account
	Blocked   Verdict = "blocked"    // it was taken down, and is not to be posted again
	Over      Verdict = "over"       // an alert that ended before there was anything to tell
	Summed    Verdict = "summed"     // an alert that a digest tells of
)

// A Fate is a verdict on an item, with the reason: what "spool why" tells.
type Fate struct {
	Time    time.Time `json:"time,omitzero"`
	Item    string    `json:"item"`
	Feed    string    `json:"feed"`
	Account string    `json:"account,omitempty"` // empty: it holds for all accounts of the feed
	Verdict Verdict   `json:"verdict"`
	Reason  string    `json:"reason,omitempty"` // for people: which rule, which other item

	// Accounts are those that it held for when it was decided, when Account is
	// empty. It is filled in when a fate is read again; one that is recorded without
	// any is about all accounts of its feed.
	Accounts []string `json:"accounts,omitempty"`
}

// An Entry is one line of the ledger: how many items of a feed met a verdict, for
// one of its accounts.
type Entry struct {
	Feed    string
	Account string
	Seen    int             // items that the feed has listed since the account is one of its
	Fates   map[Verdict]int // those of them that led to no post
	Posts   map[State]int   // and those that did
}

// Balance is Seen less everything that is accounted for. Anything but 0 is an
// error of Spool.
func (e Entry) Balance() int {
	left := e.Seen
	for _, n := range e.Fates {
		left -= n
	}
	for _, n := range e.Posts {
		left -= n
	}
	return left
}
