package threads

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

func TestPlainLink(t *testing.T) {
	same := []string{
		"https://news.example.org/a",
		"http://news.example.org/a/",
		"https://NEWS.example.org:443/a#top",
		"https://www.news.example.org/a?utm_source=threads&UTM_Medium=x",
		"https://news.example.org/a?fbclid=1",
		"https://l.threads.net/?u=https%3A%2F%2Fnews.example.org%2Fa&e=AT0",
		"https://l.threads.com/?u=https%3A%2F%2Fnews.example.org%2Fa%3Futm_source%3Dx",
	}
	for _, s := range same {
		if got := plainLink(s); got != plainLink(same[0]) {
			t.Errorf("plainLink(%s) = %s, want %s", s, got, plainLink(same[0]))
		}
	}
	for _, s := range []string{
		"", "https://news.example.org/b", "https://news.example.org/a?id=2", "https://other.example.org/a",
		"https://news.example.org/A", "https://share.example.org/?u=https%3A%2F%2Fnews.example.org%2Fa",
	} {
		if plainLink(s) == plainLink(same[0]) {
			t.Errorf("plainLink takes %q for the same", s)
		}
	}
}

func TestMatch(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	post := func(id, text, link, kind string, seconds int) media {
		return media{ID: id, Text: text, Link: link, Type: kind, Timestamp: at.Add(time.Duration(seconds) * time.Second).Format("2006-01-02T15:04:05-0700")}
	}
	const link = "https://news.example.org/a"
	list := []media{
		post("1", "Bridge reopens", link, "TEXT_POST", 30),
		post("2", "Bridge reopens, says mayor", link, "TEXT_POST", 10),
		post("3", "Bridge  reopens", "", "TEXT_POST", 20),
		post("4", "Bridge reopens", "https://news.example.org/b", "TEXT_POST", 5),
		post("5", "Bridge reopens", "", "IMAGE", 1),
		post("6", "", "", "TEXT_POST", 2),
		post("7", "Bridge reopens #News today", "", "TEXT_POST", 3),
		post("8", "Line 4", "https://l.threads.net/short", "TEXT_POST", 4),
	}
	for i, to := range []string{"2", "3", ""} {
		m := post(fmt.Sprint(9+i), "Correction", link, "TEXT_POST", 40-i)
		if m.RepliedTo.ID = to; to == "" {
			m.Link = ""
		}
		list = append(list, m)
	}
	goesOn := post("14", "Goes on", "", "TEXT_POST", 50)
	goesOn.RepliedTo.ID = "9"
	list = append(list, post("12", "Pictures", "", "CAROUSEL_ALBUM", 1), post("13", "Pictures", "", "VIDEO", 1), goesOn)
	card := spool.Content{Text: "Bridge reopens", Link: link}
	tests := []struct {
		name    string
		content spool.Content
		n       notes
		shared  bool
		taken   []string
		want    string // ids, the match first
	}{
		{name: "the link alone, oldest first", content: card, want: "2 1"},
		{name: "a link that others have needs the words", content: card, shared: true, want: "1"},
		{name: "taken ids are others'", content: card, taken: []string{"2"}, want: "1"},
		{name: "without the link the words, but not of another address", content: card, taken: []string{"1", "2"}, want: "3"},
		{name: "nothing left", content: card, taken: []string{"1", "2", "3"}},
		{name: "the words of an image", content: spool.Content{Text: "Bridge reopens", Media: []spool.Attachment{{Public: "https://x.example/i"}}}, n: notes{Shape: shapeImage}, want: "5"},
		{name: "blank words prove nothing", content: spool.Content{Text: " \u200b"}},
		{name: "blank words with a link that nobody has", content: spool.Content{Link: "https://news.example.org/c"}},
		{name: "the sign of a topic", content: spool.Content{Text: "Bridge reopens News today"}, want: "7"},
		{name: "zero-width spaces", content: spool.Content{Text: "Bridge reopens #\u200bNews today"}, want: "7"},
		{name: "a detour that tells nothing is no contradiction", content: spool.Content{Text: "Line 4", Link: link}, shared: true, want: "8"},
		{name: "a reply", content: spool.Content{Text: "Correction"}, n: notes{ReplyTo: "2"}, want: "9 11"},
		{name: "a reply with the link that its parent has", content: spool.Content{Text: "Correction", Link: link}, n: notes{ReplyTo: "2"}, want: "9"},
		{name: "a reply to nothing here", content: spool.Content{Text: "Goes on"}, n: notes{ReplyTo: "7"}},
		{name: "a post with the words of a reply", content: spool.Content{Text: "Goes on"}},
		{name: "a carousel", content: spool.Content{Text: "Pictures"}, n: notes{Shape: shapeCarousel}, want: "12"},
		{name: "a film is no carousel", content: spool.Content{Text: "Pictures"}, n: notes{Shape: shapeVideo}, want: "13"},
		{name: "no card, so the link in the text", content: card, n: notes{NoCard: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			taken := map[string]bool{}
			for _, id := range tt.taken {
				taken[id] = true
			}
			if tt.n.Shape == "" {
				tt.n.Shape = shapeText
			}
			var ids []string
			for _, m := range match(list, publisher.Query{Post: spool.Post{Content: tt.content}, Taken: taken, LinkShared: tt.shared}, tt.n) {
				ids = append(ids, m.ID)
			}
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("matched %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzPlainLink(f *testing.F) {
	f.Add("https://l.threads.net/?u=https%3A%2F%2Fnews.example.org%2Fa")
	f.Add("http://[::1")
	f.Add("https://news.example.org/a?b=1&b=2")
	f.Fuzz(func(t *testing.T, s string) {
		got := plainLink(s) // must not panic, whatever it is
		if webAddress(s) && !strings.ContainsAny(s, "# ") && plainLink(s+"#part") != got {
			t.Errorf("%q differs with a fragment: %q, %q", s, got, plainLink(s+"#part"))
		}
	})
}

func TestHistoryMatch(t *testing.T) {
	const link = "https://news.example.org/a"
	correction := media{ID: "5", Text: "Correction: it reopens tomorrow", Link: link, Type: "TEXT_POST"}
	correction.RepliedTo.ID = "1"
	h := newHistory([]media{
		correction,
		{ID: "1", Text: "Bridge reopens", Link: link, Type: "TEXT_POST"},
		{ID: "2", Text: "Line 4 stops", Link: "https://transit.example.org/status", Type: "TEXT_POST"},
		{ID: "3", Text: "Line 5 stops", Link: "https://transit.example.org/status", Type: "TEXT_POST"},
		{ID: "4", Text: "Photo of the day\n\nhttps://news.example.org/p", Type: "IMAGE"},
	})
	tests := []struct {
		content spool.Content
		want    string
	}{
		{spool.Content{Text: "Bridge reopens", Link: link}, "1"},
		{spool.Content{Text: "The bridge is open again", Link: link}, "1"}, // its title was edited
		{spool.Content{Text: "Line 5 stops", Link: "https://transit.example.org/status"}, "3"},
		{spool.Content{Text: "Line 6 stops", Link: "https://transit.example.org/status"}, ""},
		{spool.Content{Text: "Photo of the day", Link: "https://news.example.org/p", Media: []spool.Attachment{{URL: "https://x.example/i.jpg"}}}, "4"},
		{spool.Content{Text: "News", Link: "https://news.example.org/b"}, ""},
		{spool.Content{}, ""},
	}
	for _, tt := range tests {
		if got, ok := h.Match(spool.Post{Content: tt.content}, nil); got.ID != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: matched %q, want %q", tt.content.Text, got.ID, tt.want)
		}
	}
}
