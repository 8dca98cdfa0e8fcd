package threads

import (
	"fmt"
	"strings"
	"testing"

	"spool"
	"spool/publisher/threads/threadstest"
)

// linked is a text with so many links besides its own.
func linked(n int) string {
	var b strings.Builder
	b.WriteString("What else happened.\n")
	for i := range n {
		fmt.Fprintf(&b, "\n• See https://other.example/%d.", i)
	}
	return b.String()
}

func TestFewer(t *testing.T) {
	const own = "https://news.example.org/a"
	tests := map[string]struct {
		n          notes
		text, link string
		want       string
	}{
		"none":                  {notes{}, "Words", "", "Words"},
		"five are few":          {notes{}, linked(4), own, linked(4)},
		"three of six":          {notes{}, linked(5), own, "What else happened.\n\n• See https://other.example/0.\n• See https://other.example/1.\n• See.\n• See.\n• See."},
		"three of four":         {notes{FewLinks: true}, linked(3), own, "What else happened.\n\n• See https://other.example/0.\n• See https://other.example/1.\n• See."},
		"three":                 {notes{FewLinks: true}, linked(2), own, linked(2)},
		"one of them, repeated": {notes{}, strings.Repeat(own+" ", 9), own, strings.Repeat(own+" ", 9)},
		"lines of links only": {
			notes{}, "Top\n- https://a.example/1\n- https://a.example/2\n- https://a.example/3\n- https://a.example/4\n- https://a.example/5\n- https://a.example/6\nEnd", "",
			"Top\n- https://a.example/1\n- https://a.example/2\n- https://a.example/3\nEnd",
		},
	}
	for name, tt := range tests {
		if got := tt.n.fewer(tt.text, tt.link); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func FuzzFewer(f *testing.F) {
	f.Add(linked(7), "https://news.example.org/a", true)
	f.Add("https://a.example/https://b.example/ http://c", "", false)
	f.Add("(https://a.example/1) https://a.example/2… “https://a.example/3” https://x https://y https://z", "https://a.example/1", false)
	f.Fuzz(func(t *testing.T, text, link string, few bool) {
		n := notes{FewLinks: few}
		got := n.fewer(text, link)
		if most := len(linksOf(got, link)); most > mostLinks || few && most > maxLinks {
			t.Errorf("%d links are left in %q", most, got)
		}
		if again := n.fewer(got, link); again != got {
			t.Errorf("%q changes again: %q", got, again)
		}
	})
}

// TestLinks: a post with many links goes out with few, and the history says so.
func TestLinks(t *testing.T) {
	for links, note := range map[int]bool{2: false, 4: false, 5: true, 12: true} {
		bubble(t, threadstest.Options{}, func(w *world) {
			p := newPost()
			p.Content.Text = linked(links)
			p = w.drive(p)
			if w.visible(1); p.State != spool.Live || strings.Contains(p.Receipt.Note, "fewer links") != note {
				t.Errorf("%d links: the post is %s: %s, %q", links, p.State, p.Reason, p.Receipt.Note)
			}
		})
	}
	// Posts with four were seen to be refused.
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.Plan(threadstest.Rule{Op: threadstest.OpCreate, Nth: 1, Action: threadstest.Error(400, 100, 0, "THREADS_API__LINK_LIMIT_EXCEEDED")})
		p := newPost()
		p.Content.Text, p.Content.Topic = linked(3), "Traffic"
		p = w.drive(p)
		if seen := w.visible(1)[0]; seen.Topic != "Traffic" || strings.Count(seen.Text, "https://") != 2 || !strings.Contains(p.Receipt.Note, "fewer links") {
			t.Errorf("a reader sees %+v; the note is %q", seen, p.Receipt.Note)
		}
	})
}
