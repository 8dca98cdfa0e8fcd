package compose

import (
	"strings"
	"testing"
	"unicode"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"spool"
)

// threadOf words an item as a chain.
func threadOf(t testing.TB, s Settings, it spool.Item, l spool.TextLimits) (spool.Content, Report) {
	t.Helper()
	if s.Chain == 0 {
		s.Chain = 25
	}
	return compose(t, s, it, l)
}

func TestChain(t *testing.T) {
	small := spool.TextLimits{Max: 60, Card: true, Replies: true}
	inText := spool.TextLimits{Max: 60, Replies: true, Length: mastodonLimits().Length}
	long := "The ships stay in port until Friday. The council meets tonight at eight. Everybody is welcome, and there is tea."
	tests := []struct {
		name string
		l    spool.TextLimits
		s    Settings
		text string
		want []string
	}{
		{"sentences", small, Settings{}, long, []string{"Storm\n\nThe ships stay in port until Friday.", "The council meets tonight at eight.", "Everybody is welcome, and there is tea."}},
		{"off", small, Settings{Chain: 1}, long, []string{"Storm\n\nThe ships stay in port until Friday."}},
		{"fits", small, Settings{}, "Ships wait.", []string{"Storm\n\nShips wait."}},
		{"no replies", spool.TextLimits{Max: 60, Card: true}, Settings{}, long, []string{"Storm\n\nThe ships stay in port until Friday."}},
		{"the last one is cut", small, Settings{Chain: 2}, long, []string{"Storm\n\nThe ships stay in port until Friday.", "The council meets tonight at eight."}},
		{"paragraphs", small, Settings{Text: "{{ .Summary }}"}, "One line of some length here, and more.\n\nAnother one. It ends here.", []string{"One line of some length here, and more.", "Another one. It ends here."}},
		{"clauses", small, Settings{Text: "{{ .Summary }}"}, "The ships that were expected on Friday, stay in the port of Harwich for now", []string{"The ships that were expected on Friday…", "stay in the port of Harwich for now"}},
		{"words", small, Settings{Text: "{{ .Summary }}"}, "The ships that were expected on Friday stay in the port of Harwich for now", []string{"The ships that were expected on Friday stay in the port of…", "Harwich for now"}},
		{"the link is on the first", inText, Settings{}, long, []string{"Storm\n\nThe ships stay in port…\n\nhttps://e.org/1", "until Friday. The council meets tonight at eight.", "Everybody is welcome, and there is tea."}},
		{"hashtags too", small, Settings{Text: "{{ .Title }}\n\n{{ .Summary | fit }}\n\n{{ hashtag .Categories }}"}, long,
			[]string{"Storm\n\nThe ships stay in port until Friday.\n\n#LocalNews", "The council meets tonight at eight.", "Everybody is welcome, and there is tea."}},
		{"a link that the template prints goes up", inText, Settings{Text: "{{ .Title }}\n\n{{ .Summary }}\n{{ .Link }}"}, long, []string{"Storm\n\nThe ships stay in port…\n\nhttps://e.org/1", "until Friday. The council meets tonight at eight.", "Everybody is welcome, and there is tea."}},
		{"a link among words stays", small, Settings{Text: "{{ .Title }}: {{ .Summary }} Read {{ .Link }}", Link: LinkText}, long[:72], []string{"Storm: The ships stay in port until Friday.", "The council meets tonight at eight. Read https://e.org/1"}},
		{"Japanese", spool.TextLimits{Max: 20, Card: true, Replies: true}, Settings{Text: "{{ .Summary }}"}, "船は金曜日まで港に留まる。市議会は今夜、会議を開く。", []string{"船は金曜日まで港に留まる。", "市議会は今夜、会議を開く。"}},
	}
	for _, tt := range tests {
		it := spool.Item{Title: "Storm", Summary: tt.text, Link: "https://e.org/1", Categories: []string{"Local news"}}
		got, r := threadOf(t, tt.s, it, tt.l)
		all := append([]string{got.Text}, got.More...)
		if strings.Join(all, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, all, tt.want)
		}
		if len(r.Parts) != len(got.More) || got.Short != "" && len(got.More) > 0 {
			t.Errorf("%s: report %+v", tt.name, r)
		}
		for _, flaw := range flaws(got, tt.l) {
			t.Errorf("%s: %s", tt.name, flaw)
		}
	}
}

// TestChainWithPictures: a thread goes on with the same words, whether its
// pictures could be had or not.
func TestChainWithPictures(t *testing.T) {
	it := storm()
	it.Summary = sentences("The council meets tonight, and everybody is welcome.", 900)
	got, _ := threadOf(t, Settings{Image: ImageFirst}, it, blueskyLimits())
	if got.Instead == nil || len(got.More) < 2 || strings.Join(got.More, "|") != strings.Join(got.Instead.More, "|") {
		t.Fatalf("%+v", got)
	}
	if got.Text != got.Instead.Text+"\n\n"+it.Link || got.Instead.Link != it.Link {
		t.Errorf("with the picture %q, without it %q and a card of %s", got.Text, got.Instead.Text, got.Instead.Link)
	}
}

// letters are the words of a text without what a chain may add or take away.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, s)
}

// TestAnyChain divides any text without losing a word, cutting a link or going
// over a limit.
func TestAnyChain(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"word", "longer words here", " https://example.org/a?b=c&d=%20#e", ". ", "\n", "\n\n", "船は金曜日まで", "。", "العاصفة؟", "तूफ़ान से", "।",
		"👩‍👩‍👧‍👦", "🇩🇪", "e\u0301", "&amp;", "#tag", "@name", "\u2067rtl\u2069", "\u2066", "\u202eback", "«quoted»", ", ", " – ", "supercalifragilisticexpialidocious",
	})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 120).Draw(t, "pieces") {
			b.WriteString(pieces.Draw(t, "piece") + rapid.SampledFrom([]string{" ", " ", ""}).Draw(t, "space"))
		}
		it := spool.Item{ID: "i", Summary: b.String(), Link: "https://example.org/story?id=1"}
		v := rapid.SampledFrom(venues()).Draw(t, "network")
		v.limits.Max = rapid.IntRange(60, 400).Draw(t, "limit")
		if v.limits.Bytes > 0 {
			v.limits.Bytes = v.limits.Max + 10
		}
		w, err := New(Settings{Text: "{{ .Summary }}", Chain: 25, Link: v.settings.Link, Image: v.settings.Image})
		if err != nil {
			t.Fatal(err)
		}
		c, r, err := w.Compose(it, Values{}, v.limits)
		if err != nil {
			if letters(it.Summary) != "" {
				t.Fatal(err)
			}
			return
		}
		for _, flaw := range flaws(c, v.limits) {
			t.Errorf("%s: %q %q", flaw, c.Text, c.More)
		}
		if said := strings.Join(append([]string{c.Text, c.Short}, c.More...), "\n"); strings.Contains(it.Summary, "&amp;") && strings.Count(said, "&am") != strings.Count(said, "&amp;") {
			t.Errorf("an entity is cut: %q", said)
		}
		all := strings.Join(append([]string{strings.TrimSuffix(c.Text, it.Link)}, c.More...), "\n")
		if len(c.More) > 0 && len(r.Notes) == 1 {
			if got, want := letters(all), letters(lines(it.Summary)); got != want {
				t.Errorf("%d parts say\n%q instead of\n%q", 1+len(c.More), got, want)
			}
		}
		if n, m := strings.Count(it.Summary, "https://example.org/a?b=c&d=%20#e"), strings.Count(all, "https://example.org/a?b=c&d=%20#e"); len(r.Notes) == 1 && len(c.More) > 0 && n != m {
			t.Errorf("%d of %d links are whole: %q", m, n, all)
		}
	})
}

// TestSplitIsWhole never parts a grapheme.
func TestSplitIsWhole(t *testing.T) {
	const s = "👩‍👩‍👧‍👦🇩🇪🇫🇷e\u0301क्षत्रिय1️⃣👍🏽"
	whole := map[string]bool{}
	for state, rest := -1, s; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		whole[cluster] = true
	}
	for n := 2; n < 30; n++ {
		part, _ := split(s, within(n))
		for state, rest := -1, strings.TrimSuffix(part, ellipsis); rest != ""; {
			var cluster string
			cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			if !whole[cluster] {
				t.Errorf("within %d: %q ends in a piece of a letter", n, part)
			}
		}
	}
}
