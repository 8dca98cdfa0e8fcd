package publishertest

import (
	"context"
	"slices"
	"time"

	"spool"
	"spool/publisher"
)

func stands() []test {
	return []test{
		{"knows what still stands", (*suite).stands},
		{"does not know a post that was taken away by hand", (*suite).standsNoMore},
		{"does not know a post that never was", (*suite).standsNever},
		{"is asked about a post and the caller gives up", (*suite).standsCancelled},
		{"takes no outage for a post that is gone", (*suite).downStanding},
	}
}

func (s *suite) witness() (publisher.Witness, bool) {
	w, ok := s.Publisher.(publisher.Witness)
	return w, ok
}

func (s *suite) mustWitness() publisher.Witness {
	s.t.Helper()
	w, ok := s.witness()
	if !ok {
		s.skip("the publisher is no Witness")
	}
	return w
}

// mostQuestions is how many requests an answer may take: one, and others only where
// the first says that a post is not there.
const mostQuestions = 3

// ask asks whether a post stands, and checks what holds for every answer.
func (s *suite) ask(ctx context.Context, w publisher.Witness, r spool.Receipt) (bool, *spool.Failure) {
	s.t.Helper()
	writes, requests := s.Writes(), 0
	if s.Wire != nil {
		requests = s.Wire.Requests()
	}
	there, err := w.Stands(ctx, r)
	if s.Writes() != writes {
		s.t.Error("Stands made a request that could make something visible")
	}
	if s.Wire != nil && s.Wire.Requests()-requests > mostQuestions {
		s.t.Errorf("Stands made %d requests", s.Wire.Requests()-requests)
	}
	f := s.failure(err)
	if f != nil && there {
		s.t.Errorf("it stands, and there was no answer: %v", f)
	}
	return there, f
}

// stand asserts what a witness says of posts.
func (s *suite) stand(w publisher.Witness, want bool, posts ...spool.Post) {
	s.t.Helper()
	for _, p := range posts {
		if got, f := s.ask(s.t.Context(), w, p.Receipt); f != nil || got != want {
			s.t.Errorf("%s stands: %v, %v, want %v", p.ID, got, f, want)
		}
	}
}

// stands: a live post does, as often as it is asked, in one request each time; and so
// do its answers, and another process knows it too.
func (s *suite) stands() {
	w := s.mustWitness()
	p := s.live(s.post("Line 4: no service"))
	s.stand(w, true, p, p)
	if s.Wire != nil {
		before := s.Wire.Requests()
		s.stand(w, true, p)
		if n := s.Wire.Requests() - before; n != 1 {
			s.t.Errorf("it took %d requests", n)
		}
	}
	s.restart()
	w = s.mustWitness()
	s.stand(w, true, p)
	if s.Text.Replies {
		s.stand(w, true, s.live(s.part(p, p, 2)))
	}
}

// standsNoMore: what somebody took away does not stand, nor does what Spool has
// withdrawn; the others do.
func (s *suite) standsNoMore() {
	w := s.mustWitness()
	if s.Remove == nil {
		s.skip("nobody can take a post away by hand (Account.Remove)")
	}
	before, p, after := s.live(s.post("Line 3: detour")), s.live(s.post("Line 4: no service")), s.live(s.post("Line 5: delays"))
	s.Remove(p.Receipt.ID)
	s.visible(2)
	s.stand(w, false, p, p)
	s.stand(w, true, before, after)
	if withdrawer, ok := s.withdrawer(); ok {
		if f := s.failure(withdrawer.Withdraw(s.t.Context(), after.Receipt)); f != nil {
			s.t.Fatal(f)
		}
		s.stand(w, false, after)
		s.stand(w, true, before)
	}
}

// standsNever: an id that no post has, like those of the network, is that of no post;
// without an id there is nothing to ask for.
func (s *suite) standsNever() {
	w := s.mustWitness()
	p := s.live(s.post("Line 4: no service"))
	id := []byte(p.Receipt.ID)
	last := &id[len(id)-1]
	if *last == '3' {
		*last = '7'
	} else {
		*last = '3'
	}
	other := p
	other.Receipt = spool.Receipt{ID: string(id), URL: p.Receipt.URL}
	s.stand(w, false, other)
	s.stand(w, true, p)
	if there, f := s.ask(s.t.Context(), w, spool.Receipt{}); there || f == nil {
		s.t.Errorf("a post without an id stands: %v, %v", there, f)
	}
}

// standsCancelled: whoever does not wait for the answer has none.
func (s *suite) standsCancelled() {
	w := s.mustWitness()
	p := s.live(s.post("Line 4: no service"))
	ctx, cancel := context.WithCancel(s.t.Context())
	cancel()
	if there, f := s.ask(ctx, w, p.Receipt); there || f == nil || f.Kind == spool.Permanent || f.Kind == spool.Credentials {
		s.t.Errorf("it stands: %v, %v", there, f)
	}
	s.stand(w, true, p)
}

// downStanding: an outage says neither that a post is there nor that it is gone, and
// stops nobody.
func (s *suite) downStanding() {
	w := s.mustWitness()
	p := s.live(s.post("Line 4: no service"))
	s.eachOutage(func() {
		there, f := s.ask(s.t.Context(), w, p.Receipt)
		if there || f == nil || f.Kind == spool.Permanent || f.Kind == spool.Credentials {
			s.t.Errorf("it stands: %v, %v", there, f)
		}
	}, portal())
	s.stand(w, true, p)
}

// brokenStand: whatever happens to the question, a post that stands is not said to be
// gone, and one that is gone not to stand; asked again, the answer is right.
func (s *suite) brokenStand(f Fault) {
	w := s.mustWitness()
	p, gone := s.live(s.post("Line 4: no service")), s.live(s.post("Line 5: no service"))
	if s.Remove == nil || s.BreakLook == nil {
		s.skip("the stand-in cannot do that to a question (Account.Remove, Account.BreakLook)")
	}
	s.Remove(gone.Receipt.ID)
	for _, q := range []struct {
		post spool.Post
		want bool
	}{{p, true}, {gone, false}} {
		if !s.BreakLook(f) {
			s.skip("the stand-in cannot do that to a question")
		}
		there, got := s.ask(s.t.Context(), w, q.post.Receipt)
		if got == nil && there != q.want {
			s.t.Fatalf("after %q it stands: %v, want %v", f, there, q.want)
		}
		if !s.understood(f, got) {
			return
		}
		wait(max(got.Wait, time.Second))
		s.stand(w, q.want, q.post)
	}
}

// understood checks what became of a question that a fault befell. It returns false
// where the account has to be signed in again before anything can be asked.
func (s *suite) understood(f Fault, got *spool.Failure) bool {
	s.t.Helper()
	may, _ := changeKinds(f)
	if f == Invalid {
		may = []spool.Kind{spool.Temporary} // that a question is refused says nothing for good
	}
	switch {
	case got == nil:
		s.t.Fatalf("%q is taken for an answer", f)
	case !slices.Contains(may, got.Kind):
		s.t.Fatalf("%q is taken for %v, want one of %v", f, got, may)
	case f == Throttled && got.Wait < 90*time.Second:
		s.t.Errorf("the network asked for 90 s, the failure says %v", got.Wait)
	}
	return got.Kind != spool.Credentials
}
