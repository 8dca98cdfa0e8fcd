package mastodon

import (
	"strings"
	"testing"
	"unicode/utf8"

	"spool"
	"spool/publisher/mastodon/mastodontest"
)

// TestLength against figures by hand: 23 for an address, a name without its
// instance, graphemes for the rest.
func TestLength(t *testing.T) {
	long := "https://news.example.org/" + strings.Repeat("x", 200)
	tests := map[string]int{
		"":                               0,
		"Straße":                         6,
		"e\u0301tude":                    5,
		"👨‍👩‍👧‍👦🇫🇷":                      2,
		"नि":                             1,
		"https://a.org":                  23,
		long:                             23,
		"HTTPS://NEWS.EXAMPLE.ORG/A":     23,
		"see " + long + ".":              28,
		"(" + long + ")":                 25,
		long + "\n\n" + long:             48,
		"www.example.org/without":        23, // no scheme: in full, which happens to be 23
		"http://example.org?x=1&y=2":     23,
		"http://example.org/?x=1&y=2.":   24,
		"http://example.org:8080/a":      23,
		"@anna@other.example hello":      11,
		"@anna hello":                    11,
		"mail anna@other.example":        23,
		"#topic and \u200bmore":          16,
		"ftp://example.org/file":         22,
		"https://example.org/a,b;c:d":    23,
		"https://example.org/wiki/A_(b)": 23 + 3, // the parentheses count, to be safe
	}
	for text, want := range tests {
		if got := defaults().length(text); got != want {
			t.Errorf("length(%q) = %d, want %d", text, got, want)
		}
	}
}

// TestLengthElsewhere: what other servers count is not known, so it is the most.
func TestLengthElsewhere(t *testing.T) {
	inst := instance{Other: true, Reserved: 25}
	for text, want := range map[string]int{
		"https://a.org":                         25,
		"https://example.org/a/rather/long/one": 37,
		"👨‍👩‍👧‍👦":                               7,
		"@anna@other.example":                   19,
	} {
		if got := inst.length(text); got != want {
			t.Errorf("length(%q) = %d, want %d", text, got, want)
		}
	}
}

// FuzzLength: what the client counts is never less than what the stand-in counts,
// which has a pattern of its own, and not much more than the text is long.
func FuzzLength(f *testing.F) {
	for _, s := range []string{
		"", "a https://example.org/ä?b=c#d.", "x(https://a.org/b_(c))", "https://a.org/ü", "https://a.b.org:80/?q=ü&x", "@a@b.org",
		"$https://a.org", "https://a_b.org/x.html!", "http://http://a.org", "https://a.org/a?b?c=d).", "https://a.org\u0301", "日本https://a.org/日本。",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		got, want := defaults().length(s), mastodontest.Count(s, defaultReserved)
		if got < want {
			t.Errorf("length(%q) = %d, the stand-in counts %d", s, got, want)
		}
		if most := utf8.RuneCountInString(s) + defaultReserved*strings.Count(strings.ToLower(s), "http"); got > most {
			t.Errorf("length(%q) = %d, more than %d", s, got, most)
		}
	})
}

// FuzzWords: whatever the words, they fit, they are valid, and the link is whole.
func FuzzWords(f *testing.F) {
	f.Add("word ", "https://example.org/a", "", uint8(60))
	f.Add("👨‍👩‍👧‍👦", "https://example.org/a?b=c", "Warning", uint8(40))
	f.Add("a https://example.org/b c ", "", "", uint8(30))
	f.Fuzz(func(t *testing.T, s, link, warning string, most uint8) {
		if utf8.RuneCountInString(warning) > 20 || !utf8.ValidString(warning) {
			return
		}
		inst := defaults()
		inst.Max = 60 + int(most)
		c := spool.Content{Text: strings.Repeat(s, 1+int(most)%9), Link: link, Warning: warning}
		if !webAddress(link) || inst.length(link) > 40 || strings.ContainsAny(link, " \n\t\u0085") || tidy(link) != link {
			c.Link = ""
		}
		text, cut := inst.words(c, false)
		if !utf8.ValidString(text) {
			t.Errorf("%q is not valid", text)
		}
		_, address := lastLink(tidy(c.Text))
		if n := inst.length(text) + inst.length(warning); n > inst.Max && inst.length(address) < 40 {
			t.Errorf("%d of %d: %q", n, inst.Max, text)
		}
		if c.Link != "" && !strings.Contains(text, c.Link) {
			t.Errorf("the link %q is not in %q", c.Link, text)
		}
		if !cut && c.Link == "" && text != tidy(c.Text) {
			t.Errorf("changed without need: %q", text)
		}
	})
}

// TestLimitThatShrank: a long text without spaces, for an instance that took it when it
// was worded and takes next to nothing now, is shortened at once.
func TestLimitThatShrank(t *testing.T) {
	inst := defaults()
	inst.Max = 60
	text, cut := inst.words(spool.Content{Text: strings.Repeat("橋", 100_000), Link: "https://news.example/1"}, false)
	if n := inst.length(text); !cut || n > inst.Max || n < inst.Max-3 || !strings.HasSuffix(text, "…\n\nhttps://news.example/1") {
		t.Errorf("%d counted, cut %v", n, cut)
	}
	if text, _ := defaults().words(spool.Content{Text: "\x00One\x01\r\n\ttwo\x7f"}, false); text != "One\n\ttwo" {
		t.Errorf("control characters stay: %q", text)
	}
	inst.Max = 1 // or what an instance may say by mistake
	if text, _ := inst.words(spool.Content{Text: "Words", Link: "https://news.example/1"}, false); text != "https://news.example/1" {
		t.Errorf("%q", text)
	}
}

func TestMute(t *testing.T) {
	const z = "\u200b"
	tests := map[string]string{
		"no signs":                       "no signs",
		"#tag and @name":                 "#" + z + "tag and @" + z + "name",
		"＃tag ＠name":                     "＃" + z + "tag ＠" + z + "name",
		"a # b @ c #! @.":                "a # b @ c #! @.",
		"anna@example.org":               "anna@example.org",
		"(@anna)":                        "(@" + z + "anna)",
		"#1 of #Straße":                  "#" + z + "1 of #" + z + "Straße",
		"https://example.org/@anna#top":  "https://example.org/@anna#top",
		"@anna:https://example.org/#top": "@" + z + "anna:https://example.org/#top",
		"##a":                            "##" + z + "a",
		"#日本":                            "#" + z + "日本",
		"@anna@other.example":            "@" + z + "anna@other.example",
	}
	for text, want := range tests {
		if got := Mute(text); got != want {
			t.Errorf("Mute(%q) = %q, want %q", text, got, want)
		}
		if got := Mute(want); got != want {
			t.Errorf("Mute(Mute(%q)) = %q", text, got)
		}
	}
}

func TestLanguageCode(t *testing.T) {
	tests := map[string]string{
		"en": "en", "en-GB": "en", "de-DE-1996": "de", "zh-Hant-TW": "zh", "pt_BR": "pt", "deu": "de", "EN": "en", "iw": "he",
		"": "", "und": "", "x-klingon": "", "gsw": "", "not a tag": "", "en-": "",
	}
	for tag, want := range tests {
		if got := languageCode(tag); got != want {
			t.Errorf("languageCode(%q) = %q, want %q", tag, got, want)
		}
	}
}
