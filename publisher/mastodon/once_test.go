package mastodon

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

// accident is something that goes wrong once, on the way to a status.
type accident struct {
	name string
	rule mastodontest.Rule
}

func onPost(a mastodontest.Action) mastodontest.Rule {
	return mastodontest.Rule{Op: mastodontest.OpPost, Nth: 1, Action: a}
}

func accidents() []accident {
	all := []accident{
		{"none", mastodontest.Rule{Op: "none"}},
		{"late 8m, 500", onPost(mastodontest.CommitLateStatus(8*time.Minute, 500, ""))},
		{"delay 20s", onPost(mastodontest.Delay(20 * time.Second))},
		{"commit then 429", onPost(mastodontest.CommitThenStatus(429, "slow down"))},
		{"commit then 503 json", onPost(mastodontest.CommitThenStatus(503, ""))},
		{"commit then redirect", onPost(mastodontest.CommitThenStatus(302, ""))},
		{"408", onPost(mastodontest.Status(408, ""))},
		{"409", onPost(mastodontest.Status(409, ""))},
		{"list 500", mastodontest.Rule{Op: mastodontest.OpList, Nth: 1, Action: mastodontest.Status(500, "")}},
		{"list garbage", mastodontest.Rule{Op: mastodontest.OpList, Nth: 1, Action: mastodontest.Garbage()}},
		{"list null", mastodontest.Rule{Op: mastodontest.OpList, Nth: 1, Action: mastodontest.Status(200, "null")}},
		{"upload dropped", mastodontest.Rule{Op: mastodontest.OpUpload, Nth: 1, Action: mastodontest.CommitThenDrop()}},
		{"upload 500", mastodontest.Rule{Op: mastodontest.OpUpload, Nth: 1, Action: mastodontest.Status(500, "")}},
		{"media 500", mastodontest.Rule{Op: mastodontest.OpMedia, Nth: 1, Action: mastodontest.Status(500, "")}},
		{"verify 500", mastodontest.Rule{Op: mastodontest.OpVerify, Nth: 1, Action: mastodontest.Status(500, "")}},
	}
	for _, f := range mastodontest.AllFaults(2 * time.Minute) {
		all = append(all, accident{f.Name, onPost(f.Action)})
	}
	return all
}

// TestOnceAtEveryKnob is the promise: whatever the server does in the points in
// which servers differ, and whatever goes wrong on the way, a reader sees the
// post once and the account knows it, with a picture and without.
func TestOnceAtEveryKnob(t *testing.T) {
	everyKnob(t, []bool{false, true}, func(t *testing.T, k mastodontest.Knobs, a accident, picture bool) { once(t, k, a, picture) })
}

// TestOnceWhenCrashed is the same with a process that dies between the answer
// and saving it. The posts have a picture, which is where more can go wrong.
func TestOnceWhenCrashed(t *testing.T) {
	everyKnob(t, []bool{true}, func(t *testing.T, k mastodontest.Knobs, a accident, picture bool) { once(t, k, a, picture, 1) })
}

func everyKnob(t *testing.T, pictures []bool, run func(t *testing.T, k mastodontest.Knobs, a accident, picture bool)) {
	for _, knob := range mastodontest.AllKnobs() {
		for _, value := range knob.Values {
			t.Run(knob.Name+"="+value, func(t *testing.T) {
				var k mastodontest.Knobs
				if err := k.Set(knob.Name, value); err != nil {
					t.Fatal(err)
				}
				for _, a := range accidents() {
					for _, picture := range pictures {
						t.Run(fmt.Sprintf("%s, picture %v", a.name, picture), func(t *testing.T) { run(t, k, a, picture) })
					}
				}
			})
		}
	}
}

// TestOnceAtRandomKnobs mixes the settings; the seeds are in the names.
func TestOnceAtRandomKnobs(t *testing.T) {
	for seed := range uint64(600) {
		dice := rand.New(rand.NewPCG(seed, 7))
		var k mastodontest.Knobs
		for _, knob := range mastodontest.AllKnobs() {
			if err := k.Set(knob.Name, knob.Values[dice.IntN(len(knob.Values))]); err != nil {
				t.Fatal(err)
			}
		}
		list := accidents()
		a := list[dice.IntN(len(list))]
		var crashed []int
		if dice.IntN(3) == 0 {
			crashed = []int{1 + dice.IntN(2)}
		}
		picture := dice.IntN(2) == 0
		t.Run(fmt.Sprintf("%d/%s", seed, a.name), func(t *testing.T) { once(t, k, a, picture, crashed...) })
	}
}

// hole reports whether a mixture of settings leaves one of the holes that
// holes_test.go shows by name: the key is no help, and what was sent becomes
// readable, or recognisable, only after the grace time.
func hole(k mastodontest.Knobs) bool {
	ignored := k.Idempotency == mastodontest.KeyIgnored || k.Software == mastodontest.GoToSocial
	unseen := k.ListLag >= 10*time.Minute
	return ignored && unseen
}

// untold reports whether a server neither shows the words as they were written
// nor tells them, so that only a person can.
func untold(k mastodontest.Knobs) bool {
	return k.API == mastodontest.API34 && k.Software != mastodontest.GoToSocial && k.Readback == mastodontest.ReadChanged
}

func once(t *testing.T, k mastodontest.Knobs, a accident, picture bool, crashed ...int) {
	t.Helper()
	bubble(t, mastodontest.Options{Knobs: k}, func(w *world) {
		w.server.Plan(a.rule)
		for _, n := range crashed {
			w.crash[n] = true
		}
		p := newPost()
		if picture {
			p.Content.Media = []spool.Attachment{w.picture("bridge", "The bridge")}
		}
		if picture { // the address stands in the text, which is how posts are worded for Mastodon
			p.Content.Text, p.Content.Link = testText+"\n\n"+testLink, ""
		}
		p = w.drive(p)
		pause(30 * time.Minute) // what is late has come
		if n := len(w.server.Visible(testUser)); hole(k) && n != 1 {
			w.doubled(p, n)
			return
		}
		posts := w.visible(1)
		if untold(k) && p.State == spool.Held && p.Hold == spool.HoldDoubt {
			return // a person is told where to look
		}
		if p.State != spool.Live {
			t.Errorf("the post is %s, want live: %s\n%s\n%v", p.State, p.Reason, w.story(), k.Map())
		}
		if len(posts) == 1 && p.Receipt.ID != posts[0].ID {
			t.Errorf("bound to %s, visible is %s", p.Receipt.ID, posts[0].ID)
		}
		if want := testText + "\n\n" + testLink; len(posts) == 1 && posts[0].Text != want {
			t.Errorf("a reader sees %q, want %q", posts[0].Text, want)
		}
		if len(posts) == 1 && picture && len(posts[0].Media) != 1 {
			t.Errorf("it is visible with %d pictures\n%s\n%v", len(posts[0].Media), w.story(), k.Map())
		}
		if most := w.server.MaxInFlight(testUser); most > 1 {
			t.Errorf("%d writes were in flight at once", most)
		}
		if slices.Contains(crashed, 1) && a.name == "none" && p.Attempts != 1 {
			t.Errorf("%d attempts, one was enough", p.Attempts)
		}
	})
}

// doubled asserts that a doubling is told to a person.
func (w *world) doubled(p spool.Post, n int) {
	w.t.Helper()
	s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
	if p.State == spool.Live && (err != nil || len(s.Others) != n-1) {
		w.t.Errorf("a reader sees %d, and the sweep found %+v, %v", n, s, err)
	}
}

// picture puts a picture where the client finds it.
func (w *world) picture(name, alt string) spool.Attachment {
	data := testPNG(64, 48)
	w.files[name] = data
	return spool.Attachment{URL: "https://news.example.org/" + name + ".png", Type: "image/png", Alt: alt, File: name, Size: len(data), Width: 64, Height: 48}
}

// TestPictureWithoutWords: a post that is nothing but a picture is known by its upload,
// whatever becomes of the answer and of the key.
func TestPictureWithoutWords(t *testing.T) {
	for _, key := range []mastodontest.Idempotency{mastodontest.KeyKept, mastodontest.KeyBroken, mastodontest.KeyIgnored} {
		for _, a := range accidents() {
			t.Run(string(key)+", "+a.name, func(t *testing.T) {
				bubble(t, mastodontest.Options{Knobs: mastodontest.Knobs{Idempotency: key}}, func(w *world) {
					w.server.Plan(a.rule)
					p := w.pictured(1)
					p.Content.Text, p.Content.Link, p.Content.Instead = "", "", nil
					if p, seen := w.one(p); len(seen.Media) != 1 || p.Receipt.ID != seen.ID {
						t.Errorf("%+v, %+v", p.Receipt, seen)
					}
				})
			})
		}
	}
}
