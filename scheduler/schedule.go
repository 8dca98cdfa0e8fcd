package scheduler

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// A Schedule says when a feed is polled. The zero Schedule never is.
type Schedule struct {
	spec     string
	cron     cron.Schedule
	fixed    bool // the hour is named, so daylight saving can skip or repeat it
	location *time.Location
}

// ParseSchedule reads a cron specification: five fields, "@every 15m",
// "@hourly" and their like, in the time zone. Anything else, and a
// specification that names no moment at all (30 February), is an error.
func ParseSchedule(spec string, location *time.Location) (s Schedule, err error) {
	// The library panics on a zone prefix without fields; zones have a key of
	// their own in the configuration, so no prefix is taken at all.
	if strings.Contains(spec, "TZ=") {
		return Schedule{}, errors.New(`a time zone does not belong in a schedule: set "timezone" instead`)
	}
	if every, ok := strings.CutPrefix(spec, "@every "); ok {
		if d, err := time.ParseDuration(strings.TrimSpace(every)); err != nil || d < time.Second {
			return Schedule{}, fmt.Errorf("%q is not a duration of at least a second, such as @every 15m", spec)
		}
	}
	defer func() {
		if p := recover(); p != nil {
			s, err = Schedule{}, fmt.Errorf("schedule %q cannot be read", spec)
		}
	}()
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return Schedule{}, fmt.Errorf("%w: five fields as in cron (\"*/5 * * * *\"), or @every 15m, @hourly, @daily", err)
	}
	s = Schedule{spec: spec, cron: parsed, location: location}
	if fields, ok := parsed.(*cron.SpecSchedule); ok {
		fields.Location = location
		const star = 1 << 63 // how the library marks "*" and "*/n"
		s.fixed = fields.Hour&star == 0
	}
	if s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, fmt.Errorf("schedule %q names a moment that never comes", spec)
	}
	return s, nil
}

func (s Schedule) String() string { return s.spec }

// Next is the first moment after t. An hour that daylight saving skips is made
// up for right after the change, and one that it repeats counts once; schedules
// that do not name an hour simply go on.
func (s Schedule) Next(t time.Time) time.Time {
	if s.cron == nil {
		return time.Time{}
	}
	t = t.In(s.location)
	next := s.cron.Next(t)
	if !s.fixed || next.IsZero() {
		return next
	}
	for repeated(next) {
		next = s.cron.Next(next)
	}
	if missed, ok := s.skipped(t); ok && missed.Before(next) {
		return missed
	}
	return next
}

// skipped finds the next wall clock time that the schedule names, and tells
// whether the zone leaves it out.
func (s Schedule) skipped(t time.Time) (time.Time, bool) {
	fields, ok := s.cron.(*cron.SpecSchedule)
	if !ok {
		return time.Time{}, false
	}
	naive := *fields
	naive.Location = time.UTC
	wall := naive.Next(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC))
	if wall.IsZero() {
		return time.Time{}, false
	}
	real := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, s.location)
	if real.Hour() == wall.Hour() && real.Minute() == wall.Minute() {
		return time.Time{}, false
	}
	change, after := real.ZoneBounds()
	if real.Sub(change) > after.Sub(real) { // real fell before the change
		change = after
	}
	return change, change.After(t)
}

// repeated reports whether t's wall clock time has been before, in the hour
// that a zone goes through twice.
func repeated(t time.Time) bool {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return false
	}
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	back := time.Duration(before-now) * time.Second
	return back > 0 && t.Sub(start) < back
}

// Interval is how far apart two polls are around t.
func (s Schedule) Interval(t time.Time) time.Duration {
	first := s.Next(t)
	if first.IsZero() {
		return 24 * time.Hour
	}
	return s.Next(first).Sub(first)
}
