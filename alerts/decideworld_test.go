package alerts_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// A world is a feed's alerts, two accounts, and networks on which anything may go
// wrong. Posts move by spool.Next alone, as they do in an account's turn.
type world struct {
	t     *testing.T
	rand  *rand.Rand
	now   time.Time
	p     alerts.Policy
	can   map[string]alerts.Abilities
	book  []spool.Tracked
	posts []spool.Post
	there map[string]bool // posts that readers see, by id, whatever Spool knows
	calm  bool            // nothing goes wrong any more
	log   []string
}

const rules = 10 * time.Minute // how long an unclear request may take effect

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, rand: rand.New(rand.NewPCG(seed, 7)), now: noon, there: map[string]bool{}}
	ends := []alerts.OnEnd{alerts.EndReply, alerts.EndEdit, alerts.EndDelete, alerts.EndReply}
	w.p = alerts.Policy{
		Feed: "lines", Accounts: []string{"a", "b"}, UpdateEvery: 10 * time.Minute, OnEnd: ends[w.rand.IntN(4)],
		OnEndPlanned: alerts.EndReply, Planned: alerts.Planned{Ahead: time.Hour},
	}
	if w.rand.IntN(2) == 0 {
		w.p.DigestAbove, w.p.DigestWithin = 1, 20*time.Minute
	}
	w.can = map[string]alerts.Abilities{
		"a": {Edits: true, Withdraws: true, Account: "a"},
		"b": {Edits: w.rand.IntN(2) == 0, Withdraws: w.rand.IntN(2) == 0, Account: "b"},
	}
	for i := range 2 + w.rand.IntN(7) {
		w.book = append(w.book, spool.Tracked{Feed: "lines", Item: fmt.Sprint("alert", i), Alert: w.anAlert(i), First: w.now, Open: true})
	}
	return w
}

// anAlert is one of the forms that an alert may have.
func (w *world) anAlert(line int) spool.Alert {
	a := slow(fmt.Sprintf("Line %d: delays of %d minutes", line, []int{10, 20, 40}[w.rand.IntN(3)]))
	a.ID, a.Affected = fmt.Sprint(line), []spool.Affected{{Route: fmt.Sprint(line)}}
	switch w.rand.IntN(6) {
	case 0:
		a.Effect, a.Severity = spool.NoService, spool.Severe
	case 1:
		a.Effect = spool.Detour
	case 2:
		a.Planned = w.rand.IntN(3) == 0
	}
	return a
}

func (w *world) says(format string, args ...any) {
	w.log = append(w.log, w.now.Sub(noon).String()+" "+fmt.Sprintf(format, args...))
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(w.log[max(0, len(w.log)-120):], "\n"))
}

// happens changes what is the case.
func (w *world) happens() {
	i := w.rand.IntN(len(w.book))
	t := &w.book[i]
	if t.Account != "" {
		return
	}
	switch w.rand.IntN(8) {
	case 0, 1, 2:
		t.Alert = w.anAlert(i)
	case 3:
		t.Muted = ""
		if w.rand.IntN(3) == 0 {
			t.Muted = "exclude: a test"
		}
	case 4, 5:
		if t.Open {
			t.Open, t.Closed, t.Ending = false, w.now, []spool.Ending{spool.ByGone, spool.BySource, spool.ByTime}[w.rand.IntN(3)]
		} else {
			t.Open, t.Closed, t.Ending = true, time.Time{}, ""
			t.Reopened++
		}
	case 6:
		t.Due = w.now.Add(time.Minute)
	}
	w.says("%s is %s %s open %t muted %q", t.Item, t.Alert.Effect, t.Alert.Header[0].Text, t.Open, t.Muted)
}

// about are the posts about an item on an account, and where they are.
func (w *world) about(item, account string) []spool.Post {
	var all []spool.Post
	for _, p := range w.posts {
		if p.Item == item && p.Account == account {
			all = append(all, p)
		}
	}
	return all
}

func (w *world) place(id string) *spool.Post {
	for i := range w.posts {
		if w.posts[i].ID == id {
			return &w.posts[i]
		}
	}
	w.fail("no post %s", id)
	return nil
}

// reads sums up, decides for each alert and account, and records what follows. Between
// deciding and recording an account's turn may come.
func (w *world) reads() {
	byItem := map[string][]spool.Post{}
	for _, p := range w.posts {
		byItem[p.Item] = append(byItem[p.Item], p)
	}
	for _, t := range w.p.Sum(w.book, byItem, w.now) {
		if i := slices.IndexFunc(w.book, func(o spool.Tracked) bool { return o.Item == t.Item }); i >= 0 {
			w.book[i] = t
		} else {
			w.book = append(w.book, t)
		}
	}
	type step struct {
		t       spool.Tracked
		account string
		deed    alerts.Deed
	}
	var steps []step
	for _, t := range w.book {
		for _, account := range []string{"a", "b"} {
			if t.Account != "" && t.Account != account {
				continue
			}
			d := w.p.Decide(t, alerts.TellingOf(t.Alert, spool.Begins, ""), w.about(t.Item, account), w.can[account], w.now)
			for _, deed := range d.Deeds {
				steps = append(steps, step{t, account, deed})
			}
		}
	}
	if !w.calm && w.rand.IntN(4) == 0 {
		w.turns()
	}
	for _, s := range steps {
		w.does(s.t, s.account, s.deed)
	}
}

// does records what one deed leads to, as the scheduler does.
func (w *world) does(t spool.Tracked, account string, d alerts.Deed) {
	told := alerts.TellingOf(t.Alert, d.Phase, "")
	n := 0
	for _, p := range w.about(t.Item, account) {
		if p.Parent == d.Post.ID && p.Purpose == purposeOf(d.Do) || d.Do == alerts.DoRenew && p.Purpose.Heads() {
			n++
		}
	}
	w.says("%s on %s: %s %s %s %q", t.Item, account, d.Do, d.Post.ID, d.Phase, d.Why)
	p := spool.Post{
		Item: t.Item, Account: account, Purpose: purposeOf(d.Do), State: spool.Waiting, NotBefore: d.NotBefore, Created: w.now, Version: 1,
		Deadline: w.now.Add(3 * time.Hour), Content: spool.Content{Text: t.Alert.ID, Told: &told},
	}
	switch d.Do {
	case alerts.DoDrop:
		w.move(d.Post, spool.Event{What: spool.Cancelled, Cause: d.Why})
		return
	case alerts.DoReword:
		w.move(d.Post, spool.Event{What: spool.Reworded, Content: spool.Content{Told: &told}})
		return
	case alerts.DoWithdraw:
		p = spool.Withdrawal(d.Post, d.Why, w.now, fmt.Sprint(n))
	case alerts.DoAnnounce:
		p.ID = fmt.Sprintf("%s-%s-announce", t.Item, account)
	case alerts.DoRenew:
		p.ID = fmt.Sprintf("%s-%s-renew%d", t.Item, account, n)
	default:
		p.Parent, p.Root = d.Post.ID, d.Post.ID
		p.ID = fmt.Sprintf("%s-%s%d", d.Post.ID, p.Purpose, n)
	}
	if slices.ContainsFunc(w.posts, func(q spool.Post) bool { return q.ID == p.ID }) {
		w.fail("post %s is recorded twice", p.ID)
	}
	w.posts = append(w.posts, p)
}

func purposeOf(do alerts.Do) spool.Purpose {
	return map[alerts.Do]spool.Purpose{
		alerts.DoAnnounce: spool.Announce, alerts.DoRenew: spool.Renew, alerts.DoUpdate: spool.Update, alerts.DoClose: spool.Close,
		alerts.DoEdit: spool.Edit, alerts.DoWithdraw: spool.Withdraw,
	}[do]
}

// move takes a post that was read before through an event, unless it has changed since.
func (w *world) move(p spool.Post, e spool.Event) bool {
	now := w.place(p.ID)
	if now.Version != p.Version {
		w.says("%s has changed meanwhile", p.ID)
		return false
	}
	tr, err := spool.Next(*now, e, spool.Rules{Grace: rules}, w.now)
	if errors.Is(err, spool.ErrTransition) {
		w.fail("%v", err)
	}
	tr.Post.Version++
	*now = tr.Post
	w.says("%s: %s, %s %s", p.ID, e.What, tr.Post.State, tr.Post.Reason)
	return true
}

// invariants hold after each reading.
func (w *world) invariants() {
	for _, t := range w.book {
		for _, account := range []string{"a", "b"} {
			waiting := 0
			for _, p := range w.about(t.Item, account) {
				if !p.State.Final() && p.Purpose != spool.Withdraw && p.Attempts == 0 {
					waiting++
				}
			}
			if waiting > 1 {
				w.fail("%d posts of %s wait on %s", waiting, t.Item, account)
			}
		}
	}
}

// settles lets the world stand still until nothing more is done.
func (w *world) settles() {
	w.calm = true
	for i := range w.book {
		w.book[i].Due = time.Time{}
	}
	for range 80 {
		for _, p := range slices.Clone(w.posts) {
			if p.State == spool.Held {
				what := spool.Approved
				if p.Hold == spool.HoldCredentials {
					what = spool.Resumed
				}
				w.move(p, spool.Event{What: what, Who: "ana"})
			}
		}
		w.turns()
		w.reads()
		w.invariants()
		w.now = w.now.Add(5 * time.Minute)
	}
	for _, p := range w.posts {
		if !p.State.Final() {
			w.fail("%s is %s for good", p.ID, p.State)
		}
	}
}

// knows checks what readers of an account know of an alert in the end, and says which
// case it was.
func (w *world) knows(t spool.Tracked, account string) string {
	posts := w.about(t.Item, account)
	d := w.p.Decide(t, alerts.TellingOf(t.Alert, spool.Begins, ""), posts, w.can[account], w.now)
	if len(d.Deeds) > 0 || !d.Again.IsZero() {
		w.fail("%s on %s: still %+v", t.Item, account, said(d))
	}
	for _, excuse := range []string{"it was refused twice", "the update was refused twice", "the closing was refused twice", "somebody took it away more", "given up by somebody"} {
		if strings.Contains(d.Why, excuse) {
			return excuse
		}
	}
	told, seen := w.visible(posts)
	now := alerts.TellingOf(t.Alert, spool.Begins, "")
	switch digest := t.Digests[account]; {
	case seen > 1:
		w.fail("%s has %d heads on %s", t.Item, seen, account)
	case !t.Closed.IsZero():
		if seen == 1 && told.Phase != spool.Ends {
			w.fail("%s is over, and readers of %s do not know", t.Item, account)
		}
		return fmt.Sprintf("over, %d heads", seen)
	case t.Muted != "":
		return "muted"
	case digest != "":
		i := slices.IndexFunc(w.book, func(o spool.Tracked) bool { return o.Item == digest })
		if i < 0 || !w.book[i].Open || !slices.Contains(w.book[i].Alert.Members, t.Item) {
			w.fail("%s is told by a digest that does not", t.Item)
		}
		return "summed up"
	case seen == 0:
		w.fail("%s holds, and readers of %s do not know: %s", t.Item, account, d.Why)
	case told.Phase == spool.Ends || len(alerts.Tells(told, now)) > 0:
		w.fail("%s: readers of %s know %+v, which is %+v", t.Item, account, told, now)
	}
	if t.Account != "" {
		return "a digest is told"
	}
	return "told"
}

// visible is what readers see of an alert: the newest telling, and how many heads.
func (w *world) visible(posts []spool.Post) (told spool.Telling, heads int) {
	var last time.Time
	for _, p := range posts {
		switch {
		case p.Purpose == spool.Edit && p.State == spool.Live && w.there[p.Parent], w.there[p.ID] && p.State == spool.Live:
			if !p.LiveAt.Before(last) {
				told, last = *p.Content.Told, p.LiveAt
			}
		}
		if p.Purpose.Heads() && w.there[p.ID] {
			heads++
		}
	}
	return told, heads
}

// notices has Spool learn what was deleted by hand, as it does when it looks.
func (w *world) notices() {
	for _, p := range slices.Clone(w.posts) {
		if p.State == spool.Live && !p.Purpose.Steers() && !w.there[p.ID] {
			w.move(p, spool.Event{What: spool.Withdrawn, Cause: alerts.TakenAway})
		}
	}
}

// TestReadersKnowInTheEnd lets anything happen, and then looks: once nothing happens any
// more, readers of each account know what is the case, from one thread.
func TestReadersKnowInTheEnd(t *testing.T) {
	worlds := uint64(60)
	if testing.Short() {
		worlds = 20 // the race detector makes each one long
	}
	if n, err := strconv.ParseUint(os.Getenv("SPOOL_WORLDS"), 10, 64); err == nil {
		worlds = n
	}
	met := map[string]int{}
	for seed := range worlds {
		w := newWorld(t, seed)
		for range 60 + w.rand.IntN(120) {
			for range w.rand.IntN(3) {
				w.happens()
			}
			for range w.rand.IntN(4) {
				w.people()
			}
			w.turns()
			if w.rand.IntN(5) > 0 {
				w.reads()
				w.invariants()
			}
			w.now = w.now.Add(time.Duration(w.rand.IntN(240)) * time.Second)
		}
		w.says("all is calm, world %d", seed)
		w.notices()
		w.settles()
		for _, tracked := range w.book {
			for _, account := range []string{"a", "b"} {
				if tracked.Account == "" || tracked.Account == account {
					met[w.knows(tracked, account)]++
				}
			}
		}
	}
	for _, what := range []string{"over, 0 heads", "over, 1 heads", "muted", "summed up", "a digest is told", "told"} {
		if met[what] == 0 {
			t.Errorf("no world ended so: %s", what)
		}
	}
	t.Log(met)
}
