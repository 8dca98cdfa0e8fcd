package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"spool"
	"spool/config"
	"spool/feeds/feedstest"
	"spool/publisher/threads/threadstest"
	"spool/scheduler"
	"spool/store"
)

// What the demonstration is made of.
const (
	demoAccount = "sample-desk"
	demoProfile = "sample"
	demoFeed    = "front-page"
	demoToken   = "sample-token"
	demoEvery   = 12 * time.Second // a new story
	demoBacklog = 5
)

func (p *program) demoCommand() *cobra.Command {
	var dir string
	var reset bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Show everything, with no account and no network",
		Long: `Starts a sample newsroom whose feed keeps growing, a stand-in of Threads, and
Spool between them, all on this machine. It prints what happens and the
addresses to open. End it with Ctrl-C, or kill it, and start it again: nothing
is posted twice.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.prepareDemo(cmd.Context(), dir, reset); err != nil {
				return err
			}
			return p.demo(cmd.Context(), dir)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "spool-demo", "the `folder` for its database and timeline")
	cmd.Flags().BoolVar(&reset, "reset", false, "begin anew: remove what an earlier demo left in the folder")
	return cmd
}

// demoFiles are what the demonstration keeps in its folder.
func demoFiles() []string {
	return []string{"config.yaml", "spool.db", "spool.db-wal", "spool.db-shm", "spool.db.lock", "timeline.json"}
}

// clearDemo removes the demonstration's own files and nothing else.
func clearDemo(dir string) error {
	for _, name := range demoFiles() {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// prepareDemo makes the folder, and makes sure that no other demonstration runs
// in it: what that one has written must stay as it is.
func (p *program) prepareDemo(ctx context.Context, dir string, reset bool) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the demo: %w", err)
	}
	db, err := store.Open(ctx, filepath.Join(dir, "spool.db"), store.Options{Now: p.now, Exclusive: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("%w; or name another folder with --dir", err)
	}
	if err := db.Close(); err != nil {
		return err
	}
	if reset {
		return clearDemo(dir)
	}
	return nil
}

// listenNear takes the port, or any other when it is taken.
func listenNear(ctx context.Context, port int) (net.Listener, error) {
	var lc net.ListenConfig
	if ln, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
		return ln, nil
	}
	return lc.Listen(ctx, "tcp", "127.0.0.1:0")
}

func (p *program) demo(ctx context.Context, dir string) (err error) {
	g, ctx := errgroup.WithContext(ctx)
	open, closeAll := context.WithCancel(context.WithoutCancel(ctx)) // the stand-ins answer until Spool has ended
	defer closeAll()
	newsroom := feedstest.New(feedstest.Options{Now: p.now})
	grow := newsroom.Begin("news", demoEvery, demoBacklog)
	newsroomAt, err := p.demoServe(open, g, 8081, newsroom.Handler())
	if err != nil {
		return err
	}
	g.Go(func() error { grow(ctx); return nil })

	network := http.NewServeMux()
	networkAt, err := p.demoServe(open, g, 8082, network)
	if err != nil {
		return err
	}
	timeline := threadstest.New(threadstest.Options{
		Now: p.now, PublicURL: networkAt, Snapshot: filepath.Join(dir, "timeline.json"),
		Knobs: threadstest.Knobs{Processing: time.Second, PublishLatency: 500 * time.Millisecond}, // as slow as the real one on a good day
	})
	timeline.AddUser(demoProfile, demoToken)
	network.Handle("/", timeline)

	pages, err := listenNear(ctx, 8080)
	if err != nil {
		return err
	}
	cfg, err := p.demoConfig(dir, newsroomAt, networkAt, pages.Addr().String())
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	p.demoWelcome(dir, newsroomAt, networkAt, "http://"+pages.Addr().String(), len(timeline.Visible(demoProfile)))
	g.Go(func() error {
		defer closeAll()
		return p.demoDaemon(ctx, cfg, pages)
	})
	if err := g.Wait(); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "\nStopped. Start it again: nothing is posted twice.\n")
	return nil
}

// demoServe serves a handler near a port until ctx ends, and returns its address.
func (p *program) demoServe(ctx context.Context, g *errgroup.Group, port int, h http.Handler) (string, error) {
	ln, err := listenNear(ctx, port)
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	g.Go(func() error {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		return srv.Close()
	})
	return "http://" + ln.Addr().String(), nil
}

const demoTemplate = `# The configuration of "spool demo", written anew at each start.
database: %q
timezone: UTC
server: {listen: %q}
fetch: {allow_networks: [127.0.0.0/8]}
accounts:
  %s:
    network: threads
    base_url: %s
    token: %s
    limits: {spacing: 3s}
feeds:
  %s:
    url: %s/feeds/news.rss
    schedule: "@every 3s"
    accounts: [%s]
    first_run: latest 2
    settle: 0s
    duplicates: post # the newsroom repeats itself after an hour
`

// demoConfig writes the configuration, so that the other commands can be tried
// on the demonstration, and reads it like any other.
func (p *program) demoConfig(dir, newsroom, network, pages string) (*config.Config, error) {
	path := filepath.Join(dir, "config.yaml")
	database, err := filepath.Abs(filepath.Join(dir, "spool.db")) // the commands may be tried from any folder
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf(demoTemplate, database, pages, demoAccount, network, demoToken, demoFeed, newsroom, demoAccount)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	p.configPath, p.configSet = path, true
	return p.loadConfig()
}

func (p *program) demoWelcome(dir, newsroom, network, pages string, live int) {
	fmt.Fprintf(p.out, `%s
Nothing leaves it.

  %s   the newsroom: a new story every %d seconds
  %s   the timeline, as its readers see it
  %s   Spool: its feeds, health and metrics

Ask Spool what it knows, in another terminal in this folder:

  %s posts list --config %s

Kill this demo however you like and start it again: nothing is posted twice.
%s

`, p.paint("Spool carries a newsroom's feed to a stand-in of Threads, all on this machine.", bold),
		p.paint(newsroom, cyan), int(demoEvery.Seconds()), p.paint(network, cyan), p.paint(pages, cyan),
		cmp.Or(p.self, "spool"), filepath.Join(dir, "config.yaml"), already(live))
}

// already says what an earlier demonstration left.
func already(live int) string {
	switch live {
	case 0:
		return "Nothing is live so far. Ctrl-C ends it."
	case 1:
		return "1 post is live from before. Ctrl-C ends it."
	}
	return fmt.Sprintf("%d posts are live from before. Ctrl-C ends it.", live)
}

func (p *program) demoDaemon(ctx context.Context, cfg *config.Config, pages net.Listener) (err error) {
	log, err := p.logger()
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	d, err := p.newDaemon(ctx, cfg, log)
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	defer func() { err = errors.Join(err, d.db.Close()) }()
	d.sched.Metrics = narrator{Metrics: d.sched.Metrics, p: p}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.pages.Serve(ctx, pages) })
	g.Go(func() error { return d.sched.Run(ctx) })
	return g.Wait()
}

// A narrator prints what happens to posts, in a line each.
type narrator struct {
	scheduler.Metrics
	p *program
}

func (n narrator) Moved(post spool.Post, c spool.Change, f *spool.Failure) {
	n.Metrics.Moved(post, c, f)
	says, ink := narrate(post, c)
	if says == "" {
		return
	}
	fmt.Fprintln(n.p.out, n.p.story(n.p.now(), says, ink, firstLine(post.Content.Text), post.Receipt.URL))
}

// story is a line about a post. On a terminal that is too narrow for all of it,
// the address is left out, and then the title is cut.
func (p *program) story(at time.Time, says string, ink colour, title, address string) string {
	moment, says := at.Format(time.TimeOnly), pad(says, len("accepted"))
	if isTerminal(p.out) {
		room := terminalWidth(p.out) - width(moment+gap+says+gap)
		if width(title+gap+address) > room {
			title, address = cut(title, room), ""
		}
	}
	line := p.paint(moment, dim) + gap + p.paint(says, ink) + gap + title
	if address != "" {
		line += gap + p.paint(address, dim)
	}
	return line
}

// narrate is what a change is called; empty: it is not worth a line.
func narrate(post spool.Post, c spool.Change) (string, colour) {
	switch {
	case c.What == spool.Recorded:
		return "accepted", cyan
	case c.What == spool.Lapsed:
		return "in doubt", yellow
	case c.What == spool.Found:
		return "found", green
	case c.What == spool.Delivered:
		return "live", green
	case post.State == spool.Held, post.State == spool.Failed, post.State == spool.Dropped:
		return string(post.State), red
	}
	return "", plain
}
