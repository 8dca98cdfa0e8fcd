package alerts

import (
	"slices"
	"strings"

	"spool"
)

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

// absorb closes alerts that another one has taken the place of beside its own: they are
// listed no longer, which is all that can be said.
func (k *tracker) absorb(ix index, all []*entity, claimed map[*record][]*entity) {
	for _, e := range all {
		for _, n := range e.instead {
			for _, rec := range ix[n] {
				if rec.t.Open && rec != e.rec && len(claimed[rec]) == 0 {
					k.say("alert %s is now part of %s", rec.t.Alert.ID, e.alert.ID)
					rec.t.Since = later(rec.t.Since, k.now)
					k.close(rec, spool.ByGone, k.now) // what it told goes on elsewhere: nobody says that it is over
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
