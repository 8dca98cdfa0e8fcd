package publishertest

import (
	"context"
	"time"

	"spool"
	"spool/publisher"
)

func (s *suite) publishesOnce() {
	p := s.ready(s.post("Old bridge reopens after two years"))
	s.visible(0) // preparing shows nothing
	r, f := s.publish(s.t.Context(), p)
	if f != nil {
		s.t.Fatal(f)
	}
	seen := s.visible(1)
	if s.Writes() != 1 {
		s.t.Errorf("%d requests that make something visible, want 1", s.Writes())
	}
	if len(seen) == 1 && (seen[0].ID != r.ID || r.ID == "") {
		s.t.Errorf("the receipt says %q, the reader sees %q", r.ID, seen[0].ID)
	}
	if r.URL == "" {
		s.t.Error("the receipt has no address for readers")
	}
}

func (s *suite) unicode() {
	for _, text := range []string{
		"Straßenbahn fährt wieder über die Brücke",
		"旧桥两年后重新开放",
		"पुराना पुल फिर खुला",
		"الجسر القديم يفتح من جديد",
		"Family 👨‍👩‍👧‍👦 day 🇫🇷 and 1️⃣ more — “quoted” & <tagged>",
		"a+b=c; 100% & more?",
	} {
		r, f := s.publish(s.t.Context(), s.ready(s.post(text)))
		if f != nil {
			s.t.Errorf("%s: %v", text, f)
			continue
		}
		found := false
		for _, seen := range s.Visible() {
			found = found || seen.ID == r.ID && seen.Text == text
		}
		if !found {
			s.t.Errorf("%s: a reader does not see these words", text)
		}
	}
}

// cancelled: a context that ends in the middle leaves the outcome open.
func (s *suite) cancelled() {
	if !s.Break(HangAfter) {
		s.t.Skip("the stand-in cannot hang")
	}
	p := s.ready(s.post("Ferry back in service"))
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Second)
	defer cancel()
	begun := time.Now()
	_, f := s.publish(ctx, p)
	if f == nil || f.Kind != spool.Unsure {
		s.t.Fatalf("the failure is %v, want unsure", f)
	}
	if took := time.Since(begun); took > 5*time.Second {
		s.t.Errorf("it went on for %v after the context had ended", took)
	}
	p = s.next(p, spool.Event{What: spool.Refused, Failure: f})
	s.recovered(p)
}

// find looks for a post in doubt.
func (s *suite) find(p spool.Post, taken map[string]bool) (publisher.Sighting, *spool.Failure) {
	s.t.Helper()
	before := s.Writes()
	got, err := s.Publisher.Find(s.t.Context(), publisher.Query{Post: p, Taken: taken})
	if s.Writes() != before {
		s.t.Error("Find made a request that could make something visible")
	}
	return got, s.failure(err)
}

func (s *suite) findsNothing() {
	p := s.ready(s.post("Never sent"))
	p = s.next(p, spool.Event{What: spool.Lapsed})
	got, f := s.find(p, nil)
	if f == nil && got.Found {
		s.t.Errorf("found %+v, though nothing was sent", got.Receipt)
	}
	s.visible(0)
}

func (s *suite) findsLive() {
	p := s.ready(s.post("Library open on Sundays"))
	r, f := s.publish(s.t.Context(), p)
	if f != nil {
		s.t.Fatal(f)
	}
	p = s.next(p, spool.Event{What: spool.Lapsed}) // the answer was never saved
	got, f := s.find(p, nil)
	if f != nil || !got.Found || got.Receipt.ID != r.ID || len(got.Others) > 0 {
		s.t.Errorf("found %+v (%v), want %q and no others", got, f, r.ID)
	}
}

// taken: a post of the same words that belongs to another post is not ours.
func (s *suite) taken() {
	first := s.post("Line 4: no service between Park and Harbour")
	r, f := s.publish(s.t.Context(), s.ready(first))
	if f != nil {
		s.t.Fatal(f)
	}
	second := first
	second.ID = "post-again"
	second.Draft = spool.Draft{}
	second = s.ready(second)
	second = s.next(second, spool.Event{What: spool.Lapsed})
	got, _ := s.find(second, map[string]bool{r.ID: true})
	if got.Found {
		s.t.Errorf("found %+v, which is another post's", got.Receipt)
	}
}

func (s *suite) limits() {
	l, err := s.Publisher.Limits(s.t.Context())
	if s.failure(err) != nil {
		s.t.Fatal(err)
	}
	if l.Total < 0 || l.Used < 0 || l.Total > 0 && l.Window <= 0 {
		s.t.Errorf("the limits make no sense: %+v", l)
	}
}

func (s *suite) history() {
	h, ok := s.Publisher.(publisher.Historian)
	if !ok {
		s.t.Skip("the network has no history")
	}
	p := s.post("Market moves to the square")
	r, f := s.publish(s.t.Context(), s.ready(p))
	if f != nil {
		s.t.Fatal(f)
	}
	list, err := h.History(s.t.Context(), time.Now().Add(-time.Hour))
	if s.failure(err) != nil {
		s.t.Fatal(err)
	}
	if got, ok := list.Match(p, nil); !ok || got.ID != r.ID {
		s.t.Errorf("matched %+v, %v; want %s", got, ok, r.ID)
	}
	if got, ok := list.Match(p, map[string]bool{r.ID: true}); ok {
		s.t.Errorf("matched %+v, which is another post's", got)
	}
	if got, ok := list.Match(s.post("Something else"), nil); ok {
		s.t.Errorf("matched %+v, want nothing", got)
	}
}
