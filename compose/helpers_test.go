package compose

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"spool"
)

func TestDates(t *testing.T) {
	const all = `{{ day .Published }} | {{ weekday .Published }} | {{ clock .Published }} | {{ date "Mon 2 Jan" .Published }} | {{ date "January 2006" .Published }}`
	tests := map[string]string{
		"":      "10 March 2026 | Tuesday | 23:30 | Tue 10 Mar | March 2026",
		"en-GB": "10 March 2026 | Tuesday | 23:30 | Tue 10 Mar | March 2026",
		"en-US": "March 10, 2026 | Tuesday | 11:30 PM | Tue 10 Mar | March 2026",
		"de-AT": "10. März 2026 | Dienstag | 23:30 | Die. 10 März | März 2026",
		"fr":    "10 mars 2026 | mardi | 23h30 | mardi 10 mars | mars 2026",
		"es":    "10 de marzo de 2026 | martes | 23:30 | mar. 10 mar. | marzo 2026",
		"it":    "10 marzo 2026 | martedì | 23:30 | mar. 10 mar. | marzo 2026",
		"nl":    "10 maart 2026 | dinsdag | 23:30 | din. 10 maa. | maart 2026",
		"pt-BR": "10 de março de 2026 | terça-feira | 23:30 | ter. 10 mar. | março 2026",
		"pl":    "10 marca 2026 | wtorek | 23:30 | wto. 10 mar. | marzec 2026",
		"fi":    "10. maaliskuuta 2026 | tiistai | 23.30 | tii. 10 maa. | maaliskuu 2026",
		"hu":    "2026. március 10. | kedd | 23:30 | kedd 10 már. | március 2026",
		"ru":    "10 марта 2026 | вторник | 23:30 | вто. 10 мар. | март 2026",
		"ja":    "2026年3月10日 | 火曜日 | 23:30 | 火曜日 10 3月 | 3月 2026",
		"nb":    "10. mars 2026 | tirsdag | 23:30 | tir. 10 mars | mars 2026",
		"tlh":   "10 March 2026 | Tuesday | 23:30 | Tue 10 Mar | March 2026",
	}
	for language, want := range tests {
		it := storm()
		it.Language = language
		if got, _ := compose(t, Settings{Text: all}, it, cards()); got.Text != want {
			t.Errorf("%s:\n got %s\nwant %s", language, got.Text, want)
		}
	}
	for text, want := range map[string]string{
		`{{ .Published | in "America/New_York" | clock }}`:                "18:30",
		`{{ .Published | in "Asia/Kolkata" | day }}`:                      "11 March 2026",
		`{{ in "Mars/Olympus" .Published | clock }}`:                      "23:30",
		`{{ in "Europe/Paris" .Title }}`:                                  "Storm closes the harbour",
		`x{{ day .Updated }}{{ .Updated | in "Asia/Kolkata" | weekday }}`: "x",
		`x{{ day .Title }}{{ clock "y" }}`:                                "x",
	} {
		if got, _ := compose(t, Settings{Text: text}, storm(), cards()); got.Text != want {
			t.Errorf("%s: %q, want %q", text, got.Text, want)
		}
	}
}

// TestDateTable: every line of it can be used on every day of a year.
func TestDateTable(t *testing.T) {
	n := 0
	for l := range strings.Lines(strings.TrimSpace(dateTable)) {
		language, _, _ := strings.Cut(l, "|")
		s := &saying{language: language}
		for i := range 366 {
			m := newMoment(time.Date(2024, 1, 1+i, 15, 4, 5, 0, time.UTC), nil)
			text := s.day(m) + s.weekday(m) + s.clock(m) + s.date("Monday 2 January, Mon Jan 2006", m)
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x0e\x0f\x10\x11_|") || !strings.Contains(text, "2024") {
				t.Fatalf("%s: %q", language, text)
			}
			n++
		}
	}
	if n < 20*366 {
		t.Errorf("only %d days", n)
	}
}

func TestSentenceCase(t *testing.T) {
	tests := []struct{ language, title, summary, want string }{
		{"en", "STORM CLOSES HARBOUR AFTER NATO TALKS", "The storm closes the harbour.", "Storm closes harbour after NATO talks"},
		{"en", "PUTIN MEETS MODI OVER OIL DEAL", "President Vladimir Putin meets Narendra Modi over an oil deal.", "Putin meets Modi over oil deal"},
		{"en", "BBC AND NHS CLASH: MPS CALL FOR REVIEW", "", "BBC and NHS clash: MPS call for review"},
		{"en", "QWERTY ASDFG ZXCVB POIUY NAMES", "", "QWERTY ASDFG ZXCVB POIUY NAMES"}, // nothing to go by
		{"en", "COVID-19: NEW WAVE HITS CITY", "A new wave hits the city.", "COVID-19: New wave hits city"},
		{"en", "Council Votes to Close the Harbour After Storm", "The council votes. It is to close the harbour after the storm.", "Council votes to close the harbour after storm"},
		{"en", "Ukraine Says Russia Attacks Kharkiv With Drones Again", "Officials in Kyiv said that Russia attacks Kharkiv with drones.", "Ukraine says Russia attacks Kharkiv with drones again"},
		{"en", "Apple Unveils iPhone and McCoy Leaves NASA Team", "The firm Apple unveils a phone; McCoy leaves.", "Apple unveils iPhone and McCoy leaves NASA team"},
		{"en", "Storm closes the harbour in Rotterdam", "", "Storm closes the harbour in Rotterdam"},
		{"en", "Storm Hits", "The storm hits.", "Storm Hits"}, // too short to tell
		{"", "Council Votes to Close the Harbour", "", "Council Votes to Close the Harbour"},
		{"fr", "LA TEMPÊTE FERME LE PORT DE BREST", "Dimanche, la tempête ferme le port de Brest.", "La tempête ferme le port de Brest"},
		{"fr", "Le Port de Brest Ferme ce Soir", "Le port de Brest ferme ce soir.", "Le Port de Brest Ferme ce Soir"},
		{"de", "STURM LEGT DEN HAFEN VON KIEL LAHM", "Ein Sturm legt den Hafen von Kiel lahm.", "STURM LEGT DEN HAFEN VON KIEL LAHM"},
		{"tr", "İSTANBUL LİMANI FIRTINA NEDENİYLE KAPANDI", "Dün İstanbul limanı fırtına nedeniyle kapandı.", "İstanbul limanı fırtına nedeniyle kapandı"},
		{"ja", "嵐で港が閉鎖", "", "嵐で港が閉鎖"},
	}
	for _, tt := range tests {
		it := spool.Item{Title: tt.title, Summary: tt.summary, Language: tt.language}
		if got, _ := compose(t, Settings{Text: "{{ .Title | sentencecase }}"}, it, cards()); got.Text != tt.want {
			t.Errorf("%s: %q\n got %q\nwant %q", tt.language, tt.title, got.Text, tt.want)
		}
	}
}

func TestQuote(t *testing.T) {
	tests := []struct{ language, text, summary, want string }{
		{"en", "{{ .Summary | quote }}", "We won.", "“We won.”"},
		{"de", "{{ .Summary | quote }}", "Gewonnen.", "„Gewonnen.“"},
		{"de-CH", "{{ .Summary | quote }}", "Gewonnen.", "«Gewonnen.»"},
		{"fr", "{{ .Summary | quote }}", "Gagné.", "«\u00a0Gagné.\u00a0»"},
		{"es", "{{ .Summary | quote }}", "Ganamos.", "«Ganamos.»"},
		{"ja", "{{ .Summary | quote }}", "勝った。", "「勝った。」"},
		{"zh-Hant", "{{ .Summary | quote }}", "贏了。", "「贏了。」"},
		{"zh", "{{ .Summary | quote }}", "赢了。", "“赢了。”"},
		{"sv", "{{ .Summary | quote }}", "Vi vann.", "”Vi vann.”"},
		{"en", "{{ .Summary | quote }}", "“We won.”", "“We won.”"},
		{"en", "{{ .Summary | quote }}", "«We won».", "«We won»."},
		{"en", "{{ .Summary | quote }}", "“We won”, she said, “at last”", "“‘We won’, she said, ‘at last’”"},
		{"en", "{{ .Summary | quote }}", "See https://example.org/a", "See https://example.org/a"},
		{"de", "{{ .Summary | quote }}", "Er rief „Tor“.", "„Er rief ‚Tor‘.“"},
		{"fr", "{{ .Summary | quote }}", "Il a dit « oui ».", "«\u00a0Il a dit “oui”.\u00a0»"},
		{"en", "x {{ .Author | quote }}", "We won.", "x"},
		{"en", "{{ .Title }}\n\n{{ .Summary | quote | fit }}", sentences("We have won the cup.", 100), "Cup\n\n“We have won the cup. We have won the cup.”"},
		{"en", "{{ .Title }}\n\n{{ .Summary | fit | quote }}", sentences("We have won the cup.", 100), "Cup\n\n“We have won the cup. We have won the cup.”"},
		{"en", "{{ .Title }} on a whole day of nothing else at all\n\n{{ .Summary | quote | fit }}", "https://example.org/an/address/that/is/far/too/long is it", "Cup on a whole day of nothing else at all"},
	}
	for _, tt := range tests {
		it := spool.Item{Title: "Cup", Summary: tt.summary, Language: tt.language}
		got, _ := compose(t, Settings{Text: tt.text}, it, spool.TextLimits{Max: 60, Card: true})
		if got.Text != tt.want {
			t.Errorf("%s %s:\n got %q\nwant %q", tt.language, tt.text, got.Text, tt.want)
		}
	}
}

func TestFirst(t *testing.T) {
	for text, want := range map[string]string{
		`{{ .Categories | first 1 | hashtag }}`:     "#LocalNews",
		`{{ first 9 .Categories | join "+" }}`:      "Local news+Weather",
		`x{{ first 0 .Categories | hashtag }}`:      "x",
		`{{ first "y" .Categories | join "+" }}`:    "Local news+Weather",
		`{{ first 2 .Title }}`:                      "Storm closes the harbour",
		`{{ range first 1 .Categories }}x{{ end }}`: "",
	} {
		w, err := New(Settings{Text: text})
		if want == "" {
			if err == nil {
				t.Errorf("%s: it passed", text)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, _, _ := w.Compose(storm(), Values{}, cards()); got.Text != want {
			t.Errorf("%s: %q, want %q", text, got.Text, want)
		}
	}
}

func TestDirections(t *testing.T) {
	tests := []struct{ name, s, want string }{
		{"an override", "a \u202etxt.exe", "a txt.exe"},
		{"an override and its end", "a \u202eb\u202c c", "a b c"},
		{"an embedding", "a \u202bb\u202c c", "a \u2067b\u2069 c"},
		{"an embedding that is not closed", "a \u202ab", "a \u2066b\u2069"},
		{"an isolate", "a \u2068b\u2069 c", "a \u2068b\u2069 c"},
		{"one that is not closed", "a \u2067b\nc", "a \u2067b\u2069\nc"},
		{"an end too many", "a \u2069b\u202c", "a b"},
		{"an embedding within an isolate", "\u2066a\u202bb\u2069c", "\u2066a\u2067b\u2069\u2069c"},
		{"an isolate within an override", "\u202d\u2066a\u202cb", "\u2066ab\u2069"},
		{"a mark stays", "a\u200fb\u061c", "a\u200fb\u061c"},
	}
	for _, tt := range tests {
		if got := evenDirections(tt.s); got != tt.want {
			t.Errorf("%s: %+q, want %+q", tt.name, got, tt.want)
		}
	}
	it := spool.Item{Title: "T", Summary: "\u2067" + sentences("قال رئيس البلدية إن السفن بقيت في الميناء", 400) + "\u2069", Language: "ar"}
	got, _ := compose(t, Settings{}, it, spool.TextLimits{Max: 60})
	if !strings.HasSuffix(got.Text, "…\u2069") || utf8.RuneCountInString(got.Text) > 60 {
		t.Errorf("cut: %+q", got.Text)
	}
}

// TestAnyDirections: whatever it is made of, no line turns what follows it.
func TestAnyDirections(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("ab \n\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069א"))).Draw(t, "s")
		got := evenDirections(s)
		if unbalanced(got) || strings.ContainsAny(got, "\u202a\u202b\u202c\u202d\u202e") || evenDirections(got) != got {
			t.Errorf("%+q becomes %+q", s, got)
		}
		if letters(got) != letters(s) {
			t.Errorf("%+q loses letters: %+q", s, got)
		}
	})
}

// FuzzHelpers: no helper fails, whatever it is given.
func FuzzHelpers(f *testing.F) {
	f.Add("STORM CLOSES HARBOUR", "The storm closes it. “Yes.”", "Ana Bell and Bob", "en-US", "Mon 2 Jan 2006")
	f.Add("a'b’", "\u202e\x07#x", ",", "fr", "JanuaryJanMonday")
	w, err := New(Settings{
		Text:    `{{ .Title | sentencecase }} {{ quote .Summary | fit }} {{ handle .Author }} {{ hashtag .Categories }} {{ hashtag .Author }} {{ date .Category .Published }} {{ in .Category .Published | day }} {{ weekday .Published }} {{ clock .Published }} {{ first .Category .Categories | join .Title }}`,
		Handles: map[string]string{"bob": "@bob.example"}, Hashtags: map[string]string{"mon 2 jan 2006": "#a #b"},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, title, summary, author, language, category string) {
		it := spool.Item{Title: title, Summary: summary, Author: author, Language: language, Categories: []string{category}, Published: time.Unix(1773181800, 0)}
		l := mastodonLimits()
		c, r, err := w.Compose(it, Values{}, l)
		if err != nil {
			return
		}
		for _, flaw := range flaws(c, l) {
			t.Errorf("%s: %+q", flaw, c.Text)
		}
		for _, note := range r.Notes {
			if strings.Contains(note, "could not be filled in") && !strings.Contains(note, "64 KiB") {
				t.Error(note)
			}
		}
	})
}
