package scheduler

import (
	"context"
	"testing"
	"time"

	"spool"
	"spool/dedupe"
	"spool/publisher"
	"spool/store"
)

// An address is blocked after a poll has looked for blocks and before it is recorded:
// the article that it brings is not posted, and the ledger says why.
func TestABlockBetweenLookingAndRecording(t *testing.T) {
	onDesk(t, "reply", false, func(t *testing.T, d *desk) {
		blocked := false
		d.FailPoint = func(name string) {
			if name != "feed decided" || blocked {
				return
			}
			blocked = true
			fire := spool.Item{GUID: "fire", Link: "https://paper.example/fire", Title: twoDead}
			block := spool.Block{Key: dedupe.Blockable(fire, dedupe.KeysOf([]spool.Item{fire})[0])[0], Time: d.now(), Who: "ana"}
			_, _, err := d.db.TakeDown(t.Context(), store.Takedown{Blocks: []spool.Block{block}, Decide: func([]spool.Post) store.Decision { return store.Decision{} }})
			if err != nil {
				t.Error(err)
			}
		}
		d.write("fire", twoDead)
		d.write("storm", "A storm")
		d.run(10 * time.Minute)
		if got := d.board.visible(); !blocked || got != "A storm" {
			t.Errorf("readers see %q\n%s", got, d.tail())
		}
		ledger, err := d.db.Ledger(t.Context())
		if err != nil || len(ledger) != 1 || ledger[0].Fates[spool.Blocked] != 1 || ledger[0].Balance() != 0 {
			t.Errorf("the ledger has %+v, %v", ledger, err)
		}
		if n := d.web.polls("city"); n > 15 {
			t.Errorf("%d polls", n)
		}
	})
}

// What was sent before an article was taken down is looked for, and not sent again in
// the moment between.
func TestNothingIsSentAgainAfterATakedown(t *testing.T) {
	for name, held := range map[string]bool{"held in doubt": true, "waiting to be sent again": false} {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) {
					return spool.Receipt{}, fail(spool.Unsure, 0)
				}
				r.net.find = func(context.Context, publisher.Query) (publisher.Sighting, error) {
					<-time.After(3 * time.Second) // in which the other one becomes due
					if held {
						return publisher.Sighting{}, fail(spool.Permanent, 0)
					}
					return publisher.Sighting{Again: true}, nil
				}
				r.record(spool.Post{ID: "a"}, spool.Post{ID: "b"})
				r.run(12 * time.Second)
				for _, id := range []string{"a", "b"} {
					if p := r.post(id); p.Attempts != 1 || (p.State == spool.Held) != held {
						t.Fatalf("%s is %s after %d attempts\n%s", id, p.State, p.Attempts, r.tail())
					}
				}
				(&desk{rig: r}).takeDownNow(r.post("a"))
				(&desk{rig: r}).takeDownNow(r.post("b"))
				r.run(30 * time.Minute)
				r.wantSent("a", "b")
				r.wantState("a", spool.Dropped)
				r.wantState("b", spool.Dropped)
			})
		})
	}
}

// A mute is a board of which nobody can ask what it has, but where that would be.
type mute struct{ *board }

func (mute) Find(_ context.Context, q publisher.Query) (publisher.Sighting, error) {
	return publisher.Sighting{Again: true, Receipt: spool.Receipt{ID: "net-" + q.Post.ID}}, nil
}

// What may have arrived where nobody can be asked is taken away unseen when its item
// is taken down, once it can appear no more.
func TestATakedownOfWhatNobodyCanLookFor(t *testing.T) {
	takesLong(t)
	for name, arrived := range map[string]bool{"it had arrived": true, "it had not": false} {
		t.Run(name, func(t *testing.T) {
			onBoard(t, func(t *testing.T, r *rig, b *board) {
				b.fault = func(op string, _ spool.Post) (bool, error) {
					if op == "publish" {
						return arrived, fail(spool.Unsure, 0)
					}
					return true, nil
				}
				r.change(func(a *Account) { a.Publisher = mute{b} })
				r.record(spool.Post{ID: "a"})
				r.run(5 * time.Second)
				p := r.post("a")
				(&desk{rig: r}).takeDownNow(p)
				r.run(30 * time.Minute)
				r.wantState("a", spool.Dropped)
				r.wantVisible(b, "")
				if p.Attempts != 1 || b.count("publish") != 1 || b.count("withdraw net-a") != 1 {
					t.Errorf("after %d attempts: %q\n%s", p.Attempts, b.calls, r.tail())
				}
			})
		})
	}
}
