package scheduler

import (
	"strings"
	"testing"
	"time"

	"spool"
)

// An embargo that has passed is none for what follows, and one that a feed sets or
// moves without changing a word counts all the same.
func TestEmbargoesOfFeeds(t *testing.T) {
	takesLong(t)
	until := func(moment time.Time) func(*spool.Item) {
		return func(it *spool.Item) { it.Embargo = moment }
	}
	onDesk(t, "reply", false, func(t *testing.T, d *desk) {
		end := d.now().Add(3 * time.Hour)
		d.write("fire", twoDead, until(end))
		d.run(time.Hour)
		p := d.announced(twoDead)
		d.wantState(p.ID, spool.Waiting)
		if !p.Embargo.Equal(end.Truncate(time.Millisecond)) || p.NotBefore.Before(end.Truncate(time.Millisecond)) {
			t.Errorf("embargo until %v, due %v", p.Embargo, p.NotBefore)
		}
		d.write("fire", threeDead, until(end))
		d.run(time.Hour)
		d.wantState(p.ID, spool.Waiting)
		d.run(62 * time.Minute)
		d.wantState(p.ID, spool.Live)
		d.write("fire", fourDead, until(end))
		d.run(10 * time.Minute)
		if got := d.board.visible(); !strings.HasPrefix(got, threeDead+" Correction: "+fourDead) {
			t.Errorf("readers see %q", got)
		}
	})
	for name, c := range map[string]struct {
		moved time.Duration
		after time.Duration
		want  spool.State
	}{
		"lifted":    {0, 3 * time.Minute, spool.Live},
		"earlier":   {30 * time.Minute, 33 * time.Minute, spool.Live},
		"later":     {5 * time.Hour, 4 * time.Hour, spool.Waiting},
		"unchanged": {3 * time.Hour, 2 * time.Hour, spool.Waiting},
	} {
		onDesk(t, "reply", false, func(t *testing.T, d *desk) {
			now := d.now()
			d.write("fire", twoDead, until(now.Add(3*time.Hour)))
			d.run(10 * time.Minute)
			moved := until(time.Time{})
			if c.moved > 0 {
				moved = until(now.Add(c.moved))
			}
			d.write("fire", twoDead, moved)
			d.run(c.after)
			if p := d.announced(twoDead); p.State != c.want {
				t.Errorf("%s: the post is %s, due %v\n%s", name, p.State, p.NotBefore, d.tail())
			}
		})
	}
}

func TestAnEmbargoMayBeIgnored(t *testing.T) {
	onDesk(t, "ignore", false, func(t *testing.T, d *desk) {
		f := d.plan.Feeds["city"]
		f.IgnoreEmbargo = true
		d.plan.Feeds["city"] = f
		d.write("fire", twoDead, func(it *spool.Item) { it.Embargo = d.now().Add(time.Hour) })
		d.run(5 * time.Minute)
		d.wantState(d.announced(twoDead).ID, spool.Live)
	})
}
