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
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"spool"
	"spool/config"
	"spool/feeds/feedstest"
	"spool/scheduler"
	"spool/store"
)

// What the demonstration is made of.
const (
	demoProfile  = "sample"
	demoHandle   = "sample.example.org"
	demoFeed     = "front-page"
	demoToken    = "sample-token"
	demoPassword = "demo-demo-demo-demo" //nolint:gosec // it opens a stand-in
	demoEvery    = 12 * time.Second      // a new story
	demoBacklog  = 5
)

func (p *program) demoCommand() *cobra.Command {
	var dir string
	var reset bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Show everything, with no account and no network",
		Long: `Starts a sample newsroom whose feed keeps growing, a small transit agency whose
alerts begin, change, flap and end, stand-ins of Threads, Mastodon and Bluesky, and
Spool between them, all on this machine. The newsroom corrects some of its stories,
and tells some at length. It prints what happens and the addresses to open. End it
with Ctrl-C, or kill it, and start it again: nothing is posted twice.`,
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
	return []string{"config.yaml", "spool.db", "spool.db-wal", "spool.db-shm", "spool.db.lock", "timeline.json", "mastodon.json", "bluesky.json"}
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
	grow := newsroom.BeginRestless("news", demoEvery, demoBacklog)
	newsroomAt, err := p.demoServe(open, g, 8081, newsroom.Handler())
	if err != nil {
		return err
	}
	g.Go(func() error { grow(ctx); return nil })
	agencyAt, err := p.demoAgency(open, g)
	if err != nil {
		return err
	}
	networks, err := p.demoNetworks(open, g, dir)
	if err != nil {
		return err
	}
	p.blueskyApp = networks[2].at
	wallAt, err := p.demoWall(open, g, networks)
	if err != nil {
		return err
	}
	pages, err := listenNear(ctx, 8080)
	if err != nil {
		return err
	}
	cfg, err := p.demoConfig(dir, newsroomAt, agencyAt, networks, pages.Addr().String())
	if err != nil {
		return errors.Join(err, pages.Close())
	}
	p.demoWelcome(dir, newsroomAt, agencyAt, wallAt, "http://"+pages.Addr().String(), networks)
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
  threads:
    network: threads
    base_url: %s
    token: ` + demoToken + `
    limits: {spacing: 3s, per_day: 0}
  mastodon:
    network: mastodon
    base_url: %s
    token: ` + demoToken + `
    limits: {spacing: 3s, per_day: 0}
  bluesky:
    network: bluesky
    base_url: %s
    handle: ` + demoHandle + `
    app_password: ` + demoPassword + `
    limits: {spacing: 3s, per_day: 0}
  transit-threads: {network: threads, base_url: %s, token: ` + agencyToken + `, limits: {per_day: 0}}
  transit-mastodon: {network: mastodon, base_url: %s, token: ` + agencyToken + `, limits: {per_day: 0}}
  transit-bluesky: {network: bluesky, base_url: %s, handle: ` + agencyHandle + `, app_password: ` + agencyPassword + `, limits: {per_day: 0}}
feeds:
  ` + demoFeed + `:
    url: %s/feeds/news.rss
    schedule: "@every 3s"
    accounts: [threads, mastodon, bluesky]
    first_run: latest 2
    settle: 0s
    duplicates: post # the newsroom repeats itself after an hour
    on_change: edit # where the network can; elsewhere a reply
    post:
      chain: 4 # a long story goes on in replies
      text: "{{ .Title }}\n\n{{ .Summary }}"
      networks:
        mastodon: {image: first}
  ` + agencyFeed + `:
    url: %s/alerts.pb
    kind: gtfs-rt
    schedule: "@every 3s" # so that there is something to see; a minute is usual
    accounts: [transit-threads, transit-mastodon, transit-bluesky]
    first_run: all
    alerts:
      planned: publish
      update_every: 20s # minutes, in real life
      gone_after: {fetches: 3, time: 12s}
      reopen_within: 20s
      table:
        routes:
          R: {name: Red Line, mode: metro}
          T4: {name: Tram 4, mode: tram}
          B46: {name: Bus 46, mode: bus}
          N1: {name: Night bus N1, mode: bus}
        agencies: {"1": Sample Transit}
        stops: {central: Central Station, mill: Mill Lane}
`

// demoConfig writes the configuration, so that the other commands can be tried
// on the demonstration, and reads it like any other.
func (p *program) demoConfig(dir, newsroom, agency string, networks []demoNetwork, pages string) (*config.Config, error) {
	path := filepath.Join(dir, "config.yaml")
	database, err := filepath.Abs(filepath.Join(dir, "spool.db")) // the commands may be tried from any folder
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf(demoTemplate, database, pages, networks[0].at, networks[1].at, networks[2].at, networks[0].at, networks[1].at, networks[2].at, newsroom, agency)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	p.configPath, p.configSet = path, true
	return p.loadConfig()
}

func (p *program) demoWelcome(dir, newsroom, agency, wall, pages string, networks []demoNetwork) {
	live := 0
	for _, n := range networks {
		live += len(n.column.Posts())
	}
	fmt.Fprintf(p.out, `%s
Nothing leaves it.

  %s   the newsroom, with a new story every %d seconds
  %s   the transit agency, with its alerts
  %s   the timelines side by side, as their readers see them
  %s   Spool: its feeds, health and metrics

Ask Spool what it knows, in another terminal in this folder:

  %s posts list --config %s

Kill this demo however you like and start it again: nothing is posted twice.
%s

`, p.paint("Spool carries a newsroom's stories and a transit agency's alerts to stand-ins of Threads, Mastodon and Bluesky.", bold),
		p.paint(newsroom, cyan), int(demoEvery.Seconds()), p.paint(agency, cyan), p.paint(wall, cyan), p.paint(pages, cyan),
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
	d.sched.Metrics = &narrator{Metrics: d.sched.Metrics, p: p}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.pages.Serve(ctx, pages) })
	g.Go(func() error { return d.sched.Run(ctx) })
	return g.Wait()
}

// A narrator prints what happens to posts, in a line each. That an item was
// accepted is said once for all accounts.
type narrator struct {
	scheduler.Metrics
	p *program

	mu       sync.Mutex
	accepted string // the latest item that was
}

func (n *narrator) Moved(post spool.Post, c spool.Change, f *spool.Failure) {
	n.Metrics.Moved(post, c, f)
	says, ink := narrate(post, c)
	if says == "" || c.What == spool.Recorded && n.told(post.Item) {
		return
	}
	if c.What == spool.Recorded {
		post.Account = ""
	}
	fmt.Fprintln(n.p.out, n.p.story(n.p.now(), says, ink, post.Account, firstLine(post.Content.Text), post.Receipt.URL))
}

// told reports whether it was said already that an item was accepted.
func (n *narrator) told(item string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	before := n.accepted
	n.accepted = item
	return before == item
}

// story is a line about a post. On a terminal that is too narrow for all of it,
// the address is left out, and then the title is cut.
func (p *program) story(at time.Time, says string, ink colour, account, title, address string) string {
	moment, says, account := at.Format(time.TimeOnly), pad(says, len("corrected")), pad(account, len("transit-mastodon"))
	if isTerminal(p.out) {
		room := terminalWidth(p.out) - width(moment+gap+says+gap+account+gap)
		if width(title+gap+address) > room {
			title, address = cut(title, room), ""
		}
	}
	line := p.paint(moment, dim) + gap + p.paint(says, ink) + gap + p.paint(account, dim) + gap + title
	if address != "" {
		line += gap + p.paint(address, dim)
	}
	return line
}

// narrate is what a change is called; empty: it is not worth a line.
func narrate(post spool.Post, c spool.Change) (string, colour) {
	switch {
	case c.What == spool.Recorded && post.Purpose != spool.Announce, c.What == spool.Amended:
		return "", plain // what comes of it is told
	case c.What == spool.Recorded:
		return "accepted", cyan
	case c.What == spool.Withdrawn:
		return "withdrawn", yellow
	case post.State == spool.Live && post.Purpose == spool.Withdraw:
		return "", plain // the post that it took away says so
	case post.State == spool.Live && post.Purpose == spool.Edit:
		return "edited", green
	case post.State == spool.Live && post.Purpose == spool.Correct:
		return "corrected", green
	case post.State == spool.Live && post.Purpose == spool.Update:
		return "updated", green
	case post.State == spool.Live && post.Purpose == spool.Close:
		return "closed", green
	case post.State == spool.Live && post.Purpose == spool.Continue && c.What == spool.Delivered:
		return "goes on", green
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
