package scheduler

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/publisher"
)

// configure replaces the configuration, and has it take effect as a start does.
func (a *agency) configure(edit func(*Plan)) {
	a.t.Helper()
	p := Plan{Feeds: map[string]Feed{}, Accounts: map[string]Account{}}
	for name, f := range a.plan0.Feeds {
		p.Feeds[name] = f
	}
	for name, acct := range a.plan0.Accounts {
		p.Accounts[name] = acct
	}
	edit(&p)
	a.sync(p)
	a.Replace(p)
}

// hours lets so many hours go by, at work every five minutes of them.
func (a *agency) hours(n int) {
	a.t.Helper()
	for range 12 * n {
		a.polls()
		a.turns()
		pass(5 * time.Minute)
	}
}

// policyOf is an edit of what a configuration says of the agency's alerts.
func policyOf(edit func(*Feed)) func(*Plan) {
	return func(p *Plan) {
		f := p.Feeds["line"]
		edit(&f)
		p.Feeds["line"] = f
	}
}

// from is work that is planned for a time, for list.
func from(start, end time.Time) func(*spool.Alert) {
	return func(a *spool.Alert) { a.Planned, a.Periods = true, []spool.Period{{Start: start, End: end}} }
}

// An account that was not in the configuration when an alert ended has its thread
// closed when it is back.
func TestAnAccountThatComesBack(t *testing.T) {
	onAgency(t, []string{"a", "b"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: detour")
		a.minutes(5)
		a.configure(func(p *Plan) {
			delete(p.Accounts, "b")
			policyOf(func(f *Feed) { f.Accounts, f.Alerts.Accounts = []string{"a"}, []string{"a"} })(p)
		})
		a.minutes(5)
		a.unlist("1")
		a.list("3", "Ferry: cancelled")
		a.minutes(90)
		a.sees("b", "announce: "+stopped, "announce: Bus 7: detour")
		a.configure(func(*Plan) {})
		a.minutes(20)
		a.sees("b", "announce: "+stopped, "announce: Bus 7: detour", "close: "+stopped+" <1", "announce: Ferry: cancelled")
		a.sees("a", "announce: "+stopped, "announce: Bus 7: detour", "announce: Ferry: cancelled", "close: "+stopped+" <1")
	})
}

// A feed that is not in the configuration for longer than its alert lasts closes its
// thread when it is back.
func TestAFeedThatComesBackTooLate(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.list("2", delayed, until(a.now().Add(time.Hour)))
		a.minutes(5)
		a.configure(func(p *Plan) { p.Feeds = map[string]Feed{} })
		a.unlist("1", "2")
		a.minutes(300)
		a.sees("a", "announce: "+stopped, "announce: "+delayed)
		a.configure(func(*Plan) {})
		a.minutes(20)
		a.sees("a", "announce: "+stopped, "announce: "+delayed, "close: "+delayed+" <2", "close: "+stopped+" <1")
	})
}

// What a new rule keeps out is not followed up, but closed.
func TestRulesThatKeepOutWhatWasTold(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(5)
		a.configure(policyOf(func(f *Feed) { f.Alerts.Exclude = []alerts.Match{{Route: []string{"R1"}}} }))
		a.list("1", delayed)
		a.minutes(20)
		a.sees("a", "announce: "+stopped)
		a.unlist("1")
		a.minutes(20)
		if got := a.boards["a"].thread(); len(got) != 2 || !strings.HasPrefix(got[1], "close: ") {
			t.Errorf("readers see %q", got)
		}
	})
}

// Planned work is told a day ahead to the minute, once, and its end is not told. Work
// that is called off before it begins is.
func TestPlannedWork(t *testing.T) {
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

// A digest goes on, and is closed, though digests are switched off meanwhile, and over a
// restart.
func TestADigestThatIsSwitchedOff(t *testing.T) {
	storm := func(p *alerts.Policy) { p.DigestAbove, p.DigestWithin = 3, 30*time.Minute }
	onAgency(t, []string{"a"}, storm, func(t *testing.T, a *agency) {
		ids := make([]string, 8)
		for i := range ids {
			ids[i] = fmt.Sprint("bus", i)
			a.list(ids[i], fmt.Sprintf("Bus %d: detour", i))
		}
		a.minutes(5)
		a.anew()
		a.plan0.Feeds["line"] = func() Feed { f := a.plan0.Feeds["line"]; f.Alerts.DigestAbove = 0; return f }()
		a.Replace(a.plan0)
		a.minutes(15)
		a.unlist(ids[5:]...)
		a.minutes(30)
		a.list("new", "Bus 99: detour")
		a.minutes(5)
		a.unlist(append(ids, "new")...)
		a.minutes(60)
		heads := a.phases("a", "announce") + a.phases("a", "digest")
		if a.phases("a", "digest") != 1 || a.phases("a", "announce") != 4 || a.phases("a", "close") != heads {
			t.Errorf("readers see %q\n%s", a.boards["a"].thread(), a.tail())
		}
	})
}

// The closing that quiet hours keep back comes when they are over, though the account
// gives posts up sooner.
func TestAClosingInQuietHours(t *testing.T) {
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

// A closing that an account could not take for four days is not lost.
func TestAClosingAfterFourDays(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", delayed)
		a.minutes(3)
		down := true
		a.boards["a"].fault = func(string, spool.Post) (bool, error) {
			if down {
				return false, fail(spool.Temporary, 0)
			}
			return true, nil
		}
		a.unlist("1")
		a.hours(4 * 24)
		down = false
		a.hours(24)
		a.sees("a", "announce: "+delayed, "close: "+delayed+" <1")
	})
}

// An announcement that the network puts off is not sent when the alert is over by then, and
// not in the words of before when it has changed.
func TestAnAnnouncementThatIsPutOff(t *testing.T) {
	for _, times := range []int{1, 2, 3} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
				n := 0
				a.boards["a"].fault = func(op string, _ spool.Post) (bool, error) {
					if n++; op == "publish" && n <= times {
						return false, fail(spool.Throttled, time.Hour)
					}
					return true, nil
				}
				a.list("1", stopped, severe)
				a.minutes(1)
				a.list("2", "Bus 7: detour")
				a.minutes(10)
				a.unlist("1")
				a.list("2", "Bus 7: no service at all", severe)
				a.hours(6)
				a.sees("a", "announce: Bus 7: no service at all")
			})
		})
	}
}

// Work that recurs is told once, and again when its times are others.
func TestWorkThatRecurs(t *testing.T) {
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

// A storm, with a process that dies again and again: one digest, and all of it closed.
func TestAStormWithDeaths(t *testing.T) {
	takesLong(t)
	storm := func(p *alerts.Policy) {
		p.DigestAbove, p.DigestWithin = 2, 30*time.Minute
		p.UpdateEvery, p.GoneFetches, p.GoneTime = time.Minute, 2, 90*time.Second
	}
	onAgency(t, []string{"a"}, storm, func(t *testing.T, a *agency) {
		for n := 1; n <= 30; n++ {
			var ids []string
			for i := range 6 {
				ids = append(ids, fmt.Sprint(n, "-", i))
				a.list(ids[i], fmt.Sprintf("Bus %s: detour", ids[i]))
			}
			a.dying(6*time.Minute, n, n%7+1)
			a.unlist(ids[:4]...)
			a.dying(8*time.Minute, n, n%5+1)
			a.unlist(ids...)
			a.dying(12*time.Minute, n, n%3+1)
			if heads, closings := a.phases("a", "announce")+a.phases("a", "digest"), a.phases("a", "close"); heads != 3 || closings != 3 || a.phases("a", "digest") != 1 {
				t.Fatalf("%d: readers see %q\n%s", n, a.boards["a"].thread(), a.tail())
			}
			a.boards["a"].clear()
			a.minutes(40)
		}
	})
}

// An account with a language of its own reads of an alert in it, and is told nothing when
// only the words of another language change.
func TestALanguagePerAccount(t *testing.T) {
	both := func(de, en string) func(*spool.Alert) {
		return func(a *spool.Alert) {
			a.Header = spool.Texts{{Language: "en", Text: en}, {Language: "de", Text: de}}
		}
	}
	onAgency(t, []string{"a", "b"}, nil, func(t *testing.T, a *agency) {
		a.configure(policyOf(func(f *Feed) {
			f.Wording, f.Wordings = tongue{language: "en"}, map[string]Wording{"b": tongue{language: "de"}}
		}))
		a.list("1", "", both("Linie 5 verspätet", "Line 5 is late"))
		a.minutes(15)
		a.sees("a", "announce: Line 5 is late")
		a.sees("b", "announce: Linie 5 verspätet")
		a.list("1", "", both("Linie 5 verspätet", "Line 5: an accident keeps trams between Mill and Harbour"))
		a.minutes(15)
		a.sees("a", "announce: Line 5 is late", "update: Line 5: an accident keeps trams between Mill and Harbour <1")
		a.sees("b", "announce: Linie 5 verspätet")
		a.unlist("1")
		a.minutes(20)
		a.sees("b", "announce: Linie 5 verspätet", "close: Linie 5 verspätet <1")
	})
}

// Alerts that go to an account only for a while are closed there, too.
func TestAnAlertThatLeavesAnAccount(t *testing.T) {
	metro := func(p *alerts.Policy) {
		p.Routing = []alerts.Routing{{Match: alerts.Match{Effect: []spool.Effect{spool.NoService}}, Accounts: []string{"b"}}}
		p.Accounts = []string{"a"}
	}
	onAgency(t, []string{"a", "b"}, metro, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(15)
		a.list("1", delayed)
		a.minutes(15)
		a.sees("b", "announce: "+stopped, "update: "+delayed+" <1")
		a.sees("a", "announce: "+delayed)
		a.unlist("1")
		a.minutes(20)
		a.sees("b", "announce: "+stopped, "update: "+delayed+" <1", "close: "+delayed+" <1")
		a.sees("a", "announce: "+delayed, "close: "+delayed+" <1")
	})
}

// An update that quiet hours keep back tells what is the case when they are over, and not
// what has been told before; what is over in them is closed after them, and what came and
// went in them is never told.
func TestQuietHours(t *testing.T) {
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

// A digest on one account, while another tells each alert; the alert that is left of a
// digest, and those of an account that takes part no longer.
func TestADigestOnOneAccount(t *testing.T) {
	storm := func(p *alerts.Policy) {
		p.DigestAbove, p.DigestWithin = 3, 30*time.Minute
		p.Routing = []alerts.Routing{{Match: alerts.Match{Route: []string{"Rx0", "Rx1"}}, Accounts: []string{"a", "b"}}, {Accounts: []string{"a"}}}
	}
	onAgency(t, []string{"a", "b"}, storm, func(t *testing.T, a *agency) {
		var ids []string
		for i := range 8 {
			ids = append(ids, fmt.Sprint("x", i))
			a.list(ids[i], fmt.Sprintf("Bus %d: detour", i))
		}
		a.minutes(5)
		if a.phases("a", "announce") != 3 || a.phases("a", "digest") != 1 || a.phases("b", "announce") != 2 {
			t.Fatalf("readers see %q and %q", a.boards["a"].thread(), a.boards["b"].thread())
		}
		a.balanced()
		a.unlist(ids[:7]...)
		a.minutes(40)
		a.balanced()
		a.unlist(ids...)
		a.minutes(60)
		for _, name := range []string{"a", "b"} {
			if heads := a.phases(name, "announce") + a.phases(name, "digest"); a.phases(name, "close") != heads {
				t.Errorf("readers of %s see %q", name, a.boards[name].thread())
			}
		}
	})
}

// A thread that was ended by an edit, or taken away, goes on, or begins anew, when its
// alert is back, and is ended again.
func TestWhatComesBackAfterItsThreadWasEnded(t *testing.T) {
	tests := map[string]struct {
		how        alerts.OnEnd
		back, over []string
	}{
		"answered": {alerts.EndReply, []string{"announce: " + stopped, "close: " + stopped + " <1", "update: " + stopped + " <1"},
			[]string{"announce: " + stopped, "close: " + stopped + " <1", "update: " + stopped + " <1", "close: " + stopped + " <1"}},
		"edited":     {alerts.EndEdit, []string{"close: " + stopped, "update: " + stopped + " <1"}, []string{"close: " + stopped, "update: " + stopped + " <1"}},
		"taken away": {alerts.EndDelete, []string{"announce: " + stopped}, nil},
		"nothing":    {alerts.EndNothing, []string{"announce: " + stopped}, []string{"announce: " + stopped}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.OnEnd = c.how }, func(t *testing.T, a *agency) {
				a.list("1", stopped, severe)
				a.minutes(5)
				a.unlist("1")
				a.minutes(20)
				a.list("1", stopped, severe)
				a.minutes(15)
				a.sees("a", c.back...)
				a.unlist("1")
				a.minutes(20)
				a.sees("a", c.over...)
				if n := len(a.posts("a", spool.Edit)); c.how == alerts.EndEdit && n != 2 {
					t.Errorf("%d edits", n)
				}
			})
		})
	}
}

// bare is a board that can neither edit nor take away, nor tell what stands.
type bare struct{ b *board }

func (n bare) Publish(ctx context.Context, p spool.Post) (spool.Receipt, error) {
	return n.b.Publish(ctx, p)
}

func (n bare) Find(ctx context.Context, q publisher.Query) (publisher.Sighting, error) {
	return n.b.Find(ctx, q)
}

func (n bare) Limits(ctx context.Context) (publisher.Limits, error) { return n.b.Limits(ctx) }

// Where a network can neither edit nor take away, the end is answered.
func TestHowAlertsEndWhereLittleCanBeDone(t *testing.T) {
	for _, how := range []alerts.OnEnd{alerts.EndEdit, alerts.EndDelete} {
		t.Run(string(how), func(t *testing.T) {
			onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.OnEnd = how }, func(t *testing.T, a *agency) {
				acct := a.plan0.Accounts["a"]
				acct.Publisher = bare{a.boards["a"]}
				a.plan0.Accounts["a"] = acct
				a.configure(func(*Plan) {})
				a.list("1", stopped, severe)
				a.minutes(5)
				a.unlist("1")
				a.minutes(20)
				a.sees("a", "announce: "+stopped, "close: "+stopped+" <1")
			})
		})
	}
}

// kept is a board that lets nobody in while it is locked.
type kept struct {
	*board
	locked *bool
}

func (n kept) Keep(context.Context) (publisher.Credential, error) {
	if *n.locked {
		return publisher.Credential{}, fail(spool.Credentials, 0)
	}
	return publisher.Credential{}, nil
}

// An account that cannot post until a person acts closes its threads when that is done,
// and tells what is the case by then.
func TestAnAccountThatSomebodyHadToMend(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: detour")
		a.minutes(5)
		locked := true
		acct := a.plan0.Accounts["a"]
		acct.Publisher = kept{a.boards["a"], &locked}
		a.plan0.Accounts["a"] = acct
		a.configure(func(*Plan) {})
		a.boards["a"].fault = func(string, spool.Post) (bool, error) {
			if locked {
				return false, fail(spool.Credentials, 0)
			}
			return true, nil
		}
		a.list("2", "Bus 7: no service at all", severe)
		a.list("3", "Tram 9: detour")
		a.minutes(30)
		a.unlist("1", "3")
		a.list("2", "Bus 7: every second bus is cancelled")
		a.list("4", "Ferry: detour")
		a.hours(30)
		locked = false
		a.hours(4)
		got := a.boards["a"].thread()
		want := []string{"announce: " + stopped, "announce: Bus 7: detour", "close: " + stopped + " <1", "update: Bus 7: every second bus is cancelled <2", "announce: Ferry: detour"}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("readers see %q, want %q\n%s", got, want, a.tail())
		}
	})
}

// A tongue is the wording of an account with a language of its own.
type tongue struct {
	titles
	language string
}

func (w tongue) Language() string { return w.language }
