package main

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func wallOf(t *testing.T, columns ...wallColumn) string {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	w, err := newWall(columns, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if csp := rec.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the page may load anything: %q", csp)
	}
	body, _ := io.ReadAll(rec.Body)
	return string(body)
}

func TestWallShowsEachNetworkWithItsNewestPostFirst(t *testing.T) {
	at := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	page := wallOf(t,
		wallColumn{Name: "Threads", Page: "http://127.0.0.1:1/", Posts: func() []wallPost {
			return []wallPost{
				{ID: "a", Text: "The older one", At: at},
				{ID: "b", Text: "<script>alert(1)</script>", Link: "https://www.example.org/b", Title: "A card", At: at.Add(time.Minute)},
			}
		}},
		wallColumn{Name: "Bluesky", Posts: func() []wallPost { return nil }},
	)
	if strings.Contains(page, "<script>alert") {
		t.Error("words of a post became markup")
	}
	if newer, older := strings.Index(page, "alert(1)"), strings.Index(page, "The older one"); newer < 0 || older < newer {
		t.Errorf("the newest post is not first: %d, %d", newer, older)
	}
	for _, want := range []string{"2 posts, none twice", "nothing yet", "The first story is on its way.", "A card", ">example.org<", "59 min ago"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestWallTellsOfDoubles(t *testing.T) {
	at := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	page := wallOf(t, wallColumn{Name: "Mastodon", Posts: func() []wallPost {
		return []wallPost{{ID: "a", Text: "Same", At: at}, {ID: "b", Text: "Same", At: at.Add(time.Second)}, {ID: "c", Text: "Same", Parent: "x", Reply: "Other", At: at}}
	}})
	if !strings.Contains(page, "3 posts, 1 twice") || strings.Count(page, `<strong class="bad">twice</strong>`) != 1 {
		t.Error("a double is not told of, or more than one is")
	}
}
