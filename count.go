package spool

import "time"

// Counts is how much there is of everything, for pages and metrics.
type Counts struct {
	Posts  []PostCount
	Oldest map[string]time.Time // per account: since when its longest overdue post is due
	Items  map[string]int       // per feed: items first seen in it, ever
}

// A PostCount is how many posts of an account are in a state. Hold is empty but
// for held ones, which are counted per reason.
type PostCount struct {
	Account string
	State   State
	Hold    Hold
	N       int
}

// A FeedFigure is what the metrics show of a feed.
type FeedFigure struct {
	Name     string
	Good     time.Time // last answer that was a feed, or "not modified"
	Next     time.Time
	Failures int  // in a row
	Known    int  // items first seen in it, ever
	Alarm    bool // something is odd about it though it can be read
	Degraded bool // items may have been missed
	Alerting bool // it has been read as one that lists alerts
	Alerts   int  // that are open, as far as is known; digests of them do not count
}
