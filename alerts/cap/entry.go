package cap

import (
	"cmp"
	"errors"
	"net/url"
	"path"
	"regexp"
	"strings"

	"spool/alerts"
)

// entry makes alerts of an entry of an index: of the messages that it carries; else of
// the message that it points to, once that was fetched; else of its own elements of CAP.
func (r *reader) entry(raw rawEntry) {
	at := r.place(raw)
	if len(raw.messages) > 0 {
		r.addAll(raw.messages, at)
		return
	}
	pointer := r.pointer(raw)
	if pointer != "" {
		at.names = append(at.names, byAddress+bounded(pointer))
		body, fetched := r.doc.Messages[pointer]
		if fetched && r.fetched(body, pointer, at) {
			return
		}
		if fetched { // it would not be better the next time
			pointer = ""
		}
	}
	switch {
	case raw.speaks:
		r.inline(raw, at, pointer)
	case pointer != "":
		r.partial = true
		r.point(pointer, raw)
	case emptyIndex.MatchString(raw.title):
	default:
		r.partial = true
		r.skipped.add("%s: it has neither a CAP message nor a link to one that can be read", at.called(message{}))
	}
}

// emptyIndex is the title of the only entry of an index of the US National Weather
// Service that lists nothing.
var emptyIndex = regexp.MustCompile(`(?i)^\s*there are no active (watches|warnings|advisories|alerts)\b`)

func (r *reader) place(raw rawEntry) entry {
	at := entry{id: line(cmp.Or(raw.id, raw.guid), maxLine)}
	if at.id != "" {
		at.names = []string{byEntry + bounded(at.id)}
	}
	at.updated = r.moment("updated", cmp.Or(raw.updated, raw.published))
	for _, l := range raw.links {
		if l.rel == "" && strings.Contains(l.mime, "html") || l.rel == "alternate" && strings.Contains(l.mime, "html") {
			at.page = r.address(l.address)
			break
		}
	}
	return at
}

// addAll keeps the messages of an entry. Only of a single one is the entry a name.
func (r *reader) addAll(list []message, at entry) {
	if len(list) > 1 {
		at.id, at.names = "", nil
	}
	for _, m := range list {
		r.add(m, at)
	}
}

// fetched reads the message that an entry points to; false: there is none in it.
func (r *reader) fetched(body []byte, pointer string, at entry) bool {
	m, err := messageOf(body)
	if err != nil {
		where, _, _ := strings.Cut(pointer, "?") // what is asked for may hold a key
		r.notes.add("what is at %s cannot be used: %v", short(where), err)
		return false
	}
	r.add(m, at)
	return true
}

// messageOf reads a document that an index points to: a message, and never another
// index.
func messageOf(body []byte) (message, error) {
	text, err := decode(body)
	if err != nil {
		return message{}, err
	}
	s := newScanner(text)
	root, ok, err := s.root()
	switch {
	case err != nil:
		return message{}, err
	case !ok, shapeOf(root) != Message:
		return message{}, errors.New("it is no CAP message")
	}
	return readMessage(s, root)
}

// inline makes an alert of an entry's own elements. The message that it points to says
// more, so it is asked for all the same.
func (r *reader) inline(raw rawEntry, at entry, pointer string) {
	m := raw.fields
	in := raw.block
	in.headline = cmp.Or(in.headline, raw.title)
	in.description = cmp.Or(in.description, raw.summary)
	m.infos = []info{in}
	at.inline = true
	if v := judge(m, true); v.broken && pointer != "" { // the message will tell
		r.partial = true
		r.point(pointer, raw)
		return
	} else if v.why == "" && pointer != "" {
		r.point(pointer, raw)
	}
	r.add(m, at)
}

// point asks for a message.
func (r *reader) point(pointer string, raw rawEntry) {
	if r.seen[pointer] {
		return
	}
	if len(r.missing) >= maxPointers {
		r.partial = true
		r.notes.add("more than %d messages are to be fetched: the rest was left out", maxPointers)
		return
	}
	r.seen[pointer] = true
	version := cmp.Or(raw.updated, raw.published, raw.fields.sent)
	r.missing = append(r.missing, alerts.Pointer{URL: pointer, Version: bounded(strings.TrimSpace(version))})
}

// pointer is the address of the message that an entry is about: a link that is typed as
// such; else one to a file of its own; else one whose address looks like a message's.
// Empty: there is none.
func (r *reader) pointer(raw rawEntry) string {
	const byID = "id"
	candidates := append(raw.links[:len(raw.links):len(raw.links)], link{address: raw.id, rel: byID}, link{address: raw.guid, rel: byID})
	for _, good := range []func(link) bool{typed, filed, likely} {
		for _, l := range candidates {
			if l.rel == "self" || l.rel == "enclosure" && !typed(l) || !good(l) {
				continue
			}
			if l.rel == byID && !strings.Contains(l.address, "://") {
				continue
			}
			if a := r.elsewhere(l.address); a != "" {
				return a
			}
		}
	}
	return ""
}

// elsewhere is an address in full, unless it is that of the index itself.
func (r *reader) elsewhere(s string) string {
	a, _, _ := strings.Cut(r.address(s), "#")
	if own, _, _ := strings.Cut(r.doc.URL, "#"); a == own {
		return ""
	}
	return a
}

func typed(l link) bool {
	return strings.HasPrefix(strings.ToLower(l.mime), "application/cap+xml")
}

func filed(l link) bool { return !strings.Contains(l.mime, "html") && fileOf(l.address) }

// fileOf tells whether an address is that of a file of XML.
func fileOf(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return false
	}
	ext := strings.ToLower(path.Ext(u.Path))
	return ext == ".cap" || ext == ".xml"
}

// likely knows the addresses of some services: files or values that are called after
// CAP, and identifiers of the World Meteorological Organization.
func likely(l link) bool {
	if strings.Contains(l.mime, "html") || strings.Contains(l.mime, "json") {
		return false
	}
	u, err := url.Parse(strings.TrimSpace(l.address))
	if err != nil {
		return false
	}
	name := strings.ToLower(path.Base(u.Path))
	return strings.Contains(name, "capget") || strings.HasPrefix(name, "urn:oid:2.49.0.") || u.Query().Has("cap")
}
