package feeds

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"

	"spool"
)

// What a hint may say. Beyond it, it is nonsense, and ignored.
const (
	shortestEvery = time.Minute
	longestEvery  = 366 * 24 * time.Hour
)

// hints are what a feed says about when to ask for it: ttl and skipHours and
// skipDays of RSS 2.0, and period and frequency of the syndication module
// (http://purl.org/rss/1.0/modules/syndication/). Of two intervals the longer
// counts. The module's updateBase is nearly always wrong, and not read.
func hints(feed *gofeed.Feed, known aliases) spool.Hints {
	var h spool.Hints
	var e ext.Extensions
	switch f := feed.OriginalFeed().(type) {
	case *rss.Feed:
		e = f.Extensions
		h.Every = ttl(f.TTL)
		h.Hours = skippedHours(f.SkipHours)
		h.Days = skippedDays(f.SkipDays)
	case *atom.Feed:
		e = f.Extensions
	}
	h.Every = max(h.Every, period(known.values(e, "sy", "updatePeriod"), known.values(e, "sy", "updateFrequency")))
	return h
}

// ttl is a number of minutes.
func ttl(s string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 || n > int(longestEvery/time.Minute) {
		return 0
	}
	return time.Duration(n) * time.Minute
}

// period divides the module's period, by default a day, by its frequency, by
// default 1; without either it says nothing.
func period(periods, frequencies []string) time.Duration {
	if len(periods) == 0 && len(frequencies) == 0 {
		return 0
	}
	times := 1
	if len(frequencies) > 0 {
		n, err := strconv.Atoi(strings.TrimSpace(frequencies[0]))
		if err != nil || n < 1 {
			return 0
		}
		times = n
	}
	const day = 24 * time.Hour
	whole := day
	if len(periods) > 0 {
		switch strings.ToLower(strings.TrimSpace(periods[0])) {
		case "hourly":
			whole = time.Hour
		case "daily":
		case "weekly":
			whole = 7 * day
		case "monthly":
			whole = 30 * day
		case "yearly":
			whole = 365 * day
		default:
			return 0
		}
	}
	if every := whole / time.Duration(times); every >= shortestEvery {
		return every
	}
	return 0
}

// skippedHours reads hours of the day in GMT; 24 is midnight. All of them, or
// none that is an hour, says nothing.
func skippedHours(list []string) []int {
	var out []int
	for _, s := range list {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 0 || n > 24 {
			continue
		}
		if n %= 24; !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if len(out) == 24 {
		return nil
	}
	slices.Sort(out)
	return out
}

func skippedDays(list []string) []time.Weekday {
	var out []time.Weekday
	for _, s := range list {
		for day := time.Sunday; day <= time.Saturday; day++ {
			if strings.EqualFold(strings.TrimSpace(s), day.String()) && !slices.Contains(out, day) {
				out = append(out, day)
			}
		}
	}
	if len(out) == 7 {
		return nil
	}
	slices.Sort(out)
	return out
}

// push notes where a feed says that it is pushed from, and what it calls itself.
func (p *parsing) push(feed *gofeed.Feed) {
	for _, l := range p.survey.links {
		if l.is("hub") && p.doc.Hub == "" {
			p.doc.Hub = p.absolute(l.href)
		}
		if l.is("self") && p.doc.Topic == "" {
			p.doc.Topic = p.absolute(l.href)
		}
	}
	if f, ok := feed.OriginalFeed().(*jsonfeed.Feed); ok {
		p.doc.Topic = p.absolute(f.FeedURL)
	}
}

// hubs takes the first WebSub hub of a JSON Feed, given what begins with its
// "hubs".
func (p *parsing) hubs(raw []byte) {
	const longest = 64 << 10
	raw = raw[:min(len(raw), longest)]
	var hubs []struct{ Type, URL string }
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&hubs); err != nil {
		return
	}
	for _, h := range hubs {
		if kind := strings.ToLower(h.Type); kind != "websub" && kind != "pubsubhubbub" {
			continue
		}
		if p.doc.Hub = p.absolute(h.URL); p.doc.Hub != "" {
			return
		}
	}
}

// siteLink is the address of the feed's site. Gofeed takes the last link for
// it, were it the feed's own or its hub's.
func siteLink(feed *gofeed.Feed, links []headLink) string {
	var candidates []string
	switch f := feed.OriginalFeed().(type) {
	case *rss.Feed:
		candidates = f.Links
		for _, l := range links {
			if l.is("alternate") {
				candidates = append(slices.Clip(candidates), l.href)
			}
		}
	case *atom.Feed:
		candidates = bestLinks(f.Links, feed.Language)
	}
	for _, candidate := range append(slices.Clip(candidates), feed.Link) {
		candidate = strings.TrimSpace(candidate)
		other := func(h headLink) bool {
			return !h.prefixed && !h.is("alternate") && strings.TrimSpace(h.href) == candidate
		}
		if candidate != "" && !slices.ContainsFunc(links, other) {
			return candidate
		}
	}
	return ""
}
