package compose

import (
	"fmt"
	"strings"
	"testing"

	"spool"
)

// TestHostileAlerts: whatever is sent thousands of times, the work is bounded and the
// post is one.
func TestHostileAlerts(t *testing.T) {
	size := 1 << 15
	if testing.Short() {
		size >>= 3 // the race detector makes this slow
	}
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	lines := make([]spool.Affected, 150)
	for i := range lines {
		lines[i] = spool.Affected{Route: fmt.Sprint("r", i), RouteName: fmt.Sprint("Line ", i), StopName: fmt.Sprint("Stop ", i)}
	}
	for i, s := range []string{"[", "[A]", "1. Aa ", ".", "→", "* ", "a:\nb\n", "🚌 5 ", "until 5 ", "we apologize ", "ABCDEFGHIJ. ", "\u2067", "https://e.org/ ", "船"} {
		text := fill(s)
		it := alertItem(spool.Alert{
			Header: texts("en", text), Description: texts("en", text), Instruction: texts("en", text), Area: texts("en", text), CauseText: texts("en", text), EffectText: texts("en", text),
			Sender: text, Affected: lines, Effect: spool.NoService, Periods: closures(300, 2, noon(), clockOn(0, 15, 0)),
		})
		for j, n := range []News{begins(), {Phase: spool.Ahead, At: noon()}, {Phase: spool.Changes, At: noon(), Changed: []string{"lines", "text"}, Before: spool.Telling{Lines: []string{"r1"}, Headline: text}}, {Phase: spool.Sums, At: noon(), Members: []spool.Item{it, it}}} {
			if i%4 != j {
				continue
			}
			c, _, err := wording(t, Settings{Language: "en", Chain: 3}).Alert(it, n, zoned("bluesky"), blueskyLimits())
			if err != nil {
				t.Errorf("%q: %v", s, err)
				continue
			}
			for _, flaw := range flaws(c, blueskyLimits()) {
				t.Errorf("%q: %s: %q", s, flaw, c.Text)
			}
		}
	}
}
