package scheduler

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/feeds"
)

const (
	stopped  = "Red Line: no trains between Harbour and Mill"
	delayed  = "Red Line: trains run again, delays of 20 minutes"
	delayed2 = "Red Line: delays of 45 minutes towards Harbour"
)

func severe(a *spool.Alert) { a.Effect, a.Severity = spool.NoService, spool.Severe }

// The life of an alert, on three accounts: it is announced within a minute, followed up
// when it changes, and closed when it is not listed any more.
func TestAnAlertsLife(t *testing.T) {
	onAgency(t, []string{"a", "b", "c"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(1)
		for _, name := range []string{"a", "b", "c"} {
			a.sees(name, "announce: "+stopped)
		}
		a.list("1", delayed)
		a.minutes(15)
		a.unlist("1")
		a.minutes(20)
		for _, name := range []string{"a", "b", "c"} {
			a.sees(name, "announce: "+stopped, "update: "+delayed+" <1", "close: "+delayed+" <1")
		}
	})
}

// An account that was down for two hours is told what is the case then, not what was.
func TestAnAccountThatWasDown(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a", "b"}, nil, func(t *testing.T, a *agency) {
		down := true
		a.boards["b"].fault = func(string, spool.Post) (bool, error) {
			if down {
				return false, fail(spool.Temporary, 0)
			}
			return true, nil
		}
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: detour")
		a.minutes(30)
		a.list("1", delayed)
		a.minutes(30)
		a.list("1", delayed2)
		a.unlist("2")
		a.minutes(60)
		down = false
		a.minutes(62)
		a.sees("a", "announce: "+stopped, "announce: Bus 7: detour", "update: "+delayed+" <1", "update: "+delayed2+" <1", "close: Bus 7: detour <2")
		a.sees("b", "announce: "+delayed2)
	})
}

// An announcement that the network refuses for good is followed by a fresh one of what
// is the case by then, not by an update of nothing.
func TestAnAnnouncementThatFails(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		refuse := true
		a.boards["a"].fault = func(op string, _ spool.Post) (bool, error) {
			if op == "publish" && refuse {
				return false, fail(spool.Permanent, 0)
			}
			return true, nil
		}
		a.list("1", stopped, severe)
		a.minutes(2)
		a.sees("a")
		refuse = false
		a.list("1", delayed)
		a.minutes(40)
		a.sees("a", "announce: "+delayed)
		a.unlist("1")
		a.minutes(20)
		a.sees("a", "announce: "+delayed, "close: "+delayed+" <1")
	})
}

// A head that somebody deleted by hand is not answered: what is the case then is
// announced anew. An alert that is over by then stays untold.
func TestAHeadThatWasTakenAway(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: detour")
		a.minutes(15)
		a.boards["a"].takeAway(stopped)
		a.boards["a"].takeAway("Bus 7")
		a.list("1", delayed)
		a.unlist("2")
		a.minutes(20)
		a.sees("a", "announce: "+delayed)
		a.list("1", delayed2)
		a.minutes(15)
		a.sees("a", "announce: "+delayed, "update: "+delayed2+" <1")
	})
}

// What is over before it was posted is not posted, and the ledger says so.
func TestAnAlertThatIsOverBeforeItWasPosted(t *testing.T) {
	onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.Debounce = 5 * time.Minute }, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(2)
		a.unlist("1")
		a.minutes(40)
		a.sees("a")
		verdicts := a.verdicts("line", "a")
		if verdicts[spool.Over] != 1 {
			t.Errorf("the ledger says %v\n%s", verdicts, a.tail())
		}
	})
}

func (a *agency) verdicts(feed, account string) map[spool.Verdict]int {
	a.t.Helper()
	all, err := a.db.Ledger(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range all {
		if e.Feed == feed && e.Account == account {
			return e.Fates
		}
	}
	return nil
}

// The end that an alert names comes although its source is down, and is told then.
func TestTheEndComesWhileTheSourceIsDown(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		end := a.now().Add(20*time.Minute + 17*time.Second)
		a.list("1", stopped, severe, until(end))
		a.minutes(5)
		a.sees("a", "announce: "+stopped)
		a.setDown(&feeds.Error{Kind: feeds.KindStatus, Status: 503, Message: "down", RetryAfter: a.now().Add(3 * time.Hour)})
		a.minutes(15)
		before := a.asks()
		a.minutes(1)
		a.sees("a", "announce: "+stopped, "close: "+stopped+" <1")
		a.minutes(60)
		if n := a.asks() - before; n > 0 {
			t.Errorf("the source was asked %d times, though it wants to be left alone", n)
		}
	})
}

// A feed that is empty all of a sudden, shows errors or is down closes nothing at once.
func TestAnEmptyFeedClosesNothing(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		for i := range 5 {
			a.list(fmt.Sprint(i), fmt.Sprintf("Bus %d: detour", i))
		}
		a.minutes(3)
		if n := len(a.boards["a"].thread()); n != 5 {
			t.Fatalf("%d posts\n%s", n, a.tail())
		}
		listed := a.listed
		a.listed = nil
		a.minutes(3)
		a.setDown(errors.New("no answer"))
		a.minutes(10)
		a.setDown(nil)
		a.listed = listed
		a.minutes(20)
		if n := len(a.boards["a"].thread()); n != 5 {
			t.Errorf("%d posts: %q", n, a.boards["a"].thread())
		}
	})
}

// An alert that comes and goes is one alert.
func TestAFlappingAlert(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		for range 8 {
			a.minutes(3)
			a.unlist("1")
			a.minutes(2)
			a.list("1", stopped, severe)
		}
		a.sees("a", "announce: "+stopped)
	})
}

// A feed that is taken out of the configuration and comes back goes on in its threads.
func TestAFeedThatComesBack(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(15)
		a.sync(Plan{Accounts: a.plan0.Accounts})
		a.Replace(Plan{Accounts: a.plan0.Accounts})
		a.list("1", delayed)
		a.minutes(20)
		a.sees("a", "announce: "+stopped)
		a.sync(a.plan0)
		a.Replace(a.plan0)
		a.minutes(15)
		a.sees("a", "announce: "+stopped, "update: "+delayed+" <1")
		a.unlist("1")
		a.minutes(20)
		a.sees("a", "announce: "+stopped, "update: "+delayed+" <1", "close: "+delayed+" <1")
	})
}

// Wherever the process dies, while it announces, follows up or closes, and once more
// soon after: no post twice, no closing lost, no answer to another thread.
func TestAnAlertsLifeWithDeaths(t *testing.T) {
	takesLong(t)
	quick := func(p *alerts.Policy) { p.UpdateEvery, p.GoneFetches, p.GoneTime = time.Minute, 2, 90*time.Second }
	onAgency(t, []string{"a"}, quick, func(t *testing.T, a *agency) {
		for stage, points := range []int{12, 14, 24} {
			for n := 1; n <= points; n++ {
				id := fmt.Sprint(stage, "-", n)
				head := fmt.Sprintf("Tram %s: no service", id)
				for i, step := range []func(){
					func() { a.list(id, head, severe) },
					func() { a.list(id, head+", 30 minutes") },
					func() { a.unlist(id) },
				} {
					step()
					if i == stage {
						a.dying(8*time.Minute, n, n%7+1)
					} else {
						a.dying(4 * time.Minute)
					}
				}
				a.sees("a", "announce: "+head, "update: "+head+", 30 minutes <1", "close: "+head+", 30 minutes <1")
				a.boards["a"].clear()
			}
		}
	})
}

// dying is the program at work for so long. It ends at the first of the points that a
// process comes by, the next one at the second after that, and so on.
func (a *agency) dying(d time.Duration, points ...int) {
	a.t.Helper()
	dead := func() string { return "" }
	next := func() {
		if dead = func() string { return "" }; len(points) > 0 {
			dead = a.die(points[0])
			points = points[1:]
		}
	}
	for next(); d > 0; d -= 15 * time.Second {
		a.polls()
		a.turns()
		if dead() != "" {
			a.anew()
			next()
		}
		pass(15 * time.Second)
	}
	a.FailPoint = func(string) {}
}

// clear takes everything off a board without anybody noticing.
func (b *board) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		e.gone = true
	}
}
