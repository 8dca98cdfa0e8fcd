package scheduler

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

// A board is a network that keeps what is posted, with answers, edits and removals.
type board struct {
	// fault may fail an operation (publish, edit, withdraw) and says whether it
	// takes place all the same.
	fault func(op string, p spool.Post) (done bool, err error)
	most  int // removals within an hour; 0: any number

	mu       sync.Mutex
	entries  []*entry
	calls    []string
	wrong    []string // what a client must never do
	nameless bool     // ids are told to those who look, not to those who publish
}

// An entry is one post on the board.
type entry struct {
	id, text, to, root string
	gone               bool
}

var (
	_ publisher.Publisher  = (*board)(nil)
	_ publisher.Editor     = (*board)(nil)
	_ publisher.Withdrawer = (*board)(nil)
)

func (b *board) find(id string) *entry {
	for _, e := range b.entries {
		if e.id == id {
			return e
		}
	}
	return nil
}

// does notes an operation and whether a fault keeps it from taking place.
func (b *board) does(op, name string, p spool.Post) (done bool, err error) {
	<-time.After(10 * time.Millisecond) // on virtual time
	b.mu.Lock()
	b.calls = append(b.calls, op+" "+name)
	b.mu.Unlock()
	if b.fault == nil {
		return true, nil
	}
	return b.fault(op, p)
}

func (b *board) Publish(_ context.Context, p spool.Post) (spool.Receipt, error) {
	done, err := b.does("publish", p.ID, p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil && !done {
		return spool.Receipt{}, err
	}
	id := "net-" + p.ID
	if b.find(id) != nil {
		b.wrong = append(b.wrong, "published twice: "+p.ID)
	}
	if p.Content.Open {
		b.wrong = append(b.wrong, "published with open pictures: "+p.ID)
	}
	if to := b.find(p.Reply.To.ID); p.Purpose.Replies() && (to == nil || to.gone || b.find(p.Reply.Root.ID) == nil) {
		b.wrong = append(b.wrong, fmt.Sprintf("%s answers %q", p.ID, p.Reply.To.ID))
	}
	b.entries = append(b.entries, &entry{id: id, text: p.Content.Text, to: p.Reply.To.ID, root: p.Reply.Root.ID})
	if b.nameless {
		id = ""
	}
	return spool.Receipt{ID: id}, err
}

func (b *board) Find(_ context.Context, q publisher.Query) (publisher.Sighting, error) {
	if q.Post.Purpose.Steers() {
		b.wrong = append(b.wrong, "looked for "+q.Post.ID)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.find("net-" + q.Post.ID); e != nil && !e.gone {
		return publisher.Sighting{Found: true, Receipt: spool.Receipt{ID: e.id}}, nil
	}
	return publisher.Sighting{Gone: true}, nil
}

func (b *board) Limits(context.Context) (publisher.Limits, error) { return publisher.Limits{}, nil }

func (b *board) Edit(_ context.Context, r spool.Receipt, p spool.Post) (spool.Receipt, error) {
	done, err := b.does("edit", r.ID, p)
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.find(r.ID)
	if e == nil || e.gone {
		b.wrong = append(b.wrong, "edited what is not there: "+r.ID)
		return r, fail(spool.Permanent, 0)
	}
	if done {
		e.text = p.Content.Text
	}
	return r, err
}

func (b *board) Withdraw(_ context.Context, r spool.Receipt) error {
	done, err := b.does("withdraw", r.ID, spool.Post{})
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.find(r.ID); e != nil && done {
		e.gone = true
	}
	return err
}

func (b *board) Withdrawals() (int, time.Duration) { return b.most, time.Hour }

// visible is what readers see, in the order in which it was posted.
func (b *board) visible() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, e := range b.entries {
		if e.gone {
			continue
		}
		text := e.text
		if e.to != "" {
			text += "<" + strings.TrimPrefix(e.to, "net-")
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func (b *board) count(op string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, call := range b.calls {
		if strings.HasPrefix(call, op) {
			n++
		}
	}
	return n
}

// onBoard runs a test on a rig whose account is on a board.
func onBoard(t *testing.T, test func(t *testing.T, r *rig, b *board)) {
	t.Helper()
	onRig(t, func(t *testing.T, r *rig) {
		b := &board{}
		r.change(func(a *Account) { a.Publisher = b })
		test(t, r, b)
		if len(b.wrong) > 0 {
			t.Errorf("%q\n%s", b.wrong, r.tail())
		}
	})
}

// wantVisible fails unless readers see exactly this.
func (r *rig) wantVisible(b *board, want string) {
	r.t.Helper()
	if got := b.visible(); got != want {
		r.t.Errorf("readers see %q, want %q\n%s", got, want, r.tail())
	}
}

// follower is a post of a purpose that follows from another one.
func follower(id string, purpose spool.Purpose, parent, text string) spool.Post {
	return spool.Post{ID: id, Item: "item-" + parent, Purpose: purpose, Parent: parent, Root: parent, Content: spool.Content{Text: text}}
}

// lives gives the account turns for so many minutes, in a new process after each
// one that ends at a fail point.
func (r *rig) lives(b *board, minutes int, failPoint func(string) (end bool)) {
	r.t.Helper()
	for range minutes {
		ended := false
		r.FailPoint = func(name string) {
			if failPoint != nil && failPoint(name) {
				ended = true
				runtime.Goexit()
			}
		}
		r.turns()
		if ended {
			r.restart()
			r.change(func(a *Account) { a.Publisher = b })
		}
		pass(time.Minute)
	}
}

// whats are the events of a post's history.
func (r *rig) whats(id string) string {
	r.t.Helper()
	lines, err := r.db.History(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	var all []string
	for _, l := range lines {
		all = append(all, string(l.What))
	}
	return strings.Join(all, " ")
}

// afterAnother are the posts that follow from one, by their purposes.
func (r *rig) followersOf(id string, purpose spool.Purpose) []spool.Post {
	r.t.Helper()
	all, err := r.db.Followers(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(p spool.Post) bool { return p.Purpose != purpose })
}
