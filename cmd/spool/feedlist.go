package main

import (
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) feedsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "feeds", Short: "Show the feeds", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List the feeds: when they were read, and what is wrong", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				feeds, err := db.Feeds(cmd.Context())
				if err != nil {
					return err
				}
				feeds = append(feeds, unread(cfg, feeds)...)
				if asJSON {
					return p.printJSON(feedViews(feeds))
				}
				p.printFeeds(feeds)
				return nil
			})
		},
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(list)
	return cmd
}

// unread are the configured feeds that the database does not know yet.
func unread(cfg *config.Config, known []spool.FeedState) []spool.FeedState {
	have := map[string]bool{}
	for _, f := range known {
		have[f.Name] = true
	}
	var out []spool.FeedState
	for _, name := range sortedKeys(cfg.Feeds) {
		if !have[name] {
			out = append(out, spool.FeedState{Name: name, URL: cfg.Feeds[name].URL})
		}
	}
	return out
}

func (p *program) printFeeds(feeds []spool.FeedState) {
	t := table{head: []string{"FEED", "STATE", "READ", "NEXT", "NEW ITEM", "ITEMS", "NOTE"}}
	now := p.now()
	for _, f := range feeds {
		state, c := "ok", green
		switch {
		case f.LastPoll.IsZero():
			state, c = "unread", dim
		case f.Failures > 0:
			state, c = fmt.Sprintf("failing %d×", f.Failures), red
		}
		t.rows = append(t.rows, []cell{
			{text: f.Name}, {state, c}, {ago(f.LastGood, now), plain}, {nextPoll(f, now), dim}, {ago(f.LastNew, now), plain},
			{text: fmt.Sprint(f.Items)}, {text: feedNote(f)},
		})
	}
	t.print(p)
}

func nextPoll(f spool.FeedState, now time.Time) string {
	if !f.NextPoll.After(now) {
		return "due"
	}
	return ago(f.NextPoll, now)
}

func feedNote(f spool.FeedState) string {
	switch {
	case f.Problem != "":
		return f.Problem
	case f.Moved != "" && f.Moved != f.URL:
		return "moved for good to " + shownAddress(f.Moved)
	}
	return shownAddress(f.URL)
}

// shownAddress is an address without its query, which may hold a key that only
// this reader was given.
func shownAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	if u.User == nil && u.RawQuery == "" {
		return address
	}
	u.User = nil
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.String()
}

// A feedView is a feed for programs.
type feedView struct {
	Name     string    `json:"name"`
	URL      string    `json:"url"`
	Moved    string    `json:"moved,omitempty"`
	Items    int       `json:"items"`
	Failures int       `json:"failures"`
	Problem  string    `json:"problem,omitempty"`
	LastPoll time.Time `json:"last_poll,omitzero"`
	LastGood time.Time `json:"last_good,omitzero"`
	LastNew  time.Time `json:"last_new,omitzero"`
	NextPoll time.Time `json:"next_poll,omitzero"`
}

func feedViews(feeds []spool.FeedState) []feedView {
	out := make([]feedView, len(feeds))
	for i, f := range feeds {
		out[i] = feedView{f.Name, shownAddress(f.URL), shownAddress(f.Moved), f.Items, f.Failures, f.Problem, f.LastPoll, f.LastGood, f.LastNew, f.NextPoll}
	}
	return out
}
