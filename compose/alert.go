package compose

import (
	"errors"
	"time"

	"spool"
)

// News is what a post about an alert is to tell.
type News struct {
	Phase   spool.Phase
	Before  spool.Telling // of an update and a close: what readers of the thread know
	Changed []string      // of an update: what differs: effect, severity, lines, until, text
	At      time.Time     // of an update and a close: when it became so
	Ending  spool.Ending  // of a close: how it is known that the alert is over
	Members []spool.Item  // of a digest: the alerts that it sums up, the gravest first
}

// Alert words a post about the alert that an item holds, for the phase of its life.
func (w *Wording) Alert(it spool.Item, _ News, _ Values, _ spool.TextLimits) (spool.Content, Report, error) {
	return spool.Content{}, Report{}, errors.New("alerts cannot be worded yet: item " + it.ID)
}
