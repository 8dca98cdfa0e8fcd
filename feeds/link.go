package feeds

import (
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// link is the address of the item's page: what the publisher has before a
// service put its own in its place, the link, a guid that is one, an atom:link.
func (p *parsing) link(s source) string {
	for _, candidate := range linkCandidates(s) {
		if l := p.absolute(candidate); l != "" {
			return l
		}
	}
	return ""
}

func linkCandidates(s source) []string {
	var out []string
	for _, e := range extension(s.item.Extensions, "origLink", "feedburner") {
		out = append(out, e.Value)
	}
	switch {
	case s.rss != nil:
		out = append(out, s.rss.Links...)
		out = append(out, s.rss.Link)
		if g := s.rss.GUID; g != nil && strings.EqualFold(g.IsPermalink, "true") && addressLike(g.Value) {
			out = append(out, g.Value)
		}
		for _, e := range extension(s.item.Extensions, "link", "atom", "atom10", "atom03") {
			if rel := strings.ToLower(e.Attrs["rel"]); rel == "" || rel == "alternate" {
				out = append(out, e.Attrs["href"])
			}
		}
	case s.atom != nil:
		out = append(out, atomLinks(s.atom)...)
	case s.json != nil:
		out = append(out, s.json.URL, s.json.ExternalURL)
		if addressLike(s.json.ID) {
			out = append(out, s.json.ID)
		}
	}
	return append(out, s.item.Link)
}

// addressLike keeps a guid such as "12345" from being taken for a relative
// address, although RSS calls every guid a link unless it says otherwise.
func addressLike(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// atomLinks prefers pages among the alternates. Without any it takes the place
// of content that is elsewhere, or the id, which mostly is the page's address.
func atomLinks(e *atom.Entry) []string {
	var pages, others []string
	for _, l := range e.Links {
		switch {
		case !strings.EqualFold(l.Rel, "alternate"):
		case l.Type == "" || strings.Contains(strings.ToLower(l.Type), "html"):
			pages = append(pages, l.Href)
		default:
			others = append(others, l.Href)
		}
	}
	pages = append(pages, others...)
	if e.Content != nil {
		pages = append(pages, e.Content.Src)
	}
	if addressLike(e.ID) {
		pages = append(pages, e.ID)
	}
	return pages
}

// absolute resolves an address, and is empty when it leads to nothing on the
// web. An address that is absolute already is kept to the letter, but for white
// space and what may not stand in one.
func (p *parsing) absolute(ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxURL {
		return ""
	}
	ref = unfold(unescape(ref))
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		if p.base == nil || !p.base.IsAbs() {
			return ""
		}
		u = p.base.ResolveReference(u)
		u.User = nil
		ref = u.String()
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	return ref
}

// unfold takes line ends and other controls out of an address, and writes
// spaces as such addresses have them. Other characters may stay: they are legal
// in what people and programs pass about.
func unfold(ref string) string {
	clean := true
	for i := range len(ref) {
		if ref[i] <= ' ' || ref[i] == 0x7f || ref[i] == '<' || ref[i] == '>' || ref[i] == '"' || ref[i] >= 0x80 {
			clean = false
			break
		}
	}
	if clean {
		return ref
	}
	ref = strings.ToValidUTF8(ref, "")
	var b strings.Builder
	for _, r := range ref {
		switch {
		case invisible(r):
		case r == ' ' || r == '<' || r == '>' || r == '"':
			b.WriteString(url.PathEscape(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
