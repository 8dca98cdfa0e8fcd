package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"spool"
	"spool/alerts"
	"spool/config"
	"spool/store"
)

// findAlert finds the items of alerts by what their source calls them.
func findAlert(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	found, err := db.SearchAlerts(ctx, func(t spool.Tracked) bool { return t.Recorded && t.Alert.ID == query })
	if err != nil {
		return nil, err
	}
	var items []spool.Item
	for _, t := range found {
		switch it, err := db.Item(ctx, t.Item); {
		case err == nil:
			items = append(items, it)
		case !errors.Is(err, spool.ErrNotFound):
			return nil, err
		}
	}
	return items, nil
}

// untold are the alerts that a query means and that no item stands for yet: named by
// their id, in full or its beginning, by what their source calls them, or by words of
// what it says.
func (p *program) untold(ctx context.Context, cfg *config.Config, db *store.DB, query string) ([]listedAlert, error) {
	words := strings.ToLower(oneLine(query))
	if addressOf(query) != "" {
		words = ""
	}
	found, err := db.SearchAlerts(ctx, func(t spool.Tracked) bool {
		return !t.Recorded && (t.Alert.ID == query || len(query) >= leastID && strings.HasPrefix(t.Item, query) || saysWords(t.Alert, words))
	})
	var all []listedAlert
	for _, t := range found {
		all = append(all, listed(t, nil, p.untoldBy(cfg)))
	}
	return all, err
}

// saysWords reports whether a headline of an alert has the words, in any of its
// languages; no words are in none.
func saysWords(a spool.Alert, words string) bool {
	return words != "" && slices.ContainsFunc(a.Header, func(t spool.Text) bool {
		return strings.Contains(strings.ToLower(oneLine(t.Text)), words)
	})
}

// standingOf is how an alert is that something was recorded of; nil: it is not
// remembered any more, or the item is none.
func standingOf(ctx context.Context, db *store.DB, it spool.Item) (*spool.Tracked, error) {
	if it.Alert == nil {
		return nil, nil
	}
	found, err := db.SearchAlerts(ctx, func(t spool.Tracked) bool { return t.Item == it.ID })
	for _, t := range found {
		return &t, err
	}
	return nil, err
}

// alert says whether an alert holds or how it is known to be over; and what becomes of
// the thread of one that is over.
func (w teller) alert(cfg *config.Config, s story) {
	t := *s.alert
	says, next := "the alert holds", ""
	switch {
	case !t.Open:
		says = "the alert is over since " + w.at(t.Closed) + ": " + w.endingOf(t)
		if f, ok := cfg.Feeds[t.Feed]; ok && t.Ending != "" && len(s.Posts) > 0 {
			next = noEndBy(f.Alerts, t)
		}
	case t.Missing > 0 || !t.Since.IsZero():
		says = fmt.Sprintf("the alert was last listed %s; %s not listed it since", w.at(t.Last), count(t.Missing, "answer has", "answers have"))
	}
	if t.Muted != "" && t.Open {
		next = "; nothing is told of it now: " + t.Muted
	}
	w.say(says+next, "", plain)
}

func (w teller) endingOf(t spool.Tracked) string {
	switch t.Ending {
	case spool.ByTime:
		return "the end that it named has come"
	case spool.BySource:
		return "the source says so"
	case spool.ByGone:
		return "it was last listed " + w.at(t.Last)
	}
	return "it is not listed any more, which says nothing"
}

// noEndBy says where no end is told, and by which key.
func noEndBy(a config.Alerts, t spool.Tracked) string {
	switch {
	case t.Alert.Planned && a.OnEndPlanned == string(alerts.EndNothing):
		return "; it was planned, and on_end_planned: nothing tells no end"
	case !t.Alert.Planned && a.OnEnd == string(alerts.EndNothing):
		return "; on_end: nothing tells no end"
	}
	return ""
}

// alerts says why nothing has been told of alerts so far.
func (w teller) alerts(all []listedAlert) {
	for i, a := range all {
		if i > 0 {
			fmt.Fprintln(w.out)
		}
		w.say(cmp.Or(a.Header, "(an alert without a headline)"), "", bold)
		w.say(fmt.Sprintf("alert %s of feed %s, first listed %s; times are %s", a.Item, a.Feed, w.at(a.first), w.zone), "", dim)
		w.say("nothing has been told of it: "+a.Untold, "", yellow)
		if a.Missing > 0 {
			w.say(count(a.Missing, "answer has", "answers have")+" not listed it since", "", plain)
		}
	}
}
