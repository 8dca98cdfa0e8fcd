package scheduler

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
)

// A studio fetches pictures as a test says; otherwise all that is wanted.
type studio struct {
	make func(c spool.Content) (spool.Illustration, error)
	mu   sync.Mutex
	n    int
	at   []time.Time
}

func (s *studio) Illustrate(ctx context.Context, c spool.Content, l spool.MediaLimits) (spool.Illustration, error) {
	<-time.After(10 * time.Millisecond)
	s.mu.Lock()
	s.n++
	s.at = append(s.at, time.Now())
	s.mu.Unlock()
	if l.Images != 4 {
		return spool.Illustration{}, errors.New("for another network")
	}
	if s.make != nil {
		return s.make(c)
	}
	return fetched(c), nil
}

func fetched(c spool.Content) spool.Illustration {
	c = c.Clone()
	c.Open, c.Instead = false, nil
	for i := range c.Media {
		c.Media[i].File = "file of " + c.Media[i].URL
	}
	return spool.Illustration{Content: c, Notes: []string{"picture 1 of 1"}}
}

// pictured is a post with a picture that is to be fetched.
func pictured(id string) spool.Post {
	return spool.Post{ID: id, Content: spool.Content{
		Text: id, Media: []spool.Attachment{{URL: "https://paper.example/" + id + ".jpg"}}, Open: true,
		Instead: &spool.Content{Text: id + " with a card", Link: "https://paper.example/" + id},
	}}
}

func onStudio(t *testing.T, test func(t *testing.T, r *rig, b *board, s *studio)) {
	t.Helper()
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		s := &studio{}
		r.Illustrator = s
		r.change(func(a *Account) { a.Text.Media.Images = 4 })
		test(t, r, b, s)
	})
}

func TestPicturesAreFetchedOnceAndKept(t *testing.T) {
	onStudio(t, func(t *testing.T, r *rig, b *board, s *studio) {
		b.fault = func(string, spool.Post) (bool, error) {
			return false, fail(spool.Temporary, time.Second)
		}
		r.record(pictured("a"))
		r.run(3 * time.Second)
		b.fault = nil
		r.run(10 * time.Second)
		p := r.post("a")
		if p.State != spool.Live || s.n != 1 || len(p.Content.Media) != 1 || p.Content.Media[0].File != "file of https://paper.example/a.jpg" {
			t.Errorf("%s after %d times: %+v", p.State, s.n, p.Content)
		}
		if got := r.whats("a"); !strings.HasPrefix(got, "recorded pictured began refused began") {
			t.Error(got)
		}
	})
}

func TestWithoutAStudioPostsGoOutWithoutPictures(t *testing.T) {
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		plain := pictured("b")
		plain.Content.Instead = nil
		r.record(pictured("a"), plain)
		r.run(5 * time.Second)
		r.wantVisible(b, "a with a card b")
		if p := r.post("b"); p.Content.Media != nil {
			t.Errorf("%+v", p.Content)
		}
		lines, err := r.db.History(t.Context(), "a")
		if err != nil || !strings.Contains(lines[1].Cause, "nothing here fetches pictures") {
			t.Errorf("%+v, %v", lines, err)
		}
	})
}

// A picture that is worth waiting for: a little within the turn, and longer while
// other posts go out.
func TestPicturesThatAreNotThereYet(t *testing.T) {
	onStudio(t, func(t *testing.T, r *rig, b *board, s *studio) {
		waits := []time.Duration{2 * time.Second, 3 * time.Minute, 0}
		s.make = func(c spool.Content) (spool.Illustration, error) {
			if wait := waits[min(s.n, len(waits))-1]; wait > 0 {
				c.Media[0].Tries++
				return spool.Illustration{Content: c, Wait: wait, Notes: []string{"not there yet"}}, nil
			}
			if c.Media[0].Tries != 2 {
				t.Errorf("%d tries are remembered", c.Media[0].Tries)
			}
			return fetched(c), nil
		}
		r.record(pictured("a"), spool.Post{ID: "b", Content: spool.Content{Text: "b"}, Order: r.now().Add(time.Second)})
		r.run(time.Minute)
		r.wantVisible(b, "b")
		r.run(3 * time.Minute)
		r.wantVisible(b, "b a")
		if d := s.at[1].Sub(s.at[0]); d < 2*time.Second || d > 3*time.Second {
			t.Errorf("%v between the first tries", d)
		}
		if p := r.post("a"); !p.Content.MadeOf(pictured("a").Content) {
			t.Error("nobody can tell any more what its words were made of")
		}
	})
}

func TestPicturesThatAPersonHasToSee(t *testing.T) {
	onStudio(t, func(t *testing.T, r *rig, b *board, s *studio) {
		s.make = func(c spool.Content) (spool.Illustration, error) {
			i := fetched(c)
			i.Hold = "the picture has no description"
			return i, nil
		}
		r.record(pictured("a"))
		r.run(5 * time.Second)
		if p := r.post("a"); p.State != spool.Held || p.Hold != spool.HoldAlt || p.Reason != "the picture has no description" {
			t.Fatalf("%s %s %q", p.State, p.Hold, p.Reason)
		}
		if _, err := r.db.Steer(t.Context(), "a", spool.Event{What: spool.Approved, Who: "anna"}, spool.Rules{}); err != nil {
			t.Fatal(err)
		}
		r.run(5 * time.Second)
		r.wantVisible(b, "a")
		if s.n != 1 {
			t.Errorf("fetched %d times", s.n)
		}
	})
}

// Fetching that fails altogether is tried again, with other posts going out
// meanwhile, and gives way in the end.
func TestAStudioThatFails(t *testing.T) {
	onStudio(t, func(t *testing.T, r *rig, b *board, s *studio) {
		s.make = func(spool.Content) (spool.Illustration, error) {
			return spool.Illustration{}, errors.New("the disk is full")
		}
		r.record(pictured("a"), spool.Post{ID: "b", Content: spool.Content{Text: "b"}, Order: r.now().Add(time.Second)})
		r.run(2 * time.Minute)
		r.wantVisible(b, "b")
		if p := r.post("a"); p.State != spool.Waiting || !strings.Contains(p.Reason, "the disk is full") || s.n < 2 {
			t.Errorf("%s, %q, after %d tries", p.State, p.Reason, s.n)
		}
		if !r.state().PausedUntil.IsZero() || r.state().Stopped != "" {
			t.Errorf("the account pays for it: %+v", r.state())
		}
		r.run(30 * time.Minute)
		r.wantVisible(b, "b a with a card")
		if s.n != maxPictureTries {
			t.Errorf("%d tries", s.n)
		}
	})
}

// An edit of the item before the post was begun words it again, and its pictures
// are fetched again; one that changes nothing does not.
func TestAnEditWhilePicturesAreThere(t *testing.T) {
	onStudio(t, func(t *testing.T, r *rig, b *board, s *studio) {
		r.change(func(a *Account) { a.Pace.Quiet = []Window{{From: 0, To: 60}} })
		r.record(pictured("a"))
		p := r.post("a")
		tr, err := spool.Next(p, spool.Event{What: spool.Pictured, Content: p.Content.Illustrated(fetched(p.Content).Content)}, spool.Rules{}, r.now())
		if err != nil {
			t.Fatal(err)
		}
		if !tr.Post.Content.MadeOf(pictured("a").Content) || tr.Post.Content.MadeOf(pictured("b").Content) {
			t.Error("it is not seen what the content was made of")
		}
		e := spool.Event{What: spool.Reworded, Content: pictured("b").Content}
		if _, err := r.db.Steer(t.Context(), "a", e, spool.Rules{}); err != nil {
			t.Fatal(err)
		}
		r.run(61 * time.Minute)
		r.wantVisible(b, "b")
		if s.n != 1 {
			t.Errorf("fetched %d times", s.n)
		}
	})
}

// A process that dies at any step of fetching loses nothing and repeats nothing
// that readers see; an edit and a replacement have pictures as well.
func TestPicturesSurviveEveryDeath(t *testing.T) {
	takesLong(t)
	for _, end := range []string{"pictures answered", "pictures saved", "post began", "post answered"} {
		for nth := range 3 {
			onStudio(t, func(t *testing.T, r *rig, b *board, s *studio) {
				seen := 0
				die := func(at string) bool {
					r.Illustrator = s
					if at == end {
						seen++
					}
					return at == end && seen == nth+1
				}
				relive := func(minutes int) {
					for range minutes {
						r.Illustrator = s
						r.change(func(a *Account) { a.Text.Media.Images = 4 })
						r.lives(b, 1, die)
					}
				}
				r.record(pictured("a"))
				relive(6)
				edit := follower("edit", spool.Edit, "a", "")
				edit.Content = pictured("A").Content
				r.record(edit)
				relive(6)
				if got := b.visible(); got != "A" || !slices.Equal(r.files("a"), []string{"file of https://paper.example/A.jpg"}) {
					t.Errorf("died at %s, %d: readers see %q with %q\n%s", end, nth, got, r.files("a"), r.tail())
				}
			})
		}
	}
}

// files are the pictures of a post.
func (r *rig) files(id string) []string {
	var all []string
	for _, m := range r.post(id).Content.Media {
		all = append(all, m.File)
	}
	return all
}
