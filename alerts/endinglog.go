package alerts

import (
	"regexp"
	"slices"
	"strings"

	"spool"
)

// answer closes the alert that an item of its own says is over: the latest open one of
// the same line. The item is no alert itself then, and is known as part of it. Where
// the source lists what holds, only what it does not list any more can be meant.
func (k *tracker) answer(g *group) bool {
	var found *record
	for _, rec := range k.book {
		if !rec.t.Open || rec.here && !k.log || !k.log && len(lines(g.alert)) == 0 {
			continue
		}
		at, since := began(g.alert), began(rec.t.Alert)
		if !at.IsZero() && since.After(at) || !sameLine(&g.alert, &rec.t.Alert) {
			continue
		}
		if found == nil || latest(rec, found) {
			found = rec
		}
	}
	if found == nil {
		return false
	}
	found.t.Alert.Resumed = true
	found.t.Alert.Description, found.t.Alert.Instruction = g.alert.Description, nil // what riders were to do holds no longer
	found.t.Alert.Ended = began(g.alert)
	if found.t.Alert.Ended.After(k.now) {
		found.t.Alert.Ended = k.now
	}
	found.known(g.names)
	found.mem.Final, found.t.Last = k.log, k.now
	if !k.log && found.t.Since.IsZero() {
		found.t.Since = k.now
	}
	k.close(found, spool.BySource, k.now)
	return true
}

func latest(a, b *record) bool {
	if !began(a.t.Alert).Equal(began(b.t.Alert)) {
		return began(a.t.Alert).After(began(b.t.Alert))
	}
	if !a.t.First.Equal(b.t.First) {
		return a.t.First.After(b.t.First)
	}
	return a.t.Item > b.t.Item
}

// sameLine reports whether an item of a log is about the line of an alert: both name
// the same, or their titles do.
func sameLine(item, a *spool.Alert) bool {
	here, there := lines(*item), lines(*a)
	if len(here) > 0 && len(there) > 0 {
		return slices.ContainsFunc(here, func(l string) bool { return slices.Contains(there, l) })
	}
	title, other := Pick(item.Header).Text, Pick(a.Header).Text
	if s := subject(title); s != "" && s == subject(other) {
		return true
	}
	names := LineNames(*a)
	if len(here) > 0 {
		names, title = LineNames(*item), other
	}
	if len(names) > 0 {
		return slices.ContainsFunc(names, func(n string) bool { return says(title, n) })
	}
	code := codes(title)
	return len(code) > 0 && slices.Equal(code, codes(other))
}

// subject is what a title begins with before it says what is the matter: "Red Line"
// of "Red Line: delays"; empty: it does not say.
func subject(title string) string {
	at := -1
	for _, sep := range []string{": ", " - ", " – ", " — ", " | "} {
		if i := strings.Index(title, sep); i > 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return ""
	}
	return strings.Join(tokens(title[:at]), " ")
}

// says reports whether a text has the words of a name, next to one another.
func says(text, name string) bool {
	words, of := tokens(text), tokens(name)
	for i := 0; len(of) > 0 && i+len(of) <= len(words); i++ {
		if slices.Equal(words[i:i+len(of)], of) {
			return true
		}
	}
	return false
}

// codes are the words of a title that have a figure, as lines do: "U6", "522". Clock
// times and lengths of time are none.
func codes(title string) []string {
	var all []string
	for _, w := range tokens(lasting.ReplaceAllString(title, " ")) {
		if strings.ContainsAny(w, "0123456789") {
			all = append(all, w)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// resumes reports whether an item of a log says that service is as usual again: by the
// policy's patterns in any of its texts, or by common words in its title.
func (p Policy) resumes(a spool.Alert) bool {
	for _, r := range p.Resumed {
		for _, texts := range []spool.Texts{a.Header, a.Description} {
			if slices.ContainsFunc(texts, func(t spool.Text) bool { return r.MatchString(t.Text) }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(a.Header, func(t spool.Text) bool {
		return asUsual.MatchString(t.Text) && !notYet.MatchString(t.Text)
	})
}

// asUsual are common words for that service is as usual again, in English, French,
// German and Spanish; notYet are words that take them back.
var (
	asUsual = regexp.MustCompile(`(?i)\b(resumed|restored|resolved|cleared|reopened|lifted|back to normal|returned to normal|normal service|` +
		`service (is )?normal|` +
		`retour à la normale|reprise (du|de|des)|rétablie?s?|circulation normale|traf[i]c normal|terminée?s?|` +
		`wieder (normal|regulär|planmäßig|frei)|normalbetrieb|behoben|aufgehoben|beendet|` +
		`restablecid[oa]s?|normalizad[oa]s?|reanudad[oa]s?|servicio normal|resuelt[oa]s?)`)
	notYet = regexp.MustCompile(`(?i)\b(not|no longer|until|expected|estimated|will|soon|partly|partially|residual|` +
		`pas|jusqu|prévue?s?|partielle?|partiellement|nicht|bis|voraussichtlich|teilweise|` +
		`aún|todavía|hasta|previst[oa]s?|parcial|parcialmente)`)
)
