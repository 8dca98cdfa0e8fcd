package webhook

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/webhook/webhooktest"
)

func bubble(t *testing.T, format Format, k webhooktest.Knobs, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, format, k)
		f(w)
		for _, v := range w.server.Violations() {
			t.Errorf("violation: %s", v)
		}
	})
}

func newPost() spool.Post {
	now := time.Now()
	return spool.Post{
		ID: "kq3xzm5w2v7a4bdr", Item: "i1", Feed: "city", Account: "intranet", Purpose: spool.Announce, State: spool.Waiting,
		Created: now, NotBefore: now, Content: spool.Content{Text: "Old bridge reopens", Link: "https://news.example.org/bridge", Language: "en"},
	}
}

func failure(t *testing.T, err error) *spool.Failure {
	t.Helper()
	f, ok := err.(*spool.Failure)
	if !ok {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	return f
}

// drive moves a post by spool.Next, as the scheduler does, until it is final or
// held.
func (w *world) drive(p spool.Post) spool.Post {
	w.t.Helper()
	next := func(e spool.Event) {
		step, err := spool.Next(p, e, spool.Rules{}, time.Now())
		if err != nil {
			w.t.Fatal(err)
		}
		p = step.Post
	}
	for end := time.Now().Add(24 * time.Hour); time.Now().Before(end); {
		if wait := time.Until(p.NotBefore); wait > 0 {
			<-time.After(wait)
		}
		switch p.State {
		case spool.Waiting:
			next(spool.Event{What: spool.Began})
			r, err := w.client.Publish(w.t.Context(), p)
			if err != nil {
				next(spool.Event{What: spool.Refused, Failure: failure(w.t, err)})
				continue
			}
			next(spool.Event{What: spool.Delivered, Receipt: r})
		case spool.Doubt:
			s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
			if err != nil {
				next(spool.Event{What: spool.Unclear, Failure: failure(w.t, err)})
				continue
			}
			next(spool.Event{What: spool.Absent, Again: s.Again, Gone: s.Gone})
		default:
			return p
		}
	}
	w.t.Fatalf("the post came to no end within a day; it is %s: %s", p.State, p.Reason)
	return p
}

func TestSlowReceiver(t *testing.T) {
	bubble(t, JSON, webhooktest.Knobs{Latency: 2 * time.Minute}, func(w *world) {
		p := w.drive(newPost())
		if p.State != spool.Live || p.Attempts < 2 {
			t.Errorf("the post is %s after %d attempts: %s", p.State, p.Attempts, p.Reason)
		}
		<-time.After(10 * time.Minute)
		if seen := w.seen(); len(seen) != 1 || seen[0].ID != p.Receipt.ID {
			t.Errorf("a reader sees %+v; the receipt is %+v", seen, p.Receipt)
		}
	})
}

// TestReceiverThatForgets: with a receiver that counts a message twice, a lost
// answer makes two posts. That is the one hole, and why docs/webhook.md asks
// receivers to remember ids.
func TestReceiverThatForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, JSON, webhooktest.Knobs{IDs: webhooktest.IDsIgnored})
		w.server.Plan(webhooktest.Rule{Times: 1, Action: webhooktest.CommitThenDrop()})
		w.drive(newPost())
		if n := len(w.seen()); n != 2 {
			t.Errorf("a reader sees %d posts, want 2: has the hole been closed?", n)
		}
	})
}

func TestEveryFaultEnds(t *testing.T) {
	for _, f := range webhooktest.AllFaults(time.Minute) {
		t.Run(f.Name, func(t *testing.T) {
			bubble(t, JSON, webhooktest.Knobs{}, func(w *world) {
				w.server.Plan(webhooktest.Rule{Times: 2, Action: f.Action})
				p := w.drive(newPost())
				<-time.After(time.Hour)
				if n := len(w.seen()); n != 1 || p.State != spool.Live {
					t.Errorf("a reader sees %d posts; the post is %s: %s", n, p.State, p.Reason)
				}
			})
		})
	}
}

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

// TestTheSameMessageAgain: what is sent again is the same, byte for byte, and only
// the time of the attempt and the signature differ.
func TestTheSameMessageAgain(t *testing.T) {
	bubble(t, JSON, webhooktest.Knobs{}, func(w *world) {
		w.server.Plan(webhooktest.Rule{Times: 2, Action: webhooktest.CommitThenDrop()})
		w.drive(newPost())
		all := w.server.Requests()
		if len(all) != 3 {
			t.Fatalf("%d requests, want 3", len(all))
		}
		for _, r := range all[1:] {
			if r.Body != all[0].Body || r.ID != all[0].ID || r.ID != newPost().ID {
				t.Errorf("sent again as\n%s %s\nfirst was\n%s %s", r.ID, r.Body, all[0].ID, all[0].Body)
			}
		}
	})
}

// TestChanges: each change is a message with an id of its own, and it names the
// post as the first message did.
func TestChanges(t *testing.T) {
	bubble(t, JSON, webhooktest.Knobs{}, func(w *world) {
		c := w.client.(*Client)
		p := newPost()
		r, err := c.Publish(w.t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		edit := newPost()
		edit.ID, edit.Parent, edit.Purpose = "e2", p.ID, spool.Edit
		if _, err := c.Edit(w.t.Context(), r, edit); err != nil {
			t.Fatal(err)
		}
		if err := c.Withdraw(w.t.Context(), r); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, req := range w.server.Requests() {
			var e event
			e.Data.content = &content{}
			if err := json.Unmarshal([]byte(req.Body), &e); err != nil {
				t.Fatal(err)
			}
			if e.Data.ID != p.ID || e.Data.Account != "intranet" || e.Version != 1 {
				t.Errorf("%s names %+v, want %s", e.Type, e.Data, p.ID)
			}
			if e.Type != published && (e.Data.ReceiverID != r.ID || e.Data.URL != r.URL) {
				t.Errorf("%s does not name the receiver's own id: %+v", e.Type, e.Data)
			}
			ids = append(ids, req.ID)
		}
		if want := []string{p.ID, "e2", p.ID + "-withdrawn"}; !slices.Equal(ids, want) {
			t.Errorf("the messages' ids are %q, want %q", ids, want)
		}
	})
}

// TestAbilities: what a chat cannot do it does not claim.
func TestAbilities(t *testing.T) {
	for _, format := range Formats() {
		c := mustNew(t, Options{Account: "a", URL: "https://hooks.example/x", Format: format, Now: time.Now})
		_, edits := c.(publisher.Editor)
		_, withdraws := c.(publisher.Withdrawer)
		_, previews := c.(publisher.Previewer)
		if edits != (format == JSON) || withdraws != (format == JSON) || !previews {
			t.Errorf("%s: edits %v, withdraws %v, previews %v", format, edits, withdraws, previews)
		}
	}
}

// TestBarrier: an account that was not let in rests for an hour, and then its next
// post tries; a message that arrives ends the rest.
func TestBarrier(t *testing.T) {
	bubble(t, JSON, webhooktest.Knobs{}, func(w *world) {
		keeper := w.client.(publisher.Keeper)
		keep := func() error { _, err := keeper.Keep(w.t.Context()); return err }
		if err := keep(); err != nil {
			t.Error(err)
		}
		w.server.Close(testUser)
		if _, err := w.client.Publish(w.t.Context(), newPost()); failure(t, err).Kind != spool.Credentials {
			t.Error(err)
		}
		if f := failure(t, keep()); f.Kind != spool.Credentials || !strings.Contains(f.Error(), "HTTP 410") {
			t.Error(f)
		}
		<-time.After(59 * time.Minute)
		if keep() == nil {
			t.Error("let go before an hour had passed")
		}
		<-time.After(2 * time.Minute)
		if err := keep(); err != nil {
			t.Errorf("not let go after an hour: %v", err)
		}
		w.server.AddUser(testUser, testSecret)
		if _, err := w.client.Publish(w.t.Context(), newPost()); err != nil {
			t.Error(err)
		}
		if err := keep(); err != nil {
			t.Error(err)
		}
	})
}

// TestRotation: while a secret is being changed, a receiver that knows either one
// takes the messages.
func TestRotation(t *testing.T) {
	bubble(t, JSON, webhooktest.Knobs{}, func(w *world) {
		w.client = w.open(testSecret + " " + nextSecret)
		for i, secrets := range [][]string{{testSecret}, {testSecret, nextSecret}, {nextSecret}} {
			w.server.SetSecrets(testUser, secrets...)
			p := newPost()
			p.ID = strings.Repeat("x", i+1)
			if _, err := w.client.Publish(w.t.Context(), p); err != nil {
				t.Errorf("with %d: %v", i, err)
			}
		}
		w.client = w.open(testSecret)
		if _, err := w.client.Publish(w.t.Context(), newPost()); failure(t, err).Kind != spool.Credentials {
			t.Errorf("the old secret alone: %v", err)
		}
	})
}

func mustNew(t *testing.T, o Options) publisher.Publisher {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
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
