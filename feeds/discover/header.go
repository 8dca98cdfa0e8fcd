package discover

import (
	"net/url"
	"strings"
)

// headerLinks are the feeds that a Link header announces (RFC 8288), and
// whether it names WordPress' interface.
func headerLinks(values []string, base *url.URL) (announced []reference, wordpress bool) {
	const longest = 16 << 10
	for _, value := range values {
		for value = value[:min(len(value), longest)]; value != ""; {
			var target string
			var params map[string]string
			target, params, value = cutLink(value)
			rel := words(params["rel"])
			if rel["https://api.w.org/"] {
				wordpress = true
			}
			if u := refer(base, target); u != nil && rel["alternate"] && len(announced) < maxAnnounced && announces(params["type"], false, u) {
				announced = append(announced, reference{u, label(params["title"]), surely})
			}
		}
	}
	return announced, wordpress
}

// cutLink takes one link off a Link header.
func cutLink(s string) (target string, params map[string]string, rest string) {
	params = map[string]string{}
	_, s, ok := strings.Cut(s, "<")
	if !ok {
		return "", params, ""
	}
	target, s, _ = strings.Cut(s, ">")
	for s = strings.TrimLeft(s, " \t"); strings.HasPrefix(s, ";"); s = strings.TrimLeft(s, " \t") {
		s = strings.TrimLeft(s[1:], " \t")
		end := strings.IndexAny(s, "=;,")
		if end < 0 {
			return target, params, ""
		}
		name := strings.ToLower(strings.TrimSpace(s[:end]))
		if s = s[end:]; s[0] != '=' {
			continue
		}
		var value string
		value, s = cutValue(strings.TrimLeft(s[1:], " \t"))
		if _, given := params[name]; !given {
			params[name] = value
		}
	}
	return target, params, s
}

// cutValue takes a value, quoted or not, off a header.
func cutValue(s string) (value, rest string) {
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		return cutQuoted(quoted)
	}
	end := strings.IndexAny(s, ";, \t")
	if end < 0 {
		end = len(s)
	}
	return s[:end], s[end:]
}

// cutQuoted takes what comes up to the closing quote.
func cutQuoted(s string) (value, rest string) {
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

// headerHub is the hub that a Link header names; empty: none.
func headerHub(values []string, base *url.URL) string {
	for _, value := range values {
		for value = value[:min(len(value), 16<<10)]; value != ""; {
			var target string
			var params map[string]string
			target, params, value = cutLink(value)
			if u := refer(base, target); u != nil && words(params["rel"])["hub"] {
				return u.String()
			}
		}
	}
	return ""
}
