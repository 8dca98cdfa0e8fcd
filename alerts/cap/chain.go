package cap

import (
	"slices"
	"strings"

	"spool"
)

// settle says which messages of a document hold. One that another takes the place of,
// or takes back, does not; its names go over to that other. Only what was sent later,
// or stands later when both were sent at once, can take the place of something: so
// nothing that refers to itself, or to what refers to it, is lost.
func settle(list []found) (held []spool.Alert, withdrew []string) {
	list = slices.Clone(list)
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return list[x].sent.Compare(list[y].sent) })
	holder := map[string]int{} // by name: which of the list was the last to be known by it
	gone := make([]bool, len(list))
	for _, i := range order {
		a := &list[i].alert
		claims := slices.Clone(a.Replaces)
		for _, n := range a.Names {
			if strings.HasPrefix(n, byTriple) || strings.HasPrefix(n, byPair) {
				claims = append(claims, n) // sent again under the same identifier
			}
		}
		for _, n := range claims {
			if j, ok := holder[n]; ok && j != i && !gone[j] {
				gone[j] = true
				inherit(a, list[j].alert)
			}
		}
		for _, n := range a.Names {
			holder[n] = i
		}
	}
	for i, f := range list {
		if f.cancels {
			withdrew = append(withdrew, f.alert.Replaces...)
			withdrew = append(withdrew, f.alert.Names...)
		}
		gone[i] = gone[i] || f.cancels
	}
	return survivors(list, gone), spared(withdrew, list, gone)
}

// maxReplaces bounds the names that one alert takes over from others.
const maxReplaces = 200

// inherit gives a message the names of the one that it takes the place of.
func inherit(a *spool.Alert, old spool.Alert) {
	names := slices.Concat(a.Replaces, old.Names, old.Replaces)
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(a.Names, n) })
	a.Replaces = unique(names)
	a.Replaces = a.Replaces[:min(len(a.Replaces), maxReplaces)]
	if !old.Created.IsZero() && old.Created.Before(a.Created) {
		a.Created = old.Created
	}
}

// survivors are the messages that hold, in the order of the document, without the names
// that do not tell them apart.
func survivors(list []found, gone []bool) []spool.Alert {
	times := map[string]int{}
	for i, f := range list {
		if !gone[i] {
			for _, n := range f.alert.Names {
				times[n]++
			}
		}
	}
	var held []spool.Alert
	for i, f := range list {
		if gone[i] {
			continue
		}
		f.alert.Names = slices.DeleteFunc(f.alert.Names, func(n string) bool { return times[n] > 1 })
		f.alert.Replaces = slices.DeleteFunc(f.alert.Replaces, func(n string) bool { return times[n] > 0 }) // it holds all the same
		held = append(held, f.alert)
	}
	return held
}

// spared leaves out the names of what holds all the same: an update that refers to the
// message that was taken back, and does not let itself be taken back.
func spared(names []string, list []found, gone []bool) []string {
	kept := map[string]bool{}
	for i, f := range list {
		if !gone[i] {
			for _, n := range slices.Concat(f.alert.Names, f.alert.Replaces) {
				kept[n] = true
			}
		}
	}
	return slices.DeleteFunc(unique(names), func(n string) bool { return kept[n] })
}
