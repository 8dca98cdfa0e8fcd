package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"spool/feeds/feedstest"
	"spool/publisher/threads/threadstest"
)

// TestS12HardWords: links with ampersands, entities escaped twice, a title of 600
// characters and emoji made of several come out on Threads as the golden file has
// them, which somebody has read.
func TestS12HardWords(t *testing.T) {
	const golden = "testdata/s12/threads.txt"
	document, err := os.ReadFile("testdata/s12/feed.xml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(golden)
	if err != nil && !*updateScripts {
		t.Fatal(err)
	}
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 0s\n    first_run: all", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.room.Fail("city", func(w http.ResponseWriter, _ *http.Request, _ feedstest.Answer) {
			w.Header().Set("Content-Type", "application/rss+xml")
			_, _ = w.Write(document)
		})
		s.start()
		s.wait(50 * time.Second)
		got := s.readers()
		if *updateScripts {
			if err := os.WriteFile(golden, got, 0o600); err != nil {
				t.Fatal(err)
			}
		} else if !bytes.Equal(got, want) {
			t.Errorf("readers see\n%s\nwant\n%s\n%s", got, want, s.tail())
		}
		for _, p := range s.net.Visible(stageUser) {
			wantWhole(t, p)
		}
		s.wantClean()
	})
}

// TestItemsWithoutDatesGoInTheOrderOfTheFeed: the newest stands first, and so
// goes last.
func TestItemsWithoutDatesGoInTheOrderOfTheFeed(t *testing.T) {
	var want []string
	items := ""
	for i := range 12 {
		title := fmt.Sprintf("Story %d without a date", i)
		want = append(want, title)
		items = fmt.Sprintf("<item><guid>%d</guid><title>%s</title></item>\n", i, title) + items
	}
	config := strings.Replace(stageConfig, "settle: 0s", "settle: 0s\n    first_run: all", 1)
	play(t, config, func(t *testing.T, s *stage) {
		s.room.Fail("city", func(w http.ResponseWriter, _ *http.Request, _ feedstest.Answer) {
			_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>T</title>`+items+`</channel></rss>`)
		})
		s.start()
		s.wait(50 * time.Second)
		s.wantLive(want)
	})
}

// readers is what readers see, oldest first.
func (s *stage) readers() []byte {
	var b bytes.Buffer
	posts := s.net.Visible(stageUser)
	for _, p := range slices.Backward(posts) {
		fmt.Fprintf(&b, "== %d characters, %d bytes\n%s\n-- card %s\n", uniseg.GraphemeClusterCount(p.Text), len(p.Text), p.Text, p.Link)
	}
	return b.Bytes()
}

// wantWhole fails when a post has what no reader should see, or is longer than
// Threads takes, counted in the strictest way that it is known to count.
func wantWhole(t *testing.T, p threadstest.Post) {
	t.Helper()
	for _, bad := range []string{"&amp;", "&#", "&quot;", "&lt;", "<p>", "\u200d…", "\ufffd"} {
		if strings.Contains(p.Text, bad) || strings.Contains(p.Link, bad) {
			t.Errorf("%q is in %q, card %s", bad, p.Text, p.Link)
		}
	}
	if n := len([]rune(p.Text)); n > 500 {
		t.Errorf("%d code points: %q", n, p.Text)
	}
}
