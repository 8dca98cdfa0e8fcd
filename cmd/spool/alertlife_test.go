package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// The scenes about service alerts, with an account on every network.

// A transit is an agency whose alerts a test changes.
type transit struct {
	mu   sync.Mutex
	list []spool.Alert
	away bool // its server does not answer
}

func (a *transit) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.away {
		http.Error(w, "being mended", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write(gtfsrttest.Encode(time.Now(), a.list))
}

// lists has the agency list these alerts from now on, and no others.
func (a *transit) lists(list ...spool.Alert) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = list
}

const linesConfig = `
  lines:
    url: http://transit.example/alerts.pb
    kind: gtfs-rt
    accounts: [threads, mastodon, bluesky, webhook]
    schedule: "@every 1m"
    alerts:
      table: {routes: {Red: {name: Red Line, mode: metro}}, agencies: {t: Springfield Transit}}
`

// playLines runs a test with an agency whose alerts go to all networks. Nothing is
// listed at the beginning.
func playLines(t *testing.T, config string, scene func(t *testing.T, e *ensemble, a *transit)) {
	t.Helper()
	playEnsemble(t, strings.Split(ensembleConfig, "  city:")[0]+strings.TrimPrefix(config, "\n"), func(t *testing.T, e *ensemble) {
		a := &transit{}
		mux := http.NewServeMux()
		mux.Handle("transit.example/alerts.pb", a)
		e.prog.feedTransport = inProcess{mux}
		e.prog.tick = time.Second
		scene(t, e, a)
	})
}

func delayed(minutes int) spool.Alert {
	return lineAlert("red", "Red", spool.SignificantDelays, fmt.Sprintf("Red Line: delays of %d minutes", minutes))
}

func suspended() spool.Alert {
	return lineAlert("red", "Red", spool.NoService, "Red Line: no trains between Mill Lane and Harbour")
}

// told is what readers of a network see, thread by thread, without the times of day.
func (c *cast) told() []string {
	all := c.threads()
	for i := range all {
		all[i] = regexp.MustCompile(`\d\d:\d\d`).ReplaceAllString(all[i], "T")
	}
	slices.Sort(all)
	return all
}

func (e *ensemble) wantTold(c *cast, want ...string) {
	e.t.Helper()
	if got := c.told(); !slices.Equal(got, want) {
		e.t.Errorf("readers of %s see\n  %s\nwant\n  %s\nlog:\n%s", c.name, strings.Join(got, "\n  "), strings.Join(want, "\n  "), e.tailOf(c.name))
	}
}

// The thread of the alert of these scenes.
const (
	redBegins  = "Red Line: delays of 10 minutes"
	redChanges = redBegins + " > Update T: Red Line: no trains between Mill Lane and Harbour"
	redEnds    = redChanges + " > Ended T: Red Line: no trains between Mill Lane and Harbour"
)

// live plays the whole life of an alert: what is listed, and for how long.
func (a *transit) live(e *ensemble) {
	e.wait(3 * time.Minute)
	a.lists(delayed(10))
	e.wait(15 * time.Minute)
	a.lists(suspended())
	e.wait(30 * time.Minute)
	a.lists()
	e.wait(30 * time.Minute)
}

// An alert is live on every network a poll after the agency lists it, and what becomes
// of it is told in its thread.
func TestAnAlertLivesOnEveryNetwork(t *testing.T) {
	playLines(t, linesConfig, func(_ *testing.T, e *ensemble, a *transit) {
		e.start()
		e.wait(3 * time.Minute)
		a.lists(delayed(10))
		e.wait(time.Minute + 2*time.Second)
		for _, c := range e.casts {
			e.wantTold(c, redBegins)
		}
		a.lists(delayed(12)) // that is not worth a post so soon
		e.wait(3 * time.Minute)
		a.lists(delayed(10))
		e.wait(20 * time.Minute)
		for _, c := range e.casts {
			e.wantTold(c, redBegins)
		}
		a.lists(suspended())
		e.wait(time.Minute + 2*time.Second)
		for _, c := range e.casts {
			e.wantTold(c, redChanges)
		}
		a.away = true
		e.wait(time.Hour)
		a.away = false
		for _, c := range e.casts {
			e.wantTold(c, redChanges) // that nobody answers ends nothing
		}
		a.lists()
		e.wait(15 * time.Minute)
		for _, c := range e.casts {
			e.wantTold(c, redEnds)
		}
		e.end()
		e.prog.tick = 10 * time.Minute // nothing more is in a hurry
		e.start()
		e.wait(25 * time.Hour)
		for _, c := range e.casts {
			e.wantTold(c, redEnds)
		}
		e.wantAllClean()
	})
}

// deathPoints are all steps of a poll and of a turn that alerts go through while nobody
// takes a post away.
func deathPoints() []string {
	return []string{
		"feed claimed", "feed fetched", "feed decided", "feed ingested", "account claimed", "draft answered", "draft saved",
		"post began", "post answered", "post saved", "head answered", "account done",
	}
}

// TestAnAlertSurvivesDeaths ends the process at each step of an alert's life, and
// starts it again: nothing is told twice, nothing is left open, and every reply is
// in its thread.
func TestAnAlertSurvivesDeaths(t *testing.T) {
	if testing.Short() {
		t.Skip("a life for each step: left to a run without -short")
	}
	times := []int{1, 2, 3, 5, 6, 9}
	for i, point := range deathPoints() {
		for j, nth := range times {
			if strings.HasPrefix(point, "feed") && j > 2 {
				nth = 10 * j // so that it happens when something is listed
			}
			if !chosen(i*len(times)+j, 10) {
				continue
			}
			t.Run(fmt.Sprint(point, " ", nth), func(t *testing.T) {
				playLines(t, linesConfig, func(_ *testing.T, e *ensemble, a *transit) {
					e.prog.tick = 10 * time.Second
					d := e.dieAt(point, nth)
					e.start()
					done := make(chan struct{})
					go func() {
						defer close(done)
						a.live(e)
					}()
					if d.await(80 * time.Minute) {
						<-time.After(20 * time.Second) // virtual time
						e.start()
					} else {
						e.t.Logf("%q is not come by so often", point)
					}
					<-done
					e.wait(40 * time.Minute)
					for _, c := range e.casts {
						e.wantTold(c, redEnds)
					}
					e.wantAllClean()
				})
			})
		}
	}
}

// TestAnAlertIsToldOnceWhateverGoesWrong spoils the requests of one network at each
// phase of an alert's life; the others go on, and what readers of that network see in
// the end is right.
func TestAnAlertIsToldOnceWhateverGoesWrong(t *testing.T) {
	if testing.Short() {
		t.Skip("every fault on every network: left to a run without -short")
	}
	phases := []func(*transit){func(*transit) {}, func(a *transit) { a.lists(delayed(10)) }, func(a *transit) { a.lists(suspended()) }, func(a *transit) { a.lists() }}
	for n, network := range []string{"threads", "mastodon", "bluesky", "webhook"} {
		for i, fault := range faultNames(network) {
			if !chosen(n+i, 12) {
				continue
			}
			spoiled := 1 + (n+i)%3
			t.Run(fmt.Sprint(network, "/", fault, "/", spoiled), func(t *testing.T) {
				playLines(t, linesConfig, func(_ *testing.T, e *ensemble, a *transit) {
					e.prog.tick = 10 * time.Second
					e.start()
					for phase, happens := range phases {
						if phase == spoiled {
							e.spoil(network, deedPost, fault, 2)
						}
						happens(a)
						e.wait(25 * time.Minute)
					}
					e.heal(network)
					e.wait(2 * time.Hour)
					e.untilSettled(network, 6*time.Hour)
					for _, c := range e.casts {
						if c.name != network {
							e.wantTold(c, redEnds)
						}
					}
					e.wantRightOrTold(e.cast(network))
					e.wantAllClean()
				})
			})
		}
	}
}

// wantRightOrTold fails if readers of a network see something twice, in the wrong place
// or left open, unless a person is told of what is missing.
func (e *ensemble) wantRightOrTold(c *cast) {
	e.t.Helper()
	told := ""
	for _, p := range e.posts(spool.Held, spool.Failed) {
		if p.Account == c.name {
			told += string(p.State) + ": " + p.Reason + "; "
		}
	}
	got := c.told()
	whole := len(got) == 1 && (got[0] == redEnds || strings.HasPrefix(got[0], "Red Line: ") && strings.Count(got[0], " > Ended") == 1 && strings.Count(got[0], " > Update") <= 1)
	if !whole && told == "" || len(got) > 1 && !strings.Contains(told, "failed") {
		e.t.Errorf("readers of %s see\n  %s\ntold: %s\nlog:\n%s", c.name, strings.Join(got, "\n  "), told, e.tailOf(c.name))
	}
}

// With 400 alerts listed, a new one is live a poll after it is listed.
func TestAnAlertAmongFourHundredIsLiveInTime(t *testing.T) {
	playLines(t, linesConfig, func(_ *testing.T, e *ensemble, a *transit) {
		many := make([]spool.Alert, 400)
		for i := range many {
			many[i] = lineAlert(fmt.Sprint("old", i), fmt.Sprint(i), spool.Detour, fmt.Sprintf("Route %d: detour by way of street %d", i, i))
		}
		a.lists(many...)
		e.start()
		e.wait(3 * time.Minute)
		a.lists(append(slices.Clone(many), delayed(10))...)
		e.wait(time.Minute + 2*time.Second)
		for _, c := range e.casts {
			e.wantTold(c, redBegins)
		}
	})
}
