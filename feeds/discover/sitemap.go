package discover

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"spool/feeds"
)

// Bounds of the search for sitemaps.
const (
	maxRobots   = 512 << 10 // bytes of robots.txt that are read, as crawlers do
	maxSitemaps = 4         // requests
	maxLocs     = 1000      // entries of an index that are looked at
)

// sitemaps looks for news sitemaps: those that robots.txt names, and where
// many sites have them. Others list a site's every page, and are no use.
func (s *search) sitemaps(ctx context.Context) {
	if s.spent(ctx) || s.silent(s.site) {
		return
	}
	places := s.robots(ctx)
	for _, p := range []string{"/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml"} {
		places = append(places, at(s.site, p))
	}
	slices.SortStableFunc(places, func(a, b *url.URL) int { return newsFirst(a) - newsFirst(b) })
	for n := 0; n < maxSitemaps && len(places) > 0 && !s.spent(ctx); {
		u := places[0]
		places = places[1:]
		if s.asked[key(u)] || s.silent(u) {
			continue
		}
		n++
		children, done := s.sitemap(ctx, u)
		if done {
			return
		}
		places = append(children, places...)
	}
}

// newsFirst sorts those that are called news to the front.
func newsFirst(u *url.URL) int {
	if strings.Contains(strings.ToLower(u.Path), "news") {
		return 0
	}
	return 1
}

// robots are the sitemaps that robots.txt names.
func (s *search) robots(ctx context.Context) []*url.URL {
	u := at(s.site, "/robots.txt")
	s.asked[key(u)] = true
	p, _, err := s.get(ctx, u)
	if err != nil {
		s.try(u, message(err))
		return nil
	}
	var out []*url.URL
	for line := range strings.Lines(string(p.Body[:min(len(p.Body), maxRobots)])) {
		name, value, ok := strings.Cut(line, ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "sitemap") || len(out) >= maxLocs {
			continue
		}
		if u := refer(s.site, value); u != nil {
			out = append(out, u)
		}
	}
	s.try(u, "names "+count(len(out), "sitemap", "sitemaps"))
	return out
}

// sitemap asks for one sitemap. It returns those for news that an index names,
// and whether it was one for news itself.
func (s *search) sitemap(ctx context.Context, u *url.URL) (children []*url.URL, done bool) {
	s.asked[key(u)] = true
	p, where, err := s.get(ctx, u)
	if err != nil {
		s.try(u, message(err))
		return nil, false
	}
	doc, err := feeds.Parse(p.Body, feeds.Input{ContentType: p.ContentType, Base: p.URL, Kind: feeds.SitemapKind, Now: s.Now()})
	if err == nil && !p.Cut {
		s.keep(lead{url: u, found: "a news sitemap"}, where, doc, p.Header)
		s.try(u, fmt.Sprintf("%s, %s", doc.Format, count(len(doc.Items), "item", "items")))
		return nil, len(doc.Items) > 0
	}
	children = index(p.Body, where)
	switch {
	case len(children) > 0:
		s.try(u, "an index that names "+count(len(children), "sitemap for news", "sitemaps for news"))
	case p.Cut:
		s.try(u, fmt.Sprintf("larger than %d MiB, and not read", maxDocument>>20))
	default:
		s.try(u, "no news sitemap")
	}
	return children, false
}

// index are the sitemaps for news that an index of sitemaps names.
func index(body []byte, base *url.URL) []*url.URL {
	const enough = 5
	var out []*url.URL
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), maxPage)]))
	z.SetMaxBuf(64 << 10)
	child, loc := false, false
	for seen := 0; seen < maxLocs && len(out) < enough; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.EndTagToken:
			name, _ := z.TagName()
			begins := kind == html.StartTagToken
			switch string(name) {
			case "sitemap":
				child = begins
			case "loc":
				loc = begins && child
			}
		case html.TextToken:
			if !loc {
				continue
			}
			seen++
			if u := refer(base, string(z.Text())); u != nil && newsFirst(u) == 0 {
				out = append(out, u)
			}
		}
	}
	return out
}
