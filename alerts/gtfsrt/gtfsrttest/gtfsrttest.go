// Package gtfsrttest writes service alerts as agencies publish them, in both forms
// of GTFS-Realtime: for tests, demonstrations and replays that need an agency.
//
// What it writes is made after the published schema (gtfs-realtime.proto of
// github.com/google/transit), by code that shares nothing with the reader, so that
// a mistake in one of the two shows in a test.
package gtfsrttest

import (
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"spool"
)

// Encode writes a full data set as protobuf. What the protobuf form has no field for
// is left out: Created, Updated, Notify, Ended, Guess, Planned, Names, and the public
// names of what is affected. A zero stamp writes no timestamp.
func Encode(stamp time.Time, alerts []spool.Alert) []byte {
	var head message
	head.text(1, "2.0")
	head.number(2, 0) // FULL_DATASET
	if !stamp.IsZero() {
		head.number(3, uint64(stamp.Unix()))
	}
	var doc message
	doc.bytes(1, head)
	for _, a := range alerts {
		doc.bytes(2, Entity(a))
	}
	return doc
}

// Entity writes one alert as an entity of a protobuf data set.
func Entity(a spool.Alert) []byte {
	var e message
	e.text(1, a.ID)
	e.bytes(5, alert(a))
	return e
}

func alert(a spool.Alert) message {
	var m message
	for _, p := range a.Periods {
		var t message
		t.moment(1, p.Start)
		t.moment(2, p.End)
		m.bytes(1, t)
	}
	for _, f := range a.Affected {
		m.bytes(5, selector(f))
	}
	m.choice(6, slices.Index(causes(), a.Cause))
	m.choice(7, slices.Index(effects(), a.Effect))
	m.texts(8, a.URL)
	m.texts(10, a.Header)
	m.texts(11, a.Description)
	m.texts(12, a.Spoken)
	m.choice(14, slices.Index(severities(), a.Severity))
	m.images(a.Image)
	m.texts(17, a.CauseText)
	m.texts(18, a.EffectText)
	return m
}

func selector(f spool.Affected) message {
	var m message
	m.text(1, f.Agency)
	m.text(2, f.Route)
	if t, ok := routeType(f.Mode); ok {
		m.number(3, t)
	}
	if f.Trip != "" {
		var trip message
		trip.text(1, f.Trip)
		m.bytes(4, trip)
	}
	m.text(5, f.Stop)
	if f.Direction == "0" || f.Direction == "1" {
		m.number(6, uint64(f.Direction[0]-'0'))
	}
	return m
}

// A message is a protobuf message that is being written.
type message []byte

func (m *message) bytes(field protowire.Number, b []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, b)
}

func (m *message) text(field protowire.Number, s string) {
	if s != "" {
		m.bytes(field, []byte(s))
	}
}

func (m *message) number(field protowire.Number, n uint64) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, n)
}

// choice writes a value of an enum; at is -1 for one that there is none for.
func (m *message) choice(field protowire.Number, at int) {
	if at > 0 {
		m.number(field, uint64(at))
	}
}

func (m *message) moment(field protowire.Number, t time.Time) {
	if !t.IsZero() {
		m.number(field, uint64(t.Unix()))
	}
}

func (m *message) texts(field protowire.Number, texts spool.Texts) {
	if len(texts) == 0 {
		return
	}
	var all message
	for _, t := range texts {
		var one message
		one.text(1, t.Text)
		one.text(2, t.Language)
		all.bytes(1, one)
	}
	m.bytes(field, all)
}

// images writes pictures, and the description of the first one.
func (m *message) images(pictures []spool.Media) {
	if len(pictures) == 0 {
		return
	}
	var all message
	for _, p := range pictures {
		var one message
		one.text(1, p.URL)
		one.text(2, p.Type)
		all.bytes(1, one)
	}
	m.bytes(15, all)
	if alt := pictures[0].Alt; alt != "" {
		m.texts(16, spool.Texts{{Text: alt}})
	}
}
