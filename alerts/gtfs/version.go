package gtfs

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"hash"
	"strconv"

	"spool/alerts"
)

// A mark is a digest of strings, in which each is preceded by its length.
type mark struct {
	sum hash.Hash
	buf []byte
}

func newMark() *mark { return &mark{sum: sha256.New()} }

func (m *mark) add(all ...string) {
	for _, s := range all {
		m.buf = append(strconv.AppendInt(m.buf[:0], int64(len(s)), 10), ':')
		m.buf = append(m.buf, s...)
		m.sum.Write(m.buf)
	}
}

func (m *mark) String() string { return base64.RawURLEncoding.EncodeToString(m.sum.Sum(nil)[:12]) }

// digest is that of everything that can be asked of names.
func (n *Names) digest() string {
	m := newMark()
	for _, a := range n.agencies {
		m.add("agency", a.ID, a.Name)
	}
	for _, r := range n.routes {
		m.add("route", r.ID, r.Name, string(r.Mode), r.Colour)
	}
	for i := range n.stops.ids.len() {
		m.add("stop", n.stops.ids.at(i), n.stops.names.at(int(n.stops.name[i])))
	}
	return m.String()
}

// A versioned directory says which names it knows: another version knows others.
type versioned interface{ Version() string }

// versionOf is that of a directory; empty: it has none.
func versionOf(d alerts.Directory) string {
	if v, ok := d.(versioned); ok {
		return v.Version()
	}
	return ""
}

// Version tells tables apart: another one has another entry.
func (t Table) Version() string {
	if t.version != "" {
		return t.version
	}
	text, err := json.Marshal([]any{t.Routes, t.Stops, t.Agencies})
	if err != nil { // there is nothing in it that could fail
		return ""
	}
	m := newMark()
	m.add(string(text))
	return m.String()
}

// sealed is a directory that need not go through a table for its version each time.
func sealed(d alerts.Directory) alerts.Directory {
	if t, ok := d.(Table); ok {
		t.version = t.Version()
		return t
	}
	return d
}

// Version changes when that of either directory does.
func (j joined) Version() string {
	return strconv.Quote(versionOf(j.first)) + strconv.Quote(versionOf(j.second))
}
