package alerts

import (
	"slices"
	"strings"

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
	ix := k.index()
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
				return !said[rec] && (k.returns(rec) || born(e.alert, &rec.t.Alert)) && k.plausible(e, rec, name, ids)
			}))
		}
	}
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

func (k *tracker) index() index {
	ix := make(index, 3*len(k.book))
	for _, rec := range k.book {
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

func (k *tracker) findPage(ix index, e *entity) *record {
	if e.rec != nil {
		return nil
	}
	for _, n := range e.names {
		if trustOf(n) != byPage {
			continue
		}
		if rec := best(ix[n], k.returns); rec != nil {
			return rec
		}
	}
	return nil
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

// group makes groups of entities: those of one entry of the book, as far as they have
// something in common, and of the others those that are one incident.
func (k *tracker) group(all []*entity, claimed map[*record][]*entity) []*group {
	var groups []*group
	var loose []*entity
	for _, rec := range k.book {
		ents := claimed[rec]
		if len(ents) == 0 {
			continue
		}
		if rec.mem.Final { // a thing of the past, with the answer that ended it
			groups = append(groups, newGroup(rec, ents))
			continue
		}
		parts := k.parts(ents)
		mine := ownPart(rec, parts)
		for i, part := range parts {
			if i == mine {
				groups = append(groups, newGroup(rec, part))
				continue
			}
			for _, e := range part {
				e.rec = nil
				rec.disown(e, parts[mine])
			}
		}
	}
	for _, e := range all {
		if e.rec == nil {
			loose = append(loose, e)
		}
	}
	if len(loose) == 0 {
		return groups
	}
	return k.joinLoose(groups, k.parts(loose))
}

// joinLoose adds parts that say the same as what is listed already to that: one more
// line of a known incident. The others are incidents of their own.
func (k *tracker) joinLoose(groups []*group, parts [][]*entity) []*group {
	says := map[string]*group{}
	if !k.log {
		for _, g := range groups {
			for _, e := range g.ents {
				if w := e.words(); e.worded() && (says[w] == nil || before(g.rec, says[w].rec)) {
					says[w] = g
				}
			}
		}
	}
	for _, part := range parts {
		i := slices.IndexFunc(part, func(e *entity) bool { return e.worded() && says[e.words()] != nil })
		if i < 0 {
			groups = append(groups, newGroup(nil, part))
			continue
		}
		g := says[part[i].words()]
		*g = *newGroup(g.rec, append(g.ents, part...))
	}
	return groups
}

// parts splits entities into those that share a name of an incident, or all words. Of
// a log the words say nothing: the same can happen twice.
func (k *tracker) parts(ents []*entity) [][]*entity {
	if len(ents) == 1 {
		return [][]*entity{ents}
	}
	at := map[string]int{} // of each name, and of each text: a part
	var parts [][]*entity
	for _, e := range ents {
		keys := slices.DeleteFunc(slices.Clone(e.names), func(n string) bool { return trustOf(n) == byPage })
		if e.worded() && !k.log {
			keys = append(keys, "words of "+e.words())
		}
		into := -1
		for _, key := range keys {
			if i, ok := at[key]; ok && into < 0 {
				into = i
			} else if ok && i != into {
				parts[into] = append(parts[into], parts[i]...)
				parts[i] = nil
				for key, j := range at {
					if j == i {
						at[key] = into
					}
				}
			}
		}
		if into < 0 {
			into = len(parts)
			parts = append(parts, nil)
		}
		parts[into] = append(parts[into], e)
		for _, key := range keys {
			at[key] = into
		}
	}
	return slices.DeleteFunc(parts, func(p []*entity) bool { return p == nil })
}

// ownPart is the one of several parts that goes on as an entry: the one with its
// first name, or else with the most of its names.
func ownPart(rec *record, parts [][]*entity) int {
	if len(parts) == 1 {
		return 0
	}
	most, at := -1, 0
	for i, part := range parts {
		n := 0
		for _, e := range part {
			for _, name := range e.names {
				if j := slices.Index(rec.t.Names, name); j == 0 {
					n += maxNames * maxNames
				} else if j > 0 {
					n++
				}
			}
		}
		if n > most {
			most, at = n, i
		}
	}
	return at
}

// disown takes the names of an entity that is another alert out of an entry.
func (r *record) disown(e *entity, mine []*entity) {
	kept := slices.DeleteFunc(slices.Clone(r.t.Names), func(n string) bool {
		return slices.Contains(e.names, n) && !slices.ContainsFunc(mine, func(m *entity) bool { return slices.Contains(m.names, n) })
	})
	if len(kept) < len(r.t.Names) && len(kept) > 0 {
		r.t.Names, r.dirty = kept, true
	}
}

// worded reports whether an entity has words by which it can be known.
func (e *entity) worded() bool { return len(e.alert.Header)+len(e.alert.Description) > 0 }

func newGroup(rec *record, ents []*entity) *group {
	slices.SortStableFunc(ents, func(a, b *entity) int {
		return strings.Compare(a.alert.ID+"\x00"+a.digest, b.alert.ID+"\x00"+b.digest)
	})
	g := &group{rec: rec, ents: ents}
	for _, t := range []trust{bySure, byLike, byPage} {
		for _, e := range ents {
			for _, n := range e.names {
				if trustOf(n) == t && !slices.Contains(g.names, n) {
					g.names = append(g.names, n)
				}
			}
		}
	}
	for _, e := range ents {
		for _, n := range e.instead {
			if !slices.Contains(g.names, n) {
				g.names = append(g.names, n)
			}
		}
	}
	return g
}

// absorb closes alerts that another one has taken the place of beside its own.
func (k *tracker) absorb(ix index, all []*entity, claimed map[*record][]*entity) {
	for _, e := range all {
		for _, n := range e.instead {
			for _, rec := range ix[n] {
				if rec.t.Open && rec != e.rec && len(claimed[rec]) == 0 {
					k.say("alert %s is now part of %s", rec.t.Alert.ID, e.alert.ID)
					k.close(rec, spool.BySource, k.now)
					rec.t.Since = later(rec.t.Since, k.now)
				}
			}
		}
	}
}

// known adds names to those that an alert has been known by. The first stays, and so
// do those of now.
func (r *record) known(names []string) {
	var added []string
	for _, n := range names {
		if !slices.Contains(r.t.Names, n) {
			added = append(added, n)
		}
	}
	if len(added) == 0 {
		return
	}
	all := slices.Concat(r.t.Names, added)
	for i := 1; len(all) > maxNames && i < len(all); {
		if slices.Contains(names, all[i]) && len(names) < maxNames {
			i++
			continue
		}
		all = slices.Delete(all, i, i+1)
	}
	r.t.Names, r.dirty = all[:min(len(all), maxNames)], true
}
