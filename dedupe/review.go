package dedupe

import (
	"fmt"
	"slices"
	"time"

	"spool"
)

// sameNews is how far apart two items may have been published that tell the same
// news in nearly the same words. After it the words are those of a new day.
const sameNews = 24 * time.Hour

// A Review looks once more at the new items of a document that are to be posted.
// It compares them with other items, which [Decide] does not see.
type Review struct {
	Policy
	Read    time.Time // when a document of the feed was last read; zero: never, or it is not known
	Before  int       // how many items that document had
	Unseen  bool      // the feed was first read lately, and not all of it could be seen then
	Similar bool      // mark those that say the same as another item
}

// Wants says since when items of the feed, and of the others that share an
// account with it, are needed to review the verdicts. Zero: none are.
func (r Review) Wants(verdicts []Verdict, now time.Time) (own, others time.Time) {
	n := 0
	for _, v := range verdicts {
		if v.Kind == Fresh && v.Post {
			n++
		}
	}
	if n > 0 && r.Similar {
		others = now.Add(-sameNews)
		own = others
	}
	if n >= fewAgain && !r.First {
		own = now.Add(-longAgo)
	}
	return own, others
}

// Look marks verdicts: those of a document whose items are new in a way that
// real news is not are held ([spool.HoldChurn]), with the same reason each, which
// is returned; and those that say nearly the same as a recent item, or as an
// older one of the document, get it as their Like. Recent are items of the feed
// and of those that share an account with it.
func (r Review) Look(verdicts []Verdict, recent []spool.Item, now time.Time) (alarm string) {
	if alarm = r.churn(verdicts, recent, now); alarm != "" {
		for i := range verdicts {
			if v := &verdicts[i]; v.Kind == Fresh && v.Post {
				v.Hold, v.Reason = spool.HoldChurn, alarm
			}
		}
		return alarm
	}
	if r.Similar {
		r.Compare(verdicts, recent, now)
	}
	return ""
}

// Compare finds, for each new item that is to be posted, another one that says
// the same, anew. Of two in the document the older wins; of one date, the lower
// one, since documents have the newest on top.
func (r Review) Compare(verdicts []Verdict, recent []spool.Item, now time.Time) {
	for i := range verdicts {
		verdicts[i].Like = nil
	}
	var others []candidate
	for _, it := range recent {
		others = appendCandidate(others, it, now)
	}
	for _, i := range oldestFirst(verdicts, now) {
		v := &verdicts[i]
		c := candidate{item: v.Item, title: newTitle(v.Item.Title), when: v.Item.When(now)}
		if like, ok := c.find(others); ok {
			v.Like = &like
			continue
		}
		others = append(others, c)
	}
}

// A candidate is an item that others may be like.
type candidate struct {
	title
	item spool.Item
	when time.Time
}

func appendCandidate(to []candidate, it spool.Item, now time.Time) []candidate {
	if t := newTitle(it.Title); !t.short {
		to = append(to, candidate{t, it, it.When(now)})
	}
	return to
}

// find returns the first of others that says the same.
func (c candidate) find(others []candidate) (spool.Item, bool) {
	if c.short {
		return spool.Item{}, false
	}
	for i := range others {
		o := &others[i]
		if o.item.ID != c.item.ID && c.when.Sub(o.when).Abs() <= sameNews && c.like(o.title) {
			return o.item, true
		}
	}
	return spool.Item{}, false
}

// oldestFirst are the places of the verdicts on new items that are to be posted.
func oldestFirst(verdicts []Verdict, now time.Time) []int {
	var order []int
	for i := range slices.Backward(verdicts) {
		if v := verdicts[i]; v.Kind == Fresh && v.Post {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return verdicts[a].Item.When(now).Compare(verdicts[b].Item.When(now))
	})
	return order
}

// Sameness is the reason, for people, why an item that is like another one is
// not posted without a word.
func Sameness(other spool.Item) string {
	s := fmt.Sprintf("nearly the same title as %q", other.Title)
	if other.Link != "" {
		s += " " + other.Link
	}
	return s
}
