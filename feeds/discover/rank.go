package discover

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/feeds"
)

// staleAfter is how old the newest item of a feed is when nobody seems to
// write it any more.
const staleAfter = 90 * 24 * time.Hour

// A found is a candidate with what tells it from others.
type found struct {
	Candidate
	items []string // what identifies the newest items, the newest first
	self  string   // what the feed calls its own address
	order int      // in which it was found
}

// keep makes a candidate of a document that was read.
func (s *search) keep(l lead, at *url.URL, doc feeds.Document, h http.Header) {
	c := Candidate{
		URL: settle(l.url, at).String(), Kind: feeds.FeedKind, Title: doc.Title, Format: doc.Format, Language: doc.Language,
		Items: len(doc.Items), Hub: doc.Hub, Found: l.found,
	}
	if c.Title == "" {
		c.Title = l.title
	}
	if strings.HasPrefix(doc.Format, "sitemap") {
		c.Kind = feeds.SitemapKind
	}
	if c.Hub == "" {
		c.Hub = headerHub(h, at)
	}
	now := s.Now()
	c.Last, c.PerDay = rhythm(doc.Items, now)
	c.Standing, c.Note = standing(c, comments(at, l.title, doc.Title), now)
	s.found = append(s.found, found{Candidate: c, items: identities(doc.Items), self: doc.Topic, order: len(s.found)})
}

// keepAlerts notes a list of service alerts, which may be empty on a good day.
func (s *search) keepAlerts(l lead, at *url.URL, r feeds.Result) {
	c := Candidate{
		URL: settle(l.url, at).String(), Kind: r.Raw.Kind, Title: cmp.Or(r.Document.Title, l.title), Format: "service alerts (" + string(r.Raw.Kind) + ")",
		Language: r.Document.Language, Items: len(r.Document.Items), Found: l.found,
	}
	s.found = append(s.found, found{Candidate: c, items: identities(r.Document.Items), order: len(s.found)})
}

// settle chooses between the address that was asked and the one that answered.
// A publisher that announces an address on its own host and sends readers to
// another may send them elsewhere tomorrow.
func settle(asked, answered *url.URL) *url.URL {
	if strings.TrimPrefix(asked.Hostname(), "www.") == strings.TrimPrefix(answered.Hostname(), "www.") {
		return answered
	}
	return asked
}

// rhythm is the date of the newest item, and how many items a day there have
// been since the oldest. Dates in the future count as now. A few items of the
// last hours say little about a day, and count as all that it had.
func rhythm(items []spool.Item, now time.Time) (last time.Time, perDay float64) {
	var oldest time.Time
	dated := 0
	for _, it := range items {
		t := it.Published
		if t.IsZero() {
			t = it.Updated
		}
		if t.IsZero() {
			continue
		}
		if t.After(now) {
			t = now
		}
		dated++
		if t.After(last) {
			last = t
		}
		if oldest.IsZero() || t.Before(oldest) {
			oldest = t
		}
	}
	if dated < 2 {
		return last, 0
	}
	const many, day = 10, 24 * time.Hour
	span, least := now.Sub(oldest), day
	if dated >= many {
		least = time.Hour
	}
	return last, float64(dated) * float64(day) / float64(max(span, least))
}

// standing judges a candidate, and says why.
func standing(c Candidate, talk bool, now time.Time) (Standing, string) {
	switch {
	case talk:
		return Comments, "what readers say, not what the site publishes"
	case c.Items == 0:
		return Empty, "it has no items"
	case !c.Last.IsZero() && now.Sub(c.Last) > staleAfter:
		return Stale, fmt.Sprintf("nothing new for %d days", int(now.Sub(c.Last).Hours()/24))
	}
	return Good, ""
}

// identities name the newest items of a document for comparison with those of
// another.
func identities(items []spool.Item) []string {
	const enough = 5
	var out []string
	for _, it := range items[:min(len(items), enough)] {
		name := it.Link
		if name == "" {
			name = it.GUID + "\n" + it.Title
		}
		name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
		name, _, _ = strings.Cut(name, "#")
		out = append(out, strings.TrimSuffix(name, "/"))
	}
	return out
}

// ranked merges what is the same and puts the best first. Among equals the
// order of the site counts, which mostly names its main feed first; sitemaps
// come after feeds.
func (s *search) ranked() []Candidate {
	var kept []found
	for _, f := range s.found {
		i := slices.IndexFunc(kept, f.same)
		if i < 0 {
			kept = append(kept, f)
			continue
		}
		kept[i] = merge(kept[i], f)
	}
	slices.SortStableFunc(kept, func(a, b found) int {
		if a.Standing != b.Standing {
			return int(a.Standing) - int(b.Standing)
		}
		if a.Kind != b.Kind {
			return strings.Compare(string(a.Kind), string(b.Kind)) // "feed" before "sitemap"
		}
		return a.order - b.order
	})
	out := make([]Candidate, len(kept))
	for i, f := range kept {
		out[i] = f.Candidate
	}
	return out
}

// same reports whether two documents have the same newest items. A few that
// are equal prove nothing when one has more: a section with one item has it from
// the front page.
func (f found) same(g found) bool {
	const few = 3
	n := min(len(f.items), len(g.items))
	if f.URL == g.URL {
		return true
	}
	if n == 0 || n < few && f.Items != g.Items || f.Standing == Comments != (g.Standing == Comments) {
		return false
	}
	a, b := slices.Sorted(slices.Values(f.items[:n])), slices.Sorted(slices.Values(g.items[:n]))
	return slices.Equal(a, b)
}

// merge keeps the better of two addresses for the same items: the secure one,
// the one that the feed calls its own, the first.
func merge(a, b found) found {
	if better(b, a) {
		a, b = b, a
	}
	for _, also := range append([]string{b.URL}, b.Also...) {
		if also != a.URL && !slices.Contains(a.Also, also) {
			a.Also = append(a.Also, also)
		}
	}
	a.order = min(a.order, b.order)
	return a
}

// better reports whether b's address is to be preferred to a's.
func better(b, a found) bool {
	secure := func(f found) bool { return strings.HasPrefix(f.URL, "https://") }
	switch {
	case a.Kind != b.Kind:
		return b.Kind == feeds.FeedKind
	case secure(a) != secure(b):
		return secure(b)
	}
	return b.self == b.URL && a.self != a.URL
}
