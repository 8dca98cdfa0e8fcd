package alerts

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"spool"
)

// A world is an agency whose incidents begin, change, flap, change their ids and end,
// with a source that is now and then broken: what is tracked of it is compared with
// what is the case.
type world struct {
	*testing.T
	rnd    *rand.Rand
	p      Policy
	now    time.Time
	all    []*incident
	number int
	bases  int
	of     map[int]int // the incident that a number stands for in an id

	play    *play
	claimed map[string]int // the incident that each item was made for
	next    time.Time
	doubted bool
}

// An incident is one disturbance, which the source lists from begin to end, but for
// the readings that it misses in between.
type incident struct {
	n        int
	id, base int
	alert    spool.Alert
	end      time.Time // when it leaves the document
	over     time.Time // when it ends by its own word; zero: it does not say
	hidden   time.Time // it is missing until then
	unseen   bool      // it has changed since it was last listed in whole
}

func newWorld(t *testing.T, seed uint64) *world {
	rnd := rand.New(rand.NewPCG(seed, 5))
	w := &world{T: t, rnd: rnd, now: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC), claimed: map[string]int{}, bases: 100_000, of: map[int]int{}}
	w.p = Policy{
		Feed: "lines", GoneFetches: 1 + rnd.IntN(4), GoneTime: time.Duration(rnd.IntN(15)) * time.Minute,
		ReopenWithin: time.Hour, Debounce: time.Duration(rnd.IntN(3)) * 2 * time.Minute, Inhibit: rnd.IntN(2) == 0,
		Planned: Planned{Ahead: time.Duration(rnd.IntN(3)) * time.Hour, Never: rnd.IntN(5) == 0},
		MinLeft: time.Duration(rnd.IntN(2)) * 5 * time.Minute, FirstRun: FirstRun{All: rnd.IntN(2) == 0},
	}
	w.play = &play{t: t, p: w.p}
	return w
}

// begin makes an incident whose line and words no other has.
func (w *world) begin() {
	w.number++
	effects := spool.Effects()
	w.bases++
	in := &incident{n: w.number, id: w.rnd.IntN(100), base: w.bases}
	w.of[in.base] = in.n
	in.alert = spool.Alert{
		Effect:   effects[w.rnd.IntN(len(effects))],
		Affected: []spool.Affected{{Route: fmt.Sprintf("L%d", w.number%7), Stop: []string{"", fmt.Sprintf("s%d", w.number)}[w.rnd.IntN(2)]}},
		Header:   spool.Texts{{Text: fmt.Sprintf("word%[1]da word%[1]db word%[1]dc word%[1]dd %[1]d", w.number)}},
	}
	in.end = w.now.Add(time.Duration(1+w.rnd.IntN(180)) * time.Minute)
	switch w.rnd.IntN(4) {
	case 0:
		in.over = w.now.Add(time.Duration(1+w.rnd.IntN(120)) * time.Minute)
		in.alert.Periods = []spool.Period{{Start: w.now.Add(time.Duration(w.rnd.IntN(60)-30) * time.Minute), End: in.over}}
	case 1:
		in.alert.Periods = []spool.Period{{Start: w.now.Add(time.Duration(w.rnd.IntN(90)) * time.Minute)}}
	case 2:
		in.alert.Created = w.now
	}
	w.all = append(w.all, in)
}

func (w *world) change() {
	for _, in := range w.all {
		if in.unseen {
			continue
		}
		in.unseen = true
		switch w.rnd.IntN(40) {
		case 0:
			in.id = (in.id + 1) % 100 // the rank rises
		case 1:
			in.alert.Affected = append(in.alert.Affected[:1:1], spool.Affected{Route: fmt.Sprintf("L%d", w.rnd.IntN(7))})
		case 2:
			in.alert.Header = spool.Texts{{Text: in.alert.Header[0].Text + " more"}}
		case 3:
			in.hidden = w.now.Add(time.Duration(w.rnd.IntN(30)) * time.Minute)
		case 4:
			if !in.over.IsZero() && in.over.After(w.now) {
				in.over = in.over.Add(20 * time.Minute)
				in.alert.Periods = []spool.Period{{Start: in.alert.Periods[0].Start, End: in.over}}
			}
		case 5: // the agency takes it out, and puts it in anew
			w.bases++
			in.base = w.bases
			w.of[in.base] = in.n
		default:
			in.unseen = false
		}
	}
}

// listed is what the source lists now: of each incident one or two parts.
func (w *world) listed() []spool.Alert {
	var out []spool.Alert
	for _, in := range w.all {
		if !in.end.After(w.now) || in.hidden.After(w.now) {
			continue
		}
		for part := range 1 + in.n%2 {
			a := in.alert
			a.ID = fmt.Sprintf("lmm:alert:%d:%d", in.base, in.id+part)
			out = append(out, a)
		}
	}
	w.rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (w *world) reading() *Reading {
	r := &Reading{Alerts: w.listed()}
	defer func() {
		for _, in := range w.all {
			if r != nil && slices.ContainsFunc(r.Alerts, func(a spool.Alert) bool { return a.Header[0] == in.alert.Header[0] }) {
				in.unseen = false
			}
		}
	}()
	switch w.rnd.IntN(25) {
	case 0:
		r = nil
	case 1:
		r.Partial = true
		r.Alerts = r.Alerts[:w.rnd.IntN(len(r.Alerts)+1)]
	case 2:
		r.Alerts = nil
	}
	return r
}

// track runs Track, and whatever holds of any call of it.
func (w *world) track(r *Reading) Tracking {
	book := stored(w, w.play.book)
	got := w.p.Track(book, w.play.notes, r, w.play.last, w.now)
	mixed := slices.Clone(book)
	w.rnd.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	if r != nil {
		c := *r
		c.Alerts = slices.Clone(r.Alerts)
		w.rnd.Shuffle(len(c.Alerts), func(i, j int) { c.Alerts[i], c.Alerts[j] = c.Alerts[j], c.Alerts[i] })
		r = &c
	}
	again := w.p.Track(mixed, w.play.notes, r, w.play.last, w.now)
	if !reflect.DeepEqual(byItem(got.Book), byItem(again.Book)) || !reflect.DeepEqual(got.News, again.News) ||
		!slices.Equal(slices.Sorted(slices.Values(got.Changed)), slices.Sorted(slices.Values(again.Changed))) ||
		!got.Next.Equal(again.Next) || got.Doubt != again.Doubt || string(got.Notes) != string(again.Notes) {
		w.Fatalf("%s: in another order something else came of it:\n%+v\n%+v", w.now, got, again)
	}
	w.unchanged(book, got)
	if r != nil {
		w.doubted = got.Doubt != ""
	}
	w.play.book, w.play.notes, w.next = got.Book, got.Notes, got.Next
	if r != nil {
		w.play.last = w.now
	}
	return got
}

func byItem(book []spool.Tracked) map[string]spool.Tracked {
	m := map[string]spool.Tracked{}
	for _, b := range book {
		m[b.Item] = b
	}
	return m
}

// unchanged compares what is said to have changed with what has.
func (w *world) unchanged(before []spool.Tracked, got Tracking) {
	was := byItem(before)
	for _, b := range stored(w, got.Book) {
		old, there := was[b.Item]
		said := slices.Contains(got.Changed, b.Item)
		if same := there && reflect.DeepEqual(old, b); !same && !said {
			w.Fatalf("%s: %s differs, and is not among Changed:\n%+v\n%+v", w.now, b.Item, old, b)
		}
	}
	if len(got.Book) < len(before) {
		w.Fatalf("%s: entries were lost", w.now)
	}
}

// wait lets time pass without a word from the source: before Next nothing may change,
// but what waits for readings to be counted.
func (w *world) wait(minutes int) {
	for range minutes {
		w.now = w.now.Add(time.Minute)
		if w.next.IsZero() || w.now.Before(w.next) {
			for _, r := range []*Reading{nil, {Same: true}} {
				was := byItem(w.play.book)
				counting := w.doubted || slices.ContainsFunc(w.play.book, func(b spool.Tracked) bool { return b.Open && !b.Since.IsZero() })
				got := w.p.Track(stored(w, w.play.book), w.play.notes, r, w.play.last, w.now)
				for item, b := range byItem(got.Book) {
					if slices.Contains(got.Changed, item) && (r == nil || !counting) {
						w.Fatalf("%s: %s changed before %s with %v:\n%+v\n%+v", w.now, item, w.next, r, was[item], b)
					}
				}
			}
			continue
		}
		w.track(nil)
	}
}

// check compares the book with what is the case.
func (w *world) check(r *Reading, got Tracking) {
	open := map[int][]spool.Tracked{}
	for _, b := range got.Book {
		n, ok := w.incidentOf(b)
		if !ok {
			w.Fatalf("%s: entry %s is of no incident: %v", w.now, b.Item, b.Names)
		}
		if b.Open {
			open[n] = append(open[n], b)
		}
	}
	for _, in := range w.all {
		if len(open[in.n]) > 1 {
			w.Fatalf("%s: incident %d is open twice: %+v", w.now, in.n, open[in.n])
		}
		if r == nil || !slices.ContainsFunc(r.Alerts, func(a spool.Alert) bool { return a.Header[0] == in.alert.Header[0] }) {
			continue
		}
		over := !in.over.IsZero() && !in.over.After(w.now)
		if !over && len(open[in.n]) != 1 {
			w.Fatalf("%s: incident %d is listed and holds, and is not open: %+v", w.now, in.n, got.Book)
		}
		if over && len(open[in.n]) != 0 {
			w.Fatalf("%s: incident %d is over, and open", w.now, in.n)
		}
	}
}

// incidentOf is the incident that an entry is of, by the words that nothing else has:
// all that it was ever known by must be of that one.
func (w *world) incidentOf(b spool.Tracked) (int, bool) {
	n := 0
	for _, name := range b.Names {
		var base, rank int
		_, value := KindOf(name)
		if c, err := fmt.Sscanf(value, "lmm:alert:%d:%d", &base, &rank); c < 1 && err != nil {
			return 0, false
		}
		if n != 0 && w.of[base] != n {
			return 0, false
		}
		n = w.of[base]
	}
	if was, ok := w.claimed[b.Item]; ok && was != n {
		return 0, false
	}
	w.claimed[b.Item] = n
	return n, true
}

// twice finds incidents that have two entries though they were never gone for as long
// as an alert may be gone and come back.
func (w *world) twice() {
	first := map[int]string{}
	for item, n := range w.claimed {
		if other, ok := first[n]; ok && other != item {
			book := byItem(w.play.book)
			w.Fatalf("incident %d has two entries:\n%+v\n%+v", n, book[item], book[other])
		}
		first[n] = item
	}
}

func (w *world) run(steps int) {
	for i := range steps {
		if w.rnd.IntN(3) == 0 {
			w.begin()
		}
		w.change()
		r := w.reading()
		w.check(r, w.track(r))
		w.wait(w.rnd.IntN(4))
		w.now = w.now.Add(time.Duration(1+w.rnd.IntN(100)) * time.Second)
		if i%10 == 9 {
			w.track(&Reading{Same: true})
		}
	}
	w.twice()
	for _, in := range w.all {
		in.end = w.now
	}
	for range 80 {
		w.now = w.now.Add(time.Minute)
		w.track(&Reading{})
	}
	for _, b := range w.play.book {
		if b.Open {
			w.Fatalf("%s is open though nothing has been listed for long: %+v", b.Item, b)
		}
	}
	if !w.next.IsZero() {
		w.Fatalf("there is nothing to wait for, and next is %s", w.next)
	}
}

func TestTrackWorld(t *testing.T) {
	worlds := uint64(8)
	if testing.Short() {
		worlds = 2 // the race detector makes each one long
	}
	for seed := range worlds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { newWorld(t, seed).run(60) })
	}
}

func FuzzTrackWorld(f *testing.F) {
	f.Add(uint64(1000), uint8(40))
	f.Fuzz(func(t *testing.T, seed uint64, steps uint8) { newWorld(t, seed).run(int(steps)) })
}
