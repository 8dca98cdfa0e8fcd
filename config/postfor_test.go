package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const overridden = `
accounts:
  desk: {network: threads}
  city: {network: threads}
  paper-bsky: {network: bluesky, handle: paper.example.org, app_password: "${BLUESKY_APP_PASSWORD}"}
defaults:
  accounts: [desk, city, paper-bsky]
  post:
    text: base
    chain: 3
    topic: "{{ .Category }}"
    query: {utm_source: spool, utm_medium: social}
    hashtags: {local news: Springfield}
    networks:
      bluesky: {text: on bluesky, image: first, query: {utm_source: bluesky}}
      threads: {link: text}
    accounts:
      city: {link: none, topic: ""}
feeds:
  plain: {url: https://www.example.org/1}
  same: {url: https://www.example.org/2}
  own:
    url: https://www.example.org/3
    post:
      text: own
      query: {utm_campaign: own}
      hashtags: {local news: ""}
      networks: {bluesky: {chain: 0, image: auto}}
      accounts: {paper-bsky: {language: de, handles: {Ana Bell: "@ana.example.org"}}}
  twin:
    url: https://www.example.org/4
    post: {text: own, link: card}
  again:
    url: https://www.example.org/5
    post: {text: own, link: card}
`

func TestPostFor(t *testing.T) {
	c := mustLoad(t, overridden)
	tests := []struct {
		feed, account, key string
		want               any
	}{
		{"plain", "desk", "text", "base"},
		{"plain", "desk", "link", "text"},
		{"plain", "desk", "image", "auto"},
		{"plain", "desk", "topic", "{{ .Category }}"},
		{"plain", "desk", "query", map[string]string{"utm_source": "spool", "utm_medium": "social"}},
		{"plain", "city", "link", "none"}, // an account goes before its network
		{"plain", "city", "topic", ""},    // an empty text is one
		{"plain", "paper-bsky", "text", "on bluesky"},
		{"plain", "paper-bsky", "link", "card"},
		{"plain", "paper-bsky", "image", "first"},
		{"plain", "paper-bsky", "query", map[string]string{"utm_source": "bluesky", "utm_medium": "social"}},
		{"own", "paper-bsky", "text", "own"}, // a feed goes before all of defaults
		{"own", "desk", "link", "text"},      // where it says something
		{"own", "paper-bsky", "chain", 0},    // a zero is one, too
		{"own", "desk", "chain", 3},
		{"own", "paper-bsky", "image", "auto"},
		{"own", "paper-bsky", "language", "de"},
		{"own", "paper-bsky", "query", map[string]string{"utm_source": "bluesky", "utm_medium": "social", "utm_campaign": "own"}},
		{"own", "paper-bsky", "handles", map[string]string{"Ana Bell": "@ana.example.org"}},
		{"own", "desk", "handles", map[string]string(nil)},
		{"own", "desk", "hashtags", map[string]string{"local news": ""}},
		{"plain", "desk", "hashtags", map[string]string{"local news": "Springfield"}},
		{"twin", "desk", "link", "card"},
		{"own", "city", "link", "none"},
	}
	known, _ := fields(reflect.TypeFor[PostOptions]())
	for _, tt := range tests {
		for _, f := range known {
			if f.key != tt.key {
				continue
			}
			got := reflect.ValueOf(*c.PostFor(tt.feed, tt.account)).FieldByIndex(f.index).Interface()
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s on %s: %s is %v, want %v", tt.feed, tt.account, tt.key, got, tt.want)
			}
		}
	}
	if got := c.Defaults.Post.Query["utm_source"]; got != "spool" {
		t.Errorf("the defaults were changed: %q", got)
	}
}

// TestPostForIsShared keeps thousands of feeds from having as many wordings.
func TestPostForIsShared(t *testing.T) {
	c := mustLoad(t, overridden)
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"plain desk", "same desk", true},
		{"plain paper-bsky", "same paper-bsky", true},
		{"plain desk", "plain city", false},
		{"twin desk", "again desk", true},
		{"own desk", "plain desk", false},
	} {
		feedA, accountA, _ := strings.Cut(tt.a, " ")
		feedB, accountB, _ := strings.Cut(tt.b, " ")
		if same := c.PostFor(feedA, accountA) == c.PostFor(feedB, accountB); same != tt.same {
			t.Errorf("%s and %s: the same is %v, want %v", tt.a, tt.b, same, tt.same)
		}
	}
	bare := &Config{Defaults: FeedOptions{Post: Post{PostOptions: PostOptions{Text: "x"}}}}
	if got := bare.PostFor("any", "any").Text; got != "x" {
		t.Errorf("a configuration that was not loaded: %q", got)
	}
}

func BenchmarkPostFor(b *testing.B) {
	var text strings.Builder
	text.WriteString("accounts: {desk: {network: threads}, city: {network: threads}}\ndefaults: {accounts: [desk, city]}\nfeeds:\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "  f%d: {url: \"https://www.example.org/%d\", post: {topic: t%d}}\n", i, i, i%7)
	}
	checks := testChecks()
	checks.ReadFile = func(string) ([]byte, error) { return []byte(text.String()), nil }
	c, err := Load("config.yaml", checks)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		c.PostFor(fmt.Sprintf("f%d", i%2000), "desk")
	}
}
