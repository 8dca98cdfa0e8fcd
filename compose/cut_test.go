package compose

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"spool"
)

func within(n int) func(string) bool {
	return func(s string) bool { return utf8.RuneCountInString(s) <= n }
}

func TestShorten(t *testing.T) {
	tests := []struct {
		name, s string
		max     int
		want    string
	}{
		{"fits", "One. Two.", 9, "One. Two."},
		{"sentence", "The ship is late. The next one is later.", 30, "The ship is late."},
		{"two sentences", "It rained. It snowed. It was cold that night.", 30, "It rained. It snowed."},
		{"a tiny sentence is passed over", "Yes. The council has decided to build the bridge after all.", 40, "Yes. The council has decided to build…"},
		{"word", "The council has decided to build the bridge", 25, "The council has decided…"},
		{"punctuation before the ellipsis goes", "The council, however, has decided", 22, "The council, however…"},
		{"a dash too", "The council – however it votes", 14, "The council…"},
		{"one long word", "Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"},
		{"a long word after a short one", "A Donaudampfschifffahrtsgesellschaftskapitän", 20, "A Donaudampfschifff…"},
		{"an address is not cut", "See https://example.org/a/very/long/address/indeed", 30, "See…"},
		{"an address stays clear of the ellipsis", "See https://example.org/a/ and much more of it", 28, "See https://example.org/a/ …"},
		{"an entity before the cut keeps its end", "Smith &amp; Wesson of Springfield", 13, "Smith &amp;…"},
		{"only an address", "https://example.org/a/very/long/address", 20, ""},
		{"an entity is not cut", "Smith&amp;Wesson&amp;Sons", 8, "Smith…"},
		{"title of a person", "He met Dr. Strange and Mr. Brown. They talked for hours.", 45, "He met Dr. Strange and Mr. Brown."},
		{"abbreviation at the cut", "The chair is Dr. Miriam Brown of Ghent", 20, "The chair is Dr…"},
		{"initials and countries", "It was U.S. President J. F. Kennedy. He spoke.", 42, "It was U.S. President J. F. Kennedy."},
		{"numbers", "It cost 3.5 million in 2024. That is a lot.", 35, "It cost 3.5 million in 2024."},
		{"German dates", "Das Fest ist am 3. Mai im Park. Alle kommen.", 38, "Das Fest ist am 3. Mai im Park."},
		{"German dates, cut behind", "Das Fest ist am 3. Mai im Park und überall sonst auch.", 24, "Das Fest ist am 3. Mai…"},
		{"an abbreviation, cut behind", "We met Prof. Brown of the university today.", 22, "We met Prof. Brown of…"},
		{"lower case goes on", "The firm Yahoo! said so. We heard it.", 30, "The firm Yahoo! said so."},
		{"quotes", `She said: "We won." Then she left the hall.`, 30, `She said: "We won."`},
		{"curly quotes", "“We won.” Then she left the hall again.", 25, "“We won.”"},
		{"paragraph", "Headline without a stop\nThe text goes on and on", 30, "Headline without a stop"},
		{"domain", "Visit example.org today. Then write to us.", 30, "Visit example.org today."},
		{"Japanese", "今日は雨です。明日は晴れるでしょう。", 12, "今日は雨です。"},
		{"Japanese, no end", "今日は東京で大雨が降りました", 8, "今日は東京で大…"},
		{"Japanese, no mark at the beginning of a line", "今日は、雨、雪、風", 5, "今日は…"},
		{"Chinese", "市长说：“好。”然后离开了会场。", 10, "市长说：“好。”"},
		{"Arabic", "هل وصلت السفينة؟ لم تصل بعد إلى الميناء", 25, "هل وصلت السفينة؟"},
		{"Arabic, no end", "وصلت السفينة، إلى الميناء", 15, "وصلت السفينة…"},
		{"Urdu", "جہاز آ گیا۔ کل روانہ ہوگا", 15, "جہاز آ گیا۔"},
		{"Hindi", "जहाज़ आ गया। कल रवाना होगा।", 16, "जहाज़ आ गया।"},
		{"Hindi letters stay whole", "क्षत्रियक्षत्रिय", 3, ""},
		{"emoji stay whole", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 10, "👩‍👩‍👧‍👦…"},
		{"flags stay whole", "🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"},
		{"keycap and tone", "1️⃣👍🏽👍🏽", 6, "1️⃣👍🏽…"},
		{"no room at all", "Word", 0, ""},
		{"room for the ellipsis alone", "Word", 1, ""},
	}
	for _, tt := range tests {
		if got := shorten(tt.s, within(tt.max)); got != tt.want {
			t.Errorf("%s: shorten to %d: %q, want %q", tt.name, tt.max, got, tt.want)
		}
	}
}

func TestOrderOfShortening(t *testing.T) {
	words := strings.TrimSpace(strings.Repeat("word ", 40))
	it := spool.Item{Title: "A title of some length", Summary: words, Author: "Ana", Link: "https://example.org/storm"}
	tests := []struct {
		name, text string
		max        int
		want       string
		note       string
	}{
		{"the part marked fit", "", 60, it.Title + "\n\nword word word word word word word…", "the summary is shortened from 199 to 35 characters"},
		{"a scrap is left out", "", 30, it.Title, "the summary is left out: there is no room for it"},
		{"then the title", "", 15, "A title of…", "the title is shortened from 22 to 11 characters"},
		{"marked in the middle", "{{ .Title }}\n{{ .Summary | fit }}\nBy {{ .Author }}", 50, it.Title + "\nword word word word…\nBy Ana", "the summary is shortened"},
		{"two marked: the last one first", "{{ .Title | fit }}\n{{ .Summary | fit }}", 44, it.Title + "\nword word word word…", "the summary is shortened"},
		{"two marked: then the first", "{{ .Title | fit }}\n{{ .Summary | fit }}", 18, "A title of some…", "the title is shortened"},
		{"the template's own words last", "Words of our own that are far too many for it {{ .Author }}", 20, "Words of our own…", "the whole text is shortened"},
		{"nothing marked", "{{ .Title }}: {{ .Summary }}", 40, "A title of some length: word word word…", "the whole text is shortened"},
		{"the link stays", "{{ .Title }}\n\n{{ .Summary | fit }}\n{{ .Link }}", 50, "A title of some length\n\n" + it.Link, "the summary is left out"},
		{"the link stays, the title goes", "{{ .Title }} {{ .Link }}", 36, "A title… " + it.Link, "the title is shortened"},
		{"a link that is marked stays as well", "{{ .Title }} {{ .Link | fit }}", 36, "A title… " + it.Link, "the title is shortened"},
	}
	for _, tt := range tests {
		l := spool.TextLimits{Max: tt.max}
		got, r := compose(t, Settings{Text: tt.text, Link: "none"}, it, l)
		if got.Text != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got.Text, tt.want)
		}
		if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.HasPrefix(n, tt.note) }) {
			t.Errorf("%s: notes %q, want %q", tt.name, r.Notes, tt.note)
		}
		if r.Length != utf8.RuneCountInString(got.Text) || r.Limit != tt.max {
			t.Errorf("%s: report %+v", tt.name, r)
		}
	}
}

func TestShort(t *testing.T) {
	l := cards()
	l.Bytes = 500
	it := storm()
	it.Summary = strings.Repeat("海上の船は金曜日まで港に留まる。", 20)
	got, _ := compose(t, Settings{Link: "text"}, it, l)
	if utf8.RuneCountInString(got.Text) > 500 || len(got.Text) <= 500 {
		t.Fatalf("the text is no test: %d bytes", len(got.Text))
	}
	if len(got.Short) > 500 || len(got.Short) < 400 || !strings.HasSuffix(got.Short, "留まる。\n\n"+it.Link) {
		t.Errorf("short version of %d bytes: %q", len(got.Short), got.Short)
	}
	tagged, _ := compose(t, Settings{Text: "{{ hashtag .Categories }} {{ .Summary | fit }}"}, it, l)
	if !strings.HasPrefix(tagged.Short, "#LocalNews #Weather 海") || len(flaws(tagged, l)) > 0 {
		t.Errorf("with hashtags: %q, %v", tagged.Short, flaws(tagged, l))
	}
	if got, _ := compose(t, Settings{}, storm(), l); got.Short != "" {
		t.Errorf("a text that fits has a short version: %q", got.Short)
	}
}

// TestAnyItem: whatever a feed says and however a network counts, a post is
// within the limit, valid, whole and the same each time.
func TestAnyItem(t *testing.T) {
	word := rapid.SampledFrom([]string{"the", "Harbour", "Dr.", "end.", "what?", "U.S.", "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "क्षत्रिय", "नमस्ते", "السفينة؟", "今日は雨です。", "cafe\u0301s", "&amp;", "#tag", "@name", "https://e.org/x?y=1&z=2", "\n\n", "\u200d", "\u0600", "x\u0301\u0302", "—", "\xff", "\x01", strings.Repeat("long", 30)})
	words := func(max int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(word, 0, max).Draw(t, "words"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "space"))
		})
	}
	texts := rapid.SampledFrom([]string{"", "{{ .Title }}", "{{ .Title | fit }}: {{ .Summary | fit }} {{ .Link }}", "News! {{ .Summary }}\n{{ hashtag .Categories }}"})
	rapid.Check(t, func(t *rapid.T) {
		it := spool.Item{ID: "i", Title: words(12).Draw(t, "title"), Summary: words(60).Draw(t, "summary"), Categories: []string{words(3).Draw(t, "category")},
			Link: rapid.SampledFrom([]string{"https://example.org/a?b=c&d=e#f", "https://example.org/ü"}).Draw(t, "link")}
		l := spool.TextLimits{Max: rapid.IntRange(40, 300).Draw(t, "max"), Topic: 20, Mute: zeroWidth, Card: rapid.Bool().Draw(t, "card")}
		l.Length = rapid.SampledFrom([]func(string) int{nil, uniseg.GraphemeClusterCount, func(s string) int { return len(s) }}).Draw(t, "length")
		l.Bytes = l.Max
		s := Settings{Text: texts.Draw(t, "text"), Link: rapid.SampledFrom([]string{"card", "text", "none"}).Draw(t, "how"), Topic: "{{ .Category }}"}
		w, err := New(s)
		if err != nil {
			t.Fatal(err)
		}
		c, r, err := w.Compose(it, Values{}, l)
		if err != nil {
			t.Fatal(err)
		}
		if again, _, _ := w.Compose(it, Values{}, l); !again.Equal(c) {
			t.Fatalf("%+v, then %+v", c, again)
		}
		if r.Length > l.Max || r.Length != (&composition{limits: l}).length(c.Text) {
			t.Fatalf("%d of %d: %q", r.Length, l.Max, c.Text)
		}
		if len(c.Short) > l.Bytes || len(c.Text) > l.Bytes && c.Short == "" {
			t.Fatalf("short of %d bytes, limit %d: %q", len(c.Short), l.Bytes, c.Short)
		}
		for _, text := range []string{c.Text, c.Short} {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x01\x02\x03\x05\r") || text != strings.TrimSpace(text) || strings.Contains(text, "\n\n\n") {
				t.Fatalf("malformed: %q", text)
			}
			if rest := strings.NewReplacer("https://e.org/x?y=1&z=2", "", "&amp;", "").Replace(text); strings.Contains(rest, " https://e.") || strings.Contains(rest, "&am") {
				t.Fatalf("an address or an entity is cut: %q", text)
			}
			if (s.Link == "text" || s.Link == "card" && !l.Card) && text != "" && strings.Count(text, it.Link) != 1 {
				t.Fatalf("the link is not there once: %q", text)
			}
		}
		if c.Text == "" || utf8.RuneCountInString(c.Topic) > 20 || strings.ContainsAny(c.Topic, ".&") {
			t.Fatalf("text %q, topic %q", c.Text, c.Topic)
		}
	})
}

// TestCutsAreWhole: what shorten keeps ends where a grapheme of s ends.
func TestCutsAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := lines(rapid.StringOf(rapid.SampledFrom([]rune("ab .!👩\u200d👧🇩🇪\u0301\u094dकष今。\u0600\n…&;m"))).Draw(t, "s"))
		got := shorten(s, within(rapid.IntRange(0, 30).Draw(t, "max")))
		kept := strings.TrimSuffix(got, ellipsis)
		if got == s || kept == "" {
			return
		}
		if !strings.HasPrefix(s, kept) {
			t.Fatalf("%q is not the beginning of %q", kept, s)
		}
		if !endsGrapheme(s, kept) && !endsGrapheme(s, got) { // the ellipsis may be the text's own
			t.Fatalf("%q ends inside a grapheme of %q", kept, s)
		}
	})
}

// endsGrapheme reports whether a beginning of s ends where one of its graphemes does.
func endsGrapheme(s, beginning string) bool {
	if !strings.HasPrefix(s, beginning) {
		return false
	}
	at, g := 0, uniseg.NewGraphemes(s)
	for at < len(beginning) && g.Next() {
		at += len(g.Str())
	}
	return at == len(beginning)
}

func FuzzCompose(f *testing.F) {
	f.Add("Storm", "Ships wait. More soon.", "https://example.org/a", "weather", 50)
	f.Add("👩‍👩‍👧‍👦", "今日は雨です。", "http://x", "#", 7)
	f.Fuzz(func(t *testing.T, title, summary, link, category string, limit int) {
		l := spool.TextLimits{Max: 1 + (limit&0x7fffffff)%600, Length: uniseg.GraphemeClusterCount, Topic: 50, Alt: 50, Mute: zeroWidth}
		it := spool.Item{Title: title, Summary: summary, Link: link, Categories: []string{category}, Media: []spool.Media{{URL: link, Type: "image/png", Alt: summary}}}
		c, r, err := wording(t, Settings{Topic: "{{ .Category }}", Query: map[string]string{"c": "{{ .Category }}"}}).Compose(it, Values{}, l)
		if err != nil {
			return
		}
		if !utf8.ValidString(c.Text) || c.Text == "" || r.Length > l.Max || strings.ContainsAny(c.Text+c.Topic+firstPicture(c).URL, "\x00\x01\x02\x03\x05") {
			t.Errorf("%d of %d: %+v", r.Length, l.Max, c)
		}
	})
}

// TestHardTexts: no text takes long, whatever it consists of.
func TestHardTexts(t *testing.T) {
	most := 2 * time.Second
	if testing.Short() {
		most *= 10 // the race detector is slow, and the machine may be busy besides
	}
	for _, unit := range []string{")", "(", ". ", "!", "h", "www.", "https://", "&amp", "&", "\u0301", "\u094d", "👩\u200d", "\n", " ", "。", "a.", "\u0600", "#", "\ufb2c"} {
		it := spool.Item{Title: strings.Repeat(unit, 5<<10), Summary: strings.Repeat(unit, 50<<10), Link: "https://example.org/"}
		start := time.Now() //nolint:forbidigo // the time it takes is what is tested
		if _, _, err := wording(t, Settings{}).Compose(it, Values{}, plainText()); err != nil {
			t.Errorf("%q: %v", unit, err)
		}
		if d := time.Since(start); d > most {
			t.Errorf("%q repeated takes %v", unit, d)
		}
	}
}

func BenchmarkCompose(b *testing.B) {
	it := storm()
	it.Summary = strings.Repeat("Ships stay in port until Friday, the mayor said on Tuesday evening. ", 12)
	w, l := wording(b, Settings{Topic: "{{ .Category }}"}), cards()
	l.Mute, l.Bytes = zeroWidth, 500
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := w.Compose(it, Values{}, l); err != nil {
			b.Fatal(err)
		}
	}
}
