package gtfs

import (
	"fmt"
	"slices"
)

// A notebook collects what is said to people about a reading. What happens again and
// again is said once, with how often.
type notebook struct {
	notes []*note
}

type note struct {
	kind string // tells notes apart
	text string // of the first of the kind
	more int
}

// add notes something of a kind. Only the first of a kind is spelled out.
func (b *notebook) add(kind, format string, args ...any) {
	i := slices.IndexFunc(b.notes, func(n *note) bool { return n.kind == kind })
	switch {
	case i >= 0:
		b.notes[i].more++
	case len(b.notes) < maxNotes:
		b.notes = append(b.notes, &note{kind: kind, text: fmt.Sprintf(format, args...)})
	}
}

func (b *notebook) list() []string {
	var list []string
	for _, n := range b.notes {
		text := n.text
		if n.more > 0 {
			text += fmt.Sprintf(" (and %d more like that)", n.more)
		}
		list = append(list, text)
	}
	return list
}
