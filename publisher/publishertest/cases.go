package publishertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing/synctest"
	"time"

	"spool"
	"spool/publisher"
)

// basics are what every network can do.
func basics() []test {
	return []test{
		{"publishes once", (*suite).publishesOnce},
		{"stops when told", (*suite).cancelled},
		{"begins nothing when told before", (*suite).cancelledBefore},
		{"finds nothing that was not sent", (*suite).findsNothing},
		{"finds a live post again", (*suite).findsLive},
		{"leaves taken ids alone", (*suite).taken},
		{"recovers when the process died before the request", (*suite).diedBefore},
		{"recovers when the process died after the request", (*suite).diedAfter},
		{"recovers when the process died while preparing", (*suite).diedPreparing},
		{"recovers when two requests in a row stay unclear", (*suite).twiceUnclear},
		{"doubles nothing when a person sends it again", (*suite).approved},
		{"tells the limits", (*suite).limits},
		{"matches its history", (*suite).history},
		{"does not take one alert for another", (*suite).historyOfAlerts},
		{"keeps its credentials", (*suite).keeps},
		{"shows what it would send", (*suite).preview},
	}
}

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
	if len(seen) == 1 && seen[0].Link != p.Content.Link {
		s.t.Errorf("the reader sees the link %q, want %q", seen[0].Link, p.Content.Link)
	}
	if r.URL == "" && !s.Nowhere {
		s.t.Error("the receipt has no address for readers")
	}
	if r.Note != "" {
		s.t.Errorf("nothing differs from what was asked, and the receipt says %q", r.Note)
	}
}

// cancelled: a context that ends in the middle leaves the outcome open, and
// nothing of the request goes on.
func (s *suite) cancelled() {
	p := s.ready(s.post("Ferry back in service"))
	if !s.Break(HangAfter) {
		s.skip("the stand-in cannot hang")
	}
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
	synctest.Wait()                              // the stand-in has seen that nobody listens any more
	s.live(s.post("The next post, right after")) // and no request is under way besides
	s.recovered(p, 2)
}

// cancelledBefore: with a context that has ended nothing is sent.
func (s *suite) cancelledBefore() {
	p := s.ready(s.post("Ferry back in service"))
	ctx, cancel := context.WithCancel(s.t.Context())
	cancel()
	_, f := s.publish(ctx, p)
	if f == nil || f.Kind != spool.Unsure && f.Kind != spool.Temporary {
		s.t.Errorf("the failure is %v, want unsure or temporary", f)
	}
	if s.Writes() != 0 {
		s.t.Error("something was sent though the context had ended")
	}
	s.visible(0)
}

func (s *suite) findsNothing() {
	p := s.ready(s.post("Never sent"))
	p = s.next(p, spool.Event{What: spool.Lapsed})
	got, f := s.find(p, nil)
	if f == nil && got.Found {
		s.t.Errorf("found %+v, though nothing was sent", got.Receipt)
	}
	if s.Blind && (f == nil || f.Kind != spool.Permanent) {
		s.t.Errorf("a network that nobody can ask says %+v, %v; want a permanent failure", got, f)
	}
	s.visible(0)
}

func (s *suite) findsLive() {
	if s.Blind {
		s.skip("nobody can ask this network about a post")
	}
	p := s.ready(s.post("Library open on Sundays"))
	r, f := s.publish(s.t.Context(), p)
	if f != nil {
		s.t.Fatal(f)
	}
	p = s.next(p, spool.Event{What: spool.Lapsed}) // the answer was never saved
	got, f := s.find(p, nil)
	for range 30 { // a list may lag behind
		if f != nil || got.Found || got.Gone || got.Again {
			break
		}
		wait(5 * time.Second)
		got, f = s.find(p, nil)
	}
	switch {
	case f != nil:
		s.t.Error(f)
	case !got.Found && s.Again:
		if !got.Again {
			s.t.Errorf("neither found nor to be sent again: %+v", got)
		}
	case !got.Found || got.Receipt.ID != r.ID || len(got.Others) > 0:
		s.t.Errorf("found %+v, want %q and no others", got, r.ID)
	}
}

// taken: a post of the same words that belongs to another post is not ours.
func (s *suite) taken() {
	first := s.live(s.post("Line 4: no service between Park and Harbour"))
	second := s.post("")
	second.Content = first.Content
	second = s.ready(second)
	second = s.next(second, spool.Event{What: spool.Lapsed})
	got, _ := s.find(second, s.others(second))
	if got.Found {
		s.t.Errorf("found %+v, which is another post's", got.Receipt)
	}
}

func (s *suite) limits() {
	l, err := s.Publisher.Limits(s.t.Context())
	if f := s.failure(err); f != nil {
		s.t.Fatal(f)
	}
	if l.Total < 0 || l.Used < 0 || l.Total > 0 && l.Window <= 0 {
		s.t.Errorf("the limits make no sense: %+v", l)
	}
}

func (s *suite) history() {
	h, ok := s.Publisher.(publisher.Historian)
	if !ok {
		s.skip("the publisher is no Historian")
	}
	p := s.post("Market moves to the square")
	r, f := s.publish(s.t.Context(), s.ready(p))
	if f != nil {
		s.t.Fatal(f)
	}
	list, err := h.History(s.t.Context(), time.Now().Add(-time.Hour))
	if f := s.failure(err); f != nil {
		s.t.Fatal(f)
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

// historyOfAlerts: what an alert has the link of, which may be that of the agency's
// page about all alerts, is not taken for it; what says the same is.
func (s *suite) historyOfAlerts() {
	h, ok := s.Publisher.(publisher.Historian)
	if !ok {
		s.skip("the publisher is no Historian")
	}
	link := "https://transit.example.org/alerts"
	alert := func(text string) spool.Post {
		p := s.post("")
		p.Content = s.content(text, link)
		p.Content.Told = &spool.Telling{Phase: spool.Begins}
		return p
	}
	first := s.live(alert("Line 4: no service"))
	list, err := h.History(s.t.Context(), time.Now().Add(-time.Hour))
	if f := s.failure(err); f != nil {
		s.t.Fatal(f)
	}
	if got, ok := list.Match(alert("Line 5: delays"), nil); ok {
		s.t.Errorf("another alert is taken for %+v", got)
	}
	if got, ok := list.Match(alert("Line 4: no service"), nil); !ok || got.ID != first.Receipt.ID {
		s.t.Errorf("matched %+v, %v; want %s", got, ok, first.Receipt.ID)
	}
}

func (s *suite) keeps() {
	k, ok := s.Publisher.(publisher.Keeper)
	if !ok {
		s.skip("the publisher is no Keeper")
	}
	before := s.Writes()
	c, err := k.Keep(s.t.Context())
	if f := s.failure(err); f != nil {
		s.t.Fatalf("credentials that are good: %v", f)
	}
	s.silent("a warning", c.Warning)
	if s.Writes() != before {
		s.t.Error("Keep made a request that could make something visible")
	}
	s.live(s.post("And posting goes on"))
}

// preview: what is shown is what is sent, but for the secrets.
func (s *suite) preview() {
	v, ok := s.Publisher.(publisher.Previewer)
	if !ok {
		s.skip("the publisher is no Previewer")
	}
	p := s.post("Night market on the old quay")
	requests := 0
	if s.Wire != nil {
		requests = s.Wire.Requests()
	}
	got := v.Payload(p)
	if s.Wire != nil && s.Wire.Requests() != requests {
		s.t.Error("a preview made a request")
	}
	b, err := json.Marshal(got)
	if err != nil {
		s.t.Fatalf("a payload that cannot be written as JSON: %v", err)
	}
	s.silent("a payload", string(b)+fmt.Sprintf("%+v", got))
	var payload any
	if err := json.Unmarshal(b, &payload); err != nil {
		s.t.Fatal(err)
	}
	if !says(payload, "Night market on the old quay") {
		s.t.Errorf("the payload lacks the words: %s", b)
	}
	if got.Method == "" || !strings.HasPrefix(got.URL, "http") {
		s.t.Errorf("the payload goes %q %q", got.Method, got.URL)
	}
	s.visible(0)
}

// says reports whether a text is somewhere in decoded JSON.
func says(v any, text string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, text)
	case []any:
		for _, x := range v {
			if says(x, text) {
				return true
			}
		}
	case map[string]any:
		for _, x := range v {
			if says(x, text) {
				return true
			}
		}
	}
	return false
}
