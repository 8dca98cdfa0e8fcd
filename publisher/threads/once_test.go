package threads

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"spool"
	"spool/publisher/threads/threadstest"
)

// accident is something that goes wrong once, on the way to a publish.
type accident struct {
	name string
	rule threadstest.Rule
}

func onPublish(a threadstest.Action) threadstest.Rule {
	return threadstest.Rule{Op: threadstest.OpPublish, Nth: 1, Action: a}
}

func accidents() []accident {
	body := threadstest.ErrorBody
	return []accident{
		{"none", threadstest.Rule{Op: "none"}},
		{"refuse", onPublish(threadstest.Refuse())},
		{"drop_before", onPublish(threadstest.DropBefore())},
		{"commit_then_drop", onPublish(threadstest.CommitThenDrop())},
		{"hang", onPublish(threadstest.Hang())},
		{"commit_then_hang", onPublish(threadstest.CommitThenHang())},
		{"garbage", onPublish(threadstest.Garbage())},
		{"garbage_before", onPublish(threadstest.Garbage().WithoutEffect())},
		{"truncated", onPublish(threadstest.Truncated())},
		{"slow_body", onPublish(threadstest.SlowBody(20 * time.Second))},
		{"delay", onPublish(threadstest.Delay(time.Minute))},
		{"500", onPublish(threadstest.Status(500, ""))},
		{"502_page", onPublish(threadstest.Status(502, "<html>bad gateway</html>"))},
		{"commit_then_500", onPublish(threadstest.CommitThenStatus(500, ""))},
		{"commit_then_code1", onPublish(threadstest.CommitThenStatus(400, body(1, 0, "unknown")))},
		{"commit_then_code10", onPublish(threadstest.CommitThenStatus(500, body(10, 0, "no permission")))},
		{"commit_then_100", onPublish(threadstest.CommitThenStatus(400, body(100, 0, "bad parameter")))},
		{"commit_then_missing", onPublish(threadstest.CommitThenStatus(400, body(24, 4279009, "not found")))},
		{"commit_then_429", onPublish(threadstest.CommitThenStatus(429, body(4, 0, "limit")))},
		{"missing", onPublish(threadstest.Error(400, 24, 4279009, "not found"))},
		{"throttle", onPublish(threadstest.Throttle(map[string]string{"Retry-After": "90"}))},
		{"bare_429", onPublish(threadstest.Status(429, "slow down"))},
		{"late_2m", onPublish(threadstest.CommitLate(2 * time.Minute))},
		{"late_8m_500", onPublish(threadstest.CommitLateStatus(8*time.Minute, 500, ""))},
		{"late_hang", onPublish(threadstest.CommitLateHang(4 * time.Minute))},
		{"create_dropped", threadstest.Rule{Op: threadstest.OpCreate, Nth: 1, Action: threadstest.CommitThenDrop()}},
		{"create_500", threadstest.Rule{Op: threadstest.OpCreate, Nth: 1, Action: threadstest.Status(500, "")}},
		{"status_500", threadstest.Rule{Op: threadstest.OpStatus, Nth: 1, Action: threadstest.Status(500, "")}},
		{"status_missing", threadstest.Rule{Op: threadstest.OpStatus, Nth: 1, Action: threadstest.Error(400, 24, 4279009, "not found")}},
	}
}

// TestOnceAtEveryKnob is the promise: whatever the network does on the points
// that its documentation leaves open, and whatever goes wrong on the way, a
// reader sees the post once and the account knows it.
func TestOnceAtEveryKnob(t *testing.T) {
	for _, knob := range threadstest.AllKnobs() {
		for _, value := range knob.Values {
			t.Run(knob.Name+"="+value, func(t *testing.T) {
				var k threadstest.Knobs
				if err := k.Set(knob.Name, value); err != nil {
					t.Fatal(err)
				}
				for _, a := range accidents() {
					t.Run(a.name, func(t *testing.T) { once(t, k, a) })
				}
			})
		}
	}
}

// TestOnceWhenCrashed is the same with a process that dies between the answer
// and saving it.
func TestOnceWhenCrashed(t *testing.T) {
	for _, knob := range threadstest.AllKnobs() {
		for _, value := range knob.Values {
			t.Run(knob.Name+"="+value, func(t *testing.T) {
				var k threadstest.Knobs
				if err := k.Set(knob.Name, value); err != nil {
					t.Fatal(err)
				}
				for _, a := range accidents() {
					t.Run(a.name, func(t *testing.T) { once(t, k, a, 1) })
				}
			})
		}
	}
}

// TestOnceAtRandomKnobs mixes the settings; the seeds are in the names.
func TestOnceAtRandomKnobs(t *testing.T) {
	for seed := range uint64(400) {
		dice := rand.New(rand.NewPCG(seed, 7))
		var k threadstest.Knobs
		for _, knob := range threadstest.AllKnobs() {
			if err := k.Set(knob.Name, knob.Values[dice.IntN(len(knob.Values))]); err != nil {
				t.Fatal(err)
			}
		}
		list := accidents()
		a := list[dice.IntN(len(list))]
		var crashed []int
		if dice.IntN(3) == 0 {
			crashed = []int{1 + dice.IntN(2)}
		}
		t.Run(fmt.Sprintf("%d/%s", seed, a.name), func(t *testing.T) { once(t, k, a, crashed...) })
	}
}

// outcome is how a post ends. Two mixtures cannot end with it live: a publish
// that the network swallows and calls a bad parameter is refused for good, and
// three publishes that are swallowed without an answer exhaust the patience. In
// both a person is told, and nothing is visible.
func outcome(k threadstest.Knobs, a accident) (spool.State, int) {
	swallowed := k.FinishedButMissing
	switch {
	case k.PublishLatency > 90*time.Second && swallowed > 2:
		return spool.Held, 0
	case a.name == "commit_then_100" && swallowed > 0 && k.PublishLatency < 90*time.Second:
		return spool.Failed, 0
	}
	return spool.Live, 1
}

func once(t *testing.T, k threadstest.Knobs, a accident, crashed ...int) {
	t.Helper()
	bubble(t, threadstest.Options{Knobs: k}, func(w *world) { w.once(newPost(), 0, a, crashed...) })
}

// once drives a post through an accident on an account that shows so many posts
// before, and asserts that a reader sees it once. It returns what is seen of it.
func (w *world) once(p spool.Post, before int, a accident, crashed ...int) (spool.Post, threadstest.Post) {
	w.t.Helper()
	k := w.server.Knobs()
	w.server.Plan(a.rule)
	for _, n := range crashed {
		w.crash[n] = true
	}
	p = w.drive(p)
	pause(30 * time.Minute) // what is late has come
	state, n := outcome(k, a)
	if slices.Contains(crashed, 1) && state == spool.Failed {
		state, n = spool.Live, 1 // the refusal was lost, and the next publish succeeds
	}
	posts := w.visible(before + n)
	if p.State != state {
		w.t.Errorf("the post is %s, want %s: %s\n%s\n%v", p.State, state, p.Reason, w.story(), k.Map())
	}
	if most := w.server.MaxInFlight(testUser); most > 1 {
		w.t.Errorf("%d publishes were in flight at once", most)
	}
	if n == 0 || len(posts) != before+n {
		return p, threadstest.Post{}
	}
	if p.Receipt.ID != "" && p.Receipt.ID != posts[0].ID {
		w.t.Errorf("bound to %s, visible is %s", p.Receipt.ID, posts[0].ID)
	}
	return p, posts[0]
}
