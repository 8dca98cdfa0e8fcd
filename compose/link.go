package compose

import (
	"net/url"
	"strings"
	"unicode"
)

// address is the item's address with the parameters of the settings, or nothing if
// it is not a web address.
func (c *composition) address() string {
	link := webAddress(c.item.Link)
	if link == "" {
		if c.item.Link != "" {
			c.report.note("the link is left out: it is not a web address")
		}
		return ""
	}
	if len(c.wording.query) == 0 {
		return link
	}
	d := c.data(link, nil)
	for _, p := range c.wording.query {
		value, err := p.value.execute(d)
		if value = line(tidy(value)); err == nil && value != "" {
			link = withParameter(link, p.name, value)
		}
	}
	return link
}

// webAddress is raw without what would end it in the middle of a text.
func webAddress(raw string) string {
	s := strings.ToValidUTF8(strings.TrimSpace(raw), "")
	if head := strings.ToLower(s[:min(len(s), 8)]); !strings.HasPrefix(head, "http://") && head != "https://" {
		return ""
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) && r != '\n' && r != '\r' && r != '\t', r == '<', r == '>', r == '"':
			b.WriteString(url.PathEscape(string(r)))
		case unicode.IsControl(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// withParameter sets a parameter. Everything else of the address stays as it is
// to the byte, including escapes that net/url would drop.
func withParameter(link, name, value string) string {
	rest, fragment, hasFragment := strings.Cut(link, "#")
	base, query, _ := strings.Cut(rest, "?")
	pair := url.QueryEscape(name) + "=" + url.QueryEscape(value)
	var pairs []string
	set := false
	for p := range strings.SplitSeq(query, "&") {
		if old, _, _ := strings.Cut(p, "="); unescape(old) != name || p == "" {
			pairs = append(pairs, p)
		} else if !set {
			pairs, set = append(pairs, pair), true
		}
	}
	if query == "" {
		pairs = nil
	}
	if !set {
		pairs = append(pairs, pair)
	}
	link = base + "?" + strings.Join(pairs, "&")
	if hasFragment {
		link += "#" + fragment
	}
	return link
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}
