package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) feedsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "feeds", Short: "List the feeds; find and move feeds", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.feedsListCommand(), p.feedsShowCommand(), p.feedsRetryCommand())
	cmd.AddCommand(p.feedsDiscoverCommand(), p.feedsImportCommand(), p.feedsExportCommand())
	return cmd
}

func (p *program) feedsListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the feeds: when they were read, and what is wrong", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				feeds, err := db.Feeds(cmd.Context())
				if err != nil {
					return err
				}
				feeds = append(feeds, unread(cfg, feeds)...)
				if asJSON {
					return p.printJSON(feedViews(feeds, p.now()))
				}
				p.printFeeds(feeds)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
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
		state, c := feedState(f, now)
		t.rows = append(t.rows, []cell{
			{text: f.Name}, {state, c}, {ago(f.LastGood, now), plain}, {nextPoll(f, now), dim}, {ago(f.LastNew, now), plain},
			{text: fmt.Sprint(f.Items)}, {text: feedNote(f, now)},
		})
	}
	t.print(p)
}

// feedState is how a feed is, in a word or two.
func feedState(f spool.FeedState, now time.Time) (string, colour) {
	switch {
	case !f.Memory.Ended.IsZero():
		return "gone", red
	case f.Failures > 0:
		return fmt.Sprintf("failing %d×", f.Failures), red
	case f.RetryAfter.After(now):
		return "resting", yellow
	case f.LastPoll.IsZero():
		return "unread", dim
	case f.Memory.Alarm != "":
		return "odd", yellow
	case f.Memory.Degraded:
		return "degraded", yellow
	}
	return "ok", green
}

func nextPoll(f spool.FeedState, now time.Time) string {
	switch {
	case !f.Memory.Ended.IsZero():
		return "never"
	case !f.NextPoll.After(now):
		return "due"
	}
	return ago(f.NextPoll, now)
}

// feedNote is what a person should know of a feed before anything else.
func feedNote(f spool.FeedState, now time.Time) string {
	m := f.Memory
	switch {
	case f.Problem != "":
		return f.Problem
	case f.RetryAfter.After(now):
		return "not asked before " + moment(f.RetryAfter) + ": its publisher wants to be left alone"
	case m.Alarm != "":
		return m.Alarm
	case m.Address != "":
		return "moved for good, and asked at " + shownAddress(m.Address) + " now: set its url to that"
	case f.Moved != "" && f.Moved != f.URL:
		return "moved for good to " + shownAddress(f.Moved)
	case m.Slowed != "":
		return m.Slowed
	case m.Degraded:
		return "items may be missing: \"spool feeds show " + f.Name + "\" says why"
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
	State    string    `json:"state"` // ok, unread, failing, resting, odd, degraded, gone
	URL      string    `json:"url"`
	Address  string    `json:"address,omitempty"` // asked instead, since it has moved there for good
	Moved    string    `json:"moved,omitempty"`   // where it redirects for good
	Items    int       `json:"items"`
	Failures int       `json:"failures"`
	Problem  string    `json:"problem,omitempty"`
	Alarm    string    `json:"alarm,omitempty"`
	Degraded bool      `json:"degraded,omitempty"`
	Slowed   string    `json:"slowed,omitempty"`
	LastPoll time.Time `json:"last_poll,omitzero"`
	LastGood time.Time `json:"last_good,omitzero"`
	LastNew  time.Time `json:"last_new,omitzero"`
	NextPoll time.Time `json:"next_poll,omitzero"` // absent of a feed that is gone
}

func viewFeed(f spool.FeedState, now time.Time) feedView {
	state, _ := feedState(f, now)
	state, _, _ = strings.Cut(state, " ")
	next := f.NextPoll
	if !f.Memory.Ended.IsZero() {
		next = time.Time{}
	}
	return feedView{
		Name: f.Name, State: state, URL: shownAddress(f.URL), Address: shownAddress(f.Memory.Address), Moved: shownAddress(f.Moved),
		Items: f.Items, Failures: f.Failures, Problem: f.Problem, Alarm: f.Memory.Alarm, Degraded: f.Memory.Degraded, Slowed: f.Memory.Slowed,
		LastPoll: f.LastPoll, LastGood: f.LastGood, LastNew: f.LastNew, NextPoll: next,
	}
}

func feedViews(feeds []spool.FeedState, now time.Time) []feedView {
	out := make([]feedView, len(feeds))
	for i, f := range feeds {
		out[i] = viewFeed(f, now)
	}
	return out
}
