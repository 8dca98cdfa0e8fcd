package alerts_test

import (
	"slices"
	"strings"
	"testing"

	"spool"
	"spool/alerts"
)

func TestTo(t *testing.T) {
	p := alerts.Policy{Accounts: []string{"all"}, Routing: []alerts.Routing{
		{Match: alerts.Match{Route: []string{"Red Line"}}, Accounts: []string{"red", "metro"}},
		{Match: alerts.Match{Mode: []spool.Mode{spool.Metro}}, Accounts: []string{"metro"}},
		{Match: alerts.Match{Effect: []spool.Effect{spool.AccessibilityIssue}}, Accounts: []string{"lifts"}},
		{Match: alerts.Match{Route: []string{"99"}}},
		{Match: alerts.Match{Stop: []string{"closed"}}, Accounts: []string{"stops"}},
	}}
	red := spool.Affected{Route: "R", RouteName: "Red Line", Mode: spool.Metro}
	blue := spool.Affected{Route: "B", RouteName: "Blue Line", Mode: spool.Metro}
	bus := spool.Affected{Route: "46", Mode: spool.Bus}
	stop := spool.Affected{Stop: "S"}
	for _, c := range []struct {
		name  string
		alert spool.Alert
		want  string
	}{
		{"a line with accounts", spool.Alert{Affected: []spool.Affected{red}}, "red metro"},
		{"the first entry counts", spool.Alert{Affected: []spool.Affected{blue}}, "metro"},
		{"none is about it", spool.Alert{Affected: []spool.Affected{bus}}, "all"},
		{"each line goes its way", spool.Alert{Affected: []spool.Affected{red, bus}}, "all red metro"},
		{"a stop goes with its line", spool.Alert{Affected: []spool.Affected{red, stop}}, "red metro"},
		{"a stop goes with each of its lines", spool.Alert{Affected: []spool.Affected{bus, {Route: "38"}, {Stop: "closed"}}}, "stops"},
		{"a stop of one line stays with that", spool.Alert{Affected: []spool.Affected{bus, {Route: "38", Stop: "closed"}}}, "stops all"},
		{"a stop alone", spool.Alert{Affected: []spool.Affected{stop}}, "all"},
		{"by effect", spool.Alert{Effect: spool.AccessibilityIssue, Affected: []spool.Affected{stop}}, "lifts"},
		{"to nobody", spool.Alert{Affected: []spool.Affected{{Route: "99"}}}, ""},
		{"about nothing", spool.Alert{}, "all"},
	} {
		if got := strings.Join(p.To(c.alert), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	p.Routing = nil
	if got := strings.Join(p.To(spool.Alert{}), " "); got != "all" {
		t.Errorf("%q", got)
	}
}

func TestPriority(t *testing.T) {
	p := alerts.Policy{Priorities: alerts.Priorities{Severe: spool.Breaking, Warning: spool.High, Info: spool.Normal, Planned: spool.Low}}
	for _, c := range []struct {
		alert spool.Alert
		want  spool.Priority
	}{
		{spool.Alert{Severity: spool.Severe}, spool.Breaking},
		{spool.Alert{Severity: spool.Warning}, spool.High},
		{spool.Alert{Severity: spool.Info}, spool.Normal},
		{spool.Alert{Effect: spool.NoService}, spool.Breaking},
		{spool.Alert{}, spool.Normal},
		{spool.Alert{Severity: spool.Severe, Planned: true}, spool.Low},
	} {
		if got := p.Priority(c.alert); got != c.want {
			t.Errorf("%+v: %s", c.alert, got)
		}
	}
}

// That one stop is closed wakes nobody up; that a part of a line does not run does.
func TestOneClosedStopIsNotSevere(t *testing.T) {
	p := alerts.Policy{}
	closed := func(affected ...spool.Affected) spool.Severity {
		return p.Classify(spool.Alert{Effect: spool.NoService, Affected: affected}).Severity
	}
	for name, c := range map[string]struct {
		affected []spool.Affected
		want     spool.Severity
	}{
		"a line":                     {[]spool.Affected{{Route: "R"}}, spool.Severe},
		"all of an agency":           {nil, spool.Severe},
		"a stop":                     {[]spool.Affected{{Stop: "a"}}, spool.Warning},
		"a stop of a line":           {[]spool.Affected{{Route: "R", Stop: "a"}}, spool.Warning},
		"the platforms of a station": {[]spool.Affected{{Stop: "a1", StopName: "Mill"}, {Stop: "a2", StopName: "Mill"}}, spool.Warning},
		"a part of a line":           {[]spool.Affected{{Route: "R", Stop: "a"}, {Route: "R", Stop: "b"}}, spool.Severe},
		"a stop and a line":          {[]spool.Affected{{Stop: "a"}, {Route: "R"}}, spool.Severe},
	} {
		if got := closed(c.affected...); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A lift that is being mended has broken down, and that it runs again is told; other
// maintenance is planned work.
func TestALiftBeingMendedIsNotPlanned(t *testing.T) {
	for effect, want := range map[spool.Effect]bool{spool.AccessibilityIssue: false, spool.ReducedService: true} {
		if got := (alerts.Policy{}).Classify(spool.Alert{Cause: spool.Maintenance, Effect: effect}).Planned; got != want {
			t.Errorf("%s because of maintenance: planned is %t", effect, got)
		}
	}
	if !(alerts.Policy{}).Classify(spool.Alert{Cause: spool.Construction, Effect: spool.AccessibilityIssue}).Planned {
		t.Error("a lift that is being built is planned work")
	}
}

// What a directory knows of a line reaches the alert: its name, its kind and its colour.
func TestALineFromTheDirectory(t *testing.T) {
	p := alerts.Policy{Directory: oneLine{}}
	got := p.Classify(spool.Alert{Affected: []spool.Affected{{Route: "R"}, {Route: "X"}}}).Affected
	want := []spool.Affected{{Route: "R", RouteName: "Red Line", Mode: spool.Metro, RouteColour: "red"}, {Route: "X"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

type oneLine struct{}

func (oneLine) Route(_, id string) (alerts.Route, bool) {
	return alerts.Route{Name: "Red Line", Mode: spool.Metro, Colour: "red"}, id == "R"
}
func (oneLine) Stop(string) (string, bool)   { return "", false }
func (oneLine) Agency(string) (string, bool) { return "", false }
