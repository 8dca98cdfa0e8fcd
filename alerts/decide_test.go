package alerts_test

import (
	"cmp"
	"fmt"
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
	text       string // of a withdrawal: why
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
		q.Content.Text = cmp.Or(p.text, alerts.WhyEnded)
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
