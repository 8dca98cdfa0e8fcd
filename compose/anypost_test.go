package compose

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"spool"
)

// anyItem is an item with all that feeds may have, and then some.
func anyItem() *rapid.Generator[spool.Item] {
	words := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"the", "STORM", "Harbour", "Ana Bell", "and", "end.", "what?", "“yes”", "👩‍👩‍👧‍👦", "船は金曜日まで。", "السفينة؟", "\u202eevil", "\u2067open", "#tag", "@name",
			"https://e.org/x?y=1&z=2", "&amp;", "\n\n", "\n", "e\u0301", "\xff", "\x06", "\x07", "\x03", "[link]", "Comments", "C#",
		}), rapid.SampledFrom([]int{0, 3, 60}).Draw(t, "at least"), 90).Draw(t, "words"), " ")
	})
	media := rapid.Custom(func(t *rapid.T) spool.Media {
		return spool.Media{
			URL:  rapid.SampledFrom([]string{"https://e.org/a.jpg", "https://e.org/240/a.jpg", "https://e.org/b.png?w=1", "https://e.org/v.mp4", "http://e.org/ü b.gif", "ftp://e.org/c.jpg", ""}).Draw(t, "url"),
			Type: rapid.SampledFrom([]string{"", "image/jpeg", "image/*", "video/mp4", "audio/mpeg", "image/svg+xml"}).Draw(t, "type"),
			Alt:  words.Draw(t, "alt"), Credit: words.Draw(t, "credit"), Width: rapid.SampledFrom([]int{0, 1, 300, 1200, 90000}).Draw(t, "width"),
		}
	})
	return rapid.Custom(func(t *rapid.T) spool.Item {
		return spool.Item{
			ID: "i", Title: words.Draw(t, "title"), Summary: words.Draw(t, "summary"), Author: words.Draw(t, "author"),
			Link:       rapid.SampledFrom([]string{"https://example.org/a?b=c&d=e#f", "https://example.org/ü", "", "urn:x"}).Draw(t, "link"),
			Language:   rapid.SampledFrom([]string{"", "en", "de-AT", "fr", "ja", "ar", "x"}).Draw(t, "language"),
			Categories: rapid.SliceOfN(words, 0, 4).Draw(t, "categories"), Media: rapid.SliceOfN(media, 0, 6).Draw(t, "media"),
			Published: time.Unix(rapid.Int64Range(-1<<33, 1<<34).Draw(t, "published"), 0),
		}
	})
}

// TestAnyPost: whatever the item and the settings, nothing is over a limit or
// broken, with pictures or without, and a post comes out of the database as it
// went in.
func TestAnyPost(t *testing.T) {
	texts := []string{
		"", "{{ .Title | sentencecase }} {{ handle .Author }}\n\n{{ .Summary | quote | fit }}\n\n{{ hashtag .Categories }}",
		"#Ours {{ .Link }} {{ weekday .Published }} {{ with .Credit }}({{ . }}){{ end }} {{ .Summary }} @desk.example", "{{ .Categories | first 2 | join \" / \" | fit }}: {{ .Summary | fit }}",
	}
	rapid.Check(t, func(t *rapid.T) {
		it, v := anyItem().Draw(t, "item"), rapid.SampledFrom(venues()).Draw(t, "network")
		w, err := New(Settings{
			Text: rapid.SampledFrom(texts).Draw(t, "text"), Link: rapid.SampledFrom([]string{LinkCard, LinkText, LinkNone}).Draw(t, "how"),
			Image: rapid.SampledFrom([]string{ImageAuto, ImageFirst, ImageNone}).Draw(t, "image"), Images: rapid.IntRange(0, 20).Draw(t, "images"),
			Chain: rapid.IntRange(0, 6).Draw(t, "chain"), Warning: rapid.SampledFrom([]string{"", "{{ .Category }}"}).Draw(t, "warning"),
			Handles: map[string]string{"ana bell": "ana.example"}, Topic: "{{ .Category }}",
		})
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := w.Compose(it, Values{Network: v.name}, v.limits)
		if err != nil {
			return
		}
		for _, flaw := range flaws(c, v.limits) {
			t.Errorf("%s on %s: %+q", flaw, v.name, c.Text)
		}
		stored, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back spool.Content
		if err := json.Unmarshal(stored, &back); err != nil || !back.Equal(c) {
			t.Errorf("%v: stored as %s", err, stored)
		}
		for in := &c; in != nil; in = in.Instead {
			if len(in.Media) > 0 && in.Link != "" || in.Pick >= max(len(in.Media), 1) {
				t.Errorf("%d of %d pictures, and a card of %q", in.Pick, len(in.Media), in.Link)
			}
		}
	})
}
