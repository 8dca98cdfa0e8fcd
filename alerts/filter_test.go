package alerts_test

import (
	"regexp"
	"testing"

	"spool"
	"spool/alerts"
)

func pattern(s string) []*regexp.Regexp { return []*regexp.Regexp{regexp.MustCompile(s)} }

// full is an alert that every key has something of.
func full() spool.Alert {
	return spool.Alert{
		ID: "lmm:alert:7", Effect: spool.Detour, Cause: spool.Accident, Severity: spool.Warning,
		Affected: []spool.Affected{
			{Agency: "A", AgencyName: "Metro", Route: "R", RouteName: "Red Line", Mode: spool.Metro},
			{Route: "46", Mode: spool.Bus, Stop: "S", StopName: "Alder"},
		},
		Header:      spool.Texts{{Language: "en", Text: "Detour"}, {Language: "de", Text: "Umleitung"}},
		Instruction: spool.Texts{{Text: "Walk to Birch"}}, Sender: "Control room",
	}
}

func TestMatch(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name  string
		match alerts.Match
		want  bool
	}{
		{"nothing said", alerts.Match{}, true},
		{"effect", alerts.Match{Effect: []spool.Effect{spool.NoService, spool.Detour}}, true},
		{"another effect", alerts.Match{Effect: []spool.Effect{spool.NoService}}, false},
		{"unknown effect", alerts.Match{Effect: []spool.Effect{""}}, false},
		{"cause", alerts.Match{Cause: []spool.Cause{spool.Accident}}, true},
		{"unknown cause", alerts.Match{Cause: []spool.Cause{""}}, false},
		{"severity", alerts.Match{Severity: []spool.Severity{spool.Warning}}, true},
		{"route by id", alerts.Match{Route: []string{"46"}}, true},
		{"route by name", alerts.Match{Route: []string{"Red Line"}}, true},
		{"route is to the letter", alerts.Match{Route: []string{"red line", "4"}}, false},
		{"agency", alerts.Match{Agency: []string{"A"}}, true},
		{"agency by name", alerts.Match{Agency: []string{"Metro"}}, true},
		{"an empty agency is none", alerts.Match{Agency: []string{""}}, false},
		{"mode", alerts.Match{Mode: []spool.Mode{spool.Bus}}, true},
		{"another mode", alerts.Match{Mode: []spool.Mode{spool.Ferry}}, false},
		{"stop by name", alerts.Match{Stop: []string{"Alder"}}, true},
		{"text in another language", alerts.Match{Text: pattern("(?i)umleitung")}, true},
		{"text of what to do", alerts.Match{Text: pattern("Birch")}, true},
		{"who warns", alerts.Match{Text: pattern("^Control")}, true},
		{"other text", alerts.Match{Text: pattern("Ferry")}, false},
		{"id", alerts.Match{ID: []string{"lmm:alert:7"}}, true},
		{"id pattern", alerts.Match{IDPattern: pattern("^lmm:alert:")}, true},
		{"another id", alerts.Match{IDPattern: pattern("^lmm:planned")}, false},
		{"not planned", alerts.Match{Planned: &no}, true},
		{"planned", alerts.Match{Planned: &yes}, false},
		{"all keys hold", alerts.Match{Effect: []spool.Effect{spool.Detour}, Route: []string{"46"}}, true},
		{"one key does not", alerts.Match{Effect: []spool.Effect{spool.Detour}, Route: []string{"47"}}, false},
	} {
		if got := c.match.Fits(full()); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
		if c.match.Empty() != (c.name == "nothing said") {
			t.Errorf("%s: it is taken to be empty, or not", c.name)
		}
	}
	if !(alerts.Match{Effect: []spool.Effect{""}}).Fits(spool.Alert{}) {
		t.Error("what is unknown cannot be asked for")
	}
}

func TestPasses(t *testing.T) {
	yes := true
	for _, c := range []struct {
		name    string
		include alerts.Match
		exclude []alerts.Match
		why     string
	}{
		{"no filter", alerts.Match{}, nil, ""},
		{"excluded", alerts.Match{}, []alerts.Match{{Route: []string{"9"}}, {Effect: []spool.Effect{spool.Detour}}}, "exclude: effect DETOUR"},
		{"excluded by two keys", alerts.Match{}, []alerts.Match{{Effect: []spool.Effect{spool.Detour}, Route: []string{"46"}}}, "exclude: effect DETOUR, route 46"},
		{"excluded by one key of two", alerts.Match{}, []alerts.Match{{Effect: []spool.Effect{spool.Detour}, Route: []string{"47"}}}, ""},
		{"excluded by text", alerts.Match{}, []alerts.Match{{Text: pattern(`(?i)\bdetour\b`)}}, `exclude: text (?i)\bdetour\b`},
		{"an empty entry excludes nothing", alerts.Match{}, []alerts.Match{{}}, ""},
		{"included", alerts.Match{Effect: []spool.Effect{spool.Detour}}, nil, ""},
		{"included and excluded", alerts.Match{Effect: []spool.Effect{spool.Detour}}, []alerts.Match{{Agency: []string{"A"}}}, "exclude: agency A"},
		{"not included", alerts.Match{Effect: []spool.Effect{spool.NoService}}, nil, "include: effect DETOUR is not among those wanted"},
		{"one key is not", alerts.Match{Effect: []spool.Effect{spool.Detour}, Route: []string{"9"}}, nil, "include: none of its routes is among those wanted: 46, R, Red Line"},
		{"no agency", alerts.Match{Agency: []string{"B"}}, nil, "include: none of its agencies is among those wanted: A, Metro"},
		{"not planned", alerts.Match{Planned: &yes}, nil, "include: planned false is not wanted"},
		{"no text", alerts.Match{Text: pattern("Ferry")}, nil, "include: no pattern for text fits"},
	} {
		p := alerts.Policy{Include: c.include, Exclude: c.exclude}
		if ok, why := p.Passes(full()); why != c.why || ok != (c.why == "") {
			t.Errorf("%s: %t %q, want %q", c.name, ok, why, c.why)
		}
	}
	p := alerts.Policy{Include: alerts.Match{Effect: []spool.Effect{spool.Detour}, Stop: []string{"S"}}}
	if _, why := p.Passes(spool.Alert{}); why != "include: effect UNKNOWN_EFFECT is not among those wanted" {
		t.Error(why)
	}
	p.Include.Effect = nil
	if _, why := p.Passes(spool.Alert{}); why != "include: it names no stop, and only some are wanted" {
		t.Error(why)
	}
}
