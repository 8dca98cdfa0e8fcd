package alerts

import (
	"slices"
	"time"

	"spool"
)

// Classify fills in what a source does not say of an alert: the public names of what it
// is about, from the directory; cause, effect, severity and whether it is planned, from
// the policy's rules, and after them from words and ids that are common. What the source
// says stays, unless a rule holds always.
func (p Policy) Classify(a spool.Alert) spool.Alert {
	a.Affected = p.named(a.Affected)
	r := p.ruled(a)
	a = r.apply(a)
	w := words{}
	if a.Effect == "" || a.Cause == "" || !a.Planned {
		w = read(a)
	}
	if a.Effect == "" {
		a.Effect = w.effect
	}
	if a.Cause == "" {
		a.Cause = w.cause
	}
	given := a.Severity
	a.Severity = severityOf(a)
	switch {
	case r.planned != nil:
		a.Planned = *r.planned
	case !a.Planned:
		a.Planned = w.planned || isWork(a) && !w.urgent || given != spool.Severe && ListedAhead(a, a.Created)
	}
	return a
}

// isWork reports whether the cause of an alert is one that somebody has planned. A lift
// that is being mended has broken down, as far as its riders can tell: they want to know
// when it runs again.
func isWork(a spool.Alert) bool {
	return a.Cause == spool.Construction || a.Cause == spool.Maintenance && a.Effect != spool.AccessibilityIssue
}

// aheadBy is how long before it begins something is listed that was planned: what comes
// about by itself is foreseen for an hour or so.
const aheadBy = 2 * time.Hour

// ListedAhead reports whether an alert is planned for that it was listed so long before
// it begins. What nobody plans, such as weather, may be foreseen as well, and is not.
// A zero moment says nothing.
func ListedAhead(a spool.Alert, listed time.Time) bool {
	if listed.IsZero() || a.Start().IsZero() || a.Start().Sub(listed) < aheadBy {
		return false
	}
	unforeseen := []spool.Cause{spool.Weather, spool.Accident, spool.TechnicalProblem, spool.PoliceActivity, spool.MedicalEmergency}
	return !slices.Contains(unforeseen, a.Cause)
}

// A ruling is what the policy's rules say of an alert.
type ruling struct {
	effect   spool.Effect
	cause    spool.Cause
	severity spool.Severity
	planned  *bool // nil: nothing
}

// ruled collects what all rules say that match, of each field the first.
func (p Policy) ruled(a spool.Alert) ruling {
	var r ruling
	decided := map[string]bool{}
	for _, rule := range p.Rules {
		if !rule.Match.Fits(a) {
			continue
		}
		if first(decided, "effect", rule.Effect != "" && (rule.Always || a.Effect == "")) {
			r.effect = rule.Effect
		}
		if first(decided, "cause", rule.Cause != "" && (rule.Always || a.Cause == "")) {
			r.cause = rule.Cause
		}
		if first(decided, "severity", rule.Severity != "" && (rule.Always || a.Severity == "")) {
			r.severity = rule.Severity
		}
		if first(decided, "planned", rule.Planned != nil && (rule.Always || !a.Planned)) {
			r.planned = rule.Planned
		}
	}
	return r
}

// first reports whether something is said of a field for the first time.
func first(decided map[string]bool, field string, says bool) bool {
	if !says || decided[field] {
		return false
	}
	decided[field] = true
	return true
}

// apply gives an alert what the rules say; they only say what may be said.
func (r ruling) apply(a spool.Alert) spool.Alert {
	a.Effect = spool.Effect(orElse(string(r.effect), string(a.Effect)))
	a.Cause = spool.Cause(orElse(string(r.cause), string(a.Cause)))
	a.Severity = spool.Severity(orElse(string(r.severity), string(a.Severity)))
	if r.planned != nil {
		a.Planned = *r.planned
	}
	return a
}

// named gives what an alert is about its public names. Those of the directory go before
// the source's own: somebody has chosen them.
func (p Policy) named(affected []spool.Affected) []spool.Affected {
	if p.Directory == nil {
		return affected
	}
	affected = slices.Clone(affected)
	for i := range affected {
		e := &affected[i]
		if r, ok := p.Directory.Route(e.Agency, e.Route); ok && e.Route != "" {
			e.RouteName, e.RouteColour = orElse(r.Name, e.RouteName), orElse(r.Colour, e.RouteColour)
			if e.Mode == "" {
				e.Mode = r.Mode
			}
		}
		if name, ok := p.Directory.Stop(e.Stop); ok && e.Stop != "" {
			e.StopName = orElse(name, e.StopName)
		}
		if name, ok := p.Directory.Agency(e.Agency); ok { // of a single agency also without an id
			e.AgencyName = orElse(name, e.AgencyName)
		}
	}
	return affected
}
