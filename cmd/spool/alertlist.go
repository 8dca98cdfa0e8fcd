package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/alerts"
	"spool/config"
	"spool/store"
)

// longestHeader is how much of a headline is listed, in characters.
const longestHeader = 120

// closedShown is for how long an alert that is over is still listed with --closed.
const closedShown = 7 * 24 * time.Hour

func (p *program) alertListCommand() *cobra.Command {
	var feed string
	var asJSON, closed bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the alerts that hold, what was told of them, and why not",
		Long: `Lists the alerts that hold, with what readers were told of each, and on which
accounts; or why nothing was. "spool why ITEM" tells more of one.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				names := sortedKeys(cfg.Feeds)
				if feed != "" {
					if _, ok := cfg.Feeds[feed]; !ok {
						return misuse{fmt.Errorf("the configuration has no feed %s", feed)}
					}
					names = []string{feed}
				}
				since := p.now()
				if closed {
					since = since.Add(-closedShown)
				}
				listed, err := p.listAlerts(cmd.Context(), cfg, db, names, since)
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(listed)
				}
				p.printAlerts(listed)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&feed, "feed", "", "only those of this `feed`")
	cmd.Flags().BoolVar(&closed, "closed", false, "also those that were over within the last 7 days")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A listedAlert is an alert and what became of it.
type listedAlert struct {
	Item     string                 `json:"item"`
	Feed     string                 `json:"feed"`
	First    string                 `json:"first"`
	Closed   string                 `json:"closed,omitempty"`
	Ending   spool.Ending           `json:"ending,omitempty"`
	Lines    []string               `json:"lines"`
	Effect   spool.Effect           `json:"effect,omitempty"`
	Severity spool.Severity         `json:"severity,omitempty"`
	Planned  bool                   `json:"planned,omitempty"`
	Header   string                 `json:"header"`
	Missing  int                    `json:"missing,omitempty"` // good readings in a row without it
	Untold   string                 `json:"untold,omitempty"`  // why nothing was told of it
	Digest   string                 `json:"digest,omitempty"`  // the item that sums it up
	Posts    map[string]spool.State `json:"posts"`             // of its announcement, by account

	first time.Time
}

func (p *program) listAlerts(ctx context.Context, cfg *config.Config, db *store.DB, feeds []string, closedSince time.Time) ([]listedAlert, error) {
	out := []listedAlert{}
	for _, feed := range feeds {
		tracked, err := db.TrackedAlerts(ctx, feed, closedSince)
		if err != nil {
			return nil, err
		}
		items := make([]string, len(tracked))
		for i, t := range tracked {
			items[i] = t.Item
		}
		states, err := db.StatesOf(ctx, items)
		if err != nil {
			return nil, err
		}
		for _, t := range tracked {
			out = append(out, listed(t, states[t.Item], p.untoldBy(cfg)))
		}
	}
	slices.SortStableFunc(out, func(a, b listedAlert) int { return b.first.Compare(a.first) })
	return out, nil
}

// listed is an alert for a list, with the states of its announcement by account. untold
// says why there are none.
func listed(t spool.Tracked, posts map[string]spool.State, untold func(spool.Tracked) string) listedAlert {
	a := listedAlert{
		Item: t.Item, Feed: t.Feed, First: rfc3339(t.First), Closed: rfc3339(t.Closed), Ending: t.Ending, Effect: t.Alert.Effect,
		Severity: t.Alert.Severity, Planned: t.Alert.Planned, Missing: t.Missing, Digest: t.Digest, Posts: posts, Lines: linesOf(t.Alert), first: t.First,
	}
	if len(t.Alert.Header) > 0 {
		a.Header = oneLine(t.Alert.Header[0].Text)
	}
	if n := len(t.Alert.Members); n > 0 && a.Header == "" {
		a.Header = "(digest of " + count(n, "alert", "alerts") + ")"
	}
	if len(posts) == 0 {
		a.Posts, a.Untold = map[string]spool.State{}, untold(t)
	}
	return a
}

// untoldBy says why nothing was told of an alert, as the configuration has it now.
func (p *program) untoldBy(cfg *config.Config) func(spool.Tracked) string {
	return func(t spool.Tracked) string {
		f, configured := cfg.Feeds[t.Feed]
		if !configured || !t.Open || t.Digest != "" || t.Muted != "" || t.Known {
			return whyUntold(t)
		}
		policy := newPolicy(cfg, t.Feed, f, nil)
		if len(policy.To(t.Alert)) == 0 {
			return "it is for none of the accounts"
		}
		told := alerts.TellingOf(policy.Published(t.Alert), spool.Begins, "")
		return cmp.Or(policy.Decide(t, told, nil, alerts.Abilities{}, p.now()).Why, whyUntold(t))
	}
}

// linesOf are the lines that an alert is about, by their public names where they are
// known; where there are none, its stops.
func linesOf(a spool.Alert) []string {
	lines, stops := []string{}, []string{}
	for _, x := range a.Affected {
		if name := cmp.Or(x.RouteName, x.Route); name != "" && !slices.Contains(lines, name) {
			lines = append(lines, name)
		}
		if name := cmp.Or(x.StopName, x.Stop); name != "" && !slices.Contains(stops, name) {
			stops = append(stops, name)
		}
	}
	if len(lines) == 0 {
		return stops
	}
	return lines
}

func (p *program) printAlerts(listed []listedAlert) {
	if len(listed) == 0 {
		fmt.Fprintln(p.out, "no alerts")
		return
	}
	t := table{head: []string{"ITEM", "FEED", "SINCE", "LINES", "EFFECT", "TOLD", "HEADER"}}
	for _, a := range listed {
		told, ink := cmp.Or(postsInShort(a.Posts), a.Untold), plain
		switch {
		case a.Closed != "":
			told, ink = "over; "+told, dim
		case a.Missing > 0:
			told += fmt.Sprintf("; not listed by %s", count(a.Missing, "answer", "answers"))
		}
		t.rows = append(t.rows, []cell{
			{text: shortID(a.Item)}, {text: a.Feed}, {ago(a.first, p.now()), dim}, {text: shortList(a.Lines)},
			{text: strings.ToLower(strings.ReplaceAll(string(a.Effect), "_", " "))}, {told, ink}, {text: cut(a.Header, longestHeader)},
		})
	}
	t.print(p)
}

// shortList names the first few of many.
func shortList(names []string) string {
	const few = 3
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}
