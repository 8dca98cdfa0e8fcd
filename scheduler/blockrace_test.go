package scheduler

import (
	"testing"
	"time"

	"spool"
	"spool/dedupe"
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
