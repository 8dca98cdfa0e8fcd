package alerts_test

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

func header(text string) spool.Alert {
	return spool.Alert{Header: spool.Texts{{Text: text}}}
}

// TestWords has texts as agencies write them, and texts that only look like them. An
// empty effect: nothing is to be found, rather than something wrong.
//
//nolint:misspell // words of other languages
func TestWords(t *testing.T) {
	const none = spool.Effect("")
	for _, c := range []struct {
		text   string
		effect spool.Effect
		cause  spool.Cause
	}{
		{"Route 522 - Delay - blockage near NE 140th St", spool.SignificantDelays, ""},
		{"Trains are delayed up to 20 minutes due to a signal problem", spool.SignificantDelays, spool.TechnicalProblem},
		{"Line 4: service suspended between Alder and Birch", spool.NoService, ""},
		{"Red Line service is temporarily suspended due to police activity", spool.NoService, spool.PoliceActivity},
		{"M2 suspended between Mill and Quay", spool.NoService, ""},
		{"No trains between Alder and Birch, delays on other lines", spool.NoService, ""},
		{"No service on Route 7", spool.NoService, ""},
		{"Alder station closed", spool.NoService, ""},
		{"Alder station will be closed on Sunday", spool.NoService, ""},
		{"Train 1505 is cancelled", none, ""}, // a number is no name
		{"The 7:20 train is cancelled", spool.ReducedService, ""},
		{"Trains cancelled this evening", spool.ReducedService, ""},
		{"Route 64 detour", spool.Detour, ""},
		{"Buses rerouted via Main Street", spool.Detour, ""},
		{"Elevator unavailable at Alder", spool.AccessibilityIssue, ""},
		{"Alder: lift out of order", spool.AccessibilityIssue, ""},
		{"Reduced service on the ferry", spool.ReducedService, ""},
		{"Hancock St stop moved", spool.StopMoved, ""},
		{"Extra trains after the match", spool.AdditionalService, ""},
		{"Bus schedule change", spool.ModifiedService, ""},
		{"DELAYS", spool.SignificantDelays, ""},

		{"Ligne 12 : trafic interrompu entre Aulnes et Bouleaux", spool.NoService, ""},
		{"Le bus 38 ne circule pas", spool.NoService, ""},
		{"Linie 5 fährt nicht", spool.NoService, ""},
		{"La línea 3 no circula", spool.NoService, ""},
		{"Route 5 will not operate on Monday", spool.NoService, ""},
		{"Station Aulnes fermée", spool.NoService, ""},
		{"L'arrêt Mairie n'est pas desservi", spool.NoService, ""},
		{"RETARDS SUR LA LIGNE 3 EN RAISON D'UN ACCIDENT", spool.SignificantDelays, spool.Accident},
		{"Déviation de la ligne 38 : travaux", spool.Detour, spool.Construction},
		{"Ascenseur en panne à Aulnes", spool.AccessibilityIssue, spool.TechnicalProblem},
		{"Mouvement social le 12 mars", none, spool.Strike},
		{"Arrêt Mairie déplacé", spool.StopMoved, ""},

		{"Linie 5: Verspätungen wegen einer Signalstörung", spool.SignificantDelays, spool.TechnicalProblem},
		{"Umleitung der Linie 46 wegen Bauarbeiten", spool.Detour, spool.Construction},
		{"U2: kein Zugverkehr zwischen Erle und Birke", spool.NoService, ""},
		{"Bahnhof Erle Nord: Aufzug geschlossen", spool.AccessibilityIssue, ""},
		{"Estación Alamo Norte cerrada", spool.NoService, ""},
		{"Straßenbahn 7: Betrieb eingestellt", spool.NoService, ""},
		{"Haltestelle Rathaus entfällt", spool.NoService, ""},
		{"Aufzug außer Betrieb", spool.AccessibilityIssue, ""},
		{"Gleisbauarbeiten auf der S3", none, spool.Construction},
		{"RE 5 fällt aus", none, ""},
		{"Zug fällt heute aus", none, ""},
		{"Zugausfälle auf der Linie S1", spool.ReducedService, ""},
		{"Polizeieinsatz am Hauptbahnhof", none, spool.PoliceActivity},

		{"Línea 3: servicio suspendido", spool.NoService, ""},
		{"Retrasos en la línea 1 por avería", spool.SignificantDelays, spool.TechnicalProblem},
		{"Desvío por obras en la calle Mayor", spool.Detour, spool.Construction},
		{"Estación cerrada", spool.NoService, ""},
		{"Ascensor averiado", spool.AccessibilityIssue, ""},
		{"Huelga el viernes", none, spool.Strike},

		{"No delays on any line", none, ""},
		{"Trains run without delay", none, ""},
		{"Delays have cleared", none, ""},
		{"Service has resumed after earlier delays", none, ""},
		{"Service is no longer suspended", none, ""},
		{"Elevator service resumed", none, ""},
		{"Minor delays on Route 66", none, ""},
		{"Leave early to avoid delays", none, ""},
		{"How to claim delay repay", none, ""},
		{"Delay compensation: new form", none, ""},
		{"No service changes this weekend", none, ""},
		{"Ticket office closed", none, ""},
		{"Main Street closed to cars", none, ""},
		{"Alder station entrance closed", none, ""},
		{"Parking rules suspended for the parade", none, ""},
		{"Restrictions will lift at noon", none, ""},
		{"Uplift for shoplifters", none, ""},
		{"Relay race and the Delayna festival", none, ""},
		{"Enclosed shelters at 12 stops", none, ""},
		{"The M5 runs as planned", none, ""},
		{"Buses run in spite of the bridge strike rumours", none, ""},
		{"Police Station stop has a new shelter", none, ""},
		{"Snow Hill: new platform", none, ""},
		{"Keine Verspätungen", none, ""},
		{"Geringe Verspätung", none, ""},
		{"Nicht alle Umleitungen", none, ""},
		{"Züge fahren wieder ohne Umleitung", none, ""},
		{"Störung behoben: Linie 5 fährt wieder", none, ""},
		{"Pas de retard", none, ""},
		{"Le trafic est rétabli, plus de retards", none, ""},
		{"Sin retrasos", none, ""},
		{"Servicio reanudado tras los retrasos", none, ""},
		{"Público: nueva parada", none, ""},
	} {
		got := alerts.Policy{}.Classify(header(c.text))
		if got.Effect != c.effect || got.Cause != c.cause {
			t.Errorf("%q: effect %q, cause %q; want %q, %q", c.text, got.Effect, got.Cause, c.effect, c.cause)
		}
	}
}

func TestWhichTextCounts(t *testing.T) {
	for _, c := range []struct {
		name   string
		alert  spool.Alert
		effect spool.Effect
	}{
		{"the description when the headline says nothing",
			spool.Alert{Header: spool.Texts{{Text: "Service alert"}}, Description: spool.Texts{{Text: "Route 5 is on detour via Elm."}}}, spool.Detour},
		{"the headline before the description",
			spool.Alert{Header: spool.Texts{{Text: "Route 5 detour"}}, Description: spool.Texts{{Text: "No service at Elm."}}}, spool.Detour},
		{"a remark about a lift is not the matter",
			spool.Alert{Header: spool.Texts{{Text: "Line 3"}}, Description: spool.Texts{{Text: "Use the elevator at Elm."}}}, ""},
		{"a lift that is out is",
			spool.Alert{Header: spool.Texts{{Text: "Elm"}}, Description: spool.Texts{{Text: "The elevator is out of service."}}}, spool.AccessibilityIssue},
		{"what is far down in a description is not read",
			spool.Alert{Header: spool.Texts{{Text: "Elm"}}, Description: spool.Texts{{Text: "A. B. C. D. E. Expect delays."}}}, ""},
		{"another language helps",
			spool.Alert{Header: spool.Texts{{Language: "xx", Text: "Zzz"}, {Language: "de", Text: "Umleitung"}}}, spool.Detour},
		{"the agency's own word", spool.Alert{EffectText: spool.Texts{{Text: "Delays"}}}, spool.SignificantDelays},
		{"the id", spool.Alert{ID: "A24#elevator", Header: spool.Texts{{Text: "Elm"}}}, spool.AccessibilityIssue},
		{"the id to its parts", spool.Alert{ID: "elevatorial:7"}, ""},
		{"what the source says stays", spool.Alert{Effect: spool.OtherEffect, Header: spool.Texts{{Text: "Delays"}}}, spool.OtherEffect},
	} {
		if got := (alerts.Policy{}).Classify(c.alert).Effect; got != c.effect {
			t.Errorf("%s: %q, want %q", c.name, got, c.effect)
		}
	}
}

func TestSeverity(t *testing.T) {
	stop := []spool.Affected{{Stop: "1"}}
	for _, c := range []struct {
		alert spool.Alert
		want  spool.Severity
	}{
		{spool.Alert{Effect: spool.NoService}, spool.Severe},
		{spool.Alert{Effect: spool.ReducedService}, spool.Warning},
		{spool.Alert{Effect: spool.Detour}, spool.Warning},
		{spool.Alert{Effect: spool.SignificantDelays}, spool.Warning},
		{spool.Alert{Effect: spool.StopMoved, Affected: stop}, spool.Warning},
		{spool.Alert{Effect: spool.StopMoved}, spool.Info},
		{spool.Alert{Effect: spool.AdditionalService}, spool.Info},
		{spool.Alert{Effect: spool.ModifiedService}, spool.Info},
		{spool.Alert{Effect: spool.OtherEffect}, spool.Info},
		{spool.Alert{Effect: spool.AccessibilityIssue}, spool.Info},
		{spool.Alert{Effect: spool.NoEffect}, spool.Info},
		{spool.Alert{}, spool.Info},
		{spool.Alert{Effect: spool.NoService, Severity: spool.Info}, spool.Info},
		{spool.Alert{Effect: spool.Detour, Severity: spool.Severe}, spool.Severe},
	} {
		if got := (alerts.Policy{}).Classify(c.alert).Severity; got != c.want {
			t.Errorf("%s %s: %s, want %s", c.alert.Effect, c.alert.Severity, got, c.want)
		}
	}
}

func TestPlanned(t *testing.T) {
	start := time.Date(2026, 3, 6, 20, 0, 0, 0, time.UTC)
	later := func(a spool.Alert, lead time.Duration) spool.Alert {
		a.Created, a.Periods = start.Add(-lead), []spool.Period{{Start: start}}
		return a
	}
	for _, c := range []struct {
		name  string
		alert spool.Alert
		want  bool
	}{
		{"maintenance", spool.Alert{Cause: spool.Maintenance}, true},
		{"construction", spool.Alert{Cause: spool.Construction}, true},
		{"strike now", spool.Alert{Cause: spool.Strike}, false},
		{"emergency works", spool.Alert{Cause: spool.Maintenance, Header: spool.Texts{{Text: "Emergency repairs at Elm"}}}, false},
		{"the MTA's ids", spool.Alert{ID: "lmm:planned_work:1234"}, true},
		{"and its others", spool.Alert{ID: "lmm:alert:1234"}, false},
		{"planned work", header("Planned work on Line 3"), true},
		{"travaux", header("Travaux ligne 3"), true},
		{"Bauarbeiten", header("Gleisbauarbeiten"), true},
		{"obras", header("Obras en la línea 3"), true},
		{"as planned", header("Trains run as planned"), false},
		{"unplanned", header("Unplanned work at Elm"), false},
		{"emergency maintenance", header("Emergency maintenance at Elm"), false},
		{"listed the day before", later(header("Elm"), 24*time.Hour), true},
		{"listed just before", later(header("Elm"), time.Hour), false},
		{"weather that is foreseen", later(spool.Alert{Cause: spool.Weather}, 24*time.Hour), false},
		{"severe says the source", later(spool.Alert{Severity: spool.Severe}, 24*time.Hour), false},
		{"severe by its effect only", later(spool.Alert{Effect: spool.NoService}, 24*time.Hour), true},
	} {
		if got := (alerts.Policy{}).Classify(c.alert).Planned; got != c.want {
			t.Errorf("%s: planned %t", c.name, got)
		}
	}
	if alerts.ListedAhead(header("x"), time.Time{}) {
		t.Error("what is listed at an unknown moment was not listed ahead")
	}
}

func TestRules(t *testing.T) {
	yes, no := true, false
	icy := alerts.Match{Text: []*regexp.Regexp{regexp.MustCompile(`(?i)\bicy\b`)}}
	p := alerts.Policy{Rules: []alerts.Rule{
		{Match: icy, Cause: spool.Weather},
		{Match: icy, Cause: spool.Accident, Effect: spool.Detour, Severity: spool.Severe},
		{Match: alerts.Match{Effect: []spool.Effect{spool.OtherEffect}}, Effect: spool.SignificantDelays, Always: true},
		{Match: alerts.Match{Cause: []spool.Cause{spool.Construction}}, Planned: &no},
		{Match: alerts.Match{Route: []string{"46"}}, Planned: &yes},
	}}
	for _, c := range []struct {
		name string
		in   spool.Alert
		want spool.Alert
	}{
		{"all rules that match hold, of each field the first", header("Icy roads: delays"),
			spool.Alert{Cause: spool.Weather, Effect: spool.Detour, Severity: spool.Severe}},
		{"the source goes before a rule", spool.Alert{Effect: spool.NoService, Header: header("icy").Header},
			spool.Alert{Cause: spool.Weather, Effect: spool.NoService, Severity: spool.Severe}},
		{"but for one that holds always", spool.Alert{Effect: spool.OtherEffect},
			spool.Alert{Effect: spool.SignificantDelays, Severity: spool.Warning}},
		{"a rule goes before what words and causes say", spool.Alert{Cause: spool.Construction, Header: header("Planned work").Header},
			spool.Alert{Cause: spool.Construction, Severity: spool.Info}},
		{"and can say that it is planned", spool.Alert{Affected: []spool.Affected{{Route: "46"}}},
			spool.Alert{Severity: spool.Info, Planned: true}},
	} {
		got := p.Classify(c.in)
		if got.Effect != c.want.Effect || got.Cause != c.want.Cause || got.Severity != c.want.Severity || got.Planned != c.want.Planned {
			t.Errorf("%s: %q %q %q planned %t", c.name, got.Effect, got.Cause, got.Severity, got.Planned)
		}
	}
}

// A names is a directory of few names.
type names struct{}

func (names) Route(agency, id string) (alerts.Route, bool) {
	return alerts.Route{Name: "Red Line", Mode: spool.Metro}, id == "R" && agency != "other"
}
func (names) Stop(id string) (string, bool)   { return "Alder", id == "S" }
func (names) Agency(id string) (string, bool) { return "Metro", id == "A" }

func TestNames(t *testing.T) {
	in := spool.Alert{Affected: []spool.Affected{{Agency: "A", Route: "R", Stop: "S"}, {Agency: "other", Route: "R", RouteName: "R of the source"}, {Stop: "T"}}}
	kept := slices.Clone(in.Affected)
	p := alerts.Policy{Directory: names{}, Rules: []alerts.Rule{{Match: alerts.Match{Route: []string{"Red Line"}}, Effect: spool.Detour}}}
	got := p.Classify(in)
	want := []spool.Affected{
		{Agency: "A", AgencyName: "Metro", Route: "R", RouteName: "Red Line", Mode: spool.Metro, Stop: "S", StopName: "Alder"},
		{Agency: "other", Route: "R", RouteName: "R of the source"},
		{Stop: "T"},
	}
	if !slices.Equal(got.Affected, want) {
		t.Errorf("%+v", got.Affected)
	}
	if got.Effect != spool.Detour {
		t.Error("a rule does not know public names")
	}
	if !slices.Equal(in.Affected, kept) {
		t.Error("what came in was changed")
	}
}
