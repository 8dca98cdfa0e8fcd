package spool

import "time"

// A Block keeps an item from being posted again: what goes by its key leads to no
// post in any feed.
type Block struct {
	Key    Key       `json:"key"`
	Item   string    `json:"item,omitempty"` // the item that was taken down; empty: the address was blocked before any feed had it
	URL    string    `json:"url,omitempty"`  // what somebody named it by
	Time   time.Time `json:"time"`
	Who    string    `json:"who"`
	Reason string    `json:"reason,omitempty"`
}

// ItemKey is the key that an item is blocked by under its own id.
func ItemKey(item string) Key { return Key("item:" + item) }

// Withdrawal is the post that takes a live post off its account, as soon as the
// network allows, whatever the hour. Reason is for the history of what it withdraws.
// It is recorded once for each of the parts, which tell several of one post apart.
func Withdrawal(p Post, reason string, now time.Time, parts ...string) Post {
	return Post{
		ID:   PostID(p.Item, p.Account, Withdraw, append([]string{p.ID}, parts...)...),
		Item: p.Item, Feed: p.Feed, Account: p.Account, Purpose: Withdraw, Priority: Breaking,
		Content: Content{Text: reason}, Parent: p.ID, Root: p.root(),
		State: Waiting, NotBefore: now, Order: now, Created: now, Version: 1,
	}
}

// ByTakedown tells the withdrawals of a takedown from those that replace a post.
const ByTakedown = "takedown"
