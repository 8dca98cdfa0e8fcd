package alerts

import "strings"

// The kinds of names that alerts are known by: what stands before the first colon of
// an entry of spool.Alert.Names, of spool.Alert.Replaces and of Reading.Withdrew. A
// reader lists the names of an alert with the surest first.
//
//   - NameID is the id in the document, to the letter. Two alerts of different
//     readings with the same one are the same, unless everything else differs.
//   - NameCAP is the identity of a CAP message: sender,identifier,sent.
//   - NameLike is what several entities of one incident, or one incident at several
//     times, have in common in their ids: without the rank that an agency appends and
//     raises, or without the platform of a lift that is listed once for each. Alerts of
//     one reading may share it; those are one alert told in parts.
//   - NameURL is the page about it. A reader lists it only when the page looks like one
//     about this alert alone, and no other alert of the document has it.
const (
	NameID   = "id"
	NameCAP  = "cap"
	NameLike = "id~"
	NameURL  = "url"
)

// Name is a name of a kind.
func Name(kind, value string) string { return kind + ":" + value }

// KindOf splits a name into its kind and what stands there.
func KindOf(name string) (kind, value string) {
	kind, value, _ = strings.Cut(name, ":")
	return kind, value
}
