package scheduler

import (
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// hours lets so many hours go by, at work every five minutes of them.
func (a *agency) hours(n int) {
	a.t.Helper()
	for range 12 * n {
		a.polls()
		a.turns()
		pass(5 * time.Minute)
	}
}

// from is work that is planned for a time, for list.
func from(start, end time.Time) func(*spool.Alert) {
	return func(a *spool.Alert) { a.Planned, a.Periods = true, []spool.Period{{Start: start, End: end}} }
}

// Planned work is told a day ahead to the minute, once, and its end is not told. Work
// that is called off before it begins is.
func TestPlannedWork(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		start := a.now().Add(25 * time.Hour).Truncate(time.Minute)
		a.list("1", "Works at Mill", from(start, start.Add(2*time.Hour)))
		a.list("2", "Works at Harbour", from(start.Add(time.Hour), start.Add(3*time.Hour)))
		for a.now().Before(start.Add(-24 * time.Hour)) {
			a.polls()
			a.turns()
			if len(a.boards["a"].thread()) > 0 {
				t.Fatalf("told at %s", a.now())
			}
			pass(5 * time.Second)
		}
		a.minutes(1)
		a.sees("a", "planned: Works at Mill")
		a.minutes(120)
		a.sees("a", "planned: Works at Mill", "planned: Works at Harbour")
		a.unlist("2")
		a.minutes(30)
		a.sees("a", "planned: Works at Mill", "planned: Works at Harbour", "close: Works at Harbour <2")
		a.hours(26)
		a.sees("a", "planned: Works at Mill", "planned: Works at Harbour", "close: Works at Harbour <2")
	})
}

// The closing that quiet hours keep back comes when they are over, though the account
// gives posts up sooner.
func TestAClosingInQuietHours(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", delayed)
		a.minutes(3)
		now := a.now().UTC()
		minute := now.Hour()*60 + now.Minute()
		acct := a.plan0.Accounts["a"]
		acct.Pace.Quiet = []Window{{From: minute, To: (minute + 8*60) % (24 * 60)}}
		acct.Deadline = time.Hour
		a.plan0.Accounts["a"] = acct
		a.configure(func(*Plan) {})
		a.unlist("1")
		a.hours(7)
		a.sees("a", "announce: "+delayed)
		a.minutes(75)
		a.sees("a", "announce: "+delayed, "close: "+delayed+" <1")
	})
}

// Two alerts of one line at once are two, each with its thread, also when both ids move.
func TestTwoAlertsOfOneLine(t *testing.T) {
	red := func(a *spool.Alert) { a.Affected = []spool.Affected{{Route: "red"}} }
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", "Red Line: delays because of a signal problem at Mill", red)
		a.list("2", "Red Line: delays because of a disabled train at Harbour", red)
		a.minutes(5)
		a.unlist("1", "2")
		a.list("3", "Red Line: delays because of a signal problem at Mill", red)
		a.list("4", "Red Line: delays because of a disabled train at Harbour", red)
		a.minutes(15)
		a.unlist("3")
		a.minutes(20)
		got := a.boards["a"].thread()
		slices.Sort(got)
		if len(got) != 3 || !strings.HasPrefix(got[2], "close: Red Line: delays because of a signal problem at Mill") {
			t.Errorf("readers see %q", got)
		}
	})
}

// Lifts of one line break and are mended one after the other: each is an alert of its own.
func TestLiftsOfOneLine(t *testing.T) {
	lift := func(stop string) func(*spool.Alert) {
		return func(a *spool.Alert) {
			a.Effect, a.Severity = spool.AccessibilityIssue, spool.Info
			a.Affected = []spool.Affected{{Route: "red", Stop: stop}}
		}
	}
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", "Lift at Harbour station is out of service", lift("harbour"))
		a.minutes(5)
		a.unlist("1")
		a.list("2", "Lift at Mill station is out of service", lift("mill"))
		a.minutes(30)
		a.sees("a", "announce: Lift at Harbour station is out of service", "announce: Lift at Mill station is out of service", "close: Lift at Harbour station is out of service <1")
	})
}

// Work that recurs is told once, and again when its times are others.
func TestWorkThatRecurs(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		night := a.now().Truncate(24 * time.Hour).Add(22 * time.Hour)
		nights := func(n int, from time.Time) func(*spool.Alert) {
			return func(al *spool.Alert) {
				al.Planned = true
				for i := range n {
					start := from.AddDate(0, 0, i)
					al.Periods = append(al.Periods, spool.Period{Start: start, End: start.Add(5 * time.Hour)})
				}
			}
		}
		a.list("1", "Works at Mill", nights(5, night))
		a.hours(60)
		a.list("1", "Works at Mill", nights(2, night.AddDate(0, 0, 3)))
		a.hours(24)
		a.sees("a", "planned: Works at Mill")
		a.hours(80)
		a.sees("a", "planned: Works at Mill")
	})
}

// Planned work whose time is moved is told again, once, and begins without another word.
func TestWorkThatIsMoved(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		start := a.now().Add(10 * time.Hour)
		a.list("1", "Works at Mill", from(start, start.Add(2*time.Hour)))
		a.minutes(2)
		a.list("1", "Works at Mill", from(start.Add(20*time.Hour), start.Add(22*time.Hour)))
		a.hours(40)
		a.sees("a", "planned: Works at Mill", "update: Works at Mill <1")
	})
}

// Entities that say the same are one alert; when they come to differ they are two, and
// each is announced, followed up and closed once.
func TestAlertsThatPartAndMeet(t *testing.T) {
	red := func(a *spool.Alert) { a.Affected = []spool.Affected{{Route: "red"}} }
	blue := func(a *spool.Alert) { a.Affected = []spool.Affected{{Route: "blue"}} }
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", "Delays because of snow", red)
		a.list("2", "Delays because of snow", blue)
		a.minutes(15)
		a.sees("a", "announce: Delays because of snow")
		a.list("2", "Single tracking between Airport and Aquarium for an hour", blue)
		a.minutes(15)
		a.list("2", "Delays because of snow", blue)
		a.minutes(15)
		a.unlist("2")
		a.minutes(30)
		a.unlist("1")
		a.minutes(30)
		got := a.boards["a"].thread()
		heads, closings := a.phases("a", "announce"), a.phases("a", "close")
		if heads != 2 || closings != 2 {
			t.Errorf("readers see %q", got)
		}
	})
}

// What came to nothing, and was accounted for, and comes back is told all the same, and
// the ledger has it.
func TestWhatComesBackAfterItWasAccountedFor(t *testing.T) {
	takesLong(t)
	edit := func(p *alerts.Policy) {
		p.Debounce = 5 * time.Minute
		p.Exclude = []alerts.Match{{Effect: []spool.Effect{spool.NoEffect}}}
	}
	survey := func(a *spool.Alert) { a.Effect, a.Severity = spool.NoEffect, spool.Info }
	onAgency(t, []string{"a", "b"}, edit, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: a survey", survey)
		a.minutes(3)
		a.unlist("1", "2", "old")
		a.list("3", "Ferry: detour")
		a.minutes(25)
		a.balanced()
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: no service", severe)
		a.list("old", "The old lift burns", severe)
		a.minutes(15)
		want := []string{"announce: Bus 7: no service", "announce: Ferry: detour", "announce: " + stopped, "announce: The old lift burns"}
		got := a.boards["b"].thread()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("readers see %q", got)
		}
		for header, want := range map[string]string{stopped: "a,b over", "Bus 7: no service": "a,b filtered", "The old lift burns": "a,b first_run"} {
			if got := a.fatesOf(header); got != want+"; a post; b post" {
				t.Errorf("%s: %s", header, got)
			}
		}
		a.unlist("1", "2", "3", "old")
		a.list("4", "x")
		a.minutes(60)
		if heads, closings := a.phases("a", "announce"), a.phases("a", "close"); heads != 5 || closings != 4 {
			t.Errorf("readers see %q", a.boards["a"].thread())
		}
	})
}

// An update that quiet hours keep back tells what is the case when they are over, and not
// what has been told before; what is over in them is closed after them, and what came and
// went in them is never told.
func TestQuietHours(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", delayed)
		a.list("2", "Bus 7: detour")
		a.list("4", "Ferry: detour")
		a.minutes(15)
		now := a.now().UTC()
		minute := now.Hour()*60 + now.Minute()
		acct := a.plan0.Accounts["a"]
		acct.Pace.Quiet = []Window{{From: minute, To: (minute + 3*60) % (24 * 60)}}
		a.plan0.Accounts["a"] = acct
		a.configure(func(*Plan) {})
		a.list("1", delayed2)
		a.list("3", "Tram 9: detour")
		a.list("4", "Ferry: no service in either direction")
		a.minutes(30)
		a.list("1", "Red Line: delays of 90 minutes")
		a.unlist("2", "3")
		a.list("4", "Ferry: detour")
		a.minutes(60)
		a.sees("a", "announce: "+delayed, "announce: Bus 7: detour", "announce: Ferry: detour")
		a.minutes(120)
		got := a.boards["a"].thread()
		want := []string{"announce: " + delayed, "announce: Bus 7: detour", "announce: Ferry: detour", "update: Red Line: delays of 90 minutes <1", "close: Bus 7: detour <2"}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("readers see %q, want %q", got, want)
		}
	})
}

// What was told as a disturbance is closed, though its source calls it planned by then.
func TestADisturbanceThatTurnsOutToBePlanned(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", delayed)
		a.minutes(3)
		a.list("1", delayed, func(x *spool.Alert) { x.Planned = true })
		a.minutes(15)
		a.unlist("1")
		a.minutes(20)
		a.sees("a", "announce: "+delayed, "close: "+delayed+" <1")
	})
}

// Work that turns out worse than planned is followed up, and its end is told.
func TestWorkThatTurnsReal(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		start := a.now().Add(time.Hour)
		a.list("1", "Works at Mill", from(start, start.Add(4*time.Hour)))
		a.minutes(5)
		a.sees("a", "planned: Works at Mill")
		a.minutes(60)
		a.list("1", "Works at Mill", func(x *spool.Alert) {
			severe(x)
			x.Planned = false
			x.Periods = []spool.Period{{Start: start, End: start.Add(4 * time.Hour)}}
		})
		a.minutes(5)
		a.sees("a", "planned: Works at Mill", "update: Works at Mill <1")
		a.hours(6)
		a.sees("a", "planned: Works at Mill", "update: Works at Mill <1", "close: Works at Mill <1")
	})
}

// An announcement of which nobody knows whether it has arrived when its alert is over
// is closed if it has, and forgotten if it has not.
func TestAnAnnouncementInDoubtAtTheEnd(t *testing.T) {
	for _, there := range []bool{true, false} {
		onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
			a.boards["a"].fault = func(op string, p spool.Post) (bool, error) {
				if op == "publish" && p.Purpose == spool.Announce {
					return there, fail(spool.Unsure, 0)
				}
				return true, nil
			}
			a.list("1", stopped, severe, until(a.now().Add(90*time.Second)))
			a.minutes(60)
			got := a.boards["a"].thread()
			if there && (len(got) != 2 || got[1] != "close: "+stopped+" <1") || !there && len(got) > 0 {
				t.Errorf("%v: %q", there, got)
			}
		})
	}
}

// What is over too soon to be told is told when it goes on.
func TestWhatIsNearlyOver(t *testing.T) {
	onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.MinLeft = 10 * time.Minute; p.Debounce = 2 * time.Minute }, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe, until(a.now().Add(8*time.Minute)))
		a.list("2", "Bus 7: detour", until(a.now().Add(14*time.Minute)))
		a.list("3", "Bus 8: detour", until(a.now().Add(11*time.Minute)))
		a.minutes(5)
		a.sees("a", "announce: Bus 7: detour")
		a.list("1", stopped, severe, until(a.now().Add(40*time.Minute)))
		a.minutes(5)
		a.sees("a", "announce: Bus 7: detour", "announce: "+stopped)
		a.minutes(60)
		a.sees("a", "announce: Bus 7: detour", "announce: "+stopped, "close: Bus 7: detour <1", "close: "+stopped+" <2")
	})
}

// While a line does not run its stops are not told of; what was told of them is closed,
// and what is left of it when the line runs again is told then.
func TestStopsOfALineThatDoesNotRun(t *testing.T) {
	onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.Inhibit = true }, func(t *testing.T, a *agency) {
		stop := func(x *spool.Alert) { x.Affected = []spool.Affected{{Route: "R1", Stop: "mill"}} }
		a.list("2", "Mill: trams stop elsewhere", stop)
		a.minutes(3)
		a.list("1", stopped, severe)
		a.list("3", "Harbour: trams stop elsewhere", func(x *spool.Alert) { x.Affected = []spool.Affected{{Route: "R1", Stop: "harbour"}} })
		a.minutes(5)
		a.sees("a", "announce: Mill: trams stop elsewhere", "announce: "+stopped)
		a.unlist("2")
		a.minutes(15)
		a.sees("a", "announce: Mill: trams stop elsewhere", "announce: "+stopped, "close: Mill: trams stop elsewhere <1")
		a.unlist("1")
		a.minutes(15)
		a.sees("a", "announce: Mill: trams stop elsewhere", "announce: "+stopped, "close: Mill: trams stop elsewhere <1", "close: "+stopped+" <2", "announce: Harbour: trams stop elsewhere")
	})
}
