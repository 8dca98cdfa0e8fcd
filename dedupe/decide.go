package dedupe

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"spool"
)

// Kind is what an item of a document is to the memory.
type Kind int

// The kinds of items.
const (
	Fresh  Kind = iota // not seen before in the group
	Known              // seen before, and the same
	Edited             // seen before, with other words or another link
	Joined             // known to the group, and new in this feed
)

// String is the kind's name in logs.
func (k Kind) String() string {
	return [...]string{"fresh", "known", "edited", "joined"}[k]
}

// FirstRun says what becomes of the items that a feed holds when it is read for
// the first time. The zero value takes them as known.
type FirstRun struct {
	All    bool
	Latest int // so many of the newest
}

// Policy is what a feed's configuration says about its new items.
type Policy struct {
	Feed     string
	Group    string // feeds of one group share their memory; empty: the feed alone
	First    bool   // the feed was never read before
	FirstRun FirstRun
	MaxAge   time.Duration // items published longer ago are not posted; 0: no limit
	Missed   time.Time     // when the feed was first read, if not all of it could be seen then; zero: all could
	Burst    int           // more new items than this in one poll are held for a person; 0: no limit
}

// A Verdict is what one story of a document is, and what becomes of it.
type Verdict struct {
	Kind   Kind
	Item   spool.Item    // with ID, Feed, Digest and Seen; the ID of a known item is the remembered one
	Keys   []spool.Key   // that lead to the item and are not remembered yet
	Post   bool          // it is to be posted, now or after a person's word
	Fate   spool.Verdict // of a fresh or joined item, and of an edited one: what becomes of it
	Hold   spool.Hold    // of an item to be posted: why it waits for a person
	Reason string        // for people: why it is not posted or held, or what was odd about recognising it
	Guest  bool          // known, and another feed of the group was the first to list it: its words are not remembered
	Like   *spool.Item   // what says nearly the same; nil: nothing, or [Review.Look] was not asked

	Blocked bool // it was taken down, so nothing follows from it: see scheduler
}

// Decide is Identify(items).Decide(p, known, now).
func Decide(p Policy, items []spool.Item, known map[spool.Key]spool.Known, now time.Time) []Verdict {
	return Identify(items).Decide(p, known, now)
}

// Decide says what is new in a document. Known is what is remembered under
// doc.Keys() in the feed's group.
//
// The verdicts are in the order of the document, one for each story: what
// repeats an earlier item adds its keys to that item's verdict. An item that
// has no key has no verdict, since it could not be remembered.
//
// Only the feed that comes first in Known.Feeds can edit an item. Two feeds of
// a group that word a story differently would otherwise edit it in turns.
func (doc Document) Decide(p Policy, known map[spool.Key]spool.Known, now time.Time) []Verdict {
	items, entries := doc.items, doc.entries
	d := decision{
		policy: p, feeds: []string{p.Feed}, known: known, now: now,
		here:  make(map[spool.Key]spool.Known, len(items)),
		byID:  make(map[string]int, len(items)),
		group: cmp.Or(p.Group, p.Feed),
	}
	d.verdicts = make([]Verdict, 0, len(items))
	d.addAll(items, entries)
	d.post()
	d.hold(Fresh)
	d.hold(Joined)
	return d.verdicts
}

// addAll begins with the items whose words are remembered to the letter: what
// else goes by one of their names is compared with them, and cannot edit them.
// Otherwise two items of a document that share names could edit one known item
// in turns, and push each other out of the memory.
func (d *decision) addAll(items []spool.Item, entries []entry) {
	later := make([]int, 0, len(items))
	words := make([]string, len(items))
	for i := range items {
		e := &entries[i]
		if len(e.marks) == 0 {
			continue
		}
		words[i] = digest(items[i], e.full)
		if k, ok := d.unchanged(e, words[i]); ok {
			d.add(i, items[i], e, words[i], k, "", true)
			continue
		}
		later = append(later, i)
	}
	for _, i := range later {
		k, note, ok := d.match(&entries[i])
		d.add(i, items[i], &entries[i], words[i], k, note, ok)
	}
	if len(later) > 0 && len(later) < len(d.verdicts) {
		sort.Stable(inDocument{d})
	}
}

// inDocument sorts verdicts by where their items stand.
type inDocument struct{ *decision }

func (d inDocument) Len() int           { return len(d.verdicts) }
func (d inDocument) Less(i, j int) bool { return d.at[i] < d.at[j] }
func (d inDocument) Swap(i, j int) {
	d.verdicts[i], d.verdicts[j] = d.verdicts[j], d.verdicts[i]
	d.at[i], d.at[j] = d.at[j], d.at[i]
}

type decision struct {
	policy   Policy
	feeds    []string // the policy's feed
	group    string
	known    map[spool.Key]spool.Known
	here     map[spool.Key]spool.Known // what the document has brought so far
	byID     map[string]int            // item → its verdict
	now      time.Time
	verdicts []Verdict
	at       []int    // per verdict: where its item stands in the document
	kept     []string // per verdict: the digest that will be remembered
}

// add makes a verdict of the item at a place of the document, which is known as
// k or new.
func (d *decision) add(at int, it spool.Item, e *entry, words string, k spool.Known, note string, known bool) {
	it.Digest = remembered(words, e.traits)
	it.Feed = d.policy.Feed
	if it.Seen.IsZero() {
		it.Seen = d.now
	}
	v, kept := Verdict{Kind: Fresh}, it.Digest
	if known {
		v.Kind, v.Reason = d.kind(k, words), note
		it.ID = k.Item
		v.Guest = v.Kind == Known && k.Feeds[0] != d.policy.Feed
		if v.Kind == Edited {
			v.Fate = spool.Changed
		} else {
			kept = k.Digest
		}
	} else {
		it.ID = ID(d.group, d.free(e))
	}
	v.Item = it
	keys := d.learn(e, it)
	if i, twice := d.byID[it.ID]; twice {
		d.verdicts[i].Keys = append(d.verdicts[i].Keys, keys...)
		return
	}
	v.Keys = keys
	d.byID[it.ID] = len(d.verdicts)
	d.verdicts, d.at = append(d.verdicts, v), append(d.at, at)
	d.kept = append(d.kept, kept)
}

func (d *decision) kind(k spool.Known, words string) Kind {
	before, _, _ := recall(k.Digest)
	switch {
	case !slices.Contains(k.Feeds, d.policy.Feed):
		return Joined
	case before != "" && before != words && k.Feeds[0] == d.policy.Feed:
		return Edited
	}
	return Known
}

// post decides which new items are to be posted.
func (d *decision) post() {
	var open []int
	for i := range d.verdicts {
		v := &d.verdicts[i]
		if v.Kind != Fresh && v.Kind != Joined {
			continue
		}
		if age := d.now.Sub(v.Item.When(d.now)); d.policy.MaxAge > 0 && age > d.policy.MaxAge {
			v.Fate = spool.TooOld
			v.explain("older than max_age: published " + v.Item.Published.UTC().Format("2006-01-02 15:04") + " UTC")
			continue
		}
		open = append(open, i)
	}
	var early []int
	for _, i := range open {
		if d.early(d.verdicts[i].Item) {
			early = append(early, i)
			continue
		}
		d.verdicts[i].Post, d.verdicts[i].Fate = true, spool.ToPost
	}
	for n, i := range d.inOrder(early) {
		d.first(n, &d.verdicts[i])
	}
}

// zones is how wrong a date can be whose time zone is.
const zones = 14 * time.Hour

// early reports whether an item was, or must have been, there when the feed was
// first read.
func (d *decision) early(it spool.Item) bool {
	return d.policy.First || !d.policy.Missed.IsZero() && !it.Published.IsZero() && latest(it.Published).Before(d.policy.Missed.Add(-slack))
}

// first decides about the nth newest item of those that were there at the first
// reading. One that was not seen then, and may be younger than its date, is held.
func (d *decision) first(n int, v *Verdict) {
	switch {
	case d.policy.FirstRun.All || n < d.policy.FirstRun.Latest:
		v.Post, v.Fate = true, spool.ToPost
	case d.policy.First:
		v.Fate = spool.FirstRun
		v.explain(d.skipped())
	case latest(v.Item.Published).Before(d.policy.Missed.Add(-zones)):
		v.Fate = spool.FirstRun
		v.explain("published before the feed was first read, when not all of it could be seen (first_run)")
	default:
		v.Post, v.Fate, v.Hold = true, spool.ToPost, spool.HoldChurn
		v.explain("dated before the feed was first read, at " + d.policy.Missed.UTC().Format("2006-01-02 15:04") +
			" UTC, when not all of it could be seen: readers may know it")
	}
}

// inOrder sorts verdicts by date, the newest first, where that matters. Items
// of one moment stay in the order of the document, whose top is the newest.
func (d *decision) inOrder(early []int) []int {
	if !d.policy.FirstRun.All && d.policy.FirstRun.Latest > 0 {
		slices.SortStableFunc(early, func(a, b int) int {
			return d.verdicts[b].Item.When(d.now).Compare(d.verdicts[a].Item.When(d.now))
		})
	}
	return early
}

func (d *decision) skipped() string {
	if d.policy.FirstRun.Latest > 0 {
		return "not among the newest when the feed was first read (first_run: latest)"
	}
	return "it was there when the feed was first read (first_run: skip)"
}

// hold keeps a flood from readers. What a person asked for at the first run is
// no flood.
func (d *decision) hold(k Kind) {
	if d.policy.Burst <= 0 || d.policy.First {
		return
	}
	count := 0
	for _, v := range d.verdicts {
		if v.Kind == k && v.Post {
			count++
		}
	}
	if count <= d.policy.Burst {
		return
	}
	for i := range d.verdicts {
		if v := &d.verdicts[i]; v.Kind == k && v.Post && v.Hold == "" {
			v.Hold = spool.HoldBurst
			v.explain("more new items at once than burst allows")
		}
	}
}

// explain adds a sentence to what there is to say.
func (v *Verdict) explain(s string) {
	v.Reason = strings.TrimPrefix(v.Reason+"; "+s, "; ")
}
