package scheduler

import (
	"strings"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// takeDownNow blocks what a post is about, as a person does.
func (d *desk) takeDownNow(p spool.Post) {
	d.t.Helper()
	nothing := func([]spool.Post) store.Decision { return store.Decision{} }
	_, _, err := d.db.TakeDown(d.t.Context(), store.Takedown{Items: []string{p.Item}, Decide: nothing, Blocks: []spool.Block{
		{Key: spool.ItemKey(p.Item), Item: p.Item, Time: d.now(), Who: "ana", Reason: "court order"},
	}})
	if err != nil {
		d.t.Fatal(err)
	}
}

// Whatever its posts were in the middle of, nothing about an article is left to be
// seen after it was taken down, and nothing comes back.
func TestATakedownReachesWhatIsUnderWay(t *testing.T) {
	takesLong(t)
	for name, c := range map[string]struct {
		prepare func(d *desk)
		after   func(d *desk)
	}{
		"in doubt, and live": {prepare: func(d *desk) {
			once := true
			d.board.fault = func(op string, _ spool.Post) (bool, error) {
				if op == "publish" && once {
					once = false
					return true, fail(spool.Unsure, 0)
				}
				return true, nil
			}
		}},
		"waiting": {prepare: func(d *desk) { d.change(func(a *Account) { a.Pace.Quiet = []Window{{From: 0, To: 24*60 - 1}} }) }},
		"live":    {},
		"changed later": {after: func(d *desk) {
			d.write("fire", threeDead)
			d.run(20 * time.Minute)
		}},
		"and the process ends": {after: func(d *desk) { d.run(10 * time.Second) }},
	} {
		t.Run(name, func(t *testing.T) {
			onDesk(t, "reply", false, func(t *testing.T, d *desk) {
				if c.prepare != nil {
					c.prepare(d)
				}
				d.write("fire", twoDead)
				d.run(4 * time.Minute)
				p := d.announced(twoDead)
				d.takeDownNow(p)
				if c.after != nil {
					c.after(d)
				}
				d.run(2 * time.Hour)
				d.wantState(p.ID, spool.Dropped)
				if got := d.board.visible(); got != "" {
					t.Errorf("readers see %q\n%s", got, d.tail())
				}
			})
		})
	}
}

// An article that was taken down leads to nothing in another group of feeds, whose
// ledger says so.
func TestABlockedArticleInAnotherFeed(t *testing.T) {
	onDesk(t, "reply", false, func(t *testing.T, d *desk) {
		d.write("fire", twoDead)
		d.run(5 * time.Minute)
		p := d.announced(twoDead)
		d.takeDownNow(p)
		names, err := d.db.NamesOf(t.Context(), p.Item)
		if err != nil {
			t.Fatal(err)
		}
		var blocks []spool.Block
		for _, k := range names {
			if strings.HasPrefix(string(k), "link:") {
				blocks = append(blocks, spool.Block{Key: k, Item: p.Item, Time: d.now(), Who: "ana", Reason: "court order"})
			}
		}
		if _, _, err := d.db.TakeDown(t.Context(), store.Takedown{Blocks: blocks, Decide: func([]spool.Post) store.Decision { return store.Decision{} }}); err != nil || len(blocks) == 0 {
			t.Fatal(len(blocks), err)
		}
		wire := d.plan.Feeds["city"]
		wire.Name, wire.URL, wire.Group = "wire", "https://feeds.example/wire.rss", "wire"
		wire.FirstRun.All = true
		d.plan.Feeds["wire"] = wire
		d.Replace(d.plan)
		d.sync(d.plan)
		d.run(10 * time.Minute)
		if got := d.board.visible(); strings.Contains(got, twoDead) {
			t.Errorf("readers see %q", got)
		}
		ledger, err := d.db.Ledger(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range ledger {
			if e.Balance() != 0 || e.Feed == "wire" && e.Fates[spool.Blocked] != 1 {
				t.Errorf("the ledger has %+v", e)
			}
		}
	})
}

// Whenever the process dies, an article that was taken down while its post was being
// sent is gone in the end, and was withdrawn once.
func TestATakedownSurvivesEveryDeath(t *testing.T) {
	takesLong(t)
	for point := range 12 {
		onBoard(t, func(t *testing.T, r *rig, b *board) {
			once := true
			b.fault = func(op string, _ spool.Post) (bool, error) {
				if op == "publish" && once {
					once = false
					return true, fail(spool.Unsure, 0)
				}
				return true, nil
			}
			r.record(spool.Post{ID: "a"})
			d := &desk{rig: r, board: b}
			passed, down := 0, false
			r.lives(b, 30, func(name string) bool {
				if name == "post began" && !down {
					down = true
					d.takeDownNow(r.post("a"))
				}
				passed++
				return passed == point+1
			})
			r.wantState("a", spool.Dropped)
			r.wantVisible(b, "")
			if n := len(r.followersOf("a", spool.Withdraw)); n != 1 && b.count("publish") > 0 {
				t.Errorf("death at step %d: %d withdrawals", point, n)
			}
		})
	}
}
