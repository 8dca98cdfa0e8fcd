package alerts

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"spool"
)

// The figures by which words say that two alerts are one.
const (
	headersAlike  = 0.6 // of the words, at least: the same incident, if line and effect are equal
	headersUnsure = 0.8 // the same where neither names a line
	headersApart  = 0.25
	maxCompared   = 20_000 // pairs in one reading
)

// A gist is what of an alert is compared by its words.
type gist struct {
	effect  spool.Effect
	lines   string
	stops   []string // ids and names, sorted
	subject string   // where no line is named: what the words begin with, as "red line"
	words   []string // sorted, each once
	figures []string // sorted; neither clock times nor lengths of time
}

// lasting are the figures of a text that change while an incident lasts: clock times,
// and lengths of time. Others, as the number of a train, tell incidents apart.
var lasting = regexp.MustCompile(`(?i)\b\d{1,2}[:.h]\d{2}\b(?:\s*[ap]\.?m\b)?|\b\d{1,2}\s*[ap]\.?m\b|` +
	`\b\d+(?:\s*[-–]\s*\d+)?\s*(?:min|h\b|hour|hr|sec|std|stunde|heure|hora)[\p{L}]*`)

func gistOf(a *spool.Alert) gist {
	g := gist{effect: a.Effect, lines: strings.Join(lines(*a), "\x00"), stops: stopsOf(a)}
	text := Pick(a.Header).Text
	if g.lines == "" {
		g.subject = subject(text)
	}
	if len(tokens(text)) < fewWords {
		text += " " + beginning(Pick(a.Description).Text)
	}
	text = lasting.ReplaceAllString(text, " ")
	g.words = slices.Compact(slices.Sorted(slices.Values(tokens(text))))
	_, g.figures = wordsAndFigures(text)
	return g
}

// stopsOf are the stops that an alert is about, by id and by name, sorted.
func stopsOf(a *spool.Alert) []string {
	var all []string
	for _, e := range a.Affected {
		for _, n := range [...]string{e.Stop, e.StopName} {
			if n != "" {
				all = append(all, n)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// elsewhere reports whether two alerts are about different things, as far as they say:
// about other stops of the same line, as lifts that break one after the other are, or in
// words about other lines.
func (g gist) elsewhere(o gist) bool {
	if g.subject != "" && o.subject != "" && g.subject != o.subject {
		return true
	}
	return len(g.stops) > 0 && len(o.stops) > 0 && !slices.ContainsFunc(g.stops, func(s string) bool {
		_, both := slices.BinarySearch(o.stops, s)
		return both
	})
}

// likeness is how much of the words of two alerts is equal: 0 to 1. Alerts without
// words are not alike.
func (g gist) likeness(o gist) float64 {
	both := 0
	for i, j := 0, 0; i < len(g.words) && j < len(o.words); {
		switch c := strings.Compare(g.words[i], o.words[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(g.words)+len(o.words)-both)
}

// same reports how sure it is that two alerts are one incident; 0: they are not.
func (g gist) same(o gist) float64 {
	if g.effect != o.effect || g.lines != o.lines || !slices.Equal(g.figures, o.figures) || g.elsewhere(o) {
		return 0
	}
	needed := headersAlike
	if g.lines == "" {
		needed = headersUnsure
	}
	if l := g.likeness(o); l >= needed {
		return l
	}
	return 0
}

// A pair is an incident and an entry of the book that it may be.
type pair struct {
	likeness float64
	g        *group
	at       int // of g
	rec      *record
}

// claimVanished finds incidents that go on under another name: what says nearly the
// same of the same lines as an alert that is not listed any more. The likest first.
func (k *tracker) claimVanished(groups []*group, claimed map[*record][]*entity) {
	if k.log {
		return
	}
	left := map[string][]*record{} // by lines and effect
	gists := map[*record]gist{}
	for _, rec := range k.book {
		if len(claimed[rec]) > 0 || rec.mem.Final || !k.overLately(rec) {
			continue
		}
		g := gistOf(&rec.t.Alert)
		gists[rec] = g
		left[string(g.effect)+"\x00"+g.lines] = append(left[string(g.effect)+"\x00"+g.lines], rec)
	}
	if len(gists) == 0 {
		return
	}
	for _, p := range k.pairs(groups, left, gists) {
		if p.g.rec == nil && len(claimed[p.rec]) == 0 {
			p.g.rec, claimed[p.rec] = p.rec, p.g.ents
		}
	}
}

// overLately reports whether an alert is open, or was over so lately that what says the
// same may be the same. That one was listed until now is no reason, if it was over long
// before: its words alone do not name it. Nor do they name one that was there before Spool
// was, and of which nothing was told: what is taken for that one would not be told either.
func (k *tracker) overLately(rec *record) bool {
	return rec.t.Open || !rec.t.Known && k.now.Sub(rec.t.Closed) <= k.p.ReopenWithin && k.returns(rec)
}

func (k *tracker) pairs(groups []*group, left map[string][]*record, gists map[*record]gist) []pair {
	var pairs []pair
	compared := 0
	for at, g := range groups {
		if g.rec != nil {
			continue
		}
		g.judge(k)
		mine := gistOf(&g.alert)
		for _, rec := range left[string(mine.effect)+"\x00"+mine.lines] {
			if compared++; compared > maxCompared {
				break
			}
			if l := mine.same(gists[rec]); l > 0 {
				pairs = append(pairs, pair{l, g, at, rec})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		switch {
		case a.likeness != b.likeness:
			return cmp.Compare(b.likeness, a.likeness)
		case a.rec != b.rec && before(a.rec, b.rec):
			return -1
		case a.rec != b.rec:
			return 1
		}
		return a.at - b.at
	})
	return pairs
}

// claimByWords finds alerts of a source that numbers them by their place: what says
// exactly what an alert of the book says, of the same lines, is that one.
func (k *tracker) claimByWords(all []*entity, claim func(*entity, *record)) {
	k.saying(all, func(e *entity, rec *record) { claim(e, rec) })
}

// saying finds, for each entity, the entry that says exactly the same of the same
// lines and is listed still, as far as is known.
func (k *tracker) saying(all []*entity, found func(*entity, *record)) {
	says := map[string][]*record{}
	key := func(a *spool.Alert) string {
		return strings.Join(lines(*a), "\x00") + "\x01" + Pick(a.Header).Text + "\x01" + Pick(a.Description).Text
	}
	for _, rec := range k.book {
		if rec.t.Open || rec.t.Since.IsZero() {
			at := key(&rec.t.Alert)
			says[at] = append(says[at], rec)
		}
	}
	for _, e := range all {
		if rec := best(says[key(e.alert)], func(*record) bool { return true }); rec != nil && e.worded() {
			found(e, rec)
		}
	}
}

// A belief is how far the ids of a reading are to be trusted.
type belief int

const (
	idsHold belief = iota // as far as anybody can
	idsMay                // they may number alerts by their place in the document
	idsMove               // they do: an alert that is known has come under another one's id
)

// believe decides how far to trust a reading's ids.
func (k *tracker) believe(all []*entity) belief {
	if k.log || !byPosition(all) {
		return idsHold
	}
	ids := map[string]bool{}
	for _, rec := range k.book {
		if rec.t.Open {
			ids[rec.t.Alert.ID] = true
		}
	}
	b := idsMay
	k.saying(all, func(e *entity, rec *record) {
		if id := e.alert.ID; id != rec.t.Alert.ID && ids[id] && !slices.Contains(rec.t.Names, Name(NameID, id)) {
			b = idsMove
		}
	})
	return b
}
