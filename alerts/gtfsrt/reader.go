package gtfsrt

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"spool/alerts"
)

// A reader gathers what a document says.
type reader struct {
	doc       alerts.Document
	out       alerts.Reading
	pages     pages
	seconds   uint64         // when the document was made, since 1970; 0: it does not say
	ids       map[string]int // how many alerts have an id
	selectors int            // so many more are kept
	timed     bool           // what is kept of an alert depends on seconds
	others    int            // entities about something else
	over      int            // alerts beyond maxAlerts
	skips     remarks
	notes     remarks
}

func newReader(doc alerts.Document) *reader {
	return &reader{doc: doc, selectors: maxAllSelectors, ids: map[string]int{}, pages: newPages(doc.URL)}
}

// full reports whether no further alert is taken.
func (r *reader) full() bool { return len(r.out.Alerts) >= maxAlerts }

// entity takes the nth entity of a document, or says why it cannot.
func (r *reader) entity(n int, x record, err error) {
	switch {
	case err != nil:
		r.out.Partial = true
		r.skips.add("it is broken, "+err.Error(), place(n, x.id))
	case x.deleted:
		r.withdraw(n, x.id)
	case !x.alert:
		r.others++
	case r.full():
		r.over++
	default:
		r.add(n, x)
	}
}

// withdraw notes an alert that the source takes back. In a full data set none should be
// marked so, but then it is meant.
func (r *reader) withdraw(n int, id string) {
	if id = identifier(id); id != "" && len(r.out.Withdrew) < maxAlerts {
		r.out.Withdrew = append(r.out.Withdrew, alerts.Name(alerts.NameID, id))
		return
	}
	r.skips.add("it is marked as deleted", place(n, id))
}

func (r *reader) add(n int, x record) {
	a := r.alert(n, x)
	if len(a.Header)+len(a.Description)+len(a.Spoken) == 0 && a.Effect == "" && len(a.Affected) == 0 {
		r.skips.add("it says nothing: no text, no effect, no line or stop", place(n, x.id))
		return
	}
	if r.ids[a.ID]++; r.ids[a.ID] == 2 {
		r.note("ids stand for several alerts", a.ID)
	}
	r.out.Alerts = append(r.out.Alerts, a)
}

// place is an entity, for people. Its id is shown as far as it is short.
func place(n int, id string) string {
	where := "entity " + strconv.Itoa(n)
	if id = identifier(id); id != "" {
		where += " (id " + strconv.Quote(shorten(id, 60)) + ")"
	}
	return where
}

// reading is what the reader has gathered.
func (r *reader) reading() alerts.Reading {
	r.name()
	if r.over > 0 {
		r.out.Partial = true
		r.note(fmt.Sprintf("the document has %d alerts more than the %d that are read", r.over, maxAlerts), "")
	}
	if r.others > 0 && len(r.out.Alerts) == 0 {
		r.note(fmt.Sprintf("the document has %d entities about trips, vehicles or changes, and no alert: this may be the wrong one "+
			"of the agency's addresses", r.others), "")
	}
	r.out.Withdrew = slices.DeleteFunc(r.out.Withdrew, func(name string) bool {
		_, id := alerts.KindOf(name)
		return r.ids[id] > 0 // it is listed as well, and that counts
	})
	r.out.Skipped, r.out.Notes = r.skips.lines(), r.notes.lines()
	r.out.Digest = digest(r.out)
	if r.timed {
		r.out.Print = alerts.Print{}
	}
	return r.out
}

// note keeps something for people that had to be repaired; id is the alert's, or empty.
func (r *reader) note(what, id string) {
	if id != "" {
		id = "alert " + strconv.Quote(shorten(id, 60))
	}
	r.notes.add(what, id)
}

// remarks are things to say, each with the first place that it is true of and how many
// there are: hundreds of alerts tend to have the same fault.
type remarks struct {
	said  []remark
	index map[string]int
	lost  int
}

type remark struct {
	what, where string
	times       int
}

func (m *remarks) add(what, where string) {
	if i, ok := m.index[what]; ok {
		m.said[i].times++
		return
	}
	if len(m.said) >= maxReasons {
		m.lost++
		return
	}
	if m.index == nil {
		m.index = map[string]int{}
	}
	m.index[what] = len(m.said)
	m.said = append(m.said, remark{what, where, 1})
}

func (m *remarks) lines() []string {
	var lines []string
	for _, s := range m.said {
		line := s.what
		switch {
		case s.where != "" && s.times > 1:
			line = fmt.Sprintf("%s and %d more: %s", s.where, s.times-1, s.what)
		case s.where != "":
			line = s.where + ": " + s.what
		}
		lines = append(lines, line)
	}
	if m.lost > 0 {
		lines = append(lines, fmt.Sprintf("and %d more like these", m.lost))
	}
	return lines
}

// identifier cleans an id: valid UTF-8 without control characters and space around it.
// One that is too long to be kept is replaced by a digest of it.
func identifier(s string) string {
	if !tidyID(s) {
		s = strings.TrimSpace(strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD")))
	}
	if len(s) > maxName {
		sum := sha256.Sum256([]byte(s))
		return "sha256-" + hex.EncodeToString(sum[:16])
	}
	return s
}

func name(b []byte) string { return identifier(string(b)) }

// tidyID reports whether s is ASCII that identifier would leave alone but for its length.
func tidyID(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
