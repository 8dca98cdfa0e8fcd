package cap

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"spool"
)

// A found is a message that is for the public, and what it does to others.
type found struct {
	alert   spool.Alert
	sent    time.Time
	cancels bool // it takes back what it refers to: Replaces of the alert
}

// add keeps a message if it is for the public. at is the entry of an index that it
// belongs to; empty: none.
func (r *reader) add(m message, at entry) {
	v := judge(m, at.inline)
	if v.why != "" {
		r.skipped.add("%s: %s", at.called(m), v.why)
		r.partial = r.partial || v.broken
		return
	}
	if m.cut {
		r.notes.add("%s: texts longer than %d bytes were cut", at.called(m), maxText)
	}
	if m.left > 0 {
		r.notes.add("%s: %d info blocks beyond the first %d were left out", at.called(m), m.left, maxInfos)
	}
	r.oddities(m, at)
	f := r.build(m, at)
	if !f.cancels && len(f.alert.Header)+len(f.alert.Description) == 0 {
		r.skipped.add("%s: it says nothing", at.called(m))
		r.partial = true
		return
	}
	r.found = append(r.found, f)
}

// oddities notes what is against the standard in a message that is used all the same.
func (r *reader) oddities(m message, at entry) {
	if strings.ContainsAny(m.identifier+m.sender, " ,<&\t\n") {
		r.notes.add("%s: its identifier or sender holds a space, a comma, < or &, which CAP forbids", at.called(m))
	}
	if m.sent == "" && !at.inline {
		r.notes.add("%s: it does not say when it was sent", at.called(m))
	}
	if strings.EqualFold(m.msgType, "Update") && m.references == "" && !at.inline {
		r.notes.add("%s: it is an update, and does not say of what", at.called(m))
	}
	for _, in := range m.infos {
		for _, f := range [][2]string{{"urgency", in.urgency}, {"severity", in.severity}, {"certainty", in.certainty}} {
			if f[1] != "" && !known(f[0], f[1]) {
				r.notes.add("%s: its %s is %q, which CAP does not know", at.called(m), f[0], short(f[1]))
			}
		}
	}
}

// known tells whether a value is one of those that the standard names.
func known(what, value string) bool {
	values := map[string]string{
		"urgency":   " immediate expected future past unknown ",
		"severity":  " extreme severe moderate minor unknown ",
		"certainty": " observed likely very likely possible unlikely unknown ", // "very likely" was in version 1.0
	}
	return strings.Contains(values[what], " "+strings.ToLower(value)+" ")
}

// build makes an alert of a message.
func (r *reader) build(m message, at entry) found {
	infos, over := holding(m.infos)
	sent := cmp.Or(r.moment("sent", m.sent), at.updated)
	refs := r.references(m)
	a := spool.Alert{
		ID:      cmp.Or(at.id, bounded(m.identifier)),
		Names:   unique(append(r.own(m, at), at.names...)),
		Created: sent, Updated: sent,
		Severity: severityOf(infos), // never Planned: urgency Future is said of storms, which nobody has planned
	}
	for _, ref := range refs {
		a.Replaces = append(a.Replaces, ref.names...)
		if !ref.sent.IsZero() && ref.sent.After(earliest) && ref.sent.Before(a.Created) {
			a.Created = ref.sent
		}
	}
	a.Replaces = unique(a.Replaces)
	r.words(&a, infos, at)
	r.times(&a, infos, sent)
	if over {
		a.Ended = cmp.Or(sent, r.moment("effective", first(infos, func(in info) string { return in.effective })))
		a.Resumed = !a.Ended.IsZero()
	}
	r.events(&a, infos, sent)
	a.Image = r.images(infos)
	if a.ID == "" { // an entry of an index that has no id
		a.ID = "text-" + digest(textOf(a.Header)+"\n"+textOf(a.Area)+"\n"+textOf(a.Description))
	}
	return found{alert: a, sent: sent, cancels: strings.EqualFold(m.msgType, "Cancel")}
}

// own are the names that a message gives itself. An index that leaves out who sent it
// does not say enough for one.
func (r *reader) own(m message, at entry) []string {
	if at.inline && m.sender == "" {
		return nil
	}
	return r.names(m.sender, m.identifier, m.sent)
}

// holding are the blocks that say what is the case. Those that give the all-clear count
// only when all do: then the whole is over.
func holding(infos []info) (holds []info, over bool) {
	for _, in := range infos {
		if !allClear(in) {
			holds = append(holds, in)
		}
	}
	if len(holds) == 0 && len(infos) > 0 {
		return infos, true
	}
	return holds, false
}

func allClear(in info) bool {
	return slices.ContainsFunc(in.responses, func(s string) bool { return strings.EqualFold(s, "AllClear") })
}

// ranks of severities as CAP has them, the gravest first; 0 is none.
func rank(in info) int {
	if strings.EqualFold(in.certainty, "Unlikely") {
		return 1 // "not expected to occur", as the standard has it
	}
	switch strings.ToLower(in.severity) {
	case "extreme":
		return 4
	case "severe":
		return 3
	case "moderate":
		return 2
	case "minor":
		return 1
	}
	return 0
}

// severityOf is that of the gravest block.
func severityOf(infos []info) spool.Severity {
	top := 0
	for _, in := range infos {
		top = max(top, rank(in))
	}
	return []spool.Severity{"", spool.Info, spool.Warning, spool.Severe, spool.Severe}[top]
}

// images are the pictures of all blocks, each once, four at most.
func (r *reader) images(infos []info) []spool.Media {
	var out []spool.Media
	for _, in := range infos {
		for _, im := range in.images {
			mime := strings.ToLower(strings.TrimSpace(im.mime))
			address := r.address(im.address)
			known := slices.ContainsFunc(out, func(m spool.Media) bool { return m.URL == address })
			if !strings.HasPrefix(mime, "image/") || address == "" || known || len(out) == 4 {
				continue
			}
			out = append(out, spool.Media{URL: address, Type: mime, Alt: line(im.words, maxLine)})
		}
	}
	return out
}

// address is an address of the document in full, http and https only; empty: it is none.
func (r *reader) address(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 2048 {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	if base, err := url.Parse(r.doc.URL); err == nil && r.doc.URL != "" {
		u = base.ResolveReference(u)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
		return ""
	}
	return u.String()
}

func textOf(t spool.Texts) string {
	if len(t) == 0 {
		return ""
	}
	return t[0].Text
}

func first(infos []info, of func(info) string) string {
	for _, in := range infos {
		if v := of(in); v != "" {
			return v
		}
	}
	return ""
}

// unique keeps the first of equal names.
func unique(names []string) []string {
	var out []string
	seen := make(map[string]bool, len(names))
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}
