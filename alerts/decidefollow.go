package alerts

import (
	"strings"
	"time"

	"spool"
)

// following tells readers of a live thread what has changed.
func (s *situation) following() Decision {
	if s.thread.going != "" {
		return Decision{Why: beingTaken + s.thread.going}
	}
	if s.thread.known == nil {
		return Decision{Why: "nobody knows what post " + s.thread.head.ID + " tells"}
	}
	changes := s.changes()
	if len(changes) == 0 {
		return Decision{}
	}
	if at := s.rolls(changes); at.After(s.now) {
		return Decision{Again: at, Why: "its end keeps moving: it is told again when the one that readers know is near"}
	}
	why := inWords(changes)
	tries := 0
	for _, u := range s.thread.gone {
		if u.Purpose != spool.Update || u.Created.Before(s.thread.last) || len(Tells(tellingOf(u), s.told)) > 0 {
			continue
		}
		switch {
		case u.State == spool.Failed:
			tries++
		case u.State == spool.Dropped && !ours(u.Reason):
			return Decision{Why: "the update " + u.ID + " was given up by somebody: " + u.Reason}
		case u.State == spool.Held:
			return Decision{Why: "post " + u.ID + " waits for a person: " + u.Reason}
		}
		if tries > 1 {
			return Decision{Why: "the update was refused twice, and says nothing else now: post " + u.ID + ": " + u.Reason}
		}
	}
	d := Deed{Do: DoUpdate, Phase: spool.Changes, Post: s.thread.head, Why: why}
	if !s.worse() {
		d.NotBefore = s.spaced()
	}
	return Decision{Deeds: []Deed{d}}
}

// inWords says, for people, what has changed.
func inWords(changes []string) string {
	said := make([]string, len(changes))
	for i, c := range changes {
		said[i] = c
		switch c {
		case ChangedEffect, ChangedSeverity:
			said[i] = "another " + c
		case ChangedLines:
			said[i] = "other lines"
		case ChangedUntil:
			said[i] = "another end"
		case ChangedText:
			said[i] = "other words"
		case ChangedMembers:
			said[i] = "other alerts in it"
		}
	}
	return strings.Join(said, ", ")
}

// rolls is when an end is told again that the source moves on and on: not before the one
// that readers know is near. Twice it is told at once. Zero: it is no such end.
func (s *situation) rolls(changes []string) time.Time {
	k := s.thread.known
	if len(changes) != 1 || changes[0] != ChangedUntil || k.Until.IsZero() || !s.told.Until.After(k.Until) || s.thread.moves < 2 {
		return time.Time{}
	}
	return k.Until.Add(-endMoves)
}

// changes is what readers of the thread do not know; that an alert is back which they
// were told is over is one.
func (s *situation) changes() []string {
	changes := Tells(*s.thread.known, s.told)
	if s.thread.known.Phase == spool.Ends {
		return append([]string{"it is back"}, changes...)
	}
	return changes
}

// spaced is when the next update may be sent.
func (s *situation) spaced() time.Time {
	at := s.thread.last
	for _, u := range s.thread.gone {
		if u.State == spool.Failed {
			at = later(at, touched(u))
		}
	}
	return at.Add(s.p.UpdateEvery)
}

// worse reports whether what has changed cannot wait: nothing runs any more, or it has
// become severe.
func (s *situation) worse() bool {
	k := s.thread.known
	return s.told.Effect == spool.NoService && k.Effect != spool.NoService ||
		s.told.Severity == spool.Severe && k.Severity != spool.Severe
}

// hurries reports whether an update that only waits for its turn is to go out at once.
// That is done once: what keeps the next one back is something else.
func (s *situation) hurries(p spool.Post) bool {
	if p.Purpose != spool.Update || p.State != spool.Waiting || p.Refusals > 0 || !p.NotBefore.After(s.now) || p.NotBefore.After(s.spaced()) || !s.worse() {
		return false
	}
	for _, u := range s.thread.gone {
		if u.Reason == whyWorse && !u.Created.Before(s.thread.last) {
			return false
		}
	}
	return true
}
