package standin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/standin"
)

// Effects that are due come in their order, whoever looks first, and a post made
// meanwhile stands between them.
func TestLateEffectsComeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := begin()
		g.Plan(
			standin.Rule[op]{Nth: 1, Action: standin.CommitLateStatus(3*time.Minute, 500, "")},
			standin.Rule[op]{Nth: 2, Action: standin.CommitLateStatus(time.Minute, 500, "")},
		)
		begun := time.Now()
		mustSend(t, g, "three")
		mustSend(t, g, "one")
		time.Sleep(2 * time.Minute)
		mustSend(t, g, "two")
		time.Sleep(time.Hour)
		got := ""
		for _, p := range g.Visible("") {
			got += fmt.Sprintf("%s at %v, ", p.Text, p.Time.Sub(begun))
		}
		if want := "one at 1m0s, two at 2m0s, three at 3m0s, "; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// What is due comes before what is asked, and before a slow request that arrived
// earlier.
func TestWhatIsDueComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := begin()
		g.Plan(standin.Rule[op]{Nth: 1, Action: standin.CommitLateStatus(time.Minute, 500, "")})
		mustSend(t, g, "late")
		g.SetKnobs(knobs{Latency: 2 * time.Minute})
		mustSend(t, g, "slow")
		if g.posts[0].Text != "late" || g.posts[1].Text != "slow" {
			t.Errorf("posts %+v", g.posts)
		}
		g.fail(standin.CommitLateStatus(time.Minute, 500, ""))
		mustSend(t, g, "late again")
		time.Sleep(time.Minute)
		there := 0
		g.desk.Serve(nowhere{}, httptest.NewRequest("GET", "/paper/posts", nil), func() *call {
			there = len(g.posts)
			return &call{op: opList}
		})
		if there != 3 {
			t.Errorf("a request found %d posts, want 3", there)
		}
	})
}

// A clock that stands still while timers run holds nothing up, and nothing comes
// twice when it goes on.
func TestAClockThatStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		g := begin(func(n *standin.Network[op, *call, request]) { n.Now = func() time.Time { return now } })
		g.SetKnobs(knobs{Latency: time.Minute})
		mustSend(t, g, "x")
		now = now.Add(time.Hour)
		if got := g.Visible(""); len(got) != 1 {
			t.Errorf("visible %+v", got)
		}
		mustSend(t, g, "y")
		if got := g.Visible(""); len(got) != 2 {
			t.Errorf("visible %+v", got)
		}
	})
}

// A slow network makes a post visible at the end, in the middle or at the start of
// its time, also for a client that did not wait.
func TestLatency(t *testing.T) {
	for at, live := range map[standin.EffectAt]time.Duration{
		"": time.Minute, standin.EffectAtEnd: time.Minute, standin.EffectAtMiddle: 30 * time.Second, standin.EffectAtStart: 0,
	} {
		for _, patience := range []time.Duration{time.Hour, 10 * time.Second} {
			t.Run(fmt.Sprint(at, patience), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := begin()
					g.SetKnobs(knobs{Latency: time.Minute, EffectAt: at})
					c := g.client()
					c.Timeout = patience
					begun := time.Now()
					_, err := g.sendBy(c, "paper", "x")
					if took := time.Since(begun); took != min(patience, time.Minute) || (err == nil) != (patience > time.Minute) {
						t.Errorf("took %v, error %v", took, err)
					}
					if live > patience && len(g.Visible("")) != 0 {
						t.Error("the post is there too early")
					}
					time.Sleep(time.Hour)
					if got := g.Visible(""); len(got) != 1 || got[0].Time.Sub(begun) != live {
						t.Errorf("visible %+v, want one from %v on", got, live)
					}
				})
			})
		}
	}
}

// A network that turns a request away does so at once, whatever takes its time.
func TestArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := begin(func(n *standin.Network[op, *call, request]) {
			n.Arrive = func(c *call, _ time.Time) (standin.Reply, bool) {
				return standin.Words(409, "again"), c.text == "again"
			}
		})
		g.SetKnobs(knobs{Latency: time.Minute})
		begun := time.Now()
		if a := mustSend(t, g, "again"); a.status != 409 || time.Since(begun) != 0 {
			t.Errorf("turned away with %d after %v", a.status, time.Since(begun))
		}
		if a := mustSend(t, g, "new"); a.status != 201 || time.Since(begun) != time.Minute {
			t.Errorf("let in with %d after %v", a.status, time.Since(begun))
		}
		g.fail(standin.CommitLate(time.Minute))
		if _, err := g.send("again"); err == nil {
			t.Error("an answer to a request whose connection was cut")
		}
		time.Sleep(time.Hour)
		if got := g.Visible(""); len(got) != 1 {
			t.Errorf("visible %+v", got)
		}
	})
}

// An account may have one write under way, and each may have its own.
func TestOneInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := begin()
		mustSend(t, g, "one that is over")
		g.Plan(standin.Rule[op]{Action: standin.Delay(time.Minute)})
		var wg sync.WaitGroup
		for _, user := range []string{"paper", "radio", "paper"} {
			wg.Go(func() { _, _ = g.sendBy(g.client(), user, "x") })
		}
		wg.Go(func() { _, _ = g.client().Get("https://gazette.example/radio/posts") })
		wg.Wait()
		mustSend(t, g, "one that comes later")
		if got := g.Violations(); len(got) != 1 || got[0] != "2 posts of paper are under way at once" {
			t.Errorf("violations %q", got)
		}
		if p, r := g.desk.MaxInFlight("paper"), g.desk.MaxInFlight("radio"); p != 2 || r != 1 {
			t.Errorf("at most %d and %d were under way", p, r)
		}
	})
}

// Whoever gave up has nothing under way any more.
func TestNothingIsInFlightAfterGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := begin()
		g.fail(standin.Hang())
		for range 3 {
			c := g.client()
			c.Timeout = time.Second
			if _, err := g.sendBy(c, "paper", "x"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
			synctest.Wait()
		}
		if got := g.Violations(); len(got) > 0 {
			t.Errorf("violations %q", got)
		}
	})
}

func TestTheLogsAreBounded(t *testing.T) {
	g := begin()
	for range 10500 {
		g.desk.Serve(nowhere{}, httptest.NewRequest("GET", "/paper/posts", nil), func() *call {
			g.desk.Violation("one too many")
			return &call{op: opList, user: "paper"}
		})
	}
	log := g.Requests()
	if len(log) != 9500 || log[len(log)-1].Serial != 10500 || log[0].Serial != 1001 || log[0].Status != 200 {
		t.Errorf("%d lines from %+v to %+v", len(log), log[0], log[len(log)-1])
	}
	if got := len(g.Violations()); got != 1000 {
		t.Errorf("%d violations", got)
	}
}

// nowhere takes a response that nobody reads.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) WriteHeader(int)             {}

// What is handed out is the caller's own.
func TestLogsAreCopies(t *testing.T) {
	g := begin()
	mustSend(t, g, "x")
	g.mu.Lock()
	g.desk.Violation("one")
	g.mu.Unlock()
	g.Requests()[0].User, g.Violations()[0] = "other", "other"
	if g.Requests()[0].User != "paper" || g.Violations()[0] != "one" {
		t.Errorf("%+v, %q", g.Requests(), g.Violations())
	}
}

// Slow requests that overlap carry each other out.
func TestSlowRequestsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := begin()
		g.SetKnobs(knobs{Latency: time.Minute})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() { mustSend(t, g, fmt.Sprint(i)) })
		}
		wg.Wait()
		if got := len(g.Visible("")); got != 8 {
			t.Errorf("%d visible, want 8", got)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	g := begin()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				_, _ = g.send(fmt.Sprintf("%d/%d", i, j))
				g.Visible("")
				g.Requests()
				g.SetKnobs(knobs{})
				g.Plan(standin.Rule[op]{Nth: 1000000, Action: standin.DropBefore()})
			}
		})
	}
	wg.Wait()
	if got := len(g.Visible("paper")); got != 160 {
		t.Errorf("%d visible, want 160", got)
	}
}
