package publishertest

import (
	"spool"
	"spool/publisher"
)

func troubles() []test {
	return []test{
		{"prepares nothing wrong while the network is down", (*suite).downBefore},
		{"concludes nothing while the network is down", (*suite).downAfter},
		{"keeps credentials while the network is down", (*suite).downKeeping},
	}
}

// eachOutage runs a check within every kind of outage, and those that are given.
func (s *suite) eachOutage(check func(), more ...*outage) {
	s.t.Helper()
	if s.Wire == nil {
		s.skip("there is no Account.Wire to cut")
	}
	for _, o := range append(outages(), more...) {
		s.t.Log(o.name)
		s.Wire.broken(o)
		check()
		s.Wire.broken(nil)
	}
}

// downBefore: an outage that is met while preparing costs patience, nothing
// else.
func (s *suite) downBefore() {
	prep, ok := s.Publisher.(publisher.Preparer)
	if !ok {
		s.skip("the publisher is no Preparer")
	}
	p := s.post("Trams every four minutes")
	s.eachOutage(func() {
		d, err := prep.Prepare(s.t.Context(), p)
		f := s.failure(err)
		if f == nil {
			s.t.Logf("a step that asks nobody: ready is %v", d.Ready)
			return
		}
		if f.Kind != spool.Temporary && f.Kind != spool.Unsure && f.Kind != spool.Throttled {
			s.t.Errorf("an outage is taken for %v", f)
		}
		p = s.next(p, spool.Event{What: spool.Refused, Failure: f})
	}, portal())
	wait(p.NotBefore.Sub(p.Created))
	s.live(p)
	s.visible(1)
}

// downAfter: while nobody answers, nobody has said that a post is not there.
func (s *suite) downAfter() {
	p := s.ready(s.post("Trams every four minutes"))
	if _, f := s.publish(s.t.Context(), p); f != nil {
		s.t.Fatal(f)
	}
	p = s.next(p, spool.Event{What: spool.Lapsed})
	s.eachOutage(func() {
		got, f := s.find(p, nil)
		switch {
		case f == nil && got.Gone:
			s.t.Error("an outage is taken for proof that nothing can appear any more")
		case f == nil && !got.Again:
			s.t.Error("an outage is taken for an answer")
		case f != nil && !s.Blind && (f.Kind == spool.Permanent || f.Kind == spool.Credentials):
			s.t.Errorf("an outage is taken for %v", f)
		}
	}, portal())
	s.recovered(p, 1)
}

// downKeeping: a blip never disconnects an account.
func (s *suite) downKeeping() {
	k, ok := s.Publisher.(publisher.Keeper)
	if !ok {
		s.skip("the publisher is no Keeper")
	}
	s.eachOutage(func() {
		_, err := k.Keep(s.t.Context())
		if f := s.failure(err); f != nil && (f.Kind == spool.Credentials || f.Kind == spool.Permanent) {
			s.t.Errorf("an outage is taken for %v", f)
		}
	}, portal())
	if _, err := k.Keep(s.t.Context()); s.failure(err) != nil {
		s.t.Errorf("after the outage: %v", err)
	}
	s.live(s.post("Posting goes on"))
}
