package scheduler

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/publisher"
)

// A closing that an account could not take for four days is not lost.
func TestAClosingAfterFourDays(t *testing.T) {
	takesLong(t)
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
	takesLong(t)
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

// A thread that was ended by an edit, or taken away, goes on, or begins anew, when its
// alert is back, and is ended again.
func TestWhatComesBackAfterItsThreadWasEnded(t *testing.T) {
	takesLong(t)
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
	takesLong(t)
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
