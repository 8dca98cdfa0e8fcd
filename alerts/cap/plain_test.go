package cap

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"  one \t two\u00a0three ": "one two three",
		"A FLASH FLOOD WATCH MEANS THAT CONDITIONS MAY DEVELOP THAT LEAD\nTO FLASH FLOODING. STAY AWAY.": "A FLASH FLOOD WATCH MEANS THAT CONDITIONS MAY DEVELOP THAT LEAD TO FLASH FLOODING. STAY AWAY.",
		"WHAT: Wind.\nWHERE: Valley.": "WHAT: Wind.\nWHERE: Valley.",
		"one\r\n\r\n\r\n\r\ntwo":      "one\n\ntwo",
		"* A LINE THAT IS AS LONG AS LINES ARE THAT ARE BROKEN\n* ANOTHER\nEND":      "* A LINE THAT IS AS LONG AS LINES ARE THAT ARE BROKEN\n* ANOTHER\nEND",
		"a line that is as long as lines are that are broken here<br/>and a new one": "a line that is as long as lines are that are broken here\nand a new one",
		"<p>One <b>bold</b> word.</p><p>Two.</p>":                                    "One bold word.\n\nTwo.",
		"Snow, 15 cm.\n\n###":                             "Snow, 15 cm.",
		"* Wind.\n\n&&\n\nFor more, see the web.\n\n$$":   "* Wind.\n\nFor more, see the web.",
		"<script>alert(1)</script>x<style>y</style>z":     "xz",
		"a < b and c > d":                                 "a < b and c > d",
		"speed <50 km/h":                                  "speed <50 km/h",
		"AT&amp;T &nbsp; &eacute; &#8217; &unknown; R&D;": "AT&T é ’ &unknown; R&D;",
		"https://example.org/?a=1&copy=2":                 "https://example.org/?a=1&copy=2",
		"bell\x07 and \x00nothing\ufeff":                  "bell and nothing",
		"e\u0301":                                         "é",
	} {
		if got := words(in, maxWords); got != want {
			t.Errorf("%q:\ngot  %q\nwant %q", in, got, want)
		}
	}
}

func TestShortened(t *testing.T) {
	for _, c := range []struct {
		in, want string
		limit    int
	}{
		{"one two", "one two", 7}, {"one two three", "one two…", 9}, {"onetwothree", "onetwo…", 7}, {"æøå æøå", "æøå…", 6},
	} {
		if got := shortened(c.in, c.limit); got != c.want || utf8.RuneCountInString(got) > c.limit {
			t.Errorf("%q: %q, not %q", c.in, got, c.want)
		}
	}
	if got := line(strings.Repeat("å ", 100_000), maxLine); utf8.RuneCountInString(got) > maxLine {
		t.Errorf("%d characters", utf8.RuneCountInString(got))
	}
}

func TestHeaders(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"headline":        {"<event>Storm</event><headline>Storm in  the\nvalley</headline><area><areaDesc>Valley</areaDesc></area>", "Storm in the valley"},
		"event and area":  {"<event>Storm</event><area><areaDesc>Valley</areaDesc></area>", "Storm: Valley"},
		"event":           {"<event>Storm</event>", "Storm"},
		"area":            {"<area><areaDesc>Valley</areaDesc></area>", "Valley"},
		"of many places":  {"<event>Storm</event>" + strings.Repeat("<area><areaDesc>"+strings.Repeat("a", 50)+"</areaDesc></area><area><areaDesc>"+strings.Repeat("b", 50)+"</areaDesc></area><area><areaDesc>"+strings.Repeat("c", 50)+"</areaDesc></area>", 2), "Storm: " + strings.Repeat("a", 50) + "; " + strings.Repeat("b", 50) + "…"},
		"made with times": {"<event>Flood Watch</event><headline>Flood Watch issued March 1 at 4:07AM MST until March 2 at 12:00PM MST by NWS Example</headline><area><areaDesc>Valley</areaDesc></area>", "Flood Watch: Valley"},
		"another event's": {"<event>Storm</event><headline>Flood Watch issued March 1 at 4:07AM MST by NWS</headline>", "Flood Watch issued March 1 at 4:07AM MST by NWS"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := one(t, sample{infos: []string{c.in}}.String()).Header[0].Text; got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}
