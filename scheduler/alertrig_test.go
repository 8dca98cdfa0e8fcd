package scheduler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/feeds"
)

// An agency publishes the feed "line" of service alerts, which it may change. Its
// accounts are on boards of their own.
type agency struct {
	*rig
	boards map[string]*board
	policy alerts.Policy

	mu     sync.Mutex
	listed []spool.Alert
	stamp  time.Time // of the document; zero: the moment at which it is asked for
	down   error
	asked  int
	plan0  Plan
}

// onAgency runs a test on a rig whose feed lists alerts for the accounts. The feed is
// read once, with one alert that was there before.
func onAgency(t *testing.T, accounts []string, edit func(*alerts.Policy), test func(t *testing.T, a *agency)) {
	t.Helper()
	onRig(t, func(t *testing.T, r *rig) {
		a := &agency{rig: r, boards: map[string]*board{}}
		a.policy = alerts.Policy{
			Feed: "line", Group: "line", Accounts: accounts, Planned: alerts.Planned{Ahead: 24 * time.Hour},
			UpdateEvery: 10 * time.Minute, GoneFetches: 3, GoneTime: 10 * time.Minute, ReopenWithin: time.Hour, Stale: 30 * time.Minute,
			OnEnd: alerts.EndReply, OnEndPlanned: alerts.EndNothing,
			Priorities: alerts.Priorities{Severe: spool.Breaking, Warning: spool.High},
		}
		if edit != nil {
			edit(&a.policy)
		}
		r.web.fetch = a.answer
		for _, name := range accounts {
			a.boards[name] = &board{}
		}
		every := r.plan.Feeds["city"].Schedule
		a.plan0 = Plan{Feeds: map[string]Feed{"line": {
			Name: "line", URL: "https://transit.example/alerts", Group: "line", Schedule: every, Scheduled: true, Accounts: accounts,
			Wording: titles{}, Alerts: a.policy, ForAlerts: true,
		}}, Accounts: map[string]Account{}}
		for name, b := range a.boards {
			a.plan0.Accounts[name] = Account{Name: name, Network: "fake", Publisher: b, Grace: 10 * time.Minute, Deadline: 12 * time.Hour}
		}
		a.anew()
		r.sync(a.plan0)
		a.list("old", "The old lift is out of order")
		a.minutes(2)
		test(t, a)
		a.balanced()
		for name, b := range a.boards {
			if len(b.wrong) > 0 {
				t.Errorf("account %s: %q\n%s", name, b.wrong, r.tail())
			}
		}
	})
}

// anew is another process on the same database.
func (a *agency) anew() {
	a.restart()
	a.Alerts = paper{}
	a.Replace(a.plan0)
}

// answer is what the agency's server says.
func (a *agency) answer(_ context.Context, s feeds.Source) (feeds.Result, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	if a.down != nil {
		return feeds.Result{}, a.down
	}
	sheet := sheet{Stamp: a.stamp, Alerts: a.listed}
	if sheet.Stamp.IsZero() {
		sheet.Stamp = a.now()
	}
	body, err := json.Marshal(sheet)
	if err != nil {
		return feeds.Result{}, err
	}
	hash := digestOf(body)
	if hash == s.BodyHash {
		return feeds.Result{Unchanged: true, BodyHash: hash, Status: 200}, nil
	}
	return feeds.Result{Raw: &feeds.Raw{Body: body, URL: s.URL}, BodyHash: hash, Status: 200}, nil
}

// A sheet is a document of alerts as the tests write it.
type sheet struct {
	Stamp   time.Time
	Alerts  []spool.Alert
	Missing []alerts.Pointer
}

// paper reads sheets.
type paper struct{}

func (paper) Read(doc alerts.Document) (alerts.Reading, error) {
	var s sheet
	if err := json.Unmarshal(doc.Body, &s); err != nil {
		return alerts.Reading{}, errors.New("this is no sheet")
	}
	r := alerts.Reading{Format: "sheet", Stamp: s.Stamp, Alerts: s.Alerts, Log: doc.Log}
	for _, p := range s.Missing {
		body, ok := doc.Messages[p.URL]
		if !ok {
			r.Missing = append(r.Missing, p)
			continue
		}
		var one spool.Alert
		if err := json.Unmarshal(body, &one); err != nil {
			return r, err
		}
		r.Alerts = append(r.Alerts, one)
	}
	text, err := json.Marshal(r.Alerts)
	r.Digest = digestOf(text)
	return r, err
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// list has the agency list an alert, or change it: a line that does not run.
func (a *agency) list(id, header string, edits ...func(*spool.Alert)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	al := spool.Alert{
		ID: id, Names: []string{alerts.Name(alerts.NameID, id)}, Effect: spool.SignificantDelays, Severity: spool.Warning,
		Header: spool.Texts{{Text: header}}, Affected: []spool.Affected{{Route: "R" + id}},
	}
	for _, edit := range edits {
		edit(&al)
	}
	for i := range a.listed {
		if a.listed[i].ID == id {
			a.listed[i] = al
			return
		}
	}
	a.listed = append(a.listed, al)
}

// unlist has the agency list an alert no more.
func (a *agency) unlist(ids ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listed = slices.DeleteFunc(a.listed, func(al spool.Alert) bool { return slices.Contains(ids, al.ID) })
}

func (a *agency) setDown(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.down = err
}

func (a *agency) asks() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked
}

// polls reads the feeds that are due.
func (a *agency) polls() int {
	a.t.Helper()
	var all sync.WaitGroup
	n := a.startPolls(a.t.Context(), a.t.Context(), newGang(8, &all))
	all.Wait()
	return n
}

// minutes lets so many minutes go by, at work every five seconds of them, or where they
// are many every fifteen.
func (a *agency) minutes(n int) {
	a.t.Helper()
	step := 5 * time.Second
	if n > 10 {
		step = 15 * time.Second
	}
	for d := time.Duration(n) * time.Minute; d > 0; d -= step {
		a.polls()
		a.turns()
		pass(step)
	}
}

// until is an end for list.
func until(end time.Time) func(*spool.Alert) {
	return func(a *spool.Alert) { a.Periods = []spool.Period{{End: end}} }
}

// balanced fails unless the ledger accounts for everything.
func (a *agency) balanced() {
	a.t.Helper()
	audit, err := a.db.Audit(a.t.Context())
	if err != nil || len(audit.Miscounts) > 0 {
		a.t.Errorf("the ledger: %+v, %v", audit.Miscounts, err)
	}
}

// sees fails unless readers of an account see exactly this: the posts in their order,
// answers with the place of what they answer.
func (a *agency) sees(account string, want ...string) {
	a.t.Helper()
	if got := a.boards[account].thread(); !slices.Equal(got, want) {
		a.t.Errorf("readers of %s see\n  %s\nwant\n  %s\n%s", account, strings.Join(got, "\n  "), strings.Join(want, "\n  "), a.tail())
	}
}

// thread is what readers see: each post with its number, and the number of what it
// answers.
func (b *board) thread() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	at := map[string]int{}
	for _, e := range b.entries {
		if e.gone {
			continue
		}
		at[e.id] = len(all) + 1
		line := e.text
		if e.to != "" {
			line += fmt.Sprintf(" <%d", at[e.to])
		}
		all = append(all, line)
	}
	return all
}

// takeAway has somebody delete a post by hand.
func (b *board) takeAway(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if strings.Contains(e.text, text) {
			e.gone = true
		}
	}
}

// Stands makes a board a publisher.Witness.
func (b *board) Stands(_ context.Context, r spool.Receipt) (bool, error) {
	if done, err := b.does("stands", r.ID, spool.Post{}); err != nil {
		return done, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.find(r.ID)
	return e != nil && !e.gone, nil
}

// die ends the process at the nth point that a poll or a turn comes by from now on, and
// says at which.
func (a *agency) die(n int) (at func() string) {
	var mu sync.Mutex
	where := ""
	a.FailPoint = func(name string) {
		mu.Lock()
		n--
		end := n == 0
		if end {
			where = name
		}
		mu.Unlock()
		if end {
			runtime.Goexit()
		}
	}
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return where
	}
}
