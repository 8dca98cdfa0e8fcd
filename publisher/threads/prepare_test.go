package threads

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/threads/threadstest"
)

const testImage = "https://img.example.org/bridge.jpg"

func imagePost() spool.Post {
	p := newPost()
	p.Content.Media = []spool.Attachment{{URL: testImage, Public: testImage, Alt: "The old bridge in the evening"}}
	return p
}

func TestImage(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{Processing: 5 * time.Second}}, func(w *world) {
		p := w.drive(imagePost())
		got := w.visible(1)[0]
		if got.Type != "IMAGE" || got.Image != testImage || got.Alt != p.Content.Media[0].Alt || !strings.HasSuffix(got.Text, testLink) {
			t.Errorf("a reader sees %+v", got)
		}
		if p.Receipt.Note != "" {
			t.Errorf("the note is %q, want none", p.Receipt.Note)
		}
	})
}

// TestImageFallsBack: an image that the network cannot use costs the image, not
// the post, and the history says so.
func TestImageFallsBack(t *testing.T) {
	body := threadstest.ErrorBody
	create := func(times int, status int, b string) []threadstest.Rule {
		return []threadstest.Rule{{Op: threadstest.OpCreate, Times: times, Action: threadstest.Status(status, b)}}
	}
	tests := map[string]struct {
		options threadstest.Options
		plan    []threadstest.Rule
	}{
		"container in ERROR":   {options: threadstest.Options{ImageStatus: func(string) string { return "UNKNOWN" }}},
		"never ready":          {plan: []threadstest.Rule{{Op: threadstest.OpStatus, Times: 30, Action: threadstest.Status(200, `{"id":"1","status":"IN_PROGRESS"}`)}}},
		"fetch failed twice":   {plan: create(2, 400, body(9004, 2207052, "could not be fetched"))},
		"wrong format":         {plan: create(2, 400, body(1, 2207005, "format"))},
		"refused as parameter": {plan: create(1, 400, body(100, 0, "Param image_url"))},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, tt.options, func(w *world) {
				w.server.Plan(tt.plan...)
				p := w.drive(imagePost())
				posts := w.visible(1)
				if p.State != spool.Live || len(posts) != 1 {
					t.Fatalf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
				}
				if posts[0].Type != "TEXT_POST" || posts[0].Link != testLink || posts[0].Text != testText {
					t.Errorf("a reader sees %+v", posts[0])
				}
				if !strings.HasPrefix(p.Receipt.Note, "without the image") {
					t.Errorf("the note is %q", p.Receipt.Note)
				}
			})
		})
	}
	t.Run("fetched at the second try", func(t *testing.T) {
		bubble(t, threadstest.Options{}, func(w *world) {
			w.server.Plan(create(1, 400, body(9004, 2207052, "could not be fetched"))...)
			if w.drive(imagePost()); w.visible(1)[0].Type != "IMAGE" {
				t.Error("the image was given up after one failure")
			}
		})
	})
}

func TestLinkFallsBack(t *testing.T) {
	o := threadstest.Options{LinkStatus: func(string) bool { return false }}
	bubble(t, o, func(w *world) {
		p := w.drive(newPost())
		got := w.visible(1)[0]
		if got.Link != "" || got.Text != testText+"\n\n"+testLink {
			t.Errorf("a reader sees %+v", got)
		}
		if !strings.HasPrefix(p.Receipt.Note, "without the card") {
			t.Errorf("the note is %q", p.Receipt.Note)
		}
	})
	// The lost answer of such a post is found by its words.
	bubble(t, o, func(w *world) {
		w.server.Plan(onPublish(threadstest.CommitThenDrop()))
		if p := w.drive(newPost()); p.State != spool.Live || p.Receipt.ID == "" {
			t.Errorf("the post is %s with id %q", p.State, p.Receipt.ID)
		}
		w.visible(1)
	})
}

func TestTopicFallsBack(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		p := newPost()
		p.Content.Topic = "Traffic"
		w.drive(p)
		if got := w.visible(1)[0].Topic; got != "Traffic" {
			t.Errorf("the topic is %q", got)
		}
	})
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.Plan(threadstest.Rule{Op: threadstest.OpCreate, Nth: 1, Action: threadstest.Error(400, 100, 0, "Param topic_tag")})
		p := newPost()
		p.Content.Topic = "Traffic"
		p = w.drive(p)
		if got := w.visible(1)[0].Topic; got != "" || !strings.HasPrefix(p.Receipt.Note, "without the topic") {
			t.Errorf("topic %q, note %q", got, p.Receipt.Note)
		}
	})
}

// TestLength is the one limit that sources contradict one another on: a text
// that is too long in bytes only is sent, and where the network counts bytes,
// the shorter one, from then on at once.
func TestLengthRules(t *testing.T) {
	text := strings.Repeat("“é” ", 122) // 488 code points, 1,220 bytes
	for _, rule := range []threadstest.LengthRule{threadstest.LengthEmojiBytes, threadstest.LengthPoints, threadstest.LengthUTF16, threadstest.LengthBytes} {
		t.Run(string(rule), func(t *testing.T) {
			bubble(t, threadstest.Options{Knobs: threadstest.Knobs{LengthRule: rule}}, func(w *world) {
				for i := range 2 {
					p := newPost()
					p.ID = fmt.Sprint(i)
					p.Content = spool.Content{Text: strings.TrimSpace(text) + fmt.Sprint(i), Short: "A shorter text " + fmt.Sprint(i)}
					p = w.drive(p)
					got := w.visible(i + 1)[0].Text
					want := p.Content.Text
					if rule == threadstest.LengthBytes {
						want = p.Content.Short
					}
					if got != want {
						t.Errorf("a reader sees %q", got)
					}
				}
				refused := 0
				for _, r := range w.server.Requests() {
					if r.Op == threadstest.OpCreate && r.Status == 400 {
						refused++
					}
				}
				if want := map[bool]int{true: 1, false: 0}[rule == threadstest.LengthBytes]; refused != want {
					t.Errorf("%d refused creates, want %d", refused, want)
				}
			})
		})
	}
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{LengthRule: threadstest.LengthBytes}}, func(w *world) {
		p := newPost()
		p.Content = spool.Content{Text: text}
		if p = w.drive(p); p.State != spool.Failed || p.Reason == "" {
			t.Errorf("a text that cannot be shortened: the post is %s: %s", p.State, p.Reason)
		}
		w.visible(0)
	})
}

// TestPatienceWithContainers: what never becomes ready ends as failed, with the
// reason, after a bounded number of creates; a person's retry starts afresh.
func TestPatienceWithContainers(t *testing.T) {
	tests := map[string][]threadstest.Rule{
		"always ERROR":   {{Op: threadstest.OpStatus, Action: threadstest.Status(200, `{"id":"1","status":"ERROR","error_message":"UNKNOWN"}`)}},
		"always refused": {{Op: threadstest.OpPublish, Action: threadstest.Error(400, 24, 4279009, "not found")}},
		"always expired": {{Op: threadstest.OpStatus, Action: threadstest.Status(200, `{"id":"1","status":"EXPIRED"}`)}},
		"never created":  {{Op: threadstest.OpCreate, Action: threadstest.Error(400, 31337, 0, "a code that nobody has described")}},
	}
	for name, plan := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				w.server.Plan(plan...)
				p := w.drive(newPost())
				if p.State != spool.Failed || !strings.Contains(p.Reason, "Threads") {
					t.Errorf("the post is %s: %s", p.State, p.Reason)
				}
				creates := 0
				for _, r := range w.server.Requests() {
					if r.Op == threadstest.OpCreate {
						creates++
					}
				}
				if creates > maxCreated {
					t.Errorf("%d creates, want at most %d", creates, maxCreated)
				}
				w.visible(0)
				w.server.Plan()
				if p = w.drive(w.next(p, spool.Event{What: spool.Retried, Who: "anna"})); p.State != spool.Live {
					t.Errorf("after the retry the post is %s: %s", p.State, p.Reason)
				}
				w.visible(1)
			})
		})
	}
}

// TestLongOutage: a network that makes no containers for half a day costs no post,
// whichever way it fails.
func TestLongOutage(t *testing.T) {
	for name, action := range map[string]threadstest.Action{
		"a page": threadstest.Status(502, "<html>"), "an unknown error": threadstest.Error(500, 2, 0, "try again later"),
		"not there": threadstest.Refuse(), "no answer": threadstest.DropBefore(), "a lost answer": threadstest.CommitThenDrop(),
		"a pause": threadstest.Error(400, 4, 0, "application request limit reached"),
	} {
		for pictures, shape := range map[int]string{0: "text", 3: "carousel"} {
			t.Run(name+", "+shape, func(t *testing.T) {
				bubble(t, threadstest.Options{}, func(w *world) {
					w.server.Plan(threadstest.Rule{Op: threadstest.OpCreate, Action: action})
					begun := time.Now()
					p := newPost()
					if pictures > 0 {
						p = carouselPost()
					}
					for p.State == spool.Waiting {
						pause(time.Until(p.NotBefore))
						if time.Since(begun) > 11*time.Hour {
							w.server.Plan()
						}
						p = w.send(p)
					}
					if p.State != spool.Live {
						t.Errorf("after %v it is %s: %s", time.Since(begun), p.State, p.Reason)
					}
					w.visible(1)
				})
			})
		}
	}
}

// TestLostWrite: a database restored to before the publish finds the container
// live, and publishes nothing.
func TestLostWrite(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		p := newPost()
		for !p.Draft.Ready {
			pause(time.Until(p.NotBefore))
			d, err := w.client.Prepare(w.t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
		}
		old := p
		old.Draft.Ready = false // the state before the last poll was saved
		w.drive(p)
		w.visible(1)
		pause(2 * time.Minute)
		old = w.drive(old)
		if posts := w.visible(1); old.State != spool.Live || old.Receipt.ID != posts[0].ID {
			t.Errorf("the restored post is %s with id %s", old.State, old.Receipt.ID)
		}
		if n := w.writes(); n != 1 {
			t.Errorf("%d publishes, want 1", n)
		}
	})
}

// TestStaleContainer: a container that waited past its life is replaced.
func TestStaleContainer(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		p := newPost()
		for !p.Draft.Ready {
			pause(time.Until(p.NotBefore))
			d, err := w.client.Prepare(w.t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
		}
		pause(25 * time.Hour) // quiet hours, a pause by a person
		if p = w.drive(p); p.State != spool.Live {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
		w.visible(1)
	})
}

func TestQuota(t *testing.T) {
	for _, answer := range []threadstest.QuotaError{threadstest.QuotaCode4, threadstest.QuotaCode9, threadstest.QuotaCode100, threadstest.QuotaCode2207042} {
		t.Run(string(answer), func(t *testing.T) {
			bubble(t, threadstest.Options{Knobs: threadstest.Knobs{Quota: 1, QuotaError: answer}}, func(w *world) {
				first := newPost()
				first.ID, first.Content.Link = "p0", testLink+"/0"
				w.drive(first)
				l, err := w.client.Limits(w.t.Context())
				if err != nil || l != (publisher.Limits{Used: 1, Total: 1, Window: 24 * time.Hour}) {
					t.Errorf("the limits are %+v, %v", l, err)
				}
				pause(time.Hour)
				begun := time.Now()
				p := w.drive(newPost())
				if p.State != spool.Live || time.Since(begun) < 22*time.Hour {
					t.Errorf("the post is %s after %v: %s", p.State, time.Since(begun), p.Reason)
				}
				w.visible(2)
				if w.writes() > 80 {
					t.Errorf("%d publishes in a day: the pauses are too short", w.writes())
				}
			})
		})
	}
}

// TestRevoked: a token that dies in the middle stops the post, says what to do,
// and costs nothing once there is another.
func TestRevoked(t *testing.T) {
	for _, http := range []int{400, 401} {
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{TokenErrorHTTP: http}}, func(w *world) {
			w.server.Plan(onPublish(threadstest.CommitThenDrop()), threadstest.Rule{Op: threadstest.OpStatus, From: 2, Times: 3, Action: threadstest.Error(http, 190, 460, "invalid")})
			p := w.drive(newPost())
			if p.State != spool.Live || p.Receipt.ID == "" {
				t.Errorf("the post is %s: %s", p.State, p.Reason)
			}
			w.visible(1)
		})
		bubble(t, threadstest.Options{Knobs: threadstest.Knobs{TokenErrorHTTP: http}}, func(w *world) {
			w.server.Revoke(testToken, 190, 458)
			p := w.drive(newPost())
			if p.State != spool.Held || p.Hold != spool.HoldCredentials || !strings.Contains(p.Reason, "spool login") {
				t.Errorf("the post is %s (%s): %s", p.State, p.Hold, p.Reason)
			}
			w.server.Revoke(testToken, 0, 0)
			if p = w.drive(w.next(p, spool.Event{What: spool.Resumed})); p.State != spool.Live {
				t.Errorf("the post is %s: %s", p.State, p.Reason)
			}
			w.visible(1)
		})
	}
}

func TestNoToken(t *testing.T) {
	for _, err := range []error{nil, fmt.Errorf("account city-desk: %w", ErrNoToken)} {
		noToken(t, err)
	}
	// A store that cannot be read is another thing: it may be back in a minute.
	bubble(t, threadstest.Options{}, func(w *world) {
		w.tokens.broken = errors.New("disk trouble")
		_, err := w.client.Prepare(w.t.Context(), newPost())
		if f := w.failure(err); f.Kind != spool.Temporary {
			t.Errorf("got %v, want temporary", f)
		}
	})
}

func noToken(t *testing.T, err error) {
	t.Helper()
	bubble(t, threadstest.Options{}, func(w *world) {
		w.tokens.token, w.tokens.broken = Token{}, err
		if _, f := w.keep(); f == nil || f.Kind != spool.Credentials {
			t.Errorf("Keep says %v, want credentials", f)
		}
		p := w.drive(newPost())
		if p.State != spool.Held || p.Hold != spool.HoldCredentials {
			t.Errorf("the post is %s: %s", p.State, p.Reason)
		}
		if n := len(w.server.Requests()); n != 0 {
			t.Errorf("%d requests without a token", n)
		}
	})
}

// TestQuotaAtCreate: a bad parameter while the quota is used up is no reason to
// change the post, let alone to give it up.
func TestQuotaAtCreate(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{Quota: 1}}, func(w *world) {
		w.server.AddManualPost(testUser, "by hand", "")
		w.server.Plan(threadstest.Rule{Op: threadstest.OpCreate, Times: 3, Action: threadstest.Error(400, 100, 0, "no")})
		p := imagePost()
		p.Content.Topic = "Traffic"
		p = w.drive(p)
		if posts := w.visible(2); p.State != spool.Live || p.Receipt.Note != "" || posts[0].Topic == "" || posts[0].Image == "" {
			t.Errorf("the post is %s, the note %q", p.State, p.Receipt.Note)
		}
	})
}
