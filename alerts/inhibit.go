package alerts

import (
	"slices"

	"spool"
)

// A suspension is an alert by which whole lines do not run.
type suspension struct {
	rec   *record
	id    string
	lines []spool.Affected
}

// suspensions are the lines that do not run now, as far as readers are told so.
func (k *tracker) suspensions() []suspension {
	if !k.p.Inhibit {
		return nil
	}
	var all []suspension
	for _, rec := range k.book {
		a := &rec.t.Alert
		if !rec.t.Open || rec.mem.Filter != "" || !suspends(a) || !a.Active(k.now) || k.p.Planned.Never && a.Planned {
			continue
		}
		s := suspension{rec: rec, id: a.ID}
		for _, e := range a.Affected {
			if wholeLine(e) {
				s.lines = append(s.lines, e)
			}
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b suspension) int {
		if before(a.rec, b.rec) {
			return -1
		}
		return 1
	})
	return all
}

// suspends reports whether an alert is about a whole line that does not run.
func suspends(a *spool.Alert) bool {
	return a.Effect == spool.NoService && slices.ContainsFunc(a.Affected, wholeLine)
}

func wholeLine(e spool.Affected) bool {
	return e.Route != "" && e.Stop == "" && e.Trip == "" && e.Direction == ""
}

// inhibitedBy finds the suspension that already says what an alert says: each thing
// that it is about is on a line that does not run. What concerns lifts and the like
// does not end with the line's service, and what the source itself calls severe is
// never kept back. Nor is a suspension, not even by itself: see covers.
func (k *tracker) inhibitedBy(rec *record, stops []suspension) (suspension, bool) {
	a := &rec.t.Alert
	if len(stops) == 0 || len(a.Affected) == 0 || a.Effect == spool.AccessibilityIssue ||
		a.Severity == spool.Severe && !rec.mem.Derived {
		return suspension{}, false
	}
	var by suspension
	for _, e := range a.Affected {
		i := slices.IndexFunc(stops, func(s suspension) bool { return s.covers(e, a.Effect) })
		if i < 0 {
			return suspension{}, false
		}
		if by.rec == nil {
			by = stops[i]
		}
	}
	return by, true
}

// covers reports whether something is on a line that does not run, and less than that.
func (s suspension) covers(e spool.Affected, effect spool.Effect) bool {
	if e.Route == "" || wholeLine(e) && effect == spool.NoService {
		return false
	}
	return slices.ContainsFunc(s.lines, func(l spool.Affected) bool {
		return l.Route == e.Route && (l.Agency == "" || e.Agency == "" || l.Agency == e.Agency)
	})
}
