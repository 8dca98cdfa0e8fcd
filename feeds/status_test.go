package feeds

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"spool"
)

// TestWholeAndPart has servers send pieces, and wholes that they call pieces.
func TestWholeAndPart(t *testing.T) {
	tests := map[string]struct {
		status int
		header []string
		kind   Kind // empty: it is read
	}{
		"206 without a word":        {206, nil, ""},
		"206 of all":                {206, []string{"Content-Range", "bytes 0-99/100"}, ""},
		"206 of all of who knows":   {206, []string{"Content-Range", "bytes 0-99/*"}, ""},
		"206 of the beginning":      {206, []string{"Content-Range", "bytes 0-99/1000"}, KindCut},
		"206 of the end":            {206, []string{"Content-Range", "bytes 900-999/1000"}, KindCut},
		"206 of several pieces":     {206, []string{"Content-Type", "multipart/byteranges; boundary=x"}, KindCut},
		"206 of nonsense":           {206, []string{"Content-Range", "bytes 0-x/100"}, KindCut},
		"203, by a proxy":           {203, nil, ""},
		"202, which is not an end":  {202, nil, ""},
		"200 with a range after it": {200, []string{"Content-Range", "bytes 5-9/1000"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := &wire{answer: func(*http.Request) (*http.Response, error) {
				return reply(test.status, string(sampleRSS(2)), test.header...), nil
			}}
			r, err := w.fetcher(t).Fetch(t.Context(), Source{URL: "https://x.example/"})
			if test.kind == "" {
				if err != nil || len(r.Document.Items) != 2 || r.Document.Degraded {
					t.Errorf("%+v %v", r, err)
				}
				return
			}
			if e := try(t, w.fetcher(t), "https://x.example/"); e == nil || e.Kind != test.kind || e.Status != test.status {
				t.Errorf("%v", e)
			}
		})
	}
}

// TestDelta has a server send only what it holds to be new, which nobody asked
// it for: nothing may be concluded from what is missing.
func TestDelta(t *testing.T) {
	w := &wire{answer: func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("A-IM") != "" {
			t.Error("asked for it")
		}
		return reply(226, string(sampleRSS(1)), "IM", "feed", "ETag", `"new"`), nil
	}}
	r, err := w.fetcher(t).Fetch(t.Context(), Source{URL: "https://x.example/", Validators: spool.Validators{ETag: `"old"`}})
	if err != nil || !r.Document.Degraded || len(r.Document.Notes) == 0 || len(r.Document.Items) != 1 || r.Validators.ETag != `"new"` {
		t.Errorf("%+v %v", r, err)
	}
}

// TestEmptyAnswers are errors, so that whoever asked keeps what they have.
func TestEmptyAnswers(t *testing.T) {
	for name, answer := range map[string]*http.Response{
		"200":            reply(200, "", "ETag", `"x"`),
		"200 with space": reply(200, " \r\n\t", "ETag", `"x"`),
		"200 with a BOM": reply(200, "\ufeff", "ETag", `"x"`),
		"204":            reply(204, ""),
		"206":            reply(206, ""),
	} {
		w := &wire{answer: func(*http.Request) (*http.Response, error) { return answer, nil }}
		r, err := w.fetcher(t).Fetch(t.Context(), Source{URL: "https://x.example/", Validators: spool.Validators{ETag: `"old"`}, BodyHash: "h"})
		if err == nil || r.Validators != (spool.Validators{}) || r.BodyHash != "" {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
}

// TestFreshAndHubOfAnswers looks at what a whole answer and a "not modified" say
// beside what they are.
func TestFreshAndHubOfAnswers(t *testing.T) {
	for _, status := range []int{200, 304} {
		w := &wire{answer: func(*http.Request) (*http.Response, error) {
			return reply(status, string(sampleRSS(1)), "Cache-Control", "max-age=300", "Age", "60", "Link", `</hub>; rel=hub, <https://other.example/feed>; rel=self`), nil
		}}
		f, err := New(Options{Transport: w, Now: func() time.Time { return testNow }})
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Fetch(t.Context(), Source{URL: "https://anna:pw@x.example/feed", Validators: spool.Validators{ETag: "e"}})
		if err != nil || !r.Fresh.Equal(testNow.Add(4*time.Minute)) || r.Hub != "https://x.example/hub" || r.Topic != "https://other.example/feed" {
			t.Errorf("%d: %+v %v", status, r, err)
		}
	}
}

// TestHubOfTheDocument is found when the headers name none.
func TestHubOfTheDocument(t *testing.T) {
	const doc = `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><link rel="hub" href="https://hub.example/"/><link rel="self" href="https://x.example/self"/><entry><id>1</id><title>One</title><link href="https://x.example/1"/></entry></feed>`
	for name, test := range map[string]struct {
		header     []string
		hub, topic string
	}{
		"none":     {nil, "https://hub.example/", "https://x.example/self"},
		"a hub":    {[]string{"Link", "<https://hub2.example/>; rel=hub"}, "https://hub2.example/", "https://x.example/self"},
		"nonsense": {[]string{"Link", "<mailto:x>; rel=hub"}, "https://hub.example/", "https://x.example/self"},
	} {
		w := &wire{answer: func(*http.Request) (*http.Response, error) { return reply(200, doc, test.header...), nil }}
		r, err := w.fetcher(t).Fetch(t.Context(), Source{URL: "https://x.example/"})
		if err != nil || r.Hub != test.hub || r.Topic != test.topic {
			t.Errorf("%s: %q %q %v", name, r.Hub, r.Topic, err)
		}
	}
}

// TestStatusesTellWhatHelps.
func TestStatusesTellWhatHelps(t *testing.T) {
	for status, want := range map[int]string{
		400: "check the feed's address", 402: "wants to be paid", 404: "check the feed's address", 406: "let Spool's User-Agent through", 410: "given up",
		418: "let Spool's User-Agent through", 421: "http2", 429: "fewer requests", 431: "headers", 451: "legal reasons", 500: "on their side", 502: "on their side", 503: "overloaded", 522: "on their side", 300: "address",
	} {
		w := &wire{answer: func(*http.Request) (*http.Response, error) { return reply(status, "<html>hm</html>"), nil }}
		if e := try(t, w.fetcher(t), "https://x.example/"); e == nil || !strings.Contains(e.Hint, want) || e.Status != status || !strings.HasPrefix(e.Message, "x.example answered ") {
			t.Errorf("%d: %v", status, e)
		}
	}
}
