package threads

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"spool"
	"spool/publisher/threads/threadstest"
)

// everyKnob runs a check at each setting of each knob, with each accident.
func everyKnob(t *testing.T, check func(w *world, k threadstest.Knobs, a accident)) {
	for _, knob := range threadstest.AllKnobs() {
		for _, value := range knob.Values {
			t.Run(knob.Name+"="+value, func(t *testing.T) {
				var k threadstest.Knobs
				if err := k.Set(knob.Name, value); err != nil {
					t.Fatal(err)
				}
				for i, a := range accidents() {
					if testing.Short() && i%4 != 0 {
						continue
					}
					t.Run(a.name, func(t *testing.T) {
						bubble(t, threadstest.Options{}, func(w *world) { check(w, k, a) })
					})
				}
			})
		}
	}
}

// thread publishes a post and returns its continuation, as it is recorded when
// the first goes live.
func (w *world) thread() (first, second spool.Post) {
	w.t.Helper()
	first = newPost()
	first.ID, first.Content.Text = "p0", "The council meets tonight"
	if first = w.drive(first); first.State != spool.Live {
		w.t.Fatalf("the first post is %s: %s", first.State, first.Reason)
	}
	w.bound[first.Receipt.ID] = true
	w.shared = true
	w.reply = spool.Reply{To: first.Receipt, Root: first.Receipt}
	second = newPost()
	second.Purpose, second.Parent, second.Root = spool.Continue, first.ID, first.ID
	second.Content = spool.Content{Text: "and this is how the story goes on"}
	return first, second
}

// TestReplyOnceAtEveryKnob: the promise holds for replies, and each stands below
// what it answers.
func TestReplyOnceAtEveryKnob(t *testing.T) {
	everyKnob(t, func(w *world, k threadstest.Knobs, a accident) {
		first, second := w.thread()
		w.server.SetKnobs(k)
		w.replyOnce(first, second, a)
	})
}

func (w *world) replyOnce(first, second spool.Post, a accident, crashed ...int) {
	w.t.Helper()
	p, seen := w.once(second, 1, a, crashed...)
	if seen.ID != "" && (seen.ReplyTo != first.Receipt.ID || p.Receipt.Note != "") {
		w.t.Errorf("the reply answers %q, want %q; the note is %q\n%s", seen.ReplyTo, first.Receipt.ID, p.Receipt.Note, w.story())
	}
}

func carouselPost() spool.Post {
	p := newPost()
	p.Content.Text = "In pictures: " + testText + "\n\n" + testLink
	p.Content.Link = ""
	p.Content.Instead = &spool.Content{Text: testText, Link: testLink}
	p.Content.Media = []spool.Attachment{
		{Public: "https://img.example.org/1.jpg", Type: "image/jpeg", Alt: "The bridge"},
		{Public: "https://img.example.org/2.mp4", Type: "video/mp4", Alt: "The first car"},
		{Public: "https://img.example.org/3.png", Type: "image/png"},
	}
	return p
}

// TestCarouselOnceAtEveryKnob: the promise holds for several pictures.
func TestCarouselOnceAtEveryKnob(t *testing.T) {
	everyKnob(t, func(w *world, k threadstest.Knobs, a accident) {
		w.server.SetKnobs(k)
		p, seen := w.once(carouselPost(), 0, a)
		w.carouselSeen(p, seen)
	})
}

// carouselSeen asserts that a reader sees what was left of the pictures, and that
// the history says what was not.
func (w *world) carouselSeen(p spool.Post, seen threadstest.Post) {
	w.t.Helper()
	if seen.ID == "" {
		return
	}
	// The last one is posted by itself, so it is no child that could fail.
	least := max(1, 3-w.server.Knobs().ChildFailures)
	if n := len(seen.Media); n < least || n > 3 || (n < 3) != (p.Receipt.Note != "") {
		w.t.Errorf("a reader sees %d pictures, want %d at least; the note is %q\n%s", n, least, p.Receipt.Note, w.story())
	}
}

// TestMoreOnceAtRandomKnobs mixes the settings for both, with processes that die.
func TestMoreOnceAtRandomKnobs(t *testing.T) {
	seeds := uint64(250)
	if testing.Short() {
		seeds = 60
	}
	for seed := range seeds {
		dice := rand.New(rand.NewPCG(seed, 11))
		var k threadstest.Knobs
		for _, knob := range threadstest.AllKnobs() {
			if err := k.Set(knob.Name, knob.Values[dice.IntN(len(knob.Values))]); err != nil {
				t.Fatal(err)
			}
		}
		a := accidents()[dice.IntN(len(accidents()))]
		var crashed []int
		if dice.IntN(3) == 0 {
			crashed = []int{1 + dice.IntN(2)}
		}
		t.Run(fmt.Sprintf("reply %d/%s", seed, a.name), func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				first, second := w.thread()
				w.server.SetKnobs(k)
				w.replyOnce(first, second, a, crashed...)
			})
		})
		t.Run(fmt.Sprintf("carousel %d/%s", seed, a.name), func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				w.server.SetKnobs(k)
				p, seen := w.once(carouselPost(), 0, a, crashed...)
				w.carouselSeen(p, seen)
			})
		})
	}
}

// TestChain: a thread of five parts, each below the one before, whatever is lost
// on the way.
func TestChain(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{EarlyReply: threadstest.EarlyTopLevel}}, func(w *world) {
		first, p := w.thread()
		w.server.Plan(threadstest.Rule{Op: threadstest.OpPublish, Probability: 0.5, Action: threadstest.CommitThenDrop()})
		ids := []string{first.Receipt.ID}
		for i := range 4 {
			p.ID = fmt.Sprintf("part-%d", i+2)
			p.Content.Text = fmt.Sprintf("part %d of the story", i+2)
			p.Created = time.Now()
			if p = w.drive(p); p.State != spool.Live || p.Receipt.ID == "" {
				t.Fatalf("part %d is %s: %s\n%s", i+2, p.State, p.Reason, w.story())
			}
			ids = append(ids, p.Receipt.ID)
			w.bound[p.Receipt.ID] = true
			w.reply.To = p.Receipt
			p = spool.Post{Account: p.Account, Purpose: spool.Continue, State: spool.Waiting, Content: p.Content}
		}
		for i, seen := range w.visible(5) {
			if at := 4 - i; seen.ID != ids[at] || at > 0 && seen.ReplyTo != ids[at-1] {
				t.Errorf("part %d is %+v", at+1, seen)
			}
		}
	})
}
