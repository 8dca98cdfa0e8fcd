package webhook

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"spool"
	"spool/publisher/webhook/webhooktest"
)

// TestStatuses is the table of docs/webhook.md.
func TestStatuses(t *testing.T) {
	tests := map[int]struct {
		kind spool.Kind
		says string
	}{
		301: {spool.Unsure, "no redirect is followed"}, 302: {spool.Unsure, "no redirect is followed"}, 308: {spool.Unsure, "set base_url"},
		400: {spool.Permanent, "refuses the message"}, 401: {spool.Credentials, "base_url and secret"}, 403: {spool.Credentials, "does not let Spool in"},
		404: {spool.Credentials, "nobody takes messages"}, 405: {spool.Credentials, "nobody takes messages"}, 407: {spool.Credentials, ""},
		408: {spool.Temporary, ""}, 409: {spool.Permanent, ""}, 410: {spool.Credentials, "nobody takes messages"},
		413: {spool.Permanent, "too long"}, 421: {spool.Temporary, ""}, 422: {spool.Permanent, "no such section"}, 425: {spool.Temporary, ""},
		429: {spool.Throttled, "wants a pause"}, 451: {spool.Permanent, ""},
		500: {spool.Unsure, "in trouble"}, 502: {spool.Unsure, ""}, 503: {spool.Unsure, ""}, 504: {spool.Unsure, ""}, 599: {spool.Unsure, ""},
	}
	for _, status := range slices.Sorted(maps.Keys(tests)) {
		for _, format := range Formats() {
			bubble(t, format, webhooktest.Knobs{}, func(w *world) {
				a := webhooktest.Status(status, "no such section")
				a.Headers = map[string]string{"Retry-After": "7", "Location": "https://elsewhere.example/"}
				w.server.Plan(webhooktest.Rule{Times: 1, Action: a})
				_, err := w.client.Publish(w.t.Context(), newPost())
				f, want := failure(t, err), tests[status]
				if f.Kind != want.kind || f.Wait != 7*time.Second || !strings.Contains(f.Error(), want.says) {
					t.Errorf("%s: status %d is %v, wait %v; want %v, %q", format, status, f, f.Wait, want.kind, want.says)
				}
				if n := len(w.server.Requests()); n != 1 {
					t.Errorf("%d requests, want 1", n)
				}
			})
		}
	}
}

// TestRefusalsAreQuotedWithCare: what a receiver says is shown to people, within
// bounds and without what is secret.
func TestRefusalsAreQuotedWithCare(t *testing.T) {
	token := "3f2a9c1d7e5b8a6c4d2e1f0a"
	for name, tt := range map[string]struct{ kind, body, want string }{
		"plain":   {"text/plain", "invalid\tpayload\r\n", "HTTP 400: invalid payload"},
		"json":    {"application/problem+json", `{"detail":"no section"}`, `HTTP 400: {"detail":"no section"}`},
		"a page":  {"text/html", "<html><h1>Bad</h1>", "HTTP 400"},
		"echo":    {"text/plain", "cannot take /services/T0/B0/" + token, "HTTP 400: cannot take /services/T0/B0/<removed>"},
		"long":    {"text/plain", strings.Repeat("é", 500), "HTTP 400: " + strings.Repeat("é", 200) + "…"},
		"cut":     {"text/plain", strings.Repeat(" ", 790) + token, "HTTP 400: <removed>"},
		"strange": {"text/plain", "a\x00\x1b[31mb\xff", "HTTP 400: a [31mb"},
		"nothing": {"text/plain", " \n", "HTTP 400"},
	} {
		t.Run(name, func(t *testing.T) {
			c := mustNew(t, Options{
				Account: "a", URL: "https://hooks.example/services/T0/B0/" + token, Format: Slack, Now: time.Now,
				Transport: answering(400, tt.kind, tt.body),
			})
			_, err := c.Publish(t.Context(), newPost())
			want := "the receiver refuses the message: " + tt.want + " [webhook: publish: permanent 400]"
			if got := failure(t, err).Error(); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// TestSecretsAreNotQuoted: a receiver that tells what it checks signatures with
// is quoted without it, however it writes it.
func TestSecretsAreNotQuoted(t *testing.T) {
	key := []byte("?>?>~~a~key~with~all~the~signs~~")
	standard := base64.StdEncoding.EncodeToString(key)
	secret := "whsec_" + standard
	if !strings.ContainsAny(standard, "+") || !strings.Contains(standard, "/") || !strings.HasSuffix(standard, "=") {
		t.Fatalf("%s has not all the signs", standard)
	}
	for name, said := range map[string]string{
		"as configured": secret, "without prefix": standard, "without padding": strings.TrimRight(standard, "="), "the bytes": string(key),
		"for addresses": base64.URLEncoding.EncodeToString(key), "for addresses, bare": base64.RawURLEncoding.EncodeToString(key), "hex": hex.EncodeToString(key),
		"slashes escaped": strings.ReplaceAll(secret, "/", `\/`), "signs escaped": strings.NewReplacer("+", `\u002B`, "/", `\u002f`, "=", `\u003d`).Replace(secret),
	} {
		c := mustNew(t, Options{
			Account: "a", URL: "https://hooks.example/posts", Secret: secret, Now: time.Now,
			Transport: answering(422, "application/json", `{"why":"not \"`+said+`\""}`),
		})
		_, err := c.Publish(t.Context(), newPost())
		if got := failure(t, err).Error(); !strings.Contains(got, `HTTP 422: {"why":"not \"<removed>`) || strings.Contains(got, said[:12]) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestAnswers: an id and an address are taken when they make sense.
func TestAnswers(t *testing.T) {
	own := newPost().ID
	for body, want := range map[string]spool.Receipt{
		`{"id":"a-1","url":"https://cms.example/posts/1"}`:    {ID: "a-1", URL: "https://cms.example/posts/1"},
		`{"id":9007199254740993}`:                             {ID: "9007199254740993"},
		`{"id":"","url":""}`:                                  {ID: own},
		`{"id":null,"url":"ftp://cms.example/1"}`:             {ID: own},
		`{"id":true,"url":"javascript:alert(1)"}`:             {ID: own},
		`{"id":["a"],"url":"/posts/1"}`:                       {ID: own},
		`{"id":"a b"}`:                                        {ID: own},
		`{"id":"a\u0000b"}`:                                   {ID: own},
		`{"id":"` + strings.Repeat("a", 201) + `"}`:           {ID: own},
		`{"id":"x","url":"https://user:pw@cms.example/"}`:     {ID: "x"},
		`{"id":"x","url":5}`:                                  {ID: own},
		`{"id":"x","url":"https://cms.example/?key=open-up"}`: {ID: "x"}, // it gives the address's query away
		`{"id":"open-up"}`:                                    {ID: own},
		`[]`:                                                  {ID: own},
		`ok`:                                                  {ID: own},
		``:                                                    {ID: own},
		`{"id":"x"}` + strings.Repeat(" ", maxAnswer):         {ID: own},
		`{"id":"x","more":` + strings.Repeat("[", 20000) + `}`: {ID: own},
	} {
		c := mustNew(t, Options{
			Account: "a", URL: "https://hooks.example/posts?key=open-up", Now: time.Now, Transport: answering(200, "application/json", body),
		})
		got, err := c.Publish(t.Context(), newPost())
		want.Version = own
		if err != nil || got != want {
			t.Errorf("%.60s: got %+v, %v; want %+v", body, got, err, want)
		}
	}
}

// TestEndlessAnswer: a 2xx has said enough; what follows is not waited for.
func TestEndlessAnswer(t *testing.T) {
	c := mustNew(t, Options{Account: "a", URL: "https://hooks.example/", Now: time.Now, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: &endless{}, Request: r}, nil
	})})
	if r, err := c.Publish(t.Context(), newPost()); err != nil || r.ID != newPost().ID {
		t.Errorf("got %+v, %v", r, err)
	}
}

// roundTripper is a transport of a test.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answering(status int, kind, body string) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: &text{strings.NewReader(body)}, Request: r}, nil
	}
}

type text struct{ *strings.Reader }

func (text) Close() error { return nil }

type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	if e.n += len(p); e.n > 64<<20 {
		return 0, errors.New("read on and on")
	}
	return len(p), nil
}

func (*endless) Close() error { return nil }

// FuzzAnswers: whatever a receiver says, what is kept of it can be shown and
// stored, and gives nothing away.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{`{"id":"a-1","url":"https://cms.example/1"}`, `{"id":12}`, `{"id":1e400}`, `{"id":"open-up","url":"//x"}`, "no", "\x00", `{"url":"https://[::1"}`} {
		f.Add(200, "application/json", body)
		f.Add(422, "text/plain; charset=utf-8", body)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		const hidden = "open-up"
		c := mustNew(t, Options{Account: "a", URL: "https://hooks.example/posts?key=" + hidden, Now: time.Now, Transport: answering(status, kind, body)})
		r, err := c.Publish(t.Context(), newPost())
		if err == nil {
			if !good(status) || r.ID == "" || len(r.ID) > maxID || len(r.URL) > maxURL || strings.Contains(r.ID+r.URL, hidden) || strings.ContainsAny(r.ID, " \n\x00") {
				t.Errorf("status %d gave %+v", status, r)
			}
			return
		}
		f := failure(t, err)
		if good(status) || strings.Contains(f.Error(), hidden) || !utf8.ValidString(f.Error()) || len(f.Error()) > 4*200+300 || strings.ContainsFunc(f.Error(), unicode.IsControl) {
			t.Errorf("status %d gave %q", status, f)
		}
	})
}
