package dedupe

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"spool"
)

// A kind is where a key comes from. The strings are stored, as prefixes.
type kind string

// The kinds of keys, the strongest first.
const (
	byGUID  kind = "guid" // the guid as it is
	byPage  kind = "page" // a guid that is an address, as Canonical has it
	byLink  kind = "link" // the link, as Canonical has it
	byPath  kind = "path" // the guid or link without its host
	byFile  kind = "file" // the enclosure of an item with neither guid nor link
	byTitle kind = "text" // title and day of an item with nothing else
	byAll   kind = "all"  // guid, link, title and day together, where nothing less tells items apart
)

// A mark is a key and how far it is to be trusted.
type mark struct {
	key  spool.Key
	kind kind
	weak bool // shared by different items of this document: it counts only if all traits agree, and is not remembered
}

// An entry is what the keys of one item of a document are made of.
type entry struct {
	guid string
	page address // of a guid that is an address
	link address // without the addresses that name no article
	full string  // the link, front page or not
	traits

	guidWeak, linkWeak bool
	shares             bool // its guid or its link occurs twice in the document
	marks              []mark
}

// A Document is the items of one document with the names that they go by. It is
// made once for each document, which is where most of the work is.
type Document struct {
	items   []spool.Item
	entries []entry
}

// Identify finds the names of the items of one document.
func Identify(items []spool.Item) Document {
	return Document{items: items, entries: identify(items)}
}

// KeysOf is Identify(items).Keys().
func KeysOf(items []spool.Item) [][]spool.Key { return Identify(items).Keys() }

// Keys returns, for each item, the keys to look up, the strongest first. An item
// with nothing to be known by has none.
func (d Document) Keys() [][]spool.Key {
	entries := d.entries
	keys := make([][]spool.Key, len(entries))
	for i := range entries {
		ks := make([]spool.Key, len(entries[i].marks))
		for j, m := range entries[i].marks {
			ks[j] = m.key
		}
		keys[i] = ks
	}
	return keys
}

// ID is an item's short and stable id, from its group and its strongest key.
// It is lower case letters and digits, fit for a command line.
func ID(group string, k spool.Key) string {
	sum := sha256.Sum256([]byte(group + "\x00" + string(k)))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10]))
}

// identify looks at a document as a whole, because only there is it seen which
// names do not tell its items apart.
func identify(items []spool.Item) []entry {
	entries := make([]entry, len(items))
	for i := range items {
		entries[i] = newEntry(items[i])
	}
	judgeLinks(entries)
	judgeGUIDs(entries)
	paths := oneHost(entries)
	var room []mark // one array for all: a document has thousands of marks
	for i := range entries {
		start := len(room)
		room = entries[i].appendMarks(room, items[i], len(items), paths)
		entries[i].marks = room[start:len(room):len(room)]
	}
	return entries
}

func newEntry(it spool.Item) entry {
	e := entry{guid: strings.TrimSpace(it.GUID), link: parse(it.Link)}
	if e.guid != "" {
		e.page = article(sameAddress(e.guid, it.Link, e.link))
	}
	e.full, e.link = e.link.full, article(e.link)
	e.traits = traits{head: headline(it), day: day(it)}
	if e.link.full != "" {
		e.traits.link = short(e.link.full)
	}
	return e
}

// sameAddress parses a guid, unless it is the link, which is parsed already.
func sameAddress(guid, rawLink string, link address) address {
	if guid == rawLink {
		return link
	}
	return parse(guid)
}

// article is a, or nothing if it is a site's front page, which every item may
// point to.
func article(a address) address {
	if a.rest() == "" {
		return address{}
	}
	return a
}

// A tally is what the items that share a name have in common.
type tally struct {
	first    int // the first such item
	count    int
	alike    bool // same title, and dates that do not differ
	sameGUID bool
}

// judgeLinks doubts a link that more than two items of a document share, or all
// of them. It believes one that repeats a single story.
func judgeLinks(entries []entry) {
	tallies := make(map[string]*tally, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.link.full == "" {
			continue
		}
		t := tallies[e.link.full]
		if t == nil {
			tallies[e.link.full] = &tally{first: i, count: 1, alike: true, sameGUID: true}
			continue
		}
		first := &entries[t.first]
		t.count++
		t.alike = t.alike && e.head == first.head && !differ(e.day, first.day)
		t.sameGUID = t.sameGUID && e.guid == first.guid
	}
	for i := range entries {
		e := &entries[i]
		if t := tallies[e.link.full]; t != nil && t.count > 1 {
			all := t.count == len(entries)
			e.shares = true
			e.linkWeak = t.count > 2 && !t.alike || all && !(t.alike && t.sameGUID)
		}
	}
}

// judgeGUIDs doubts a guid that items with different links and titles share.
func judgeGUIDs(entries []entry) {
	tallies := make(map[string]*tally, len(entries))
	for i := range entries {
		e := &entries[i]
		if e.guid == "" {
			continue
		}
		t := tallies[e.guid]
		if t == nil {
			tallies[e.guid] = &tally{first: i, count: 1, alike: true}
			continue
		}
		first := &entries[t.first]
		sameLink := e.link.full != "" && !e.linkWeak && e.link == first.link
		t.count++
		t.alike = t.alike && (sameLink || e.head != "" && e.head == first.head)
	}
	for i := range entries {
		e := &entries[i]
		if t := tallies[e.guid]; t != nil && t.count > 1 {
			e.shares, e.guidWeak = true, !t.alike
		}
	}
}

// oneHost reports whether all items are of one host. Only then does a path
// without its host mean anything: a planet's blogs all have a "/?p=12".
func oneHost(entries []entry) bool {
	host := ""
	for i := range entries {
		switch h := entries[i].base().host(); {
		case h == "":
		case host == "":
			host = h
		case h != host:
			return false
		}
	}
	return true
}

// base is the address whose path would survive a move to another host.
func (e *entry) base() address {
	if e.guid == "" {
		return e.link
	}
	return e.page
}

// baseWeak reports whether the name that base comes from is doubtful.
func (e *entry) baseWeak() bool {
	if e.guid == "" {
		return e.linkWeak
	}
	return e.guidWeak
}

func (e *entry) appendMarks(ms []mark, it spool.Item, size int, paths bool) []mark {
	before := len(ms)
	if e.guid != "" {
		ms = append(ms, mark{key(byGUID, e.guid), byGUID, e.guidWeak})
	}
	if e.page.full != "" && e.page.full != e.link.full {
		ms = append(ms, mark{key(byPage, e.page.full), byPage, e.guidWeak})
	}
	if e.link.full != "" {
		ms = append(ms, mark{key(byLink, e.link.full), byLink, e.linkWeak})
	}
	if b := e.base(); paths && b.full != "" && !e.baseWeak() {
		ms = append(ms, mark{key(byPath, b.rest()), byPath, false})
	}
	if len(ms) == before {
		return e.appendLast(ms, it)
	}
	if needed := !strong(ms[before:]); needed || e.shares || size <= 3 {
		// In a document so small a shared name may have ceased to show.
		ms = append(ms, mark{e.all(), byAll, false})
	}
	return ms
}

func strong(ms []mark) bool {
	for _, m := range ms {
		if !m.weak {
			return true
		}
	}
	return false
}

// appendLast appends the one key of an item without guid and link.
func (e *entry) appendLast(ms []mark, it spool.Item) []mark {
	if file := enclosure(it); file != "" {
		return append(ms, mark{key(byFile, file), byFile, false})
	}
	if e.head == "" {
		return ms
	}
	var room [512]byte
	b := appendWords(room[:0], it.Title)
	b = append(b, 0)
	if it.Title == "" {
		b = appendWords(b, it.Summary)
	}
	return append(ms, mark{key(byTitle, strings.ToLower(string(b))+"\x00"+e.day), byTitle, false})
}

// enclosure is the address of an item's sound or film, else of what it has.
func enclosure(it spool.Item) string {
	for _, m := range it.Media {
		if strings.HasPrefix(m.Type, "audio/") || strings.HasPrefix(m.Type, "video/") {
			return article(parse(m.URL)).full
		}
	}
	if len(it.Media) > 0 {
		return article(parse(it.Media[0].URL)).full
	}
	return ""
}

func (e *entry) all() spool.Key {
	return key(byAll, e.guid+"\x00"+e.link.full+"\x00"+e.head+"\x00"+e.day)
}

func key(k kind, name string) spool.Key {
	var room [512]byte
	return spool.Key(string(k) + ":" + hash(append(room[:0], name...)))
}

// differ reports whether two traits are both known and not the same.
func differ(a, b string) bool { return a != "" && b != "" && a != b }
