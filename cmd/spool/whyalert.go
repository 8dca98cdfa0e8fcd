package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"spool"
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
func untold(ctx context.Context, db *store.DB, query string) ([]listedAlert, error) {
	words := strings.ToLower(oneLine(query))
	if addressOf(query) != "" {
		words = ""
	}
	found, err := db.SearchAlerts(ctx, func(t spool.Tracked) bool {
		return !t.Recorded && (t.Alert.ID == query || len(query) >= leastID && strings.HasPrefix(t.Item, query) || saysWords(t.Alert, words))
	})
	var all []listedAlert
	for _, t := range found {
		all = append(all, listed(t, nil))
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
