package discover

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"spool/feeds"
)

// Bounds of what one search does.
const (
	maxDocument  = 8 << 20 // bytes of an answer, as when a feed is read
	maxRead      = 8       // feeds that are read so that a person can choose; more are only named
	maxOfProgram = 2       // requests for what the site's program suggests
	maxGuesses   = 7       // requests at customary paths
	maxLists     = 2       // pages of feeds that are looked through
	maxUnread    = 100
)

// A search is the work on one site.
type search struct {
	*Finder
	typed   *url.URL        // the form of the address that was answered
	site    *url.URL        // where the page that was given really is
	front   bool            // that is the site's front page
	page    page            // it
	asked   map[string]bool // keys of what was asked
	trouble map[string]int  // of each host, how often it failed
	found   []found
	unread  []lead
	tried   []Try
	notes   []string
	itself  bool
	last    error // why the address itself showed nothing, in the form tried last; nil: it did
	lists   int   // pages of feeds that were looked through
}

// An outcome is what one request led to.
type outcome struct {
	url  *url.URL // where the answer came from
	page *page    // a web page; nil: none
	feed bool     // it was a feed, and is among the found
	err  error
}

// run goes through everything, in order, until there is enough.
func (s *search) run(ctx context.Context, starts []*url.URL) {
	if !s.begin(ctx, starts) || s.itself {
		return
	}
	s.follow(ctx, known(s.typed), maxRead)
	s.follow(ctx, s.announcedLeads(s.page), maxRead)
	s.follow(ctx, ofProgram(s.page, s.site), maxOfProgram)
	s.follow(ctx, s.linkedLeads(s.page), s.linksLeft())
	if !s.enough() && !s.front {
		s.frontPage(ctx)
	}
	if !s.enough() {
		s.follow(ctx, guesses(s.site), maxGuesses)
	}
	if !s.enough() {
		s.sitemaps(ctx)
	}
	s.remaining(ctx)
}

// begin asks for the address that was given, in its forms, and reports whether
// there is anything to go on from.
func (s *search) begin(ctx context.Context, starts []*url.URL) bool {
	for _, u := range starts {
		if s.ruledOut(u) {
			continue
		}
		s.notes = nil
		out := s.visit(ctx, lead{url: u, found: "the address itself"})
		switch {
		case out.feed:
			s.itself, s.last = true, nil
			return true
		case out.err == nil || answered(out.err):
			s.last = out.err
			s.typed, s.site, s.page = u, out.url, page{base: out.url}
			if out.page != nil {
				s.page = *out.page
			}
			if owner(u.Hostname()) != owner(out.url.Hostname()) && len(s.page.announced) == 0 {
				s.site = u // a page that asks for consent, say, is elsewhere; the feeds are not
			}
			s.front = s.site.Path == "/"
			return !s.silent(s.site)
		}
		s.last = out.err
	}
	return false
}

// ruledOut reports whether a form of the address cannot do better than those
// before: a name that is not known is not known to http either, and where a
// private address was refused, nothing else is asked.
func (s *search) ruledOut(u *url.URL) bool {
	var e *feeds.Error
	if !errors.As(s.last, &e) {
		return false
	}
	return e.Kind == feeds.KindAddress || e.Kind == feeds.KindDNS && u.Scheme == "http"
}

// answered reports whether a server gave an answer, be it a bad one.
func answered(err error) bool {
	var e *feeds.Error
	return errors.As(err, &e) && (e.Status != 0 || e.Kind == feeds.KindTooLarge)
}

// frontPage looks at the site's front page when another page was given that
// led to nothing.
func (s *search) frontPage(ctx context.Context) {
	out := s.visit(ctx, lead{url: at(s.site, "/"), found: "the front page"})
	if out.page == nil {
		return
	}
	s.follow(ctx, s.announcedLeads(*out.page), maxRead)
	s.follow(ctx, ofProgram(*out.page, out.url), maxOfProgram)
	s.follow(ctx, s.linkedLeads(*out.page), s.linksLeft())
}

// follow asks for at most so many of the leads. What is left of those that
// somebody named is kept for later. A page among them that lists feeds is
// looked through, and its feeds come next.
func (s *search) follow(ctx context.Context, leads []lead, most int) {
	for len(leads) > 0 {
		l := leads[0]
		leads = leads[1:]
		switch {
		case s.asked[key(l.url)] || l.page && s.lists >= maxLists:
			continue
		case most <= 0 || len(s.found) >= maxRead || s.spent(ctx) || l.guess && s.enough():
			if !l.guess {
				s.later(l)
			}
			continue
		}
		most--
		out := s.visit(ctx, l)
		if out.page != nil && !l.guess && s.lists < maxLists {
			s.lists++
			more := append(s.leads(out.page.announced, "announced by a page of feeds"), s.listed(*out.page)...)
			leads = append(more, leads...)
		}
	}
}

// listed are the links of a page of feeds: on such a page only what has the
// form of a feed's address counts.
func (s *search) listed(p page) []lead {
	var refs []reference
	for _, r := range p.linked {
		if r.looks >= likelyIs {
			refs = append(refs, r)
		}
	}
	return s.leads(refs, "listed on the site's page of feeds")
}

// remaining reads what was put off, if there is little else.
func (s *search) remaining(ctx context.Context) {
	left := s.unread
	s.unread = nil
	for _, l := range left {
		if s.asked[key(l.url)] {
			continue
		}
		if len(s.found) < 2 && !s.spent(ctx) {
			s.visit(ctx, l)
			continue
		}
		s.later(l)
	}
}

// spent reports whether no more requests may be made.
func (s *search) spent(ctx context.Context) bool {
	return len(s.tried) >= s.MaxRequests || ctx.Err() != nil
}

// enough reports whether there is a feed that speaks for itself.
func (s *search) enough() bool {
	return slices.ContainsFunc(s.found, func(f found) bool { return f.Standing == Good })
}

// note keeps what a person should know about the search, once.
func (s *search) note(format string, values ...any) {
	if n := fmt.Sprintf(format, values...); !slices.Contains(s.notes, n) {
		s.notes = append(s.notes, n)
	}
}

func (s *search) report(late bool) Report {
	if s.last != nil && len(s.found) > 0 {
		s.note("%s; what is listed here was found elsewhere on the site", message(s.last))
	}
	if late {
		s.note("the time was up before everything was tried")
	} else if len(s.tried) >= s.MaxRequests {
		s.note("the search ended after %d requests", s.MaxRequests)
	}
	r := Report{Candidates: s.ranked(), Itself: s.itself, Tried: s.tried, Notes: s.notes, Problem: s.last}
	for _, l := range s.unread {
		r.Unread = append(r.Unread, Link{URL: l.url.String(), Title: l.title, Comments: comments(l.url, l.title)})
	}
	return r
}
