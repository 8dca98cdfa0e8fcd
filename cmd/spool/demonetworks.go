package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
)

// demoQuota is what the stand-ins let the newsroom post: it tells more in an hour
// than real networks take in a day, with a picture each time.
const demoQuota = 100_000

// A demoNetwork is a stand-in of the demonstration.
type demoNetwork struct {
	at     string // its address
	column wallColumn
}

// demoNetworks serves the stand-ins, in the order of the configuration. Each keeps
// what was posted on it in the demonstration's folder.
func (p *program) demoNetworks(ctx context.Context, g *errgroup.Group, dir string) ([]demoNetwork, error) {
	var all []demoNetwork
	for i, begin := range []func(at, dir string) (http.Handler, wallColumn){p.demoThreads, p.demoMastodon, p.demoBluesky} {
		front := http.NewServeMux()
		at, err := p.demoServe(ctx, g, 8083+i, front)
		if err != nil {
			return nil, err
		}
		handler, column := begin(at, dir)
		front.Handle("/", handler)
		column.Page = at
		all = append(all, demoNetwork{at, column})
	}
	return all, nil
}

// demoWall serves the page with all timelines, and returns its address.
func (p *program) demoWall(ctx context.Context, g *errgroup.Group, networks []demoNetwork) (string, error) {
	var columns []wallColumn
	for _, n := range networks {
		columns = append(columns, n.column)
	}
	log, err := p.logger()
	if err != nil {
		return "", err
	}
	w, err := newWall(columns, p.now, log)
	if err != nil {
		return "", err
	}
	return p.demoServe(ctx, g, 8082, w.Handler())
}

func (p *program) demoThreads(at, dir string) (http.Handler, wallColumn) {
	net := threadstest.New(threadstest.Options{
		Now: p.now, PublicURL: at, Snapshot: filepath.Join(dir, "timeline.json"),
		Knobs: threadstest.Knobs{Processing: time.Second, PublishLatency: 500 * time.Millisecond, Quota: demoQuota}, // as slow as the real one on a good day
	})
	net.AddUser(demoProfile, demoToken)
	net.AddUser(agencyProfile, agencyToken)
	return net, wallColumn{Name: "Threads", Posts: ofBoth(demoProfile, agencyProfile, func(profile, by string) []wallPost {
		seen := net.Visible(profile)
		texts := map[string]string{}
		for _, s := range seen {
			texts[s.ID] = s.Text
		}
		var out []wallPost
		for _, s := range seen {
			out = append(out, wallPost{ID: "threads-" + s.ID, By: by, Text: s.Text, Link: s.Link, Topic: s.Topic, Parent: s.ReplyTo, Reply: firstLine(texts[s.ReplyTo]), At: s.Time})
		}
		return out
	})}
}

func (p *program) demoMastodon(at, dir string) (http.Handler, wallColumn) {
	net := mastodontest.New(mastodontest.Options{
		Now: p.now, PublicURL: at, Snapshot: filepath.Join(dir, "mastodon.json"),
		Knobs: mastodontest.Knobs{Quota: demoQuota, MediaQuota: demoQuota},
	})
	net.AddUser(demoProfile, demoToken)
	net.AddUser(agencyProfile, agencyToken)
	return net, wallColumn{Name: "Mastodon", Posts: ofBoth(demoProfile, agencyProfile, func(profile, by string) []wallPost {
		seen := net.Visible(profile)
		texts := map[string]string{}
		for _, s := range seen {
			texts[s.ID] = s.Text
		}
		var out []wallPost
		for _, s := range seen {
			post := wallPost{ID: "mastodon-" + s.ID, By: by, Text: s.Text, Parent: s.ReplyTo, Reply: firstLine(texts[s.ReplyTo]), Edited: !s.Edited.IsZero(), At: s.Time}
			for _, m := range s.Media {
				post.Pictures = append(post.Pictures, describedAs(m.Alt))
			}
			out = append(out, post)
		}
		return out
	})}
}

func (p *program) demoBluesky(at, dir string) (http.Handler, wallColumn) {
	net := blueskytest.New(blueskytest.Options{Now: p.now, PublicURL: at, Snapshot: filepath.Join(dir, "bluesky.json")})
	net.AddUser(demoHandle, demoPassword)
	net.AddUser(agencyHandle, agencyPassword)
	return net, wallColumn{Name: "Bluesky", Posts: ofBoth(demoHandle, agencyHandle, func(profile, by string) []wallPost {
		seen := net.Visible(profile)
		texts := map[string]string{}
		for _, s := range seen {
			texts[s.ID] = s.Text
		}
		var out []wallPost
		for _, s := range seen {
			post := wallPost{
				ID: "bluesky-" + s.Key, By: by, Text: s.Text, Link: s.Link, Title: s.Title, Thumb: s.Thumb != "",
				Parent: s.ReplyTo, Reply: firstLine(texts[s.ReplyTo]), At: s.Time, Topic: strings.Join(s.Tags, " "),
			}
			for _, picture := range s.Pictures {
				post.Pictures = append(post.Pictures, describedAs(picture.Alt))
			}
			out = append(out, post)
		}
		return out
	})}
}

// ofBoth are the posts of the newsroom's profile and of the agency's.
func ofBoth(newsroom, agency string, posts func(profile, by string) []wallPost) func() []wallPost {
	return func() []wallPost {
		return append(posts(newsroom, "Newsroom"), posts(agency, "Transit")...)
	}
}

func describedAs(alt string) string {
	if alt == "" {
		return "A picture without a description"
	}
	return alt
}
