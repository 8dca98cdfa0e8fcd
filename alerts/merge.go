package alerts

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"spool"
)

// maxAffected is how many things one alert is about at most, and maxPeriods in how
// many times it holds. Parts of an incident add up to no more.
const (
	maxAffected = 2_000
	maxPeriods  = 500
)

// judge makes one alert of a group: of what its parts say, and the policy of that.
func (g *group) judge(k *tracker) {
	if g.judged {
		return
	}
	g.judged = true
	raw := merge(g.ents, k.now)
	a := k.p.Classify(raw)
	first := k.now
	if g.rec != nil {
		first = g.rec.t.First
	}
	if !a.Planned && raw.Severity != spool.Severe && ListedAhead(a, first) && k.p.ruled(raw).planned == nil {
		a.Planned = true
	}
	if !a.Resumed && k.log {
		a.Resumed = k.p.resumes(a)
	}
	g.alert = a
	g.derived = raw.Severity == "" && a.Severity == spool.Severe && a.Effect == spool.NoService
	if ok, why := k.p.Passes(a); !ok {
		g.filter = why
	}
}

// raw is a digest of how a group is listed, and of what judges it: what is listed in
// the same way again has been judged already. Of several parts it differs when one of
// them is over by now.
func (g *group) raw(k *tracker) string {
	if len(g.ents) == 1 {
		return g.ents[0].digest + k.imprint
	}
	all := make([]string, len(g.ents))
	for i, e := range g.ents {
		if all[i] = e.digest; over(*e.alert, k.now) != "" {
			all[i] += "over"
		}
	}
	slices.Sort(all)
	return digest([]byte(strings.Join(all, ""))) + k.imprint
}

// classified is what the policy makes of one entity, for comparing.
func (e *entity) classified(k *tracker) spool.Alert { return k.p.Classify(*e.alert) }

// merge makes one alert of the parts of an incident: about everything that any part is
// about, for all their times, in the words of the gravest. The order of the parts does
// not matter. Parts that are over are left out while others are not.
func merge(ents []*entity, now time.Time) spool.Alert {
	if len(ents) == 1 {
		return *ents[0].alert
	}
	live := slices.DeleteFunc(slices.Clone(ents), func(e *entity) bool { return over(*e.alert, now) != "" })
	if len(live) == 0 {
		live = ents
	}
	live = slices.SortedStableFunc(slices.Values(live), graverPart)
	a := *live[0].alert
	a.Names, a.Affected, a.Periods, a.Replaces = nil, nil, nil, nil
	always, ends := false, true
	for _, e := range live {
		b := e.alert
		a.Affected = append(a.Affected, b.Affected...)
		a.Periods = append(a.Periods, b.Periods...)
		always = always || len(b.Periods) == 0
		ends = ends && !b.Ended.IsZero()
		a.Created = earlier(a.Created, b.Created)
		a.Updated, a.Notify, a.Ended = later(a.Updated, b.Updated), later(a.Notify, b.Notify), later(a.Ended, b.Ended)
		a.Guess = a.Guess || b.Guess
		a.Planned = a.Planned && b.Planned
		if a.Severity == "" || b.Severity != "" && bad(b.Severity) > bad(a.Severity) {
			a.Severity = b.Severity
		}
	}
	for _, e := range ents {
		a.Names = append(a.Names, e.names...)
		a.Replaces = append(a.Replaces, e.instead...)
	}
	if always {
		a.Periods = nil
	}
	if !ends && a.Ended.After(now) {
		a.Ended = time.Time{} // that of a part: the others go on
	}
	return tidy(a)
}

// tidy sorts what was added up, and takes out what is there twice.
func tidy(a spool.Alert) spool.Alert {
	slices.SortFunc(a.Affected, byAffected)
	a.Affected = slices.Compact(a.Affected)
	a.Affected = a.Affected[:min(len(a.Affected), maxAffected)]
	slices.SortFunc(a.Periods, byPeriod)
	a.Periods = slices.CompactFunc(a.Periods, func(p, q spool.Period) bool { return byPeriod(p, q) == 0 })
	a.Periods = a.Periods[max(0, len(a.Periods)-maxPeriods):]
	slices.Sort(a.Names)
	a.Names = slices.Compact(a.Names)
	a.Names = a.Names[:min(len(a.Names), maxNames)]
	slices.Sort(a.Replaces)
	a.Replaces = slices.Compact(a.Replaces)
	a.Replaces = a.Replaces[:min(len(a.Replaces), maxReplaced)]
	if len(a.Replaces) == 0 {
		a.Replaces = nil
	}
	return a
}

// graverPart orders the parts of an incident: the worst first, then the latest.
func graverPart(a, b *entity) int {
	return cmp.Or(
		cmp.Compare(bad(severityOf(*b.alert)), bad(severityOf(*a.alert))),
		moment(b.alert).Compare(moment(a.alert)),
		strings.Compare(a.alert.ID, b.alert.ID),
		strings.Compare(a.digest, b.digest),
	)
}

func bad(s spool.Severity) int { return slices.Index(spool.Severities(), s) }

func byAffected(a, b spool.Affected) int {
	return cmp.Or(
		strings.Compare(a.Agency, b.Agency), strings.Compare(a.Route, b.Route), strings.Compare(a.Stop, b.Stop),
		strings.Compare(a.Trip, b.Trip), strings.Compare(a.Direction, b.Direction),
		strings.Compare(string(a.Mode), string(b.Mode)), strings.Compare(a.RouteName, b.RouteName),
		strings.Compare(a.StopName, b.StopName), strings.Compare(a.AgencyName, b.AgencyName), strings.Compare(a.RouteColour, b.RouteColour),
	)
}

func byPeriod(p, q spool.Period) int {
	return cmp.Or(p.Start.Compare(q.Start), p.End.Compare(q.End))
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
