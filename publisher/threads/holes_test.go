package threads

import (
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/threads/threadstest"
)

// The holes that the network leaves. Each test shows one: it fails when the
// hole is closed, so that the documentation can be mended, and next to it
// stands what keeps it small.

// TestHoleH1SecondPublishMakesSecondPost: an effect comes after the grace time,
// and the network makes a second post of a container that is published twice.
func TestHoleH1SecondPublishMakesSecondPost(t *testing.T) {
	late := onPublish(threadstest.CommitLate(15 * time.Minute))
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{DoublePublish: threadstest.DoublePosts}}, func(w *world) {
		w.server.Plan(late)
		p := w.drive(newPost())
		pause(time.Hour)
		if posts := w.visible(2); p.State != spool.Live || len(posts) == 2 && posts[0].Container != posts[1].Container {
			t.Errorf("the post is %s, and the posts are of %d containers", p.State, len(posts))
		}
		// The sweep fifteen minutes later tells a person.
		s, err := w.client.Find(w.t.Context(), publisher.Query{Post: p})
		if err != nil || len(s.Others) != 1 {
			t.Errorf("the sweep found %+v, %v; want the second post among the others", s, err)
		}
	})
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{DoublePublish: threadstest.DoubleMissing}}, func(w *world) {
		w.server.Plan(late)
		w.drive(newPost())
		pause(time.Hour)
		w.visible(1)
	})
}

// TestHoleH2EffectLaterThanGrace: with a shorter grace time an effect that is
// merely slow becomes hole H1. The grace time is what bounds it.
func TestHoleH2EffectLaterThanGrace(t *testing.T) {
	for grace, want := range map[time.Duration]int{4 * time.Minute: 2, 10 * time.Minute: 1} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{DoublePublish: threadstest.DoublePosts}}, func(w *world) {
			w.rules.Grace = grace
			w.server.Plan(onPublish(threadstest.CommitLate(6 * time.Minute)))
			w.drive(newPost())
			pause(time.Hour)
			w.visible(want)
		})
	}
}

// TestHoleH3PersonApprovesUnseen: the container cannot be read any more, the
// list lags for hours, and a person approves without looking at the profile.
// Without the person the post stays held, and there is no second one.
func TestHoleH3PersonApprovesUnseen(t *testing.T) {
	k := threadstest.Knobs{PublishedStatusTTL: threadstest.StatusGone, ListLag: 20 * time.Hour}
	bubble(t, threadstest.Options{Knobs: k}, func(w *world) {
		w.server.Plan(onPublish(threadstest.CommitThenDrop()))
		p := w.drive(newPost())
		if p.State != spool.Held || p.Hold != spool.HoldDoubt {
			t.Fatalf("the post is %s (%s), want held in doubt\n%s", p.State, p.Hold, w.story())
		}
		w.visible(1)
		p = w.next(p, spool.Event{What: spool.Approved, Who: "anna"})
		p = w.drive(p)
		if n := len(w.server.Visible(testUser)); n != 2 || p.State != spool.Live {
			t.Errorf("the post is %s and a reader sees %d, want the hole: 2\n%s", p.State, n, w.story())
		}
	})
}
