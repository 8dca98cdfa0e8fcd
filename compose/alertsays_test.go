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
