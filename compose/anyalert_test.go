package compose

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"spool"
)

// anyText is what agencies write, and then some.
func anyText(most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"Red Line", "no service", "delays", "until 15:05", "at Mill Lane", "[F]", "[shuttle bus icon]", "→", "♿", "🚌 5", "SIGNAL FAULT AT MILL LANE.", "We apologize for the delay.", "Click here.",
			"船は金曜日まで。", "السفينة؟", "\u202eevil", "\u2067open", "#tag", "@name", "https://e.org/x?y=1&z=2", "&amp;", "\n\n", "\n", "Affected routes:\n5\n7\n", "e\u0301", "\xff", "\x06", "\x03", "\x0e", "...", "=====",
			"{{ .Line }}", "%s", "%v", "👩‍👩‍👧‍👦", "1️⃣", "  ", "::", "* ", " .x",
		}), 0, most).Draw(t, "words"), " ")
	})
}

// anyTexts are a text in some languages.
func anyTexts(most int) *rapid.Generator[spool.Texts] {
	return rapid.Custom(func(t *rapid.T) spool.Texts {
		var out spool.Texts
		for range rapid.IntRange(0, 3).Draw(t, "languages") {
			out = append(out, spool.Text{Language: rapid.SampledFrom([]string{"", "en", "de-AT", "fr", "pt_BR", "ar", "x"}).Draw(t, "language"), Text: anyText(most).Draw(t, "text")})
		}
		return out
	})
}

func anyMoment() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		return noon().Add(time.Duration(rapid.Int64Range(-400*24*60, 400*24*60).Draw(t, "minutes")) * time.Minute)
	})
}

func anyAlert() *rapid.Generator[spool.Alert] {
	return rapid.Custom(func(t *rapid.T) spool.Alert {
		a := spool.Alert{
			ID: "1", Header: anyTexts(12).Draw(t, "header"), Description: anyTexts(60).Draw(t, "description"), Instruction: anyTexts(20).Draw(t, "instruction"), Area: anyTexts(3).Draw(t, "area"),
			CauseText: anyTexts(2).Draw(t, "cause text"), EffectText: anyTexts(2).Draw(t, "effect text"), Sender: anyText(3).Draw(t, "sender"), URL: spool.Texts{{Text: rapid.SampledFrom([]string{"", "https://e.org/a?b=c#d", "urn:x"}).Draw(t, "url")}},
			Effect: rapid.SampledFrom(append(spool.Effects(), "", "NEW")).Draw(t, "effect"), Cause: rapid.SampledFrom(append(spool.Causes(), "", "NEW")).Draw(t, "cause"), Severity: rapid.SampledFrom(spool.Severities()).Draw(t, "severity"),
			Guess: rapid.Bool().Draw(t, "guess"), Resumed: rapid.Bool().Draw(t, "resumed"),
		}
		for range rapid.IntRange(0, 8).Draw(t, "periods") {
			a.Periods = append(a.Periods, spool.Period{Start: anyMoment().Draw(t, "start"), End: anyMoment().Draw(t, "end")})
		}
		for range rapid.SampledFrom([]int{0, 1, 3, 40}).Draw(t, "affected") {
			a.Affected = append(a.Affected, spool.Affected{
				Route: rapid.SampledFrom([]string{"", "5", "M15", "x:1"}).Draw(t, "route"), RouteName: rapid.SampledFrom([]string{"", "5", "7", "Red Line", "[F]", "\u2067turned", strings.Repeat("long name ", 30)}).Draw(t, "name"),
				Stop: "s", StopName: rapid.SampledFrom([]string{"", "Mill Lane", "Harbour @ Dock", "#9"}).Draw(t, "stop"), Mode: rapid.SampledFrom(spool.Modes()).Draw(t, "mode"),
			})
		}
		return a
	})
}

// TestAnyAlert: whatever an agency says, no post about it is over a limit, broken or
// empty, nor has a trace of how it was made, and it is the same each time.
func TestAnyAlert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := alertItem(anyAlert().Draw(t, "alert"))
		v := rapid.SampledFrom(alertVenues()).Draw(t, "network")
		n := News{
			Phase: rapid.SampledFrom(spool.Phases()).Draw(t, "phase"), At: anyMoment().Draw(t, "at"), Ending: rapid.SampledFrom([]spool.Ending{"", spool.ByGone, spool.ByTime, spool.BySource}).Draw(t, "ending"),
			Changed: rapid.SliceOfN(rapid.SampledFrom([]string{"effect", "severity", "lines", "until", "text", "members"}), 0, 4).Draw(t, "changed"),
			Before:  spool.Telling{Effect: spool.Detour, Lines: []string{"5", "Old Line"}, Until: anyMoment().Draw(t, "was until"), Headline: anyText(5).Draw(t, "was")},
		}
		if n.Phase == spool.Sums {
			for range rapid.IntRange(0, 30).Draw(t, "members") {
				n.Members = append(n.Members, alertItem(anyAlert().Draw(t, "member")))
			}
		}
		w, err := New(Settings{
			Language: rapid.SampledFrom([]string{"", "en", "en-US", "de", "fr", "es", "it", "nl", "pt", "pt-BR", "ja"}).Draw(t, "wanted"), Link: rapid.SampledFrom([]string{LinkCard, LinkText, LinkNone}).Draw(t, "how"),
			Chain: rapid.IntRange(0, 4).Draw(t, "chain"), Hashtags: map[string]string{"red line": "#RedLine"}, Topic: "{{ .Category }}", Warning: rapid.SampledFrom([]string{"", "{{ .Category }}"}).Draw(t, "warning"),
		})
		if err != nil {
			t.Fatal(err)
		}
		l := v.limits
		if tight := rapid.SampledFrom([]int{0, 120}).Draw(t, "tight"); tight > 0 {
			l.Max, l.Bytes = tight, 0
		}
		c, _, err := w.Alert(it, n, zoned(v.name), l)
		if err != nil {
			return
		}
		for _, flaw := range flaws(c, l) {
			t.Errorf("%s on %s: %+q", flaw, v.name, c.Text)
		}
		for _, trace := range []string{"%!", "<nil>", "  ", "\n\n\n", "0001"} {
			if strings.Contains(c.Text, trace) {
				t.Errorf("it has %q: %+q", trace, c.Text)
			}
		}
		if again, _, err := w.Alert(it, n, zoned(v.name), l); err != nil || !again.Equal(c) {
			t.Errorf("%+q, then %+q, %v", c.Text, again.Text, err)
		}
		stored, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back spool.Content
		if err := json.Unmarshal(stored, &back); err != nil || !back.Equal(c) {
			t.Errorf("%v: stored as %s", err, stored)
		}
	})
}
