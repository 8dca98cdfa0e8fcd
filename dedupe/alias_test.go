package dedupe

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
)

// A chapter is a poll of a feed's life: what it lists, and what that is.
type chapter struct {
	feed  string
	after time.Duration // since the chapter before
	items []spool.Item
	want  string
}

// TestAliases tells lives of feeds, poll by poll. What is known by one name is
// known by all it ever had.
func TestAliases(t *testing.T) {
	const day, year = 24 * time.Hour, 365 * 24 * time.Hour
	one := func(feed string, after time.Duration, want string, items ...spool.Item) chapter {
		return chapter{feed, after, items, want}
	}
	tests := map[string][]chapter{
		"the guid changes": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", day, "known", story("2", "https://e.org/a", "A", noon)),
			one("f", day, "known", story("1", "https://e.org/a", "A", noon)),
		},
		"the link changes": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", day, "edited", story("1", "https://e.org/b", "A", noon)),
			one("f", day, "edited", story("1", "https://e.org/a", "A", noon)),
		},
		"both change, one after the other": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", day, "known", story("2", "https://e.org/a", "A", noon)),
			one("f", day, "edited", story("2", "https://e.org/b", "A", noon)),
			one("f", day, "known", story("3", "https://e.org/b", "A", noon)),
			one("f", day, "edited", story("3", "https://e.org/c", "A", noon)),
			one("f", 90*day, "edited", story("1", "https://e.org/a", "A", noon)), // back as it was at first
		},
		"both change at once": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", day, "fresh", story("2", "https://e.org/b", "A", noon)),
		},
		"a feed goes https, guids and all": {
			one("f", 0, "fresh fresh", story("http://e.org/1-a", "http://e.org/1-a", "A", noon), story("http://e.org/2-b", "http://e.org/2-b", "B", noon)),
			one("f", day, "known known", story("https://e.org/1-a", "https://e.org/1-a", "A", noon), story("https://e.org/2-b", "https://e.org/2-b", "B", noon)),
		},
		"a feed gets www": {
			one("f", 0, "fresh", story("http://e.org/1-a", "http://e.org/1-a", "A", noon)),
			one("f", day, "known", story("http://www.e.org/1-a", "http://www.e.org/1-a", "A", noon)),
		},
		"a feed moves to another host": {
			one("f", 0, "fresh fresh", story("https://old.example/1-a", "https://old.example/1-a", "A", noon), story("https://old.example/2-b", "https://old.example/2-b", "B", noon)),
			one("f", day, "edited edited", story("https://new.example/1-a", "https://new.example/1-a", "A", noon), story("https://new.example/2-b", "https://new.example/2-b", "B", noon)),
			one("f", day, "fresh known", story("https://new.example/3-c", "https://new.example/3-c", "C", noon), story("https://new.example/2-b", "https://new.example/2-b", "B", noon)),
		},
		"the scheme of the guids changes from addresses to tags": {
			one("f", 0, "fresh fresh", story("https://e.org/?p=1", "https://e.org/a", "A", noon), story("https://e.org/?p=2", "https://e.org/b", "B", noon)),
			one("f", day, "known known", story("tag:e.org,2026:1", "https://e.org/a", "A", noon), story("tag:e.org,2026:2", "https://e.org/b", "B", noon)),
			one("f", day, "edited known", story("tag:e.org,2026:1", "https://e.org/a", "A, continued", noon), story("tag:e.org,2026:2", "https://e.org/b", "B", noon)),
		},
		"one guid for all": {
			one("f", 0, "fresh fresh fresh", story("x", "https://e.org/a", "A", noon), story("x", "https://e.org/b", "B", noon), story("x", "https://e.org/c", "C", noon)),
			one("f", day, "fresh known known", story("x", "https://e.org/d", "D", noon.Add(day)), story("x", "https://e.org/a", "A", noon), story("x", "https://e.org/b", "B", noon)),
			one("f", day, "known", story("x", "https://e.org/b", "B", noon)),
		},
		"one link for all": {
			one("f", 0, "fresh fresh fresh", story("1", "https://e.org/live", "A", noon), story("2", "https://e.org/live", "B", noon), story("3", "https://e.org/live", "C", noon)),
			one("f", day, "fresh known known", story("4", "https://e.org/live", "D", noon.Add(day)), story("1", "https://e.org/live", "A", noon), story("2", "https://e.org/live", "B", noon)),
			one("f", day, "known", story("2", "https://e.org/live", "B", noon)),
		},
		"a guid is used again years later": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", 4*year, "fresh", story("1", "https://e.org/z", "Z", noon.Add(4*year))),
			one("f", day, "known known", story("1", "https://e.org/z", "Z", noon.Add(4*year)), story("1", "https://e.org/a", "A", noon)),
		},
		"a story under several guids": {
			one("f", 0, "fresh fresh", story("https://e.org/a#0", "https://e.org/a?at_medium=RSS", "A", noon), story("https://e.org/b#0", "https://e.org/b?at_medium=RSS", "B", noon)),
			one("f", time.Hour, "known known", story("https://e.org/a#1", "https://e.org/a?at_medium=RSS", "A", noon), story("https://e.org/a#0", "https://e.org/a?at_medium=RSS", "A", noon), story("https://e.org/b#0", "https://e.org/b?at_medium=RSS", "B", noon)),
			one("f", time.Hour, "known known", story("https://e.org/a#2", "https://e.org/a?at_medium=RSS", "A, later", noon.Add(2*time.Hour)), story("https://e.org/a#1", "https://e.org/a?at_medium=RSS", "A", noon), story("https://e.org/b#0", "https://e.org/b?at_medium=RSS", "B", noon)),
			one("f", time.Hour, "edited known", story("https://e.org/a#2", "https://e.org/a?at_medium=RSS", "A, later", noon.Add(2*time.Hour)), story("https://e.org/b#0", "https://e.org/b?at_medium=RSS", "B", noon)),
		},
		"a number becomes a string": { // as news aggregators do
			one("f", 0, "fresh", story("52780001", "https://news.example/articles/CBMi1", "A", noon)),
			one("f", day, "known", story("CBMi1", "https://news.example/articles/CBMi1", "A", noon)),
		},

		"republished with a new date": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", 200*day, "known", story("1", "https://e.org/a", "A", noon.Add(200*day))),
		},
		"republished with a new date and a new guid": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", 200*day, "known", story("2", "https://e.org/a", "A", noon.Add(200*day))),
		},
		"republished with a new date and another title": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", 200*day, "edited", story("1", "https://e.org/a", "A, revisited", noon.Add(200*day))),
		},
		"republished under its link alone": {
			one("f", 0, "fresh", story("", "https://e.org/a", "A", noon)),
			one("f", 200*day, "edited", story("", "https://e.org/a", "A, revisited", noon.Add(200*day))),
		},
		"the link again, but with a new guid, another title and another day": {
			one("f", 0, "fresh", story("1", "https://e.org/a", "A", noon)),
			one("f", day, "fresh", story("2", "https://e.org/a", "B", noon.Add(day))),
			one("f", day, "known known", story("2", "https://e.org/a", "B", noon.Add(day)), story("1", "https://e.org/a", "A", noon)),
		},
		"gone for months and back": {
			one("f", 0, "fresh fresh", story("1", "https://e.org/a", "A", noon), story("2", "https://e.org/b", "B", noon)),
			one("f", day, "known", story("2", "https://e.org/b", "B", noon)),
			one("f", 200*day, "known known", story("1", "https://e.org/a", "A", noon), story("2", "https://e.org/b", "B", noon)),
		},

		"an AMP page and the page": {
			one("f", 0, "fresh", story("https://e.org/news/storm/amp", "https://e.org/news/storm/amp", "A", noon)),
			one("f", day, "known", story("https://e.org/news/storm", "https://e.org/news/storm", "A", noon)),
		},
		"a news alert and the publisher's own feed": {
			one("alerts", 0, "fresh", story("tag:google.com,2013:1", "https://www.google.com/url?rct=j&url=https://www.e.org/news/storm%3Fid%3D1&ct=ga", "A", noon)),
			one("f", time.Hour, "joined", story("1", "https://www.e.org/news/storm?id=1&utm_source=rss", "A", noon)),
		},
		"a mobile section and another": {
			one("mobile", 0, "fresh", story("https://m.e.org/news/storm", "https://m.e.org/news/storm", "A", noon)),
			one("f", time.Hour, "joined", story("https://e.org/news/storm", "https://e.org/news/storm", "A", noon)),
		},
		"a section and another, mobile one": {
			one("f", 0, "fresh", story("https://e.org/news/storm", "https://e.org/news/storm", "A", noon)),
			one("mobile", time.Hour, "joined", story("https://m.e.org/news/storm", "https://m.e.org/news/storm", "A", noon)),
		},
		"a mobile host with articles of its own": {
			one("f", 0, "fresh", story("https://e.org/news/1", "https://e.org/news/1", "A", noon)),
			one("mobile", time.Hour, "fresh", story("https://m.e.org/news/1", "https://m.e.org/news/1", "Z", noon)),
		},
		"two papers with one path and one title": {
			one("f", 0, "fresh", story("https://e.org/weather", "https://e.org/weather", "Weather", noon)),
			one("other", time.Hour, "fresh", story("https://d.org/weather", "https://d.org/weather", "Weather", noon)),
		},
	}
	for name, life := range tests {
		t.Run(name, func(t *testing.T) {
			m, now := newMemory(t), noon
			for i, c := range life {
				now = now.Add(c.after)
				p := Policy{Feed: c.feed, Group: "paper"}
				if got := strings.Join(kinds(m.poll(p, now, c.items...)), " "); got != c.want {
					t.Fatalf("chapter %d: %s, want %s", i+1, got, c.want)
				}
				for _, v := range m.poll(p, now, c.items...) {
					if v.Kind == Fresh || v.Kind == Joined {
						t.Fatalf("chapter %d, read again: %s", i+1, fmt.Sprint(v.Kind, " ", v.Item.Title))
					}
				}
			}
		})
	}
}
