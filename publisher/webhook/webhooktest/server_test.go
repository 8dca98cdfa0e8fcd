package webhooktest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/webhook/webhooktest"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// A sender signs messages with code of its own.
type sender struct {
	t      *testing.T
	server *webhooktest.Server
	path   string
	secret string
	now    func() time.Time
}

func start(t *testing.T, o webhooktest.Options, format string) *sender {
	t.Helper()
	s := webhooktest.New(o)
	s.AddHook("paper", format, secret)
	return &sender{t: t, server: s, path: s.Path("paper"), secret: secret, now: time.Now}
}

func (s *sender) request(id, body string) *http.Request {
	stamp := fmt.Sprint(s.now().Unix())
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "https://hooks.example"+s.path, strings.NewReader(body))
	r.RequestURI = ""
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", stamp)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.secret, "whsec_"))
	if err != nil {
		s.t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "." + body))
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return r
}

// send returns the status and the body; status 0: there was no answer.
func (s *sender) send(id, body string) (int, string) { return s.do(s.request(id, body)) }

func (s *sender) do(r *http.Request) (int, string) {
	s.t.Helper()
	resp, err := s.server.Transport().RoundTrip(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, "half: " + string(b)
	}
	return resp.StatusCode, string(b)
}

func published(id, text string) string {
	return fmt.Sprintf(`{"type":"post.published","version":1,"timestamp":"2026-11-22T06:30:00Z","data":{"id":%q,"account":"a","text":%q}}`, id, text)
}

func texts(s *webhooktest.Server) string {
	var all []string
	for _, p := range s.Visible("paper") {
		all = append(all, p.Text)
	}
	return strings.Join(all, "|")
}

func TestCountsAnIDOnce(t *testing.T) {
	s := start(t, webhooktest.Options{}, webhooktest.JSON)
	status, first := s.send("m1", published("p1", "a"))
	if status != 200 || !strings.Contains(first, `"id":"r-1001"`) {
		t.Fatalf("%d %s", status, first)
	}
	if status, again := s.send("m1", published("p1", "a")); status != 200 || again != first {
		t.Errorf("again: %d %s, want the same answer", status, again)
	}
	if len(s.server.Violations()) > 0 {
		t.Error(s.server.Violations())
	}
	s.send("m1", published("p1", "b"))
	if v := s.server.Violations(); len(v) != 1 || texts(s.server) != "a" {
		t.Errorf("another body under the same id: %q, a reader sees %s", v, texts(s.server))
	}
	k := s.server.Knobs()
	k.IDs = webhooktest.IDsIgnored
	s.server.SetKnobs(k)
	s.send("m1", published("p1", "a"))
	if texts(s.server) != "a|a" {
		t.Errorf("with ids ignored a reader sees %s", texts(s.server))
	}
}

func TestLetsNobodyElseIn(t *testing.T) {
	s := start(t, webhooktest.Options{}, webhooktest.JSON)
	body := published("p1", "a")
	for name, spoil := range map[string]func(*http.Request){
		"no id":          func(r *http.Request) { r.Header.Del("webhook-id") },
		"another id":     func(r *http.Request) { r.Header.Set("webhook-id", "m2") },
		"no time":        func(r *http.Request) { r.Header.Del("webhook-timestamp") },
		"an old time":    func(r *http.Request) { r.Header.Set("webhook-timestamp", "1614265330") },
		"no signature":   func(r *http.Request) { r.Header.Del("webhook-signature") },
		"a later scheme": func(r *http.Request) { r.Header.Set("webhook-signature", "v2"+r.Header.Get("webhook-signature")[2:]) },
		"another body":   func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(published("p1", "b"))) },
	} {
		r := s.request("m1", body)
		spoil(r)
		if status, said := s.do(r); status != 401 {
			t.Errorf("%s: %d %s", name, status, said)
		}
	}
	if texts(s.server) != "" {
		t.Errorf("a reader sees %s", texts(s.server))
	}
	s.server.SetSecrets("paper", "whsec_dGhlIHNlY3JldCB0aGF0IGNvbWVzIGFmdGVyIGl0IQ==", secret)
	if status, said := s.send("m1", body); status != 200 {
		t.Errorf("one of two secrets: %d %s", status, said)
	}
	for name, tt := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"nobody there": {func(r *http.Request) { r.URL.Path = "/hooks/other" }, 404},
		"a form":       {func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415},
		"a question":   {func(r *http.Request) { r.Method = http.MethodGet }, 405},
	} {
		r := s.request("m9", body)
		tt.change(r)
		if status, said := s.do(r); status != tt.want {
			t.Errorf("%s: %d %s", name, status, said)
		}
	}
	s.server.Close("paper")
	if status, _ := s.send("m3", body); status != 410 {
		t.Errorf("a closed hook: %d", status)
	}
}

func TestRefusesWhatWasNotAgreed(t *testing.T) {
	for format, bodies := range map[string][]string{
		webhooktest.JSON: {
			"", "[]", `{"type":"post.liked","version":1}`, `{"type":"post.published","version":2,"timestamp":"2026-11-22T06:30:00Z","data":{"id":"p","account":"a"}}`,
			strings.Replace(published("p", "a"), `"text"`, `"words"`, 1), published("", "a"),
			"{\"type\":\"post.published\xff\"}",
		},
		webhooktest.Slack: {
			`{}`, `{"text":"a"}`, `{"text":"a","mrkdwn":true}`, `{"text":"a < b","mrkdwn":false}`, `{"text":"a & b","mrkdwn":false}`,
			`{"text":"&","mrkdwn":false}`, `{"text":"` + strings.Repeat("x", 4001) + `","mrkdwn":false}`,
		},
		webhooktest.Discord: {
			`{}`, `{"content":"a"}`, `{"content":"a","allowed_mentions":{"parse":["everyone"]}}`, `{"content":"a","allowed_mentions":{"parse":null}}`,
			`{"content":"` + strings.Repeat("x", 2001) + `","allowed_mentions":{"parse":[]}}`,
		},
	} {
		for i, body := range bodies {
			s := start(t, webhooktest.Options{}, format)
			if status, said := s.send(fmt.Sprint(i), body); status != 400 || len(s.server.Violations()) != 1 {
				t.Errorf("%s %.80s: %d %s %q", format, body, status, said, s.server.Violations())
			}
		}
	}
}

func TestEditsAndWithdrawals(t *testing.T) {
	s := start(t, webhooktest.Options{}, webhooktest.JSON)
	s.send("m1", published("p1", "a"))
	s.send("m2", published("p2", "b"))
	edit := strings.Replace(published("p1", "c"), "post.published", "post.edited", 1)
	if status, _ := s.send("m3", edit); status != 200 || texts(s.server) != "b|c" || !s.server.Visible("paper")[1].Edited {
		t.Errorf("a reader sees %s", texts(s.server))
	}
	withdrawal := `{"type":"post.withdrawn","version":1,"timestamp":"2026-11-22T06:30:00Z","data":{"id":"x","receiver_id":"r-1002","account":"a"}}`
	for _, id := range []string{"m4", "m5"} {
		if status, _ := s.send(id, withdrawal); status != 200 || texts(s.server) != "c" {
			t.Errorf("%s: a reader sees %s", id, texts(s.server))
		}
	}
	s.send("m6", strings.Replace(published("p9", "c"), "post.published", "post.edited", 1))
	if v := s.server.Violations(); len(v) != 1 {
		t.Errorf("an edit of nothing: %q", v)
	}
}

func TestFaults(t *testing.T) {
	for _, f := range webhooktest.AllFaults(time.Minute) {
		t.Run(f.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, webhooktest.Options{}, webhooktest.JSON)
				s.server.Plan(webhooktest.Rule{Op: webhooktest.OpPublish, Times: 1, Action: f.Action})
				r := s.request("m1", published("p1", "a"))
				if strings.Contains(f.Name, "hang") {
					s.do(r.WithContext(timeout(t, 10*time.Second)))
				} else {
					s.do(r)
				}
				<-time.After(2 * time.Minute)
				want := ""
				if f.Action.Effect || f.Action.Do == "delay" {
					want = "a"
				}
				if texts(s.server) != want {
					t.Errorf("a reader sees %q, want %q", texts(s.server), want)
				}
				s.send("m1", published("p1", "a"))
				if texts(s.server) != "a" {
					t.Errorf("sent again, a reader sees %q", texts(s.server))
				}
				b, err := json.Marshal(f.Action)
				var back webhooktest.Action
				if err == nil {
					err = json.Unmarshal(b, &back)
				}
				if err != nil || fmt.Sprint(back) != fmt.Sprint(f.Action) {
					t.Errorf("through JSON: %v, %v", back, err)
				}
			})
		})
	}
}

func TestRules(t *testing.T) {
	s := start(t, webhooktest.Options{}, webhooktest.JSON)
	s.server.Plan(
		webhooktest.Rule{User: "other", Action: webhooktest.Status(500, "")},
		webhooktest.Rule{Path: "/hooks/*", Nth: 2, Action: webhooktest.Status(502, "")},
		webhooktest.Rule{Method: http.MethodPost, From: 4, Times: 1, Action: webhooktest.Throttle(nil)},
	)
	var got []int
	for i := range 6 {
		status, _ := s.send(fmt.Sprint(i), published(fmt.Sprint(i), "a"))
		got = append(got, status)
	}
	if want := []int{200, 502, 200, 429, 200, 200}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	log := s.server.Requests()
	if len(log) != 6 || log[1].Fault != "status" || log[1].Status != 502 || log[0].ID != "0" || !log[0].Signed {
		t.Errorf("the log is %+v", log)
	}
}

func TestChatsPathsAreNotLogged(t *testing.T) {
	s := start(t, webhooktest.Options{}, webhooktest.Slack)
	if status, said := s.send("m1", `{"text":"a &amp; b","mrkdwn":false}`); status != 200 || said != "ok" || texts(s.server) != "a & b" {
		t.Errorf("%d %s, a reader sees %q", status, said, texts(s.server))
	}
	if log := fmt.Sprint(s.server.Requests()); strings.Contains(log, s.path) {
		t.Error("a chat's path is in the log")
	}
}

func TestConcurrentUse(t *testing.T) {
	s := start(t, webhooktest.Options{Control: true}, webhooktest.JSON)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 20 {
				id := fmt.Sprintf("%d-%d", i, j)
				s.send(id, published(id, id))
				s.server.Visible("")
				s.server.Requests()
				s.server.Plan()
				s.server.SetKnobs(webhooktest.Knobs{})
				ask(s.server, "GET", "/", "", "")
			}
		})
	}
	wg.Wait()
	if n := len(s.server.Visible("paper")); n != 80 {
		t.Errorf("%d posts, want 80", n)
	}
	if most := s.server.MaxInFlight("paper"); most < 1 || most > 4 {
		t.Errorf("%d at once", most)
	}
}

func timeout(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
