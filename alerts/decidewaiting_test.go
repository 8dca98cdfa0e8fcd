package alerts_test

import (
	"strings"
	"testing"

	"spool"
	"spool/alerts"
)

func TestDecideWaiting(t *testing.T) {
	waiting := head(spool.Waiting, -5, slow(first))
	held := waiting
	held.state, held.hold = spool.Held, spool.HoldApproval
	doubt := head(spool.Held, -5, slow(first))
	doubt.hold, doubt.attempts = spool.HoldDoubt, 3
	drafted := waiting
	drafted.draft = true
	refused := waiting
	refused.attempts, refused.refusals, refused.reason, refused.notBefore = 2, 2, "busy [x: temporary 503]", 5
	looked := refused
	looked.reason = "nobody confirms that it has arrived: it is sent again"
	resent := refused
	resent.resent = 1
	stopped := waiting
	stopped.state, stopped.hold, stopped.attempts, stopped.reason = spool.Held, spool.HoldCredentials, 1, "no [x: credentials]"
	byHand := waiting
	byHand.byHand = true
	severeNow := slow(first)
	severeNow.Severity = spool.Severe
	typo := slow(strings.Replace(first, "Line 46:", "Line 46 -", 1))
	live := head(spool.Live, -5, slow(first))
	update := answer("update", spool.Update, spool.Waiting, -2, slow(second))
	update.notBefore = 5
	hurried := answer("before", spool.Update, spool.Dropped, -1, slow(second)).because("it has become worse, which is told at once")
	down := slow(second)
	down.Effect = spool.NoService
	check(t, []row{
		{"it waits, and says what is so", slow(first), []post{waiting}, nil, "post head waits to be sent"},
		{"it waits, and something else is so", slow(second), []post{waiting}, nil, "reword head as announce"},
		{"it waits, and its spelling was mended", typo, []post{waiting}, nil, "reword head as announce"},
		{"it waits for approval, and something else is so", slow(second), []post{held}, nil, "reword head as announce"},
		{"it waits in a person's words", slow(second), []post{byHand}, nil, "post head waits, in a person's words"},
		{"it waits, and the change has to last", slow(second), []post{waiting}, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Due = at(2) }, "again 2m0s: post head waits"},
		{"it waits, and it is over", slow(first), []post{waiting}, over(spool.ByGone), "drop head"},
		{"it waits for approval, and it is over", slow(first), []post{held}, over(spool.ByGone), "drop head"},
		{"it waits in a person's words, and it is over", slow(first), []post{byHand}, over(spool.ByGone), "drop head"},
		{"it waits, and is filtered", slow(first), []post{waiting}, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Muted = "exclude" }, "drop head"},
		{"it waits, and a digest tells it", slow(first), []post{waiting}, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) {
			t.Digests = map[string]string{"riders": "d"}
		}, "drop head"},
		{"it waits, and is not for the account any more", slow(first), []post{waiting}, func(_ *spool.Tracked, _ *alerts.Policy, can *alerts.Abilities) { can.Away = true }, "drop head"},
		{"two wait", slow(first), []post{waiting, {id: "other", purpose: spool.Renew, state: spool.Waiting, told: waiting.told}}, nil, "drop other"},
		{"it waits, and another is live", slow(first), []post{waiting, {id: "other", purpose: spool.Renew, state: spool.Live, told: waiting.told}}, nil, "drop head"},

		{"it is being sent", slow(second), []post{head(spool.Sending, -5, slow(first))}, nil, "again 15s: post head is on its way"},
		{"it is being sent, and it is over", slow(second), []post{head(spool.Sending, -5, slow(first))}, over(spool.ByGone), "again 15s: post head is on its way"},
		{"nobody knows whether it is there", slow(second), []post{head(spool.Doubt, -5, slow(first))}, over(spool.ByGone), "again 15s: post head is on its way"},
		{"a person has to say whether it is there", slow(second), []post{doubt}, nil, "post head waits for a person"},
		{"a person has to say, and it is over", slow(second), []post{doubt}, over(spool.ByGone), "post head waits for a person"},
		{"it is prepared", slow(second), []post{drafted}, nil, "again 15s"},
		{"it is prepared, and it is over", slow(second), []post{drafted}, over(spool.ByGone), "drop head"},
		{"it was refused for the time being", slow(first), []post{refused}, nil, "again 5m15s"},
		{"it was refused for the time being, and something else is so", slow(second), []post{refused}, nil, "drop head"},
		{"it was refused for the time being, and it is over", slow(first), []post{refused}, over(spool.ByGone), "drop head"},
		{"it may have arrived", slow(second), []post{looked}, over(spool.ByGone), "again 5m15s"},
		{"it was sent again, and then refused for the time being", slow(second), []post{resent}, over(spool.ByGone), "again 5m15s"},
		{"the account cannot post", slow(first), []post{stopped}, nil, "post head waits for a person"},
		{"the account cannot post, and something else is so", slow(second), []post{stopped}, nil, "drop head"},
		{"the account cannot post, and it is over", slow(second), []post{stopped}, over(spool.ByGone), "drop head"},

		{"an update waits", slow(second), []post{live, update}, nil, "post update waits to be sent"},
		{"an update waits, and something else is so", slow("Line 46: delays of 90 minutes"), []post{live, update}, nil, "reword update as update"},
		{"an update waits, and all is as it was told", slow(first), []post{live, update}, nil, "drop update"},
		{"an update waits, and it is over", slow(second), []post{live, update}, over(spool.ByGone), "drop update"},
		{"an update waits, and nothing runs any more", down, []post{live, update}, nil, "drop update"},
		{"an update waits, and was hurried before", down, []post{live, hurried, update}, nil, "reword update as update"},
		{"an update waits, and its head is gone", slow(second), []post{head(spool.Dropped, -5, slow(first)).because(alerts.TakenAway), update}, nil, "drop update"},
		{"an update is on its way", slow("Line 46: delays of 90 minutes"), []post{live, answer("update", spool.Update, spool.Sending, -1, slow(second))}, nil, "again 15s: post update"},
		{"an update is on its way, and it is over", slow(second), []post{live, answer("update", spool.Update, spool.Doubt, -1, slow(second))}, over(spool.ByGone), "again 15s: post update"},
		{"a closing waits", slow(first), []post{live, answer("close", spool.Close, spool.Waiting, -1, slow(first))}, over(spool.ByGone), "post close waits to be sent"},
		{"a closing waits, and it is back", slow(first), []post{live, answer("close", spool.Close, spool.Waiting, -1, slow(first))}, nil, "drop close"},
		{"an edit waits, and it is back", slow(first), []post{live, answer("edit", spool.Edit, spool.Waiting, -1, slow(first))}, nil, "drop edit"},
		{"a deletion waits, and it is back", slow(first), []post{live, answer("gone", spool.Withdraw, spool.Waiting, -1, slow(first))}, nil, "drop gone"},
		{"a deletion waits", slow(first), []post{live, answer("gone", spool.Withdraw, spool.Waiting, -1, slow(first))}, over(spool.ByGone), "post gone waits to take its thread away"},
		{"severe, and it waits", severeNow, []post{waiting}, nil, "reword head as announce"},
	})
}
