package compose

import (
	"fmt"
	"strings"
	"testing"

	"spool"
)

// TestHostileAlerts: whatever is sent a hundred thousand times, the work is bounded and the
// post is one.
func TestHostileAlerts(t *testing.T) {
	const size = 1 << 17
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	lines := make([]spool.Affected, 1000)
	for i := range lines {
		lines[i] = spool.Affected{Route: fmt.Sprint("r", i), RouteName: fmt.Sprint("Line ", i), StopName: fmt.Sprint("Stop ", i)}
	}
	for i, s := range []string{"[", "[A]", "[a icon] ", "A ", "a. A ", "1. Aa ", ".", "…", "→", "<->", "* ", "\n", "a:\n", "a:\nb\n", "🚌 5 ", "♿ a ", "until 5 ", "we apologize ", "ABCDEFGHIJ. ", "x", "\u2067", "&amp;", "https://e.org/ ", "船", "e\u0301"} {
		text := fill(s)
		it := alertItem(spool.Alert{
			Header: texts("en", text), Description: texts("en", text), Instruction: texts("en", text), Area: texts("en", text), CauseText: texts("en", text), EffectText: texts("en", text),
			Sender: text, Affected: lines, Effect: spool.NoService, Periods: closures(300, 2, noon(), clockOn(0, 15, 0)),
		})
		for j, n := range []News{begins(), {Phase: spool.Ahead, At: noon()}, {Phase: spool.Changes, At: noon(), Changed: []string{"lines", "text"}, Before: spool.Telling{Lines: []string{"r1"}, Headline: text}}, {Phase: spool.Sums, At: noon(), Members: []spool.Item{it, it}}} {
			if (i+j)%2 > 0 && n.Phase != spool.Begins {
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
