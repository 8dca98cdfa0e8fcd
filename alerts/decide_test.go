package alerts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// noon is when the tables of this file look at an alert.
var noon = time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

// slow is an alert of one line, as far as posts tell of it.
func slow(headline string) spool.Alert {
	return spool.Alert{
		ID: "1", Effect: spool.SignificantDelays, Severity: spool.Warning,
		Affected: []spool.Affected{{Route: "46"}}, Header: spool.Texts{{Text: headline}},
	}
}

const (
	first  = "Line 46: delays of 10 minutes in both directions"
	second = "Line 46: delays of 40 minutes in both directions"
)

func telling(a spool.Alert, phase spool.Phase) *spool.Telling {
	t := alerts.TellingOf(a, phase, "")
	return &t
}

// A post makes one post of a table.
type post struct {
	id, parent string
	purpose    spool.Purpose
	state      spool.State
	told       *spool.Telling
	at         int // minutes: when it was recorded, and went live
	hold       spool.Hold
	reason     string
	attempts   int
	refusals   int
	resent     int
	draft      bool
	byHand     bool
	notBefore  int
}

func (p post) post() spool.Post {
	q := spool.Post{
		ID: p.id, Item: "item", Account: "riders", Parent: p.parent, Purpose: p.purpose, State: p.state, Hold: p.hold, Reason: p.reason,
		Attempts: p.attempts, Refusals: p.refusals, Resent: p.resent, Created: at(p.at), NotBefore: at(p.notBefore),
		Content: spool.Content{Text: p.id, Told: p.told, ByHand: p.byHand},
	}
	if p.purpose == spool.Withdraw {
		q.Content.Text = alerts.WhyEnded
	}
	if p.draft {
		q.Draft.State = "prepared"
	}
	if p.state == spool.Live {
		q.LiveAt, q.Begun, q.Attempts = at(p.at), at(p.at), max(1, p.attempts)
	}
	return q
}

func head(state spool.State, minutes int, a spool.Alert) post {
	return post{id: "head", purpose: spool.Announce, state: state, at: minutes, told: telling(a, spool.Begins)}
}

func answer(id string, purpose spool.Purpose, state spool.State, minutes int, a spool.Alert) post {
	p := post{id: id, parent: "head", purpose: purpose, state: state, at: minutes, told: telling(a, spool.Changes)}
	if purpose == spool.Close || purpose == spool.Edit {
		p.told.Phase = spool.Ends
	}
	return p
}

func (p post) because(reason string) post { p.reason = reason; return p }

// A row is one situation and what is to be done in it: "do post" for each deed, with
// "+10" when it is not to be sent for so many minutes; "again 15s"; or the beginning of
// the reason why nothing is done.
type row struct {
	name  string
	alert spool.Alert
	posts []post
	with  func(*spool.Tracked, *alerts.Policy, *alerts.Abilities)
	want  string
}

func over(ending spool.Ending) func(*spool.Tracked, *alerts.Policy, *alerts.Abilities) {
	return func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) {
		t.Open, t.Closed, t.Ending = false, at(-1), ending
	}
}

func (r row) decide() string {
	t := spool.Tracked{Item: "item", Open: true, Alert: r.alert, First: at(-60)}
	p := alerts.Policy{UpdateEvery: 10 * time.Minute, Planned: alerts.Planned{Ahead: 24 * time.Hour}}
	can := alerts.Abilities{Edits: true, Withdraws: true, Account: "riders"}
	if r.with != nil {
		r.with(&t, &p, &can)
	}
	var posts []spool.Post
	for _, q := range r.posts {
		posts = append(posts, q.post())
	}
	return said(p.Decide(t, alerts.TellingOf(t.Alert, spool.Begins, ""), posts, can, noon))
}

// said writes a decision down as the tables do.
func said(d alerts.Decision) string {
	var all []string
	for _, deed := range d.Deeds {
		s := strings.TrimSpace(fmt.Sprintf("%s %s", deed.Do, deed.Post.ID))
		if deed.Phase != "" {
			s += " as " + string(deed.Phase)
		}
		if deed.NotBefore.After(noon) {
			s += fmt.Sprintf(" +%d", int(deed.NotBefore.Sub(noon).Minutes()))
		}
		all = append(all, s)
	}
	if len(all) > 0 {
		return strings.Join(all, ", ")
	}
	if !d.Again.IsZero() {
		all = append(all, "again "+d.Again.Sub(noon).String())
	}
	if d.Why != "" {
		all = append(all, d.Why)
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ": ")
}

func check(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		if got := r.decide(); !strings.HasPrefix(got, r.want) || r.want == "" {
			t.Errorf("%s:\n got %s\nwant %s", r.name, got, r.want)
		}
	}
}

func TestDecideBeginning(t *testing.T) {
	ahead := func(d time.Duration, planned bool) spool.Alert {
		a := slow(first)
		a.Planned, a.Periods = planned, []spool.Period{{Start: noon.Add(d), End: noon.Add(d + time.Hour)}}
		return a
	}
	ends := func(minutes int, guess bool) spool.Alert {
		a := slow(first)
		a.Guess, a.Periods = guess, []spool.Period{{End: at(minutes)}}
		return a
	}
	minLeft := func(_ *spool.Tracked, p *alerts.Policy, _ *alerts.Abilities) { p.MinLeft = 15 * time.Minute }
	failed := head(spool.Failed, -5, slow(first)).because("the network does not like it [x: permanent]")
	check(t, []row{
		{"there is nothing", slow(first), nil, nil, "announce as announce"},
		{"a digest", slow(first), nil, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Account = "riders" }, "announce as digest"},
		{"planned, in two hours", ahead(2*time.Hour, true), nil, nil, "announce as planned"},
		{"planned, in two days", ahead(48*time.Hour, true), nil, nil, "again 24h0m0s: it is told from"},
		{"planned, in two days, told when listed", ahead(48*time.Hour, true), nil,
			func(_ *spool.Tracked, p *alerts.Policy, _ *alerts.Abilities) { p.Planned.Listed = true }, "announce as planned"},
		{"planned, and never told", ahead(time.Hour, true), nil,
			func(_ *spool.Tracked, p *alerts.Policy, _ *alerts.Abilities) { p.Planned.Never = true }, "planned work is not told"},
		{"planned, and it has begun", ahead(-time.Minute, true), nil, nil, "announce as announce"},
		{"not planned, and about to begin", ahead(time.Hour, false), nil, nil, "announce as planned"},
		{"it has to last first", slow(first), nil, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Due = at(2) }, "again 2m0s: it is told from"},
		{"it has lasted", slow(first), nil, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Due = at(0) }, "announce as announce"},
		{"over soon", ends(10, false), nil, minLeft, "it is going to be over too soon"},
		{"over soon, perhaps", ends(10, true), nil, minLeft, "announce as announce"},
		{"over late enough", ends(20, false), nil, minLeft, "announce as announce"},
		{"its end has come, and nobody has noticed", ends(0, false), nil, nil, "it is going to be over too soon"},
		{"filtered", slow(first), nil, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Muted = "exclude: effect DETOUR" }, "exclude: effect DETOUR"},
		{"known", slow(first), nil, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) { t.Known = true }, "it was there before"},
		{"a digest tells it", slow(first), nil, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) {
			t.Digest, t.Digests = "d", map[string]string{"riders": "d"}
		}, "a digest tells of it"},
		{"a digest tells it elsewhere", slow(first), nil, func(t *spool.Tracked, _ *alerts.Policy, _ *alerts.Abilities) {
			t.Digest, t.Digests = "d", map[string]string{"others": "d"}
		}, "announce as announce"},
		{"not for this account", slow(first), nil, func(_ *spool.Tracked, _ *alerts.Policy, can *alerts.Abilities) { can.Away = true }, "it is not for this account"},
		{"over before anything was told", slow(first), nil, over(spool.ByTime), "it is over"},

		{"the announcement came too late, and it holds", slow(second), []post{head(spool.Dropped, -60, slow(first)).because("not live by its deadline, 2026-03-06T11:30:00Z")}, nil, "renew head as announce"},
		{"it was taken away by hand", slow(first), []post{head(spool.Dropped, -60, slow(first)).because(alerts.TakenAway)}, nil, "renew head as announce"},
		{"it was taken away twice", slow(first), []post{head(spool.Dropped, -60, slow(first)).because(alerts.TakenAway), {id: "again", purpose: spool.Renew, state: spool.Dropped, reason: alerts.TakenAway}}, nil, "somebody took it away more than once"},
		{"somebody cancelled it", slow(second), []post{head(spool.Dropped, -60, slow(first)).because("cancelled")}, nil, "post head was given up by somebody: cancelled"},
		{"somebody withdrew it", slow(second), []post{head(spool.Dropped, -60, slow(first)).because("withdrawn by ana: wrong line")}, nil, "post head was given up by somebody"},
		{"somebody withdrew it without a word", slow(second), []post{head(spool.Dropped, -60, slow(first)).because("withdrawn")}, nil, "post head was given up by somebody"},
		{"it was taken down", slow(second), []post{head(spool.Dropped, -60, slow(first)).because("its item was taken down")}, nil, "post head was given up by somebody"},
		{"it was cancelled, and one before had failed", slow(second), []post{failed, {id: "again", purpose: spool.Renew, state: spool.Dropped, reason: "cancelled"}}, nil, "post again was given up by somebody"},
		{"it was refused just now", slow(first), []post{failed}, nil, "renew head as announce +5"},
		{"it was refused a while ago, and another one held", slow(first), []post{failed, {id: "again", purpose: spool.Renew, state: spool.Held, hold: spool.HoldDoubt, attempts: 3, told: telling(slow(first), spool.Begins)}}, nil, "post again waits for a person"},
		{"it was refused twice", slow(first), []post{failed, {id: "again", purpose: spool.Renew, state: spool.Failed, at: -1, reason: "no", told: telling(slow(first), spool.Begins)}}, nil, "it was refused twice, and says nothing else now: post again: no"},
		{"it was refused twice, and says something else now", slow(second), []post{failed, {id: "again", purpose: spool.Renew, state: spool.Failed, at: -1, told: telling(slow(first), spool.Begins)}}, nil, "renew again as announce +9"},
		{"it was refused, and the fresh one is live", slow(first), []post{failed, {id: "again", purpose: spool.Renew, state: spool.Live, at: -1, told: telling(slow(first), spool.Begins)}}, nil, "nothing"},
		{"it was over once, and was deleted", slow(first), []post{head(spool.Dropped, -60, slow(first)).because(alerts.WhyEnded)}, nil, "renew head as announce"},
		{"refused before it was over", slow(first), []post{failed}, over(spool.ByGone), "it is over"},
	})
}

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
	check(t, []row{
		{"nothing has changed", slow(first), []post{live}, nil, "nothing"},
		{"spelling has changed", slow(strings.ToUpper(first) + "!"), []post{live}, nil, "nothing"},
		{"something has changed", slow(second), []post{live}, nil, "update head as update"},
		{"something has changed just after it was told", slow(second), []post{recent}, nil, "update head as update +6"},
		{"nothing runs any more, just after it was told", down, []post{recent}, nil, "update head as update"},
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
		{"planned work that is not listed any more", planned(60), []post{plannedHead}, withPlanned("", spool.ByGone), "it is over as it was planned"},
		{"planned work that was called off", planned(60), []post{plannedHead}, withPlanned("", spool.BySource), "close head as close"},
		{"planned work, with a reply", planned(-90), []post{plannedHead}, withPlanned(alerts.EndReply, spool.ByTime), "close head as close"},
		{"planned work that turned out to be something else", slow(first), []post{plannedHead}, withPlanned("", spool.ByTime), "close head as close"},
	})
}

// TestDecideKeepsWhatPeopleDo has the words of spool.Next, which Decide goes by.
func TestDecideKeepsWhatPeopleDo(t *testing.T) {
	start := spool.Post{ID: "head", Item: "item", Account: "riders", Purpose: spool.Announce, State: spool.Waiting, Created: at(-60), Deadline: at(-30), Content: spool.Content{Told: telling(slow(first), spool.Begins)}}
	live := start
	live.State, live.LiveAt = spool.Live, at(-50)
	for _, c := range []struct {
		post  spool.Post
		event spool.Event
		want  string
	}{
		{start, spool.Event{What: spool.Expired}, "renew head as announce"},
		{start, spool.Event{What: spool.Orphaned}, "renew head as announce"},
		{start, spool.Event{What: spool.Cancelled, Who: "ana"}, "post head was given up by somebody: cancelled"},
		{start, spool.Event{What: spool.Cancelled, Who: "ana", Cause: "not on my watch"}, "post head was given up by somebody: not on my watch"},
		{live, spool.Event{What: spool.Withdrawn, Cause: alerts.TakenAway}, "renew head as announce"},
		{live, spool.Event{What: spool.Withdrawn}, "post head was given up by somebody: withdrawn"},
		{live, spool.Event{What: spool.Withdrawn, Cause: "withdrawn by post x"}, "post head was given up by somebody: withdrawn by post x"},
	} {
		after, err := spool.Next(c.post, c.event, spool.Rules{}, at(-10))
		if err != nil {
			t.Fatal(err)
		}
		a := slow(first)
		got := said(alerts.Policy{}.Decide(spool.Tracked{Open: true, Alert: a}, *telling(a, spool.Begins), []spool.Post{after.Post}, alerts.Abilities{}, noon))
		if got != c.want {
			t.Errorf("%s %q: %s", c.event.What, c.event.Cause, got)
		}
	}
}

// TestDecideDropsForItsOwnReasons sees that each reason that Decide gives is one that
// it knows as its own, so that the alert can be announced again.
func TestDecideDropsForItsOwnReasons(t *testing.T) {
	waiting := head(spool.Waiting, -5, slow(first)).post()
	for _, with := range []func(*spool.Tracked){
		func(t *spool.Tracked) { t.Closed = at(-1) },
		func(t *spool.Tracked) { t.Muted = "exclude: effect DETOUR" },
		func(t *spool.Tracked) { t.Digest = "d" },
	} {
		tracked := spool.Tracked{Alert: slow(first)}
		with(&tracked)
		told := *telling(slow(first), spool.Begins)
		d := alerts.Policy{}.Decide(tracked, told, []spool.Post{waiting}, alerts.Abilities{}, noon)
		if len(d.Deeds) != 1 || d.Deeds[0].Do != alerts.DoDrop || d.Again.IsZero() {
			t.Fatalf("%+v", d)
		}
		dropped, err := spool.Next(waiting, spool.Event{What: spool.Cancelled, Cause: d.Deeds[0].Why}, spool.Rules{}, noon)
		if err != nil {
			t.Fatal(err)
		}
		d = alerts.Policy{}.Decide(spool.Tracked{Alert: slow(first), Open: true}, told, []spool.Post{dropped.Post}, alerts.Abilities{}, noon)
		if said(d) != "renew head as announce" {
			t.Errorf("after %q: %s", dropped.Post.Reason, said(d))
		}
	}
}

func TestDecideDoesNotTouchWhatItIsGiven(t *testing.T) {
	posts := []spool.Post{head(spool.Live, -30, slow(first)).post(), answer("close", spool.Close, spool.Waiting, -1, slow(first)).post()}
	kept := slices.Clone(posts)
	alerts.Policy{}.Decide(spool.Tracked{Open: true, Alert: slow(second)}, *telling(slow(second), spool.Begins), posts, alerts.Abilities{}, noon)
	for i := range posts {
		if posts[i].ID != kept[i].ID || posts[i].State != kept[i].State {
			t.Error("the posts were changed")
		}
	}
}
