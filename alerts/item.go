package alerts

import (
	"slices"
	"time"

	"spool"
)

// Item is the item that stands for an alert in the ledger, in the language that is
// wanted, as far as there are texts in it. It has nothing of what must not be
// published: neither in its own fields nor in its alert.
func (p Policy) Item(t spool.Tracked, language string) spool.Item {
	a := p.Published(t.Alert)
	title := Pick(a.Header, language)
	summary := Pick(a.Description, language)
	published := a.Created
	if published.IsZero() {
		published = t.First
	}
	return spool.Item{
		ID: t.Item, Feed: t.Feed, GUID: a.ID,
		Link: Pick(a.URL, language).Text, Title: title.Text, Summary: summary.Text,
		Language: orElse(orElse(title.Language, summary.Language), language), Categories: LineNames(a),
		Media: slices.Clone(a.Image), Published: published, Updated: a.Updated, Seen: t.First,
		Alert: &a, Digest: digestOf(a),
	}
}

// Published is an alert without what the policy does not let be published, and without
// the names that it is known by: they may be made of its texts or be its address. What
// it is about, when the source made it and whether it is planned have no field of their
// own: without them there is nothing to tell.
func (p Policy) Published(a spool.Alert) spool.Alert {
	a.Names, a.Replaces = nil, nil
	if len(p.Fields) == 0 {
		return a
	}
	for field, remove := range map[Field]func(){
		FieldHeader:      func() { a.Header, a.Spoken = nil, nil },
		FieldDescription: func() { a.Description = nil },
		FieldInstruction: func() { a.Instruction = nil },
		FieldCause:       func() { a.Cause, a.CauseText = "", nil },
		FieldEffect:      func() { a.Effect, a.EffectText = "", nil },
		FieldPeriod:      func() { a.Periods, a.Ended, a.Guess = nil, time.Time{}, false },
		FieldArea:        func() { a.Area = nil },
		FieldSender:      func() { a.Sender = "" },
		FieldURL:         func() { a.URL = nil },
		FieldImage:       func() { a.Image = nil },
	} {
		if !slices.Contains(p.Fields, field) {
			remove()
		}
	}
	return a
}
