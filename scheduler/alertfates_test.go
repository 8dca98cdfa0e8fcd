package scheduler

import (
	"errors"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/compose"
	"spool/store"
)

// fatesOf are what became of the alert with a headline, as "account verdict".
func (a *agency) fatesOf(header string) string {
	a.t.Helper()
	book, err := a.db.TrackedAlerts(a.t.Context(), "line", a.now().AddDate(0, 0, -1))
	if err != nil {
		a.t.Fatal(err)
	}
	var all []string
	for _, t := range book {
		if len(t.Alert.Header) == 0 || t.Alert.Header[0].Text != header {
			continue
		}
		fates, err := a.db.Fates(a.t.Context(), t.Item)
		if err != nil {
			a.t.Fatal(err)
		}
		for _, f := range fates {
			who := f.Account
			if who == "" {
				who = strings.Join(f.Accounts, ",")
			}
			all = append(all, who+" "+string(f.Verdict))
		}
	}
	return strings.Join(all, "; ")
}

// An alert has a fate on those accounts that its lines are posted on, and on no other.
func TestAlertsGoToTheAccountsOfTheirLines(t *testing.T) {
	lines := func(p *alerts.Policy) {
		p.Routing = []alerts.Routing{{Match: alerts.Match{Route: []string{"R1"}}, Accounts: []string{"b"}}}
		p.Accounts = []string{"a", "c"}
	}
	onAgency(t, []string{"a", "b", "c"}, lines, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: detour")
		a.minutes(3)
		a.sees("a", "announce: Bus 7: detour")
		a.sees("b", "announce: "+stopped)
		a.sees("c", "announce: Bus 7: detour")
		for header, want := range map[string]string{stopped: "b post", "Bus 7: detour": "a,c post"} {
			if got := a.fatesOf(header); got != want {
				t.Errorf("%q: %s, want %s", header, got, want)
			}
		}
	})
}

// What is filtered out, was there before or was taken down has that fate once it is
// over, and no other.
func TestFatesOfAlertsThatAreNotTold(t *testing.T) {
	filter := func(p *alerts.Policy) { p.Exclude = []alerts.Match{{Effect: []spool.Effect{spool.NoEffect}}} }
	onAgency(t, []string{"a", "b"}, filter, func(t *testing.T, a *agency) {
		a.list("1", "A survey of riders", func(al *spool.Alert) { al.Effect, al.Severity = spool.NoEffect, spool.Info })
		a.list("2", stopped, severe)
		a.minutes(3)
		for header, want := range map[string]string{"A survey of riders": "", "The old lift is out of order": "", stopped: "a,b post"} {
			if got := a.fatesOf(header); got != want {
				t.Errorf("%q: %s, want %s", header, got, want)
			}
		}
		a.unlist("1", "old")
		a.list("3", "Bus 9: detour")
		a.minutes(25)
		for header, want := range map[string]string{"A survey of riders": "a,b filtered", "The old lift is out of order": "a,b first_run"} {
			if got := a.fatesOf(header); got != want {
				t.Errorf("%q: %s, want %s", header, got, want)
			}
		}
		a.sees("a", "announce: "+stopped, "announce: Bus 9: detour")
	})
}

// An alert that was taken down is not announced anew, nor followed up.
func TestAnAlertThatWasTakenDown(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(3)
		p := a.posts("a", spool.Announce)[0]
		a.takeDownItem(p)
		a.minutes(3)
		a.sees("a")
		a.list("1", delayed)
		a.minutes(15)
		a.unlist("1")
		a.minutes(20)
		a.sees("a")
	})
}

// An alert that was taken down before there was a post about it never gets one, keeps
// no other from being told, and has that fate once it is over.
func TestAnAlertThatIsTakenDownBeforeItIsTold(t *testing.T) {
	onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.Debounce = 4 * time.Minute }, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(2)
		book, err := a.db.TrackedAlerts(t.Context(), "line", a.now())
		if err != nil {
			t.Fatal(err)
		}
		for _, tracked := range book {
			if tracked.Alert.ID == "1" {
				a.takeDownItem(spool.Post{Item: tracked.Item})
			}
		}
		a.minutes(3)
		a.list("2", "Bus 7: detour")
		a.minutes(10)
		a.sees("a", "announce: Bus 7: detour")
		a.unlist("1")
		a.minutes(20)
		if got := a.fatesOf(stopped); got != "a blocked" {
			t.Errorf("fates: %s", got)
		}
	})
}

// With approval each post about an alert waits for a person, and says what is the case
// when it is let go.
func TestAlertsThatWaitForAPerson(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		f := a.plan0.Feeds["line"]
		f.Approve = true
		a.plan0.Feeds["line"] = f
		a.Replace(a.plan0)
		a.list("1", stopped, severe)
		a.list("2", "Bus 7: detour")
		a.minutes(3)
		a.sees("a")
		a.list("1", delayed)
		a.unlist("2")
		a.minutes(20)
		for _, p := range a.posts("a", spool.Announce) {
			switch {
			case strings.Contains(p.Content.Text, "Bus 7"):
				if p.State != spool.Dropped {
					t.Errorf("%q is %s", p.Content.Text, p.State)
				}
			case p.State != spool.Held || p.Content.Text != "announce: "+delayed:
				t.Errorf("%q is %s", p.Content.Text, p.State)
			default:
				if _, err := a.db.Steer(t.Context(), p.ID, spool.Event{What: spool.Approved, Who: "ana"}, spool.Rules{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		a.minutes(2)
		a.sees("a", "announce: "+delayed)
	})
}

// An alert that there are no words for is a post that failed, which a person sees; it
// is not tried for ever.
func TestAnAlertWithoutWords(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		f := a.plan0.Feeds["line"]
		f.Wording = speechless{}
		a.plan0.Feeds["line"] = f
		a.Replace(a.plan0)
		a.list("1", stopped, severe)
		a.minutes(60)
		n := len(a.posts("a", spool.Announce)) + len(a.posts("a", spool.Renew))
		if n == 0 || n > 3 {
			t.Errorf("%d posts\n%s", n, a.tail())
		}
		a.sees("a")
	})
}

var errMute = errors.New("there are no words in this language")

// takeDownItem blocks what a post is about, as a person does.
func (a *agency) takeDownItem(p spool.Post) {
	a.t.Helper()
	nothing := func([]spool.Post) store.Decision { return store.Decision{} }
	_, _, err := a.db.TakeDown(a.t.Context(), store.Takedown{Items: []string{p.Item}, Decide: nothing, Blocks: []spool.Block{
		{Key: spool.ItemKey(p.Item), Item: p.Item, Time: a.now(), Who: "ana", Reason: "court order"},
	}})
	if err != nil {
		a.t.Fatal(err)
	}
}

// speechless is a wording that finds no words for alerts.
type speechless struct{ titles }

func (speechless) Alert(spool.Item, compose.News, compose.Values, spool.TextLimits) (spool.Content, compose.Report, error) {
	return spool.Content{}, compose.Report{}, errMute
}
