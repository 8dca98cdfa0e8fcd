package webhook

import (
	"bytes"
	"encoding/json"
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
	p.Parent, p.Root = "p1", "p0"
	p.Reply = spool.Reply{To: spool.Receipt{ID: "r1", Version: "p1", URL: "https://x.example/1"}}
	p.Content.Mentions, p.Content.Warning = []string{"@a"}, "Height"
	p.Content.Card.Thumb = &spool.Attachment{URL: "https://news.example.org/b.jpg"}
	published, err := encode(publishedEvent(p))
	if err != nil {
		t.Fatal(err)
	}
	edited, err := encode(editedEvent(spool.Receipt{ID: "r1", Version: "p1", URL: "https://x.example/1"}, p))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"([a-z_]+)":`).FindAllStringSubmatch(string(published)+string(edited), -1) {
		if name := m[1]; name != "data" && !strings.Contains(page, "`"+name+"`") && !strings.Contains(page, "`data."+name+"`") {
			t.Errorf("docs/webhook.md does not explain %s", name)
		}
	}
}

const goDriver = `package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

%s

func main() {
	body, _ := io.ReadAll(os.Stdin)
	h := http.Header{}
	for _, pair := range os.Args[3:] {
		name, value, _ := strings.Cut(pair, "=")
		h.Set(name, value)
	}
	seconds, _ := strconv.ParseInt(os.Args[2], 10, 64)
	fmt.Print(verify(os.Args[1], h, body, time.Unix(seconds, 0)) == nil)
}
`

const pythonDriver = `%s

import sys
headers = dict(pair.split("=", 1) for pair in sys.argv[3:])
print(str(verify(sys.argv[1], headers, sys.stdin.buffer.read(), int(sys.argv[2]))).lower(), end="")
`

// TestManualVerifies runs the page's two samples on a message that is good and on
// some that are not.
func TestManualVerifies(t *testing.T) {
	page := manual(t)
	t.Run("go", func(t *testing.T) {
		program := filepath.Join(t.TempDir(), "verify")
		source := program + ".go"
		write(t, source, strings.Replace(goDriver, "%s", block(t, page, "go"), 1))
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, source).CombinedOutput(); err != nil {
			t.Fatalf("the sample does not build: %v\n%s", err, out)
		}
		verifies(t, program)
	})
	t.Run("python", func(t *testing.T) {
		python, err := exec.LookPath("python3")
		if err != nil {
			t.Skip("skipped: there is no python3 to run the sample with")
		}
		source := filepath.Join(t.TempDir(), "verify.py")
		write(t, source, strings.Replace(pythonDriver, "%s", block(t, page, "python"), 1))
		verifies(t, python, source)
	})
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// verifies asks a sample about messages.
func verifies(t *testing.T, command ...string) {
	t.Helper()
	body, headers, sent := sampleMessage(t)
	other := bytes.Replace(body, []byte("two years"), []byte("ten years"), 1)
	with := func(name, value string) map[string]string {
		h := map[string]string{}
		for k, v := range headers {
			h[k] = v
		}
		h[name] = value
		return h
	}
	for name, tt := range map[string]struct {
		secret  string
		headers map[string]string
		body    []byte
		now     time.Time
		want    string
	}{
		"good":               {sampleSecret, headers, body, sent.Add(4 * time.Minute), "true"},
		"with another key":   {nextSecret, headers, body, sent, "true"}, // both have signed
		"with a foreign key": {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, body, sent, "false"},
		"changed":            {sampleSecret, headers, other, sent, "false"},
		"another id":         {sampleSecret, with(headerID, "other"), body, sent, "false"},
		"late":               {sampleSecret, headers, body, sent.Add(6 * time.Minute), "false"},
		"of the future":      {sampleSecret, headers, body, sent.Add(-6 * time.Minute), "false"},
		"unsigned":           {sampleSecret, with(headerSignature, ""), body, sent, "false"},
		"a later time":       {sampleSecret, with(headerTimestamp, stamp(sent.Add(time.Minute))), body, sent, "false"},
	} {
		args := append(command[1:len(command):len(command)], tt.secret, stamp(tt.now))
		for k, v := range tt.headers {
			args = append(args, k+"="+v)
		}
		cmd := exec.CommandContext(t.Context(), command[0], args...)
		cmd.Stdin = bytes.NewReader(tt.body)
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != tt.want {
			t.Errorf("%s: %s, %v; want %s", name, out, err, tt.want)
		}
	}
}
