package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"spool"
	"spool/config"
	"spool/publisher"
	"spool/scheduler"
	"spool/store"
)

// A replay is Spool on a virtual clock, between a recorded feed and networks that take
// everything at once.
type replay struct {
	*program
	clock time.Time
	end   time.Time
	feed  string
	zone  *time.Location
	db    *store.DB
	sched *scheduler.Scheduler
	dir   string

	accounts map[string]scheduler.Account

	mu     sync.Mutex // accounts post at the same time
	played []played
}

// newReplay wires the parts as the daemon does, but for what goes out.
func (p *program) newReplay(ctx context.Context, cfg *config.Config, feed string, takes []take) (r *replay, err error) {
	r = &replay{clock: takes[0].at, end: takes[len(takes)-1].at.Add(5 * time.Minute), feed: feed, zone: cfg.Location()}
	own := *p
	own.now = func() time.Time { return r.clock }
	r.program = &own
	if r.dir, err = os.MkdirTemp("", "spool-replay-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close())
		}
	}()
	silent := slog.New(slog.DiscardHandler)
	if r.db, err = store.Open(ctx, filepath.Join(r.dir, "spool.db"), store.Options{Now: r.now, Exclusive: true, Log: silent}); err != nil {
		return nil, err
	}
	one := *cfg
	one.Feeds = map[string]config.Feed{feed: cfg.Feeds[feed]}
	if err = syncNames(ctx, r.db, &one); err != nil {
		return nil, err
	}
	fetcher, err := p.newFetcher(cfg, silent)
	if err != nil {
		return nil, err
	}
	defer fetcher.Close()
	public := p.newNames(ctx, &one, fetcher, nil, silent)
	public.once(ctx)
	p.warnOfNames(public)
	plan, err := r.newPlan(&one, public, r.db, silent)
	if err != nil {
		return nil, err
	}
	r.accounts = plan.Accounts
	for name, a := range plan.Accounts {
		a.Publisher = onPaper(a.Publisher)
		plan.Accounts[name] = a
	}
	r.sched, err = scheduler.New(scheduler.Options{
		Store: r.db, Fetcher: &tape{takes: takes, now: r.now, zone: r.zone}, Alerts: p.alertReader(), Plan: plan, Owner: "replay",
		Metrics: r, Log: silent, Now: r.now, Concurrency: 1,
	})
	return r, err
}

func (r *replay) close() error {
	var err error
	if r.db != nil {
		err = r.db.Close()
	}
	return errors.Join(err, os.RemoveAll(r.dir))
}

// run lets the clock jump from one moment at which something is due to the next.
func (r *replay) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := r.sched.Once(ctx); err != nil {
			return fmt.Errorf("at %s: %w", r.clock.In(r.zone).Format(time.DateTime), err)
		}
		next, err := r.next(ctx)
		if err != nil {
			return err
		}
		if next.After(r.end) {
			r.order()
			return nil
		}
		r.clock = next
	}
	return ctx.Err()
}

// order puts what happened at one moment in the order of the accounts: they post at the
// same time.
func (r *replay) order() {
	slices.SortStableFunc(r.played, func(a, b played) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Account, b.Account)) })
}

// next is when something is due after now, at least a second from now.
func (r *replay) next(ctx context.Context) (time.Time, error) {
	states, err := r.db.Feeds(ctx)
	if err != nil {
		return time.Time{}, err
	}
	next := r.end.Add(time.Second)
	for _, f := range states {
		if f.NextPoll.Before(next) {
			next = f.NextPoll
		}
	}
	for name := range r.accounts {
		due, err := r.db.NextDue(ctx, name, r.clock)
		if err != nil {
			return time.Time{}, err
		}
		if !due.IsZero() && due.Before(next) {
			next = due
		}
	}
	if soonest := r.clock.Add(time.Second); next.Before(soonest) {
		next = soonest
	}
	return next, nil
}

// Moved notes what readers would have seen.
func (r *replay) Moved(p spool.Post, c spool.Change, _ *spool.Failure) {
	if c.To != spool.Live || c.From == spool.Live {
		return
	}
	entry := played{
		At: r.clock.In(r.zone), Account: p.Account, Network: r.accounts[p.Account].Network, Does: p.Purpose, Item: p.Item,
		Text: p.Content.Text, Link: p.Content.Link, Parent: p.Parent, Post: p.ID,
	}
	if p.Content.Told != nil {
		entry.Phase = p.Content.Told.Phase
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.played = append(r.played, entry)
}

// Polled is not told: the series says itself when it was read.
func (r *replay) Polled(string, string, time.Duration, int64) {}

// Items is not told: the sum at the end counts alerts.
func (r *replay) Items(string, string, int) {}

// Credential is not told: nobody signs in.
func (r *replay) Credential(string, time.Time) {}

// Quota is not told: paper has none.
func (r *replay) Quota(string, int, int) {}

// onPaper is a network that takes everything at once, and can do what a real one can.
func onPaper(real publisher.Publisher) publisher.Publisher {
	_, edits := real.(publisher.Editor)
	_, withdraws := real.(publisher.Withdrawer)
	switch p := new(paper); {
	case edits && withdraws:
		return paperEditor{paperWithdrawer{p}}
	case withdraws:
		return paperWithdrawer{p}
	default:
		return p
	}
}

type paper struct{ n int }

func (p *paper) Publish(_ context.Context, post spool.Post) (spool.Receipt, error) {
	p.n++
	return spool.Receipt{ID: fmt.Sprintf("%s-%d", post.Account, p.n), Version: "1"}, nil
}

func (p *paper) Find(context.Context, publisher.Query) (publisher.Sighting, error) {
	return publisher.Sighting{}, nil
}

func (p *paper) Limits(context.Context) (publisher.Limits, error) { return publisher.Limits{}, nil }

type paperWithdrawer struct{ *paper }

func (paperWithdrawer) Withdraw(context.Context, spool.Receipt) error { return nil }

type paperEditor struct{ paperWithdrawer }

func (paperEditor) Edit(_ context.Context, r spool.Receipt, _ spool.Post) (spool.Receipt, error) {
	return r, nil
}

// printReplayJSON prints a line for each post.
func (p *program) printReplayJSON(r *replay) error {
	for _, entry := range r.played {
		if err := json.NewEncoder(p.out).Encode(entry); err != nil {
			return err
		}
	}
	return nil
}

// printReplay tells a person what would have been posted, day by day, and what not.
func (p *program) printReplay(ctx context.Context, r *replay) error {
	day := ""
	for _, entry := range r.played {
		if d := entry.At.Format("Monday, 2 January 2006"); d != day {
			fmt.Fprintf(p.out, "%s\n", p.paint(d, bold))
			day = d
		}
		fmt.Fprintf(p.out, "\n%s  %s  %s\n", entry.At.Format(time.TimeOnly), entry.Account, p.paint(entry.does(), cyan))
		for _, line := range strings.Split(entry.Text, "\n") {
			fmt.Fprintln(p.out, fold(p.out, "  │ "+line, "  │ "))
		}
		if entry.Link != "" {
			fmt.Fprintln(p.out, p.paint("  │ "+entry.Link, dim))
		}
	}
	tracked, err := r.db.TrackedAlerts(ctx, r.feed, time.Time{})
	if err != nil {
		return err
	}
	if len(r.played) > 0 {
		fmt.Fprintln(p.out)
	}
	p.printReplaySum(r, tracked)
	return nil
}

// does says what a post is, for people.
func (e played) does() string {
	switch {
	case e.Does == spool.Edit:
		return "edits the post: " + string(e.Phase)
	case e.Does == spool.Withdraw:
		return "takes a post away"
	case e.Does == spool.Renew:
		return "announces anew"
	case e.Does.Replies():
		return "answers: " + string(e.Phase)
	}
	return string(e.Phase)
}

// printReplaySum counts the alerts, and says why some were not told.
func (p *program) printReplaySum(r *replay, tracked []spool.Tracked) {
	told := map[string]bool{}
	for _, e := range r.played {
		told[e.Item] = true
	}
	open, silent, digests := 0, map[string]int{}, 0
	for _, t := range tracked {
		switch {
		case t.Account != "":
			digests++
			continue
		case told[t.Item]:
		default:
			silent[whyUntold(t)]++
		}
		if t.Open {
			open++
		}
	}
	fmt.Fprintf(p.out, "%s, of which %d told on their own, %s; %s at the end\n", count(len(tracked)-digests, "alert", "alerts"),
		len(told)-digests, count(digests, "digest", "digests"), count(open, "open", "open"))
	for _, why := range sortedKeys(silent) {
		fmt.Fprintf(p.out, "  not told: %d, %s\n", silent[why], why)
	}
}

// whyUntold says why nothing was told of an alert.
func whyUntold(t spool.Tracked) string {
	switch {
	case t.Digest != "":
		return "told by a digest"
	case t.Muted != "":
		return t.Muted
	case t.Known:
		return "there at the beginning, and as it was since"
	case !t.Open:
		return "over before there was anything to tell"
	}
	return "it is about to be told"
}
