package main

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"spool"
	"spool/config"
	"spool/store"
)

// A nearFeed is a feed that an address which nobody has seen could come from.
type nearFeed struct {
	Name     string    `json:"name"`
	URL      string    `json:"url"`
	Standing string    `json:"standing"` // for people: how it is
	Unread   string    `json:"unread,omitempty"`
	LastGood time.Time `json:"last_good,omitzero"`
	NextPoll time.Time `json:"next_poll,omitzero"`

	state spool.FeedState
}

// maxNear is how many feeds are named.
const maxNear = 10

// nearFeeds are the feeds of an address's site: those that are there, and those
// whose articles are. Entries of any feed that could not be used and that name
// the query are told as well.
func (p *program) nearFeeds(ctx context.Context, cfg *config.Config, db *store.DB, query string) ([]nearFeed, error) {
	states, err := db.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	states = append(states, unread(cfg, states)...)
	links, err := db.LatestLinks(ctx)
	if err != nil {
		return nil, err
	}
	site := siteOf(addressOf(query))
	var near []nearFeed
	for _, f := range states {
		unused := unusable(f, query)
		ofSite := site != "" && (siteOf(f.URL) == site || siteOf(links[f.Name]) == site)
		if (ofSite || unused != "") && len(near) < maxNear {
			near = append(near, nearFeed{f.Name, shownAddress(f.URL), p.feedStanding(f), unused, f.LastGood, f.NextPoll, f})
		}
	}
	return near, nil
}

// unusable is what was said about an entry of the feed that could not be used, if
// it names the query.
func unusable(f spool.FeedState, query string) string {
	for _, skipped := range f.Memory.Skipped {
		if strings.Contains(strings.ToLower(skipped), strings.ToLower(query)) {
			return skipped
		}
	}
	return ""
}

// siteOf is the domain that somebody has registered, of an address: articles at
// www.example.org may be in a feed at feeds.example.org. Empty: no address.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}

// feedStanding says how a feed is, as far as it matters to somebody who misses an
// article.
func (p *program) feedStanding(f spool.FeedState) string {
	now := p.now()
	var says []string
	switch {
	case !f.Memory.Ended.IsZero():
		says = append(says, "not read any more, because it is gone for good: "+f.Problem)
	case f.LastPoll.IsZero():
		says = append(says, "not read yet: is \"spool run\" running?")
	case f.Failures > 0 && f.LastGood.IsZero():
		says = append(says, "it could not be read yet: "+f.Problem)
	case f.Failures > 0:
		says = append(says, fmt.Sprintf("it cannot be read since %s: %s", ago(f.LastGood, now), f.Problem))
	default:
		says = append(says, fmt.Sprintf("read %s, %s in it", ago(f.LastGood, now), count(f.Items, "item", "items")))
	}
	if overdue := now.Sub(f.NextPoll); f.Memory.Ended.IsZero() && !f.LastPoll.IsZero() && overdue > 5*time.Minute {
		says = append(says, "it should have been read "+span(overdue)+" ago: is \"spool run\" running?")
	}
	if f.Memory.Degraded {
		says = append(says, "its document is damaged, and items may have been missed")
	}
	if f.Memory.Alarm != "" {
		says = append(says, f.Memory.Alarm)
	}
	return strings.Join(says, "; ")
}
