package compose

import (
	"fmt"
	"time"

	"spool"
)

// News is what a post about an alert is to tell.
type News struct {
	Phase   spool.Phase
	Before  spool.Telling // of an update and a close: what readers of the thread know
	Changed []string      // of an update: what differs: effect, severity, lines, until, text
	At      time.Time     // of an update and a close: when it became so; else when the words are made: "today" is told by it
	Ending  spool.Ending  // of a close: how it is known that the alert is over
	Members []spool.Item  // of a digest: the alerts that it sums up, the gravest first
}

// Alert words a post about the alert that an item holds, for the phase of its life.
// First come the lines, then what is the matter, where, until when and why, in the
// language of the account if the alert has texts in it, and the times in the zone
// of the values. The first posts have the alert's link and picture as the settings
// say; updates and ends, which answer them, begin with their time instead, so that no
// two of a thread are the same. The text is within l, and when it is cut line and
// time stay. The error names an item that there is nothing to say about.
func (w *Wording) Alert(it spool.Item, n News, v Values, l spool.TextLimits) (spool.Content, Report, error) {
	report := Report{Limit: l.Max}
	if it.Alert == nil {
		return spool.Content{}, report, fmt.Errorf("item %s: it is no alert", identity(it))
	}
	about := w.notice(it, n, v)
	if about.silent() {
		return spool.Content{}, report, fmt.Errorf("item %s: nothing can be said of the alert: it has no text, no line and no effect that is known", identity(it))
	}
	c := &composition{wording: w, item: about.item(it), values: v, limits: l, report: &report, text: about.template(w), fallback: "{{ .Title }}", notice: about}
	about.tags = c.lineTags()
	c.ready()
	if about.first() {
		content, err := c.compose()
		return content, report, err
	}
	content := spool.Content{Language: c.language(), Warning: c.warning()}
	err := c.fill(&content, false)
	if err != nil {
		return spool.Content{}, report, err
	}
	return content, report, nil
}

// silent reports whether an alert says nothing.
func (n *notice) silent() bool {
	return !n.digest && n.about == "" && n.header == "" && n.effect == ""
}
