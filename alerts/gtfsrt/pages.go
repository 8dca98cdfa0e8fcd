package gtfsrt

import (
	"net/url"
	"strings"

	"spool"
)

// pages makes absolute addresses of those that alerts name.
type pages struct{ base *url.URL }

func newPages(document string) pages {
	u, err := url.Parse(document)
	if err != nil || u.Host == "" {
		return pages{}
	}
	return pages{u}
}

// links are the addresses of an alert by language; those that nobody can open are left
// out, and said is called with why.
func (p pages) links(in []translation, said func(string)) spool.Texts {
	var out spool.Texts
	for _, t := range in {
		language, _ := tag(t.language)
		if strings.TrimSpace(t.text) == "" || has(out, language) {
			continue
		}
		at, why := p.link(t.text)
		if why != "" {
			said(why)
			continue
		}
		out = append(out, spool.Text{Language: language, Text: at})
	}
	return out
}

// link is an address that can be shown, or why there is none.
func (p pages) link(s string) (at, why string) {
	if s = strings.TrimSpace(s); len(s) > maxURL {
		return "", "its address is too long: it was left out"
	}
	s = unescaped(s)
	if len(s) > 4 && strings.EqualFold(s[:4], "www.") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return "", "its address is none: it was left out"
	}
	if u.Host == "" && u.Scheme == "" && p.base != nil {
		u = p.base.ResolveReference(u)
	}
	switch {
	case !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") || u.Host == "":
		return "", "its address is not one of the web: it was left out"
	case u.User != nil:
		return "", "its address holds a password: it was left out"
	}
	return u.String(), ""
}
