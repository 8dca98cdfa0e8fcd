package threads

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher/threads/threadstest"
)

// creates are the containers that were asked for: the items of carousels, and
// the rest.
func creates(w *world) (children, others int) {
	for _, r := range requests(w, threadstest.OpCreate) {
		if r.Form.Get("is_carousel_item") == "true" {
			children++
		} else {
			others++
		}
	}
	return children, others
}

func TestCarousel(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{Processing: 20 * time.Second, ProcessingPolls: 2}}, func(w *world) {
		p := w.drive(carouselPost())
		seen := w.visible(1)[0]
		if seen.Type != "CAROUSEL_ALBUM" || len(seen.Media) != 3 || seen.Text != p.Content.Text || p.Receipt.Note != "" {
			t.Fatalf("a reader sees %+v; the note is %q", seen, p.Receipt.Note)
		}
		for i, m := range seen.Media {
			want := p.Content.Media[i]
			if m.URL != want.Public || m.Alt != want.Alt || m.Film != want.Film() {
				t.Errorf("item %d is %+v, want %+v", i+1, m, want)
			}
		}
		if children, others := creates(w); children != 3 || others != 1 {
			t.Errorf("%d children and %d others were made", children, others)
		}
	})
}

func TestFilm(t *testing.T) {
	bubble(t, threadstest.Options{Knobs: threadstest.Knobs{Processing: 2 * time.Minute}}, func(w *world) {
		p := newPost()
		p.Content.Media = carouselPost().Content.Media[1:2]
		p = w.drive(p)
		seen := w.visible(1)[0]
		if seen.Type != "VIDEO" || len(seen.Media) != 1 || !seen.Media[0].Film || seen.Alt != "The first car" || p.Receipt.Note != "" {
			t.Errorf("a reader sees %+v; the note is %q", seen, p.Receipt.Note)
		}
	})
	bubble(t, threadstest.Options{ImageStatus: func(string) string { return "FAILED_PROCESSING_VIDEO" }}, func(w *world) {
		p := newPost()
		p.Content.Media = carouselPost().Content.Media[1:2]
		p = w.drive(p)
		if w.visible(1)[0].Link != testLink || p.Receipt.Note != "without the film: Threads could not use it (FAILED_PROCESSING_VIDEO)" {
			t.Errorf("the note is %q", p.Receipt.Note)
		}
	})
}

// TestCarouselResumes: a process that dies at any step goes on where it was. It
// makes no container twice but the one whose answer it never saved.
func TestCarouselResumes(t *testing.T) {
	for lost := range 9 { // 3 children made, 3 of them ready, the carousel made, and ready
		bubble(t, threadstest.Options{}, func(w *world) {
			p, step := carouselPost(), 0
			for !p.Draft.Ready {
				pause(time.Until(p.NotBefore))
				before := len(requests(w, threadstest.OpCreate))
				d, err := w.client.Prepare(w.t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				if n := len(requests(w, threadstest.OpCreate)) - before; n > 1 {
					t.Errorf("one step made %d containers", n)
				}
				if step++; step-1 == lost {
					continue // it died before it could save the draft
				}
				p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
			}
			if p = w.drive(p); p.State != spool.Live || len(w.visible(1)[0].Media) != 3 {
				t.Errorf("the post is %s: %s", p.State, p.Reason)
			}
			again := 0
			if lost < 3 || lost == 6 {
				again = 1
			}
			if children, others := creates(w); children+others != 4+again {
				t.Errorf("died at step %d: %d children and %d others were made", lost, children, others)
			}
		})
	}
}

// TestCarouselFallsBack: what the network cannot use is left out, the rest is
// posted, and the history says what is missing and why.
func TestCarouselFallsBack(t *testing.T) {
	body := threadstest.ErrorBody
	refuse := func(nth, times int, code, subcode int) threadstest.Rule {
		return threadstest.Rule{Op: threadstest.OpCreate, From: nth, Times: times, Action: threadstest.Status(400, body(code, subcode, "no"))}
	}
	bad := func(names ...string) func(string) string {
		return func(url string) string {
			for _, name := range names {
				if strings.HasSuffix(url, name) {
					return "INVALID_ASPEC_RATIO"
				}
			}
			return ""
		}
	}
	const ratio = "Threads could not use it (INVALID_ASPEC_RATIO)"
	tests := map[string]struct {
		status func(string) string
		plan   threadstest.Rule
		kind   string
		seen   int
		note   string
	}{
		"one in error":            {bad("1.jpg"), threadstest.Rule{}, "CAROUSEL_ALBUM", 2, "without image 1 of 3: " + ratio},
		"the film in error":       {bad("2.mp4"), threadstest.Rule{}, "CAROUSEL_ALBUM", 2, "without film 2 of 3: " + ratio},
		"two in error":            {bad("1.jpg", "2.mp4"), threadstest.Rule{}, "IMAGE", 1, "without image 1 of 3: " + ratio + "; without film 2 of 3: " + ratio},
		"only the film is left":   {bad("1.jpg", "3.png"), threadstest.Rule{}, "VIDEO", 1, "without image 1 of 3: " + ratio + "; without image 3 of 3: " + ratio},
		"all in error":            {bad("jpg", "mp4", "png"), threadstest.Rule{}, "TEXT_POST", 0, "without image 1 of 3: " + ratio + "; without film 2 of 3: " + ratio + "; without image 3 of 3: " + ratio},
		"one refused":             {nil, refuse(2, 1, 100, 0), "CAROUSEL_ALBUM", 2, "without film 2 of 3: Threads could not use it (100)"},
		"fetched the second time": {nil, refuse(2, 1, 9004, 2207052), "CAROUSEL_ALBUM", 3, ""},
		"never fetched":           {nil, refuse(2, 2, 9004, 2207052), "CAROUSEL_ALBUM", 2, "without film 2 of 3: Threads could not use it (9004/2207052)"},
		"children made anew":      {nil, refuse(4, 1, -1, 4279004), "CAROUSEL_ALBUM", 3, ""},
		"the carousel refused":    {nil, refuse(4, 1, 100, 0), "TEXT_POST", 0, "without the pictures: Threads could not use it (100)"},
		"one never ready":         {nil, threadstest.Rule{Op: threadstest.OpStatus, Times: 23, Action: threadstest.Status(200, `{"id":"1","status":"IN_PROGRESS"}`)}, "CAROUSEL_ALBUM", 2, "without image 1 of 3: Threads could not use it (" + notReady + ")"},
		"one not there any more":  {nil, threadstest.Rule{Op: threadstest.OpStatus, Times: 12, Action: threadstest.Error(400, 100, 33, "gone")}, "CAROUSEL_ALBUM", 3, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, threadstest.Options{ImageStatus: tt.status}, func(w *world) {
				if tt.plan.Op != "" {
					w.server.Plan(tt.plan)
				}
				p := w.drive(carouselPost())
				posts := w.visible(1)
				if p.State != spool.Live || len(posts) != 1 {
					t.Fatalf("the post is %s: %s\n%s", p.State, p.Reason, w.story())
				}
				if posts[0].Type != tt.kind || len(posts[0].Media) != tt.seen || !strings.HasPrefix(p.Receipt.Note, tt.note) || tt.note == "" && p.Receipt.Note != "" {
					t.Errorf("a reader sees %+v; the note is %q", posts[0], p.Receipt.Note)
				}
				if tt.seen == 0 && (posts[0].Text != testText || posts[0].Link != testLink) {
					t.Errorf("in the place of the pictures a reader sees %+v", posts[0])
				}
			})
		})
	}
}

// TestChildrenNeverGood: a carousel that takes none of its children, however often
// they are made anew, is given up for what stands in its place.
func TestChildrenNeverGood(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		to := w.client.caller.Transport
		w.client.caller.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			body := []byte{}
			if r.Body != nil {
				body, _ = io.ReadAll(r.Body) // the request's own form
			}
			if strings.Contains(string(body), "media_type=CAROUSEL") {
				return &http.Response{StatusCode: 400, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(threadstest.ErrorBody(-1, 4279004, "no")))}, nil
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			return to.RoundTrip(r)
		})
		p := w.drive(carouselPost())
		if seen := w.visible(1)[0]; seen.Text != testText || p.Receipt.Note != "without the pictures: Threads could not use it (-1/4279004)" {
			t.Errorf("a reader sees %+v; the note is %q", seen, p.Receipt.Note)
		}
		if children, _ := creates(w); children != 3*(1+maxRebuilt) {
			t.Errorf("%d children were made", children)
		}
	})
}

// TestNoAddress: what the network could not fetch is not offered to it.
func TestNoAddress(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		p := carouselPost()
		for i := range p.Content.Media {
			p.Content.Media[i].URL, p.Content.Media[i].Public = p.Content.Media[i].Public, ""
		}
		p.Content.Media[0].Public = "file:///etc/passwd"
		p = w.drive(p)
		if seen := w.visible(1)[0]; seen.Text != testText || seen.Link != testLink || len(seen.Media) > 0 {
			t.Errorf("a reader sees %+v", seen)
		}
		if !strings.HasPrefix(p.Receipt.Note, "without image 1 of 3: it has no address") {
			t.Errorf("the note is %q", p.Receipt.Note)
		}
	})
}

// TestStaleChildren: containers that waited past their lives are made anew.
func TestStaleChildren(t *testing.T) {
	for _, steps := range []int{2, 6, 7} {
		bubble(t, threadstest.Options{}, func(w *world) {
			p := carouselPost()
			for range steps {
				pause(time.Until(p.NotBefore))
				d, err := w.client.Prepare(w.t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				p = w.next(p, spool.Event{What: spool.Prepared, Draft: &d})
			}
			pause(25 * time.Hour)
			if p = w.drive(p); p.State != spool.Live || p.Receipt.Note != "" || len(w.visible(1)[0].Media) != 3 {
				t.Errorf("after %d steps and a day the post is %s: %s, %q", steps, p.State, p.Reason, p.Receipt.Note)
			}
		})
	}
}

// TestPatienceWithChildren: an error that nobody has described is not put up with for
// ever; an outage is, see TestLongOutage.
func TestPatienceWithChildren(t *testing.T) {
	bubble(t, threadstest.Options{}, func(w *world) {
		w.server.Plan(threadstest.Rule{Op: threadstest.OpCreate, Action: threadstest.Error(400, 31337, 0, "a code that nobody has described")})
		p := w.drive(carouselPost())
		if n := len(requests(w, threadstest.OpCreate)); p.State != spool.Failed || n > maxCreated {
			t.Errorf("after %d tries the post is %s: %s", n, p.State, p.Reason)
		}
		w.server.Plan()
		if p = w.drive(w.next(p, spool.Event{What: spool.Retried, Who: "anna"})); p.State != spool.Live {
			t.Errorf("after the retry the post is %s: %s", p.State, p.Reason)
		}
		w.visible(1)
	})
}

// FuzzWording: whatever a draft says, wording a post by it does not fail.
func FuzzWording(f *testing.F) {
	f.Add(`{"v":1,"id":"7","shape":"image","noimage":true}`, 3)
	f.Add(`{"v":1,"children":[{"of":9,"id":"1"},{"of":-1},{"of":0,"id":"5","done":true}],"lost":[7,-3,1],"shape":"carousel"}`, 3)
	f.Add(`{"v":1,"shape":"video","nocard":true,"short":true,"reply_to":"5"}`, 0)
	f.Fuzz(func(t *testing.T, state string, pictures int) {
		p := spool.Post{Draft: spool.Draft{State: state}, Content: carouselPost().Content}
		p.Content.Media = p.Content.Media[:min(max(pictures, 0), 3)]
		n, err := readNotes(p)
		if err != nil || slices.ContainsFunc(n.Children, func(x child) bool { return strings.Contains(x.ID, ",") }) {
			return // ids have no commas
		}
		n.unreachable(p.Content)
		n.Shape = n.shape(p.Content)
		params := n.params(p.Content, "")
		if ids := params.Get("children"); n.Shape == shapeCarousel && strings.Count(ids, ",") != len(n.media(p.Content))-1 {
			t.Errorf("a carousel of %d has the children %q", len(n.media(p.Content)), ids)
		}
		n.lose(p.Content, "x", n.media(p.Content)...)
		if n.shape(p.Content) != shapeText || n.text(p.Content) == "" {
			t.Errorf("without pictures it is %s, %q", n.shape(p.Content), n.text(p.Content))
		}
		if _, err := readNotes(spool.Post{Draft: *n.kept()}); err != nil {
			t.Error(err)
		}
	})
}

// TestOldNotes: drafts of versions that knew of one image go on.
func TestOldNotes(t *testing.T) {
	p := newPost()
	p.Content.Media = []spool.Attachment{{URL: testImage, Public: testImage}}
	p.Draft.State = `{"v":1,"id":"7","shape":"text","noimage":true,"remarks":["without the image: x"]}`
	n, err := readNotes(p)
	if err != nil || n.card(p.Content) != testLink || n.text(p.Content) != testText || n.ID != "7" {
		t.Errorf("read %+v, %v", n, err)
	}
	p.Draft.State = `{"v":1,"id":"7","shape":"image"}`
	if n, err = readNotes(p); err != nil || n.shape(p.Content) != shapeImage || n.text(p.Content) != testText+"\n\n"+testLink {
		t.Errorf("read %+v, %v", n, err)
	}
}
