package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/publisher"
	"spool/store"
)

func (p *program) withdrawCommand() *cobra.Command {
	var reason, who string
	cmd := &cobra.Command{
		Use: "withdraw ID...", Short: "Take live posts off their accounts",
		Long: `Takes posts that readers see off their accounts, with the parts of their text that
stand in replies and with their corrections, those first. The daemon does it, as
soon as the network allows. The history keeps what was posted, and who had it
taken away. The item itself is not blocked: see "spool items takedown".`,
		Args: someIDs,
		RunE: func(cmd *cobra.Command, ids []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				failed := false
				for _, id := range ids {
					if err := p.withdraw(cmd.Context(), cfg, db, id, &removal{who: cmp.Or(who, person()), reason: reason, now: p.now()}); err != nil {
						failed = true
						fmt.Fprintln(p.err, "spool:", err)
					}
				}
				if failed {
					return errSaid
				}
				return nil
			})
		},
	}
	removalFlags(cmd, &reason, &who)
	return cmd
}

func removalFlags(cmd *cobra.Command, reason, who *string) {
	cmd.Flags().StringVar(reason, "reason", "", "a `text` for the history")
	cmd.Flags().StringVar(who, "as", "", "the `name` of who wants it, for the history; default the user's")
}

func (p *program) withdraw(ctx context.Context, cfg *config.Config, db *store.DB, id string, r *removal) error {
	post, err := findPost(ctx, db, id)
	if err != nil {
		return err
	}
	switch {
	case post.Purpose.Steers():
		return fmt.Errorf("post %s only changes another one: name that, %s", shortID(post.ID), shortID(post.Parent))
	case post.State == spool.Waiting || post.State == spool.Held:
		return fmt.Errorf("post %s is %s: readers cannot see it; \"spool posts cancel %s\" gives it up", shortID(post.ID), post.State, shortID(post.ID))
	case post.State == spool.Dropped && post.Reason != "":
		return fmt.Errorf("post %s is %s: %s", shortID(post.ID), post.State, post.Reason)
	case post.State != spool.Live:
		return fmt.Errorf("post %s is %s: %s", shortID(post.ID), post.State, hint(post.State, spool.Withdrawn))
	}
	able := p.withdrawers(cfg, db)
	if !able[post.Account] {
		return byHand(post)
	}
	r.able, r.kind = able, "person"
	var caught error
	recorded, changed, err := db.TakeDown(ctx, store.Takedown{Items: []string{post.Item}, Decide: func(posts []spool.Post) store.Decision {
		r.reset()
		own := subtree(posts, post.ID)
		d := r.decide(own)
		if caught = r.inFlight(); caught != nil {
			return store.Decision{}
		}
		return d
	}})
	if err = errors.Join(caught, err); err != nil {
		return err
	}
	p.tellRemoval(recorded, changed, r)
	return p.tellClosed(ctx, db, recorded)
}

// byHand is why a post cannot be withdrawn, and what a person can do.
func byHand(post spool.Post) error {
	return fmt.Errorf("post %s cannot be taken off account %s from here: delete it there by hand: %s",
		shortID(post.ID), post.Account, cmp.Or(post.Receipt.URL, "the network's id is "+cmp.Or(post.Receipt.ID, "unknown")))
}

// withdrawers are the configured accounts on whose networks posts can be taken away.
func (p *program) withdrawers(cfg *config.Config, db *store.DB) map[string]bool {
	able := map[string]bool{}
	for name, a := range cfg.Accounts {
		account, err := p.newAccount(name, a, cfg.Location(), db, slog.New(slog.DiscardHandler))
		if err == nil {
			_, able[name] = account.Publisher.(publisher.Withdrawer)
		}
	}
	return able
}

// subtree is a post with all that follows from it, but for what replaced it.
func subtree(posts []spool.Post, id string) []spool.Post {
	in := map[string]bool{id: true}
	for range posts { // a chain is no longer than that
		for _, p := range posts {
			if p.Parent != "" && in[p.Parent] && !p.Purpose.Heads() {
				in[p.ID] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(posts), func(p spool.Post) bool { return !in[p.ID] })
}

// A removal is somebody's wish that posts go.
type removal struct {
	who, reason string
	kind        string // tells the withdrawals of one wish from those of another
	now         time.Time
	able        map[string]bool // accounts on whose networks posts can be taken away

	underWay []spool.Post // nobody knows yet whether readers see them
	hands    []spool.Post // to be deleted by hand
	before   []spool.Post // being taken away already
}

func (r *removal) reset() { r.underWay, r.hands, r.before = nil, nil, nil }

// cause is the reason for the history of what goes.
func (r *removal) cause() string {
	return strings.TrimSuffix("withdrawn by "+r.who+": "+r.reason, ": ")
}

// inFlight is an error when it is not known of some posts whether they are live.
func (r *removal) inFlight() error {
	if len(r.underWay) == 0 {
		return nil
	}
	return fmt.Errorf("post %s, which follows from it, is just being sent: try again in a moment", shortID(r.underWay[0].ID))
}

// decide takes away what readers see, what follows before what it follows from, and
// gives up what waits.
func (r *removal) decide(posts []spool.Post) store.Decision {
	d := store.Decision{Cause: r.cause(), Who: r.who}
	move := func(p spool.Post, what spool.What) {
		if t, err := spool.Next(p, spool.Event{What: what, Who: r.who, Cause: r.cause()}, spool.Rules{}, r.now); err == nil {
			d.Changes = append(d.Changes, t)
		}
	}
	for _, p := range deepestFirst(posts) {
		switch {
		case p.Purpose == spool.Withdraw && p.Content.Next == nil:
			// what takes something away goes on
		case r.kind == spool.ByTakedown && mayBeThere(p):
			r.underWay = append(r.underWay, p) // the daemon looks for it
		case p.State == spool.Waiting || p.State == spool.Held:
			move(p, spool.Cancelled)
		case p.State == spool.Sending || p.State == spool.Doubt:
			r.underWay = append(r.underWay, p)
		case p.State != spool.Live || p.Purpose.Steers():
		case !r.able[p.Account]:
			r.hands = append(r.hands, p)
		default:
			old := withdrawalsOf(posts, p.ID)
			if i := slices.IndexFunc(old, func(w spool.Post) bool { return w.State == spool.Failed }); i >= 0 {
				move(old[i], spool.Retried)
				continue
			}
			if slices.ContainsFunc(old, func(w spool.Post) bool { return !w.State.Final() }) {
				r.before = append(r.before, p)
				continue
			}
			// One after another by a hair, so that they go in this order.
			at := r.now.Add(time.Duration(len(d.Record)) * time.Millisecond)
			d.Record = append(d.Record, spool.Withdrawal(p, r.cause(), at, r.kind, strconv.Itoa(len(old))))
		}
	}
	return d
}

// mayBeThere reports whether a post that is to be sent again, or waits for a person,
// was sent before: nobody may have seen what came of it.
func mayBeThere(p spool.Post) bool {
	return p.Attempts > 0 && !p.Purpose.Steers() && (p.State == spool.Waiting || p.State == spool.Held)
}

// withdrawalsOf are the posts that were to take another one away for good.
func withdrawalsOf(posts []spool.Post, id string) []spool.Post {
	return slices.DeleteFunc(slices.Clone(posts), func(p spool.Post) bool {
		return p.Parent != id || p.Purpose != spool.Withdraw || p.Content.Next != nil
	})
}

// deepestFirst sorts posts so that what follows comes before what it follows from.
func deepestFirst(posts []spool.Post) []spool.Post {
	parent := map[string]string{}
	for _, p := range posts {
		parent[p.ID] = p.Parent
	}
	depth := func(p spool.Post) int {
		n := 0
		for id := p.Parent; id != "" && n <= len(posts); id = parent[id] {
			n++
		}
		return n
	}
	posts = slices.Clone(posts)
	slices.SortStableFunc(posts, func(a, b spool.Post) int {
		return cmp.Or(cmp.Compare(depth(b), depth(a)), b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return posts
}

// tellRemoval says what comes of a removal.
func (p *program) tellRemoval(recorded, changed []spool.Post, r *removal) {
	line := func(post spool.Post, id, what string, c colour) {
		fmt.Fprintf(p.out, "%s  %s  %s  %s\n", shortID(id), p.paint(what, c), post.Account, firstLine(post.Content.Text))
	}
	for _, w := range recorded {
		line(w, w.Parent, "is taken away", yellow)
	}
	for _, post := range changed {
		switch {
		case post.State == spool.Dropped:
			line(post, post.ID, "given up", red)
		case post.Purpose == spool.Withdraw:
			line(post, post.Parent, "is taken away, which failed before", yellow)
		}
	}
	for _, post := range r.before {
		line(post, post.ID, "is being taken away already", yellow)
	}
}
