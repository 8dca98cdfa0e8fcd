package scheduler

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/feeds"
)

// How a feed's habit is learnt, and when it counts as broken.
const (
	habitDays   = 28                 // how far back it goes
	learning    = 7 * 24 * time.Hour // before that nothing is known: a weekend may be missing
	fewestDays  = 3                  // with news, likewise
	leeway      = time.Hour          // on top of what is usual
	blindAfter  = time.Hour          // a pause of polling that is longer is not silence of the feed
	emptyPolls  = 3                  // readings without items in a row …
	emptyPeriod = time.Hour          // … over so long are odd
)

// A habit is when a feed has news, as far as is known; what FeedMemory.Habit
// holds. It is at most some 500 bytes.
type habit struct {
	First time.Time `json:"first,omitzero"` // news since polling began
	Last  time.Time `json:"last,omitzero"`  // news, moved on by the time in which nobody could look

	// Per day (since 1970, UTC) on which a silence began: the day, and the longest such
	// silence in minutes. The oldest first.
	Days [][2]int `json:"days,omitempty"`

	Empty      int       `json:"empty,omitempty"`      // readings in a row that had no item, though there should be some
	EmptySince time.Time `json:"empty_since,omitzero"` // when the first of them was
	Unusable   int       `json:"unusable,omitempty"`   // items of the last of them that were skipped
	Full       bool      `json:"full,omitempty"`       // it has had items
}

// observe is what is remembered of a feed after a poll that went well: its
// habit, and an alarm when it is not kept. before is the feed as it was before
// the poll, after as it is; news says whether the poll found something new, other
// than at the first reading.
func (f Feed) observe(before, after spool.FeedState, r feeds.Result, news bool, now time.Time) spool.FeedMemory {
	m := after.Memory
	var h habit
	if len(m.Habit) > 0 && (json.Unmarshal(m.Habit, &h) != nil || len(h.Days) > habitDays) {
		h = habit{} // not ours, or broken: begin anew
	}
	h.Full = h.Full || before.Items > 0
	h.skip(blind(before, now), now)
	if news {
		h.note(now)
	}
	h.read(r, after.Items, now)
	m.Alarm = h.empty(m, now)
	if m.Alarm == "" {
		m.Alarm = f.silent(h, before, now)
	}
	if raw, err := json.Marshal(h); err == nil {
		m.Habit = raw
	}
	return m
}

// blind is how long nobody could see what a feed had, until now: because it
// could not be read, or because the program was not running.
func blind(before spool.FeedState, now time.Time) time.Duration {
	since := before.NextPoll
	if before.Failures > 0 || since.IsZero() {
		since = before.LastGood
	}
	if d := now.Sub(since); !since.IsZero() && d > blindAfter {
		return d
	}
	return 0
}

// skip takes a time in which nobody looked out of the silence. What a clock
// noted that was wrong is put right.
func (h *habit) skip(d time.Duration, now time.Time) {
	h.First = earliest(h.First, now)
	if !h.Last.IsZero() {
		h.Last = earliest(h.Last.Add(d), now)
	}
}

// note is told of news.
func (h *habit) note(now time.Time) {
	if h.First.IsZero() {
		h.First = now
	} else if gap := now.Sub(h.Last); gap > 0 {
		h.add(dayOf(h.Last), int(gap.Minutes()))
	}
	h.Last = now
}

// add remembers a silence that began on a day.
func (h *habit) add(day, minutes int) {
	if n := len(h.Days); n > 0 && h.Days[n-1][0] == day {
		h.Days[n-1][1] = max(h.Days[n-1][1], minutes)
		return
	}
	h.Days = append(h.Days, [2]int{day, minutes})
	for len(h.Days) > habitDays || h.Days[0][0] <= day-habitDays {
		h.Days = h.Days[1:]
	}
}

func dayOf(t time.Time) int { return int(t.Unix() / (24 * 60 * 60)) }

// patience is for how long the silence since the last news may go on before it
// is odd; 0: too little is known. It is reckoned from the longest silence that
// is usual, and the longer the fewer days that one is the longest of.
func (h habit) patience() time.Duration {
	usual, days := h.usual()
	if days < fewestDays || h.Last.Sub(h.First) < learning {
		return 0
	}
	return usual*7/4 + 3*usual/time.Duration(days) + leeway
}

// usual is the longest silence that the present one may be compared with, and
// the number of days that it is the longest of. On a day of the week after which
// it is not usually quiet, such as a Tuesday in a newsroom that rests at
// weekends, the days after which it is do not count.
func (h habit) usual() (longest time.Duration, days int) {
	quiet := h.quietDays()
	all := quiet[weekday(dayOf(h.Last))]
	for _, d := range h.Days {
		if all || !quiet[weekday(d[0])] {
			longest, days = max(longest, time.Duration(d[1])*time.Minute), days+1
		}
	}
	return longest, days
}

// quietDays are the days of the week (counted from Thursday, as 1 January 1970
// was one) after which it is usually quiet for much longer than after others.
func (h habit) quietDays() (quiet [7]bool) {
	const much = 2
	var all []int
	var of [7][]int
	for _, d := range h.Days {
		day := weekday(d[0])
		all, of[day] = append(all, d[1]), append(of[day], d[1])
	}
	for i, days := range of {
		quiet[i] = len(days) > 0 && middle(days) >= much*middle(all)
	}
	return quiet
}

func weekday(day int) int { return (day%7 + 7) % 7 }

// middle is the median, the lower one of two.
func middle(list []int) int {
	slices.Sort(list)
	return list[(len(list)-1)/2]
}

// silent says that there has been no news for longer than is usual, or than the
// configuration allows; empty: there has.
func (f Feed) silent(h habit, before spool.FeedState, now time.Time) string {
	if f.Silence > 0 {
		since := latest(latest(before.Baselined, before.LastNew), h.Last)
		if quiet := now.Sub(since); !since.IsZero() && quiet > f.Silence {
			return fmt.Sprintf("no news since %s; the configuration allows a silence of %s: look whether the site still publishes at this address", dated(since), roughly(f.Silence))
		}
		return ""
	}
	if p := h.patience(); p > 0 && now.Sub(h.Last) > p {
		usual, _ := h.usual()
		return fmt.Sprintf("no news since %s, though it is usually silent for %s at most: look whether the site still publishes at this address", dated(h.Last), roughly(usual))
	}
	return ""
}

func dated(t time.Time) string { return t.UTC().Format("2 January 15:04 UTC") }

// read notes whether a reading yielded anything. listed is how many items the
// document had when it was last read.
func (h *habit) read(r feeds.Result, listed int, now time.Time) {
	switch {
	case r.Unchanged && (h.Empty == 0 || !h.Full && h.Unusable == 0):
		return // as it was, and that was fine; or it has never had an item
	case !r.Unchanged && listed > 0:
		h.Full, h.Empty, h.EmptySince, h.Unusable = true, 0, time.Time{}, 0
		return
	case !r.Unchanged && seasonal(r.Document) && len(r.Document.Skipped) == 0:
		h.Empty, h.EmptySince, h.Unusable = 0, time.Time{}, 0
		return
	case !r.Unchanged:
		h.Unusable = len(r.Document.Skipped)
	}
	if h.Empty == 0 {
		h.EmptySince = now
	}
	h.Empty++
}

// seasonal reports whether a document may well be empty: a news sitemap has the
// articles of two days only.
func seasonal(doc feeds.Document) bool { return strings.HasPrefix(doc.Format, "sitemap") }

// empty says that nothing comes out of a feed that can be read; empty: something
// does.
func (h habit) empty(m spool.FeedMemory, now time.Time) string {
	if h.Empty < emptyPolls || now.Sub(h.EmptySince) < emptyPeriod {
		return ""
	}
	const look = ": look at its address in a browser, or ask the publisher"
	switch {
	case h.Unusable > 0 && len(m.Skipped) > 0:
		return "none of its items can be used since " + dated(h.EmptySince) + " (" + m.Skipped[0] + ")" + look
	case h.Full:
		return "it has had no items since " + dated(h.EmptySince) + ", though it can be read" + look
	}
	return "it changes, but has never had an item" + look
}
