package compose

import (
	"strings"
	"testing"

	"spool"
)

// TestShortNamesAreSaid: a headline that names a street of three letters says more than
// line and effect do.
func TestShortNamesAreSaid(t *testing.T) {
	for header, want := range map[string]string{
		"Bus 46 detour via Elm":    "via Elm",
		"Bus 46 detour":            ": detour as of",
		"Bus 46: detour on the 46": ": detour as of",
	} {
		it := alertItem(spool.Alert{Effect: spool.Detour, Affected: busNamed("46"), Header: texts("en", header)})
		if got := wordIn(t, Settings{}, it, begins()).Text; !strings.Contains(got, want) {
			t.Errorf("%s: %q", header, got)
		}
	}
}

// TestMomentOfTheWordsStandsApart: where "as of" is a noun, it is no part of what stands
// before it.
func TestMomentOfTheWordsStandsApart(t *testing.T) {
	for language, want := range map[string]string{
		"en": "detour as of 12:00.", "fr": "déviation, situation à 12\u00a0h", "de": "Umleitung, Stand 12:00", "es": "desvío, situación a las 12:00",
		"it": "deviazione, situazione alle 12:00", "nl": "omleiding, stand 12:00", "pt": "desvio, situação às 12",
	} {
		it := alertItem(spool.Alert{Effect: spool.Detour, Affected: busNamed("46")})
		if got := wordIn(t, Settings{Language: language}, it, begins()).Text; !strings.Contains(got, want) {
			t.Errorf("%s: %q", language, got)
		}
	}
}

// TestCauseIsSaidOnce: a headline that says why needs no cause beside it.
func TestCauseIsSaidOnce(t *testing.T) {
	for header, want := range map[string]bool{
		"Line 5 is late":                          true,
		"Line 5 is late due to a signal fault":    false,
		"Linie 5 wegen Signalstörung verspätet":   false,
		"Ligne 5 : retards en raison d’une panne": false,
	} {
		it := alertItem(spool.Alert{Effect: spool.SignificantDelays, Cause: spool.TechnicalProblem, Affected: busNamed("5"), Header: texts("en", header)})
		if got := wordIn(t, Settings{}, it, begins()).Text; strings.Contains(got, "technical problem") != want {
			t.Errorf("%s: %q", header, got)
		}
	}
}

// TestDigestOfOne: a digest that has a single alert says what that alert says; one
// that has lost all others tells how many there were.
func TestDigestOfOne(t *testing.T) {
	z := alertItem(spool.Alert{Effect: spool.Detour, Affected: lineNamed("Z"), Header: texts("en", "Line Z runs via Elm Street")})
	sum := alertItem(spool.Alert{Members: []string{"1"}})
	if got, want := wordIn(t, Settings{}, sum, News{Phase: spool.Sums, At: noon(), Members: []spool.Item{z}}).Text, "Line Z runs via Elm Street (as of 12:00)"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	y := alertItem(spool.Alert{Effect: spool.Detour, Affected: lineNamed("Y"), Header: texts("en", "Line Y is diverted")})
	news := News{Phase: spool.Changes, At: noon(), Changed: []string{"members"}, Before: spool.Telling{Phase: spool.Sums, Lines: []string{"Y", "Z"}, Members: []string{"1", "2"}}}
	news.Members = []spool.Item{y}
	if got, want := wordIn(t, Settings{}, sum, news).Text, "Update 12:00: 1 line has disruptions (before: 2)\nDetour: Y"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	long := z
	a := *z.Alert
	a.Header, long.Alert = texts("en", strings.Repeat("Line Z runs via Elm Street ", 30)), &a
	if got := wordIn(t, Settings{}, sum, News{Phase: spool.Sums, At: noon(), Members: []spool.Item{long}}).Text; !strings.HasPrefix(got, "1 line has disruptions") {
		t.Errorf("a long one: %q", got)
	}
}
