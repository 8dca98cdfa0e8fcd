package dedupe

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

const scheme = "https://"

// An address is a web address in its form for comparison.
type address struct {
	full string // "https://host/path?query#fragment"; empty: no address
	at   int    // where the path begins
}

func (a address) host() string { return a.full[min(len(scheme), a.at):a.at] }

// rest is what follows the host; empty for a site's front page, which names no
// article.
func (a address) rest() string { return a.full[a.at:] }

// page is a without its fragment.
func (a address) page() string {
	page, _, _ := strings.Cut(a.full, "#")
	return page
}

// Canonical returns the form of a web address that is equal for addresses of
// the same article. It is for comparison only and never to be fetched. It is
// empty when rawURL is not an http or https address.
//
// Merged are: http and https, the case and the Unicode form of the host, a
// leading "www." (no site is known to show two articles under one path with and
// without it), default ports, user names, dot segments, doubled and trailing
// slashes, "index.html", session ids in the path, needless percent-encoding,
// the order of differently named parameters, and what only tracks readers.
//
// Kept apart are: "m.", "amp." and other hosts, "/amp" in the path (it may be a
// word of the address), the case of the path, encoded reserved characters, and
// fragments that do not track, since pages with one article per fragment exist.
func Canonical(rawURL string) string { return parse(rawURL).full }

// parse splits by hand because net/url refuses addresses with a bad escape, and
// such an article needs a name as well.
func parse(raw string) address {
	s := strings.TrimSpace(raw)
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
	}
	rest, port, ok := cutScheme(s)
	if !ok {
		return address{}
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		authority, rest = rest[:end], rest[end:]
	} else {
		rest = ""
	}
	host := hostname(authority, port)
	if host == "" {
		return address{}
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")

	var room [256]byte
	b := append(append(room[:0], scheme...), host...)
	at := len(b)
	b = appendPath(b, path)
	b = appendQuery(b, query, host)
	b = appendFragment(b, fragment, host)
	return address{string(b), at}
}

// cutScheme returns what follows "http://" or "https://", and the default port.
func cutScheme(s string) (rest, port string, ok bool) {
	const short = len("http://")
	switch {
	case len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme):
		return s[len(scheme):], "443", true
	case len(s) > short && strings.EqualFold(s[:short], "http://"):
		return s[short:], "80", true
	}
	return "", "", false
}

// hostname is lower case and ASCII, without user, default port, final dot and
// "www.".
func hostname(authority, defaultPort string) string {
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	host, port := authority, ""
	bracket := strings.LastIndexByte(authority, ']') + 1 // of an IPv6 address
	if i := strings.IndexByte(authority[bracket:], ':'); i >= 0 {
		host, port = authority[:bracket+i], authority[bracket+i+1:]
	}
	if !ascii(host) {
		if a, err := idna.Lookup.ToASCII(host); err == nil {
			host = a
		}
	}
	host = strings.TrimRight(strings.ToLower(normal(host, false)), ".")
	for strings.HasPrefix(host, "www.") && strings.Contains(host[len("www."):], ".") {
		host = host[len("www."):]
	}
	if port = normal(port, false); host != "" && port != "" && port != defaultPort {
		host += ":" + port
	}
	return host
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// appendPath appends the path without empty and dot segments, so that nothing
// is left of "/".
func appendPath(b []byte, path string) []byte {
	at := len(b)
	for seg := range strings.SplitSeq(strings.ReplaceAll(path, "\\", "/"), "/") {
		seg = dropSession(normal(seg, false))
		switch seg {
		case "", ".":
		case "..":
			b = b[:at+max(bytes.LastIndexByte(b[at:], '/'), 0)]
		default:
			b = append(append(b, '/'), seg...)
		}
	}
	last := at + max(bytes.LastIndexByte(b[at:], '/'), 0)
	if s := string(b[last:]); s == "/index.html" || s == "/index.htm" {
		b = b[:last]
	}
	return b
}

func dropSession(seg string) string {
	if i := strings.IndexByte(seg, ';'); i >= 0 && strings.HasPrefix(strings.ToLower(seg[i+1:]), "jsessionid=") {
		return seg[:i]
	}
	return seg
}

// appendQuery appends the parameters that do not track, sorted by name; those
// of one name keep their order.
func appendQuery(b []byte, query, host string) []byte {
	var room [12]string
	pairs := keptPairs(room[:0], query, host)
	if len(pairs) > 1 {
		slices.SortStableFunc(pairs, func(x, y string) int { return strings.Compare(name(x), name(y)) })
	}
	for i, pair := range pairs {
		b = append(b, "?&"[min(i, 1)])
		b = append(b, pair...)
	}
	return b
}

// appendFragment appends the fragment unless all it does is track.
func appendFragment(b []byte, fragment, host string) []byte {
	fragment, _, _ = strings.Cut(fragment, ":~:") // a browser's text highlight
	if fragment == "" || strings.HasPrefix(fragment, "tk.rss") {
		return b
	}
	var room [4]string
	for i, pair := range keptPairs(room[:0], fragment, host) {
		b = append(b, "#&"[min(i, 1)])
		b = append(b, pair...)
	}
	return b
}

func keptPairs(pairs []string, query, host string) []string {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		for strings.HasPrefix(pair, "amp;") { // a feed that escapes twice
			pair = pair[len("amp;"):]
		}
		if pair = normal(pair, true); pair != "" && !tracks(pair, host) {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

func name(pair string) string {
	n, _, _ := strings.Cut(pair, "=")
	return n
}

// normal writes a part of an address in one way: escapes in upper case and only
// where they are needed. Escaped reserved characters stay escaped, because
// "%2F" and "/" may lead to different pages.
func normal(s string, query bool) string {
	if clean(s, query) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
			if unreserved(c) {
				b.WriteByte(c)
			} else {
				escape(&b, c)
			}
		case c == '+' && query:
			b.WriteString("%20")
		case c == '%' || unsafe(c):
			escape(&b, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func clean(s string, query bool) bool {
	for i := range len(s) {
		if c := s[i]; c == '%' || unsafe(c) || query && c == '+' {
			return false
		}
	}
	return true
}

func unsafe(c byte) bool {
	return c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func escape(b *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
