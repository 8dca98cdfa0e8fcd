package alerts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// TestMaterial changes one thing about an alert at a time.
func TestMaterial(t *testing.T) {
	base := func() spool.Alert {
		return spool.Alert{
			ID: "1", Effect: spool.Detour, Severity: spool.Warning, Cause: spool.Accident,
			Affected:    []spool.Affected{{Route: "46", Stop: "a"}, {Route: "47"}},
			Periods:     []spool.Period{{Start: at(-60), End: at(60)}},
			Header:      spool.Texts{{Language: "en", Text: "Line 46: detour via Elm Street until 13:00"}, {Language: "fr", Text: "Ligne 46 : déviation"}},
			Description: spool.Texts{{Language: "en", Text: "An accident blocks Oak Street."}},
		}
	}
	headline := func(s string) func(*spool.Alert) {
		return func(a *spool.Alert) { a.Header = spool.Texts{{Language: "en", Text: s}} }
	}
	for _, c := range []struct {
		name   string
		change func(*spool.Alert)
		want   string
	}{
		{"nothing", func(*spool.Alert) {}, ""},
		{"effect", func(a *spool.Alert) { a.Effect = spool.NoService }, "effect"},
		{"effect is not known any more", func(a *spool.Alert) { a.Effect = "" }, "effect"},
		{"severity", func(a *spool.Alert) { a.Severity = spool.Severe }, "severity"},
		{"effect and severity", func(a *spool.Alert) { a.Effect, a.Severity = spool.NoService, spool.Severe }, "effect severity"},
		{"one line more", func(a *spool.Alert) { a.Affected = append(a.Affected, spool.Affected{Route: "48"}) }, "lines"},
		{"one line less", func(a *spool.Alert) { a.Affected = a.Affected[:1] }, "lines"},
		{"a stop more of the same lines", func(a *spool.Alert) { a.Affected = append(a.Affected, spool.Affected{Route: "46", Stop: "b"}) }, ""},
		{"the order of lines", func(a *spool.Alert) { slices.Reverse(a.Affected) }, ""},
		{"a name becomes known", func(a *spool.Alert) { a.Affected[0].RouteName = "Forty-Six" }, ""},
		{"the end moves a little", func(a *spool.Alert) { a.Periods[0].End = at(90) }, ""},
		{"the end moves", func(a *spool.Alert) { a.Periods[0].End = at(91) }, "until"},
		{"the end comes earlier", func(a *spool.Alert) { a.Periods[0].End = at(29) }, "until"},
		{"the end is not known any more", func(a *spool.Alert) { a.Periods[0].End = time.Time{} }, "until"},
		{"the end is a guess", func(a *spool.Alert) { a.Guess = true }, "until"},
		{"the start moves", func(a *spool.Alert) { a.Periods[0].Start = at(-10) }, ""},
		{"case and punctuation", headline("LINE 46 - Detour, via Elm Street (until 13:00)"), ""},
		{"one word", headline("Line 46: detour by Elm Street until 13:00"), ""},
		{"the order of words", headline("Until 13:00 detour via Elm Street: line 46"), ""},
		{"a figure", headline("Line 46: detour via Elm Street until 14:00"), "text"},
		{"other words", headline("Line 46: buses end at Oak Square, walk to the museum, 13:00"), "text"},
		{"when it was written", headline("Line 46: detour via Elm Street until 13:00 (updated at 12:05)"), ""},
		{"that it was updated, and a figure", headline("Line 46: detour via Elm Street until 14:00 (updated at 12:05)"), "text"},
		{"an update that is none of the clock", headline("Line 46: detour via Elm Street until 13:00 updated on route 9 and 11"), "text"},
		{"another line in words", headline("Line 46A: detour via Elm Street until 13:00"), ""},
		{"the description", func(a *spool.Alert) { a.Description[0].Text = "Something else altogether is the matter." }, ""},
		{"the other language", func(a *spool.Alert) { a.Header[1].Text = "Tout autre chose" }, ""},
		{"the cause", func(a *spool.Alert) { a.Cause = spool.PoliceActivity }, ""},
		{"the id", func(a *spool.Alert) { a.ID = "2" }, ""},
		{"that it was edited", func(a *spool.Alert) { a.Updated = noon }, ""},
		{"people are to be told", func(a *spool.Alert) { a.Notify = noon }, "text"},
	} {
		before, after := base(), base()
		c.change(&after)
		if got := strings.Join(alerts.Material(before, after), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestMaterialWhereTheAgencySays has sources that say when they want people told.
func TestMaterialWhereTheAgencySays(t *testing.T) {
	said := func(headline string, minutes int) spool.Alert {
		a := slow(headline)
		a.Notify = at(minutes)
		return a
	}
	for _, c := range []struct {
		name          string
		before, after spool.Alert
		want          string
	}{
		{"other words, and it does not want anybody told", said(first, 0), said(second, 0), ""},
		{"the same words, and it wants people told", said(first, 0), said(first, 5), "text"},
		{"an older wish", said(first, 5), said(first, 0), ""},
		{"a wish that is gone", said(first, 5), slow(second), ""},
		{"another effect counts all the same", said(first, 0), func() spool.Alert {
			a := said(first, 0)
			a.Effect = spool.NoService
			return a
		}(), "effect"},
	} {
		if got := strings.Join(alerts.Material(c.before, c.after), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestMaterialOfPoorHeadlines has feeds whose headlines are a line's name.
func TestMaterialOfPoorHeadlines(t *testing.T) {
	poor := func(headline, description string) spool.Alert {
		return spool.Alert{Header: spool.Texts{{Text: headline}}, Description: spool.Texts{{Text: description}}}
	}
	for _, c := range []struct {
		name          string
		before, after spool.Alert
		want          string
	}{
		{"another matter", poor("Red Line", "Trains are delayed by a signal."), poor("Red Line", "No trains run north of the river today."), "text"},
		{"a figure", poor("Service alert", "Delays of 10 minutes."), poor("Service alert", "Delays of 30 minutes."), "text"},
		{"spelling", poor("Red Line", "Trains are delayed by a signal."), poor("Red Line", "Trains are delayed, by a signal"), ""},
		{"no headline", poor("", "Trains are delayed by a signal."), poor("", "No trains run north of the river today."), "text"},
		{"no words at all", spool.Alert{}, spool.Alert{}, ""},
		{"far down", poor("Red Line", strings.Repeat("word ", 100)+"one"), poor("Red Line", strings.Repeat("word ", 100)+"two"), ""},
	} {
		if got := strings.Join(alerts.Material(c.before, c.after), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMaterialInOtherScripts(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          bool
	}{
		{"山手線は約10分遅れています", "山手線は約10分遅れています。", false},
		{"山手線は約10分遅れています", "山手線は約30分遅れています", true},
		{"山手線は約10分遅れています", "中央線で運転見合わせ10", true},
		{"Движение на линии 5 закрыто", "Движение на линии 5 закрыто!", false},
		{"Движение на линии 5 закрыто", "Автобус 5 идёт в объезд", true},
		{"Métro 5 fermé à midi", "METRO 5 FERME A MIDI", false},
	} {
		got := len(alerts.Material(slow(c.before), slow(c.after))) > 0
		if got != c.want {
			t.Errorf("%s, %s: %t", c.before, c.after, got)
		}
	}
}

func TestRecurringWorkIsToldOnce(t *testing.T) {
	nights := func(from int) spool.Alert {
		a := slow("Line 46: no trains at night, for work on the track")
		a.Planned = true
		for i := range 5 {
			start := noon.AddDate(0, 0, from+i)
			a.Periods = append(a.Periods, spool.Period{Start: start, End: start.Add(6 * time.Hour)})
		}
		return a
	}
	if got := alerts.Material(nights(0), nights(1)); len(got) > 0 {
		t.Errorf("one night later: %v", got)
	}
}

func TestTellingOf(t *testing.T) {
	a := slow("Line 46: delays")
	a.Header = append(a.Header, spool.Text{Language: "fr", Text: "Ligne 46 : retards"})
	a.Affected = []spool.Affected{{Stop: "z"}, {Route: "9"}, {Route: "46"}, {Route: "46", Stop: "a"}}
	a.Members = []string{"b", "a"}
	a.Periods = []spool.Period{{End: at(60)}}
	got := alerts.TellingOf(a, spool.Begins, "fr-CA")
	if got.Headline != "Ligne 46 : retards" || !slices.Equal(got.Lines, []string{"46", "9"}) || !slices.Equal(got.Members, []string{"a", "b"}) ||
		got.Phase != spool.Begins || !got.Until.Equal(at(60)) || got.Digest == "" {
		t.Errorf("%+v", got)
	}
	if a.Members[0] != "b" {
		t.Error("the alert was changed")
	}
	if stops := alerts.TellingOf(spool.Alert{Affected: []spool.Affected{{Stop: "z"}, {Stop: "a"}}}, spool.Begins, ""); !slices.Equal(stops.Lines, []string{"a", "z"}) {
		t.Errorf("%v", stops.Lines)
	}
	same := a
	same.Names, same.Updated, same.ID = []string{"url:x"}, noon, "other"
	if alerts.TellingOf(same, spool.Ends, "fr").Digest != got.Digest {
		t.Error("the digest changes with what no post says")
	}
	same.Description = spool.Texts{{Text: "More."}}
	if alerts.TellingOf(same, spool.Begins, "fr").Digest == got.Digest {
		t.Error("the digest does not change with the description")
	}
}

func TestPick(t *testing.T) {
	texts := spool.Texts{{Language: "de", Text: "de"}, {Language: "en-GB", Text: "en-GB"}, {Text: "none"}, {Language: "fr", Text: "fr"}, {Language: "fr-CA", Text: "fr-CA"}, {Language: "it", Text: ""}}
	for _, c := range []struct{ want, got string }{
		{"fr-CA", "fr-CA"}, {"FR-ca", "fr-CA"}, {"fr", "fr"}, {"fr-BE", "fr"}, {"en", "en-GB"}, {"en-US", "en-GB"}, {"es", "none"}, {"it", "none"}, {"", "none"},
		{"es fr", "fr"}, {"fr-BE en-GB", "fr"}, {"de-AT de-CH", "de"},
	} {
		if got := alerts.Pick(texts, strings.Fields(c.want)...); got.Text != c.got {
			t.Errorf("%q: %q, want %q", c.want, got.Text, c.got)
		}
	}
	if got := alerts.Pick(texts[:2], "es"); got.Text != "de" {
		t.Errorf("where all have a language the first is taken: %q", got.Text)
	}
	if got := alerts.Pick(nil, "es"); got != (spool.Text{}) {
		t.Errorf("%+v", got)
	}
}
