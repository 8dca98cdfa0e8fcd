package alerts

import (
	"slices"
	"strings"
	"time"

	"spool"
)

// TellingOf is what a post in a language tells of an alert. It is to be asked about the
// alert as it is published, the one of its item: what must not be published is then not
// compared either, and changes of it are not told.
func TellingOf(a spool.Alert, phase spool.Phase, language string) spool.Telling {
	t := spool.Telling{
		Phase: phase, Effect: a.Effect, Severity: a.Severity, Lines: lines(a), Headline: Pick(a.Header, language).Text,
		Until: until(a), Notify: a.Notify, Members: slices.Sorted(slices.Values(a.Members)), Digest: digestOf(a), Planned: a.Planned,
	}
	if len(tokens(t.Headline)) < fewWords {
		t.Detail = beginning(Pick(a.Description, language).Text)
	}
	if len(t.Members) == 0 {
		t.Members = nil
	}
	return t
}

// A headline of fewer words than this may be a line's name alone, or "Service alert":
// then how the description begins is compared too, so many bytes of it at most.
const (
	fewWords    = 4
	detailBytes = 300
)

func beginning(s string) string {
	if len(s) > detailBytes {
		s = strings.ToValidUTF8(s[:detailBytes], "")
		if i := strings.LastIndexByte(s, ' '); i > 0 {
			s = s[:i]
		}
	}
	return s
}

// until is when an alert is going to be over, as far as readers can be told. An
// estimate is none: agencies move it on and on. Nor has work that recurs a single end:
// as time goes by the source lists later and later times.
func until(a spool.Alert) time.Time {
	if a.Guess || a.Planned && len(a.Periods) > 1 {
		return time.Time{}
	}
	return a.End()
}

// lines are the routes that an alert is about, or where it names none the stops, by
// their ids, sorted: public names may become known later.
func lines(a spool.Alert) []string {
	return firstOf(a, func(e spool.Affected) string { return orElse(e.Route, e.RouteName) },
		func(e spool.Affected) string { return orElse(e.Stop, e.StopName) })
}

// LineNames are the public names of the routes that an alert is about, or of its stops
// where it names no route, sorted; ids where no name is known.
func LineNames(a spool.Alert) []string {
	return firstOf(a, func(e spool.Affected) string { return orElse(e.RouteName, e.Route) },
		func(e spool.Affected) string { return orElse(e.StopName, e.Stop) })
}

// firstOf lists what the first function finds in what an alert is about, or else what
// the next one does: each once, sorted; nil: none finds anything.
func firstOf(a spool.Alert, names ...func(spool.Affected) string) []string {
	for _, name := range names {
		var found []string
		for _, e := range a.Affected {
			if n := name(e); n != "" {
				found = append(found, n)
			}
		}
		if len(found) > 0 {
			slices.Sort(found)
			return slices.Compact(found)
		}
	}
	return nil
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// digestOf changes with everything that a post could say of an alert, and with nothing
// else: words that were not sent yet are renewed when it does.
func digestOf(a spool.Alert) string {
	a.ID, a.Names, a.Replaces = "", nil, nil
	a.Created, a.Ended = time.Time{}, time.Time{}
	return digest(appendAlert(nil, &a))
}

// Pick is the text that is wanted: the one in the first of the languages that there is
// one in, to the letter; else in the same language elsewhere ("de" for "de-AT"); else
// the one without a language, else the first. The zero Text when there is none.
func Pick(texts spool.Texts, want ...string) spool.Text {
	for _, w := range want {
		if w == "" {
			continue
		}
		for _, fits := range []func(is string) bool{
			func(is string) bool { return strings.EqualFold(is, w) },
			func(is string) bool { return strings.EqualFold(is, base(w)) },
			func(is string) bool { return strings.EqualFold(base(is), base(w)) },
		} {
			if i := slices.IndexFunc(texts, func(t spool.Text) bool { return t.Text != "" && fits(t.Language) }); i >= 0 {
				return texts[i]
			}
		}
	}
	if i := slices.IndexFunc(texts, func(t spool.Text) bool { return t.Language == "" && t.Text != "" }); i >= 0 {
		return texts[i]
	}
	if i := slices.IndexFunc(texts, func(t spool.Text) bool { return t.Text != "" }); i >= 0 {
		return texts[i]
	}
	return spool.Text{}
}

// base is the language of a BCP 47 tag without script, region and the like.
func base(tag string) string {
	if i := strings.IndexAny(tag, "-_"); i > 0 {
		return tag[:i]
	}
	return tag
}
