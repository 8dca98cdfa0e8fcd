package feeds

import (
	"net/http"
	"net/url"
	"strings"
)

const (
	maxLinks      = 50       // that are looked at in the Link headers of one answer
	maxLinkText   = 16 << 10 // bytes of one header
	maxLinkTarget = 2048     // bytes of an address
)

// hubLinks returns what the Link headers of an answer name as the feed's hub
// and as the feed's own address; each is empty when they do not. The first of
// several counts. Addresses that cannot be fetched are passed over.
func hubLinks(h http.Header, base *url.URL) (hub, topic string) {
	for _, l := range HeaderLinks(h) {
		if hub == "" && l.Has("hub") {
			hub = l.address(base)
		}
		if topic == "" && l.Has("self") {
			topic = l.address(base)
		}
	}
	return hub, topic
}

// A HeaderLink is one value of a Link header (RFC 8288). Of a parameter that is
// given twice the first counts.
type HeaderLink struct {
	Target string // as it stands there, relative or not
	Rel    string // the relations, parted by blanks
	Type   string
	Title  string

	elsewhere bool // it is about something else than the answer (anchor)
}

// HeaderLinks are the links in the headers of an answer, the first 50. Headers of
// more than 16 KiB are passed over.
func HeaderLinks(h http.Header) []HeaderLink {
	var links []HeaderLink
	for _, line := range h.Values("Link") {
		for len(line) <= maxLinkText && line != "" && len(links) < maxLinks {
			var l HeaderLink
			l, line = nextLink(line)
			links = append(links, l)
		}
	}
	return links
}

// Has reports whether rel is among the relations of the answer to the target.
func (l HeaderLink) Has(rel string) bool {
	for r := range strings.FieldsSeq(l.Rel) {
		if strings.EqualFold(r, rel) {
			return !l.elsewhere
		}
	}
	return false
}

// address is the link's target as it can be fetched; empty when it cannot be.
func (l HeaderLink) address(base *url.URL) string {
	if l.Target == "" || len(l.Target) > maxLinkTarget {
		return ""
	}
	u, err := base.Parse(l.Target)
	if err != nil {
		return ""
	}
	if u, err = parseAddress(u.String()); err != nil || u.User != nil {
		return ""
	}
	return u.String()
}

// nextLink reads the first link of a header and returns what follows its comma.
// What cannot be read is an empty link.
func nextLink(s string) (l HeaderLink, rest string) {
	s = strings.TrimLeft(s, " \t,")
	if !strings.HasPrefix(s, "<") {
		_, rest, _ = strings.Cut(s, ",")
		return HeaderLink{}, rest
	}
	target, s, ok := strings.Cut(s[1:], ">")
	if !ok {
		return HeaderLink{}, ""
	}
	l.Target = strings.TrimSpace(target)
	for given := map[string]bool{}; ; {
		s = strings.TrimLeft(s, " \t")
		if !strings.HasPrefix(s, ";") {
			_, rest, _ = strings.Cut(s, ",")
			return l, rest
		}
		var name, value string
		name, value, s = linkParameter(s[1:])
		if !given[name] {
			l.set(name, value)
		}
		given[name] = true
	}
}

func (l *HeaderLink) set(name, value string) {
	switch name {
	case "rel":
		l.Rel = value
	case "type":
		l.Type = value
	case "title":
		l.Title = value
	case "anchor":
		l.elsewhere = true
	}
}

// linkParameter reads one name=value, whose value may be quoted.
func linkParameter(s string) (name, value, rest string) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		return strings.ToLower(strings.TrimSpace(s)), "", ""
	}
	name = strings.ToLower(strings.TrimSpace(s[:end]))
	if s[end] != '=' {
		return name, "", s[end:]
	}
	s = strings.TrimLeft(s[end+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		value, rest = unquoted(s[1:])
		return name, value, rest
	}
	if end = strings.IndexAny(s, ";,"); end < 0 {
		end = len(s)
	}
	return name, strings.TrimSpace(s[:end]), s[end:]
}

// unquoted reads up to the quotation mark that ends a value.
func unquoted(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
