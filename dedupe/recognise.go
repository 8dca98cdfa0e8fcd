package dedupe

import (
	"slices"

	"spool"
)

// unchanged finds the known item whose words are those of e.
func (d *decision) unchanged(e *entry, words string) (spool.Known, bool) {
	if len(d.known) == 0 {
		return spool.Known{}, false
	}
	for _, m := range e.marks {
		k, ok := d.known[m.key]
		if !ok || m.kind == byPath && !slices.Contains(k.Feeds, d.policy.Feed) {
			continue
		}
		if before, t, told := recall(k.Digest); told && before == words && !differ(e.day, t.day) {
			return k, true
		}
	}
	return spool.Known{}, false
}

// match finds the item that the strongest believable key leads to.
func (d *decision) match(e *entry) (hit spool.Known, note string, ok bool) {
	var by kind
	reused := false // the guid is another item's
	for _, m := range e.marks {
		k, found := d.lookup(m.key)
		if !found {
			continue
		}
		if !e.believes(m, k, d.policy.Feed) && !(reused && m.kind == byLink && !m.weak) {
			reused = reused || m.kind == byGUID
			continue
		}
		switch {
		case !ok:
			hit, by, ok = k, m.kind, true
		case k.Item != hit.Item && note == "":
			note = "its " + by.word() + " and its " + m.kind.word() + " belong to two different known items: the " + by.word() + " counts"
		}
	}
	return hit, note, ok
}

// lookup finds what is known under a key, by the traits that will be remembered
// after this poll: the next one will compare with those.
func (d *decision) lookup(k spool.Key) (spool.Known, bool) {
	known, ok := d.known[k]
	if !ok {
		known, ok = d.here[k]
	}
	if i, twice := d.byID[known.Item]; ok && twice {
		known.Digest = d.kept[i]
	}
	return known, ok
}

func (k kind) word() string {
	switch k {
	case byGUID, byPage:
		return "guid"
	case byPath:
		return "path"
	case byLink:
		return "link"
	}
	return "text"
}

// believes decides whether the item that a key leads to is this one. A guid may
// have been used before for another article; a link, if the guid is new, may be
// that of a page whose content is replaced each day; a path is only good within
// its feed, and between a publisher's mobile and other addresses if the headline
// agrees.
func (e *entry) believes(m mark, k spool.Known, feed string) bool {
	_, t, told := recall(k.Digest)
	sameHead := e.head != "" && e.head == t.head
	sameDay := e.day != "" && e.day == t.day
	switch {
	case m.kind == byPath && !slices.Contains(k.Feeds, feed):
		return told && sameHead && e.twin(t.link)
	case !told:
		return !m.weak
	case m.weak:
		return sameHead && e.traits.link == t.link && !differ(e.day, t.day)
	}
	switch m.kind {
	case byGUID, byPage:
		return sameDay || !differ(e.traits.link, t.link) || !differ(e.head, t.head)
	case byPath:
		return sameHead || sameDay
	case byLink:
		return e.guid == "" || e.guidWeak || e.onLink() || !differ(e.head, t.head) || !differ(e.day, t.day)
	}
	return true
}

// twin reports whether a known item's link, by its trait, is e's on the mobile
// host of the same site, or on the one that is not mobile.
func (e *entry) twin(link string) bool {
	return slices.ContainsFunc(twins(e.link), func(other string) bool { return link == short(other) })
}

// onLink reports whether the guid is the link, apart from the fragment that
// some publishers count versions in.
func (e *entry) onLink() bool { return e.page.full != "" && e.page.page() == e.link.page() }

// free is the strongest key that belongs to nobody, for the ID of a new item.
func (d *decision) free(e *entry) spool.Key {
	for _, m := range e.marks {
		if _, taken := d.lookup(m.key); !taken && !m.weak {
			return m.key
		}
	}
	return e.all()
}

// learn returns the keys of an item that nobody knows yet, and knows them from
// now on. The combined key is remembered only when nothing less is to go by.
func (d *decision) learn(e *entry, it spool.Item) []spool.Key {
	var keys []spool.Key
	_, known := d.byID[it.ID]
	mine := spool.Known{Item: it.ID, Feeds: d.feeds} // with the digest of its verdict: see lookup
	for _, m := range e.marks {
		k, taken := d.lookup(m.key)
		known = known || taken && k.Item == it.ID
		if taken || m.weak || m.kind == byAll {
			continue
		}
		keys = append(keys, m.key)
		d.here[m.key] = mine
	}
	if all := e.all(); len(keys) == 0 && !known {
		keys = append(keys, all)
		d.here[all] = mine
	}
	return keys
}
