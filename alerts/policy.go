package alerts

import (
	"cmp"
	"slices"

	"spool"
)

// To is where an alert goes: the names of accounts, each once. Each line of it goes to
// the accounts of the first entry of Routing that fits the alert as far as it is about
// that line, so that riders of two lines with accounts of their own are both told. What
// no entry is about goes to the accounts of the feed.
func (p Policy) To(a spool.Alert) []string {
	if len(p.Routing) == 0 {
		return p.Accounts
	}
	var to []string
	for _, part := range byLine(a) {
		for _, name := range p.route(part) {
			if !slices.Contains(to, name) {
				to = append(to, name)
			}
		}
	}
	return to
}

func (p Policy) route(a spool.Alert) []string {
	for _, r := range p.Routing {
		if r.Match.Fits(a) {
			return r.Accounts
		}
	}
	return p.Accounts
}

// byLine is an alert as it is for each of its lines, in their order. What it says of
// stops without a line belongs to all of them; one that names no line stays whole.
func byLine(a spool.Alert) []spool.Alert {
	names := firstOf(a, func(e spool.Affected) string { return orElse(e.Route, e.RouteName) })
	if len(names) < 2 {
		return []spool.Alert{a}
	}
	parts := make([]spool.Alert, len(names))
	for i, name := range names {
		parts[i] = a
		parts[i].Affected = slices.DeleteFunc(slices.Clone(a.Affected), func(e spool.Affected) bool {
			line := orElse(e.Route, e.RouteName)
			return line != "" && line != name
		})
	}
	return parts
}

// Priority is that of an alert's posts.
func (p Policy) Priority(a spool.Alert) spool.Priority {
	if a.Planned {
		return p.Priorities.Planned
	}
	switch severityOf(a) {
	case spool.Severe:
		return p.Priorities.Severe
	case spool.Warning:
		return p.Priorities.Warning
	}
	return p.Priorities.Info
}

// severityOf is how bad an alert is: as the source says, or else as its effect is as a
// rule, after what riders' apps wake people up for.
func severityOf(a spool.Alert) spool.Severity {
	if a.Severity != "" {
		return a.Severity
	}
	switch a.Effect {
	case spool.NoService:
		if oneStop(a) {
			return spool.Warning
		}
		return spool.Severe
	case spool.ReducedService, spool.Detour, spool.SignificantDelays:
		return spool.Warning
	case spool.StopMoved:
		if slices.ContainsFunc(a.Affected, func(e spool.Affected) bool { return e.Stop != "" || e.StopName != "" }) {
			return spool.Warning
		}
	}
	return spool.Info
}

// oneStop reports whether an alert is about one stop and nothing else: that it is closed
// wakes nobody up.
func oneStop(a spool.Alert) bool {
	stop := ""
	for _, e := range a.Affected {
		name := cmp.Or(e.StopName, e.Stop)
		if name == "" || stop != "" && name != stop {
			return false
		}
		stop = name
	}
	return stop != ""
}
