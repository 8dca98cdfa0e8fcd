package bluesky

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"spool"
	"spool/publisher/bluesky/blueskytest"
)

// accident is something that goes wrong once, on the way to a put.
type accident struct {
	name string
	rule blueskytest.Rule
}

func on(op blueskytest.Op, a blueskytest.Action) blueskytest.Rule {
	return blueskytest.Rule{Op: op, Nth: 1, Action: a}
}

func accidents() []accident {
	list := []accident{
		{"none", blueskytest.Rule{Op: "none"}},
		{"late 2m", on(blueskytest.OpPut, blueskytest.CommitLate(2*time.Minute))},
		{"late 8m, 500", on(blueskytest.OpPut, blueskytest.CommitLateStatus(8*time.Minute, 500, ""))},
		{"late 4m, hang", on(blueskytest.OpPut, blueskytest.CommitLateHang(4*time.Minute))},
		{"commit then 429", on(blueskytest.OpPut, blueskytest.CommitThenStatus(429, ""))},
		{"commit then expired", on(blueskytest.OpPut, blueskytest.CommitThenStatus(400, blueskytest.ErrorBody("ExpiredToken", "")))},
		{"bare 429", on(blueskytest.OpPut, blueskytest.Status(429, "slow down"))},
	}
	for _, f := range blueskytest.AllFaults(20 * time.Second) {
		list = append(list, accident{"put: " + f.Name, on(blueskytest.OpPut, f.Action)})
	}
	for _, op := range []blueskytest.Op{blueskytest.OpSignIn, blueskytest.OpRefresh, blueskytest.OpGet, blueskytest.OpUpload} {
		for _, f := range []blueskytest.Fault{
			{Name: "dropped", Action: blueskytest.CommitThenDrop()}, {Name: "500", Action: blueskytest.Status(500, "")},
			{Name: "hang", Action: blueskytest.CommitThenHang()}, {Name: "garbage", Action: blueskytest.Garbage()},
			{Name: "throttled", Action: blueskytest.Throttle(map[string]string{"Retry-After": "45"})},
		} {
			list = append(list, accident{string(op) + ": " + f.Name, on(op, f.Action)})
		}
	}
	return list
}

// TestOnceAtEveryKnob is the promise: however the server is, and whatever goes
// wrong on the way, a reader sees the post once and the account knows it.
func TestOnceAtEveryKnob(t *testing.T) {
	everyKnob(t, func(t *testing.T, k blueskytest.Knobs, a accident) { once(t, k, a) })
}

// TestOnceWhenCrashed is the same with a process that dies between the answer
// and saving it.
func TestOnceWhenCrashed(t *testing.T) {
	everyKnob(t, func(t *testing.T, k blueskytest.Knobs, a accident) { once(t, k, a, 1) })
}

func everyKnob(t *testing.T, test func(*testing.T, blueskytest.Knobs, accident)) {
	t.Helper()
	for _, knob := range blueskytest.AllKnobs() {
		for _, value := range knob.Values {
			t.Run(knob.Name+"="+value, func(t *testing.T) {
				var k blueskytest.Knobs
				if err := k.Set(knob.Name, value); err != nil {
					t.Fatal(err)
				}
				for _, a := range accidents() {
					t.Run(a.name, func(t *testing.T) { test(t, k, a) })
				}
			})
		}
	}
}

// TestOnceAtRandomKnobs mixes the settings; the seeds are in the names.
func TestOnceAtRandomKnobs(t *testing.T) {
	for seed := range uint64(400) {
		dice := rand.New(rand.NewPCG(seed, 7))
		var k blueskytest.Knobs
		for _, knob := range blueskytest.AllKnobs() {
			if err := k.Set(knob.Name, knob.Values[dice.IntN(len(knob.Values))]); err != nil {
				t.Fatal(err)
			}
		}
		if k.BlobLife == time.Minute && k.PutLatency > k.BlobLife {
			k.BlobLife = 0 // no picture would live until its post does
		}
		if k.AccessLife == time.Minute && k.PutLatency > k.AccessLife {
			k.AccessLife = 0 // and no session
		}
		list := accidents()
		a := list[dice.IntN(len(list))]
		var crashed []int
		if dice.IntN(3) == 0 {
			crashed = []int{1 + dice.IntN(2)}
		}
		t.Run(fmt.Sprintf("%d/%s", seed, a.name), func(t *testing.T) { once(t, k, a, crashed...) })
	}
}

// once drives posts of each shape through an accident, and asserts that a reader
// sees each of them once.
func once(t *testing.T, k blueskytest.Knobs, a accident, crashed ...int) {
	t.Helper()
	for name, make := range shapes() {
		if name == "card" && len(crashed) > 0 {
			continue // what a crash loses is the same
		}
		bubble(t, blueskytest.Options{Knobs: k}, func(w *world) {
			w.server.Plan(a.rule)
			for _, n := range crashed {
				w.crash[n] = true
			}
			p := w.drive(make(w))
			pause(30 * time.Minute) // what is late has come
			posts := w.seenOnce(a)
			if p.State != spool.Live || len(posts) != 1 {
				t.Errorf("%s: the post is %s, seen %d times: %s\n%s\n%v", name, p.State, len(posts), p.Reason, w.story(), k.Map())
				return
			}
			if p.Receipt.ID != posts[0].ID || p.Receipt.Version != posts[0].CID {
				t.Errorf("%s: bound to %+v, visible is %s %s", name, p.Receipt, posts[0].ID, posts[0].CID)
			}
			if posts[0].Text != p.Content.Text {
				t.Errorf("%s: a reader sees %q", name, posts[0].Text)
			}
			if most := w.server.MaxInFlight(testUser); most > 1 {
				t.Errorf("%d puts were in flight at once", most)
			}
		})
	}
}

// seenOnce is what a reader sees. A server that takes a put and says that it
// refused it, and ignores conditions, lets the second put change the moment of
// the first: the one complaint that cannot be helped.
func (w *world) seenOnce(a accident) []blueskytest.Post {
	w.t.Helper()
	lying := a.name == "commit then 429" || a.name == "commit then expired"
	for _, v := range w.server.Violations() {
		if !lying || w.server.Knobs().PutNullSwap != blueskytest.SwapIgnored {
			w.t.Errorf("violation: %s\n%s", v, w.story())
		}
	}
	w.secret("the log", w.logs.String())
	return w.server.Visible(testUser)
}

// shapes are posts with a card and with pictures.
func shapes() map[string]func(*world) spool.Post {
	return map[string]func(*world) spool.Post{
		"card": func(w *world) spool.Post {
			p := newPost()
			thumb := w.picture("thumb", 5_000)
			p.Content.Card.Thumb = &thumb
			return p
		},
		"pictures": func(w *world) spool.Post {
			p := newPost()
			p.Content.Link, p.Content.Card = "", spool.Card{}
			p.Content.Text = "The bridge this morning #bridge\n\n" + testLink
			p.Content.Tags = []string{"bridge"}
			p.Content.Media = []spool.Attachment{w.picture("one", 30_000), w.picture("two", 1000)}
			return p
		},
	}
}

// picture keeps one of so many bytes where the client reads it.
func (w *world) picture(name string, size int) spool.Attachment {
	w.files[name] = bytes.Repeat([]byte(name[:1]), size)
	return spool.Attachment{
		URL: "https://news.example.org/" + name + ".jpg", Type: "image/jpeg", Alt: "What " + name + " shows",
		Width: 1200, Height: 800, Size: size, File: name,
	}
}

// TestOnceThroughOutages: whatever befalls one request in three for hours.
func TestOnceThroughOutages(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			bubble(t, blueskytest.Options{Seed: seed}, func(w *world) {
				var rules []blueskytest.Rule
				faults := blueskytest.AllFaults(20 * time.Second)
				dice := rand.New(rand.NewPCG(seed, 3))
				for range 12 {
					rules = append(rules, blueskytest.Rule{Probability: 0.1, Times: 4, Action: faults[dice.IntN(len(faults))].Action})
				}
				w.server.Plan(rules...)
				p := newPost()
				for {
					p = w.drive(p)
					if p.State != spool.Held || p.Hold != spool.HoldCredentials {
						break
					}
					pause(6 * time.Hour) // a person looks, finds all as it should be, and lets it go on
					p = w.next(p, spool.Event{What: spool.Resumed})
				}
				posts := w.server.Visible(testUser)
				if p.State != spool.Live || len(posts) != 1 || p.Receipt.ID != posts[0].ID {
					t.Errorf("the post is %s, seen %d times: %s\n%s", p.State, len(posts), p.Reason, w.story())
				}
				for _, v := range w.server.Violations() {
					t.Errorf("violation: %s", v)
				}
			})
		})
	}
}
