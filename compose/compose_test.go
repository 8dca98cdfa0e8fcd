package compose

import (
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"spool"
)

// cards is a network that shows cards, counts code points and takes 500.
func cards() spool.TextLimits {
	return spool.TextLimits{Network: "threads", Max: 500, Topic: 50, Alt: 1000, Card: true, Media: spool.MediaLimits{Images: 20, ByURL: true}}
}

// plainText is one without cards that takes 300 graphemes.
func plainText() spool.TextLimits {
	return spool.TextLimits{Network: "plain", Max: 300, Length: uniseg.GraphemeClusterCount, Alt: 100, Media: spool.MediaLimits{Images: 4}}
}

// zeroWidth mutes as the networks do.
func zeroWidth(s string) string {
	return strings.NewReplacer("#", "#\u200b", "@", "@\u200b").Replace(s)
}

func storm() spool.Item {
	return spool.Item{
		ID: "i1", GUID: "g1", Link: "https://example.org/storm?id=1", Title: "Storm closes the harbour",
		Summary: "Ships stay in port until Friday. The council meets tonight.", Author: "Ana Bell",
		Language: "en", Categories: []string{"Local news", "Weather"},
		Published: time.Date(2026, 3, 10, 22, 30, 0, 0, time.UTC),
		Media:     []spool.Media{{URL: "https://example.org/storm.jpg", Type: "image/jpeg", Alt: "Waves over the pier"}},
	}
}

func wording(t testing.TB, s Settings) *Wording {
	t.Helper()
	w, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func compose(t testing.TB, s Settings, it spool.Item, l spool.TextLimits) (spool.Content, Report) {
	t.Helper()
	c, r, err := wording(t, s).Compose(it, Values{Account: "desk", Feed: "front", Location: time.FixedZone("CET", 3600)}, l)
	if err != nil {
		t.Fatal(err)
	}
	return c, r
}

func TestTemplates(t *testing.T) {
	const title, summary, link = "Storm closes the harbour", "Ships stay in port until Friday. The council meets tonight.", "https://example.org/storm?id=1"
	tests := []struct {
		name, text string
		change     func(*spool.Item)
		want       string
	}{
		{"default", "", nil, title + "\n\n" + summary},
		{"no summary", "", func(i *spool.Item) { i.Summary = "" }, title},
		{"no title", "", func(i *spool.Item) { i.Title = "" }, summary},
		{"link printed by the template", "{{ .Title }} {{ .Link }}", nil, title + " " + link},
		{"an empty line goes", "{{ .Title }}\n{{ .Author }}\n{{ .Language }}", func(i *spool.Item) { i.Author = "" }, title + "\nen"},
		{"a line with words stays", "{{ .Title }}\nBy {{ .Author }}", func(i *spool.Item) { i.Author = "" }, title + "\nBy"},
		{"an empty block goes", "{{ .Title }}\n\n{{ .Author }}\n\n{{ .Language }}", func(i *spool.Item) { i.Author = "" }, title + "\n\nen"},
		{"a condition that is false goes", "{{ .Title }}\n{{ if .Author }}By {{ .Author }}{{ end }}\n{{ .Language }}", func(i *spool.Item) { i.Author = "" }, title + "\nen"},
		{"a condition that is true", "{{ .Title }}\n{{ if .Author }}By {{ .Author }}{{ end }}\n{{ .Language }}", nil, title + "\nBy Ana Bell\nen"},
		{"a blank line of the template stays", "{{ .Title }}\n\n{{ .Language }}", nil, title + "\n\nen"},
		{"many blank lines are one", "{{ .Title }}\n\n\n\n{{ .Language }}  ", nil, title + "\n\nen"},
		{"Windows line ends", "{{ .Title }}\r\n\r\n{{ .Language }}", nil, title + "\n\nen"},
		{"an assignment leaves no line", "{{ $t := .Title }}\n{{ $t }}", nil, title},
		{"helpers", `{{ .Title | upper }} {{ lower .Author }} {{ trim "  x " }}|`, nil, "STORM CLOSES THE HARBOUR ana bell x|"},
		{"default helper", `{{ .Author | default "the desk" }}`, func(i *spool.Item) { i.Author = " " }, "the desk"},
		{"join", `{{ join " / " .Categories }}; {{ .Categories }}; {{ .Category }}`, nil, "Local news / Weather; Local news, Weather; Local news"},
		{"hashtags", `{{ hashtag .Categories }} {{ hashtag "2026" }}{{ hashtag "l'été 24" }}`, nil, "#LocalNews #Weather #Lété24"},
		{"range", `{{ range $i, $c := .Categories }}{{ if $i }} + {{ end }}{{ . }}{{ end }}`, nil, "Local news + Weather"},
		{"with", `{{ with .Author }}{{ . }} for {{ $.Account }}{{ else }}nobody{{ end }}`, nil, "Ana Bell for desk"},
		{"eq and or", `{{ if and (eq .Category "Weather" "Local news") (not .Updated) }}{{ or .Author .Title }}{{ end }}`, nil, "Ana Bell"},
		{"dates in the zone", `{{ date "2 January 15:04 MST" .Published }}, {{ .Published }}`, nil, "10 March 23:30 CET, 2026-03-10 23:30"},
		{"no date", `x{{ .Published }}{{ date "15:04" .Updated }}{{ if .Published }}never{{ end }}`, func(i *spool.Item) { i.Published = time.Time{} }, "x"},
		{"values", "{{ .Feed }} {{ .Account }} {{ .Network }}", nil, "front desk threads"},
		{"nothing but an empty field: the title", "{{ .Author }}", func(i *spool.Item) { i.Author = "" }, title},
		{"nothing and no title: the summary", "{{ .Author }}", func(i *spool.Item) { i.Author, i.Title = "", "" }, summary},
		{"nothing and no words: the link", "{{ .Author }}", func(i *spool.Item) { i.Author, i.Title, i.Summary = "", "", "" }, link},
		{"control characters in a feed", "", func(i *spool.Item) { i.Title, i.Summary = "A\x01B\x03\x00 C\r\nD", "" }, "AB C D"},
		{"broken UTF-8", "", func(i *spool.Item) { i.Title, i.Summary = "caf\xe9", "" }, "caf\uFFFD"},
		{"composed letters", "", func(i *spool.Item) { i.Title, i.Summary = "cafe\u0301", "" }, "café"},
		{"paragraphs", "", func(i *spool.Item) { i.Summary = "One.  \r\n\r\n\r\nTwo.\u2028Three." }, title + "\n\nOne.\n\nTwo.\nThree."},
	}
	for _, tt := range tests {
		it := storm()
		if tt.change != nil {
			tt.change(&it)
		}
		if got, _ := compose(t, Settings{Text: tt.text}, it, cards()); got.Text != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got.Text, tt.want)
		}
	}
}

func TestNothingIsSaidTwice(t *testing.T) {
	tests := []struct{ name, title, summary, want string }{
		{"the same", "Storm hits", "Storm hits", "Storm hits"},
		{"the same but for a full stop and case", "Storm hits", "storm hits.", "Storm hits"},
		{"a sentence of its own", "Storm hits", "Storm hits. Ships wait.", "Storm hits\n\nShips wait."},
		{"a line of its own", "Storm hits", "Storm hits\n\nShips wait.", "Storm hits\n\nShips wait."},
		{"after a dash", "Storm hits", "Storm hits – ships wait.", "Storm hits\n\nships wait."},
		{"a question", "Storm?", "Storm? Perhaps.", "Storm?\n\nPerhaps."},
		{"the beginning of its sentence", "Storm hits", "Storm hits the coast, ships wait.", "Storm hits the coast, ships wait."},
		{"a title that is the cut text", "Storm hits the…", "Storm hits the coast.", "Storm hits the coast."},
		{"the same with full stops", "Storm hits the ...", "Storm hits the coast.", "Storm hits the coast."},
		{"the beginning of a longer word", "Storm", "Stormy days ahead.", "Storm\n\nStormy days ahead."},
		{"something else", "Storm", "The storm.", "Storm\n\nThe storm."},
	}
	for _, tt := range tests {
		it := spool.Item{Title: tt.title, Summary: tt.summary}
		if got, _ := compose(t, Settings{}, it, cards()); got.Text != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got.Text, tt.want)
		}
	}
	it := spool.Item{Title: "Storm hits", Summary: "Storm hits the coast."}
	got, _ := compose(t, Settings{Text: "Now: {{ .Title }} ({{ .Summary }})"}, it, cards())
	if want := "Now: Storm hits (Storm hits the coast.)"; got.Text != want {
		t.Errorf("a title within a line: %q, want %q", got.Text, want)
	}
	if got, _ := compose(t, Settings{Text: "{{ .Summary }}"}, spool.Item{Title: "A", Summary: "A"}, cards()); got.Text != "A" {
		t.Errorf("a template without the title: %q", got.Text)
	}
}

func TestLinks(t *testing.T) {
	const link = "https://example.org/storm?id=1"
	long := "https://example.org/" + strings.Repeat("x", 400)
	tests := []struct {
		name     string
		s        Settings
		l        spool.TextLimits
		raw      string
		text     string // what the text ends with
		card     string
		picture  bool
		linkless bool // the text must not have it
	}{
		{"card", Settings{}, cards(), link, "tonight.", link, false, true},
		{"card where there is none", Settings{}, plainText(), link, "tonight.\n\n" + link, "", false, false},
		{"text", Settings{Link: "text"}, cards(), link, "tonight.\n\n" + link, "", true, false},
		{"none", Settings{Link: "none"}, cards(), link, "tonight.", "", true, true},
		{"none, no picture", Settings{Link: "none", Image: "none"}, cards(), link, "tonight.", "", false, true},
		{"no link", Settings{}, cards(), "", "tonight.", "", true, true},
		{"not a web address", Settings{}, cards(), "javascript:alert(1)", "tonight.", "", true, true},
		{"printed and text: once", Settings{Link: "text", Text: "{{ .Title }} {{ .Link }} end"}, cards(), link, link + " end", "", true, false},
		{"too long for a post", Settings{Link: "text"}, plainText(), long, "tonight.", "", true, true},
		{"too long for a post with cards", Settings{Link: "text"}, cards(), long + long, "tonight.", long + long, false, true},
		{"space in it", Settings{}, cards(), " https://example.org/a b\n", "tonight.", "https://example.org/a%20b", false, true},
		{"odd escapes stay", Settings{}, cards(), "https://example.org/a%2fb?x=%zz;y=ü&z=1+2#top", "tonight.", "https://example.org/a%2fb?x=%zz;y=ü&z=1+2#top", false, true},
	}
	for _, tt := range tests {
		it := storm()
		it.Link = tt.raw
		got, _ := compose(t, tt.s, it, tt.l)
		if !strings.HasSuffix(got.Text, tt.text) || got.Link != tt.card || (len(got.Media) > 0) != tt.picture {
			t.Errorf("%s: text %q, card %q, picture %q", tt.name, got.Text, got.Link, firstPicture(got).URL)
		}
		if n := strings.Count(got.Text, "https://"); tt.linkless && n > 0 || n > 1 {
			t.Errorf("%s: the text has %d links: %q", tt.name, n, got.Text)
		}
	}
}

func TestQuery(t *testing.T) {
	query := map[string]string{"utm_source": "{{ .Network }}", "utm_medium": "social", "utm_campaign": "{{ .Author }}", "tag": "{{ .Category }}"}
	tests := map[string]string{
		"https://e.org/a":                       "https://e.org/a?tag=Local+news&utm_campaign=Ana+Bell&utm_medium=social&utm_source=threads",
		"https://e.org/a?":                      "https://e.org/a?tag=Local+news&utm_campaign=Ana+Bell&utm_medium=social&utm_source=threads",
		"https://e.org/a?b=%zz;c&d=%2F#x?y":     "https://e.org/a?b=%zz;c&d=%2F&tag=Local+news&utm_campaign=Ana+Bell&utm_medium=social&utm_source=threads#x?y",
		"https://e.org/?utm_source=rss&z=1&z=2": "https://e.org/?utm_source=threads&z=1&z=2&tag=Local+news&utm_campaign=Ana+Bell&utm_medium=social",
	}
	for raw, want := range tests {
		it := storm()
		it.Link = raw
		l := cards()
		l.Mute = zeroWidth
		if got, _ := compose(t, Settings{Query: query}, it, l); got.Link != want {
			t.Errorf("%s:\n got %s\nwant %s", raw, got.Link, want)
		}
	}
	it := storm()
	it.Author = ""
	if got, _ := compose(t, Settings{Query: query}, it, cards()); strings.Contains(got.Link, "campaign") {
		t.Errorf("an empty parameter is there: %s", got.Link)
	}
}

func TestTopic(t *testing.T) {
	tests := []struct {
		topic, category, want string
		limit                 int
	}{
		{"{{ .Category }}", "Local news", "Local news", 50},
		{"{{ .Category }}", "#Arts & Culture", "Arts Culture", 50},
		{"{{ .Category }}", "U.S.", "US", 50},
		{"{{ .Category }}", "", "", 50},
		{"{{ .Category }}", " . & # ", "", 50},
		{"{{ .Category }}", "One two three four", "One two", 10},
		{"{{ .Category }}", "日本のニュース", "日本の", 3},
		{"{{ .Category }}", "Local news", "", 0},
		{"{{ if .Author }}{{ .Category }}\n{{ .Author }}{{ end }}", "C#", "C# Ana Bell", 50},
		{"", "Local news", "", 50},
	}
	for _, tt := range tests {
		it, l := storm(), cards()
		it.Categories, l.Topic, l.Mute = []string{tt.category}, tt.limit, zeroWidth
		if got, _ := compose(t, Settings{Topic: tt.topic}, it, l); got.Topic != tt.want {
			t.Errorf("topic %q of %q in %d: %q, want %q", tt.topic, tt.category, tt.limit, got.Topic, tt.want)
		}
	}
}

func TestMute(t *testing.T) {
	it := storm()
	it.Title = "#1 in C#: @ana at https://example.org/@ana#top, mail a@b.example"
	it.Summary, it.Categories = "", []string{"Q&A @ night"}
	l := cards()
	l.Mute = zeroWidth
	got, _ := compose(t, Settings{Text: "#Ours @desk {{ .Title }} {{ hashtag .Category }}"}, it, l)
	want := "#Ours @desk #\u200b1 in C#\u200b: @\u200bana at https://example.org/@ana#top, mail a@\u200bb.example #QANight"
	if got.Text != want {
		t.Errorf("\n got %q\nwant %q", got.Text, want)
	}
}

func TestPictures(t *testing.T) {
	tests := []struct {
		name  string
		media []spool.Media
		want  string
	}{
		{"by type", []spool.Media{{URL: "https://e.org/x", Type: "image/png"}}, "https://e.org/x"},
		{"by extension", []spool.Media{{URL: "https://e.org/x.JPG?w=1"}}, "https://e.org/x.JPG?w=1"},
		{"sound", []spool.Media{{URL: "https://e.org/x.mp3", Type: "audio/mpeg"}}, ""},
		{"drawing", []spool.Media{{URL: "https://e.org/x.svg", Type: "image/svg+xml"}}, ""},
		{"reader counter", []spool.Media{{URL: "https://e.org/x.gif", Type: "image/gif", Width: 1, Height: 1}}, ""},
		{"local file", []spool.Media{{URL: "file:///x.jpg", Type: "image/jpeg"}}, ""},
		{"the widest", []spool.Media{{URL: "https://e.org/140.jpg", Width: 140}, {URL: "https://e.org/1000.jpg", Width: 1000}, {URL: "https://e.org/460.jpg", Width: 460}}, "https://e.org/1000.jpg"},
		{"the first of equals", []spool.Media{{URL: "https://e.org/1.jpg"}, {URL: "https://e.org/2.jpg"}}, "https://e.org/1.jpg"},
	}
	for _, tt := range tests {
		it := storm()
		it.Media = tt.media
		if got, _ := compose(t, Settings{Link: "none"}, it, cards()); firstPicture(got).URL != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, firstPicture(got).URL, tt.want)
		}
	}
	it := storm()
	it.Media[0].Alt = strings.Repeat("A long description. ", 20)
	got, _ := compose(t, Settings{Link: "none"}, it, plainText())
	if n := utf8.RuneCountInString(firstPicture(got).Alt); n > 100 || !strings.HasSuffix(firstPicture(got).Alt, "description.") {
		t.Errorf("description of %d characters: %q", n, firstPicture(got).Alt)
	}
}

func TestLanguage(t *testing.T) {
	for _, tt := range []struct{ item, config, from, want string }{
		{"en", "", "", "en"},
		{"en", "de", "", "en"},
		{"", "de", "item", "de"},
		{"en", "de", "config", "de"},
		{"en", "", "config", ""},
		{"", "", "", ""},
	} {
		it := storm()
		it.Language = tt.item
		got, _ := compose(t, Settings{Language: tt.config, LanguageFrom: tt.from, Text: "{{ .Title }} {{ .Language }}"}, it, cards())
		if got.Language != tt.want || strings.TrimSpace(strings.TrimPrefix(got.Text, it.Title)) != tt.want {
			t.Errorf("%+v: %q in %q", tt, got.Language, got.Text)
		}
	}
}

func TestNothingToSay(t *testing.T) {
	_, _, err := wording(t, Settings{}).Compose(spool.Item{ID: "i7"}, Values{}, cards())
	if err == nil || !strings.Contains(err.Error(), "item i7: nothing can be posted") {
		t.Errorf("error %v", err)
	}
}

// TestTooMuchOutput falls back to the default text when a template prints more
// than anybody could want.
func TestTooMuchOutput(t *testing.T) {
	it := storm()
	it.Summary = strings.Repeat("Many words. ", 2000)
	got, r := compose(t, Settings{Text: strings.Repeat("{{ .Summary }}", 50)}, it, cards())
	if !strings.HasPrefix(got.Text, it.Title) || len(r.Notes) == 0 || !strings.Contains(r.Notes[0], "64 KiB") {
		t.Errorf("text %.40q, notes %q", got.Text, r.Notes)
	}
}

func firstPicture(c spool.Content) spool.Attachment {
	if len(c.Media) == 0 {
		return spool.Attachment{}
	}
	return c.Media[0]
}

func TestSettingsAreChecked(t *testing.T) {
	for what, s := range map[string]Settings{
		"link": {Link: "button"}, "image": {Image: "last"}, "video": {Video: "first"}, "alt": {Alt: "guess"},
		"language_from": {LanguageFrom: "feed"}, "warning": {Warning: "{{ .Warn }}"}, "correction": {Correction: "{{ .Before }}"},
	} {
		if _, err := New(s); err == nil || !strings.Contains(err.Error(), what+": ") {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

// TestTogether words items from several goroutines at once, for the race detector.
func TestTogether(t *testing.T) {
	w := wording(t, Settings{Text: "{{ .Title | sentencecase }} {{ handle .Author }} {{ hashtag .Categories }} {{ day .Published }}", Image: ImageFirst, Chain: 3,
		Handles: map[string]string{"Ana Bell": "ana"}, Hashtags: map[string]string{"weather": "Storm"}})
	want, _, err := w.Compose(storm(), Values{}, cards())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				if got, _, err := w.Compose(storm(), Values{}, cards()); err != nil || !got.Equal(want) {
					t.Errorf("%+v, %v", got, err)
				}
				if _, _, err := w.Correct(storm(), Values{}, cards()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
