package compose

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/threads"
)

// alertVenues are networks as an agency may have them set up.
func alertVenues() []venue {
	return []venue{
		{"threads", threads.TextLimits(), Settings{Topic: "{{ .Category }}"}},
		{"mastodon", mastodonLimits(), Settings{Hashtags: map[string]string{"red line": "#RedLine"}, Image: ImageFirst}},
		{"bluesky", blueskyLimits(), Settings{Chain: 3}},
		{"json", webhookLimits(), Settings{}},
	}
}

// zoned are values for tests: an agency an hour east of Greenwich.
func zoned(network string) Values {
	return Values{Account: "riders", Network: network, Feed: "city alerts", Location: time.FixedZone("CET", 3600)}
}

// wordAlert words a sample and says what is wrong with it.
func wordAlert(t *testing.T, s alertSample, v venue) (spool.Content, Report) {
	t.Helper()
	v.settings.Language = s.language
	c, r, err := wording(t, v.settings).Alert(s.item, s.news, zoned(v.name), v.limits)
	if err != nil {
		t.Fatalf("%s on %s: %v", s.name, v.name, err)
	}
	for _, flaw := range append(flaws(c, v.limits), alertFlaws(c)...) {
		t.Errorf("%s on %s: %s: %q", s.name, v.name, flaw, c.Text)
	}
	return c, r
}

// stutter are signs that no text of ours has.
var stutter = regexp.MustCompile(`  |: :|::|\.\.|,,|\{\{|\}\}|<no value>|%!|\( | \)|\(\)|[a-z] \.( |$)|: *$|^[ .,;]`)

// alertFlaws are what no reader of an alert should see.
func alertFlaws(c spool.Content) []string {
	var out []string
	for _, text := range append([]string{c.Text}, c.More...) {
		if found := stutter.FindString(regexp.MustCompile(`https?://\S+`).ReplaceAllString(text, "URL")); found != "" {
			out = append(out, fmt.Sprintf("it has %q", found))
		}
		for _, r := range text {
			if pictogram(r) {
				out = append(out, fmt.Sprintf("it has the picture %c", r))
			}
		}
	}
	return out
}

// TestAlertGolden words all samples for all networks; testdata/alerts shows how they
// come out, to the letter.
func TestAlertGolden(t *testing.T) {
	all := alertSamples()
	if len(all) < 40 {
		t.Fatalf("only %d samples", len(all))
	}
	for _, v := range alertVenues() {
		var b strings.Builder
		for _, s := range all {
			c, r := wordAlert(t, s, v)
			fmt.Fprintf(&b, "══ %s · %s\n%s", s.name, outline(t, c, r), inFull(c))
			if c.Instead != nil {
				fmt.Fprintf(&b, "── without a picture\n%s", inFull(*c.Instead))
			}
		}
		golden(t, filepath.Join("testdata", "alerts", v.name+".txt"), b.String())
	}
}

// TestAlertIsTheSameEachTime: a preview shows what will be sent.
func TestAlertIsTheSameEachTime(t *testing.T) {
	for _, s := range alertSamples() {
		for _, v := range alertVenues() {
			first, _ := wordAlert(t, s, v)
			if again, _ := wordAlert(t, s, v); !again.Equal(first) {
				t.Errorf("%s on %s: %q, then %q", s.name, v.name, first.Text, again.Text)
			}
		}
	}
}

// TestAlertIsToldApart: whatever the room, a post has its line and its time, and no
// two of a thread are the same.
func TestAlertIsToldApart(t *testing.T) {
	s := alertSamples()[slices.IndexFunc(alertSamples(), func(s alertSample) bool { return s.name == "long" })]
	for limit := 60; limit < 700; limit += 7 {
		l := spool.TextLimits{Max: limit, Replies: true}
		w := wording(t, Settings{Language: "en", Link: LinkText})
		seen := map[string]bool{}
		for i, n := range []News{
			{Phase: spool.Begins, At: noon()}, {Phase: spool.Changes, At: clockOn(0, 14, 20), Changed: []string{"text"}}, {Phase: spool.Changes, At: clockOn(0, 14, 30), Changed: []string{"text"}},
			ending(clockOn(0, 15, 5), spool.ByTime),
		} {
			c, _, err := w.Alert(s.item, n, zoned(""), l)
			if err != nil {
				t.Fatal(err)
			}
			clock := []string{"15:05", "14:20", "14:30", "15:05"}[i]
			if !strings.Contains(c.Text, "Red Line") || !strings.Contains(c.Text, clock) || seen[c.Text] || len([]rune(c.Text)) > limit {
				t.Errorf("within %d: %q", limit, c.Text)
			}
			seen[c.Text] = true
		}
	}
}
