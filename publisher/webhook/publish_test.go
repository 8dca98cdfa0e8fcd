package webhook

import (
	"encoding/json"
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

// TestAlerts: what a post tells of an alert comes with it, for machines, in an update
// that names what it answers and in an edit too; a chat gets the words alone.
func TestAlerts(t *testing.T) {
	bubble(t, JSON, webhooktest.Knobs{}, func(w *world) {
		c := w.client.(*Client)
		paris := time.FixedZone("", 3600)
		head := newPost()
		head.Content.Told = &spool.Telling{Phase: spool.Begins, Effect: spool.NoService, Severity: spool.Severe, Lines: []string{"4"}, Until: time.Date(2026, 12, 1, 6, 30, 0, 7, paris), Headline: "h", Digest: "d"}
		r, err := c.Publish(w.t.Context(), head)
		if err != nil {
			t.Fatal(err)
		}
		update := newPost()
		update.ID, update.Purpose, update.Parent, update.Root = "u1", spool.Update, head.ID, head.ID
		update.Reply = spool.Reply{To: r, Root: r}
		update.Content.Told = &spool.Telling{Phase: spool.Changes}
		if _, err := c.Publish(w.t.Context(), update); err != nil {
			t.Fatal(err)
		}
		over := newPost()
		over.ID, over.Purpose, over.Parent = "e1", spool.Edit, head.ID
		over.Content.Told = &spool.Telling{Phase: spool.Ends, Lines: []string{"4"}}
		if _, err := c.Edit(w.t.Context(), r, over); err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{
			`"alert":{"phase":"announce","effect":"NO_SERVICE","severity":"SEVERE","lines":["4"],"until":"2026-12-01T05:30:00Z"}`,
			`"alert":{"phase":"update"}`,
			`"alert":{"phase":"close","lines":["4"]}`,
		} {
			if got := w.server.Requests()[i].Body; !strings.Contains(got, want) {
				t.Errorf("message %d is\n%s\nwithout %s", i, got, want)
			}
		}
		seen := w.server.Visible(testUser)
		if !w.server.DeletePost(r.ID) || w.server.DeletePost(r.ID) || len(w.server.Visible(testUser)) != 1 {
			t.Error("a person of the house cannot take it away")
		}
		if len(seen) != 2 || seen[0].ReplyTo != r.ID || seen[0].Purpose != "update" || seen[1].Alert == nil || seen[1].Alert.Phase != "close" {
			t.Errorf("readers see %+v", seen)
		}
	})
	for _, format := range []Format{Slack, Discord} {
		bubble(t, format, webhooktest.Knobs{}, func(w *world) {
			p := newPost()
			p.Content.Told = &spool.Telling{Phase: spool.Begins, Effect: spool.NoService}
			if _, err := w.client.Publish(w.t.Context(), p); err != nil || strings.Contains(w.server.Requests()[0].Body, "NO_SERVICE") {
				t.Errorf("%s: %v, %s", format, err, w.server.Requests()[0].Body)
			}
		})
	}
}

// TestAbilities: what a chat cannot do it does not claim.
func TestAbilities(t *testing.T) {
	for _, format := range Formats() {
		c := mustNew(t, Options{Account: "a", URL: "https://hooks.example/x", Format: format, Now: time.Now})
		_, edits := c.(publisher.Editor)
		_, withdraws := c.(publisher.Withdrawer)
		_, previews := c.(publisher.Previewer)
		_, witnesses := c.(publisher.Witness) // a receiver is told things, and asked nothing
		if edits != (format == JSON) || withdraws != (format == JSON) || !previews || witnesses {
			t.Errorf("%s: edits %v, withdraws %v, previews %v, is a witness %v", format, edits, withdraws, previews, witnesses)
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

// TestChangeOfWhatIsNotThere: a receiver that says "not found" to the withdrawal or the
// edit of a post that it does not have any more does not stop the account.
func TestChangeOfWhatIsNotThere(t *testing.T) {
	for _, status := range []int{404, 405, 410} {
		bubble(t, JSON, webhooktest.Knobs{}, func(w *world) {
			c := w.client.(*Client)
			p := newPost()
			r, err := c.Publish(w.t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			w.server.Plan(webhooktest.Rule{Action: webhooktest.Status(status, "no such post")})
			if f := failure(t, c.Withdraw(w.t.Context(), r)); f.Kind != spool.Permanent || !strings.Contains(f.Error(), "does not know the post") {
				t.Error(f)
			}
			if _, err := c.Edit(w.t.Context(), r, p); failure(t, err).Kind != spool.Permanent {
				t.Error(err)
			}
			if _, err := c.Keep(w.t.Context()); err != nil {
				t.Errorf("the account is stopped: %v", err)
			}
			p.ID = "p2"
			if _, err := c.Publish(w.t.Context(), p); failure(t, err).Kind != spool.Credentials {
				t.Errorf("a post: %v", err)
			}
		})
	}
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
