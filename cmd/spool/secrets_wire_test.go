package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A wire is between the program and the networks. It notices what secrets the
// networks give away, and it can answer in their place by telling the program
// all that it has just sent.
type wire struct {
	hosts hosts

	mu      sync.Mutex
	granted map[string]string // by what they are and their number
	echo    *echo             // nil: the networks answer
	knows   string            // what the receiver at /hooks/desk is not sent and knows
	echoed  map[string]int    // how often, by host, and by method and end of the path
}

// An echo is how a server tells back what it was sent.
type echo struct {
	status int    // 0: the connection fails, and the error tells
	kind   string // Content-Type
	pad    int    // signs before the first secret, so that it is where texts are cut
	only   string // the end of the paths that this happens to; empty: all
	writes bool   // it happens to writes alone, so that they are reached
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := readAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	echo := w.echo
	if echo != nil && (!strings.HasSuffix(r.URL.Path, echo.only) || echo.writes && r.Method == http.MethodGet) {
		echo = nil
	}
	if echo != nil {
		w.echoed[r.URL.Host]++
		w.echoed[r.Method+" "+lastSegment(r.URL.Path)]++
	}
	w.mu.Unlock()
	if echo != nil {
		return echo.answer(r, sent, w.knows)
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(sent))
	resp, err := w.hosts.RoundTrip(r)
	if err == nil && grants(r.URL.Path) {
		w.learn(resp)
	}
	return resp, err
}

// grants reports whether the answers from a path have secrets in them.
func grants(path string) bool {
	for _, end := range []string{"createSession", "refreshSession", "/api/v1/apps", "/oauth/token"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// learn keeps the secrets of an answer, which the program then reads as it was.
func (w *wire) learn(resp *http.Response) {
	got, err := io.ReadAll(resp.Body)
	resp.Body = readCloser{io.MultiReader(bytes.NewReader(got), broken{err}), resp.Body}
	var fields map[string]any
	if json.Unmarshal(got, &fields) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range []string{"accessJwt", "refreshJwt", "client_secret", "access_token"} {
		if value, ok := fields[name].(string); ok {
			w.granted[fmt.Sprintf("%s %03d", name, len(w.granted)+1)] = value
		}
	}
}

// last is the latest secret of that name.
func (w *wire) last(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, what := range slices.Backward(slices.Sorted(maps.Keys(w.granted))) {
		if strings.HasPrefix(what, name) {
			return w.granted[what]
		}
	}
	return ""
}

// set makes the wire answer in the place of the networks; nil ends that.
func (w *wire) set(e *echo) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.echo = e
}

// answer tells all of a request: its address, its headers and its body. What
// receivers of webhooks are not sent and know all the same is told to those.
func (e *echo) answer(r *http.Request, sent []byte, known string) (*http.Response, error) {
	if r.URL.Path != "/hooks/desk" {
		known = ""
	}
	all := strings.Repeat("x ", e.pad/2) + fmt.Sprintf("%s %s %s %s %s %v %s", r.Header.Get("Authorization"), bare(sent), known, r.URL.Path, sent, r.Header, r.URL)
	if e.status == 0 {
		return nil, fmt.Errorf("no answer to %s", all)
	}
	body := all
	if e.kind == "application/json" {
		b, err := json.Marshal(map[string]string{"error": "Echo", "error_description": all, "message": all})
		if err != nil {
			return nil, err
		}
		body = strings.NewReplacer("/", `\/`, "+", `\u002b`).Replace(string(b)) // as many servers write JSON
	}
	h := http.Header{"Content-Type": {e.kind}, "Location": {"https://elsewhere.example/?" + url.Values{"all": {all}}.Encode()}, "X-Request-Id": {all}}
	return &http.Response{StatusCode: e.status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// bare are the values of a body without their names, by which they would be known
// as secrets.
func bare(body []byte) string {
	var fields map[string]string
	if json.Unmarshal(body, &fields) == nil {
		return strings.Join(slices.Sorted(maps.Values(fields)), " ")
	}
	var all []string
	if form, err := url.ParseQuery(string(body)); err == nil && form.Has("code") {
		all = append(all, form.Get("code"), form.Get("client_secret"))
	}
	return strings.Join(all, " ")
}

type readCloser struct {
	io.Reader
	io.Closer
}

// broken is the end of a body that broke off, or that is whole.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return 0, io.EOF
}

func readAll(r io.ReadCloser) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	defer r.Close()
	return io.ReadAll(r)
}

// A codeReader is a person at the prompt of "spool login".
type codeReader struct {
	h      *hush
	out    *lockedBuffer
	then   *echo
	pasted io.Reader
}

var (
	printedGrant = regexp.MustCompile(`https?://\S+/oauth/authorize\?\S+`)
	shownCode    = regexp.MustCompile(`<code>(.+)</code>`)
)

func (c *codeReader) Read(p []byte) (int, error) {
	if c.pasted == nil {
		r, err := http.NewRequestWithContext(c.h.t.Context(), http.MethodGet, printedGrant.FindString(c.out.String())+"&user=newcomer", nil)
		if err != nil {
			return 0, err
		}
		resp, err := c.h.masto.Transport().RoundTrip(r)
		if err != nil {
			return 0, err
		}
		page, err := readAll(resp.Body)
		code := shownCode.FindSubmatch(page)
		if err != nil || code == nil {
			return 0, fmt.Errorf("the page has no code: %s, %w", page, err)
		}
		c.h.secrets[fmt.Sprintf("code %d of a login", len(c.h.secrets))] = string(code[1])
		c.pasted = strings.NewReader(string(code[1]) + "\n")
		c.h.wire.set(c.then)
	}
	return c.pasted.Read(p)
}

// pieceLength is how much of a secret must not be seen in one piece.
const pieceLength = 16

// pieces are the parts of secrets that no text may have, each with what it is of.
// Parts are looked for because a text that is cut short has no whole secret.
func pieces(secrets map[string]string) map[string]string {
	out := map[string]string{}
	for what, secret := range secrets {
		head, rest, signed := strings.Cut(secret, ".")
		if signed && strings.HasPrefix(head, "eyJ") {
			secret = rest // each JWT has the same beginning, which tells nothing
		}
		for _, form := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(secret, "/", `\/`), strings.ReplaceAll(secret, "+", `\u002b`),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		} {
			for ; len(form) >= pieceLength; form = form[pieceLength:] {
				out[form[:pieceLength]] = what
			}
		}
	}
	return out
}

// leaks says which secrets a text shows, and around what.
func leaks(pieces map[string]string, text string) []string {
	var out []string
	seen := map[string]bool{}
	for i := 0; i+pieceLength <= len(text); i++ {
		if what := pieces[text[i:i+pieceLength]]; what != "" && !seen[what] {
			seen[what] = true
			out = append(out, fmt.Sprintf("%s: …%s…", what, text[max(i-200, 0):min(i+60, len(text))]))
		}
	}
	return out
}
