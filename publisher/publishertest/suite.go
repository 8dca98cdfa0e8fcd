package publishertest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

// A suite is one case's account and the scheduler in miniature that works on it.
type suite struct {
	t *testing.T
	Account
	serial int
	bound  map[string]string // the network's ids, and which post each belongs to

	skip func(why string, args ...any) // ends the case: an ability is missing
}

func newSuite(t *testing.T, open Harness) *suite {
	t.Helper()
	return &suite{t: t, Account: open(t), bound: map[string]string{}}
}

// finish runs a case and checks what holds at the end of each.
func (s *suite) finish(run func(*suite)) {
	s.t.Helper()
	run(s)
	s.silent("the log", s.Log())
	if s.Violations != nil {
		for _, v := range s.Violations() {
			s.t.Errorf("the stand-in saw what a client must not do: %s", v)
		}
	}
	if s.Wire != nil {
		for _, c := range s.Wire.Complaints() {
			s.t.Errorf("on the wire: %s", c)
		}
	}
}

// post is a post that is due.
func (s *suite) post(text string) spool.Post {
	s.serial++
	now := time.Now()
	link := fmt.Sprintf("https://news.example.org/suite/%d", s.serial)
	p := spool.Post{
		ID: fmt.Sprintf("post-%d", s.serial), Item: fmt.Sprintf("item-%d", s.serial), Feed: "city", Account: "suite",
		Purpose: spool.Announce, State: spool.Waiting, Created: now, Content: s.content(text, link),
	}
	return p
}

// content is what compose makes for a network like this one.
func (s *suite) content(text, link string) spool.Content {
	c := spool.Content{Text: text, Link: link, Language: "en"}
	if s.Text.Own {
		c.Card = spool.Card{Title: "A headline of the suite", Description: "What the page is about."}
	}
	if !s.Link {
		c.Text, c.Link = text+"\n\n"+link, ""
	}
	return c
}

// next moves a post as the scheduler would, and takes it through JSON as a
// database does. What it replies to is filled in anew by the scheduler.
func (s *suite) next(p spool.Post, e spool.Event) spool.Post {
	s.t.Helper()
	reply := p.Reply
	step, err := spool.Next(p, e, spool.Rules{}, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	b, err := json.Marshal(step.Post)
	if err != nil {
		s.t.Fatal(err)
	}
	var saved spool.Post
	if err := json.Unmarshal(b, &saved); err != nil {
		s.t.Fatal(err)
	}
	saved.Reply = reply
	if r := saved.Receipt; saved.State == spool.Live && r.ID != "" {
		if other := s.bound[r.ID]; other != "" && other != saved.ID {
			s.t.Errorf("the id %s is given to %s and to %s", r.ID, other, saved.ID)
		}
		s.bound[r.ID] = saved.ID
	}
	return saved
}

// others is the network's ids of the account's other posts.
func (s *suite) others(p spool.Post) map[string]bool {
	taken := map[string]bool{}
	for id, post := range s.bound {
		if post != p.ID {
			taken[id] = true
		}
	}
	return taken
}

// prepare brings a post's draft to the point at which it can be published, or
// returns what stood in the way.
func (s *suite) prepare(p *spool.Post) *spool.Failure {
	s.t.Helper()
	prep, ok := s.Publisher.(publisher.Preparer)
	if !ok {
		return nil
	}
	before := s.Writes()
	for range 50 {
		if p.Draft.Ready {
			break
		}
		d, err := prep.Prepare(s.t.Context(), *p)
		if f := s.failure(err); f != nil {
			*p = s.next(*p, spool.Event{What: spool.Refused, Failure: f})
			return f
		}
		s.silent("a draft", d.State)
		*p = s.next(*p, spool.Event{What: spool.Prepared, Draft: &d})
		wait(d.Wait)
	}
	if s.Writes() != before {
		s.t.Error("Prepare made a request that could make something visible")
	}
	return nil
}

// ready prepares a post and marks it as begun.
func (s *suite) ready(p spool.Post) spool.Post {
	s.t.Helper()
	if f := s.prepare(&p); f != nil {
		s.t.Fatalf("Prepare: %v", f)
	}
	return s.next(p, spool.Event{What: spool.Began})
}

// attempt prepares and publishes once, and returns what stood in the way.
func (s *suite) attempt(p *spool.Post) *spool.Failure {
	s.t.Helper()
	if f := s.prepare(p); f != nil {
		return f
	}
	*p = s.next(*p, spool.Event{What: spool.Began})
	r, f := s.publish(s.t.Context(), *p)
	if f != nil {
		*p = s.next(*p, spool.Event{What: spool.Refused, Failure: f})
		return f
	}
	*p = s.next(*p, spool.Event{What: spool.Delivered, Receipt: r})
	return nil
}

// restart goes on as another process would.
func (s *suite) restart() {
	if s.Reopen != nil {
		s.Publisher = s.Reopen()
	}
}

// wait passes time on the bubble's clock.
func wait(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}

// publish makes one attempt and checks what holds for all of them.
func (s *suite) publish(ctx context.Context, p spool.Post) (spool.Receipt, *spool.Failure) {
	s.t.Helper()
	before := s.Writes()
	r, err := s.Publisher.Publish(ctx, p)
	if n := s.Writes() - before; n > 1 {
		s.t.Errorf("one Publish made %d requests that could make something visible", n)
	}
	s.receipt(r)
	return r, s.failure(err)
}

// live publishes a post that nothing happens to.
func (s *suite) live(p spool.Post) spool.Post {
	s.t.Helper()
	p = s.ready(p)
	r, f := s.publish(s.t.Context(), p)
	if f != nil {
		s.t.Fatal(f)
	}
	return s.next(p, spool.Event{What: spool.Delivered, Receipt: r})
}

// find looks for a post in doubt, or for one that is live.
func (s *suite) find(p spool.Post, taken map[string]bool) (publisher.Sighting, *spool.Failure) {
	s.t.Helper()
	before := s.Writes()
	got, err := s.Publisher.Find(s.t.Context(), publisher.Query{Post: p, Taken: taken})
	if s.Writes() != before {
		s.t.Error("Find made a request that could make something visible")
	}
	s.receipt(got.Receipt)
	if got.Draft != nil {
		s.silent("a draft", got.Draft.State)
	}
	if got.Found && (got.Gone || got.Again) {
		s.t.Errorf("found, and gone or to be sent again: %+v", got)
	}
	return got, s.failure(err)
}
