package compose

import (
	"slices"
	"strings"
	"testing"

	"spool"
	"spool/publisher/threads"
	"spool/publisher/webhook"
)

// urls are the addresses of attachments.
func urls(list []spool.Attachment) string {
	var out []string
	for _, a := range list {
		out = append(out, strings.TrimPrefix(a.URL, "https://e.org/"))
	}
	return strings.Join(out, " ")
}

// outlineOf says how a content shows its link and its pictures, in words.
func outlineOf(c spool.Content) string {
	var out []string
	add := func(on bool, what string) {
		if on {
			out = append(out, what)
		}
	}
	add(c.Link != "", "card")
	add(c.Card.Title != "", "own")
	add(c.Card.Thumb != nil, "thumb")
	add(strings.Contains(c.Text, "https://"), "text")
	add(len(c.Media) > 0, "media("+urls(c.Media)+")")
	add(c.Open, "open")
	add(c.Page != "", "page")
	if c.Instead != nil {
		out = append(out, "else", outlineOf(*c.Instead))
	}
	return strings.Join(out, " ")
}

func TestShapes(t *testing.T) {
	picture := spool.Media{URL: "https://e.org/a.jpg", Type: "image/jpeg"}
	film := spool.Media{URL: "https://e.org/a.mp4", Type: "video/mp4; codecs=avc1"}
	tests := []struct {
		name  string
		l     spool.TextLimits
		s     Settings
		media []spool.Media
		want  string
	}{
		{"Threads shows a card", cards(), Settings{}, []spool.Media{picture}, "card"},
		{"Mastodon makes a card of the link in the text", mastodonLimits(), Settings{}, []spool.Media{picture}, "text"},
		{"Bluesky has a card of ours", blueskyLimits(), Settings{}, []spool.Media{picture}, "card own thumb open"},
		{"whose picture may be that of the page", blueskyLimits(), Settings{}, nil, "card own open page"},
		{"or none", blueskyLimits(), Settings{Image: ImageNone}, []spool.Media{picture}, "card own"},

		{"a picture first", cards(), Settings{Image: ImageFirst}, []spool.Media{picture}, "text media(a.jpg) open else card"},
		{"of the page", cards(), Settings{Image: ImageFirst}, nil, "text open page else card"},
		{"on Mastodon", mastodonLimits(), Settings{Image: ImageFirst}, []spool.Media{picture}, "text media(a.jpg) open else text"},
		{"on Bluesky", blueskyLimits(), Settings{Image: ImageFirst}, []spool.Media{picture}, "text media(a.jpg) open else card own thumb open"},
		{"the link in the text", cards(), Settings{Link: LinkText}, []spool.Media{picture}, "text media(a.jpg) open else text"},
		{"no link", cards(), Settings{Link: LinkNone}, []spool.Media{picture}, "media(a.jpg) open else "},
		{"no link and no picture", cards(), Settings{Link: LinkNone}, nil, "open page else "},
		{"nothing wanted", cards(), Settings{Link: LinkNone, Image: ImageNone}, []spool.Media{picture}, ""},

		{"a film goes first", mastodonLimits(), Settings{Image: ImageFirst}, []spool.Media{picture, film}, "text media(a.mp4 a.jpg) open else text"},
		{"unless it is not wanted", mastodonLimits(), Settings{Image: ImageFirst, Video: VideoNone}, []spool.Media{picture, film}, "text media(a.jpg) open else text"},
		{"or the network takes none", blueskyLimits(), Settings{Link: LinkText}, []spool.Media{film, picture}, "text media(a.jpg) open else text"},
		{"a network without pictures", spool.TextLimits{Max: 500}, Settings{Image: ImageFirst}, []spool.Media{picture}, "text"},
		{"and with cards", spool.TextLimits{Max: 500, Card: true}, Settings{Image: ImageFirst}, []spool.Media{picture}, "card"},
	}
	for _, tt := range tests {
		it := storm()
		it.Media = tt.media
		got, _ := compose(t, tt.s, it, tt.l)
		if o := outlineOf(got); o != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, o, tt.want)
		}
		for _, flaw := range flaws(got, tt.l) {
			t.Errorf("%s: %s", tt.name, flaw)
		}
	}
}

func TestOwnCard(t *testing.T) {
	tests := []struct {
		name        string
		change      func(*spool.Item)
		title, text string
	}{
		{"title and summary", nil, "Storm closes the harbour", "Ships stay in port until Friday. The council meets tonight."},
		{"no title", func(i *spool.Item) { i.Title = "" }, "Ships stay in port until Friday. The council meets tonight.", ""},
		{"neither", func(i *spool.Item) { i.Title, i.Summary = "", "" }, "example.org", ""},
		{"not twice", func(i *spool.Item) { i.Summary = i.Title + ". Ships wait." }, "Storm closes the harbour", "Ships wait."},
		{"within bounds", func(i *spool.Item) {
			i.Title, i.Summary = sentences("Long headline here", 400), sentences("A sentence of it.", 900)
		}, "", ""},
	}
	for _, tt := range tests {
		it := storm()
		if tt.change != nil {
			tt.change(&it)
		}
		got, _ := compose(t, Settings{Query: map[string]string{"utm_source": "x"}}, it, blueskyLimits())
		if tt.title != "" && (got.Card.Title != tt.title || got.Card.Description != tt.text) {
			t.Errorf("%s: %+v", tt.name, got.Card)
		}
		if a, b := len([]rune(got.Card.Title)), len([]rune(got.Card.Description)); a == 0 || a > maxCardTitle+1 || b > maxCardDescription+1 {
			t.Errorf("%s: %d and %d characters", tt.name, a, b)
		}
		if !strings.HasSuffix(got.Link, "utm_source=x") || got.Page != "" {
			t.Errorf("%s: link %s, page %s", tt.name, got.Link, got.Page)
		}
	}
}

// TestCardIsAsQuietAsTheText: a headline is not in capitals on the card alone.
func TestCardIsAsQuietAsTheText(t *testing.T) {
	it := storm()
	it.Title = "STORM CLOSES THE HARBOUR"
	for text, want := range map[string]string{"{{ .Title | sentencecase }}": "Storm closes the harbour", "{{ .Title }}": it.Title} {
		if got, _ := compose(t, Settings{Text: text}, it, blueskyLimits()); got.Card.Title != want {
			t.Errorf("%s: %q", text, got.Card.Title)
		}
	}
}

// TestSizesOfOnePicture keeps a post from showing the same picture twice.
func TestSizesOfOnePicture(t *testing.T) {
	tests := []struct {
		name string
		a, b string
		same bool
	}{
		{"a folder for each size", "https://e.org/ace/240/x/storm.jpg", "https://e.org/ace/976/x/storm.jpg", true},
		{"a folder with a letter", "https://e.org/ALT/s615/storm.jpg", "https://e.org/ALT/s98/storm.jpg", true},
		{"a size in the name", "https://e.org/storm-300x200.jpg", "https://e.org/storm.jpg", true},
		{"a word in the name", "https://e.org/storm-scaled.jpg", "https://e.org/storm_thumb.jpg", true},
		{"a width in the name", "https://e.org/storm_640w.jpg", "https://e.org/storm_1280w.jpg", true},
		{"parameters", "https://e.org/storm.jpg?width=140&quality=85&s=aa", "https://e.org/storm.jpg?width=460&quality=85&s=bb", true},
		{"another format", "https://e.org/storm.jpg", "https://e.org/storm.webp", true},
		{"two pictures", "https://e.org/storm.jpg", "https://e.org/harbour.jpg", false},
		{"numbered pictures", "https://e.org/IMG_1234.jpg", "https://e.org/IMG_1235.jpg", false},
		{"two ids", "https://e.org/image.php?id=17", "https://e.org/image.php?id=18", false},
		{"two hosts", "https://a.example/storm.jpg", "https://b.example/storm.jpg", false},
	}
	for _, tt := range tests {
		if same := pictureName(tt.a) == pictureName(tt.b); same != tt.same {
			t.Errorf("%s: %q and %q: the same is %v", tt.name, pictureName(tt.a), pictureName(tt.b), same)
		}
	}
	it := storm()
	it.Media = []spool.Media{
		{URL: "https://e.org/a/140/x.jpg", Width: 140, Alt: "The pier"}, {URL: "https://e.org/a/460/x.jpg", Width: 460}, {URL: "https://e.org/y.jpg"},
		{URL: "https://e.org/huge.jpg", Width: 20000}, {URL: "https://e.org/icon.jpg", Width: 100},
	}
	got, _ := compose(t, Settings{Link: LinkNone, Images: 2}, it, cards())
	if urls(got.Media) != "a/460/x.jpg y.jpg icon.jpg huge.jpg" || got.Media[0].Alt != "The pier" || got.Pick != 2 {
		t.Errorf("%d of %q, described as %q", got.Pick, urls(got.Media), got.Media[0].Alt)
	}
	few := cards()
	few.Media.Images = 1
	if got, _ := compose(t, Settings{Link: LinkNone, Images: 4}, it, few); urls(got.Media) != "a/460/x.jpg" || got.Pick != 0 {
		t.Errorf("%d of %q", got.Pick, urls(got.Media))
	}
}

func TestAltPolicyAndCredit(t *testing.T) {
	it := storm()
	it.Media[0].Credit = "Ana Bell/Paper"
	s := Settings{Text: "{{ .Title }}{{ with .Credit }} (photo: {{ . }}){{ end }}", Image: ImageFirst, Alt: spool.AltHold}
	got, _ := compose(t, s, it, cards())
	if got.Alt != spool.AltHold || !strings.Contains(got.Text, "(photo: Ana Bell/Paper)") || got.Media[0].Credit != "Ana Bell/Paper" {
		t.Errorf("%+v", got)
	}
	if strings.Contains(got.Instead.Text, "photo") || got.Instead.Alt != "" {
		t.Errorf("without the picture its maker is named: %+v", got.Instead)
	}
	if got, _ := compose(t, Settings{}, it, cards()); got.Alt != "" {
		t.Errorf("a card has a policy for descriptions: %+v", got)
	}
}

func TestWarning(t *testing.T) {
	it := storm()
	it.Summary = strings.Repeat("word ", 300)
	s := Settings{Warning: `{{ if eq .Category "Local news" }}local {{ .Title }}{{ end }}`}
	got, r := compose(t, s, it, mastodonLimits())
	if got.Warning != "local Storm closes the harbour" || r.Length+len(got.Warning) > 500 || r.Length < 440 {
		t.Errorf("%q beside %d characters", got.Warning, r.Length)
	}
	it.Categories = nil
	if got, r := compose(t, s, it, mastodonLimits()); got.Warning != "" || r.Length < 480 {
		t.Errorf("%q beside %d characters", got.Warning, r.Length)
	}
}

// Where nothing can be hidden behind a warning it takes no room, and whoever wants
// one is told.
func TestAWarningIsLeftOutWhereNothingCanBeHidden(t *testing.T) {
	it := storm()
	it.Summary = strings.Repeat("word ", 300)
	s := Settings{Warning: `{{ if eq .Category "Local news" }}{{ .Title }} {{ .Title }}{{ end }}`}
	for name, l := range map[string]spool.TextLimits{"threads": threads.TextLimits(), "bluesky": blueskyLimits(), "slack": webhook.TextLimits(webhook.Slack)} {
		got, r := compose(t, s, it, l)
		if got.Warning != "" || r.Length < min(l.Max, 1500)-10 || !strings.Contains(strings.Join(r.Notes, "\n"), `the warning "Storm closes the harbour Storm`) {
			t.Errorf("%s: %q beside %d characters; %q", name, got.Warning, r.Length, r.Notes)
		}
		if _, r := compose(t, Settings{}, it, l); strings.Contains(strings.Join(r.Notes, "\n"), "warning") {
			t.Errorf("%s: nobody wants a warning: %q", name, r.Notes)
		}
	}
	if got, _ := compose(t, s, it, webhookLimits()); got.Warning == "" {
		t.Error("a receiver is not told the warning")
	}
}

func TestHardLimit(t *testing.T) {
	l := blueskyLimits()
	l.Hard = 200
	it := storm()
	it.Summary = strings.Repeat("船は金曜日まで港に留まる。", 60)
	got, _ := compose(t, Settings{}, it, l)
	if len(got.Text) > 200 || len(got.Text) < 150 || !strings.HasSuffix(got.Text, "。") {
		t.Errorf("%d bytes: %q", len(got.Text), got.Text)
	}
}

func TestTagsAndMentions(t *testing.T) {
	s := Settings{
		Text:     "#Breaking: {{ .Title }} {{ hashtag .Categories }} via @desk. {{ handle .Author }} mail a@b.example C# &#39; {{ .Summary | fit }}",
		Hashtags: map[string]string{"LOCAL news": "#Springfield #Harbour", "weather": ""},
		Handles:  map[string]string{"ana bell": "@ana.example.org", "Bob Day": "bob@newsie.example"},
	}
	it := storm()
	it.Author, it.Summary = "Ana Bell and Bob  Day, Cy Poe", "#storm and @somebody"
	l := mastodonLimits()
	got, _ := compose(t, s, it, l)
	want := "#Breaking: Storm closes the harbour #Springfield #Harbour via @desk. @ana.example.org and @bob@newsie.example, Cy Poe" +
		" mail a@b.example C# &#39; #\u200bstorm and @\u200bsomebody\n\nhttps://example.org/storm?id=1"
	if got.Text != want {
		t.Errorf("\n got %q\nwant %q", got.Text, want)
	}
	if !slices.Equal(got.Tags, []string{"Breaking", "Springfield", "Harbour"}) || !slices.Equal(got.Mentions, []string{"@desk", "@ana.example.org", "@bob@newsie.example"}) {
		t.Errorf("tags %q, mentions %q", got.Tags, got.Mentions)
	}
	l = blueskyLimits() // where nothing needs to be muted
	it.Categories = []string{strings.Repeat("x", 30) + " " + strings.Repeat("y", 30), "2026", "news", "News", "NATO", "LOCAL POLITICS", "d'été"}
	got, _ = compose(t, Settings{Text: "{{ hashtag .Categories }} {{ .Summary }}"}, it, l)
	if !slices.Equal(got.Tags, []string{"News", "NATO", "LocalPolitics", "Dété"}) || !strings.HasSuffix(got.Text, " #storm and @somebody") {
		t.Errorf("tags %q in %q", got.Tags, got.Text)
	}
	s = Settings{Text: "{{ hashtag .Categories }}", Hashtags: map[string]string{"news": strings.Repeat("n", 65), "nato": strings.Repeat("m", 64)}}
	if got, _ := compose(t, s, it, l); !slices.Equal(got.Tags, []string{strings.Repeat("m", 64), "LocalPolitics", "Dété"}) {
		t.Errorf("tags %q", got.Tags)
	}
}

// TestTagsAreNotCut: a hashtag that there is no room for goes as a whole.
func TestTagsAreNotCut(t *testing.T) {
	it := spool.Item{Title: "Storm", Categories: []string{"Harbour of Harwich", "Weather"}}
	for limit := 20; limit < 60; limit++ {
		got, _ := compose(t, Settings{Text: "Read this: {{ .Title }} {{ hashtag .Categories }} at @desk.example now"}, it, spool.TextLimits{Max: limit})
		for word := range strings.FieldsSeq(strings.TrimSuffix(got.Text, ellipsis)) {
			if strings.ContainsAny(word, "#@") && !slices.Contains([]string{"#HarbourOfHarwich", "#Weather", "@desk.example"}, word) {
				t.Errorf("within %d: %q", limit, got.Text)
			}
		}
		if n := strings.Count(got.Text, "#") + strings.Count(got.Text, "@"); n != len(got.Tags)+len(got.Mentions) {
			t.Errorf("within %d: %q, tags %q, mentions %q", limit, got.Text, got.Tags, got.Mentions)
		}
	}
}
