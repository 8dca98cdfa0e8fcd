package compose

import (
	"strings"
	"testing"

	"spool"
)

func TestCorrect(t *testing.T) {
	was := storm()
	was.Title = "Storm opens the harbour"
	tests := []struct {
		name, template, language string
		revision                 int
		want                     string
	}{
		{"default", "", "en", 1, "Correction: Storm closes the harbour\n\nShips stay in port until Friday. The council meets tonight."},
		{"French has a space before the colon", "{{ .Correction }}{{ .Title }}", "fr-CA", 0, "Correction\u00a0: Storm closes the harbour"},
		{"Japanese has its own colon", "{{ .Correction }}{{ .Title }}", "ja", 0, "訂正：Storm closes the harbour"},
		{"a second one", "{{ .Correction }}{{ .Title }}", "de", 2, "Korrektur (2): Storm closes the harbour"},
		{"no such language", "{{ .Correction }}{{ .Title }}", "tlh", 0, "Correction: Storm closes the harbour"},
		{"what was wrong", "{{ .Title }} ({{ with .Was }}not: {{ . }}{{ end }})", "en", 0, "Storm closes the harbour (not: Storm opens the harbour)"},
		{"an empty template says it nevertheless", "{{ .Topic }}", "en", 0, ""},
		{"nothing printed", "{{ if .Updated }}x{{ end }}", "en", 0, "Correction: Storm closes the harbour"},
	}
	for _, tt := range tests {
		w, err := New(Settings{Correction: tt.template})
		if err != nil {
			if tt.want != "" {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		it := storm()
		it.Language = tt.language
		c, r, err := w.Correct(it, Values{Before: was, Revision: tt.revision}, cards())
		if err != nil || c.Text != tt.want || c.Link != "" || len(c.Media) > 0 || c.Language != tt.language {
			t.Errorf("%s: %+v, %v, want %q", tt.name, c, err, tt.want)
		}
		if want := cards().Max; r.Limit != want || r.Length == 0 {
			t.Errorf("%s: report %+v", tt.name, r)
		}
	}
}

// TestCorrectionIsFound keeps it from saying what the post above it says.
func TestCorrectionIsFound(t *testing.T) {
	for _, language := range []string{"", "en", "fr", "de", "es", "it", "nl", "pt", "pl", "sv", "da", "no", "fi", "cs", "ru", "uk", "ja", "zh", "ar", "he", "hi"} {
		it := storm()
		it.Language = language
		w := wording(t, Settings{})
		post, _, _ := w.Compose(it, Values{}, cards())
		c, _, err := w.Correct(it, Values{}, cards())
		if word, _ := correctionWord(language); word == "Correction" && language != "" && language != "en" && language != "fr" {
			t.Errorf("%s has the English word", language)
		}
		if err != nil || !strings.HasSuffix(c.Text, post.Text) || len(c.Text) <= len(post.Text) {
			t.Errorf("%s: %q, %v", language, c.Text, err)
		}
	}
	if _, _, err := wording(t, Settings{}).Correct(spool.Item{ID: "i7"}, Values{}, cards()); err == nil {
		t.Error("a correction without words")
	}
}

// TestCorrectionsAreShortened: however little room there is, they say what they are.
func TestCorrectionsAreShortened(t *testing.T) {
	it := storm()
	it.Title, it.Summary = sentences("The storm closes the harbour of Harwich.", 400), sentences("Ships wait.", 400)
	for limit := 24; limit < 500; limit += 7 {
		l := spool.TextLimits{Max: limit, Bytes: limit - 2}
		c, r, err := wording(t, Settings{Chain: 5}).Correct(it, Values{}, l)
		if err != nil || !strings.HasPrefix(c.Text, "Correction: ") || r.Length > limit || len(c.More) > 0 {
			t.Errorf("within %d: %q, %v", limit, c.Text, err)
		}
		if len(c.Text) > l.Bytes && !strings.HasPrefix(c.Short, "Correction: ") {
			t.Errorf("within %d bytes: %q", l.Bytes, c.Short)
		}
	}
}
