package gtfsrt

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for _, tt := range []struct{ name, in, line, lines string }{
		{"plain", "No service", "No service", "No service"},
		{"white space", " \t a \u00a0 b\u2003c ", "a b c", "a b c"},
		{"line ends", "a\r\nb\rc\u2028d", "a b c d", "a\nb\nc\nd"},
		{"empty lines", "a\n\n\n\n b \n \n", "a b", "a\n\nb"},
		{"controls", "a\x00b\x07c\u00add\ufeffe\u202ef", "abcdef", "abcdef"},
		{"invalid bytes", "Caf\xe9 closed", "Caf\ufffd closed", "Caf\ufffd closed"},
		{"a run of invalid bytes", "a\xff\xfe\xfdb", "a\ufffdb", "a\ufffdb"},
		{"joiners stay", "\U0001f469\u200d\U0001f692 \u0646\u0645\u06cc\u200c\u062e", "\U0001f469\u200d\U0001f692 \u0646\u0645\u06cc\u200c\u062e", "\U0001f469\u200d\U0001f692 \u0646\u0645\u06cc\u200c\u062e"},
		{"composed", "Gara\u0327on", "Gara\u0327on", "Gara\u0327on"},
		{"composed e", "Metz-Cafe\u0301", "Metz-Caf\u00e9", "Metz-Caf\u00e9"},
		{"bullets", "\u2022 one\n\u25e6\ttwo\n\uf0b7 three\n\u2022", "one \u25e6 two \u2022 three \u2022", "- one\n- two\n- three"},
		{"a bullet within", "Red \u2022 Blue", "Red \u2022 Blue", "Red \u2022 Blue"},
		{"signs of lines", "[F] [A]~ trains skip 14 St", "[F] [A]~ trains skip 14 St", "[F] [A]~ trains skip 14 St"},
		{"entities", "Tom &amp; Jerry&#39;s &nbsp; &eacute; &#x2014; &lt;1 h", "Tom & Jerry's \u00e9 \u2014 <1 h", "Tom & Jerry's \u00e9 \u2014 <1 h"},
		{"no entities", "AT&T, R&D; a=1&section=2&copy", "AT&T, R&D; a=1&section=2&copy", "AT&T, R&D; a=1&section=2&copy"},
		{"entity of nothing", "&#0; &#xFFFFFFFF; &unknown; &;", "\ufffd \ufffd &unknown; &;", "\ufffd \ufffd &unknown; &;"},
		{"paragraphs", "<p>One</p><p>Two<br/>three</p>", "One Two three", "One\n\nTwo\nthree"},
		{"list", "Skips:<ul><li>A St</li><li>B St</li></ul>Use bus", "Skips: \u2022 A St \u2022 B St Use bus", "Skips:\n\n- A St\n- B St\n\nUse bus"},
		{"inline", "<b>No</b> <i class=\"x\">service</i><span>!</span>", "No service!", "No service!"},
		{"link", `See <a href="https://x.example/?a=1&amp;b=2">the page</a>.`, "See the page.", "See the page."},
		{"upper case", "A<BR>B<P>C", "A B C", "A\nB\n\nC"},
		{"no tags", "Delays <10 min, 5 < 7 > 3, <Red Line>, <3", "Delays <10 min, 5 < 7 > 3, <Red Line>, <3", "Delays <10 min, 5 < 7 > 3, <Red Line>, <3"},
		{"escaped twice", "&lt;p&gt;One &amp;amp; two&lt;/p&gt;", "One & two", "One & two"},
		{"entities escaped twice", "caf&amp;eacute; 5&amp;nbsp;min", "caf\u00e9 5 min", "caf\u00e9 5 min"},
		{"script", "a<script>alert('<p>')</script>b<STYLE>p{}</Style >c", "abc", "abc"},
		{"comment", "a<!-- x --><!--- y -->b<!doctype html>c", "abc", "abc"},
		{"open tag", "text <a href=", "text", "text"},
		{"open tag before another", "text <a href=<b>bold", "text bold", "text bold"},
		{"open comment", "text <!-- never ends", "text", "text"},
		{"section", "<![CDATA[No <b>trains</b>]]>", "No trains", "No trains"},
		{"nothing", "<p> &nbsp; </p>\u200b", "", ""},
	} {
		if got := plain(tt.in, 1000, false); got != tt.line {
			t.Errorf("%s, one line:\ngot  %q\nwant %q", tt.name, got, tt.line)
		}
		if got := plain(tt.in, 1000, true); got != tt.lines {
			t.Errorf("%s, lines:\ngot  %q\nwant %q", tt.name, got, tt.lines)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab\u2026"},
		{"one two three", 12, "one two\u2026"},
		{"\u00e9\u00e9\u00e9", 3, "\u00e9\u00e9\u00e9"},
		{"\u00e9\u00e9\u00e9\u00e9", 3, "\u00e9\u00e9\u2026"},
		{"abc", 0, ""},
		{"abc", -1, ""},
	} {
		got := shorten(tt.in, tt.limit)
		if got != tt.want || utf8.RuneCountInString(got) > max(tt.limit, 0) {
			t.Errorf("%q to %d: got %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}

// TestTextsAreLinear: what is made to be gone through again and again is not.
func TestTextsAreLinear(t *testing.T) {
	for _, unit := range []string{"<a ", "<", "&", "<!--", "<script>", "&lt;a ", "</", "&amp;", "<![CDATA[", "\u2022\n", "<p>"} {
		in := strings.Repeat(unit, 8*maxText/len(unit))
		if n := testing.AllocsPerRun(1, func() { plain(in, maxText, true) }); n > 100_000 {
			t.Errorf("%q: %v allocations", unit, n)
		}
	}
}

func TestLanguages(t *testing.T) {
	for in, want := range map[string]struct {
		tag  string
		html bool
	}{
		"":            {"", false},
		"en":          {"en", false},
		"EN":          {"en", false},
		"en_us":       {"en-US", false},
		"zh-hant-tw":  {"zh-Hant-TW", false},
		"en-html":     {"en", true},
		"en/html":     {"en", true},
		"EN-HTML":     {"en", true},
		"html":        {"", true},
		"text/html":   {"", true},
		"fr-ca-html5": {"fr-CA", true},
		"English":     {"", false},
		"e1":          {"", false},
		"gsw":         {"gsw", false},
		"es-419":      {"es-419", false},
		"\xff\x00":    {"", false},
		"en-\x00":     {"", false},
	} {
		if got, html := tag(in); got != want.tag || html != want.html {
			t.Errorf("%q: got %q, %t", in, got, html)
		}
	}
}

// TestTranslations keeps one text for each language, and HTML only where there is
// nothing else.
func TestTranslations(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pairs []string
		want  string
	}{
		{"plain and HTML", []string{"en", "a", "en-html", "<p>b</p>"}, "en:a"},
		{"HTML first", []string{"en-html", "<p>b</p>", "en", "a"}, "en:a"},
		{"HTML alone", []string{"en-html", "<p>b</p>"}, "en:b"},
		{"HTML beside another language", []string{"fr", "a", "en-html", "<p>b</p>"}, "fr:a en:b"},
		{"HTML beside a region", []string{"en-US", "a", "en/html", "<p>b</p>"}, "en-US:a"},
		{"HTML beside none", []string{"", "a", "en-html", "<p>b</p>"}, ":a"},
		{"HTML of no language", []string{"de", "a", "html", "<p>b</p>"}, "de:a :b"},
		{"twice", []string{"en", "a", "EN", "b"}, "en:a"},
		{"an empty one first", []string{"en", " ", "en", "b"}, "en:b"},
		{"order", []string{"fr", "c", "", "a", "de", "b"}, "fr:c :a de:b"},
		{"unmarked HTML", []string{"fr", "<p>Arr&ecirc;t</p>"}, "fr:Arr\u00eat"},
	} {
		var got []string
		for _, x := range only(t, doc(one("a", num(7, 1), tr(10, tt.pairs...)))).Header {
			got = append(got, x.Language+":"+x.Text)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClip(t *testing.T) {
	for in, want := range map[string]string{"abcde": "abcd", "abcd": "abcd", "abc\u00e9": "abc", "ab\U0001f68f": "ab", "\x80\x80\x80\x80\x80": "\x80\x80\x80\x80"} {
		if got := clip(in, 4); got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
}
