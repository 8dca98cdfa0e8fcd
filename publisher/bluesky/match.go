package bluesky

import (
	"slices"
	"strings"

	"spool"
)

// history is what is on a profile, with how many different texts there are for
// each link: one that several posts share proves nothing by itself.
type history struct {
	list    []listed
	texts   map[string]map[string]bool
	receipt func(listed) (spool.Receipt, bool)
}

// Match finds p by its link, or by its words where the link is shared or
// missing. The post may have been made without its pictures, by a database that
// is gone. The oldest that matches is taken. The link of an alert is that of many, and
// of what people write by hand: it proves nothing.
func (h *history) Match(p spool.Post, taken map[string]bool) (spool.Receipt, bool) {
	for _, n := range []notes{{}, {Instead: true}} {
		want := wish(n.content(p.Content))
		for _, l := range slices.Backward(h.list) {
			if taken[l.URI] || (l.record.Reply != nil) != p.Purpose.Replies() {
				continue
			}
			if want.is(l.record, p.Content.Told != nil || len(h.texts[want.link]) > 1) {
				if r, ok := h.receipt(l); ok {
					return r, true
				}
			}
		}
	}
	return spool.Receipt{}, false
}

// wanted is what a post of ours looks like on the profile.
type wanted struct{ text, link string }

func wish(c spool.Content) wanted {
	r := compose(c, nil, nil, nil, keyTime(""))
	return wanted{text: plain(r.Text), link: r.link()}
}

// is reports whether a record is the one. Blank words prove nothing.
func (w wanted) is(r record, linkShared bool) bool {
	sameText := w.text != "" && plain(r.Text) == w.text
	if w.link != "" && r.link() == w.link {
		return !linkShared || sameText
	}
	return sameText && (w.link == "" || r.link() == "")
}

// plain is a text whatever its white space.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }
