package compose

import (
	"fmt"
	"strings"
	"time"

	"spool"
)

// An alertSample is something to tell of an alert.
type alertSample struct {
	name     string
	language string // of the settings
	item     spool.Item
	news     News
}

// noon is a Friday in a zone an hour east of Greenwich.
func noon() time.Time { return time.Date(2026, 11, 27, 11, 0, 0, 0, time.UTC) }

// clockOn is a time of day in that zone, so many days later.
func clockOn(days, hour, minute int) time.Time {
	return time.Date(2026, 11, 27+days, hour-1, minute, 0, 0, time.UTC)
}

// text makes texts of pairs of language and text.
func texts(pairs ...string) spool.Texts {
	var out spool.Texts
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, spool.Text{Language: pairs[i], Text: pairs[i+1]})
	}
	return out
}

func lineNamed(names ...string) []spool.Affected {
	var out []spool.Affected
	for _, n := range names {
		out = append(out, spool.Affected{Agency: "a", Route: "r-" + n, RouteName: n})
	}
	return out
}

func busNamed(names ...string) []spool.Affected {
	out := lineNamed(names...)
	for i := range out {
		out[i].Mode = spool.Bus
	}
	return out
}

func at(stops ...string) func(*spool.Alert) {
	return func(a *spool.Alert) {
		line := spool.Affected{}
		if len(a.Affected) > 0 {
			line = a.Affected[0]
			a.Affected = nil
		}
		for _, s := range stops {
			e := line
			e.Stop, e.StopName = "s-"+s, s
			a.Affected = append(a.Affected, e)
		}
	}
}

// numbered are so many sentences, each another one.
func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+" ", i+11)
	}
	return strings.TrimSpace(b.String())
}

// alertItem is an item with an alert.
func alertItem(a spool.Alert, change ...func(*spool.Alert)) spool.Item {
	for _, c := range change {
		c(&a)
	}
	if a.ID == "" {
		a.ID = "a1"
	}
	return spool.Item{ID: "alert-1", Feed: "city", Seen: noon(), Alert: &a}
}

// delays is an alert of one line for a while.
func delays(change ...func(*spool.Alert)) spool.Item {
	return alertItem(spool.Alert{
		Affected: lineNamed("Red Line"), Effect: spool.SignificantDelays, Cause: spool.TechnicalProblem,
		Periods: []spool.Period{{Start: clockOn(0, 11, 40), End: clockOn(0, 15, 5)}},
		Header:  texts("en", "Signal fault at Mill Lane"), Description: texts("en", "Trains run every 20 minutes. We apologize for the inconvenience. Click here for more."),
		Instruction: texts("en", "Use bus 5 between Mill Lane and Harbour."), URL: texts("en", "https://transit.example.org/alerts/17"), Sender: "City Transit",
	}, change...)
}

func ending(at time.Time, how spool.Ending) News {
	return News{Phase: spool.Ends, At: at, Ending: how}
}

// alertSamples are alerts as agencies write them, in sentences of our own.
func alertSamples() []alertSample {
	return append(append(append(englishSamples(), changeSamples()...), plannedSamples()...), otherLanguageSamples()...)
}

func englishSamples() []alertSample {
	begins := News{Phase: spool.Begins, At: noon()}
	return []alertSample{
		{"delays", "en", delays(), begins},
		{"american clock", "en-US", delays(func(a *spool.Alert) { a.Header[0].Language = "en-US" }), begins},
		{"line in the header", "en", delays(func(a *spool.Alert) { a.Header = texts("en", "Red Line trains are late") }), begins},
		{"header says it all", "en", delays(func(a *spool.Alert) { a.Header = texts("en", "Red Line: delays until 15:05 after a technical problem") }), begins},
		{"header is line and effect", "en", delays(func(a *spool.Alert) { a.Header = texts("en", "Red Line delays") }), begins},
		{"no header", "en", delays(func(a *spool.Alert) { a.Header = nil }), begins},
		{"only enums", "en", delays(func(a *spool.Alert) { a.Header, a.Description, a.Instruction = nil, nil, nil }), begins},
		{"no end", "en", delays(func(a *spool.Alert) { a.Periods = []spool.Period{{Start: clockOn(0, 11, 40)}} }), begins},
		{"no times", "en", delays(func(a *spool.Alert) { a.Periods = nil }), begins},
		{"guessed end", "en", delays(func(a *spool.Alert) { a.Guess = true }), begins},
		{"ends tomorrow", "en", delays(func(a *spool.Alert) { a.Periods[0].End = clockOn(1, 9, 30) }), begins},
		{"ends with the day", "en", delays(func(a *spool.Alert) { a.Periods[0].End = clockOn(1, 0, 0) }), begins},
		{"ends next year", "en", delays(func(a *spool.Alert) { a.Periods[0].End = clockOn(60, 23, 59) }), begins},
		{"stops of a line", "en", delays(at("Mill Lane", "Harbour"), func(a *spool.Alert) {
			a.Header, a.Effect, a.Description = texts("en", "Stations closed"), spool.NoService, nil
		}), begins},
		{"many stops", "en", delays(at("Mill Lane", "Harbour", "Old Town", "Castle", "Market"), func(a *spool.Alert) { a.Header = nil }), begins},
		{"several lines", "en", delays(func(a *spool.Alert) { a.Affected = busNamed("64", "7", "12") }), begins},
		{"many lines", "en", delays(func(a *spool.Alert) {
			a.Affected = lineNamed("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")
			a.Header = texts("en", "Snow routes in use")
		}), begins},
		{"route number in the header", "en", delays(func(a *spool.Alert) {
			a.Affected, a.Effect = busNamed("64"), spool.Detour
			a.Header, a.Cause = texts("en", "Route 64 detour"), spool.Construction
			a.Description = texts("en", "Affected direction: Outbound\n\nBypassed stops:\nMill St @ Oak St\nMill St @ Elm St\n\nAffected routes:\n64")
		}), begins},
		{"minutes are no line", "en", delays(func(a *spool.Alert) {
			a.Affected, a.Header = busNamed("5"), texts("en", "Expect 5 minutes more on the road")
		}), begins},
		{"lift", "en", delays(at("Harbour"), func(a *spool.Alert) {
			a.Affected[0].RouteName, a.Affected[0].Route = "", ""
			a.Header, a.Effect, a.Cause = texts("en", "Lift 3 out of service"), spool.AccessibilityIssue, spool.Maintenance
			a.Periods[0].End = time.Time{}
			a.Description = texts("en", "Take the ramp on Dock Street.")
		}), begins},
		{"whole mode", "en", delays(func(a *spool.Alert) {
			a.Affected = []spool.Affected{{Mode: spool.Bus}}
			a.Header, a.Effect, a.Cause = texts("en", "Holiday timetable"), spool.ModifiedService, spool.Holiday
		}), begins},
		{"bullets and arrows", "en", delays(func(a *spool.Alert) {
			a.Affected = lineNamed("F", "G")
			a.Header = texts("en", "⚠️ [F] [G] trains are rerouted Oak Ave → Mill Lane 🚇")
			a.Description = texts("en", "[shuttle bus icon] Free buses run between ① Oak Ave and ② Mill Lane!!! ♿\n-----\n* Buy no ticket.")
			a.Effect, a.Instruction = spool.Detour, nil
		}), begins},
		{"shouting", "en", delays(func(a *spool.Alert) {
			a.Affected, a.Header, a.Effect, a.Cause = nil, texts("", "Flood watch"), "", ""
			a.Area = texts("", "Upper Mill Valley")
			a.Description = texts("", "...THE FLOOD WATCH REMAINS IN EFFECT UNTIL NOON TODAY...\nHEAVY RAIN IS EXPECTED IN THE UPPER MILL VALLEY. CHECK THE WEATHER BEFORE YOU TRAVEL.")
			a.Instruction = nil
		}), begins},
		{"own words for cause and effect", "en", delays(func(a *spool.Alert) {
			a.CauseText, a.EffectText = texts("en", "Fallen tree"), texts("en", "Single track")
			a.Header = texts("en", "Trains wait at Harbour")
		}), begins},
		{"picture", "en", delays(func(a *spool.Alert) {
			a.Image = []spool.Media{{URL: "https://transit.example.org/map.png", Type: "image/png", Alt: "Map of the detour by Dock Street"}}
			a.URL = nil
		}), begins},
		{"long", "en", delays(func(a *spool.Alert) {
			a.Header = texts("en", sentences("Because a lorry has hit the bridge at Mill Lane no train can pass until somebody has looked at it", 420))
			a.Description = texts("en", sentences("Our staff are on the way to the bridge. Every platform has somebody in a yellow vest who can help.", 1200))
		}), begins},
		{"an unknown language", "en", delays(func(a *spool.Alert) {
			a.Header, a.Description, a.Instruction = texts("sv", "Signalfel vid Kvarngatan"), texts("sv", "Tågen går var tjugonde minut."), texts("sv", "Ta buss 5.")
		}), begins},
	}
}

func changeSamples() []alertSample {
	told := spool.Telling{Phase: spool.Begins, Effect: spool.NoService, Severity: spool.Severe, Lines: []string{"Red Line"}, Headline: "No trains at Mill Lane", Until: clockOn(0, 15, 5)}
	updated := func(changed ...string) News {
		return News{Phase: spool.Changes, Before: told, Changed: changed, At: clockOn(0, 14, 20)}
	}
	resumed := func(a *spool.Alert) {
		a.Resumed = true
		a.Header, a.Description = texts("en", "Red Line trains run again"), texts("en", "Service has resumed. Trains are full for some time.")
	}
	over := ending(clockOn(0, 15, 5), spool.BySource)
	over.Before = told
	return []alertSample{
		{"effect changed", "en", delays(), updated("effect")},
		{"end changed", "en", delays(func(a *spool.Alert) { a.Periods[0].End = clockOn(0, 16, 30) }), updated("until")},
		{"end unknown now", "en", delays(func(a *spool.Alert) { a.Periods[0].End = time.Time{} }), updated("until")},
		{"end tomorrow now", "fr", delays(func(a *spool.Alert) {
			a.Header, a.Description, a.Instruction, a.Periods[0].End = texts("fr", "Panne de signalisation à Moulin"), nil, nil, clockOn(1, 5, 0)
		}), updated("until")},
		{"lines changed", "en", delays(func(a *spool.Alert) { a.Affected = lineNamed("Red Line", "Blue Line") }), updated("lines")},
		{"severity and text changed", "en", delays(func(a *spool.Alert) { a.Severity = spool.Warning }), updated("severity", "text")},
		{"resumed", "en", delays(resumed), over},
		{"ended by the source", "en", delays(), over},
		{"gone", "en", delays(), ending(clockOn(0, 15, 10), spool.ByGone)},
		{"gone without a sender", "en", delays(func(a *spool.Alert) { a.Sender = "" }), ending(clockOn(0, 15, 10), spool.ByGone)},
		{"ended as announced", "en", delays(), ending(clockOn(0, 15, 5), spool.ByTime)},
		{"ended about as expected", "en", delays(func(a *spool.Alert) { a.Guess = true }), ending(clockOn(0, 15, 5), spool.ByTime)},
		{"ended, in German", "de", delays(func(a *spool.Alert) {
			a.Affected, a.Header = lineNamed("5"), texts("de", "Signalstörung am Mühlweg")
		}), ending(clockOn(0, 15, 10), spool.ByGone)},
	}
}

// closures are so many nights, or other times, in a row.
func closures(n, every int, start, end time.Time) []spool.Period {
	var out []spool.Period
	for i := range n {
		add := time.Duration(i*every) * oneDay
		out = append(out, spool.Period{Start: start.Add(add), End: end.Add(add)})
	}
	return out
}

func plannedSamples() []alertSample {
	ahead := News{Phase: spool.Ahead, At: noon()}
	work := func(header string, periods ...spool.Period) spool.Item {
		return delays(func(a *spool.Alert) {
			a.Effect, a.Cause, a.Planned, a.Description = spool.NoService, spool.Construction, true, nil
			a.Header, a.Periods = texts("en", header), periods
		})
	}
	weekend := append(closures(4, 7, clockOn(1, 5, 0), clockOn(1, 23, 0)), closures(4, 7, clockOn(2, 5, 0), clockOn(2, 23, 0))...)
	digest := func(members ...spool.Item) News {
		return News{Phase: spool.Sums, At: clockOn(0, 14, 20), Members: members}
	}
	sum := alertItem(spool.Alert{Members: []string{"1", "2"}, URL: texts("en", "https://transit.example.org/alerts")})
	snow := func(effect spool.Effect, lines ...string) spool.Item {
		return alertItem(spool.Alert{Affected: busNamed(lines...), Effect: effect, Header: texts("en", "Snow")})
	}
	many := digest(snow(spool.NoService, "Red Line", "3"), snow(spool.SignificantDelays, "7", "12", "64"), snow(spool.Detour, "3", "21", "22", "23", "24", "25", "26", "27", "28", "29"),
		snow("", "101"))
	later, end := many, many
	later.Phase, later.At, later.Members, later.Before = spool.Changes, clockOn(0, 15, 20), many.Members[:2], spool.Telling{Phase: spool.Sums, Lines: make([]string, 15)}
	end.Phase, end.At = spool.Ends, clockOn(0, 18, 0)
	mixed := digest(delays(), alertItem(spool.Alert{Header: texts("en", "Lift out of service"), Effect: spool.AccessibilityIssue}, at("Harbour")))
	return []alertSample{
		{"a weekend", "en", work("Track work at Mill Lane", spool.Period{Start: clockOn(1, 22, 0), End: clockOn(3, 5, 0)}), ahead},
		{"some hours", "en", work("Track work at Mill Lane", spool.Period{Start: clockOn(5, 9, 0), End: clockOn(5, 15, 0)}), ahead},
		{"whole days", "en", work("Red Line closed", spool.Period{Start: clockOn(5, 0, 0), End: clockOn(8, 0, 0)}), ahead},
		{"from a day on", "en", work("New timetable", spool.Period{Start: clockOn(16, 4, 0)}), ahead},
		{"nights", "en", work("Track work", closures(5, 1, clockOn(4, 22, 0), clockOn(5, 5, 0))...), ahead},
		{"daily", "en", work("Track work", closures(4, 1, clockOn(4, 9, 0), clockOn(4, 15, 30))...), ahead},
		{"weekends", "en", work("Track work", weekend...), ahead},
		{"weekly", "en", work("Track work", closures(4, 7, clockOn(4, 9, 0), clockOn(4, 15, 0))...), ahead},
		{"no rule", "en", work("Track work", append(closures(3, 2, clockOn(4, 9, 0), clockOn(4, 15, 0)), closures(3, 5, clockOn(14, 9, 0), clockOn(14, 12, 0))...)...), ahead},
		{"twice", "en", work("Track work", closures(2, 3, clockOn(4, 9, 0), clockOn(4, 15, 0))...), ahead},
		{"weekends that have begun", "en", work("Track work", closures(4, 7, clockOn(-6, 5, 0), clockOn(-5, 23, 0))...), News{Phase: spool.Begins, At: clockOn(1, 5, 1)}},
		{"digest", "en", sum, many},
		{"digest of more than lines", "en", sum, mixed},
		{"digest changed", "en", sum, later},
		{"digest over", "en", sum, end},
	}
}

// otherLanguageSamples tell one alert in the languages that have words of their own.
func otherLanguageSamples() []alertSample {
	var out []alertSample
	headers := texts("fr", "Panne de signalisation à Moulin", "de", "Signalstörung am Mühlweg", "es", "Avería de señales en Molino", "it", "Guasto ai segnali a Mulino",
		"nl", "Seinstoring bij Molenweg", "pt", "Avaria de sinais no Moinho", "en", "Signal fault at Mill Lane")
	instructions := texts("fr", "Prenez le bus 5. Merci de votre compréhension.", "de", "Nehmen Sie den Bus 5. Wir bitten um Verständnis.", "es", "Tome el bus 5. Disculpen las molestias.",
		"it", "Prendete il bus 5. Ci scusiamo per il disagio.", "nl", "Neem bus 5. Excuses voor het ongemak.", "pt", "Use a linha 5. Pedimos desculpa pelo incómodo.")
	several := delays(func(a *spool.Alert) {
		a.Affected, a.Header, a.Instruction, a.Description = lineNamed("3", "7"), headers, instructions, nil
		a.Cause = spool.Accident
	}, at("Museum", "Harbour"))
	several.Alert.Affected = append(lineNamed("3"), several.Alert.Affected...)
	several.Alert.Periods[0].Start = clockOn(0, 10, 0)
	weekend := delays(func(a *spool.Alert) {
		a.Header, a.Instruction, a.Description, a.Cause, a.Effect = headers, instructions, nil, spool.Construction, spool.NoService
		a.Periods = []spool.Period{{Start: clockOn(1, 22, 0), End: clockOn(3, 5, 0)}}
	})
	nights := weekend
	nightly := *weekend.Alert
	nightly.Periods = closures(5, 1, clockOn(4, 22, 0), clockOn(5, 5, 0))
	nights.Alert = &nightly
	told := spool.Telling{Phase: spool.Begins, Effect: spool.NoService, Lines: []string{"3"}, Until: clockOn(0, 14, 0)}
	sum := alertItem(spool.Alert{Members: []string{"1"}})
	for _, l := range []string{"fr", "de", "es", "it", "nl", "pt"} {
		out = append(out,
			alertSample{l + " begins", l, several, News{Phase: spool.Begins, At: noon()}},
			alertSample{l + " changes", l, several, News{Phase: spool.Changes, At: clockOn(0, 14, 20), Before: told, Changed: []string{"effect", "until", "lines"}}},
			alertSample{l + " ends", l, several, ending(clockOn(0, 15, 10), spool.ByGone)},
			alertSample{l + " ends as announced", l, several, ending(clockOn(0, 15, 5), spool.ByTime)},
			alertSample{l + " a weekend ahead", l, weekend, News{Phase: spool.Ahead, At: noon()}},
			alertSample{l + " nights ahead", l, nights, News{Phase: spool.Ahead, At: noon()}},
			alertSample{l + " digest", l, sum, News{Phase: spool.Sums, At: noon(), Members: []spool.Item{several, weekend}}},
		)
	}
	return out
}
