package feeds

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// link is the address of the item's page: what the publisher has before a
// service put its own in its place, the link, a guid that is one, an atom:link.
func (p *parsing) link(s source) string {
	defer p.under(s.linkBases)()
	for _, candidate := range p.linkCandidates(s) {
		if l := p.absolute(candidate); l != "" {
			return publishersOwn(unwrapped(l), s.item.GUID)
		}
	}
	return ""
}

// publishersOwn is the guid, if that is an address, instead of a link that
// leads there by a service that counts readers: such services end, and their
// links with them.
func publishersOwn(link, guid string) string {
	guid = strings.TrimSpace(guid)
	if !addressLike(guid) || !proxied(link) || proxied(guid) || strings.ContainsAny(guid, " <>\"\n") || len(guid) > maxURL {
		return link
	}
	if u, err := url.Parse(guid); err != nil || u.Hostname() == "" || u.Path == "" || u.Path == "/" {
		return link
	}
	return guid
}

// hostFirst recognises an address whose scheme was forgotten: www.example.org/a.
func hostFirst(ref string) bool {
	if len(ref) < len("www.a.b") || !strings.EqualFold(ref[:len("www.")], "www.") {
		return false
	}
	host, _, _ := strings.Cut(ref, "/")
	return strings.Count(host, ".") > 1 && !strings.ContainsAny(host, " ?#")
}

// unwrapped is where a link of Google's alerts leads.
func unwrapped(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Path != "/url" || u.Hostname() != "www.google.com" {
		return link
	}
	if to := u.Query().Get("url"); addressLike(to) && len(to) <= maxURL {
		return to
	}
	return link
}

func proxied(link string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return strings.HasSuffix(host, ".feedsportal.com") || host == "feedproxy.google.com" ||
		strings.HasPrefix(u.Path, "/~r/") && strings.Contains(u.Path, "/~3/")
}

func (p *parsing) linkCandidates(s source) []string {
	known, e := p.survey.aliases, s.item.Extensions
	out := known.values(e, "feedburner", "origLink")
	if e != nil { // of services that are gone, but not from old feeds
		out = append(out, known.values(e, "pheedo", "origLink")...)
	}
	switch {
	case s.rss != nil:
		out = append(out, s.rssLinks()...)
		out = append(out, p.embeddedLinks(s)...)
		if addressLike(s.about) {
			out = append(out, s.about)
		}
	case s.atom != nil:
		out = append(out, atomLinks(s)...)
	case s.json != nil:
		out = append(out, s.json.URL, s.json.ExternalURL)
		if addressLike(s.json.ID) {
			out = append(out, s.json.ID)
		}
	}
	if s.rss == nil {
		out = append(out, s.item.Link)
	}
	return out
}

// rssLinks are the links without a prefix, but for those that say that they are
// not to the item's page, and then a guid that is one.
func (s source) rssLinks() []string {
	var out []string
	for _, l := range s.rss.Links[:min(len(s.rss.Links), maxHeadLinks)] {
		if !slices.Contains(s.others, strings.TrimSpace(l)) {
			out = append(out, l)
		}
	}
	if g := s.rss.GUID; g != nil && strings.EqualFold(strings.TrimSpace(g.IsPermalink), "true") && (addressLike(g.Value) || strings.HasPrefix(strings.TrimSpace(g.Value), "/")) {
		out = append(out, g.Value)
	}
	if _, swallowed, found := strings.Cut(s.item.Title, "<link>http"); found { // by a title that is not closed
		swallowed, _, _ = strings.Cut(swallowed, "<")
		out = append(out, "http"+swallowed)
	}
	return out
}

// embeddedLinks are links of Atom within an item of RSS.
func (p *parsing) embeddedLinks(s source) []string {
	var links []*atom.Link
	for _, usual := range []string{"atom", "atom10", "atom03"} {
		for _, x := range p.survey.aliases.elements(s.item.Extensions, usual)["link"] {
			links = append(links, &atom.Link{Href: x.Attrs["href"], Rel: x.Attrs["rel"], Type: x.Attrs["type"], Hreflang: x.Attrs["hreflang"]})
		}
	}
	return bestLinks(links, p.doc.Language)
}

// addressLike keeps a guid such as "12345" from being taken for a relative
// address, although RSS calls every guid a link unless it says otherwise.
func addressLike(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// atomLinks are an entry's links to its page. Without any it takes the place of
// content that is elsewhere, or the id, which mostly is the page's address, and
// last what the entry is about or stands at.
func atomLinks(s source) []string {
	e := s.atom
	out := bestLinks(e.Links, cmp.Or(s.lang, s.feed.Language))
	if e.Content != nil {
		out = append(out, e.Content.Src)
	}
	if addressLike(e.ID) {
		out = append(out, e.ID)
	}
	for _, rel := range []string{"related", "via"} {
		for _, l := range e.Links {
			if l != nil && strings.EqualFold(l.Rel, rel) {
				out = append(out, l.Href)
			}
		}
	}
	return out
}

// bestLinks are the alternates among links: pages before other documents, and
// of pages those in the language of the text before others.
func bestLinks(links []*atom.Link, language string) []string {
	type ranked struct {
		href string
		rank int
	}
	var found []ranked
	for _, l := range links {
		if l == nil || strings.TrimSpace(l.Href) == "" || !alternateRel(l.Rel) {
			continue
		}
		if len(found) >= maxHeadLinks {
			break
		}
		found = append(found, ranked{l.Href, linkRank(l, language)})
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return a.rank - b.rank })
	var out []string
	for _, f := range found {
		out = append(out, f.href)
	}
	return out
}

func alternateRel(rel string) bool {
	rel = strings.TrimSpace(rel)
	return rel == "" || strings.EqualFold(rel, "alternate") || strings.EqualFold(rel, "http://www.iana.org/assignments/relation/alternate")
}

func linkRank(l *atom.Link, language string) int {
	rank := 0
	if l.Type != "" && !strings.Contains(strings.ToLower(l.Type), "html") {
		rank += 2
	}
	if l.Hreflang != "" && language != "" && !sameLanguage(l.Hreflang, language) {
		rank++
	}
	return rank
}

// sameLanguage compares the first parts of two tags.
func sameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(strings.ReplaceAll(a, "_", "-"), "-")
	b, _, _ = strings.Cut(strings.ReplaceAll(b, "_", "-"), "-")
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
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
	if hostFirst(ref) {
		ref = "https://" + ref
	}
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
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(u.Host, "\"<> ") {
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
