package websub

import (
	"net/url"
	"strings"
	"testing"

	"spool"
)

// What a publisher writes into the address of a feed may be a key that only this
// reader was given, and hubs like to say which topic they do not know.
func TestAReasonHoldsNoKeyOfATopic(t *testing.T) {
	sub := spool.Subscription{Topic: "https://news.example/rss?user=anna&key=hush%2Bhush", Hub: "https://hub.example/?app=hub-hush-hush"}
	for name, text := range map[string]string{
		"as it is":       "unknown topic " + sub.Topic,
		"as in a form":   "unknown: hub.topic=" + url.QueryEscape(sub.Topic),
		"the query":      "?" + mustQuery(t, sub.Topic) + " is wrong",
		"the value":      "key hush%2Bhush is wrong",
		"its meaning":    "key hush+hush is wrong",
		"of the hub":     "POST " + sub.Hub + " failed",
		"of the hub too": "no application hub-hush-hush",
	} {
		if got := tidy(text, sub); strings.Contains(got, "hush") || !strings.Contains(got, "…") {
			t.Errorf("%s: %q", name, got)
		}
	}
	const text = "the user anna has no key"
	if got := tidy(text, sub); got != text {
		t.Errorf("words are hidden: %q", got)
	}
}

func mustQuery(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.RawQuery
}
