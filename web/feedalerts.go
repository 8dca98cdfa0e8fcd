package web

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"spool"
)

// An alertsView is what there is to say of the alerts that a feed lists.
type alertsView struct {
	Open    int
	Lines   []ledgerLine // of the open ones, by what has become of them so far, without those of 0
	Missing int          // of the open ones, those that the last good answers did not list
	Digests int          // that sum others up now
	Reasons []ledgerLine // why those are not told that are kept out, the most frequent first
	More    int          // that are kept out for further reasons
}

// maxReasons is how many reasons are named.
const maxReasons = 10

// alertsOf is nil for a feed that lists no alerts.
func (s *Server) alertsOf(ctx context.Context, f spool.FeedState) (*alertsView, error) {
	if len(f.Memory.Alerts) == 0 {
		return nil, nil
	}
	now := s.Now()
	all, err := s.Store.TrackedAlerts(ctx, f.Name, now)
	if err != nil {
		return nil, err
	}
	return newAlertsView(all, now), nil
}

// newAlertsView counts. An alert that is recorded in the ledger is told, or about to
// be, on one account at least, or a digest tells of it.
func newAlertsView(all []spool.Tracked, now time.Time) *alertsView {
	v := &alertsView{}
	told, summed, known, out, later, next := 0, 0, 0, 0, 0, 0
	reasons := map[string]int{}
	for _, t := range all {
		switch {
		case !t.Open:
			continue
		case t.Account != "":
			v.Digests++
			continue
		}
		v.Open++
		if !t.Since.IsZero() {
			v.Missing++
		}
		switch {
		case t.Recorded && t.Digest != "":
			summed++
		case t.Recorded:
			told++
		case t.Muted != "":
			out++
			reasons[shorten(t.Muted)]++
		case t.Known:
			known++
		case t.Alert.Start().After(now):
			later++
		default:
			next++
		}
	}
	for _, l := range []ledgerLine{
		{"told, or about to be", told}, {"summed up in a digest", summed}, {"there when it was first read", known},
		{"kept out", out}, {"still to begin", later}, {"not told yet", next},
	} {
		if l.N > 0 {
			v.Lines = append(v.Lines, l)
		}
	}
	v.Reasons, v.More = mostFrequent(reasons)
	return v
}

// mostFrequent are the reasons that hold for most, and for how many the others do.
func mostFrequent(reasons map[string]int) (first []ledgerLine, more int) {
	for what, n := range reasons {
		first = append(first, ledgerLine{what, n})
	}
	slices.SortFunc(first, func(a, b ledgerLine) int { return cmp.Or(b.N-a.N, strings.Compare(a.What, b.What)) })
	for len(first) > maxReasons {
		more += first[len(first)-1].N
		first = first[:len(first)-1]
	}
	return first, more
}
