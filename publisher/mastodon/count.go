package mastodon

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// length counts as the instance does. Mastodon counts grapheme clusters, each web
// address at a fixed figure whatever its length, and of somebody on another
// instance only the name. What its patterns might read differently is counted
// the longer way, so that no text turns out too long. What other servers count
// is documented nowhere: for them it is code points, and addresses in full.
func (i instance) length(s string) int {
	if i.Other {
		return i.fullLength(s)
	}
	total := 0
	for s != "" {
		before, address, rest, sure := nextAddress(s)
		total += clusters(localNames(before))
		if address != "" {
			total += i.Reserved
		}
		if !sure {
			total += clusters(address)
		}
		s = rest
	}
	return total
}

// fullLength counts code points, and an address as no less than the figure.
func (i instance) fullLength(s string) int {
	total := utf8.RuneCountInString(s)
	for s != "" {
		_, address, rest, _ := nextAddress(s)
		if address != "" {
			total += max(i.Reserved-utf8.RuneCountInString(address), 0)
		}
		s = rest
	}
	return total
}

func clusters(s string) int { return uniseg.GraphemeClusterCount(s) }

var scheme = regexp.MustCompile(`(?i)https?://`)

// nextAddress cuts a text at its first web address. An address that is not sure
// is one that the server may not take for one.
func nextAddress(s string) (before, address, rest string, sure bool) {
	at := scheme.FindStringIndex(s)
	if at == nil {
		return s, "", "", true
	}
	previous, _ := utf8.DecodeLastRuneInString(s[:at[0]])
	end := len(s)
	if i := strings.IndexFunc(s[at[1]:], endsRun); i >= 0 {
		end = at[1] + i
	}
	n, ok := addressLength(s[at[1]:end])
	if !ok || at[0] > 0 && sticks(previous) {
		return s[:at[0]], s[at[0]:end], s[end:], false
	}
	return s[:at[0]], s[at[0] : at[1]+n], s[at[1]+n:], true
}

func endsRun(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>' || r == '"' || r == utf8.RuneError
}

// sticks reports whether no address may follow a character at once.
func sticks(r rune) bool {
	return r == '@' || r == '＠' || r == '$' || r == '#' || r == '＃' || r > 0x2000 && !unicode.IsLetter(r) && unicode.Is(unicode.Cf, r) ||
		unicode.IsLetter(r) || unicode.IsDigit(r)
}

var host = regexp.MustCompile(`(?i)^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:xn--[a-z0-9-]*[a-z0-9]|[a-z]{2,})(?::[0-9]{1,5})?`)

// addressLength is how much of a run of characters behind a scheme is certainly
// an address: host, port, path and query. What may end a path or a query is
// narrower than what may be in it, so that a full stop behind an address is not
// of it.
func addressLength(run string) (int, bool) {
	n := len(host.FindString(run))
	if n == 0 || n < len(run) && !strings.ContainsRune("/?#.,;:!)'…", first(run[n:])) {
		return 0, false
	}
	rest := run[n:]
	if strings.HasPrefix(rest, "/") {
		path := rest
		if i := strings.IndexAny(path, "?()"); i >= 0 {
			path = path[:i]
		}
		kept := strings.TrimRightFunc(path, func(r rune) bool { return !endsPath(r) })
		n += len(kept)
		if len(kept) < len(path) {
			return n, true
		}
		rest = rest[len(path):]
	}
	if strings.HasPrefix(rest, "?") {
		query := rest[1:]
		if i := strings.IndexFunc(query, func(r rune) bool { return !inQuery(r) }); i >= 0 {
			query = query[:i]
		}
		query = strings.TrimRightFunc(query, func(r rune) bool { return !endsQuery(r) })
		if query != "" {
			n += 1 + len(query)
		}
	}
	return n, true
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func endsPath(r rune) bool { return alphanumeric(r) || strings.ContainsRune("/_-#+", r) }

func inQuery(r rune) bool {
	return alphanumeric(r) || strings.ContainsRune("!?*'();:&=+$/%#[]-_.,~|@^", r)
}

func endsQuery(r rune) bool { return alphanumeric(r) || strings.ContainsRune("_&=#/-", r) }

// remoteName is a mention of somebody on another instance.
var remoteName = regexp.MustCompile(`(^|[\s(])(@[a-zA-Z0-9_]+)@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+`)

// localNames is a text with mentions as they count.
func localNames(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	return remoteName.ReplaceAllString(s, "$1$2")
}
