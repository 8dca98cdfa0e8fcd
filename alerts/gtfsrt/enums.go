package gtfsrt

import (
	"strconv"
	"strings"

	"spool"
	"spool/alerts"
)

// causeOf is the cause with a number of the schema. Numbers that the schema does not
// have yet are not known, and not an error: protobuf wants it so.
func causeOf(n uint64) spool.Cause {
	return pick(n, []spool.Cause{
		"", "", spool.OtherCause, spool.TechnicalProblem, spool.Strike, spool.Demonstration, spool.Accident,
		spool.Holiday, spool.Weather, spool.Maintenance, spool.Construction, spool.PoliceActivity,
		spool.MedicalEmergency, spool.SpecialEvent,
	})
}

func effectOf(n uint64) spool.Effect {
	return pick(n, []spool.Effect{
		"", spool.NoService, spool.ReducedService, spool.SignificantDelays, spool.Detour, spool.AdditionalService,
		spool.ModifiedService, spool.OtherEffect, "", spool.StopMoved, spool.NoEffect, spool.AccessibilityIssue,
	})
}

func severityOf(n uint64) spool.Severity {
	return pick(n, []spool.Severity{"", "", spool.Info, spool.Warning, spool.Severe})
}

func pick[T any](n uint64, of []T) T {
	if n >= uint64(len(of)) {
		n = 0
	}
	return of[n]
}

// named is the value of an enum that JSON writes as a name or a number. What it does
// not know is the zero value.
func named[T ~string](s string, all []T, number func(uint64) T) T {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return number(n)
	}
	for _, v := range all {
		if strings.EqualFold(s, string(v)) {
			return v
		}
	}
	return ""
}

// byDetail is the effect that an agency's own word for it stands for, as the MBTA has
// them in effect_detail (github.com/mbta/gtfs-documentation). It is asked for alerts
// whose effect is unknown or "other".
func byDetail(detail string) spool.Effect {
	switch strings.ToUpper(detail) {
	case "SUSPENSION", "STATION_CLOSURE", "STOP_CLOSURE", "DOCK_CLOSURE":
		return spool.NoService
	case "CANCELLATION":
		return spool.ReducedService
	case "DELAY":
		return spool.SignificantDelays
	case "SERVICE_CHANGE", "SCHEDULE_CHANGE", "TRACK_CHANGE":
		return spool.ModifiedService
	case "SHUTTLE", "SNOW_ROUTE":
		return spool.Detour
	case "EXTRA_SERVICE":
		return spool.AdditionalService
	case "STOP_MOVE":
		return spool.StopMoved
	case "ELEVATOR_CLOSURE", "ESCALATOR_CLOSURE", "ACCESS_ISSUE":
		return spool.AccessibilityIssue
	}
	return ""
}

// byNumber is the severity that a number from 0 to 10 stands for, as the MBTA rates
// its alerts: up to 3 is minor (a delay of some ten minutes), from 7 on severe (half an
// hour, or a closure). 0 is what alerts have that nobody has rated.
func byNumber(n uint64) spool.Severity {
	switch {
	case n == 0 || n > 10:
		return ""
	case n <= 3:
		return spool.Info
	case n <= 6:
		return spool.Warning
	}
	return spool.Severe
}

// modeIn is the mode of a route type as JSON has it.
func modeIn(s string) spool.Mode {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return ""
	}
	return alerts.ModeOf(n)
}
