package scheduler

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/store"
)

// A world is an agency with all the bad luck there is: alerts come, change and go,
// sources and networks fail, outcomes stay unknown, processes die, people interfere.
type world struct {
	*agency
	rand  *rand.Rand
	bad   bool // luck
	count int  // of what was listed: each text is there once
	took  map[string]bool
}

// Whatever happens: when all is well again readers of each account know of each alert
// that holds, in one thread, and no thread is left open of one that is over.
func TestWorldsOfAlerts(t *testing.T) {
	takesLong(t)
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			policy := func(p *alerts.Policy) {
				p.UpdateEvery = 2 * time.Minute
				if seed%2 == 1 {
					p.DigestAbove, p.DigestWithin = 3, 20*time.Minute
				}
			}
			onAgency(t, []string{"a", "b"}, policy, func(t *testing.T, a *agency) {
				w := &world{agency: a, rand: rand.New(rand.NewPCG(seed, 1)), bad: true, took: map[string]bool{}}
				for i, name := range []string{"a", "b"} {
					a.boards[name].fault = w.luck(rand.New(rand.NewPCG(seed, uint64(i)+2)))
				}
				for range 50 {
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

// event is something that happens outside.
func (w *world) event() {
	id := fmt.Sprint("w", w.rand.IntN(8))
	w.count++
	switch w.rand.IntN(10) {
	case 0, 1, 2:
		w.list(id, fmt.Sprintf("Line %s: trains wait at stop %d", id, w.count))
	case 3:
		w.list(id, fmt.Sprintf("Line %s: nothing runs from stop %d", id, w.count), severe)
	case 4:
		w.list(id, fmt.Sprintf("Line %s: delays at stop %d", id, w.count), until(w.now().Add(time.Duration(w.rand.IntN(40))*time.Minute)))
	case 5, 6:
		w.unlist(id)
	case 7:
		w.setDown(fail(spool.Temporary, 0))
	case 8:
		w.setDown(nil)
	case 9:
		if seen := w.boards["a"].thread(); len(seen) > 0 {
			text := seen[w.rand.IntN(len(seen))]
			text, _, _ = strings.Cut(text, " <")
			if strings.HasSuffix(text, ": ") {
				return // of a digest: others begin like it
			}
			w.boards["a"].takeAway(text)
			w.took[text] = true
		}
	}
}

// luck is what a network does when it is bad. Each has its own.
func (w *world) luck(r *rand.Rand) func(string, spool.Post) (bool, error) {
	return func(op string, _ spool.Post) (bool, error) {
		if !w.bad {
			return true, nil
		}
		switch r.IntN(12) {
		case 0:
			return false, fail(spool.Temporary, 0)
		case 1:
			return true, fail(spool.Unsure, 0)
		case 2:
			return false, fail(spool.Unsure, 0)
		case 3:
			if op != "stands" && r.IntN(4) == 0 {
				return false, fail(spool.Permanent, 0)
			}
		}
		return true, nil
	}
}

// live is the program at work for so long, in several lives when luck is bad.
func (w *world) live(d time.Duration) {
	for ; d > 0; d -= 15 * time.Second {
		if w.bad && w.rand.IntN(20) == 0 {
			dead := w.die(1 + w.rand.IntN(6))
			w.polls()
			w.turns()
			if dead() != "" {
				w.anew()
			}
			w.FailPoint = func(string) {}
		}
		w.polls()
		w.turns()
		pass(15 * time.Second)
		runtime.Gosched()
	}
}

// told fails unless readers of each account know of each alert that is listed
// what is the case.
func (w *world) told() {
	w.t.Helper()
	for _, name := range []string{"a", "b"} {
		seen := strings.Join(w.boards[name].thread(), "\n")
		for _, al := range w.listed {
			header := al.Header[0].Text
			if al.ID == "old" || !al.Active(w.now()) {
				continue
			}
			if n := strings.Count(seen, header); n != 1 && !w.excused(al, name) {
				w.t.Errorf("account %s: %q is told %d times:\n%s\n%s", name, header, n, seen, w.explain(al.ID, name))
			}
		}
	}
}

// explain is what is known of an alert.
func (w *world) explain(id, account string) string {
	book, err := w.db.TrackedAlerts(w.t.Context(), "line", w.now().Add(-100*time.Hour))
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, t := range book {
		if t.Alert.ID != id && t.Item != id {
			continue
		}
		all = append(all, fmt.Sprintf("item %s open=%v known=%v muted=%q since=%v closed=%v reopened=%d look=%v header=%v notes=%s", t.Item, t.Open, t.Known, t.Muted, t.Since, t.Closed, t.Reopened, t.Look, t.Alert.Header, t.Notes))
		posts, err := w.db.AllPosts(w.t.Context(), []string{t.Item})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, p := range posts {
			if p.Account == account {
				all = append(all, fmt.Sprintf("  %s %s %s %q %s live=%v", p.ID, p.Purpose, p.State, p.Content.Text, p.Reason, p.LiveAt))
			}
		}
	}
	return strings.Join(all, "\n")
}

// excused reports whether there is a reason that readers of an account are not told an
// alert as it is: a digest tells it, it is taken as known, somebody has taken it away, or
// the network has refused it for good.
func (w *world) excused(al spool.Alert, account string) bool {
	book, err := w.db.TrackedAlerts(w.t.Context(), "line", w.now().Add(-time.Hour))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, t := range book {
		if t.Alert.ID != al.ID || !t.Open {
			continue
		}
		if t.Digests[account] != "" || t.Known { // known: it came while the source was down for long
			return true
		}
		posts, err := w.db.AllPosts(w.t.Context(), []string{t.Item})
		if err != nil {
			w.t.Fatal(err)
		}
		for _, p := range posts {
			if p.Account == account && (p.State == spool.Failed || p.State == spool.Held || w.took[p.Content.Text]) {
				return true
			}
		}
	}
	return false
}

// closed fails unless each thread that readers see says that it is over, or its closing
// was refused for good.
func (w *world) closed() {
	w.t.Helper()
	for name, b := range w.boards {
		all, err := w.db.Posts(w.t.Context(), store.Filter{Account: name})
		if err != nil {
			w.t.Fatal(err)
		}
		ended := map[string]bool{}
		for _, p := range all {
			if p.Purpose == spool.Close && (p.State == spool.Live || p.State == spool.Failed) {
				ended[p.Parent] = true
			}
		}
		for _, p := range all {
			if p.Purpose.Heads() && p.State == spool.Live && b.shows(p.Receipt.ID) && !ended[p.ID] {
				w.t.Errorf("account %s: nobody says that %q is over:\n%s\n%s", name, p.Content.Text, strings.Join(b.thread(), "\n"), w.explain(p.Item, name))
			}
		}
	}
}

// shows reports whether readers see a post.
func (b *board) shows(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.find(id)
	return e != nil && !e.gone
}
