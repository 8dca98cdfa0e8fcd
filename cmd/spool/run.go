package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"spool"
	"spool/config"
	"spool/feeds/websub"
	"spool/media"
	"spool/scheduler"
	"spool/store"
	"spool/web"
)

func (p *program) runCommand() *cobra.Command {
	var once bool
	cmd := &cobra.Command{
		Use: "run", Short: "Run the daemon",
		Long: `Runs the daemon: polls the feeds by their schedules and posts what is due, until
it is told to stop. SIGHUP, and a change of the file, reload the configuration;
a broken new one is refused and the old one stays in force. What is changed under
database, server and fetch takes effect at the next start.

With --once it polls every feed once, publishes what is due, and ends: for cron,
CI and the like. A post that settles or waits for its spacing is left for the
next time.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.loadConfig()
			if err != nil {
				return err
			}
			log, err := p.logger()
			if err != nil {
				return err
			}
			if once {
				return p.once(cmd.Context(), cfg, log)
			}
			return p.serve(cmd.Context(), cfg, log)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "poll every feed once, publish what is due, and end")
	return cmd
}

// A daemon is what run and demo put together.
type daemon struct {
	*program
	cfg   *config.Config
	db    *store.DB
	sched *scheduler.Scheduler
	pages *web.Server
	hubs  *websub.Subscriber
	log   *slog.Logger

	studio *media.Studio
	names  *names
}

// newDaemon opens the database and wires the parts. Closing is the caller's.
func (p *program) newDaemon(ctx context.Context, cfg *config.Config, log *slog.Logger) (d *daemon, err error) {
	db, err := store.Open(ctx, cfg.Database.Reveal(), store.Options{Now: p.now, Exclusive: true, Log: log})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if err := syncNames(ctx, db, cfg); err != nil {
		return nil, err
	}
	d = &daemon{program: p, cfg: cfg, db: db, log: log}
	fetcher, err := p.newFetcher(cfg, log)
	if err != nil {
		return nil, err
	}
	if d.hubs, err = d.newSubscriber(fetcher.Client(), log); err != nil {
		return nil, err
	}
	if d.pages, err = web.New(web.Options{
		Store: db, Ready: d.ready, Version: version, Log: log, Now: p.now, Callbacks: d.hubs, Pictures: db,
	}); err != nil {
		return nil, err
	}
	if d.studio, err = p.newStudio(cfg, fetcher, db, log); err != nil {
		return nil, err
	}
	d.names = p.newNames(ctx, cfg, fetcher, db, log)
	plan, err := p.newPlan(cfg, d.names, db, log)
	if err != nil {
		return nil, err
	}
	d.hubs.Replace(pushable(plan))
	d.sched, err = scheduler.New(scheduler.Options{
		Store: db, Fetcher: fetcher, Illustrator: d.studio, Alerts: p.alertReader(), Plan: plan, Owner: owner(), Metrics: d.pages.Metrics(), Hubs: d.hubs, Log: log, Now: p.now,
		Concurrency: concurrency(cfg), FailPoint: failPoint(p.getenv), Tick: p.tick,
	})
	return d, err
}

// ready reports whether the scheduler works.
func (d *daemon) ready(context.Context) error { return d.sched.Alive() }

func (p *program) once(ctx context.Context, cfg *config.Config, log *slog.Logger) (err error) {
	d, err := p.newDaemon(ctx, unserved(cfg), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.db.Close()) }()
	if err := d.db.DueAll(ctx, p.now()); err != nil {
		return err
	}
	if err := d.db.Rouse(ctx); err != nil { // an account that stopped may have been mended since
		return err
	}
	d.names.once(ctx)
	start := p.now()
	defer p.hurried()()
	if err := d.sched.Once(ctx); err != nil {
		return err
	}
	return d.summary(context.WithoutCancel(ctx), start)
}

// unserved is a configuration of which nothing is served: a single pass ends before a
// network could fetch a picture from here, or a hub call.
func unserved(cfg *config.Config) *config.Config {
	c := *cfg
	c.Server.Listen = ""
	return &c
}

// summary says what is open after a single pass, and fails when a person is
// needed for something that happened in it.
func (d *daemon) summary(ctx context.Context, start time.Time) error {
	feeds, err := d.db.Feeds(ctx)
	if err != nil {
		return err
	}
	failing := 0
	for _, f := range feeds {
		if f.Failures > 0 {
			failing++
		}
	}
	if err := d.remindOfStops(ctx); err != nil {
		return err
	}
	counts, err := d.db.Counts(ctx)
	if err != nil {
		return err
	}
	byState := map[spool.State]int{}
	for _, c := range counts.Posts {
		byState[c.State] += c.N
	}
	d.log.Info("done", "feeds", len(feeds), "failing", failing, "live", byState[spool.Live], "waiting", byState[spool.Waiting],
		"doubt", byState[spool.Doubt]+byState[spool.Sending], "held", byState[spool.Held], "failed", byState[spool.Failed],
		"dropped", byState[spool.Dropped], "took", d.now().Sub(start).Round(time.Millisecond))
	if failing > 0 && failing == len(feeds) {
		return errors.New("no feed could be read; \"spool feeds list\" says why")
	}
	return nil
}

// remindOfStops names the accounts that cannot post until somebody acts. A
// person who reads only what cron mails must not have to remember last week's.
func (d *daemon) remindOfStops(ctx context.Context) error {
	accounts, err := d.db.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		switch {
		case a.Stopped != "":
			d.log.Warn("the account still cannot post; its posts are kept", "account", a.Name, "reason", a.Stopped, "do", mend(a.Name, a.Network))
		case a.Paused:
			d.log.Warn("the account is paused by a person; its posts are kept", "account", a.Name, "do", "spool accounts resume "+a.Name)
		}
	}
	return nil
}

// serve runs the daemon until ctx ends.
func (p *program) serve(ctx context.Context, cfg *config.Config, log *slog.Logger) (err error) {
	d, err := p.newDaemon(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.db.Close()) }()
	g, ctx := errgroup.WithContext(ctx)
	if cfg.Server.Listen != "" {
		ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Server.Listen)
		if err != nil {
			return fmt.Errorf("server.listen: %w; set another address, or \"\" for none", err)
		}
		log.Info("serving health and metrics", "address", "http://"+ln.Addr().String())
		g.Go(func() error { return d.pages.Serve(ctx, ln) })
	}
	reload := make(chan string, 1)
	g.Go(func() error { return d.watch(ctx, reload) })
	g.Go(func() error { return d.reloads(ctx, reload) })
	g.Go(func() error { return d.maintain(ctx) })
	g.Go(func() error { return p.keepMemorySmall(ctx) })
	g.Go(func() error { return d.hubs.Run(ctx) })
	g.Go(func() error { return d.names.run(ctx) })
	g.Go(func() error {
		d.sched.Align(ctx)
		log.Info("running", "version", version, "feeds", len(cfg.Feeds), "accounts", len(cfg.Accounts), "database", d.db.Name())
		err := d.sched.Run(ctx)
		log.Info("stopped")
		return err
	})
	d.warnOfOrphans(ctx)
	for _, w := range distinct(cfg.Warnings()) {
		log.Warn("the configuration is valid, but look at this", "warning", w)
	}
	return g.Wait()
}

// maintainEvery is how often the database tidies itself up, and sweepEvery how
// often pictures that nothing needs any more are removed.
const (
	maintainEvery = 5 * time.Minute
	sweepEvery    = time.Hour
)

func (d *daemon) maintain(ctx context.Context) error {
	ticker, sweeper := time.NewTicker(maintainEvery), time.NewTicker(sweepEvery)
	defer ticker.Stop()
	defer sweeper.Stop()
	d.sweep(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-sweeper.C:
			d.sweep(ctx)
		case <-ticker.C:
			if err := d.db.Maintain(ctx); err != nil && ctx.Err() == nil {
				d.log.Warn("the database could not be tidied up", "err", err)
			}
			debug.FreeOSMemory() // what a burst of news has left behind
		}
	}
}

// sweep removes the pictures that no post needs any more.
func (d *daemon) sweep(ctx context.Context) {
	if err := d.studio.Sweep(ctx); err != nil && ctx.Err() == nil {
		d.log.Warn("pictures that are not needed any more could not be removed", "err", err)
	}
}

// watch asks for a reload at SIGHUP and when the file changes.
func (d *daemon) watch(ctx context.Context, reload chan<- string) error {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	ask := func(why string) {
		select {
		case reload <- why:
		default: // one is asked for already
		}
	}
	watched := make(chan error, 1)
	go func() { watched <- config.Watch(ctx, d.configPath, d.log, func() { ask("the file changed") }) }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangups:
			ask("SIGHUP")
		case err := <-watched:
			if err != nil && ctx.Err() == nil {
				d.log.Warn("the configuration is not watched for changes; SIGHUP still reloads it", "err", err)
			}
			watched = nil
		}
	}
}

func (d *daemon) reloads(ctx context.Context, reload <-chan string) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case why := <-reload:
			d.reload(ctx, why)
		}
	}
}

// reload puts a changed configuration in force, or refuses it aloud.
func (d *daemon) reload(ctx context.Context, why string) {
	refuse := func(err error) {
		d.log.Error("the new configuration is refused; the old one stays in force", "why", why, "err", err)
	}
	cfg, err := d.loadConfig()
	var invalid config.Errors
	if errors.As(err, &invalid) {
		for _, problem := range invalid {
			d.log.Error("problem in the new configuration", "problem", problem.Error())
		}
		refuse(fmt.Errorf("%s", count(len(invalid), "problem", "problems")))
		return
	}
	if err != nil {
		refuse(err)
		return
	}
	plan, err := d.newPlan(cfg, d.names, d.db, d.log)
	if err == nil {
		err = syncNames(ctx, d.db, cfg)
	}
	if err != nil {
		refuse(err)
		return
	}
	d.names.replace(ctx, cfg)
	d.sched.Replace(plan)
	d.hubs.Replace(pushable(plan))
	d.sched.Align(ctx)
	changes := config.Diff(d.cfg, cfg)
	d.log.Info("configuration reloaded", "why", why, "changes", changes.String())
	if keys := afterRestart(changes); len(keys) > 0 {
		d.log.Warn("a part of the new configuration takes effect only when Spool is started anew", "keys", strings.Join(keys, ", "))
	}
	d.cfg = cfg
	d.warnOfOrphans(ctx)
}

// warnOfOrphans says which accounts the configuration does not name although
// posts wait for them.
func (d *daemon) warnOfOrphans(ctx context.Context) {
	counts, err := d.db.Counts(ctx)
	if err != nil {
		d.log.Warn("posts could not be counted", "err", err)
		return
	}
	open := map[string]int{}
	for _, c := range counts.Posts {
		if _, ok := d.cfg.Accounts[c.Account]; !ok && !c.State.Final() {
			open[c.Account] += c.N
		}
	}
	for _, name := range sortedKeys(open) {
		d.log.Warn("posts wait for an account that the configuration does not name; they rest until it does, or until you cancel them", "account", name, "posts", open[name])
	}
}

// afterRestart are the changed keys that a running daemon does not take over:
// its database, what it listens on, and how it fetches.
func afterRestart(c config.Changes) []string {
	var keys []string
	for _, key := range c.Changed {
		if key == "database" || strings.HasPrefix(key, "server.") || strings.HasPrefix(key, "fetch.") {
			keys = append(keys, key)
		}
	}
	return keys
}
