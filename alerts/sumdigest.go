package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"spool"
)

// maxMentioned is how many lines and stops a digest is about at most; beyond that
// nobody reads them.
const maxMentioned = 500

// begin enters a digest for an account into the book.
func (s *summing) begin(account string) string {
	item := digestItem(s.p.Feed, account, s.now)
	if s.find(item) < 0 {
		s.book = append(s.book, spool.Tracked{
			Feed: s.p.Feed, Item: item, Open: true, Account: account, First: s.now, Last: s.now,
			Alert: spool.Alert{ID: item, Created: s.now},
		})
	}
	return item
}

// digestItem is the id of the item of a digest: the same for the same account and
// moment.
func digestItem(feed, account string, start time.Time) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"digest", feed, account, start.UTC().Format(time.RFC3339Nano)}, "\x00")))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10]))
}

// current is the account's digest that takes in what is new; empty: there is none.
func (s *summing) current(account string) string {
	lasts := max(goesOn, s.p.DigestWithin)
	item, last := "", time.Time{}
	for _, t := range s.book {
		if t.Account == account && t.Open && s.now.Sub(t.Last) <= lasts && t.Last.After(last) {
			item, last = t.Item, t.Last
		}
	}
	return item
}

// refreshed is a digest as its members make it now: as long as one of them holds and
// is to be told it is open. One that has none any more keeps what it was last about.
func (s *summing) refreshed(d spool.Tracked) spool.Tracked {
	var members []spool.Tracked
	ending := spool.Ending("")
	for _, t := range s.book {
		switch {
		case t.Digests[d.Account] != d.Item:
		case closed(t):
			ending = together(ending, t.Ending)
		case t.Muted == "":
			members = append(members, t)
		}
	}
	if len(members) == 0 {
		d.Open, d.Closed, d.Ending = false, s.now, ending
		if ending == "" {
			d.Ending = spool.ByGone // they are told otherwise, or not at all
		}
		return d
	}
	a := sumOf(members)
	a.ID, a.Created = d.Alert.ID, d.Alert.Created
	if !reflect.DeepEqual(a, d.Alert) {
		d.Alert = a
	}
	return d
}

// together is how several alerts have ended: the source says so only if it does of all.
func together(a, b spool.Ending) spool.Ending {
	if a == "" || a == b {
		return b
	}
	return spool.ByGone
}

// sumOf is an alert that stands for several: it is about all that they are about, as
// bad as the worst, and for a cause and with an address that they have in common. Its
// members are in the order in which a rider wants to read of them.
func sumOf(members []spool.Tracked) spool.Alert {
	slices.SortStableFunc(members, gravestFirst)
	first := members[0].Alert
	sum := spool.Alert{Cause: first.Cause, URL: first.URL, Effect: first.Effect, Severity: severityOf(first)}
	for _, m := range members {
		sum.Members = append(sum.Members, m.Item)
		sum.Affected = append(sum.Affected, m.Alert.Affected...)
		if m.Alert.Cause != sum.Cause {
			sum.Cause = ""
		}
		if !slices.Equal(m.Alert.URL, sum.URL) {
			sum.URL = nil
		}
		if worse(m.Alert, sum) {
			sum.Effect, sum.Severity = m.Alert.Effect, severityOf(m.Alert)
		}
	}
	slices.SortFunc(sum.Affected, compareAffected)
	sum.Affected = slices.Compact(sum.Affected)
	sum.Affected = slices.Clip(sum.Affected[:min(len(sum.Affected), maxMentioned)])
	return sum
}

// gravestFirst orders alerts by what is worse, then by their lines.
func gravestFirst(a, b spool.Tracked) int {
	switch {
	case worse(a.Alert, b.Alert):
		return -1
	case worse(b.Alert, a.Alert):
		return 1
	}
	return cmp.Or(slices.CompareFunc(LineNames(a.Alert), LineNames(b.Alert), compareLines), cmp.Compare(a.Item, b.Item))
}

// compareLines orders names of lines as people do: 9 before 46, figures before words.
func compareLines(a, b string) int {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(x, y)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// worse orders alerts by severity, then by what a rider has to know first.
func worse(a, b spool.Alert) bool {
	rank := func(a spool.Alert) int { return slices.Index(spool.Severities(), severityOf(a)) }
	if rank(a) != rank(b) {
		return rank(a) > rank(b)
	}
	if a.Effect == "" || b.Effect == "" {
		return b.Effect == "" && a.Effect != ""
	}
	return graver(a.Effect, b.Effect)
}

func compareAffected(a, b spool.Affected) int {
	parts := func(e spool.Affected) []string {
		return []string{e.Agency, e.Route, string(e.Mode), e.Stop, e.Trip, e.Direction, e.RouteName, e.StopName, e.AgencyName, e.RouteColour}
	}
	return slices.Compare(parts(a), parts(b))
}
