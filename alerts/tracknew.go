package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
)

// The bounds of what is new.
const (
	maxOpen   = 5_000            // open alerts of a feed
	longBreak = 30 * time.Minute // after so long without a reading nobody can say when an alert began
)

// adopt takes up the incidents that are in no book yet.
func (k *tracker) adopt(fresh []*group) {
	var open, answers []*group
	for _, g := range fresh {
		g.judge(k)
		if g.alert.Resumed {
			answers = append(answers, g)
			continue
		}
		switch ending := over(g.alert, k.now); {
		case ending != "":
			k.adoptOver(g, ending)
		case k.log && k.bygone(g.alert):
			k.adoptOver(g, "")
		default:
			open = append(open, g)
		}
	}
	slices.SortStableFunc(open, func(a, b *group) int { return cmp.Compare(bad(b.alert.Severity), bad(a.alert.Severity)) })
	var taken []*record
	for _, g := range open {
		if k.open >= maxOpen {
			k.refused++
			continue
		}
		taken = append(taken, k.add(g))
	}
	k.knowAll(taken)
	for _, g := range answers { // now that there is what they may answer
		if !k.answer(g) {
			k.adoptOver(g, spool.BySource)
		}
	}
	if k.refused > 0 {
		why := fmt.Sprintf("%d alerts are open, the most that are followed: %d more that the source lists are not told.", k.open, k.refused)
		k.say("%s", why)
		k.doubt = strings.TrimSpace(k.doubt + " " + why)
	}
}

// add makes an entry of an incident that is new.
func (k *tracker) add(g *group) *record {
	rec := k.newRecord(g)
	rec.t.Open = true
	rec.mem.Pending, rec.mem.Changed = k.now, k.now
	k.open++
	return rec
}

func (k *tracker) newRecord(g *group) *record {
	names := g.names
	if len(names) == 0 {
		names = []string{Name("text", textDigest(&g.alert))}
	}
	rec := &record{
		dirty: true, fresh: true, here: true,
		t: spool.Tracked{
			Feed: k.p.Feed, Item: k.item(names[0]), Alert: g.alert, Names: slices.Clone(names[:min(len(names), maxNames)]),
			First: k.now, Last: k.now,
		},
		mem: memory{Raw: g.raw(k), Filter: g.filter, Derived: g.derived},
	}
	k.book = append(k.book, rec)
	g.rec = rec
	return rec
}

// item is the id of the item that stands for an incident: another one each time that
// an agency uses a name again.
func (k *tracker) item(name string) string {
	for n := 0; ; n++ {
		group := k.p.Group
		if group == "" {
			group = k.p.Feed
		}
		text := strings.Join([]string{group, name, k.now.UTC().Format(time.RFC3339Nano)}, "\x00")
		if n > 0 {
			text += fmt.Sprintf("\x00%d", n)
		}
		sum := sha256.Sum256([]byte(text))
		id := strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10]))
		if !k.items[id] {
			k.items[id] = true
			return id
		}
	}
}

// adoptOver remembers an incident that is over when it is first seen: nothing is told
// of it, and it is accounted for. What was over long ago is left alone.
func (k *tracker) adoptOver(g *group, ending spool.Ending) {
	end := later(g.alert.End(), g.alert.Ended)
	if end.IsZero() || end.After(k.now) {
		end = moment(&g.alert)
	}
	if !end.IsZero() && k.now.Sub(end) > OverLong {
		return
	}
	rec := k.newRecord(g)
	rec.t.Closed, rec.t.Ending = k.now, ending
	rec.t.Known, rec.t.Muted = ending == "", g.filter
	k.say("alert %s was over before it was seen", g.alert.ID)
}

// bygone reports whether an event of a log is too old to be followed.
func (k *tracker) bygone(a spool.Alert) bool {
	at := a.Created
	if at.IsZero() {
		at = moment(&a)
	}
	return !at.IsZero() && a.End().IsZero() && k.now.Sub(at) >= logLasts
}

// knowAll decides which new alerts are taken as known: those that were there before
// Spool was, or began in a break so long that nobody can say when. The newest are told
// if the policy wants so many, and those that are severe and hold now.
func (k *tracker) knowAll(taken []*record) {
	baseline := !k.notes.Baselined
	gap, broken := k.broken()
	if k.p.FirstRun.All {
		return
	}
	var old []*record
	for _, rec := range taken {
		if k.p.stillToTell(rec.t.Alert, k.now) {
			continue // whenever it was listed first, its time is yet to come
		}
		if baseline || broken && !began(rec.t.Alert).After(k.now.Add(-longBreak)) || k.late(rec.t.Alert) {
			old = append(old, rec)
		}
	}
	slices.SortStableFunc(old, func(a, b *record) int {
		return cmp.Or(began(b.t.Alert).Compare(began(a.t.Alert)), strings.Compare(a.t.Item, b.t.Item))
	})
	old = old[min(max(0, k.p.FirstRun.Latest), len(old)):]
	n := 0
	for _, rec := range old {
		if k.p.SevereAtStart && rec.t.Alert.Severity == spool.Severe && rec.t.Alert.Active(k.now) {
			continue
		}
		rec.t.Known = true
		rec.mem.Pending, rec.mem.Changed = time.Time{}, time.Time{}
		n++
	}
	switch {
	case n == 0:
	case baseline:
		k.say("%d alerts were there before: they are taken as known", n)
	case !broken:
		k.say("%d alerts began long before the source was first read: they are taken as known", n)
	default:
		k.say("the source was not read for %s: %d alerts that began before or meanwhile are taken as known", ago(gap), n)
	}
}

// stillToTell reports whether an alert is planned work that is to be told so long before
// it begins, and that moment has not come: whoever was there before has not told it either.
func (p Policy) stillToTell(a spool.Alert, now time.Time) bool {
	return a.Planned && !p.Planned.Never && !p.Planned.Listed && a.Start().Add(-p.Planned.Ahead).After(now)
}

// late reports whether an alert was there when the source was read for the first time,
// by its own word, and was in a part that could not be read.
func (k *tracker) late(a spool.Alert) bool {
	thin, at := k.notes.Thin, began(a)
	return !thin.IsZero() && k.now.Sub(thin) <= longBreak && !at.IsZero() && at.Before(thin.Add(-longBreak))
}

// broken reports whether so long has passed since the last reading that counted that
// what is new may have begun at any time. A source that is always read as seldom as
// that is not broken.
func (k *tracker) broken() (time.Duration, bool) {
	good := k.lastGood()
	if good.IsZero() {
		return 0, false
	}
	gap := k.now.Sub(good)
	return gap, gap > longBreak && gap > 2*time.Duration(k.notes.Gap)*time.Second
}

// began is when an alert was made, or else begins; zero: nobody knows.
func began(a spool.Alert) time.Time {
	if !a.Created.IsZero() {
		return a.Created
	}
	return a.Start()
}
