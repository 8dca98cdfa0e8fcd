package gtfsrt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"spool"
	"spool/alerts"
)

// digest names everything that a reading says but when it was made. The order of the
// alerts does not count: some servers change it each time.
func digest(of alerts.Reading) string {
	var p imprint
	sums := make([][sha256.Size]byte, 0, len(of.Alerts)+1)
	for _, a := range of.Alerts {
		p = p[:0]
		p.alert(a)
		sums = append(sums, sha256.Sum256(p))
	}
	slices.SortFunc(sums, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	p = p[:0]
	p.text(of.Format)
	p.list(of.Withdrew)
	p.list(of.Skipped)
	p.yes(of.Partial)
	for _, s := range sums {
		p = append(p, s[:]...)
	}
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:16])
}

// unnamed is the id of an alert whose entity has none: what it says names it.
func unnamed(a spool.Alert) string {
	var p imprint
	p.texts(a.Header)
	p.texts(a.Description)
	p.text(string(a.Effect))
	p.affected(a.Affected)
	sum := sha256.Sum256(p)
	return "unnamed-" + hex.EncodeToString(sum[:8])
}

// An imprint is an alert written so that two that differ are written differently: what is
// of variable length is preceded by how long it is.
type imprint []byte

// alert writes every field.
func (p *imprint) alert(a spool.Alert) {
	p.list([]string{a.ID, a.Sender, string(a.Cause), string(a.Effect), string(a.Severity)})
	p.list(a.Names)
	p.list(a.Replaces)
	p.list(a.Members)
	for _, t := range []time.Time{a.Created, a.Updated, a.Notify, a.Ended} {
		p.time(t)
	}
	p.number(len(a.Periods))
	for _, q := range a.Periods {
		p.time(q.Start)
		p.time(q.End)
	}
	for _, b := range []bool{a.Resumed, a.Guess, a.Planned} {
		p.yes(b)
	}
	p.affected(a.Affected)
	for _, t := range []spool.Texts{a.Header, a.Description, a.Instruction, a.Spoken, a.CauseText, a.EffectText, a.Area, a.URL} {
		p.texts(t)
	}
	p.number(len(a.Image))
	for _, m := range a.Image {
		p.list([]string{m.URL, m.Type, m.Alt, m.Credit})
		p.number(m.Width)
		p.number(m.Height)
	}
}

func (p *imprint) affected(all []spool.Affected) {
	p.number(len(all))
	for i := range all {
		a := &all[i]
		for _, s := range [...]string{a.Agency, a.Route, string(a.Mode), a.Stop, a.Trip, a.Direction, a.RouteName, a.StopName, a.AgencyName, a.RouteColour} {
			p.text(s)
		}
	}
}

func (p *imprint) texts(texts spool.Texts) {
	p.number(len(texts))
	for _, t := range texts {
		p.text(t.Language)
		p.text(t.Text)
	}
}

func (p *imprint) list(all []string) {
	p.number(len(all))
	for _, s := range all {
		p.text(s)
	}
}

func (p *imprint) text(s string) {
	p.number(len(s))
	*p = append(*p, s...)
}

// time writes a moment to the second, as documents have it; the zero one is another
// than any that they can name.
func (p *imprint) time(t time.Time) { *p = binary.AppendVarint(*p, t.Unix()) }

func (p *imprint) number(n int) { *p = binary.AppendVarint(*p, int64(n)) }

func (p *imprint) yes(b bool) {
	n := 0
	if b {
		n = 1
	}
	p.number(n)
}
