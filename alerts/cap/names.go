package cap

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// names are what a message is known by: the triple that the standard identifies it by,
// and the pair without the time, for agencies that send it again under its identifier.
func (r *reader) names(sender, identifier, sent string) []string {
	if identifier == "" {
		return nil
	}
	pair := bounded(sender + "," + identifier)
	var names []string
	if sent != "" {
		names = append(names, byTriple+pair+","+r.stamp(sent))
	}
	return append(names, byPair+pair)
}

// stamp writes equal moments in one way; what cannot be read stays as it is.
func (r *reader) stamp(sent string) string {
	if t, ok := parse(sent, r.loc); ok {
		return t.Format(time.RFC3339)
	}
	return bounded(sent)
}

// bounded is a name that is not too long to be kept: of a longer one, a digest.
func bounded(s string) string {
	if len(s) <= 300 {
		return s
	}
	return "digest-" + digest(s)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// A reference is one of the messages that a message answers.
type reference struct {
	names []string
	sent  time.Time
}

// references are those of a message, but not itself. Each is sender,identifier,sent;
// identifiers with commas in them are against the rules, and occur.
func (r *reader) references(m message) []reference {
	fields := strings.Fields(m.references)
	if len(fields) > maxReferences {
		r.notes.add("message %q refers to %d others: only the first %d count", short(m.identifier), len(fields), maxReferences)
		fields = fields[:maxReferences]
	}
	own := r.names(m.sender, m.identifier, m.sent)
	var out []reference
	for _, f := range fields {
		first, last := strings.Index(f, ","), strings.LastIndex(f, ",")
		if first < 0 || first == last {
			r.notes.add("message %q refers to %q, which is not a sender, an identifier and a time: left out", short(m.identifier), short(f))
			continue
		}
		ref := reference{names: r.names(f[:first], f[first+1:last], f[last+1:])}
		ref.sent, _ = parse(f[last+1:], r.loc)
		if len(ref.names) > 0 && !slices.Contains(own, ref.names[0]) {
			out = append(out, ref)
		}
	}
	return out
}
