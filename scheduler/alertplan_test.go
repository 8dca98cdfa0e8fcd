package scheduler

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
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

// policyOf is an edit of what a configuration says of the agency's alerts.
func policyOf(edit func(*Feed)) func(*Plan) {
	return func(p *Plan) {
		f := p.Feeds["line"]
		edit(&f)
		p.Feeds["line"] = f
	}
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
	takesLong(t)
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
		a.unlist(ids...)
		a.unlist("new")
		a.minutes(60)
		heads := a.phases("a", "announce") + a.phases("a", "digest")
		if a.phases("a", "digest") != 1 || a.phases("a", "announce") != 4 || a.phases("a", "close") != heads {
			t.Errorf("readers see %q\n%s", a.boards["a"].thread(), a.tail())
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

// A tongue is the wording of an account with a language of its own.
type tongue struct {
	titles
	language string
}

func (w tongue) Language() string { return w.language }

// otherwise lets the program live for a while with another configuration, and then with
// the one of before.
func (w *world) otherwise(edit func(*Plan)) {
	w.configure(edit)
	for range 4 * (1 + w.rand.IntN(20)) {
		w.polls()
		w.turns()
		pass(15 * time.Second)
	}
	w.configure(func(*Plan) {})
}

// reconfigure changes something about the configuration for a while.
func (w *world) reconfigure() {
	some := []string{"Rw1", "Rw2", "Rw3"}
	switch w.rand.IntN(8) {
	case 0:
		w.otherwise(func(p *Plan) {
			delete(p.Accounts, "b")
			policyOf(func(f *Feed) { f.Accounts, f.Alerts.Accounts = []string{"a"}, []string{"a"} })(p)
		})
	case 1:
		w.otherwise(policyOf(func(f *Feed) { f.Alerts.Exclude = []alerts.Match{{Route: some}} }))
	case 2:
		w.otherwise(policyOf(func(f *Feed) { f.Alerts.DigestAbove, f.Alerts.DigestWithin = w.rand.IntN(3), 20*time.Minute }))
	case 3:
		w.otherwise(policyOf(func(f *Feed) {
			f.Alerts.Routing = []alerts.Routing{{Match: alerts.Match{Route: some}, Accounts: []string{"b"}}}
		}))
	case 4:
		w.otherwise(func(p *Plan) {
			acct, now := p.Accounts["a"], w.now().UTC()
			minute := now.Hour()*60 + now.Minute()
			acct.Pace.Quiet = []Window{{From: minute, To: (minute + 30) % (24 * 60)}}
			p.Accounts["a"] = acct
		})
	}
}

// Whatever is configured meanwhile, and though networks put posts off: when all is as it
// was, readers know of each alert that holds, and no thread is left open of one that is
// over.
func TestWorldsOfConfigurations(t *testing.T) {
	takesLong(t)
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			policy := func(p *alerts.Policy) {
				p.UpdateEvery, p.DigestAbove, p.DigestWithin = 2*time.Minute, int(3*seed), 20*time.Minute
			}
			onAgency(t, []string{"a", "b"}, policy, func(t *testing.T, a *agency) {
				w := &world{agency: a, rand: rand.New(rand.NewPCG(seed, 5)), bad: true, took: map[string]bool{}}
				for i, name := range []string{"a", "b"} {
					luck, r := w.luck(rand.New(rand.NewPCG(seed, uint64(i)+6))), rand.New(rand.NewPCG(seed, uint64(i)+8))
					a.boards[name].fault = func(op string, p spool.Post) (bool, error) {
						if w.bad && r.IntN(12) == 0 {
							return false, fail(spool.Throttled, time.Duration(r.IntN(20))*time.Minute)
						}
						return luck(op, p)
					}
				}
				for range 40 {
					w.reconfigure()
					w.event()
					w.live(time.Duration(1+w.rand.IntN(4)) * time.Minute)
				}
				w.bad = false
				a.setDown(nil)
				w.live(3 * time.Hour)
				w.told()
				a.balanced()
				a.mu.Lock()
				a.listed = slices.DeleteFunc(a.listed, func(al spool.Alert) bool { return al.ID != "old" })
				a.mu.Unlock()
				w.live(90 * time.Minute)
				w.closed()
			})
		})
	}
}
