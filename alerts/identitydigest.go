package alerts

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"spool"
)

// sameAlert reports whether two alerts are the same in everything but the moment that
// they were last edited at.
func sameAlert(a, b spool.Alert) bool {
	return bytes.Equal(appendAlert(nil, &a), appendAlert(nil, &b))
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// textDigest is the same for alerts that say the same at the same times, of whatever
// lines.
func textDigest(a *spool.Alert) string {
	b := appendString(nil, string(a.Cause))
	b = appendString(b, string(a.Effect))
	b = appendPeriods(b, a.Periods)
	for _, t := range [...]spool.Texts{a.Header, a.Description, a.Instruction} {
		b = appendTexts(b, t)
	}
	return digest(b)
}

// appendAlert writes an alert so that two that differ are written differently. It has
// every field but Updated: a test sees to that. Writing by hand is many times faster
// than JSON, and this is done for each alert of each reading.
func appendAlert(b []byte, a *spool.Alert) []byte {
	if b == nil {
		b = make([]byte, 0, 2048)
	}
	for _, s := range [...]string{a.ID, string(a.Cause), string(a.Effect), string(a.Severity), a.Sender} {
		b = appendString(b, s)
	}
	for _, all := range [...][]string{a.Names, a.Replaces, a.Members} {
		b = binary.AppendUvarint(b, uint64(len(all)))
		for _, s := range all {
			b = appendString(b, s)
		}
	}
	for _, t := range [...]time.Time{a.Created, a.Notify, a.Ended} {
		b = appendTime(b, t)
	}
	b = appendBools(b, a.Resumed, a.Guess, a.Planned)
	b = appendPeriods(b, a.Periods)
	b = binary.AppendUvarint(b, uint64(len(a.Affected)))
	for i := range a.Affected {
		b = appendAffected(b, &a.Affected[i])
	}
	for _, t := range [...]spool.Texts{
		a.Header, a.Description, a.Instruction, a.Spoken, a.CauseText, a.EffectText, a.Area, a.URL,
	} {
		b = appendTexts(b, t)
	}
	b = binary.AppendUvarint(b, uint64(len(a.Image)))
	for _, m := range a.Image {
		b = appendString(appendString(appendString(appendString(b, m.URL), m.Type), m.Alt), m.Credit)
		b = binary.AppendVarint(binary.AppendVarint(b, int64(m.Width)), int64(m.Height))
	}
	return b
}

func appendAffected(b []byte, e *spool.Affected) []byte {
	for _, s := range [...]string{
		e.Agency, e.Route, string(e.Mode), e.Stop, e.Trip, e.Direction, e.RouteName, e.StopName, e.AgencyName, e.RouteColour,
	} {
		b = appendString(b, s)
	}
	return b
}

func appendPeriods(b []byte, periods []spool.Period) []byte {
	b = binary.AppendUvarint(b, uint64(len(periods)))
	for _, p := range periods {
		b = appendTime(appendTime(b, p.Start), p.End)
	}
	return b
}

func appendTexts(b []byte, texts spool.Texts) []byte {
	b = binary.AppendUvarint(b, uint64(len(texts)))
	for _, t := range texts {
		b = appendString(appendString(b, t.Language), t.Text)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTime(b []byte, t time.Time) []byte {
	return binary.AppendVarint(binary.AppendVarint(b, t.Unix()), int64(t.Nanosecond()))
}

func appendBools(b []byte, all ...bool) []byte {
	for _, v := range all {
		if v {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	return b
}

// moment is when an alert was last said to have changed, or made; zero: unknown.
func moment(a *spool.Alert) time.Time {
	if !a.Updated.IsZero() {
		return a.Updated
	}
	return a.Created
}
