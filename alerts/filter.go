package alerts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"spool"
)

// Passes reports whether an alert is to be told, and otherwise why not, naming the key
// of the configuration and the value: "exclude: effect NO_EFFECT". What is excluded is
// so whatever is included.
func (p Policy) Passes(a spool.Alert) (ok bool, why string) {
	for _, m := range p.Exclude {
		if m.Empty() {
			continue // it would exclude everything, which nobody means by saying nothing
		}
		if hits, fits := m.meets(a); fits {
			return false, "exclude: " + strings.Join(hits, ", ")
		}
	}
	for _, t := range p.Include.tests(a) {
		if t.given && t.hit == "" {
			return false, "include: " + t.miss
		}
	}
	return true, ""
}

// onlyByKind reports whether an alert is kept out, and only for its effect, its cause, its
// severity or that it is planned: for what may change while it lasts, and not for what
// it is about or says.
func (p Policy) onlyByKind(a spool.Alert) bool {
	kept := false
	for _, m := range p.Exclude {
		if _, fits := m.meets(a); !fits || m.Empty() {
			continue
		}
		if slices.ContainsFunc(m.tests(a), func(t test) bool { return t.given && !t.kind }) {
			return false
		}
		kept = true
	}
	for _, t := range p.Include.tests(a) {
		if t.given && t.hit == "" {
			if !t.kind {
				return false
			}
			kept = true
		}
	}
	return kept
}

// Fits reports whether an alert is among those that are meant.
func (m Match) Fits(a spool.Alert) bool {
	_, fits := m.meets(a)
	return fits
}

// Empty reports whether m says nothing, and so fits every alert.
func (m Match) Empty() bool {
	return !slices.ContainsFunc(m.tests(spool.Alert{}), func(t test) bool { return t.given })
}

// meets lists what of an alert each key that is given met.
func (m Match) meets(a spool.Alert) (hits []string, fits bool) {
	for _, t := range m.tests(a) {
		switch {
		case !t.given:
		case t.hit == "":
			return nil, false
		default:
			hits = append(hits, t.hit)
		}
	}
	return hits, true
}

// A test is one key of a Match, compared with an alert.
type test struct {
	given bool
	kind  bool   // it is about what kind of alert it is, which may change while it lasts
	hit   string // for people: the key and the value that fits; empty: none does
	miss  string // for people: why none does
}

// tests compares all keys, in the order in which the configuration names them.
func (m Match) tests(a spool.Alert) []test {
	return []test{
		one("effect", m.Effect, a.Effect, UnknownEffect),
		one("cause", m.Cause, a.Cause, UnknownCause),
		one("severity", m.Severity, a.Severity, UnknownSeverity),
		anyOf("route", m.Route, a, func(e spool.Affected) []string { return []string{e.Route, e.RouteName} }),
		anyOf("agency", m.Agency, a, func(e spool.Affected) []string { return []string{e.Agency, e.AgencyName} }),
		anyOf("mode", modeNames(m.Mode), a, func(e spool.Affected) []string { return []string{string(e.Mode)} }),
		anyOf("stop", m.Stop, a, func(e spool.Affected) []string { return []string{e.Stop, e.StopName} }),
		patterns("text", m.Text, func() []string { return texts(a) }),
		listed("id", m.ID, a.ID),
		patterns("id", m.IDPattern, func() []string { return []string{a.ID} }),
		planned(m.Planned, a.Planned),
	}
}

// What the configuration calls an effect, a cause and a severity that nobody knows.
const (
	UnknownEffect   = "UNKNOWN_EFFECT"
	UnknownCause    = "UNKNOWN_CAUSE"
	UnknownSeverity = "UNKNOWN_SEVERITY"
)

func one[T ~string](key string, wanted []T, is T, unknown string) test {
	if len(wanted) == 0 {
		return test{}
	}
	name := string(is)
	if is == "" {
		name = unknown
	}
	t := test{given: true, kind: true, miss: fmt.Sprintf("%s %s is not among those wanted", key, name)}
	if slices.Contains(wanted, is) {
		t.hit = key + " " + name
	}
	return t
}

// anyOf compares a list with what an alert is about: one name of one entry has to fit.
func anyOf(key string, wanted []string, a spool.Alert, names func(spool.Affected) []string) test {
	t := test{given: len(wanted) > 0}
	if !t.given {
		return t
	}
	var met []string
	for _, e := range a.Affected {
		for _, n := range names(e) {
			if n == "" {
				continue
			}
			if slices.Contains(wanted, n) {
				t.hit = key + " " + n
				return t
			}
			met = append(met, n)
		}
	}
	t.miss = fmt.Sprintf("none of its %ss is among those wanted: %s", key, some(met))
	if key == "agency" {
		t.miss = strings.Replace(t.miss, "agencys", "agencies", 1)
	}
	if len(met) == 0 {
		t.miss = fmt.Sprintf("it names no %s, and only some are wanted", key)
	}
	return t
}

func listed(key string, wanted []string, is string) test {
	if len(wanted) == 0 {
		return test{}
	}
	t := test{given: true, miss: fmt.Sprintf("%s %s is not among those wanted", key, is)}
	if is != "" && slices.Contains(wanted, is) {
		t.hit = key + " " + is
	}
	return t
}

func patterns(key string, wanted []*regexp.Regexp, texts func() []string) test {
	t := test{given: len(wanted) > 0, miss: "no pattern for " + key + " fits"}
	if !t.given {
		return t
	}
	is := texts()
	for _, r := range wanted {
		if slices.ContainsFunc(is, r.MatchString) {
			t.hit = key + " " + r.String()
			return t
		}
	}
	return t
}

func planned(wanted *bool, is bool) test {
	if wanted == nil {
		return test{}
	}
	t := test{given: true, kind: true, miss: fmt.Sprintf("planned %t is not wanted", is)}
	if *wanted == is {
		t.hit = fmt.Sprintf("planned %t", is)
	}
	return t
}

// texts is everything that an alert says in words, in all languages.
func texts(a spool.Alert) []string {
	var all []string
	for _, ts := range []spool.Texts{a.Header, a.Description, a.Instruction, a.Spoken, a.CauseText, a.EffectText, a.Area} {
		for _, t := range ts {
			all = append(all, t.Text)
		}
	}
	if a.Sender != "" {
		all = append(all, a.Sender)
	}
	return all
}

func modeNames(modes []spool.Mode) []string {
	names := make([]string, len(modes))
	for i, m := range modes {
		names[i] = string(m)
	}
	return names
}

// some lists the first few of many names, each once.
func some(names []string) string {
	const most = 5
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
