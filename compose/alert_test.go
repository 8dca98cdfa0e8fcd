package compose

import (
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

// wordIn words an alert on a network with room enough.
func wordIn(t *testing.T, s Settings, it spool.Item, n News) spool.Content {
	t.Helper()
	c, _, err := wording(t, s).Alert(it, n, zoned("mastodon"), mastodonLimits())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func begins() News { return News{Phase: spool.Begins, At: noon()} }

// TestAlertLanguage: a post is in one language as a whole.
func TestAlertLanguage(t *testing.T) {
	all := texts("en", "Signal fault", "de-AT", "Signalstörung", "", "Panne")
	tests := []struct {
		name               string
		settings           Settings
		item               string // its language
		header             spool.Texts
		language, has, not string
	}{
		{"to the letter", Settings{Language: "de-AT"}, "", all, "de-AT", "Signalstörung", "delays"},
		{"the same language elsewhere", Settings{Language: "de"}, "", all, "de-AT", "Verspätungen", "fault"},
		{"another region", Settings{Language: "de-CH"}, "", all, "de-AT", "Verspätungen", "fault"},
		{"the base before a region", Settings{Language: "pt-BR"}, "", texts("pt-PT", "Avaria em Lisboa", "pt", "Avaria"), "pt", "Avaria\n", "Lisboa"},
		{"an underscore", Settings{Language: "de_at"}, "", all, "de-AT", "Signalstörung", "fault"},
		{"in any case", Settings{Language: "DE"}, "", all, "de-AT", "Signalstörung", "fault"},
		{"without a language", Settings{Language: "fr"}, "", all, "fr", "retards", "fault"},
		{"the item's", Settings{}, "en", all, "en", "Signal fault", "Signalstörung"},
		{"the account's before the item's", Settings{Language: "de"}, "en", all, "de-AT", "Signalstörung", "fault"},
		{"the item's where there is none of the account's", Settings{Language: "it"}, "en", all, "en", "Signal fault", "ritardi"},
		{"not the item's", Settings{Language: "it", LanguageFrom: LanguageFromConfig}, "en", all, "it", "Panne", "fault"},
		{"what comes first", Settings{Language: "it"}, "", texts("en", "Signal fault", "de", "Signalstörung"), "en", "delays", "ritardi"},
		{"never half and half", Settings{Language: "de"}, "", texts("en", "Signal fault"), "en", "delays", "Verspätungen"},
		{"no words of ours", Settings{Language: "sv"}, "", texts("sv", "Signalfel"), "sv", "delays", "fault"},
		{"nobody says", Settings{}, "", texts("", "Signal fault"), "", "delays", "retards"},
		{"empty ones do not count", Settings{Language: "de"}, "", texts("de", " ", "en", "Signal fault"), "en", "delays", "Verspätungen"},
	}
	for _, tt := range tests {
		it := delays(func(a *spool.Alert) { a.Header = tt.header })
		it.Language = tt.item
		c := wordIn(t, tt.settings, it, begins())
		if c.Language != tt.language || !strings.Contains(c.Text, tt.has) || strings.Contains(c.Text, tt.not) {
			t.Errorf("%s: in %q: %q", tt.name, c.Language, c.Text)
		}
		if tt.language != "en" && tt.language != "" && strings.Contains(c.Text, "Trains run") {
			t.Errorf("%s: the description is in another language: %q", tt.name, c.Text)
		}
	}
}

// TestAlertSays: what is in a text, and what is not.
func TestAlertSays(t *testing.T) {
	tests := []struct {
		name   string
		news   News
		change func(*spool.Alert)
		has    string
		not    []string
	}{
		{"no end is made up", begins(), func(a *spool.Alert) { a.Periods = []spool.Period{{Start: clockOn(0, 11, 40)}} }, "since 11:40", []string{"until", "further"}},
		{"resumed only if they say so", ending(clockOn(0, 15, 5), spool.BySource), nil, "Ended 15:05: Red Line", []string{"resumed"}},
		{"nor when it is gone", ending(clockOn(0, 15, 5), spool.ByGone), nil, "no longer listed by City Transit", []string{"resumed", "announced"}},
		{"resumed if they do", ending(clockOn(0, 15, 5), spool.BySource), func(a *spool.Alert) { a.Resumed = true }, "Service has resumed.", nil},
		{"the agency where there is no sender", ending(clockOn(0, 15, 5), spool.ByGone), func(a *spool.Alert) { a.Sender, a.Affected[0].AgencyName = "", "Harbour Buses" }, "listed by Harbour Buses.", nil},
		{"no internal ids", begins(), func(a *spool.Alert) {
			a.Affected = []spool.Affected{{Route: "100264", Stop: "70026"}, {Route: "ln:4:x"}}
		}, "Signal fault at Mill Lane\nDelays until 15:05", []string{"100264", "70026", "ln:4"}},
		{"ids that riders know", begins(), func(a *spool.Alert) { a.Affected = []spool.Affected{{Route: "M15", Mode: spool.Bus}} }, "M15: delays", nil},
		{"no effect of none", begins(), func(a *spool.Alert) { a.Effect = spool.NoEffect }, "Red Line: Signal fault", []string{"effect", "NO_EFFECT"}},
		{"a cause in the text is enough", begins(), func(a *spool.Alert) { a.Description = texts("en", "A technical problem at the depot.") }, "depot", []string{"due to"}},
		{"raw words of a machine", begins(), func(a *spool.Alert) {
			a.EffectText, a.CauseText = texts("en", "STATION_CLOSURE"), texts("en", "UNKNOWN_CAUSE")
		}, "delays until", []string{"STATION", "UNKNOWN"}},
		{"no emoji", begins(), func(a *spool.Alert) { a.Header = texts("en", "🚨🚨 Signal fault ❌ at Mill Lane ⚠️") }, "Signal fault at Mill Lane", []string{"🚨", "❌", "⚠"}},
		{"a picture of a lift", begins(), func(a *spool.Alert) { a.Header = texts("en", "The station has no 🛗 today") }, "The station has no lift today", nil},
		{"a vehicle before its number", begins(), func(a *spool.Alert) { a.Header = texts("en", "🚌 5 waits") }, "bus 5 waits", nil},
		{"art", begins(), func(a *spool.Alert) { a.Description = texts("en", "=====\n***Trains*** are full ~~~~ today!!!\n-----") }, "Trains are full today!", []string{"==", "**", "--", "!!"}},
		{"thanks and clicks", begins(), func(a *spool.Alert) {
			a.Description = texts("en", "Stay on the train. Thank you for your patience. Please click here for details. Last updated: 11/27/2026. We're sorry for the delay.")
		}, "Stay on the train.", []string{"Thank", "click", "updated", "sorry"}},
		{"the header is not repeated", begins(), func(a *spool.Alert) {
			a.Description = texts("en", "Signal fault at Mill Lane. Trains turn at Harbour.")
		}, "Trains turn at Harbour.", []string{"Mill Lane.\n", "Mill Lane. "}},
		{"nothing is meant by signs of theirs", begins(), func(a *spool.Alert) { a.Header = texts("en", "Ask @transit about #delays") }, "Ask @\u200btransit about #\u200bdelays", nil},
		{"no direction is turned", begins(), func(a *spool.Alert) { a.Header = texts("en", "Signal \u202efault") }, "Signal fault", []string{"\u202e"}},
	}
	for _, tt := range tests {
		it := delays()
		if tt.change != nil {
			tt.change(it.Alert)
		}
		c := wordIn(t, Settings{Language: "en"}, it, tt.news)
		if !strings.Contains(c.Text, tt.has) || slices.ContainsFunc(tt.not, func(s string) bool { return strings.Contains(c.Text, s) }) {
			t.Errorf("%s: %q", tt.name, c.Text)
		}
	}
}

// TestAlertErrors: where there is nothing to say somebody is told so.
func TestAlertErrors(t *testing.T) {
	w := wording(t, Settings{})
	for _, tt := range []struct {
		it   spool.Item
		want string
	}{
		{spool.Item{ID: "x"}, "item x: it is no alert"},
		{spool.Item{ID: "x", Alert: &spool.Alert{ID: "1"}}, "item x: nothing can be said"},
		{spool.Item{ID: "x", Alert: &spool.Alert{Description: texts("", "We apologize for the inconvenience.")}}, "item x: nothing can be said"},
	} {
		if c, _, err := w.Alert(tt.it, begins(), Values{}, mastodonLimits()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q, %v", c.Text, err)
		}
	}
}

// TestAlertLinksAndPictures: first posts have them, answers do not, and no page is
// searched for a picture.
func TestAlertLinksAndPictures(t *testing.T) {
	pictured := delays(func(a *spool.Alert) {
		a.Image = []spool.Media{{URL: "https://e.org/map.png", Type: "image/png", Alt: "Map of the detour"}}
	})
	for _, tt := range []struct {
		name string
		s    Settings
		it   spool.Item
		n    News
		l    spool.TextLimits
		want string
	}{
		{"card", Settings{}, delays(), begins(), cards(), "card"},
		{"own card", Settings{}, delays(), begins(), blueskyLimits(), "card own"},
		{"text", Settings{Link: LinkText}, delays(), begins(), cards(), "text"},
		{"none", Settings{Link: LinkNone}, delays(), begins(), cards(), ""},
		{"picture first", Settings{Image: ImageFirst}, pictured, begins(), cards(), "text media(map.png) open else card"},
		{"no page is asked", Settings{Image: ImageFirst}, delays(), begins(), cards(), "card"},
		{"update", Settings{Image: ImageFirst}, pictured, News{Phase: spool.Changes, At: noon()}, cards(), ""},
		{"close", Settings{Link: LinkText}, pictured, ending(noon(), spool.ByGone), cards(), ""},
		{"planned", Settings{}, pictured, News{Phase: spool.Ahead, At: noon()}, cards(), "card"},
	} {
		tt.s.Language = "en"
		c, _, err := wording(t, tt.s).Alert(tt.it, tt.n, zoned(""), tt.l)
		if o := outlineOf(c); err != nil || o != tt.want {
			t.Errorf("%s: %q, want %q (%v)", tt.name, o, tt.want, err)
		}
		if len(c.Media) > 0 && c.Media[0].Alt != "Map of the detour" {
			t.Errorf("%s: described as %q", tt.name, c.Media[0].Alt)
		}
	}
}

// TestAlertRoom: in too little room the description goes before the headline, other
// facts before too much of it, and the link before line and time.
func TestAlertRoom(t *testing.T) {
	it := delays(func(a *spool.Alert) {
		a.Header = texts("en", "A lorry has hit the bridge at Mill Lane, and no train can pass until somebody has looked at it")
		a.URL = texts("", "https://transit.example.org/alerts/17")
	}, at("Mill Lane", "Harbour", "Castle"))
	for _, tt := range []struct {
		limit int
		want  string
	}{
		{245, "Red Line: delays at Mill Lane, Harbour and Castle until 15:05 due to a technical problem.\nA lorry has hit the bridge at Mill Lane, and no train can pass until somebody has looked at it\n\nhttps://transit.example.org/alerts/17"},
		{165, "Red Line: delays at Mill Lane, Harbour and Castle until 15:05.\nA lorry has hit the bridge at Mill Lane, and no train can pass…\n\nhttps://transit.example.org/alerts/17"},
		{110, "Red Line: delays until 15:05.\nA lorry has hit the bridge at Mill Lane…\n\nhttps://transit.example.org/alerts/17"},
		{66, "Red Line: delays until 15:05.\nA lorry has hit the bridge at Mill…"},
	} {
		c, r, err := wording(t, Settings{Language: "en", Link: LinkText, Image: ImageNone}).Alert(it, begins(), zoned(""), spool.TextLimits{Max: tt.limit})
		if err != nil || c.Text != tt.want {
			t.Errorf("within %d: %q, %q, %v", tt.limit, c.Text, r.Notes, err)
		}
		if without := strings.Contains(strings.Join(r.Notes, "\n"), "the link is left out"); without != (tt.limit == 66) {
			t.Errorf("within %d: %q", tt.limit, r.Notes)
		}
	}
}

// TestAlertChains: only what begins a thread of its own goes on in replies.
func TestAlertChains(t *testing.T) {
	it := delays(func(a *spool.Alert) {
		a.Description = texts("en", numbered("Our staff are on platform %d. Buses leave from the old market %[1]d, the harbour and the castle.", 9))
	})
	for phase, chained := range map[spool.Phase]bool{spool.Begins: true, spool.Ahead: true, spool.Changes: false, spool.Ends: false} {
		it.Alert.Resumed = phase == spool.Ends // else there is nothing long to say
		c, _, err := wording(t, Settings{Language: "en", Chain: 4}).Alert(it, News{Phase: phase, At: noon(), Changed: []string{"text"}}, zoned("bluesky"), blueskyLimits())
		if err != nil || len(c.More) > 0 != chained {
			t.Errorf("%s: %d more, %v", phase, len(c.More), err)
		}
		if chained && (c.Link == "" || !strings.HasPrefix(strings.TrimPrefix(c.Text, "Planned: "), "Red Line: delays")) {
			t.Errorf("%s: %q", phase, c.Text)
		}
	}
}

// TestAlertCalendar: times as riders read them, over a change of the clock too.
func TestAlertCalendar(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	local := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, paris)
	}
	tests := []struct {
		language string
		now, end time.Time
		guess    bool
		want     string
	}{
		{"en", local(3, 28, 23, 0), local(3, 29, 3, 30), false, "until Sun 29 Mar 03:30"}, // the clock goes forward at two
		{"en", local(3, 29, 0, 30), local(3, 29, 3, 30), false, "until 03:30"},
		{"en", local(12, 31, 22, 0), local(12, 31, 23, 59), false, "until midnight"},
		{"en", local(12, 31, 22, 0), time.Date(2027, 1, 1, 5, 0, 0, 0, paris), false, "until Fri 1 Jan 2027 05:00"},
		{"en-US", local(6, 1, 10, 0), local(6, 1, 15, 5), true, "expected until 3:05 pm"},
		{"fr", local(6, 1, 10, 0), local(6, 1, 15, 0), false, "jusqu’à 15\u00a0h"},
		{"fr", local(6, 1, 10, 0), local(7, 1, 9, 5), false, "jusqu’au mer. 1er\u00a0juill. à 9\u00a0h\u00a005"},
		{"de", local(6, 1, 10, 0), local(7, 1, 9, 5), true, "voraussichtlich bis Mi 1.\u00a0Juli 09:05\u00a0Uhr"},
		{"es", local(6, 1, 0, 10), local(6, 1, 1, 5), false, "hasta la 01:05"},
		{"it", local(6, 1, 0, 10), local(6, 1, 1, 5), false, "fino all’01:05"},
		{"pt", local(6, 1, 0, 10), local(6, 1, 1, 5), false, "até à 1h05"},
		{"pt", local(6, 1, 0, 10), local(6, 1, 11, 5), false, "até às 11h05"},
		{"nl", local(6, 1, 10, 0), local(6, 3, 0, 0), false, "tot en met di 2\u00a0juni"},
	}
	for _, tt := range tests {
		c := calendar{frame: frameOf(tt.language), zone: paris, now: tt.now}
		if got := c.untilWords(tt.end, tt.guess); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.language, got, tt.want)
		}
	}
}

// TestAlertSchedule: several periods in the words of a rule, if there is one.
func TestAlertSchedule(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, paris) // a Friday
	// days are periods on days after that, from one hour to another.
	days := func(from, to int, on ...int) []spool.Period {
		var out []spool.Period
		for _, d := range on {
			end := time.Date(2026, 11, 27+d, to, 0, 0, 0, paris)
			if to <= from {
				end = time.Date(2026, 11, 28+d, to, 0, 0, 0, paris)
			}
			out = append(out, spool.Period{Start: time.Date(2026, 11, 27+d, from, 0, 0, 0, paris), End: end})
		}
		return out
	}
	tests := []struct {
		name string
		list []spool.Period
		want string
	}{
		{"none", nil, ""},
		{"over", days(9, 15, -3, -2), ""},
		{"one", days(9, 15, 4), "Tue 1 Dec, 09:00 to 15:00"},
		{"over midnight", days(22, 5, 4), "Tue 1 Dec 22:00 to Wed 2 Dec 05:00"},
		{"whole day", days(0, 0, 4), "Tue 1 Dec"},
		{"whole days that touch", days(0, 0, 4, 5, 6), "Tue 1 Dec to Thu 3 Dec"},
		{"the same twice", append(days(9, 15, 4), days(9, 15, 4)...), "Tue 1 Dec, 09:00 to 15:00"},
		{"overlapping", append(days(9, 15, 4), days(12, 18, 4)...), "Tue 1 Dec, 09:00 to 18:00"},
		{"in any order", days(9, 15, 6, 4, 5), "daily from Tue 1 Dec to Thu 3 Dec, 09:00 to 15:00"},
		{"some are over", days(9, 15, -2, -1, 4), "Tue 1 Dec, 09:00 to 15:00"},
		{"nights", days(22, 5, 3, 4, 5), "nights from Mon 30 Nov to Wed 2 Dec, 22:00 to 05:00"},
		{"small hours", days(1, 4, 3, 4, 5), "nights from Mon 30 Nov to Wed 2 Dec, 01:00 to 04:00"},
		{"weekdays", days(9, 15, 3, 4, 5, 6, 7, 10, 11), "on weekdays from Mon 30 Nov to Tue 8 Dec, 09:00 to 15:00"},
		{"nights of weekdays", days(22, 5, 6, 7, 10, 11), "on weekdays from Thu 3 Dec to Tue 8 Dec, 22:00 to 05:00"},
		{"but for a holiday", days(9, 15, 3, 4, 5, 6, 7, 10, 11, 13, 14, 17, 18, 19), "on weekdays from Mon 30 Nov to Wed 16 Dec, 09:00 to 15:00"},
		{"weekends", days(5, 23, 1, 2, 8, 9), "every weekend from Sat 28 Nov to Sun 6 Dec, 05:00 to 23:00"},
		{"from Friday night on", []spool.Period{{Start: now.Add(10 * time.Hour), End: now.Add(65 * time.Hour)}, {Start: now.Add(178 * time.Hour), End: now.Add(233 * time.Hour)}},
			"every weekend from Fri 27 Nov to Mon 7 Dec"},
		{"one weekend", days(5, 23, 1, 2), "daily from Sat 28 Nov to Sun 29 Nov, 05:00 to 23:00"},
		{"a weekend is left out", days(5, 23, 1, 2, 15, 16), "Sat 28 Nov, 05:00 to 23:00, and 3 more times"},
		{"weekly", days(9, 15, 4, 11, 18), "every Tuesday from Tue 1 Dec to Tue 15 Dec, 09:00 to 15:00"},
		{"two", days(9, 15, 4, 7), "Tue 1 Dec, 09:00 to 15:00 and Fri 4 Dec, 09:00 to 15:00"},
		{"no rule", days(9, 15, 4, 6, 11), "Tue 1 Dec, 09:00 to 15:00, and 2 more times"},
		{"one has no end", []spool.Period{{Start: now.Add(time.Hour), End: now.Add(5 * time.Hour)}, {Start: now.Add(2 * time.Hour)}}, "from Fri 27 Nov 13:00"},
		{"now and always", []spool.Period{{}, {Start: now}}, ""},
		{"an end before the beginning", []spool.Period{{Start: now.Add(time.Hour), End: now.Add(-time.Hour)}}, ""},
	}
	for _, tt := range tests {
		if got := (calendar{frame: frameOf("en"), zone: paris, now: now}).schedule(tt.list); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestFrames: every language has a word for all there is.
func TestFrames(t *testing.T) {
	quiet := []spool.Effect{spool.NoEffect, spool.OtherEffect}
	for _, language := range []string{"en", "fr", "de", "es", "it", "nl", "pt", "pt-BR", "en-US"} {
		f := frameOf(language)
		for _, e := range spool.Effects() {
			words, stems := f.effects(e)
			if quiet := slices.Contains(quiet, e); (words == "") != quiet || !quiet && !saysAny(words, stems) && e != spool.AccessibilityIssue {
				t.Errorf("%s: %s is %q, known by %q", language, e, words, stems)
			}
		}
		for _, c := range spool.Causes() {
			if words := f.causes(c); (words == "") != (c == spool.OtherCause) {
				t.Errorf("%s: %s is %q", language, c, words)
			}
		}
		for _, m := range spool.Modes() {
			if f.fleet(m) == "" {
				t.Errorf("%s: %s has no name", language, m)
			}
		}
		for _, s := range []string{"to", "from", "both", "at", "bus", "tram", "metro", "train", "ferry", "lift", "wheelchair"} {
			if f.symbols(s) == "" {
				t.Errorf("%s: the symbol %s has no word", language, s)
			}
		}
		for n := range 3 {
			for _, s := range []string{f.count(n), f.stops(n), f.others(n), f.troubles(n, 1), f.over(0, n)} {
				if s == "" || strings.Contains(s, "%!") {
					t.Errorf("%s: %q", language, s)
				}
			}
		}
	}
	if frameOf("sv").tag != "en" || frameOf("de-AT").tag != "de" || frameOf("").tag != "en" {
		t.Error("a language has the frame of another one")
	}
}

// TestLinesAreFound: a header that names a line has it, one that only counts has not.
func TestLinesAreFound(t *testing.T) {
	for _, tt := range []struct {
		text, name string
		want       bool
	}{
		{"Red Line delays", "Red Line", true}, {"red line delays", "Red Line", true}, {"Shared lines", "Red Line", false},
		{"Route 64 detour", "64", true}, {"Routes 93 and 92 detour", "92", true}, {"Routes 93 and 92 detour", "93", true},
		{"Expect 5 minutes", "5", false}, {"5 minutes more", "5", false}, {"at 5:30 pm", "5", false}, {"3, 7 & 9 - delays", "7", true},
		{"577 & 578 - Delay", "578", true}, {"F trains run late", "F", true}, {"A tree fell", "A", false}, {"A: no trains", "A", true},
		{"Linie 5 gesperrt", "5", true}, {"Bus 64", "Route 64", true}, {"U5 und U8 gestört", "U8", true}, {"M15-SBS buses", "M15", true},
		{"Ligne 13 : retards", "13", true}, {"Die Linien 3, 7 und 9", "9", true}, {"Gleis 9", "9", false},
	} {
		if got := saysLine(tt.text, tt.name); got != tt.want {
			t.Errorf("%q names %q: %v", tt.text, tt.name, got)
		}
	}
}
