package alerts_test

import (
	"strings"
	"testing"

	"spool"
	"spool/alerts"
)

func TestDecideFollowing(t *testing.T) {
	live := head(spool.Live, -30, slow(first))
	recent := head(spool.Live, -4, slow(first))
	down := slow(first)
	down.Effect, down.Severity = spool.NoService, spool.Severe
	refused := answer("no", spool.Update, spool.Failed, -2, slow(second)).because("no [x: permanent]")
	closing := answer("close", spool.Close, spool.Live, -20, slow(first))
	longer := slow(first)
	longer.Periods = []spool.Period{{End: at(90)}}
	heldUpdate := answer("doubt", spool.Update, spool.Held, -2, slow(second))
	heldUpdate.hold, heldUpdate.attempts = spool.HoldDoubt, 2
	unknown := live
	unknown.told = nil
	until := func(minutes int) spool.Alert {
		a := slow(first)
		a.Periods = []spool.Period{{End: at(minutes)}}
		return a
	}
	takingAway := post{id: "away", parent: "head", purpose: spool.Withdraw, state: spool.Waiting, text: "withdrawn by ana"}
	couldNot := takingAway
	couldNot.state = spool.Failed
	rolling := []post{head(spool.Live, -90, until(20)), answer("u1", spool.Update, spool.Live, -60, until(60)), answer("u2", spool.Update, spool.Live, -30, until(105))}
	check(t, []row{
		{"nothing has changed", slow(first), []post{live}, nil, "nothing"},
		{"spelling has changed", slow(strings.ToUpper(first) + "!"), []post{live}, nil, "nothing"},
		{"something has changed", slow(second), []post{live}, nil, "update head as update"},
		{"something has changed just after it was told", slow(second), []post{recent}, nil, "update head as update +6"},
		{"nothing runs any more, just after it was told", down, []post{recent}, nil, "update head as update"},
		{"the end moves", until(180), []post{head(spool.Live, -90, until(60))}, nil, "update head as update"},
		{"the end moves again and again", until(180), rolling, nil, "again 1h15m0s: its end keeps moving"},
		{"the end moves again and again, and the one that was told is near", until(180), []post{head(spool.Live, -90, until(-60)), answer("u1", spool.Update, spool.Live, -60, until(-20)), answer("u2", spool.Update, spool.Live, -30, until(25))}, nil, "update head as update"},
		{"the end moves again and again, and comes earlier now", until(60), rolling, nil, "update head as update"},
		{"the end moves again and again, and nothing runs any more", func() spool.Alert {
			a := until(180)
			a.Effect = spool.NoService
			return a
		}(), rolling, nil, "update head as update"},
		{"the end became known", longer, []post{live}, nil, "update head as update"},
		{"readers know it from an update", slow(second), []post{live, answer("update", spool.Update, spool.Live, -12, slow(second))}, nil, "nothing"},
		{"it is as it was before the update", slow(first), []post{live, answer("update", spool.Update, spool.Live, -7, slow(second))}, nil, "update head as update +3"},
		{"it changes what must not be told", slow(second), []post{live}, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Muted = "inhibit" }, "inhibit"},
		{"it is less than what is announced here", slow(first), []post{headOf(down)}, keptOut(alerts.Policy{Include: alerts.Match{Effect: []spool.Effect{spool.NoService}}}), "update head as update"},
		{"it turned out to be nothing", slow(first), []post{headOf(down)}, keptOut(alerts.Policy{Exclude: []alerts.Match{{Effect: []spool.Effect{spool.SignificantDelays}}}}), "update head as update"},
		{"it is less, and says what must not be told", slow(first), []post{headOf(down)}, keptOut(alerts.Policy{Exclude: []alerts.Match{{Effect: []spool.Effect{spool.SignificantDelays}}, {Text: pattern("10 minutes")}}}), "exclude: effect"},
		{"it is about another line", slow(first), []post{headOf(down)}, keptOut(alerts.Policy{Include: alerts.Match{Route: []string{"1"}}}), "include: none of its routes"},
		{"it is less, and nobody was told", slow(first), nil, keptOut(alerts.Policy{Include: alerts.Match{Effect: []spool.Effect{spool.NoService}}}), "include: effect"},
		{"a digest tells it by now", slow(second), []post{live}, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) {
			t.Digests = map[string]string{"riders": "d"}
		}, "a digest tells of it"},
		{"the change has to last", slow(second), []post{live}, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Due = at(1) }, "again 1m0s"},
		{"its lines go to another account by now", slow(second), []post{live}, func(_ *spool.Tracked, _ *alerts.Policy, can *alerts.Abilities) { can.Away = true }, "update head as update"},
		{"the update was refused", slow(second), []post{live, refused}, nil, "update head as update +8"},
		{"the update was refused twice", slow(second), []post{live, refused, answer("no2", spool.Update, spool.Failed, -1, slow(second)).because("no")}, nil, "the update was refused twice, and says nothing else now: post no2: no"},
		{"an update was refused, of something else", slow("Line 46: delays of 90 minutes"), []post{live, refused, refused}, nil, "update head as update +8"},
		{"updates were refused before the last one", slow(second), []post{live, answer("no", spool.Update, spool.Failed, -25, slow(second)), answer("no2", spool.Update, spool.Failed, -24, slow(second)), answer("update", spool.Update, spool.Live, -20, slow(first))}, nil, "update head as update"},
		{"somebody cancelled the update", slow(second), []post{live, answer("no", spool.Update, spool.Dropped, -2, slow(second)).because("cancelled")}, nil, "the update no was given up by somebody"},
		{"somebody cancelled an update of something else", slow("Line 46: delays of 90 minutes"), []post{live, answer("no", spool.Update, spool.Dropped, -2, slow(second)).because("cancelled")}, nil, "update head as update"},
		{"the update came too late", slow(second), []post{live, answer("late", spool.Update, spool.Dropped, -2, slow(second)).because("not live by its deadline, x")}, nil, "update head as update"},
		{"nobody knows whether the update is there", slow(second), []post{live, heldUpdate}, nil, "post doubt waits for a person"},
		{"nobody knows whether it is there, and something else is so", slow("Line 46: delays of 90 minutes"), []post{live, heldUpdate}, nil, "update head as update"},
		{"nobody knows what it tells", slow(second), []post{unknown}, nil, "nobody knows what post head tells"},
		{"somebody is taking it away", slow(second), []post{live, takingAway}, nil, "somebody is taking it away, by post away"},
		{"somebody is taking it away, and it is over", slow(first), []post{live, takingAway}, over(spool.ByGone), "somebody is taking it away, by post away"},
		{"somebody could not take it away", slow(second), []post{live, couldNot}, nil, "update head as update"},
		{"it was closed, and is back", slow(first), []post{live, closing}, nil, "update head as update"},
		{"it was closed just now, and is back", slow(first), []post{live, answer("close", spool.Close, spool.Live, -2, slow(first))}, nil, "update head as update +8"},
		{"it was closed, and readers know that it is back", slow(first), []post{live, closing, answer("update", spool.Update, spool.Live, -12, slow(first))}, nil, "nothing"},
		{"the head says that it is over, and it is back", slow(first), []post{{id: "head", purpose: spool.Announce, state: spool.Live, at: -30, told: telling(slow(first), spool.Ends)}, answer("edit", spool.Edit, spool.Live, -20, slow(first))}, nil, "update head as update"},
		{"planned work begins", planned(0), []post{{id: "head", purpose: spool.Announce, state: spool.Live, at: -600, told: telling(planned(0), spool.Ahead)}}, nil, "nothing"},
		{"a renewed head is the one that is answered", slow(second), []post{head(spool.Dropped, -60, slow(first)).because(alerts.TakenAway), {id: "again", purpose: spool.Renew, state: spool.Live, at: -30, told: telling(slow(first), spool.Begins)}}, nil, "update again as update"},
		{"a failed head, and a live one", slow(second), []post{head(spool.Failed, -60, slow(first)), {id: "again", purpose: spool.Renew, state: spool.Live, at: -30, told: telling(slow(first), spool.Begins)}}, nil, "update again as update"},
		{"members of a digest", slow(first), []post{{id: "head", purpose: spool.Announce, state: spool.Live, at: -30, told: &spool.Telling{Phase: spool.Sums, Effect: spool.SignificantDelays, Severity: spool.Warning, Lines: []string{"46"}, Headline: first, Members: []string{"a"}}}},
			func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) {
				t.Account, t.Alert.Members = "riders", []string{"a", "b"}
			}, "update head as update"},
	})
}

func headOf(a spool.Alert) post { return head(spool.Live, -30, a) }

// keptOut gives a policy its filters, and the alert what they say of it.
func keptOut(by alerts.Policy) func(*spool.Tracked, *alerts.Policy, *alerts.Abilities) {
	return func(t *spool.Tracked, p *alerts.Policy, _ *alerts.Abilities) {
		p.Include, p.Exclude = by.Include, by.Exclude
		_, t.Muted = p.Passes(t.Alert)
	}
}

// planned is work that begins so many minutes from noon, for an hour.
func planned(minutes int) spool.Alert {
	a := slow("Line 46: work on the track")
	a.Planned, a.Periods = true, []spool.Period{{Start: at(minutes), End: at(minutes + 60)}}
	return a
}

// TestUpdatesSayWhy: the history of an update tells people in words what it is for.
func TestUpdatesSayWhy(t *testing.T) {
	known := telling(slow(first), spool.Begins)
	known.Effect, known.Severity, known.Lines, known.Until = spool.Detour, spool.Info, []string{"5"}, at(600)
	d := alerts.Policy{}.Decide(spool.Tracked{Open: true, Alert: slow(second)}, *telling(slow(second), spool.Begins),
		[]spool.Post{{ID: "head", Purpose: spool.Announce, State: spool.Live, Content: spool.Content{Told: known}}}, alerts.Abilities{}, noon)
	const want = "another effect, another severity, other lines, another end, other words"
	if len(d.Deeds) != 1 || d.Deeds[0].Why != want {
		t.Errorf("%+v, want %q", d, want)
	}
}
