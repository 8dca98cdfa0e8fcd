package alerts_test

import (
	"testing"

	"spool"
	"spool/alerts"
)

func TestDecideEnding(t *testing.T) {
	live := head(spool.Live, -30, slow(first))
	update := answer("update", spool.Update, spool.Live, -20, slow(first))
	part := post{id: "part", parent: "head", purpose: spool.Continue, state: spool.Live, at: -29}
	closing := answer("close", spool.Close, spool.Live, 0, slow(first))
	end := func(how alerts.OnEnd, can alerts.Abilities) func(*spool.Tracked, *alerts.Policy, *alerts.Abilities) {
		return func(t *spool.Tracked, p *alerts.Policy, c *alerts.Abilities) {
			over(spool.ByGone)(t, p, c)
			p.OnEnd, *c = how, can
		}
	}
	able := alerts.Abilities{Edits: true, Withdraws: true}
	plannedHead := post{id: "head", purpose: spool.Announce, state: spool.Live, at: -30, told: telling(planned(60), spool.Ahead)}
	withPlanned := func(how alerts.OnEnd, ending spool.Ending) func(*spool.Tracked, *alerts.Policy, *alerts.Abilities) {
		return func(t *spool.Tracked, p *alerts.Policy, c *alerts.Abilities) {
			over(ending)(t, p, c)
			p.OnEnd, p.OnEndPlanned = alerts.EndReply, how
		}
	}
	second := post{id: "again", purpose: spool.Renew, state: spool.Live, at: -10, told: telling(slow(first), spool.Begins)}
	heldUpdate := answer("doubt", spool.Update, spool.Held, -2, slow(first))
	heldUpdate.hold, heldUpdate.attempts = spool.HoldDoubt, 2
	check(t, []row{
		{"readers see it", slow(first), []post{live}, over(spool.ByGone), "close head as close"},
		{"they were told by an update too", slow(first), []post{live, update}, over(spool.ByGone), "close head as close"},
		{"the end that it named", slow(first), []post{live}, over(spool.ByTime), "close head as close"},
		{"they know", slow(first), []post{live, closing}, over(spool.ByGone), "it is over"},
		{"an event of a log that is old", slow(first), []post{live}, over(""), "it is not listed any more, which says nothing"},
		{"it was closed, came back, and is over again", slow(first), []post{live, answer("close", spool.Close, spool.Live, -20, slow(first)), answer("update", spool.Update, spool.Live, -12, slow(first))}, over(spool.ByGone), "close head as close"},
		{"it was closed, and came back for so short that nobody knows", slow(first), []post{live, answer("close", spool.Close, spool.Live, -20, slow(first))}, over(spool.ByGone), "it is over"},
		{"filtered by now, and readers see it", slow(first), []post{live}, func(t *spool.Tracked, p *alerts.Policy, c *alerts.Abilities) {
			over(spool.ByGone)(t, p, c)
			t.Muted = "exclude"
		}, "close head as close"},
		{"a digest tells it by now, and readers see it", slow(first), []post{live}, func(t *spool.Tracked, p *alerts.Policy, c *alerts.Abilities) {
			over(spool.ByGone)(t, p, c)
			t.Digests = map[string]string{"riders": "d"}
		}, "close head as close"},
		{"not for this account any more, and readers see it", slow(first), []post{live}, func(t *spool.Tracked, p *alerts.Policy, c *alerts.Abilities) {
			over(spool.ByGone)(t, p, c)
			c.Away = true
		}, "close head as close"},
		{"somebody withdrew it", slow(first), []post{head(spool.Dropped, -30, slow(first)).because("withdrawn by ana")}, over(spool.ByGone), "it is over"},
		{"nobody knows what it tells", slow(first), []post{{id: "head", purpose: spool.Announce, state: spool.Live, at: -30}}, over(spool.ByGone), "close head as close"},
		{"two heads are there", slow(first), []post{live, second}, over(spool.ByGone), "close head as close"},
		{"two heads are there, and one is closed", slow(first), []post{live, closing, second}, over(spool.ByGone), "close again as close"},
		{"an update may be there", slow(first), []post{live, heldUpdate}, over(spool.ByGone), "close head as close"},

		{"the closing was refused", slow(first), []post{live, answer("no", spool.Close, spool.Failed, 0, slow(first))}, over(spool.ByGone), "close head as close +10"},
		{"the closing was refused twice", slow(first), []post{live, answer("no", spool.Close, spool.Failed, 0, slow(first)), answer("no2", spool.Close, spool.Failed, 0, slow(first)).because("no")}, over(spool.ByGone), "the closing was refused twice: post no2: no"},
		{"a closing was refused before it came back", slow(first), []post{live, answer("no", spool.Close, spool.Failed, -15, slow(first)), answer("no2", spool.Close, spool.Failed, -14, slow(first))}, over(spool.ByGone), "close head as close"},
		{"somebody cancelled the closing", slow(first), []post{live, answer("no", spool.Close, spool.Dropped, 0, slow(first)).because("cancelled")}, over(spool.ByGone), "the closing no was given up by somebody"},
		{"it came back before the closing was sent, and is over again", slow(first), []post{live, answer("back", spool.Close, spool.Dropped, 0, slow(first)).because("the alert is there again, before it was told that it was over")}, over(spool.ByGone), "close head as close"},
		{"the closing came too late", slow(first), []post{live, answer("late", spool.Close, spool.Dropped, 0, slow(first)).because("not live by its deadline, x")}, over(spool.ByGone), "close head as close"},

		{"nothing", slow(first), []post{live}, end(alerts.EndNothing, able), "it is over, and on_end says"},
		{"edit", slow(first), []post{live, update}, end(alerts.EndEdit, able), "edit head as close"},
		{"edit, where nothing can be", slow(first), []post{live}, end(alerts.EndEdit, alerts.Abilities{Withdraws: true}), "close head as close"},
		{"edit, which was refused", slow(first), []post{live, answer("no", spool.Edit, spool.Failed, 0, slow(first))}, end(alerts.EndEdit, able), "close head as close"},
		{"edit, which is done", slow(first), []post{{id: "head", purpose: spool.Announce, state: spool.Live, at: -30, told: telling(slow(first), spool.Ends)}, answer("edit", spool.Edit, spool.Live, 0, slow(first))}, end(alerts.EndEdit, able), "it is over"},
		{"delete", slow(first), []post{live}, end(alerts.EndDelete, able), "withdraw head"},
		{"delete a thread", slow(first), []post{live, part, update}, end(alerts.EndDelete, able), "withdraw update, withdraw part"},
		{"delete a thread, of which one cannot be", slow(first), []post{live, update, {id: "no", parent: "update", purpose: spool.Withdraw, state: spool.Failed}}, end(alerts.EndDelete, able), "withdraw head"},
		{"delete, where nothing can be", slow(first), []post{live}, end(alerts.EndDelete, alerts.Abilities{Edits: true}), "close head as close"},
		{"delete, which was refused", slow(first), []post{live, {id: "no", parent: "head", purpose: spool.Withdraw, state: spool.Failed}}, end(alerts.EndDelete, able), "close head as close"},
		{"delete, which is done", slow(first), []post{head(spool.Dropped, -30, slow(first)).because(alerts.WhyEnded)}, end(alerts.EndDelete, able), "it is over"},

		{"planned work", planned(-90), []post{plannedHead}, withPlanned("", spool.ByTime), "it is over as it was planned"},
		{"planned work that is not listed any more before it has begun", planned(60), []post{plannedHead}, withPlanned("", spool.ByGone), "close head as close"},
		{"planned work that was called off", planned(60), []post{plannedHead}, withPlanned("", spool.BySource), "close head as close"},
		{"planned work, with a reply", planned(-90), []post{plannedHead}, withPlanned(alerts.EndReply, spool.ByTime), "close head as close"},
		{"what was told as a disturbance, and is planned by now", planned(-90), []post{live}, withPlanned("", spool.ByTime), "close head as close"},
		{"planned work that turned out to be something else", slow(first), []post{plannedHead}, withPlanned("", spool.ByTime), "close head as close"},
	})
}
