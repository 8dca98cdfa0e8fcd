package bluesky

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/bluesky/blueskytest"
)

// TestGates: who may answer, as the configuration has it.
func TestGates(t *testing.T) {
	for replies, want := range map[string][]string{
		Everyone: nil, Followers: {"followerRule"}, Following: {"followingRule"}, Mentioned: {"mentionRule"}, Nobody: {},
	} {
		t.Run(replies, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				w.opts.Replies = replies
				w.open()
				root, seen := w.sent(newPost())
				if seen.Gated != (want != nil) || !slices.Equal(seen.Allow, want) && len(want) > 0 {
					t.Errorf("gated %v, %v; want %v", seen.Gated, seen.Allow, want)
				}
				p := newPost()
				p.ID, p.Purpose, p.Content = "p2", spool.Continue, spool.Content{Text: "and goes on"}
				w.reply = spool.Reply{To: root.Receipt, Root: root.Receipt}
				if _, seen = w.sent(p); seen.Gated {
					t.Error("a reply has a gate of its own")
				}
				for range 2 {
					if err := w.client.Withdraw(w.t.Context(), root.Receipt); err != nil {
						t.Error(err)
					}
				}
				w.visible(1)
				if gate := w.server.Record(strings.Replace(root.Receipt.ID, postCollection, gateCollection, 1)); gate != nil {
					t.Errorf("the gate is still there: %s", gate)
				}
			})
		})
	}
}

// TestGateFails: it never endangers the post; the history says so, and the check
// a quarter of an hour later mends it.
func TestGateFails(t *testing.T) {
	for _, f := range blueskytest.AllFaults(20 * time.Second) {
		t.Run(f.Name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				w.opts.Replies = Nobody
				w.open()
				w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPutOther, Times: 1, Action: f.Action})
				p, seen := w.sent(newPost())
				if !seen.Gated && !strings.Contains(p.Receipt.Note, "anybody can answer it so far") {
					t.Errorf("the note is %q", p.Receipt.Note)
				}
				pause(15 * time.Minute)
				got, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
				if err != nil || !got.Found || got.Receipt.ID != p.Receipt.ID {
					t.Errorf("the check says %+v, %v", got, err)
				}
				if !w.visible(1)[0].Gated {
					t.Error("everybody may still answer it")
				}
			})
		})
	}
}

// TestWithdrawOthers: what is not the account's own, or not on Bluesky, is left alone.
func TestWithdrawOthers(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		other := w.server.AddUser("other.example.org", "x")
		id := w.server.AddManualPost("other.example.org", "mine", "")
		for _, r := range []spool.Receipt{{}, {ID: "123"}, {ID: id}, {ID: "at://" + other.DID + "/app.bsky.actor.profile/self"}} {
			if f := w.failure(w.client.Withdraw(w.t.Context(), r)); f.Kind != spool.Permanent {
				t.Errorf("%q: %v", r.ID, f)
			}
		}
		if got := w.server.Visible("other.example.org"); len(got) != 1 {
			t.Error("the other account's post is gone")
		}
	})
}

// doubtful prepares a post and brings it into doubt; put says whether it got there.
func (w *world) doubtful(put bool) spool.Post {
	w.t.Helper()
	fault := blueskytest.DropBefore()
	if put {
		fault = blueskytest.CommitThenDrop()
	}
	w.server.Plan(blueskytest.Rule{Op: blueskytest.OpPut, Times: 1, Action: fault})
	p := newPost()
	for p.State == spool.Waiting {
		p = w.send(p)
	}
	return p
}

func (w *world) find(p spool.Post, taken ...string) (publisher.Sighting, *spool.Failure) {
	w.t.Helper()
	q := publisher.Query{Post: p, Taken: map[string]bool{}}
	for _, id := range taken {
		q.Taken[id] = true
	}
	got, err := w.client.Find(w.t.Context(), q)
	if err != nil {
		return got, w.failure(err)
	}
	return got, nil
}

// TestFindByAge: what a look that finds nothing, or gets no answer, leads to.
func TestFindByAge(t *testing.T) {
	cases := []struct {
		age   time.Duration
		down  bool
		again bool
		kind  spool.Kind
	}{
		{time.Second, false, true, 0},
		{time.Hour, false, true, 0},
		{23 * time.Hour, false, true, 0},
		{25 * time.Hour, false, false, spool.Permanent},
		{time.Second, true, false, spool.Unsure},
		{29 * time.Minute, true, false, spool.Unsure},
		{31 * time.Minute, true, true, 0},
		{25 * time.Hour, true, false, spool.Unsure},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%v down=%v", c.age, c.down), func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
				p := w.doubtful(false)
				pause(c.age)
				if c.down {
					w.server.Plan(blueskytest.Rule{Action: blueskytest.Status(503, "<html>")})
				}
				got, f := w.find(p)
				if got.Again != c.again || got.Gone || got.Found || (f == nil) != c.again || f != nil && f.Kind != c.kind {
					t.Errorf("%+v, %v", got, f)
				}
			})
		})
	}
}

// TestDeletedMeanwhile is the hole that is documented: a post that a person took
// away before anybody had seen it is sent again within a day, and not after.
func TestDeletedMeanwhile(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := w.doubtful(true)
		w.server.DeletePost(w.server.Visible(testUser)[0].ID)
		if got, _ := w.find(p); !got.Again {
			t.Errorf("%+v", got)
		}
		pause(25 * time.Hour)
		if got, f := w.find(p); f == nil || f.Kind != spool.Permanent {
			t.Errorf("%+v, %v", got, f)
		}
	})
}

// TestEditedByHand: a post that somebody changed before it was found is ours
// still.
func TestEditedByHand(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := w.doubtful(true)
		id := w.server.Visible(testUser)[0].ID
		w.server.Amend(id, "Other words")
		got, f := w.find(p)
		if !got.Found || got.Receipt.ID != id {
			t.Errorf("%+v, %v", got, f)
		}
		p = w.next(p, spool.Event{What: spool.Absent, Again: true, Draft: got.Draft}) // a look that was mistaken
		if p = w.drive(p); p.State != spool.Live || !strings.Contains(p.Receipt.Note, "other words") {
			t.Errorf("the post is %s: %s; %+v", p.State, p.Reason, p.Receipt)
		}
		w.visible(1)
	})
}

// TestForeignRecord: what others have under the key is left alone.
func TestForeignRecord(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p := w.doubtful(false)
		var n notes
		if err := json.Unmarshal([]byte(p.Draft.State), &n); err != nil {
			w.t.Fatal(err)
		}
		w.server.Plant(testUser, n.Key, "Something else")
		got, f := w.find(p)
		if f != nil || !got.Gone {
			t.Errorf("%+v, %v", got, f)
		}
		p = w.next(p, spool.Event{What: spool.Absent, Again: true, Draft: nil}) // a look that was mistaken
		if p = w.drive(p); p.State != spool.Failed || !strings.Contains(p.Reason, "another record") {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
		if posts := w.server.Visible(testUser); len(posts) != 1 || posts[0].Text != "Something else" {
			t.Errorf("a reader sees %+v", posts)
		}
		p = w.drive(w.next(p, spool.Event{What: spool.Retried})) // a person wants it tried again
		if p.State != spool.Live {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
	})
}

// TestKeyTaken: a key under which something is already is not used.
func TestKeyTaken(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		w.keep()
		p := newPost()
		key, err := w.client.newKey(w.t.Context(), p.ID)
		if err != nil {
			w.t.Fatal(err)
		}
		w.server.Plant(testUser, key, "Something else")
		w.memory.facts[keyMemory], w.client.lastKey = "", 0 // all is forgotten
		p, _ = w.sent(p)
		if strings.HasSuffix(p.Receipt.ID, key) {
			t.Error("the key was used")
		}
		w.visible(2)
	})
}

// TestDoubles: a second post of the same words is reported, and those of other
// posts are not.
func TestDoubles(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		p, _ := w.sent(newPost())
		pause(15 * time.Minute)
		again := w.server.AddManualPost(testUser, testText, testLink)
		w.server.AddManualPost(testUser, testText+" and more", testLink)
		got, f := w.find(p)
		if f != nil || !got.Found || !slices.Equal(got.Others, []string{again}) {
			t.Errorf("%+v, %v", got, f)
		}
		if got, _ = w.find(p, again); len(got.Others) > 0 {
			t.Errorf("reported %v, which belongs to another post", got.Others)
		}
		w.server.DeletePost(p.Receipt.ID)
		if got, f = w.find(p); f != nil || got.Found {
			t.Errorf("%+v, %v after it was deleted", got, f)
		}
	})
}

// TestHistory: what a database that is gone has posted is known again.
func TestHistory(t *testing.T) {
	bubble(t, blueskytest.Options{}, func(w *world) {
		old := w.server.AddManualPost(testUser, "Long ago", "https://a.example/old")
		pause(100 * time.Hour)
		first, _ := w.sent(newPost())
		reply := newPost()
		reply.ID, reply.Purpose, reply.Content = "p2", spool.Continue, spool.Content{Text: "and goes on"}
		w.reply = spool.Reply{To: first.Receipt, Root: first.Receipt}
		reply, _ = w.sent(reply)
		w.reply = spool.Reply{}
		shared := []string{w.server.AddManualPost(testUser, "One", "https://a.example/live"), w.server.AddManualPost(testUser, "Two", "https://a.example/live")}
		for i := range 130 {
			w.server.AddManualPost(testUser, fmt.Sprint("Noise ", i), "")
		}
		h, err := w.client.History(w.t.Context(), time.Now().Add(-72*time.Hour))
		if err != nil {
			w.t.Fatal(err)
		}
		post := func(text, link string) spool.Post { return spool.Post{Content: spool.Content{Text: text, Link: link}} }
		pictured := spool.Post{Content: spool.Content{Text: "With a picture", Media: []spool.Attachment{{File: "x"}}, Instead: &spool.Content{Text: testText, Link: testLink}}}
		continued := reply
		continued.Receipt = spool.Receipt{}
		for _, c := range []struct {
			name string
			post spool.Post
			want string
		}{
			{"the same", post(testText, testLink), first.Receipt.ID},
			{"other words, its own link", post("Reworded", testLink), first.Receipt.ID},
			{"the same words, no link", post(testText, ""), first.Receipt.ID},
			{"what stood in for a picture", pictured, first.Receipt.ID},
			{"a shared link and its words", post("Two", "https://a.example/live"), shared[1]},
			{"a shared link and other words", post("Three", "https://a.example/live"), ""},
			{"the words of a reply, on their own", post("and goes on", ""), ""},
			{"a reply", continued, reply.Receipt.ID},
			{"too old", post("Long ago", "https://a.example/old"), ""},
			{"nothing", post("", ""), ""},
		} {
			got, ok := h.Match(c.post, nil)
			if ok != (c.want != "") || got.ID != c.want || ok && (got.Version == "" || got.URL == "") {
				t.Errorf("%s: %+v, want %q", c.name, got, c.want)
			}
		}
		if got, ok := h.Match(post(testText, testLink), map[string]bool{first.Receipt.ID: true}); ok {
			t.Errorf("matched %+v, which is taken", got)
		}
		_ = old
	})
}

// TestLimits: the budget is what the server says, else what is documented.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		headers blueskytest.RateHeaders
		points  int
		used    int
		total   int
	}{
		{blueskytest.RatePresent, 0, 3, 2500}, {blueskytest.RatePresent, 100, 3, 50},
		{blueskytest.RateAbsent, 100, 3, 2500}, {blueskytest.RateMalformed, 100, 3, 2500},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{RateHeaders: c.headers, HourPoints: c.points}}, func(w *world) {
				for i := range 3 {
					p := newPost()
					p.ID, p.Content.Text = fmt.Sprint(i), fmt.Sprint("Bulletin ", i)
					w.sent(p)
				}
				l, err := w.client.Limits(w.t.Context())
				if err != nil || l.Used != c.used || l.Total != c.total || l.Window != time.Hour {
					t.Errorf("%+v, %v", l, err)
				}
				pause(2 * time.Hour)
				if l, _ = w.client.Limits(w.t.Context()); l.Used != 0 {
					t.Errorf("after the window: %+v", l)
				}
			})
		})
	}
}

// TestBudgetSpent: the account waits until its budget is whole again, and posts
// then.
func TestBudgetSpent(t *testing.T) {
	bubble(t, blueskytest.Options{Knobs: blueskytest.Knobs{HourPoints: 10}}, func(w *world) {
		begun := time.Now()
		for i := range 12 {
			p := newPost()
			p.ID, p.Content.Text = fmt.Sprint(i), fmt.Sprint("Bulletin ", i)
			w.sent(p)
		}
		w.visible(12)
		refused := w.count(blueskytest.OpPut) - 12
		if took := time.Since(begun); took < 2*time.Hour || took > 3*time.Hour || refused > 3 {
			t.Errorf("it took %v and %d refusals", took, refused)
		}
	})
}

// TestBudgetOfADay: the day's points count too.
func TestBudgetOfADay(t *testing.T) {
	var p points
	now := time.Unix(1_800_000_000, 0)
	for range 17_400 {
		now = now.Add(4 * time.Second)
		p.spend(now, putPoints, publisher.Reply{})
	}
	if b := p.tightest(now); b.window != 24*time.Hour || b.left != 200 {
		t.Errorf("%+v", b)
	}
	if len(p.spent) > 25*60+1 {
		t.Errorf("%d entries are kept", len(p.spent))
	}
}

// TestJudge is the table of what errors mean.
func TestJudge(t *testing.T) {
	cases := []struct {
		http int
		name string
		want verdict
	}{
		{400, "ExpiredToken", verdict{kind: spool.Temporary, token: true}},
		{400, "InvalidToken", verdict{kind: spool.Temporary, token: true}},
		{401, "AuthMissing", verdict{kind: spool.Temporary, token: true}},
		{401, "SomethingElse", verdict{kind: spool.Temporary, token: true}},
		{401, "AccountTakedown", verdict{kind: spool.Credentials}},
		{400, "AccountDeactivated", verdict{kind: spool.Credentials}},
		{401, "AuthFactorTokenRequired", verdict{kind: spool.Credentials}},
		{403, "Forbidden", verdict{kind: spool.Credentials}},
		{429, "RateLimitExceeded", verdict{kind: spool.Throttled}},
		{400, "InvalidSwap", verdict{kind: spool.Permanent, swap: true}},
		{400, "BlobNotFound", verdict{kind: spool.Temporary, blob: true}},
		{400, "InvalidMimeType", verdict{kind: spool.Permanent, media: true}},
		{413, "PayloadTooLarge", verdict{kind: spool.Permanent, media: true}},
		{413, "Anything", verdict{kind: spool.Permanent, media: true}},
		{400, "InvalidRequest", verdict{kind: spool.Permanent}},
		{400, "NeverSeenBefore", verdict{kind: spool.Permanent}},
		{501, "MethodNotImplemented", verdict{kind: spool.Permanent}},
		{500, "InternalServerError", verdict{kind: spool.Temporary, open: true}},
		{502, "UpstreamFailure", verdict{kind: spool.Temporary, open: true}},
		{503, "NotEnoughResources", verdict{kind: spool.Temporary, open: true}},
		{408, "RequestTimeout", verdict{kind: spool.Temporary, open: true}},
	}
	for _, c := range cases {
		got := judge(&refusal{HTTP: c.http, Name: c.name})
		got.hint = ""
		if got != c.want {
			t.Errorf("%d %s: %+v, want %+v", c.http, c.name, got, c.want)
		}
	}
}

// TestDecode: what is an answer of the API and what is not, and how long it asks
// to be left alone.
func TestDecode(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	cases := []struct {
		status int
		body   string
		header map[string]string
		name   string // of the refusal; empty: unreadable
		wait   time.Duration
	}{
		{400, `{"error":"InvalidSwap","message":"no"}`, nil, "InvalidSwap", 0},
		{400, `{"error":"two words"}`, nil, "", 0},
		{400, `{"error":""}`, nil, "", 0},
		{400, `<html>`, nil, "", 0},
		{301, `{"error":"Moved"}`, nil, "", 0},
		{502, `<html>`, nil, "", 0},
		{503, `{"error":"NotEnoughResources"}`, map[string]string{"Retry-After": "7"}, "NotEnoughResources", 7 * time.Second},
		{429, `<html>`, map[string]string{"Retry-After": "90"}, "RateLimitExceeded", 90 * time.Second},
		{429, `{"error":"RateLimitExceeded"}`, map[string]string{"RateLimit-Reset": strconv.FormatInt(now.Unix()+600, 10)}, "RateLimitExceeded", 10 * time.Minute},
		{429, ``, map[string]string{"RateLimit-Reset": "1"}, "RateLimitExceeded", 0},
		{429, ``, map[string]string{"RateLimit-Reset": "99999999999"}, "RateLimitExceeded", 24 * time.Hour},
	}
	for _, c := range cases {
		h := http.Header{}
		for k, v := range c.header {
			h.Set(k, v)
		}
		err := decode(publisher.Reply{Status: c.status, Body: []byte(c.body), Header: h, At: now}, nil)
		ref, _ := errors.AsType[*refusal](err)
		if c.name == "" {
			if !errors.Is(err, errUnreadable) {
				t.Errorf("%d %s: %v, want unreadable", c.status, c.body, err)
			}
			continue
		}
		if ref == nil || ref.Name != c.name || ref.Wait != c.wait {
			t.Errorf("%d %s: %+v, want %s and %v", c.status, c.body, ref, c.name, c.wait)
		}
	}
}

// FuzzDecode: nothing that a server answers is taken for something else.
func FuzzDecode(f *testing.F) {
	f.Add(200, `{"uri":"at://x","cid":"y"}`)
	f.Add(400, `{"error":"InvalidSwap","message":"accessJwt: abc"}`)
	f.Add(500, `<html>`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		var out stored
		err := decode(publisher.Reply{Status: status, Body: []byte(body)}, &out, "secretsecret")
		if ok := status >= 200 && status <= 299; !ok && err == nil {
			t.Errorf("status %d is taken for success", status)
		}
		if err != nil && strings.Contains(err.Error(), "secretsecret") {
			t.Error("the secret is in the error")
		}
	})
}
