package scheduler

import (
	"testing"
	"time"

	"spool"
)

func TestPaceAllowed(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	ago := func(ds ...time.Duration) (sent []time.Time) {
		for _, d := range ds {
			sent = append(sent, now.Add(-d))
		}
		return sent
	}
	noon := []Window{{From: 11 * 60, To: 13 * 60}}
	tests := map[string]struct {
		pace     Pace
		sent     []time.Time
		priority spool.Priority
		want     time.Duration
	}{
		"nothing in the way":               {Pace{Spacing: time.Minute, PerHour: 3, PerDay: 9}, ago(2 * time.Minute), spool.Normal, 0},
		"spacing":                          {Pace{Spacing: 5 * time.Minute}, ago(time.Hour, 2*time.Minute), spool.Normal, 3 * time.Minute},
		"breaking ignores spacing":         {Pace{Spacing: 5 * time.Minute}, ago(2 * time.Minute), spool.Breaking, 0},
		"high keeps spacing":               {Pace{Spacing: 5 * time.Minute}, ago(2 * time.Minute), spool.High, 3 * time.Minute},
		"hour full":                        {Pace{PerHour: 2}, ago(50*time.Minute, 20*time.Minute), spool.Normal, 10 * time.Minute},
		"hour over full":                   {Pace{PerHour: 2}, ago(50*time.Minute, 40*time.Minute, 20*time.Minute), spool.Normal, 20 * time.Minute},
		"breaking keeps to the hour":       {Pace{PerHour: 1}, ago(20 * time.Minute), spool.Breaking, 40 * time.Minute},
		"day full":                         {Pace{PerDay: 2}, ago(23*time.Hour, time.Hour), spool.Normal, time.Hour},
		"reserve is not for normal":        {Pace{PerDay: 2, Reserve: 1}, ago(22 * time.Hour), spool.Normal, 2 * time.Hour},
		"reserve is for high":              {Pace{PerDay: 2, Reserve: 1}, ago(22 * time.Hour), spool.High, 0},
		"reserve leaves one":               {Pace{PerDay: 2, Reserve: 5}, nil, spool.Low, 0},
		"quiet hours":                      {Pace{Quiet: noon}, nil, spool.High, time.Hour},
		"breaking ignores quiet hours":     {Pace{Quiet: noon}, nil, spool.Breaking, 0},
		"spacing that ends in quiet hours": {Pace{Spacing: time.Hour, Quiet: []Window{{12*60 + 30, 14 * 60}}}, ago(15 * time.Minute), spool.Normal, 2 * time.Hour},
		"windows that meet":                {Pace{Quiet: []Window{{13 * 60, 15 * 60}, {11 * 60, 13 * 60}}}, nil, spool.Normal, 3 * time.Hour},
		"over midnight":                    {Pace{Quiet: []Window{{11 * 60, 6 * 60}}}, nil, spool.Normal, 18 * time.Hour},
		"all day is asked again":           {Pace{Quiet: []Window{{0, 12 * 60}, {12 * 60, 0}}}, nil, spool.Normal, 36 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, why := test.pace.Allowed(test.sent, test.priority, now)
			if got.Sub(now) != test.want {
				t.Errorf("allowed in %v (%s), want %v", got.Sub(now), why, test.want)
			}
			if (why == "") != got.Equal(now) {
				t.Errorf("reason %q for a wait of %v", why, got.Sub(now))
			}
		})
	}
}

func TestPaceQuietHoursFollowTheZone(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	p := Pace{Quiet: []Window{{From: 23 * 60, To: 6 * 60}}, Location: paris}
	for at, want := range map[string]string{
		"2026-03-28T23:30:00+01:00": "2026-03-29T06:00:00+02:00", // one hour shorter
		"2026-10-24T23:30:00+02:00": "2026-10-25T06:00:00+01:00", // one hour longer
		"2026-06-01T04:00:00Z":      "2026-06-01T04:00:00Z",      // 06:00 in Paris: over
		"2026-06-01T03:59:00Z":      "2026-06-01T04:00:00Z",
	} {
		if got, _ := p.Allowed(nil, spool.Normal, mustTime(t, at)); !got.Equal(mustTime(t, want)) {
			t.Errorf("at %s allowed at %s, want %s", at, got.Format(time.RFC3339), want)
		}
	}
}

func TestPaceSpent(t *testing.T) {
	p := Pace{Reserve: 50}
	for _, test := range []struct {
		used, total int
		priority    spool.Priority
		want        bool
	}{
		{199, 250, spool.Normal, false},
		{200, 250, spool.Normal, true},
		{200, 250, spool.High, false},
		{250, 250, spool.Breaking, true},
		{999, 0, spool.Normal, false},
		{0, 10, spool.Normal, false},
	} {
		if got := p.Spent(test.used, test.total, test.priority); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}
