package alerts

import (
	"slices"

	"spool"
)

// A group is the entities of a reading that are one incident.
type group struct {
	rec   *record // the entry of the book that it is; nil: none
	ents  []*entity
	names []string

	judged  bool
	alert   spool.Alert
	filter  string // why it is not to be told; empty: it is
	derived bool   // it is severe for its effect alone
}

// An index finds entries of the book by name.
type index map[string][]*record

// assign finds out which entities of a reading are which alerts of the book, and
// which are one incident. In this order:
//
//  1. by the names that are sure, then by those that parts of an incident share, then
//     by the names of alerts that it takes the place of;
//  2. by a page about it, of an alert that is not listed otherwise;
//  3. parts of one reading that say the same are one;
//  4. by line, effect and words, of an alert that has left with this reading, or lately.
func (k *tracker) assign(all []*entity) []*group {
	ix := k.index(func(rec *record) bool { return !rec.cold })
	claimed := map[*record][]*entity{}
	claim := func(e *entity, rec *record) {
		if rec != nil {
			e.rec = rec
			claimed[rec] = append(claimed[rec], e)
		}
	}
	ids := k.believe(all)
	said := map[*record]bool{}
	if ids == idsMove {
		k.claimByWords(all, claim)
		for rec := range claimed {
			said[rec] = true
		}
	}
	for _, e := range all {
		if e.rec == nil {
			claim(e, k.find(ix, e, func(rec *record, name string) bool {
				return !said[rec] && k.plausible(e, rec, name, ids)
			}))
		}
	}
	k.findOld(all, claim)
	for _, e := range all {
		if rec := k.findPage(ix, e); rec != nil && claimed[rec] == nil {
			claim(e, rec)
		}
	}
	groups := k.group(all, claimed)
	k.claimVanished(groups, claimed)
	k.absorb(ix, all, claimed)
	return groups
}

// index finds some of the book's entries by all names that they have been known by.
func (k *tracker) index(of func(*record) bool) index {
	ix := make(index, len(k.book))
	for _, rec := range k.book {
		if !of(rec) {
			continue
		}
		for _, n := range rec.t.Names {
			ix[n] = append(ix[n], rec)
		}
	}
	return ix
}

// returns reports whether an alert that is listed under a name of the entry is that
// one: it is open, or it was over and listed all the while, or came back soon. An
// agency uses an id again after long.
func (k *tracker) returns(rec *record) bool {
	if rec.t.Open || rec.t.Since.IsZero() || k.log || rec.mem.Final {
		return true
	}
	return k.now.Sub(later(rec.t.Closed, rec.t.Since)) <= k.p.ReopenWithin
}

// findOld looks among alerts that were over long ago for those that come back all the
// same.
func (k *tracker) findOld(all []*entity, claim func(*entity, *record)) {
	var ix index
	for _, e := range all {
		if e.rec != nil {
			continue
		}
		if ix == nil {
			ix = k.index(func(rec *record) bool { return rec.cold })
		}
		claim(e, k.find(ix, e, func(rec *record, name string) bool {
			return trustOf(name) == bySure && born(e.alert, &rec.t.Alert)
		}))
	}
}

// born reports whether an alert that comes back after long is the same all the same:
// it was made at the same moment, as far as it says. A source that was empty for half
// a day lists old alerts again, not new ones under old ids.
func born(a, b *spool.Alert) bool {
	if !a.Created.IsZero() || !b.Created.IsZero() {
		return a.Created.Equal(b.Created)
	}
	return !a.Start().IsZero() && a.Start().Equal(b.Start()) && slices.Equal(a.Header, b.Header)
}

// find looks an entity up by its names but pages, and then by what it replaces.
func (k *tracker) find(ix index, e *entity, fits func(*record, string) bool) *record {
	for _, n := range e.names {
		if trustOf(n) == byPage {
			continue
		}
		if rec := best(ix[n], func(rec *record) bool { return fits(rec, n) }); rec != nil {
			return rec
		}
	}
	for _, n := range e.instead {
		if rec := best(ix[n], k.returns); rec != nil {
			return rec
		}
	}
	return nil
}

// findPage looks an entity up by the pages about it. A page of another line's alert that
// says something else is about alerts in general.
func (k *tracker) findPage(ix index, e *entity) *record {
	if e.rec != nil {
		return nil
	}
	for _, n := range e.names {
		if trustOf(n) != byPage {
			continue
		}
		if rec := best(ix[n], func(rec *record) bool { return k.returns(rec) && k.akin(e, rec) }); rec != nil {
			return rec
		}
	}
	return nil
}

// akin reports whether an entity and an entry have a line in common, as far as they name
// any, or words.
func (k *tracker) akin(e *entity, rec *record) bool {
	a := e.classified(k)
	return !apart(&a, &rec.t.Alert) || gistOf(&a).likeness(gistOf(&rec.t.Alert)) >= headersApart
}

// best is the entry that is most likely meant, of several that were known by a name:
// an open one, then the one closed last, then the one that has been there longest.
func best(all []*record, fits func(*record) bool) *record {
	var found *record
	for _, rec := range all {
		if (found == nil || before(rec, found)) && fits(rec) {
			found = rec
		}
	}
	return found
}

func before(a, b *record) bool {
	switch {
	case a.t.Open != b.t.Open:
		return a.t.Open
	case !a.t.Closed.Equal(b.t.Closed):
		return a.t.Closed.After(b.t.Closed)
	case !a.t.First.Equal(b.t.First):
		return a.t.First.Before(b.t.First)
	}
	return a.t.Item < b.t.Item
}

// plausible reports whether an entity can be the alert whose id it has. Ids are not
// believed when everything else differs; those that may number alerts by their place
// in the document when lines and words differ; and those that do only when there is
// more that speaks for it.
func (k *tracker) plausible(e *entity, rec *record, name string, ids belief) bool {
	if kind, _ := KindOf(name); k.log || rec.mem.Final || kind != NameID && kind != NameLike {
		return true
	}
	is := &rec.t.Alert
	if slices.Equal(e.alert.Header, is.Header) && len(is.Header) > 0 {
		return ids != idsMove || !apart(e.alert, is)
	}
	a := e.classified(k)
	likeness := gistOf(&a).likeness(gistOf(is))
	switch {
	case ids == idsHold:
		return !apart(&a, is) || a.Effect == is.Effect || likeness >= headersApart
	case ids == idsMay:
		return !apart(&a, is) || likeness >= headersApart
	case len(lines(a)) == 0 || len(lines(*is)) == 0:
		return likeness >= headersAlike
	}
	return !apart(&a, is) && (a.Effect == is.Effect || likeness >= headersApart)
}

// apart reports whether two alerts are about different lines, as far as they name any.
func apart(a, b *spool.Alert) bool {
	here, there := lines(*a), lines(*b)
	return len(here) > 0 && len(there) > 0 && !slices.ContainsFunc(here, func(l string) bool { return slices.Contains(there, l) })
}
