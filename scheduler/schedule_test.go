package scheduler

import (
	"testing"
	"time"
)

func TestScheduleRefuses(t *testing.T) {
	for _, spec := range []string{
		"", "nonsense", "* * * *", "* * * * * *", "TZ=UTC", "CRON_TZ=Europe/Paris", "TZ=UTC */5 * * * *",
		"61 * * * *", "30 0 30 2 *", "@every", "@every -5m", "@every soon", "@sometimes",
	} {
		if s, err := ParseSchedule(spec, time.UTC); err == nil {
			t.Errorf("ParseSchedule(%q) = %v, want an error", spec, s)
		}
	}
}

func TestScheduleNext(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	// In Paris 02:00 to 03:00 is left out on 2026-03-29, and gone through twice on 2026-10-25.
	tests := map[string]struct {
		spec, after string
		want        []string
	}{
		"every five minutes":          {"*/5 * * * *", "2026-01-10T10:02:00+01:00", []string{"2026-01-10T10:05:00+01:00", "2026-01-10T10:10:00+01:00"}},
		"an interval":                 {"@every 15m", "2026-01-10T10:02:00+01:00", []string{"2026-01-10T10:17:00+01:00"}},
		"in the zone":                 {"0 6 * * *", "2026-07-10T10:00:00+02:00", []string{"2026-07-11T06:00:00+02:00"}},
		"skipped hour is made up for": {"30 2 * * *", "2026-03-28T12:00:00+01:00", []string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		"repeated hour counts once":   {"30 2 * * *", "2026-10-24T12:00:00+02:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		"open hour goes on in spring": {"*/30 * * * *", "2026-03-29T01:10:00+01:00", []string{"2026-03-29T01:30:00+01:00", "2026-03-29T03:00:00+02:00"}},
		"open hour goes on in autumn": {"*/30 * * * *", "2026-10-25T02:10:00+02:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := ParseSchedule(test.spec, paris)
			if err != nil {
				t.Fatal(err)
			}
			at := mustTime(t, test.after)
			for _, want := range test.want {
				at = s.Next(at)
				if !at.Equal(mustTime(t, want)) {
					t.Fatalf("%s: next is %s, want %s", test.spec, at.Format(time.RFC3339), want)
				}
			}
		})
	}
}

func mustTime(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func FuzzParseSchedule(f *testing.F) {
	for _, s := range []string{"*/5 * * * *", "@every 1m", "@hourly", "TZ=UTC", "0 0 29 2 *", "@every 99999999h"} {
		f.Add(s)
	}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := ParseSchedule(spec, time.UTC)
		if err != nil {
			return
		}
		if next := s.Next(start); !next.After(start) {
			t.Errorf("%q: next after %v is %v", spec, start, next)
		}
	})
}
