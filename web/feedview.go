package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"spool"
)

// maxShown bounds a text from a feed or its server on a page, in characters.
const maxShown = 500

// A moment is a point in time as a page shows it. The zero moment is "never".
type moment struct {
	at, now time.Time
}

// Known reports whether there is such a moment.
func (m moment) Known() bool { return !m.at.IsZero() }

// Machine is the moment for programs.
func (m moment) Machine() string { return m.at.UTC().Format(time.RFC3339) }

// Full is the moment for people.
func (m moment) Full() string { return m.at.UTC().Format("2 Jan 2006, 15:04:05 UTC") }

// Rough is how long ago it was, or how long it is until then.
func (m moment) Rough() string {
	d := m.now.Sub(m.at)
	if d >= 0 {
		return span(d) + " ago"
	}
	return "in " + span(-d)
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// A feedRow is a feed in the list.
type feedRow struct {
	Name  string
	State string // a word or two
	Mood  string // good, odd or bad: which colour the word has
	Read  moment
	Next  moment
	Due   bool // it is to be read now
	New   moment
	Items int
	Note  string
}

func newFeedRow(f spool.FeedState, now time.Time) feedRow {
	row := feedRow{
		Name: f.Name, Read: moment{f.LastGood, now}, Next: moment{f.NextPoll, now}, New: moment{f.LastNew, now},
		Items: f.Items, Due: !f.NextPoll.After(now), Note: note(f),
	}
	row.State, row.Mood = state(f, now)
	if !f.Memory.Ended.IsZero() {
		row.Next, row.Due = moment{}, false
	}
	return row
}

// state is how a feed is, in the words of "spool feeds list".
func state(f spool.FeedState, now time.Time) (word, mood string) {
	switch {
	case !f.Memory.Ended.IsZero():
		return "gone", "bad"
	case f.Failures > 0:
		return fmt.Sprintf("failing %d×", f.Failures), "bad"
	case f.RetryAfter.After(now):
		return "resting", "odd"
	case f.LastPoll.IsZero():
		return "unread", "odd"
	case f.Memory.Alarm != "":
		return "odd", "odd"
	case f.Memory.Degraded:
		return "degraded", "odd"
	}
	return "ok", "good"
}

// note is what a person should know of a feed first.
func note(f spool.FeedState) string {
	switch {
	case !f.Memory.Ended.IsZero():
		return shorten("it is gone for good and is not asked any more: " + f.Problem)
	case f.Problem != "":
		return shorten(f.Problem)
	case f.Memory.Alarm != "":
		return shorten(f.Memory.Alarm)
	case f.Memory.Degraded:
		return "its document is damaged: items may have been missed"
	case f.Memory.Address != "" && f.Memory.Address != f.URL:
		return "moved for good to " + shown(f.Memory.Address)
	case f.Memory.Slowed != "":
		return shorten(f.Memory.Slowed)
	}
	return ""
}

// A feedList is a page of the list.
type feedList struct {
	Rows        []feedRow
	All         int    // feeds
	Attention   int    // those of them that a person should look at
	Show        string // "attention", or empty: all
	Page, Pages int
	First       int // number of the first row, from 1
	Now         moment
}

func newFeedList(feeds []spool.FeedState, show string, page int, now time.Time) feedList {
	list := feedList{All: len(feeds), Now: moment{now, now}}
	var odd []spool.FeedState
	for _, f := range feeds {
		if _, mood := state(f, now); mood != "good" || note(f) != "" {
			odd = append(odd, f)
		}
	}
	list.Attention = len(odd)
	if show == "attention" {
		feeds, list.Show = odd, show
	}
	list.Pages = max((len(feeds)+feedsPerPage-1)/feedsPerPage, 1)
	list.Page = min(max(page, 1), list.Pages)
	from := (list.Page - 1) * feedsPerPage
	list.First = from + 1
	for _, f := range feeds[from:min(from+feedsPerPage, len(feeds))] {
		list.Rows = append(list.Rows, newFeedRow(f, now))
	}
	return list
}

// Last is the number of the last row.
func (l feedList) Last() int { return l.First + len(l.Rows) - 1 }

// Link is the address of another page of the same list; empty: there is none.
func (l feedList) Link(page int) string {
	if page < 1 || page > l.Pages {
		return ""
	}
	query := url.Values{}
	if l.Show != "" {
		query.Set("show", l.Show)
	}
	if page > 1 {
		query.Set("page", fmt.Sprint(page))
	}
	if len(query) == 0 {
		return "/feeds"
	}
	return "/feeds?" + query.Encode()
}

// Before and After are the addresses of the neighbouring pages.
func (l feedList) Before() string { return l.Link(l.Page - 1) }

// After is the next page's address.
func (l feedList) After() string { return l.Link(l.Page + 1) }

// shown is an address without what may be a secret in it: its query, which may
// hold a key that only this reader was given, and credentials.
func shown(address string) string {
	if address == "" {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return shorten(u.String())
}

// shorten bounds a text that somebody else wrote.
func shorten(text string) string {
	if r := []rune(text); len(r) > maxShown {
		return string(r[:maxShown-1]) + "…"
	}
	return text
}

// shortenAll bounds a list of such texts.
func shortenAll(list []string) []string {
	const most = 50
	out := slices.Clone(list[:min(len(list), most)])
	for i := range out {
		out[i] = shorten(out[i])
	}
	if more := len(list) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return out
}

// every says a duration in words.
func every(d time.Duration) string {
	text := d.Round(time.Second).String()
	text = strings.TrimSuffix(text, "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
