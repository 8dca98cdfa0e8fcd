package dedupe

import (
	"slices"
	"strings"

	"spool"
)

// Worldwide are the names of a verdict's item that mean the same in every group of
// feeds: its addresses, and a guid that nobody else can have. A number, or a path
// without its host, names one article here and another one elsewhere.
func Worldwide(v Verdict) []spool.Key {
	keys := v.Keys
	if v.Kind == Joined || v.Guest {
		keys = slices.Concat(keys, flat(KeysOf([]spool.Item{v.Item})))
	}
	return Blockable(v.Item, keys)
}

// Blockable are those of an item's keys that may be blocked in every group. Without
// the item's guid none that was made of it is.
func Blockable(it spool.Item, keys []spool.Key) []spool.Key {
	var guid spool.Key
	if unique(strings.TrimSpace(it.GUID)) {
		guid = key(byGUID, strings.TrimSpace(it.GUID))
	}
	var out []spool.Key
	for _, k := range keys {
		name, _, _ := strings.Cut(string(k), ":")
		switch kind(name) {
		case byPage, byLink, byFile, byTitle:
		default:
			if k != guid {
				continue
			}
		}
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func flat(lists [][]spool.Key) []spool.Key { return slices.Concat(lists...) }

// unique reports whether a guid is made so that no other publisher's is the same.
func unique(guid string) bool {
	folded := strings.ToLower(guid)
	return strings.Contains(folded, "://") || strings.HasPrefix(folded, "tag:") || strings.HasPrefix(folded, "urn:") ||
		len(guid) >= 32 && strings.Trim(folded, "0123456789abcdef-{}") == ""
}
