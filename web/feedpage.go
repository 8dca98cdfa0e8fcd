package web

import (
	"fmt"
	"strings"
	"time"

	"spool"
)

// A feedPage is everything that is told of one feed.
type feedPage struct {
	feedRow
	Title, Format, Group  string
	URL, Asked            string // as configured, and where it is asked if that is elsewhere
	Moved                 string // where it has begun to redirect to for good
	First, Good, Tried    moment
	RetryAfter, Fresh     moment
	GoneSince, MovedSince moment
	Ended                 moment
	Problem, Alarm        string
	Slowed                string
	Degraded              bool
	Repairs, Skipped      []string
	Hints                 []string
	Push                  *pushView   // nil: it names no hub
	Alerts                *alertsView // nil: it lists none
	Ledger                []ledgerView
	Now                   moment
}

func newFeedPage(f spool.FeedState, ledger []spool.Entry, push spool.Subscription, now time.Time) feedPage {
	at := func(t time.Time) moment { return moment{t, now} }
	m := f.Memory
	page := feedPage{
		feedRow: newFeedRow(f, now), Title: shorten(m.Title), Format: shorten(m.Format), URL: shown(f.URL), Now: at(now),
		First: at(f.Baselined), Good: at(f.LastGood), Tried: at(f.LastPoll), RetryAfter: at(f.RetryAfter), Fresh: at(m.Fresh),
		GoneSince: at(m.GoneSince), MovedSince: at(m.MovedSince), Ended: at(m.Ended),
		Problem: shorten(f.Problem), Alarm: shorten(m.Alarm), Slowed: shorten(m.Slowed), Degraded: m.Degraded,
		Repairs: shortenAll(m.Repairs), Skipped: shortenAll(m.Skipped), Hints: hints(m.Hints), Push: newPushView(f, push, now),
	}
	if !strings.HasPrefix(f.Group, "feed:") {
		page.Group = f.Group
	}
	if m.Address != "" && m.Address != f.URL {
		page.Asked = shown(m.Address)
	}
	if f.Moved != "" && f.Moved != f.URL && f.Moved != m.Address {
		page.Moved = shown(f.Moved)
	}
	for _, e := range ledger {
		page.Ledger = append(page.Ledger, newLedgerView(e))
	}
	return page
}

// Ahead reports whether the moment is still to come.
func (m moment) Ahead() bool { return m.at.After(m.now) }

// hints are what a document says about when to ask, in words.
func hints(h spool.Hints) []string {
	var out []string
	if h.Every > 0 {
		out = append(out, "every "+every(h.Every)+" is enough")
	}
	if len(h.Hours) > 0 {
		out = append(out, "nothing is new in the hours "+hours(h.Hours)+" (UTC)")
	}
	if len(h.Days) > 0 {
		var days []string
		for _, d := range h.Days[:min(len(h.Days), 7)] {
			days = append(days, d.String())
		}
		out = append(out, "nothing is new on "+strings.Join(days, ", "))
	}
	return out
}

// hours joins hours that follow one another: "0–5, 23".
func hours(list []int) string {
	named := [24]bool{}
	for _, h := range list {
		if h >= 0 && h < len(named) {
			named[h] = true
		}
	}
	var out []string
	for from := 0; from < len(named); from++ {
		if !named[from] {
			continue
		}
		to := from
		for to+1 < len(named) && named[to+1] {
			to++
		}
		if to > from {
			out = append(out, fmt.Sprintf("%d–%d", from, to))
		} else {
			out = append(out, fmt.Sprint(from))
		}
		from = to
	}
	return strings.Join(out, ", ")
}

// A pushView is how a feed is pushed.
type pushView struct {
	Hub, Topic          string
	Standing, Reason    string
	Lease, Last, Proven moment
	Pushes, Ignored     int
	Pushed, Polled      int    // new items, by what found them
	Finds               string // which of the two finds the items, in a sentence
}

// newPushView is nil for a feed that has nothing to do with a hub.
func newPushView(f spool.FeedState, sub spool.Subscription, now time.Time) *pushView {
	m := f.Memory
	if m.Hub == "" && sub.ID == "" {
		return nil
	}
	v := &pushView{
		Hub: shown(m.Hub), Topic: shown(m.Topic), Standing: "not subscribed", Reason: shorten(sub.Reason),
		Pushes: sub.Pushes, Ignored: sub.Ignored, Pushed: m.Pushed, Polled: m.Polled,
		Lease: moment{sub.LeaseUntil, now}, Last: moment{sub.LastPush, now}, Proven: moment{m.Proven, now},
	}
	if sub.ID != "" {
		v.Hub, v.Topic, v.Standing = shown(sub.Hub), shown(sub.Topic), standing(sub, now)
	}
	v.Finds = finds(m.Pushed, m.Polled)
	return v
}

func standing(sub spool.Subscription, now time.Time) string {
	switch {
	case sub.Pushing(now):
		return "active: the hub pushes"
	case sub.Standing == spool.Active:
		return "run out: it is being renewed, and the feed is polled meanwhile"
	case sub.Standing == spool.Pending && sub.Awaits():
		return "the hub has been asked and has not confirmed it yet"
	case sub.Standing == spool.Pending:
		return "the hub is about to be asked"
	case sub.Standing == spool.Denied:
		return "the hub refused it: the feed is polled"
	}
	return string(sub.Standing)
}

// finds says which of push and poll finds the items.
func finds(pushed, polled int) string {
	switch {
	case pushed+polled == 0:
		return "No new item has come since there is a subscription."
	case polled == 0:
		return fmt.Sprintf("Pushes have found all %d new items.", pushed)
	case pushed == 0:
		return fmt.Sprintf("Polls have found all %d new items: the hub does not push what is new.", polled)
	}
	return fmt.Sprintf("Pushes have found %d of %d new items, polls the others.", pushed, pushed+polled)
}

// A ledgerView is what became of the items of a feed on one account.
type ledgerView struct {
	Account string
	Seen    int
	Lines   []ledgerLine // in the order of a reader's interest, without those of 0
	Missing int          // that are not accounted for: an error of Spool
}

type ledgerLine struct {
	What string
	N    int
}

func newLedgerView(e spool.Entry) ledgerView {
	v := ledgerView{Account: e.Account, Seen: e.Seen, Missing: e.Balance()}
	add := func(what string, n int) {
		if n != 0 {
			v.Lines = append(v.Lines, ledgerLine{what, n})
		}
	}
	add("live", e.Posts[spool.Live])
	add("waiting", e.Posts[spool.Waiting])
	add("being sent, or in doubt", e.Posts[spool.Sending]+e.Posts[spool.Doubt])
	add("held for a person", e.Posts[spool.Held])
	add("failed", e.Posts[spool.Failed])
	add("dropped", e.Posts[spool.Dropped])
	others := 0
	for verdict, n := range e.Fates {
		if verdictWords[verdict] == "" {
			others += n
		}
	}
	for _, verdict := range []spool.Verdict{spool.Filtered, spool.TooOld, spool.FirstRun, spool.Duplicate, spool.Elsewhere, spool.Nowhere, spool.Blocked, spool.Over, spool.Summed} {
		add(verdictWords[verdict], e.Fates[verdict])
	}
	add("not posted for another reason", others)
	return v
}

// verdictWords are what became of items that led to no post.
var verdictWords = map[spool.Verdict]string{
	spool.Filtered:  "kept out by include or exclude",
	spool.TooOld:    "too old",
	spool.FirstRun:  "there when it was first read",
	spool.Duplicate: "nearly the same as another",
	spool.Elsewhere: "brought by another feed of the group",
	spool.Nowhere:   "without an account",
	spool.Blocked:   "taken down",
	spool.Over:      "over before there was anything to tell",
	spool.Summed:    "summed up in a digest",
}
