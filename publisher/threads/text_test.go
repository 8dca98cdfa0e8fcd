package threads

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"spool"
	"spool/publisher/threads/threadstest"
)

func TestLength(t *testing.T) {
	tests := map[string]int{
		"":            0,
		"plain":       5,
		"Größe":       5,
		"“quoted”":    8,
		"旧桥重新开放":      6,
		"e\u0301":     2,
		"☀️":          6,
		"🇫🇷":          8,
		"1️⃣":         7,
		"👨‍👩‍👧‍👦":     25,
		"a 🚲 b":       8,
		"© 2026":      7,
		"a\r\nb":      4,
		"\xff broken": 8,
	}
	for s, want := range tests {
		if got := Length(s); got != want {
			t.Errorf("Length(%q) = %d, want %d", s, got, want)
		}
	}
}

// TestPictographs: every character that the segmentation rules take for a
// pictograph is in our table. Only between two of them does a zero-width joiner
// hold a cluster together.
func TestPictographs(t *testing.T) {
	for r := rune(0x80); r < 0x1FFFE; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if uniseg.GraphemeClusterCount(string(r)+"\u200D❤") == 1 && !isEmoji(string(r)) {
			t.Errorf("%U is a pictograph and not in the table", r)
		}
	}
}

func TestMute(t *testing.T) {
	tests := map[string]string{
		"":                                       "",
		"nothing here":                           "nothing here",
		"#1 of the year":                         "#\u200b1 of the year",
		"we are # 1":                             "we are # 1",
		"mail a@b.example":                       "mail a@b.example",
		"@name and #tag":                         "@\u200bname and #\u200btag",
		"##double":                               "##\u200bdouble",
		"C# and F#":                              "C# and F#",
		"＃全角 and ＠名前":                            "＃\u200b全角 and ＠\u200b名前",
		"#🚲":                                     "#\u200b🚲",
		"see https://a.example/@me#top now #tag": "see https://a.example/@me#top now #\u200btag",
		"(#tag)":                                 "(#\u200btag)",
		"a\n@b":                                  "a\n@\u200bb",
		"ends with @":                            "ends with @",
	}
	for s, want := range tests {
		if got := Mute(s); got != want {
			t.Errorf("Mute(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzMute(f *testing.F) {
	f.Add("#tag @name ＃x")
	f.Fuzz(func(t *testing.T, s string) {
		once := Mute(s)
		if Mute(once) != once {
			t.Errorf("muting %q twice changes it", s)
		}
		if utf8.ValidString(s) && plain(once) != plain(s) {
			t.Errorf("muting %q changes what it is matched by: %q, %q", s, plain(s), plain(once))
		}
	})
}

func TestText(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("words ", 80)) // 479 long
	link := "https://news.example.org/a"
	tests := []struct {
		name    string
		n       notes
		content spool.Content
		want    string
	}{
		{"a card", notes{}, spool.Content{Text: "Words", Link: link}, "Words"},
		{"no card", notes{NoCard: true}, spool.Content{Text: "Words", Link: link}, "Words\n\n" + link},
		{"the link is there already", notes{NoCard: true}, spool.Content{Text: "Words " + link, Link: link}, "Words " + link},
		{"an image has no card", notes{}, spool.Content{Text: "Words", Link: link, Media: []spool.Attachment{{Public: "https://x.example/i.jpg"}}}, "Words\n\n" + link},
		{"without its image it has", notes{Lost: []int{0}}, spool.Content{Text: "Words", Link: link, Media: []spool.Attachment{{Public: "https://x.example/i.jpg"}}}, "Words"},
		{"one that the network cannot fetch is none", notes{}, spool.Content{Text: "Words", Link: link, Media: []spool.Attachment{{URL: "https://x.example/i.jpg"}}}, "Words"},
		{"what stands in its place", notes{Lost: []int{0}}, spool.Content{Text: "Words " + link, Media: []spool.Attachment{{Public: "https://x.example/i.jpg"}}, Instead: &spool.Content{Text: "Words", Link: link}}, "Words"},
		{"but not where the parts that follow are others", notes{Lost: []int{0}}, spool.Content{Text: "Words", More: []string{"2"}, Media: []spool.Attachment{{Public: "https://x.example/i.jpg"}}, Instead: &spool.Content{Text: "All words"}}, "Words"},
		{"the short text", notes{Short: true}, spool.Content{Text: "Words", Short: "W"}, "W"},
		{"there is no short text", notes{Short: true}, spool.Content{Text: "Words"}, "Words"},
		{"no words at all", notes{NoCard: true}, spool.Content{Link: link}, link},
		{"line ends and white space", notes{}, spool.Content{Text: "a\r\nb \n"}, "a\nb"},
		{"composed", notes{}, spool.Content{Text: "e\u0301"}, "é"},
	}
	for _, tt := range tests {
		if got := tt.n.text(tt.content); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, bytes := range []bool{false, true} {
		for _, s := range []string{long, strings.Repeat("x", 489), strings.Repeat("é", 245), strings.Repeat("👨‍👩‍👧‍👦", 19)} {
			got := withLink(s, link, bytes)
			if !strings.HasSuffix(got, link) || Length(got) > maxText || bytes && len(got) > maxBytes || !utf8.ValidString(got) {
				t.Errorf("withLink(%.20q…, bytes %v) = %q, %d long", s, bytes, got, Length(got))
			}
		}
	}
}

func TestTopic(t *testing.T) {
	tests := map[string]string{
		"": "", "News": "News", "#News": "News", "St. Mary & Co.": "St Mary Co", "  a\n b ": "a b", "...": "",
		strings.Repeat("ä", 60): strings.Repeat("ä", 50),
	}
	for s, want := range tests {
		if got := topic(s); got != want {
			t.Errorf("topic(%q) = %q, want %q", s, got, want)
		}
	}
}

// TestOddTexts: what the API takes for no text at all does not cost the post.
func TestOddTexts(t *testing.T) {
	for text, want := range map[string]string{"": testLink, " \n": testLink, "a\x00b\xff\xfec": "abc", "\x01": testLink} {
		bubble(t, threadstest.Options{}, func(w *world) {
			p := newPost()
			p.Content.Text = text
			if p = w.drive(p); p.State != spool.Live {
				t.Errorf("%q: %s: %s", text, p.State, p.Reason)
			} else if seen := w.visible(1)[0]; seen.Text != want {
				t.Errorf("%q: a reader sees %q", text, seen.Text)
			}
		})
	}
}
