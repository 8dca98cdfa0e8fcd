package alerts

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"spool"
)

// Sum finds accounts that more alerts are to be announced on than the policy allows,
// and sums the rest up: it returns the entries of the book that are new or differ,
// digests among them. posts are those there are about the book's alerts, by item.
//
// A digest is an alert of its own, for one account. While it goes on, alerts that are
// new go into it as well; one that turns severe leaves it, and is announced by itself.
// It is over when all of its members are.
func (p Policy) Sum(book []spool.Tracked, posts map[string][]spool.Post, now time.Time) []spool.Tracked {
	s := &summing{p: p, now: now, posts: posts, book: slices.Clone(book), told: map[string]spool.Telling{}}
	for _, account := range s.accounts() {
		s.account(account)
	}
	return s.changed(book)
}

// A summing is one call of Sum. Entries of its book are changed, never what they hold.
type summing struct {
	p     Policy
	now   time.Time
	posts map[string][]spool.Post
	book  []spool.Tracked
	told  map[string]spool.Telling // of candidates, by item
}

// goesOn is how long a digest takes in what is new after the last alert did: a storm
// has lulls, and days after it there may still be members that hold.
const goesOn = time.Hour

// accounts are those that there may be something to sum up for, sorted.
func (s *summing) accounts() []string {
	names := map[string]bool{}
	for _, t := range s.book {
		for name := range t.Digests {
			names[name] = true
		}
		switch {
		case t.Account != "":
			names[t.Account] = t.Open || names[t.Account]
		case s.p.sums() && t.Open:
			for _, name := range s.p.To(t.Alert) {
				names[name] = true
			}
		}
	}
	maps.DeleteFunc(names, func(_ string, is bool) bool { return !is })
	return slices.Sorted(maps.Keys(names))
}

// sums reports whether the policy wants anything summed up.
func (p Policy) sums() bool { return p.DigestAbove > 0 && p.DigestWithin > 0 }

// account sums up what is too much for one account.
func (s *summing) account(account string) {
	for i := range s.book {
		s.release(i, account)
	}
	if s.p.sums() {
		s.take(account)
	}
	for i, t := range s.book {
		if t.Account == account && t.Open {
			s.book[i] = s.refreshed(t)
		}
	}
}

// release takes an alert out of its digest when it holds, and the digest is over, or the
// alert is severe by now, or told by itself, or not for the account any more.
func (s *summing) release(i int, account string) {
	t := s.book[i]
	if t.Digests[account] == "" || closed(t) {
		return
	}
	d := s.find(t.Digests[account])
	if d < 0 || !s.book[d].Open || severityOf(t.Alert) == spool.Severe || s.alone(t, account) || !slices.Contains(s.p.To(t.Alert), account) {
		s.assign(i, account, "")
	}
}

// take finds what is to be announced now, and puts what is too much into a digest.
func (s *summing) take(account string) {
	made := s.made(account)
	var rest []int
	for i := range s.book {
		switch {
		case !s.due(i, account):
		case severityOf(s.book[i].Alert) == spool.Severe:
			made++ // it is announced whatever else there is
		default:
			rest = append(rest, i)
		}
	}
	if len(rest) == 0 {
		return
	}
	slices.SortStableFunc(rest, func(a, b int) int { return s.order(s.book[a], s.book[b]) })
	digest := s.current(account)
	if digest == "" {
		room := max(s.p.DigestAbove-made, 0)
		if len(rest) <= room || len(rest) == room+1 && made <= s.p.DigestAbove {
			return // a digest of one alert would tell less, in no fewer posts
		}
		rest = rest[room:]
		digest = s.begin(account)
	}
	for _, i := range rest {
		s.assign(i, account, digest)
	}
	d := s.find(digest)
	s.book[d].Last = s.now
}

// order puts first what is to be announced by itself: what is worse, what was not
// planned, what is older.
func (s *summing) order(a, b spool.Tracked) int {
	worse := slices.Index(spool.Severities(), severityOf(b.Alert)) - slices.Index(spool.Severities(), severityOf(a.Alert))
	work := 0
	if a.Alert.Planned != b.Alert.Planned {
		work = 1
		if b.Alert.Planned {
			work = -1
		}
	}
	return cmp.Or(worse, work, a.First.Compare(b.First), gravestFirst(a, b))
}

// made is how many announcements there were lately, or wait to be sent. That of a
// digest does not count, nor those of what was still to come.
func (s *summing) made(account string) int {
	n := 0
	for _, t := range s.book {
		if t.Account != "" {
			continue
		}
		if slices.ContainsFunc(s.posts[t.Item], func(p spool.Post) bool {
			lately := p.Created.After(s.now.Add(-s.p.DigestWithin))
			return p.Account == account && p.Purpose.Heads() && tellingOf(p).Phase != spool.Ahead && (!p.State.Final() || lately && (p.State != spool.Dropped || p.Attempts > 0))
		}) {
			n++
		}
	}
	return n
}

// due reports whether an alert would be announced on an account now as one that holds.
// What is still to come has time, and no place among what is the case.
func (s *summing) due(i int, account string) bool {
	t := s.book[i]
	if t.Account != "" || !t.Open || t.Digests[account] != "" || t.Known || t.Muted != "" || !slices.Contains(s.p.To(t.Alert), account) || s.alone(t, account) {
		return false
	}
	told, ok := s.told[t.Item]
	if !ok {
		told = TellingOf(s.p.Published(t.Alert), spool.Begins, "")
		s.told[t.Item] = told
	}
	d := s.p.Decide(t, told, s.on(t, account), Abilities{Account: account}, s.now)
	return slices.ContainsFunc(d.Deeds, func(d Deed) bool {
		return (d.Do == DoAnnounce || d.Do == DoRenew) && d.Phase != spool.Ahead && !d.NotBefore.After(s.now)
	})
}

// alone reports whether an account has told an alert by itself, or is about to.
func (s *summing) alone(t spool.Tracked, account string) bool {
	return slices.ContainsFunc(s.posts[t.Item], func(p spool.Post) bool {
		return p.Account == account && p.Purpose.Heads() && (p.State == spool.Live || !p.State.Final())
	})
}

// on are the posts about an alert on an account.
func (s *summing) on(t spool.Tracked, account string) []spool.Post {
	var all []spool.Post
	for _, p := range s.posts[t.Item] {
		if p.Account == account {
			all = append(all, p)
		}
	}
	return all
}

// find is the place of an item in the book; -1: it is not there.
func (s *summing) find(item string) int {
	return slices.IndexFunc(s.book, func(t spool.Tracked) bool { return t.Item == item })
}

// assign puts an alert into an account's digest; "": into none.
func (s *summing) assign(i int, account, digest string) {
	t := &s.book[i]
	t.Digests = maps.Clone(t.Digests)
	if t.Digests == nil {
		t.Digests = map[string]string{}
	}
	t.Digests[account] = digest
	maps.DeleteFunc(t.Digests, func(_, d string) bool { return d == "" })
	t.Digest = ""
	for _, name := range slices.Sorted(maps.Keys(t.Digests)) {
		t.Digest = t.Digests[name]
		break
	}
	if len(t.Digests) == 0 {
		t.Digests = nil
	}
}

// changed lists the entries that differ from those that came in, and the new ones.
func (s *summing) changed(before []spool.Tracked) []spool.Tracked {
	var out []spool.Tracked
	for i, t := range s.book {
		if i >= len(before) || !reflect.DeepEqual(t, before[i]) {
			out = append(out, t)
		}
	}
	return out
}

func closed(t spool.Tracked) bool { return !t.Closed.IsZero() }
