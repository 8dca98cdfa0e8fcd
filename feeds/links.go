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
	left := maxLinks
	for _, line := range h.Values("Link") {
		if len(line) > maxLinkText {
			continue
		}
		for line != "" && left > 0 && (hub == "" || topic == "") {
			left--
			var l headerLink
			l, line = nextLink(line)
			if hub == "" && l.has("hub") {
				hub = l.address(base)
			}
			if topic == "" && l.has("self") {
				topic = l.address(base)
			}
		}
	}
	return hub, topic
}

// A headerLink is one value of a Link header (RFC 8288).
type headerLink struct {
	target string
	rel    string // of the first rel parameter
	other  bool   // it is about something else than the answer (anchor)
}

// has reports whether rel is among the link's relations.
func (l headerLink) has(rel string) bool {
	for r := range strings.FieldsSeq(l.rel) {
		if strings.EqualFold(r, rel) {
			return !l.other
		}
	}
	return false
}

// address is the link's target as it can be fetched; empty when it cannot be.
func (l headerLink) address(base *url.URL) string {
	if l.target == "" || len(l.target) > maxLinkTarget {
		return ""
	}
	u, err := base.Parse(l.target)
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
func nextLink(s string) (l headerLink, rest string) {
	s = strings.TrimLeft(s, " \t,")
	if !strings.HasPrefix(s, "<") {
		_, rest, _ = strings.Cut(s, ",")
		return headerLink{}, rest
	}
	target, s, ok := strings.Cut(s[1:], ">")
	if !ok {
		return headerLink{}, ""
	}
	l.target = strings.TrimSpace(target)
	for seen := false; ; {
		s = strings.TrimLeft(s, " \t")
		if !strings.HasPrefix(s, ";") {
			_, rest, _ = strings.Cut(s, ",")
			return l, rest
		}
		var name, value string
		name, value, s = linkParameter(s[1:])
		switch {
		case name == "rel" && !seen:
			l.rel, seen = value, true
		case name == "anchor":
			l.other = true
		}
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
