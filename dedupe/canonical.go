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
// leading "www." or "amp." (no site is known to show two articles under one path
// with and without it), the mobile hosts of a table, default ports, user names,
// dot segments, doubled and trailing slashes, "index.html", session ids,
// needless percent-encoding, the order of differently named parameters, what
// only tracks readers, AMP pages, and the addresses by which AMP caches and news
// alerts wrap another.
//
// Kept apart are: other hosts that begin with "m." (see [Decide] for what the
// memory makes of them), "/amp" at the end of a path too short for an article's
// (it may be a word of the address), the case of the path, encoded reserved
// characters, and fragments that do not track, since pages with one article per
// fragment exist.
func Canonical(rawURL string) string { return parse(rawURL).full }

// parse takes an address out of whatever wraps it. Each wrapper is longer than
// what it wraps, so this ends; the limit keeps it short.
func parse(raw string) address {
	const longest = 8 << 10 // bytes of an address that is looked into
	a := spell(raw)
	for len(a.full) <= longest {
		target := wrapped(a)
		if target == "" {
			break
		}
		inner := spell(target)
		if !strings.Contains(inner.host(), ".") {
			break
		}
		a = inner
	}
	return a
}

// spell writes an address in one way. It splits by hand because net/url refuses
// addresses with a bad escape, and such an article needs a name as well.
func spell(raw string) address {
	s := strings.TrimSpace(raw)
	if strings.ContainsAny(s, "\t\r\n") {
		s = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
	}
	rest, ok := cutScheme(s)
	if !ok {
		return address{}
	}
	authority := rest
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		authority, rest = rest[:end], rest[end:]
	} else {
		rest = ""
	}
	host := hostname(authority)
	if host == "" {
		return address{}
	}
	rest, fragment, _ := strings.Cut(rest, "#")
	path, query, _ := strings.Cut(rest, "?")

	var room [256]byte
	b := append(append(room[:0], scheme...), host...)
	at := len(b)
	b = trimPage(appendPath(b, path), at)
	b = appendQuery(b, query, host)
	b = appendFragment(b, fragment, host)
	return address{string(b), at}
}

// cutScheme returns what follows "http://" or "https://".
func cutScheme(s string) (rest string, ok bool) {
	const short = len("http://")
	switch {
	case len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme):
		return s[len(scheme):], true
	case len(s) > short && strings.EqualFold(s[:short], "http://"):
		return s[short:], true
	}
	return "", false
}

// hostname is lower case and ASCII, without user, default port, final dot and
// what [plainHost] takes off.
func hostname(authority string) string {
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	host, port := authority, ""
	bracket := strings.LastIndexByte(authority, ']') + 1 // of an IPv6 address
	if i := strings.IndexByte(authority[bracket:], ':'); i >= 0 {
		host, port = authority[:bracket+i], authority[bracket+i+1:]
	}
	host = toASCII(host)
	host = plainHost(strings.TrimRight(strings.ToLower(normal(host, false)), "."))
	if port = normal(port, false); host != "" && port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	return host
}

// toASCII writes an international name as the name system has it, also one that
// was percent-encoded as if it were a path, as Go's url.URL.String does.
func toASCII(host string) string {
	name := host
	if strings.IndexByte(host, '%') >= 0 {
		name = unescape(host, func(c byte) bool { return c >= 0x80 })
	}
	if ascii(name) {
		return host
	}
	if a, err := idna.Lookup.ToASCII(name); err == nil {
		return a
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
	return b
}

// trimPage takes off what names another form of the page before it: an index, or
// the AMP version.
func trimPage(b []byte, at int) []byte {
	for {
		last := at + max(bytes.LastIndexByte(b[at:], '/'), 0)
		segment := string(b[last:])
		stem, end, found := strings.Cut(segment, ".amp")
		switch {
		case segment == "/index.html", segment == "/index.htm", segment == "/amp" && namesArticle(string(b[at:last])):
			b = b[:last]
		case found && len(stem) > 1 && alphanumeric(stem[len(stem)-1]) && (end == "" || end == ".html"):
			b = append(b[:last+len(stem)], end...)
		default:
			return b
		}
	}
}

// namesArticle reports whether a path is long enough to be that of an article:
// after "/wiki", "/amp" is one.
func namesArticle(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return strings.Count(path, "/") > 1 || strings.ContainsAny(last, "-0123456789")
}

// dropSession takes off a session's id that a server wrote into the path for
// readers without cookies, as servlets and ASP.NET do.
func dropSession(seg string) string {
	if i := strings.IndexByte(seg, ';'); i >= 0 && strings.HasPrefix(strings.ToLower(seg[i+1:]), "jsessionid=") {
		return seg[:i]
	}
	if strings.HasPrefix(seg, "(S(") && strings.HasSuffix(seg, "))") {
		return ""
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
	if fragment == "" {
		return b
	}
	fragment, _, _ = strings.Cut(normal(fragment, true), ":~:") // a browser's text highlight
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
		if pair = normal(pair, true); strings.IndexByte(pair, ';') >= 0 {
			pair = keptParts(pair, host)
		}
		if pair != "" && !tracks(pair, host) {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// keptParts is a pair that has several in it, apart from those that track. Some
// servers part them by semicolons, to others these are text: so they stay
// together.
func keptParts(pair, host string) string {
	parts := strings.Split(pair, ";")
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" || tracks(p, host) }), ";")
}

func name(pair string) string {
	n, _, _ := strings.Cut(pair, "=")
	return n
}
