package mastodon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/mastodon/mastodontest"
)

func (w *world) login() *Login {
	w.t.Helper()
	l, err := NewLogin(Options{BaseURL: "https://newsie.example", Transport: w.server.Transport(), Now: time.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

var shownCode = regexp.MustCompile(`<code>(.+)</code>`)

// browse is a person who opens the address and grants access.
func (w *world) browse(address string) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := w.server.Transport().RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if _, err := fmt.Fprint(&b, readAll(w.t, resp)); err != nil {
		w.t.Fatal(err)
	}
	if m := shownCode.FindStringSubmatch(b.String()); m != nil {
		return m[1]
	}
	return b.String()
}

func readAll(t *testing.T, resp *http.Response) string {
	t.Helper()
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := resp.Body.Read(buf)
		b.Write(buf[:n])
		if err != nil {
			return b.String()
		}
	}
}

// TestLogin: register, grant, paste the code; the token posts.
func TestLogin(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		l := w.login()
		app, err := l.Register(w.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%v %+v %#v %s", app, app, app, app); strings.Contains(text, app.Secret) {
			t.Errorf("the secret is printed: %s", text)
		}
		code, err := ParseRedirect(" "+w.browse(app.AuthorizeURL("state"))+"\n", "state")
		if err != nil {
			t.Fatal(err)
		}
		token, who, err := l.Exchange(w.t.Context(), app, code)
		if err != nil || who.Username != testUser || who.ID == "" || token.Value == "" || !token.Expires.IsZero() || token.Origin != "login" || token.Checked.IsZero() {
			t.Fatalf("%v, %+v, %v", token, who, err)
		}
		if _, _, err = l.Exchange(w.t.Context(), app, code); err == nil || strings.Contains(err.Error(), code) || strings.Contains(err.Error(), app.Secret) {
			t.Errorf("a code worked twice: %v", err)
		}
		w.tokens.token = token
		w.one(newPost())
	})
}

func TestLoginDenied(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.server.DenyLogin(true)
		l := w.login()
		app, err := l.Register(w.t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if text := w.browse(app.AuthorizeURL("state")); !strings.Contains(text, "denied") {
			t.Errorf("shown is %q", text)
		}
	})
}

func TestVerifyPasted(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		l := w.login()
		token, who, err := l.VerifyPasted(w.t.Context(), "  "+testToken+"\n")
		if err != nil || token.Value != testToken || who.Username != testUser {
			t.Errorf("%v, %+v, %v", token, who, err)
		}
		for _, wrong := range []string{"", "two words", "Xk3wrongwrongwrongwrongwrong"} {
			_, _, err := l.VerifyPasted(w.t.Context(), wrong)
			if err == nil || wrong != "" && strings.Contains(err.Error(), wrong) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
	})
}

func TestParseRedirect(t *testing.T) {
	tests := map[string]struct {
		code string
		err  error
	}{
		"abcdef123456":                           {"abcdef123456", nil},
		` "abcdef123456" `:                       {"abcdef123456", nil},
		"https://x.example/?code=abcdef&state=s": {"abcdef", nil},
		"https://x.example/?code=abcdef&state=t": {"", ErrState},
		"https://x.example/?error=access_denied": {"", ErrDenied},
		"https://x.example/":                     {"", ErrNoCode},
		"urn:ietf:wg:oauth:2.0:oob?code=abcdef":  {"abcdef", nil},
		"abc":                                    {"", ErrNoCode},
		"two words":                              {"", ErrNoCode},
		"":                                       {"", ErrNoCode},
		strings.Repeat("x", 501):                 {"", ErrNoCode},
	}
	for pasted, tt := range tests {
		if code, err := ParseRedirect(pasted, "s"); code != tt.code || !errors.Is(err, tt.err) {
			t.Errorf("ParseRedirect(%q) = %q, %v; want %q, %v", pasted, code, err, tt.code, tt.err)
		}
	}
}

// TestPayload shows what is sent, but for what the instance has to say.
func TestPayload(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		p := w.pictured(2)
		p.Content.Warning, p.Content.Language, p.Content.Media[1].Alt = "Height", "en", ""
		show := func(p spool.Post) string {
			b, err := json.Marshal(w.client.Payload(p))
			if err != nil {
				t.Fatal(err)
			}
			w.secret("the preview", string(b))
			return string(b)
		}
		got := show(p)
		for _, want := range []string{
			`"method":"POST"`, `"url":"https://newsie.example/api/v1/statuses"`, `"spoiler_text":"Height"`, `"language":"en"`, `"visibility":"public"`,
			`"media_ids":["[the picture: Picture bridgea]","[picture 2: no description]"]`, testLink,
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s is not in %s", want, got)
			}
		}
		p.Purpose = spool.Correct
		if got := show(p); !strings.Contains(got, `"in_reply_to_id":"[id of the post that it answers]"`) {
			t.Error(got)
		}
		p.Purpose = spool.Edit
		if got := show(p); !strings.Contains(got, `"PUT"`) || !strings.Contains(got, "media_ids") {
			t.Error(got)
		}
		p.Purpose = spool.Withdraw
		if got := show(p); !strings.Contains(got, `"DELETE"`) {
			t.Error(got)
		}
		if n := len(w.server.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestPlainText: other servers are told that the words are no Markdown.
func TestPlainText(t *testing.T) {
	for software, want := range map[mastodontest.Software]bool{mastodontest.Mastodon: false, mastodontest.GoToSocial: true} {
		bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{Software: software}}, func(w *world) {
			w.mustKeep()
			p, _ := w.one(newPost())
			c := p.Content
			c.Text = "Edited"
			if _, f := w.edit(p.Receipt, c); f != nil {
				t.Fatal(f)
			}
			for _, r := range w.server.Requests() {
				if r.Op == mastodontest.OpPost || r.Op == mastodontest.OpEdit {
					if got := r.Form.Get("content_type") == "text/plain"; got != want {
						t.Errorf("%s: %s says that it is plain: %v", software, r.Op, got)
					}
				}
			}
		})
	}
}

// TestNew names the option at fault.
func TestNew(t *testing.T) {
	good := Options{Account: "a", BaseURL: "https://newsie.example/", Tokens: noTokens{}, Now: time.Now}
	if c, err := New(good); err != nil || c.o.BaseURL != "https://newsie.example" {
		t.Errorf("%v", err)
	}
	for want, change := range map[string]func(*Options){
		"Account": func(o *Options) { o.Account = "" }, "Tokens": func(o *Options) { o.Tokens = nil }, "Now": func(o *Options) { o.Now = nil },
		"BaseURL is required": func(o *Options) { o.BaseURL = "" }, "BaseURL is not": func(o *Options) { o.BaseURL = "newsie.example" },
		"http or https": func(o *Options) { o.BaseURL = "https://user:pw@newsie.example" }, "Visibility": func(o *Options) { o.Visibility = "direct" },
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
