package webhook

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"spool"
)

// manual is the page for those who receive messages.
func manual(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "webhook.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// block is the first piece of code of a language on the page.
func block(t *testing.T, page, language string) string {
	t.Helper()
	m := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s", language)
	}
	return m[1]
}

// sample is the post that the page shows.
func sample() (p spool.Post, at time.Time) {
	at = time.Date(2026, 11, 30, 12, 30, 0, 0, time.UTC)
	return spool.Post{
		ID: "kq3xzm5w2v7a4bdr", Item: "a1b2c3", Feed: "city", Account: "intranet", Purpose: spool.Announce, Created: at,
		Content: spool.Content{
			Text: "Old bridge reopens after two years", Link: "https://news.example.org/bridge?utm_source=webhook",
			Card: spool.Card{Title: "Old bridge reopens", Description: "Traffic is back to two lanes in each direction."},
			Media: []spool.Attachment{{
				URL: "https://news.example.org/bridge.jpg", Type: "image/jpeg", Alt: "Cars on the bridge in the morning", Credit: "A. Photographer",
				Width: 1600, Height: 900,
			}},
			Topic: "Traffic", Tags: []string{"Traffic"}, Language: "en",
		},
	}, at.Add(50 * time.Second)
}

const sampleSecret = testSecret

// sampleMessage is the page's message, with the headers it is sent with.
func sampleMessage(t *testing.T) (body []byte, headers map[string]string, sent time.Time) {
	t.Helper()
	p, sent := sample()
	body, err := encode(publishedEvent(p))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := Secrets(nextSecret + " " + sampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	return body, map[string]string{headerID: p.ID, headerTimestamp: stamp(sent), headerSignature: sign(keys, p.ID, sent, body)}, sent
}

// TestManualShowsAMessage: the page's sample is what is sent, and its headers are
// those of its sample.
func TestManualShowsAMessage(t *testing.T) {
	page := manual(t)
	body, _, sent := sampleMessage(t)
	var want bytes.Buffer
	if err := json.Indent(&want, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(block(t, page, "json")); got != want.String() {
		t.Errorf("docs/webhook.md shows\n%s\nsent is\n%s", got, want.String())
	}
	keys, err := Secrets(sampleSecret)
	if err != nil {
		t.Fatal(err)
	}
	head := block(t, page, "http")
	for name, value := range map[string]string{
		headerID: "kq3xzm5w2v7a4bdr", headerTimestamp: stamp(sent), headerSignature: sign(keys, "kq3xzm5w2v7a4bdr", sent, body),
	} {
		if line := name + ": " + value + "\n"; !strings.Contains(head, line) {
			t.Errorf("docs/webhook.md lacks %q", line)
		}
	}
}

// TestManualNamesEveryField: a field of a message that the page does not explain
// fails this test.
func TestManualNamesEveryField(t *testing.T) {
	page := manual(t)
	p, _ := sample()
	p.Purpose, p.Parent, p.Root = spool.Continue, "p1", "p0"
	p.Reply = spool.Reply{To: spool.Receipt{ID: "r1", Version: "p1", URL: "https://x.example/1"}}
	p.Content.Mentions, p.Content.Warning = []string{"@a"}, "Height"
	p.Content.Told = &spool.Telling{Phase: spool.Begins, Effect: spool.NoService, Severity: spool.Severe, Lines: []string{"4"}, Until: p.Created}
	p.Content.Card.Thumb = &spool.Attachment{URL: "https://news.example.org/b.jpg"}
	published, err := encode(publishedEvent(p))
	if err != nil {
		t.Fatal(err)
	}
	p.Purpose = spool.Replace
	replacing, err := encode(publishedEvent(p))
	if err != nil {
		t.Fatal(err)
	}
	edited, err := encode(editedEvent(spool.Receipt{ID: "r1", Version: "p1", URL: "https://x.example/1"}, p))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"([a-z_]+)":`).FindAllStringSubmatch(string(published)+string(replacing)+string(edited), -1) {
		if name := m[1]; name != "data" && !strings.Contains(page, "`"+name+"`") && !strings.Contains(page, "`data."+name+"`") {
			t.Errorf("docs/webhook.md does not explain %s", name)
		}
	}
}

// TestManualNamesEveryPurpose: a receiver has to know what a post is for.
func TestManualNamesEveryPurpose(t *testing.T) {
	page := manual(t)
	for _, purpose := range spool.Purposes() {
		if !strings.Contains(page, "`"+string(purpose)+"`") {
			t.Errorf("docs/webhook.md does not explain the purpose %s", purpose)
		}
	}
	for _, phase := range spool.Phases() {
		if !strings.Contains(page, "`"+string(phase)+"`") {
			t.Errorf("docs/webhook.md does not explain the phase %s", phase)
		}
	}
}

const pythonDriver = `%s

import json, sys
for c in json.load(sys.stdin):
    print(verify(c["Secret"], c["Headers"], base64.b64decode(c["Body"]), c["Now"]))
`

// TestManualVerifies runs the page's two samples on a message that is good and on
// some that are not.
func TestManualVerifies(t *testing.T) {
	page := manual(t)
	t.Run("go", func(t *testing.T) {
		source, err := os.ReadFile("receiver_test.go")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), block(t, page, "go")) {
			t.Error("the sample of docs/webhook.md is not the one of receiver_test.go, which is tested")
		}
		for _, c := range checks(t) {
			h := http.Header{}
			for name, value := range c.Headers {
				h.Set(name, value)
			}
			if err := verify(c.Secret, h, c.Body, time.Unix(c.Now, 0)); (err == nil) != c.Want {
				t.Errorf("%s: %v, want %v", c.Name, err, c.Want)
			}
		}
	})
	t.Run("python", func(t *testing.T) {
		python, err := exec.LookPath("python3")
		if err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip("SKIPPED, not passed: there is no python3 to run the sample with")
		}
		source := filepath.Join(t.TempDir(), "verify.py")
		if err := os.WriteFile(source, []byte(strings.Replace(pythonDriver, "%s", block(t, page, "python"), 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		all := checks(t)
		input, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), python, source)
		cmd.Stdin = bytes.NewReader(input)
		out, err := cmd.CombinedOutput()
		answers := strings.Fields(string(out))
		if err != nil || len(answers) != len(all) {
			t.Fatalf("%v\n%s", err, out)
		}
		for i, c := range all {
			if (answers[i] == "True") != c.Want {
				t.Errorf("%s: %s, want %v", c.Name, answers[i], c.Want)
			}
		}
	})
}

// A check is a message and whether it is to be believed.
type check struct {
	Name, Secret string
	Headers      map[string]string
	Body         []byte
	Now          int64
	Want         bool
}

func checks(t *testing.T) []check {
	t.Helper()
	body, headers, sent := sampleMessage(t)
	other := bytes.Replace(body, []byte("two years"), []byte("ten years"), 1)
	with := func(name, value string) map[string]string {
		h := maps.Clone(headers)
		h[name] = value
		return h
	}
	now := sent.Unix()
	return []check{
		{"good", sampleSecret, headers, body, now + 240, true},
		{"with another key", nextSecret, headers, body, now, true}, // both have signed
		{"with a foreign key", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, body, now, false},
		{"changed", sampleSecret, headers, other, now, false},
		{"another id", sampleSecret, with(headerID, "other"), body, now, false},
		{"late", sampleSecret, headers, body, now + 360, false},
		{"of the future", sampleSecret, headers, body, now - 360, false},
		{"unsigned", sampleSecret, with(headerSignature, ""), body, now, false},
		{"a later time", sampleSecret, with(headerTimestamp, stamp(sent.Add(time.Minute))), body, now, false},
	}
}
