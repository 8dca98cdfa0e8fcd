package compose

import (
	"strings"
	"testing"

	"spool"
)

func TestCheck(t *testing.T) {
	tests := map[string]string{ // template: what is said about it
		"":                           "",
		DefaultText:                  "",
		"words alone":                "",
		"{{/* note */}}{{ .Title }}": "",
		"{{ range .Categories }}{{ if . }}{{ . | hashtag }}{{ break }}{{ end }}{{ end }}": "",
		"{{ with $x := .Title }}{{ $x }}{{ end }}":                                        "",
		"{{ .Titel }}":                    "line 1: there is no .Titel (did you mean .Title?); there are .Title, .Summary,",
		"a\nb {{ .title }}":               "line 2: there is no .title (did you mean .Title?)",
		"{{ .Foo }}":                      "line 1: there is no .Foo; there are",
		"{{ .Title.Foo }}":                "line 1: .Title.Foo: .Title has no fields",
		"{{ .Title":                       "line 1: unclosed action",
		"{{ if .Title }}":                 "line 1: unexpected EOF",
		"{{ uper .Title }}":               "line 1: there is no helper uper (did you mean upper?); there are and, clock,",
		"{{ printf `%999999d` 1 }}":       "line 1: there is no helper printf; there are",
		"{{ index .Categories 0 }}":       "line 1: there is no helper index",
		"{{ spool_print .Title }}":        "line 1: there is no helper spool_print",
		"{{ . }}":                         "line 1: a dot alone means nothing here",
		"{{ $ }}":                         "line 1: $ cannot be used here",
		"{{ .Title | .Summary }}":         "line 1: .Summary is a value, not a helper",
		"{{ .Title 1 }}":                  "line 1: .Title is a value, not a helper",
		"{{ fit }}":                       "line 1: fit takes 1 values, here are 0",
		"{{ eq .Title }}":                 "line 1: eq takes 2 or more values, here are 1",
		"{{ join lower .Title }}":         "line 1: put lower and what it is given in parentheses",
		"{{ nil }}":                       "line 1: nil",
		"{{ range 1000000000 }}{{ end }}": "line 1: range can only go over .Categories",
		"{{ range .Title }}{{ end }}":     "line 1: range can only go over .Categories",
		"{{ range .Categories }}{{ range $.Categories }}x{{ end }}{{ end }}": "line 1: range can only go over .Categories, and not inside another range",
		"{{ with .Author }}{{ .Title }}{{ end }}":                            "line 1: inside range and with, write $.Title instead of .Title",
		"{{ range $x = .Categories }}{{ end }}":                              "line 1: a variable is set once: write := instead of =",
		"{{ $x = 0 }}{{ $x }}":                                               "line 1: a variable is set once: write := instead of =",
		`{{ template "x" }}`:                                                 "line 1: {{template \"x\"}} is not available",
		`{{ define "x" }}{{ end }}{{ .Title }}`:                              "templates within a template (define, block) are not available",
		"{{ (or .Title).Foo }}":                                              "line 1: (or .Title).Foo cannot be used here",
		"a\x01b":                                                             "the template contains a control character",
		"a\xffb":                                                             "the template is not valid UTF-8",
		strings.Repeat("x", maxTemplate+1):                                   "the template is longer than 8 KiB",
	}
	for text, want := range tests {
		err := Check(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("Check(%q) = %v", text, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)):
			t.Errorf("Check(%.60q) = %v, want %q…", text, err, want)
		}
	}
}

func TestNewNamesEveryMistake(t *testing.T) {
	_, err := New(Settings{Text: "{{ .A }}", Topic: "{{ .B }}", Link: "crad", Image: "no", Query: map[string]string{"q": "{{ .C }}"}})
	for _, want := range []string{"text: line 1: there is no .A", "topic: line 1: there is no .B", "query q: line 1: there is no .C", `link: "crad"`, `image: "no"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

// FuzzCheck: a template that passes can be executed for any item.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{DefaultText, `{{ range $i, $c := .Categories }}{{ $c | hashtag | fit }}{{ else }}{{ date "15:04" .Published }}{{ end }}`, "{{ if (eq .Title `x`) }}{{ .Link | fit }}{{ end }}\n{{ $x := or .Summary 3 }}{{ $x }}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if Check(text) != nil {
			return
		}
		w := wording(t, Settings{Text: text, Topic: text, Query: map[string]string{"q": text}})
		for _, it := range []spool.Item{storm(), {Title: "T"}} {
			if _, err := w.text.execute((&composition{wording: w, item: it}).data("\x03", nil)); err != nil && err.Error() != errTooMuch.Error() {
				t.Fatalf("template %q: %v", text, err)
			}
			c, _, err := w.Compose(it, Values{}, plainText())
			if err != nil {
				t.Fatalf("template %q: %v", text, err)
			}
			if n := plainText().Length(c.Text); c.Text == "" || n > 300 {
				t.Fatalf("template %q: text of %d: %q", text, n, c.Text)
			}
		}
	})
}
