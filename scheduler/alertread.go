package scheduler

import (
	"context"
	"errors"

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
	reading, err := s.Alerts.Read(doc)
	if err == nil && len(reading.Missing) > 0 {
		reading, err = s.readMessages(ctx, f, state, doc, reading.Missing)
	}
	if err != nil {
		return nil, err
	}
	reading.Partial = reading.Partial || r.Document.Degraded || len(reading.Missing) > 0
	reading.Log = reading.Log || f.Alerts.Log
	if n := alertNotesOf(state.Memory); !reading.Partial && n.Digest != "" && n.Digest == reading.Digest && !f.rereads(state.Memory) {
		same := n.again()
		same.Stamp, same.Skipped, same.Notes = reading.Stamp, reading.Skipped, reading.Notes
		return &same, nil
	}
	return &reading, nil
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
// "not modified" stands for is described already.
func alertsDescribed(m spool.FeedMemory, r alerts.Reading, unchanged bool) spool.FeedMemory {
	if unchanged {
		return m
	}
	m.Format = short(r.Format, longestTitled)
	m.Repairs, m.Skipped, m.Degraded = bounded(r.Notes), bounded(r.Skipped), r.Partial
	return m
}
