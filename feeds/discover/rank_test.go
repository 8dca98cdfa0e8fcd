package discover

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRanking(t *testing.T) {
	w := newWeb(t)
	var head strings.Builder
	for _, name := range []string{"comments", "empty", "stale", "city", "undated"} {
		fmt.Fprintf(&head, `<link rel="alternate" type="application/rss+xml" title="%s" href="/%s.rss">`, name, name)
	}
	w.page("news.example/", head.String(), "")
	w.feed("news.example/comments.rss", "Comments on: everything", 5)
	w.feed("news.example/empty.rss", "Empty", 0)
	w.has("news.example/stale.rss", "application/rss+xml", rss("Stale", 5, time.Hour, now.AddDate(-2, 0, 0)))
	w.feed("news.example/city.rss", "City", 5)
	w.has("news.example/undated.rss", "application/rss+xml", strings.ReplaceAll(rss("Undated", 5, time.Hour, now), "pubDate", "x"))
	r := w.search("news.example", 6)
	want(t, r, "https://news.example/city.rss", "https://news.example/undated.rss", "https://news.example/stale.rss", "https://news.example/empty.rss")
	if len(r.Unread) != 1 || !r.Unread[0].Comments {
		t.Errorf("unread %+v", r.Unread)
	}
	for i, note := range []string{"", "", "nothing new for 730 days", "it has no items"} {
		if i < len(r.Candidates) && r.Candidates[i].Note != note {
			t.Errorf("%s: note %q, want %q", r.Candidates[i].URL, r.Candidates[i].Note, note)
		}
	}
	if u := r.Candidates[1]; u.PerDay != 0 || !u.Last.IsZero() {
		t.Errorf("an undated feed has %v a day, the last %v", u.PerDay, u.Last)
	}
}

// Where there is little else, what readers say is read too, and comes last.
func TestCommentsComeLast(t *testing.T) {
	w := newWeb(t)
	w.page("news.example/", `<link rel="alternate" type="application/rss+xml" title="News » Comments Feed" href="/c"><link rel="alternate" type="application/rss+xml" title="News" href="/n">`, "")
	w.feed("news.example/c", "Comments for News", 5)
	w.has("news.example/n", "application/rss+xml", rss("News", 5, time.Hour, now.AddDate(-1, 0, 0)))
	r := w.search("news.example", defaultMaxRequests)
	want(t, r, "https://news.example/n", "https://news.example/c")
	if c := r.Candidates[1]; c.Standing != Comments || c.Note != "what readers say, not what the site publishes" {
		t.Errorf("%+v", c)
	}
	for title, is := range map[string]bool{"Comments Feed": true, "Comments on: A bridge": true, "Kommentar-Feed": true, "Flux des commentaires": true, "Comment is free": false, "Opinion & Comment": false, "Kommentare": false} {
		u, _ := address("https://news.example/x")
		if comments(u, title) != is {
			t.Errorf("comments(%q) = %v", title, !is)
		}
	}
}

func TestTheSameItemsAreOneCandidate(t *testing.T) {
	w := newWeb(t)
	w.page("news.example/", `
		<link rel="alternate" type="application/rss+xml" href="http://news.example/a.rss">
		<link rel="alternate" type="application/rss+xml" href="https://news.example/b.rss">
		<link rel="alternate" type="application/rss+xml" href="https://news.example/c.rss">
		<link rel="alternate" type="application/rss+xml" href="https://news.example/city.rss">`, "")
	same := rss("News", 10, time.Hour, now)
	w.has("news.example/a.rss", "application/rss+xml", same)
	w.has("news.example/b.rss", "application/rss+xml", strings.ReplaceAll(same, "https://news.example/news/", "http://news.example/news/"))
	w.has("news.example/c.rss", "application/rss+xml", rss("News", 25, time.Hour, now))
	w.has("news.example/city.rss", "application/rss+xml", strings.ReplaceAll(rss("News", 1, time.Hour, now), "<title>News", "<title>City"))
	r := w.search("https://news.example/", 5)
	want(t, r, "https://news.example/b.rss", "https://news.example/city.rss")
	if len(r.Candidates) > 0 && !slices.Equal(r.Candidates[0].Also, []string{"http://news.example/a.rss", "https://news.example/c.rss"}) {
		t.Errorf("also %q", r.Candidates[0].Also)
	}
}
