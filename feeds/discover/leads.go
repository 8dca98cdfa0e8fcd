package discover

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// linksLeft is how many links are worth a request: fewer when the page announces
// a good feed already, and they can only lead to more of the same site.
func (s *search) linksLeft() int {
	if s.enough() {
		return maxRead - 2
	}
	return maxRead
}

// announcedLeads are what a page announces; what readers say comes at the end.
func (s *search) announcedLeads(p page) []lead {
	return s.leads(p.announced, "announced by the page")
}

func (s *search) linkedLeads(p page) []lead {
	links := slices.Clone(p.linked)
	slices.SortStableFunc(links, func(a, b reference) int { return int(b.looks) - int(a.looks) })
	links = slices.DeleteFunc(links, func(r reference) bool {
		if !s.foreign(r.url) {
			return false
		}
		if r.looks >= likelyIs {
			s.later(lead{url: r.url, title: r.title})
		}
		return true
	})
	return s.leads(links, "linked from the page")
}

// foreign reports whether a link leads to somebody else's site, as those of a
// list of friends do. Services that deliver feeds for others are no strangers.
func (s *search) foreign(u *url.URL) bool {
	if owner(u.Hostname()) == owner(s.site.Hostname()) {
		return false
	}
	first, _, _ := strings.Cut(u.Hostname(), ".")
	return !slices.Contains([]string{"feeds", "feed", "rss", "feeds2", "anchor", "feedpress"}, first)
}

// owner is the part of a host's name that belongs to one owner.
func owner(host string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

func (s *search) leads(refs []reference, found string) []lead {
	var out []lead
	for _, r := range refs {
		l := lead{url: r.url, title: r.title, found: found, page: r.looks == possibly}
		if comments(r.url, r.title) {
			s.later(l)
			continue
		}
		out = append(out, l)
	}
	return out
}

// later keeps a lead for the end.
func (s *search) later(l lead) {
	if len(s.unread) < maxUnread && !s.asked[key(l.url)] && !slices.ContainsFunc(s.unread, func(o lead) bool { return key(o.url) == key(l.url) }) {
		s.unread = append(s.unread, l)
	}
}
