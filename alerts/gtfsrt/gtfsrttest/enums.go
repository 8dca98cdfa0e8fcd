package gtfsrttest

import "spool"

// causes are those of the schema, at the index that is their number there; no number
// is 0, and what is unknown is 1.
func causes() []spool.Cause {
	return []spool.Cause{
		"-", "", spool.OtherCause, spool.TechnicalProblem, spool.Strike, spool.Demonstration, spool.Accident,
		spool.Holiday, spool.Weather, spool.Maintenance, spool.Construction, spool.PoliceActivity,
		spool.MedicalEmergency, spool.SpecialEvent,
	}
}

func effects() []spool.Effect {
	return []spool.Effect{
		"-", spool.NoService, spool.ReducedService, spool.SignificantDelays, spool.Detour, spool.AdditionalService,
		spool.ModifiedService, spool.OtherEffect, "", spool.StopMoved, spool.NoEffect, spool.AccessibilityIssue,
	}
}

func severities() []spool.Severity {
	return []spool.Severity{"-", "", spool.Info, spool.Warning, spool.Severe}
}

// routeType is a mode's number in routes.txt; false where there is none.
func routeType(m spool.Mode) (uint64, bool) {
	n, ok := map[spool.Mode]uint64{
		spool.Tram: 0, spool.Metro: 1, spool.Rail: 2, spool.Bus: 3, spool.Ferry: 4, spool.CableTram: 5, spool.Lift: 6,
		spool.Funicular: 7, spool.Trolleybus: 11, spool.Monorail: 12,
	}[m]
	return n, ok
}
