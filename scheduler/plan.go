package scheduler

import (
	"context"
	"time"

	"spool"
	"spool/alerts"
	"spool/compose"
	"spool/dedupe"
	"spool/feeds"
	"spool/publisher"
)

// A Fetcher gets feeds; *feeds.Fetcher is one.
type Fetcher interface {
	Fetch(ctx context.Context, s feeds.Source) (feeds.Result, error)
}

// A Wording words items; *compose.Wording is one.
type Wording interface {
	Compose(it spool.Item, v compose.Values, l spool.TextLimits) (spool.Content, compose.Report, error)

	// Correct words a reply to the item's live post that says what is right now.
	Correct(it spool.Item, v compose.Values, l spool.TextLimits) (spool.Content, compose.Report, error)

	// Alert words a post about the alert that an item holds.
	Alert(it spool.Item, n compose.News, v compose.Values, l spool.TextLimits) (spool.Content, compose.Report, error)
}

// An AlertReader makes alerts of documents; package alerts/source has one.
type AlertReader interface {
	// Read reads a document that holds alerts. Its errors are for people: they say
	// what is wrong with the document.
	Read(doc alerts.Document) (alerts.Reading, error)
}

// A Feed is what the configuration says of a feed.
type Feed struct {
	Name     string
	URL      string
	Group    string // the feeds that share identity; its own name when it is alone
	Schedule Schedule
	Accounts []string
	Priority spool.Priority
	FirstRun dedupe.FirstRun
	MaxAge   time.Duration // 0: no limit
	Settle   time.Duration
	Approve  bool
	Burst    int // 0: no limit
	Filters  Filters
	Wording  Wording

	Scheduled   bool          // the configuration names the schedule; otherwise it is the default
	IgnoreHints bool          // what server and document say about when to ask does not count
	Access      feeds.Source  // how to ask: kind, headers, agent and so on; the rest is filled in
	Whole       bool          // never ask conditionally
	Duplicates  string        // hold, skip or post
	Push        bool          // a hub that the feed names may be used
	Silence     time.Duration // without news for so long, a person is told; 0: learn the habit

	Wordings      map[string]Wording // by account: those that have other words than Wording
	OnChange      string             // ignore, reply, edit or replace
	IgnoreEmbargo bool               // what the feed says of when an item may be shown does not count

	// Alerts is what becomes of service alerts. A feed that turns out to have them is
	// read by it in any case; ForAlerts says that the configuration expects them.
	Alerts      alerts.Policy
	ForAlerts   bool
	AlertSettle time.Duration // how long an alert waits for early corrections: Settle is for articles

	urgent bool // it lists alerts: see listingAlerts
}

// wording is the one for an account.
func (f Feed) wording(account string) Wording {
	if w, ok := f.Wordings[account]; ok {
		return w
	}
	return f.Wording
}

// An Illustrator fetches the pictures of posts; *media.Studio is one.
type Illustrator interface {
	// Illustrate fetches what is missing of a content that is Open and makes it
	// fit for a network. What cannot be had is left out, with a note. An error
	// means that nothing could be tried, as when the database does not answer.
	Illustrate(ctx context.Context, c spool.Content, l spool.MediaLimits) (spool.Illustration, error)
}

// An Account is what the configuration says of an account, and its network.
type Account struct {
	Name      string
	Network   string
	Publisher publisher.Publisher
	Text      spool.TextLimits // where the publisher is no Measurer
	Pace      Pace
	Grace     time.Duration // how long an unclear request may still take effect
	Deadline  time.Duration // 0: none
	Mend      string        // for people: what to do when the network does not let the account in
}

// limits are what the account's network takes, as far as it is known by now.
func (a Account) limits() spool.TextLimits {
	if m, ok := a.Publisher.(publisher.Measurer); ok {
		return m.TextLimits()
	}
	return a.Text
}

// rules are the figures that spool.Next decides the account's posts by.
func (a Account) rules() spool.Rules {
	return spool.Rules{Grace: a.Grace, Deadline: a.Deadline}
}

// The longest lease on an account, and the share of it that a request gets.
const maxLease = 2 * time.Minute

// Lease is how long a turn holds the account before it must renew. It is at
// most half the grace time, so that whoever finds a post absent knows that the
// request of a holder before has been cut off.
func (a Account) Lease() time.Duration {
	if a.Grace <= 0 {
		return maxLease
	}
	return min(maxLease, a.Grace/2)
}

// RequestTimeout bounds one request: it ends before the lease does.
func (a Account) RequestTimeout() time.Duration { return a.Lease() * 3 / 4 }

// A Plan is everything the scheduler takes from the configuration. It is
// replaced as a whole.
type Plan struct {
	Feeds    map[string]Feed
	Accounts map[string]Account
	Location *time.Location

	groups map[string][]string // the names of the feeds, by group: see grouped
}

// current is the plan in force. Its maps are never changed.
func (s *Scheduler) current() Plan {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.plan
}

// feedOf is the feed as it is planned; false when what is remembered belongs to
// another address or group, or the plan has no such feed.
func (p Plan) feedOf(state spool.FeedState) (Feed, bool) {
	f, ok := p.Feeds[state.Name]
	if f.hasAlerts(state.Memory) {
		f = f.listingAlerts()
	}
	return f, ok && f.URL == state.URL && f.Group == state.Group
}

func (s *Scheduler) account(name string) (Account, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	a, ok := s.plan.Accounts[name]
	return a, ok
}

func (s *Scheduler) location() *time.Location {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.plan.Location == nil {
		return time.UTC
	}
	return s.plan.Location
}
