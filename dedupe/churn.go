package dedupe

import (
	"fmt"
	"time"

	"spool"
)

// The figures of the breaker; docs/identity.md has the table of situations.
const (
	few      = 5 // so many items may be new at once in any feed, however small
	fewAgain = 3 // fewer items that come under other names are repeats, not a change of names

	// slack is how long before the last reading an item may be dated that was
	// not in the document then: clocks differ, and editors date by the moment
	// they began to write.
	slack = time.Hour

	// longAgo is how far back titles are compared with. The items of most
	// documents are younger.
	longAgo = 30 * 24 * time.Hour
)

// churn says, for people, what is odd about the new items of a document as a
// whole; empty: nothing is.
//
// That many items are new says little: a wire turns over in an hour. It is how
// they are new. Items whose names changed, or that were imported, are dated
// before the last reading, or bear titles that are known. Items without a date
// are suspicious only when nothing in the document is known any more.
func (r Review) churn(verdicts []Verdict, recent []spool.Item, now time.Time) string {
	c := r.count(verdicts, recent)
	limit := max(few, c.all/2)
	switch {
	case r.First || c.posted == 0:
		return ""
	case c.again >= fewAgain && 2*c.again >= c.fresh, c.againAnyDay > limit:
		return fmt.Sprintf("%s of feed %s came under new names: their titles are known, their ids and addresses are not%s",
			share(c.againAnyDay, c.all), r.Feed, advice)
	case c.late > limit:
		return fmt.Sprintf("%s of feed %s are new at once, though they are dated before %s UTC, when it was last read without them%s",
			share(c.late, c.all), r.Feed, r.Read.UTC().Format("2006-01-02 15:04"), advice)
	case r.Unseen && c.undated >= fewAgain:
		return fmt.Sprintf("%s of feed %s are new at once and have no date, and not all of it could be seen when it was first read: readers may know them%s",
			share(c.undated, c.all), r.Feed, advice)
	case c.undated > limit && c.known == 0 && r.Before >= few:
		return fmt.Sprintf("%s of feed %s are new at once and have no date: either they came under new names or the feed was not read for long%s",
			share(c.undated, c.all), r.Feed, advice)
	}
	return ""
}

const advice = `; look at them with "spool posts list --hold churn", then approve or cancel them`

func share(n, all int) string {
	if n == all {
		return fmt.Sprintf("all %d items", all)
	}
	return fmt.Sprintf("%d of the %d items", n, all)
}

// A census is what a document's items are like.
type census struct {
	all, known, fresh int
	posted            int // fresh, and to be posted
	late              int // fresh, and dated before the last reading
	undated           int // fresh
	again             int // fresh, with a title that is known and of the same day
	againAnyDay       int // fresh, with a title that is known
}

func (r Review) count(verdicts []Verdict, recent []spool.Item) census {
	heads := r.heads(recent)
	mine := map[string]int{}
	for _, v := range verdicts {
		if v.Kind == Fresh {
			mine[headline(v.Item)]++
		}
	}
	c := census{all: len(verdicts)}
	for _, v := range verdicts {
		if v.Kind != Fresh {
			c.known++
			continue
		}
		c.fresh++
		if v.Post {
			c.posted++
		}
		switch published := v.Item.Published; {
		case published.IsZero():
			c.undated++
		case !r.Read.IsZero() && latest(published).Before(r.Read.Add(-slack)):
			c.late++
		}
		head := headline(v.Item)
		if then, known := heads[head]; known && mine[head] == 1 {
			c.againAnyDay++
			if !differ(then, day(v.Item)) {
				c.again++
			}
		}
	}
	return c
}

// heads are the headlines of recent items of the feed, with the day of each.
// One that occurs twice is the name of a series and says nothing.
func (r Review) heads(recent []spool.Item) map[string]string {
	days := map[string]string{}
	twice := map[string]bool{}
	for _, it := range recent {
		if it.Feed != r.Feed {
			continue
		}
		head := headline(it)
		if head == "" {
			continue
		}
		if _, ok := days[head]; ok {
			twice[head] = true
		}
		days[head] = day(it)
	}
	for head := range twice {
		delete(days, head)
	}
	return days
}

// latest is the last moment that a date can mean: midnight is written for "that
// day" by those who do not write the time.
func latest(t time.Time) time.Time {
	for _, zone := range []time.Time{t, t.UTC()} {
		if h, m, s := zone.Clock(); h == 0 && m == 0 && s == 0 {
			return t.Add(24 * time.Hour)
		}
	}
	return t
}
