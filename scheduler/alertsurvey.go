package scheduler

import (
	"context"
	"slices"
	"time"

	"spool"
	"spool/alerts"
)

// closedFor is how long an alert that is over is still looked at: what was in the
// middle of being sent then has to be closed, and what comes back is the same.
const closedFor = 72 * time.Hour

// A survey is one look at the alerts of a feed: what has become of them, what readers
// know of them, and what follows from the difference.
type survey struct {
	*Scheduler
	plan  Plan
	feed  Feed
	now   time.Time
	notes alertNotes

	book   []spool.Tracked
	at     map[string]int  // the place of an item in book
	looks  map[string]bool // items whose accounts are to be looked at
	dirty  map[string]bool // items whose entry is to be saved
	posts  map[string][]spool.Post
	blocks map[spool.Key]spool.Block

	in    *spool.Ingest
	items map[string]int
	next  time.Time // when the book is to be looked at again at the latest; zero: at no moment
	wake  time.Time // the same, of what does not wait for the next poll
}

// track is what a reading of a feed's alerts leads to; nil: the source could not be
// read, or was not asked. state is the feed's after it.
func (s *Scheduler) track(ctx context.Context, plan Plan, f Feed, state spool.FeedState, r *alerts.Reading, items map[string]int, now time.Time) (spool.Ingest, error) {
	in := spool.Ingest{Feed: state, Accounts: plan.accountsOf(f)}
	w := &survey{
		Scheduler: s, plan: plan, feed: f, now: now, notes: alertNotesOf(state.Memory),
		in: &in, items: items, looks: map[string]bool{}, dirty: map[string]bool{},
	}
	if !w.notes.due(r, f, now) {
		w.note(r)
		if in.Feed.Memory = w.notes.in(in.Feed.Memory); r != nil {
			in.Feed.Memory.Alarm = ""
		}
		return in, nil
	}
	book, err := s.Store.TrackedAlerts(ctx, f.Name, now.Add(-closedFor-f.Alerts.ReopenWithin))
	if err != nil {
		return in, err
	}
	w.compare(book, r)
	if err := w.load(ctx); err != nil {
		return in, err
	}
	w.sum()
	for i := range w.book {
		if w.looks[w.book[i].Item] {
			w.look(i)
		}
	}
	w.finish(r)
	return in, nil
}

// note remembers a reading that counts; nil: there was none.
func (w *survey) note(r *alerts.Reading) {
	if r == nil {
		return
	}
	w.notes = w.notes.noted(*r)
	w.notes.Read = w.now
	w.in.Feed.Items, w.in.Feed.Memory.Read = w.notes.Listed, w.now
	if w.in.Feed.Baselined.IsZero() {
		w.in.Feed.Baselined = w.now
	}
}

// ignore forgets that a reading was there at all: the next one is to be compared with
// the one before.
func (w *survey) ignore() {
	w.in.Feed.Validators, w.in.Feed.BodyHash = spool.Validators{}, ""
}

// compare has the policy compare a reading with the book.
func (w *survey) compare(book []spool.Tracked, r *alerts.Reading) {
	names := w.feed.names() // before they are asked: they may change meanwhile
	t := w.feed.Alerts.Track(book, w.notes.Policy, r, w.notes.Read, w.now)
	w.book, w.next, w.wake = t.Book, t.Next, t.Next
	w.notes.Policy = t.Notes
	if t.Ignored {
		w.ignore()
	} else {
		w.note(r)
	}
	if r != nil {
		w.notes.Doubt = short(t.Doubt, longestNote)
	}
	for _, what := range t.Says {
		w.Log.Info("alerts of a feed", "feed", w.feed.Name, "news", what)
	}
	w.index()
	for _, item := range t.Changed {
		w.looks[item], w.dirty[item] = true, true
	}
	rules := w.feed.rules()
	for _, t := range w.book {
		if due(t.Due, w.now) || due(t.Look, w.now) || rules != w.notes.Rules {
			w.looks[t.Item] = true
		}
	}
	if r != nil && !r.Same || w.notes.Rules == "" {
		w.notes.Rules = rules // of a reading that is only known to be the same the old rules have made the book
	}
	if r != nil && !r.Same && !t.Ignored {
		w.notes.Names = names
	}
}

// due reports whether a moment has come; the zero time never does.
func due(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

func (w *survey) index() {
	w.at = make(map[string]int, len(w.book))
	for i, t := range w.book {
		w.at[t.Item] = i
	}
}

// load reads the posts that are needed, and who was taken down. What is not recorded
// yet has none.
func (w *survey) load(ctx context.Context) error {
	if len(w.looks) == 0 {
		return nil
	}
	var items []string
	var keys []spool.Key
	sums := w.sums()
	for _, t := range w.book {
		if w.looks[t.Item] || sums && t.Open {
			keys = append(keys, spool.ItemKey(t.Item), alertKey(t.Item))
		}
		if t.Recorded && (w.looks[t.Item] || sums && w.lately(t)) {
			items = append(items, t.Item)
		}
	}
	posts, err := w.Store.AllPosts(ctx, items)
	if err != nil {
		return err
	}
	w.posts = make(map[string][]spool.Post, len(items))
	for _, p := range posts {
		w.posts[p.Item] = append(w.posts[p.Item], p)
	}
	w.blocks, err = w.Store.Blocks(ctx, keys)
	return err
}

// alertKey is the key that an alert's item is known by.
func alertKey(item string) spool.Key { return spool.Key("alert:" + item) }

// sums reports whether anything is to be summed up, or was.
func (w *survey) sums() bool {
	return w.feed.Alerts.DigestAbove > 0 || slices.ContainsFunc(w.book, func(t spool.Tracked) bool { return t.Account != "" })
}

// lately reports whether the posts of an alert may bear on which others are summed up.
func (w *survey) lately(t spool.Tracked) bool {
	return t.Open || w.now.Sub(t.Closed) <= w.feed.Alerts.DigestWithin
}

// sum has the policy sum up what is too much for an account. What was taken down is
// told by no digest either.
func (w *survey) sum() {
	if len(w.looks) == 0 || !w.sums() {
		return
	}
	book := slices.Clone(w.book)
	for i, t := range book {
		if b, gone := w.blocked(t.Item); gone {
			book[i].Muted = blockedBy(b)
		}
	}
	for _, t := range w.feed.Alerts.Sum(book, w.posts, w.now) {
		if i, known := w.at[t.Item]; known {
			t.Muted = w.book[i].Muted
			w.book[i] = t
		} else {
			w.at[t.Item] = len(w.book)
			w.book = append(w.book, t)
		}
		w.looks[t.Item], w.dirty[t.Item] = true, true
	}
}

// look decides what is to be done about an alert on each account.
func (w *survey) look(i int) {
	t := w.book[i]
	views := w.views(t)
	var again time.Time
	for _, v := range views {
		v.decide()
		w.wake = soonest(w.wake, v.again)
		again = soonest(again, v.again)
		if v.open {
			again = w.now // whatever comes of it is seen by the next poll
		}
	}
	if !t.Recorded {
		t.Recorded = w.record(t, views)
	}
	if !t.Look.Equal(again) || t.Recorded != w.book[i].Recorded {
		t.Look = again
		w.dirty[t.Item] = true
	}
	w.book[i] = t
}

// views are an alert's sides on the accounts that it is for, and on those that have
// posts about it.
func (w *survey) views(t spool.Tracked) []*view {
	wanted := w.audience(t)
	names := slices.Clone(wanted)
	for _, p := range w.posts[t.Item] {
		if _, planned := w.plan.Accounts[p.Account]; planned && !slices.Contains(names, p.Account) {
			names = append(names, p.Account)
		}
	}
	_, gone := w.blocked(t.Item)
	var all []*view
	for _, name := range names {
		v := &view{survey: w, t: t, acct: w.plan.Accounts[name], wanted: slices.Contains(wanted, name) && !gone, blocked: gone}
		for _, p := range w.posts[t.Item] {
			if p.Account == name {
				v.posts = append(v.posts, p)
			}
		}
		all = append(all, v)
	}
	return all
}

// audience are the accounts that an alert is for.
func (w *survey) audience(t spool.Tracked) []string {
	to := []string{t.Account}
	if t.Account == "" {
		to = w.feed.Alerts.To(t.Alert)
	}
	var names []string
	for _, name := range to {
		if _, planned := w.plan.Accounts[name]; planned && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// blocked says who took an alert down, if somebody did.
func (w *survey) blocked(item string) (spool.Block, bool) {
	for _, key := range []spool.Key{spool.ItemKey(item), alertKey(item)} {
		if b, ok := w.blocks[key]; ok {
			return b, true
		}
	}
	return spool.Block{}, false
}

// finish notes what the look has made of the book, and when the next one is.
func (w *survey) finish(r *alerts.Reading) {
	w.notes.Missing = false
	for _, t := range w.book {
		w.notes.Missing = w.notes.Missing || t.Open && !t.Since.IsZero()
		w.next = soonest(w.next, t.Look)
		if t.Look.After(w.now) {
			w.wake = soonest(w.wake, t.Look)
		}
		if w.dirty[t.Item] {
			w.in.Tracked = append(w.in.Tracked, t)
		}
	}
	w.notes.Next, w.notes.Wake = w.next, w.wake
	w.in.Feed.Memory = w.notes.in(w.in.Feed.Memory)
	if r != nil {
		w.in.Feed.Memory.Alarm = w.notes.Doubt
	}
	if len(w.in.New) > 0 {
		w.in.Feed.LastNew = w.now
	}
}

// soonest is the earlier of two moments, of which the zero time is none.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
