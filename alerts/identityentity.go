package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"spool"
)

// The bounds of names.
const (
	maxNames    = 50  // of an entry of the book
	maxReplaced = 50  // names that one alert takes the place of
	maxNameSize = 300 // bytes; longer ones are replaced by a digest
)

// An entity is one alert of a reading, as it came.
type entity struct {
	alert   *spool.Alert
	names   []string // the surest first, each once
	instead []string // the names that it takes the place of
	digest  string   // of all that it says
	text    string   // of its words, effect, cause and periods; made when it is asked for
	rec     *record  // the entry of the book that it is; nil: none, as far as is known
}

// trust is how sure a name is.
type trust int

const (
	bySure trust = iota // the source's own name for it, which no other alert has
	byLike              // what several parts of it have in common
	byPage              // a page about it
)

// trustOf is how sure a name is. Kinds that this package does not know are a reader's
// own names for an event, as sure as what parts of it have in common.
func trustOf(name string) trust {
	switch kind, _ := KindOf(name); kind {
	case NameID, NameCAP, "cap-id":
		return bySure
	case NameURL:
		return byPage
	}
	return byLike
}

// entities makes entities of a reading's alerts, in an order of their own: that in
// which a source happens to list them must not matter. Those that others take the
// place of are left out.
func (k *tracker) entities(r *Reading) []*entity {
	all := make([]*entity, 0, len(r.Alerts))
	for i := range r.Alerts {
		e := newEntity(&r.Alerts[i])
		if !slices.ContainsFunc(e.names, func(n string) bool { return k.taken[n] && trustOf(n) == bySure }) {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *entity) int {
		return strings.Compare(a.alert.ID+"\x00"+a.digest, b.alert.ID+"\x00"+b.digest)
	})
	return supersede(all)
}

func newEntity(a *spool.Alert) *entity {
	e := &entity{alert: a, digest: digest(appendAlert(nil, a))}
	for _, n := range a.Names {
		if len(e.names) < maxNames {
			e.names = appendName(e.names, n)
		}
	}
	if len(a.Names) == 0 {
		e.names = namesOf(a)
	}
	for _, n := range a.Replaces {
		if len(e.instead) >= maxReplaced {
			break
		}
		e.instead = appendName(e.instead, n)
	}
	slices.SortStableFunc(e.names, func(a, b string) int { return int(trustOf(a)) - int(trustOf(b)) })
	return e
}

func appendName(names []string, n string) []string {
	if len(n) > maxNameSize {
		sum := sha256.Sum256([]byte(n))
		kind, _ := KindOf(n[:maxNameSize])
		n = Name(kind, hex.EncodeToString(sum[:]))
	}
	if n == "" || slices.Contains(names, n) {
		return names
	}
	return append(names, n)
}

// rank is what agencies append to the id of an alert, and raise when it changes:
// "lmm:alert:263406:31". What is before it must be long enough to be the id alone.
var rank = regexp.MustCompile(`^(.*\d{4,})[:#_.-]v?\d{1,3}$`)

// namesOf makes names of the id of an alert whose reader named none.
func namesOf(a *spool.Alert) []string {
	if a.ID == "" {
		return []string{Name("text", textDigest(a))}
	}
	names := appendName(nil, Name(NameID, a.ID))
	like := a.ID
	if m := rank.FindStringSubmatch(a.ID); m != nil {
		like = m[1]
	}
	return appendName(names, Name(NameLike, like))
}

// words is a digest of what an alert says, apart from what it says it of.
func (e *entity) words() string {
	if e.text == "" {
		e.text = textDigest(e.alert)
	}
	return e.text
}

// maxNamesakes is how many alerts of a reading one name can be of, for an update of it.
const maxNamesakes = 8

// supersede leaves out the alerts that another one of the reading takes the place of,
// as CAP's updates do while feeds still list what they update. Whoever takes a place
// takes the names too. In a circle of alerts that replace one another the latest stays.
func supersede(all []*entity) []*entity {
	older := olderOf(all)
	if len(older) == 0 {
		return all
	}
	replaced := map[*entity]bool{}
	for _, those := range older {
		for _, old := range those {
			replaced[old] = true
		}
	}
	seen, gone := map[*entity]bool{}, map[*entity]bool{}
	for _, e := range all {
		if !replaced[e] {
			e.takePlaces(older, seen, gone)
		}
	}
	latest := slices.SortedStableFunc(slices.Values(all), func(a, b *entity) int {
		return cmp.Or(moment(b.alert).Compare(moment(a.alert)), strings.Compare(a.digest, b.digest))
	})
	for _, e := range latest {
		if !seen[e] { // it is in a circle, or behind one
			e.takePlaces(older, seen, gone)
		}
	}
	return slices.DeleteFunc(all, func(e *entity) bool { return gone[e] })
}

// olderOf finds, for each entity, those of the reading that it takes the place of.
func olderOf(all []*entity) map[*entity][]*entity {
	owner := map[string][]*entity{}
	for _, e := range all {
		for _, n := range e.names {
			if trustOf(n) == bySure && len(owner[n]) < maxNamesakes {
				owner[n] = append(owner[n], e)
			}
		}
	}
	older := map[*entity][]*entity{}
	for _, e := range all {
		for _, n := range e.instead {
			for _, old := range owner[n] {
				if old != e {
					older[e] = append(older[e], old)
				}
			}
		}
	}
	return older
}

// takePlaces follows the chain of what e takes the place of. Each alert is met once,
// whoever replaces it, so that no chain and no circle costs more than its length.
func (e *entity) takePlaces(older map[*entity][]*entity, seen, gone map[*entity]bool) {
	seen[e] = true
	queue := slices.Clone(older[e])
	for len(queue) > 0 {
		old := queue[0]
		queue = queue[1:]
		if seen[old] {
			continue
		}
		seen[old], gone[old] = true, true
		for _, n := range slices.Concat(old.names, old.instead) {
			if trustOf(n) == bySure && len(e.instead) < maxReplaced && !slices.Contains(e.names, n) {
				e.instead = appendName(e.instead, n)
			}
		}
		queue = append(queue, older[old]...)
	}
}

// byPosition reports whether a source numbers its alerts by their place in the
// document: 0, 1, 2 and so on, after the same word if any. Then an id says nothing.
func byPosition(all []*entity) bool {
	prefix, numbers := "", map[int]bool{}
	for i, e := range all {
		p, n, ok := numbered(e.alert.ID)
		if !ok || i > 0 && p != prefix {
			return false
		}
		prefix, numbers[n] = p, true
	}
	if len(numbers) == 0 {
		return false
	}
	from := 1
	if numbers[0] {
		from = 0
	}
	for n := from; n < from+len(numbers); n++ {
		if !numbers[n] {
			return false
		}
	}
	return true
}

// numbered splits an id into a word and the number after it, of four digits at most.
func numbered(id string) (prefix string, n int, ok bool) {
	i := len(id)
	for i > 0 && id[i-1] >= '0' && id[i-1] <= '9' {
		i--
	}
	if i == len(id) || len(id)-i > 4 {
		return "", 0, false
	}
	for _, c := range id[i:] {
		n = 10*n + int(c-'0')
	}
	return id[:i], n, true
}
