package scheduler

import (
	"context"
	"errors"
	"sync"

	"spool"
	"spool/alerts"
	"spool/feeds"
)

var errNoAlertReader = errors.New("this document holds service alerts, and nothing here reads those")

// alertsIn is what an answer says about alerts; nil: it is a feed of articles. An
// error is that of the document, for people. Messages that an index points to are
// fetched until ctx ends.
func (s *Scheduler) alertsIn(ctx context.Context, f Feed, state spool.FeedState, r feeds.Result) (*alerts.Reading, error) {
	switch {
	case r.Unchanged && f.hasAlerts(state.Memory):
		same := alertNotesOf(state.Memory).again()
		return &same, nil
	case r.Unchanged, r.Raw == nil && !f.ForAlerts:
		return nil, nil
	case s.Alerts == nil:
		return nil, errNoAlertReader
	}
	doc := f.document(r)
	if same, ok := s.prints.again(f, state.Memory, doc); ok {
		return &same, nil
	}
	reading, err := s.Alerts.Read(doc)
	if err == nil && len(reading.Missing) > 0 {
		reading, err = s.readMessages(ctx, f, state, doc, reading.Missing)
	}
	if err != nil {
		return nil, err
	}
	reading.Partial = reading.Partial || r.Document.Degraded || len(reading.Missing) > 0
	reading.Log = reading.Log || f.Alerts.Log
	s.prints.keep(f.Name, reading)
	if n := alertNotesOf(state.Memory); !reading.Partial && n.Digest != "" && n.Digest == reading.Digest && !f.rereads(state.Memory) {
		same := n.again()
		same.Stamp, same.Skipped, same.Notes = reading.Stamp, reading.Skipped, reading.Notes
		return &same, nil
	}
	return &reading, nil
}

// prints are those of the documents that were read last, by feed.
type prints struct {
	mu    sync.Mutex
	feeds map[string]printed
}

// A printed document is known with what it said, since it may be another process that
// has read the feed since.
type printed struct {
	alerts.Print
	digest string
}

// again is the reading of a document that differs from the last one in its stamp alone;
// false: it does not, or must be read all the same.
func (p *prints) again(f Feed, m spool.FeedMemory, doc alerts.Document) (alerts.Reading, bool) {
	p.mu.Lock()
	known := p.feeds[f.Name]
	p.mu.Unlock()
	n := alertNotesOf(m)
	if n.Digest == "" || known.digest != n.Digest || f.rereads(m) {
		return alerts.Reading{}, false
	}
	stamp, ok := known.Again(doc)
	if !ok {
		return alerts.Reading{}, false
	}
	same := n.again()
	same.Stamp, same.Print, same.Skipped = stamp, known.Print, m.Skipped
	return same, true
}

// keep remembers a document, if it can be known again, and all of it was read.
func (p *prints) keep(feed string, r alerts.Reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Partial || r.Print == (alerts.Print{}) {
		delete(p.feeds, feed)
		return
	}
	if p.feeds == nil {
		p.feeds = map[string]printed{}
	}
	p.feeds[feed] = printed{r.Print, r.Digest}
}

// forget lets go of the documents of feeds that are not in the plan any more.
func (p *prints) forget(plan Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for feed := range p.feeds {
		if _, planned := plan.Feeds[feed]; !planned {
			delete(p.feeds, feed)
		}
	}
}

// document is an answer as it is to be read.
func (f Feed) document(r feeds.Result) alerts.Document {
	doc := alerts.Document{Items: r.Document.Items, Log: f.Alerts.Log, Location: f.Alerts.Location}
	if doc.Location == nil {
		doc.Location = f.Access.Location
	}
	if r.Raw != nil {
		doc.Body, doc.Mime, doc.URL = r.Raw.Body, r.Raw.Mime, r.Raw.URL
	}
	doc.Languages = f.languages()
	return doc
}

// again is the reading of a source that says what it said the last time.
func (n alertNotes) again() alerts.Reading {
	return alerts.Reading{Format: n.Format, Stamp: n.Stamp, Digest: n.Digest, Log: n.Log, Partial: n.Partial, Same: true}
}

// noted are the notes after a reading.
func (n alertNotes) noted(r alerts.Reading) alertNotes {
	n.Stamp, n.Format, n.Digest, n.Log, n.Partial = r.Stamp, r.Format, r.Digest, r.Log, r.Partial
	if !r.Same {
		n.Listed = len(r.Alerts)
	}
	return n
}

// alertsDescribed is what is remembered of a document that was read as alerts. What
// "not modified" stands for is described already, and what was known again without being
// read, as it was before.
func alertsDescribed(m, before spool.FeedMemory, r alerts.Reading, unchanged bool) spool.FeedMemory {
	switch {
	case unchanged:
		return m
	case r.Same && r.Print != (alerts.Print{}):
		m.Format, m.Repairs, m.Skipped, m.Degraded = before.Format, before.Repairs, before.Skipped, before.Degraded
		return m
	}
	m.Format = short(r.Format, longestTitled)
	m.Repairs, m.Skipped, m.Degraded = bounded(r.Notes), bounded(r.Skipped), r.Partial
	return m
}
