package alerts_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"spool"
	"spool/alerts"
)

// marked is an alert each part of which says what it is, in two languages.
func marked() spool.Alert {
	both := func(what string) spool.Texts {
		return spool.Texts{{Language: "en", Text: what + " en"}, {Language: "fr", Text: what + " fr"}}
	}
	return spool.Alert{
		ID: "id-1", Names: []string{"url:https://x.example/url-secret", "id:id-1"}, Replaces: []string{"id:header-old"},
		Created: at(-9), Updated: at(-5), Ended: at(50),
		Periods: []spool.Period{{Start: at(-11), End: at(59)}}, Guess: true,
		Affected: []spool.Affected{{Route: "46", RouteName: "Forty-Six", Stop: "s"}},
		Cause:    spool.Strike, Effect: spool.Detour, Severity: spool.Warning,
		Header: both("the-header"), Description: both("the-description"), Instruction: both("the-instruction"), Spoken: both("the-header spoken"),
		CauseText: both("the-cause"), EffectText: both("the-effect"), Area: both("the-area"), Sender: "the-sender",
		URL:   spool.Texts{{Language: "en", Text: "https://the-url.example/en"}, {Language: "fr", Text: "https://the-url.example/fr"}},
		Image: []spool.Media{{URL: "https://the-image.example/1.png", Alt: "the-image"}},
	}
}

func TestItem(t *testing.T) {
	tracked := spool.Tracked{Feed: "lines", Item: "item-1", Alert: marked(), First: at(-8)}
	it := alerts.Policy{}.Item(tracked, "fr-CA")
	if it.ID != "item-1" || it.Feed != "lines" || it.GUID != "id-1" || it.Title != "the-header fr" || it.Summary != "the-description fr" ||
		it.Link != "https://the-url.example/fr" || it.Language != "fr" || !slices.Equal(it.Categories, []string{"Forty-Six"}) ||
		len(it.Media) != 1 || !it.Published.Equal(at(-9)) || !it.Updated.Equal(at(-5)) || it.Alert == nil || it.Digest == "" {
		t.Errorf("%+v", it)
	}
	tracked.Alert = spool.Alert{Affected: []spool.Affected{{Stop: "s", StopName: "Alder"}, {Stop: "t"}}}
	it = alerts.Policy{}.Item(tracked, "fr")
	if !it.Published.Equal(at(-8)) || it.Language != "fr" || !slices.Equal(it.Categories, []string{"Alder", "t"}) {
		t.Errorf("of an alert that says little: %+v", it)
	}
}

// TestFields sees for each field that nothing of it is in an item when it must not be
// published, and that everything else is.
func TestFields(t *testing.T) {
	signs := map[alerts.Field][]string{
		alerts.FieldHeader:      {"the-header"},
		alerts.FieldDescription: {"the-description"},
		alerts.FieldInstruction: {"the-instruction"},
		alerts.FieldCause:       {"the-cause", "STRIKE"},
		alerts.FieldEffect:      {"the-effect", "DETOUR"},
		alerts.FieldPeriod:      {"11:49:00", "12:59:00", "12:50:00", "guess"},
		alerts.FieldArea:        {"the-area"},
		alerts.FieldSender:      {"the-sender"},
		alerts.FieldURL:         {"the-url", "url-secret"},
		alerts.FieldImage:       {"the-image"},
	}
	tracked := spool.Tracked{Feed: "lines", Item: "item-1", Alert: marked(), First: at(-8)}
	before, err := json.Marshal(tracked)
	if err != nil {
		t.Fatal(err)
	}
	for field := range signs {
		var p alerts.Policy
		for other := range signs {
			if other != field {
				p.Fields = append(p.Fields, other)
			}
		}
		text, err := json.Marshal(p.Item(tracked, "en"))
		if err != nil {
			t.Fatal(err)
		}
		for of, all := range signs {
			for _, sign := range all {
				if sign == "url-secret" && of != field {
					continue // names are never there
				}
				if has := strings.Contains(string(text), sign); has != (of != field) {
					t.Errorf("without %s: %q of %s is there: %t\n%s", field, sign, of, has, text)
				}
			}
		}
	}
	if after, _ := json.Marshal(tracked); string(after) != string(before) {
		t.Error("the alert that is remembered was changed")
	}
	p := alerts.Policy{Fields: []alerts.Field{alerts.FieldEffect}}
	told := alerts.TellingOf(*p.Item(tracked, "en").Alert, spool.Begins, "en")
	if told.Headline != "" || told.Detail != "" || told.Effect != spool.Detour {
		t.Errorf("%+v", told)
	}
}
