package main

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"spool/feeds"
)

// run reads names whenever they are due, until ctx ends. It returns nil.
func (n *names) run(ctx context.Context) error {
	var g errgroup.Group
	done := make(chan struct{}, namesAtOnce)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for free := namesAtOnce; ; {
		due, next := n.due(free)
		for _, s := range due {
			free--
			g.Go(func() error {
				n.refresh(ctx, s)
				done <- struct{}{}
				return nil
			})
		}
		timer.Reset(n.untilThen(next))
		select {
		case <-ctx.Done():
			return g.Wait()
		case <-done:
			free++
		case <-n.wake:
		case <-timer.C:
		}
	}
}

// untilThen is how long to wait for a moment, at most as long as a clock that is set
// may be trusted.
func (n *names) untilThen(next time.Time) time.Duration {
	if next.IsZero() {
		return namesAfterFail
	}
	return min(max(next.Sub(n.now()), 0), namesAfterFail)
}

// due makes busy, and returns, so many sources of those that are to be read now, and
// the moment at which the next one is; zero: none is, or there is no room.
func (n *names) due(free int) (due []*namesSource, next time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.now()
	for _, place := range sortedKeys(n.sources) {
		s := n.sources[place]
		switch {
		case s.busy || !s.wanted:
		case !s.next.After(now):
			if len(due) < free {
				s.busy = true
				due = append(due, s)
			}
		case next.IsZero() || s.next.Before(next):
			next = s.next
		}
	}
	return due, next
}

// once reads what is due, and waits for it, but not for long. What cannot be read by
// then is as it was kept, or is not known.
func (n *names) once(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, namesOnce)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(namesAtOnce)
	due, _ := n.due(len(n.sources))
	for _, s := range due {
		g.Go(func() error {
			n.refresh(ctx, s)
			return nil
		})
	}
	_ = g.Wait() // none of them fails: what went wrong is in the log
}

// refresh reads a source that is busy, and decides when it is read again.
func (n *names) refresh(ctx context.Context, s *namesSource) {
	fresh, err := n.load(ctx, s)
	if !errors.Is(context.Cause(ctx), context.Canceled) { // else the program ends, and nothing was learnt
		n.report(s, fresh, err)
		n.note(ctx, s, fresh)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	s.busy = false
	s.next = n.now().Add(s.pause(err))
	var trouble *feeds.Error
	if errors.As(err, &trouble) && !trouble.Asked() && trouble.RetryAfter.After(n.now()) {
		s.next = trouble.RetryAfter
	}
}

// pause is how long a source is left alone.
func (s *namesSource) pause(err error) time.Duration {
	switch {
	case s.access.URL == "":
		return namesLook
	case err != nil && s.current.Load() == nil:
		return namesAtFirst
	case err != nil:
		return namesAfterFail
	}
	return namesEvery
}

// report tells the log what became of reading a source: of a trouble once, and that it
// is over.
func (n *names) report(s *namesSource, fresh bool, err error) {
	before := s.problem
	s.problem = ""
	if err != nil {
		s.problem = err.Error()
	}
	place := shownPlace(s.place)
	switch {
	case err != nil && s.problem == before:
		n.log.Debug("the public names of lines and stops still cannot be read", "names", place, "err", s.problem)
	case err != nil:
		n.log.Warn("the public names of lines and stops could not be read", "names", place, "err", s.problem, "until_then", s.standIn(n.now()))
	case fresh:
		routes, stops := s.current.Load().Counts()
		n.log.Info("the public names of lines and stops were read", "names", place, "lines", routes, "stops", stops)
		for _, note := range s.current.Load().Notes() {
			n.log.Debug("about the public names", "names", place, "note", note)
		}
	case before != "":
		n.log.Info("the public names of lines and stops can be read again", "names", place)
	}
	if s.problem != before {
		s.noted = time.Time{}
	}
}

// standIn says what is told while names cannot be read.
func (s *namesSource) standIn(now time.Time) string {
	if s.current.Load() == nil {
		return "lines and stops are told by the ids of the source"
	}
	return "the names hold that were read " + ago(s.state.Fetched, now)
}

// problemOf is why the names of a source could not be read the last time; empty: they
// could, or nobody has tried.
func (n *names) problemOf(source string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s := n.sources[source]; s != nil && !s.busy {
		return s.problem
	}
	return ""
}

// places are the sources that are asked for.
func (n *names) places() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return sortedKeys(n.sources)
}
