package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/alerts"
	"spool/compose"
	"spool/config"
	"spool/feeds"
	"spool/publisher"
	"spool/scheduler"
)

// maxPreviewFile bounds a file given to preview, as a document that is fetched is.
const maxPreviewFile = 8 << 20

func (p *program) previewCommand() *cobra.Command {
	var asJSON bool
	var shown previewOptions
	var items, last int
	cmd := &cobra.Command{
		Use: "preview TARGET", Short: "Show what would be posted, without posting it",
		Long: `Shows what would be posted for each item of TARGET: the name of a configured
feed, a URL, or a file. The text is made by the same code that posts it. With a
URL or a file that is not of a configured feed, the defaults and all accounts of
the configuration are used; without a configuration, one imaginary account on
each network. Of an item that include or exclude keeps out, it shows which
pattern does so.

With --pictures it also fetches the pictures that would be posted, and says which
was chosen and why. With --payload it shows the request that would be sent.

With --last it asks nobody: it applies the configuration as it is now to the last
items that are remembered of a feed, and shows beside each what really became of
it. So a change of include, exclude or post can be tried before it counts. Items
that another feed of its group brought first are remembered with that feed.`,
		Args: oneArg("target"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if items < 0 {
				return misuse{errors.New("--items must not be negative")}
			}
			if !cmd.Flags().Changed("last") {
				return p.preview(cmd.Context(), args[0], asJSON, items, shown)
			}
			if last < 1 || last > mostLast || cmd.Flags().Changed("items") {
				return misuse{fmt.Errorf("--last wants a number from 1 to %d, and does not go with --items", mostLast)}
			}
			if shown.pictures {
				return misuse{errors.New("--last asks nobody, so it does not go with --pictures")}
			}
			return p.previewLast(cmd.Context(), args[0], asJSON, last, shown)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all items")
	cmd.Flags().IntVar(&items, "items", 5, "show at most this `number` of items; 0: all")
	cmd.Flags().IntVar(&last, "last", 0, "try the configuration on the last `number` of items remembered of the feed")
	cmd.Flags().BoolVar(&shown.pictures, "pictures", false, "fetch the pictures that would be posted")
	cmd.Flags().BoolVar(&shown.payloads, "payload", false, "show the requests that would be sent")
	return cmd
}

// previewOptions are what else is to be shown.
type previewOptions struct{ pictures, payloads bool }

// A previewAccount is where a previewed post would go.
type previewAccount struct {
	name, network string
	limits        spool.TextLimits
	wording       *compose.Wording
	client        publisher.Publisher // makes no request
}

// A plannedPreview is everything needed to preview a target.
type plannedPreview struct {
	feed     string       // its name, or the target
	known    bool         // the configuration names it
	source   feeds.Source // to fetch; without URL: the target is a file
	filters  scheduler.Filters
	accounts []previewAccount
	location *time.Location
	now      time.Time
	cfg      *config.Config // nil: there is none

	policy        alerts.Policy // of the alerts of a document that lists such
	ignoreEmbargo bool
	payloads      bool
	illustrate    func(spool.Content, spool.MediaLimits) (spool.Illustration, error) // nil: pictures are not fetched
}

func (p *program) preview(ctx context.Context, target string, asJSON bool, most int, options previewOptions) error {
	plan, err := p.planPreview(ctx, target)
	if err != nil {
		return err
	}
	plan.payloads = options.payloads
	if options.pictures {
		done, err := p.planPictures(ctx, &plan)
		if err != nil {
			return err
		}
		defer done()
	}
	defer p.frugal()()
	doc, err := p.readTarget(ctx, target, plan)
	if err != nil {
		if plan.source.URL != "" {
			target = shownAddress(target)
		}
		return fmt.Errorf("%s: %w", target, err)
	}
	if asJSON {
		return p.printJSON(views(plan.sights(doc.Items)))
	}
	shown := doc.Items
	if most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	p.printPreview(plan, doc, plan.sights(shown))
	if left := len(doc.Items) - len(shown); left > 0 {
		fmt.Fprintf(p.out, "\n… and %s; --items 0 shows all\n", count(left, "more item", "more items"))
	}
	return nil
}

func (p *program) planPreview(ctx context.Context, target string) (plannedPreview, error) {
	isURL := strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://")
	cfg, err := p.loadConfig()
	switch {
	case err == nil:
		return p.configuredPreview(ctx, cfg, target, isURL)
	case p.configSet || fileExists(p.configPath):
		return plannedPreview{}, err
	case !isURL && !fileExists(target):
		return plannedPreview{}, misuse{fmt.Errorf("%s is neither a URL nor a file, and without a configuration no feed has a name", target)}
	}
	plan := plannedPreview{feed: target, location: time.UTC, now: p.now()}
	if isURL {
		plan.source = feeds.Source{Name: target, URL: target}
	}
	wording, err := compose.New(compose.Settings{})
	if err != nil {
		return plan, err
	}
	for _, n := range networks() {
		a, err := p.previewOn(n.name, config.Account{Network: n.name, BaseURL: imaginary(n.name), Handle: "example.org", Format: "json", Visibility: "public", Replies: "everyone", Secret: config.NewSecret("whsec_" + strings.Repeat("A", 32))}, wording, nil)
		if err != nil {
			return plan, err
		}
		plan.accounts = append(plan.accounts, a)
	}
	return plan, nil
}

// imaginary is where an account is that nobody has.
func imaginary(network string) string {
	switch network {
	case config.Mastodon:
		return "https://mastodon.example"
	case config.Webhook:
		return "https://hooks.example.org/posts"
	}
	return ""
}

// previewOn is an account with a client that cannot sign in. It knows what the daemon
// has learned of its server, if there is a memory.
func (p *program) previewOn(name string, a config.Account, wording *compose.Wording, learned publisher.Memory) (previewAccount, error) {
	n, err := networkOf(a)
	if err != nil {
		return previewAccount{}, err
	}
	client, err := n.open(p, opening{name: name, account: a, tokens: signedOut{}, memory: learned, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return previewAccount{}, err
	}
	return previewAccount{name: name, network: a.Network, limits: limitsTold(client, n.limits(a)), wording: wording, client: client}, nil
}

// signedOut is a token store of an account that is only looked at.
type signedOut struct{}

func (signedOut) Token(context.Context) (publisher.Token, error) {
	return publisher.Token{}, publisher.ErrNoToken
}

func (signedOut) Replace(context.Context, publisher.Token, publisher.Token) error {
	return publisher.ErrNoToken
}

// configuredPreview previews a configured feed as it is, and anything else by
// the defaults.
func (p *program) configuredPreview(ctx context.Context, cfg *config.Config, target string, isURL bool) (plannedPreview, error) {
	plan := plannedPreview{feed: target, location: cfg.Location(), cfg: cfg, now: p.now()}
	feed := config.Feed{FeedOptions: cfg.Defaults}
	feed.Accounts = sortedKeys(cfg.Accounts)
	plan.source = access(feed, false)
	if isURL {
		plan.source.Name, plan.source.URL = target, target
	}
	for _, name := range sortedKeys(cfg.Feeds) {
		if f := cfg.Feeds[name]; name == target || f.URL == target {
			feed, plan.feed, plan.source, plan.known = f, name, source(cfg, name, f), true
			break
		}
	}
	if plan.source.URL == "" && !fileExists(target) {
		return plannedPreview{}, misuse{fmt.Errorf("%s is neither a URL, nor a file, nor one of the feeds %s", target, strings.Join(sortedKeys(cfg.Feeds), ", "))}
	}
	plan.filters = scheduler.Filters{Include: patterns(feed.Include), Exclude: patterns(feed.Exclude)}
	plan.ignoreEmbargo = feed.Embargo == "ignore"
	public, err := p.namesFor(ctx, cfg, plan.feed)
	if err != nil {
		return plannedPreview{}, err
	}
	plan.policy = newPolicy(cfg, plan.feed, feed, public)
	if plan.known && forAlerts(cfg, plan.feed, feed) {
		feed.Accounts = alertAccounts(feed)
	}
	for _, name := range feed.Accounts {
		wording, err := newWording(cfg.PostFor(plan.feed, name))
		if err != nil {
			return plannedPreview{}, err
		}
		a, err := p.previewOn(name, cfg.Accounts[name], wording, recollection{p, cfg.Database.Reveal(), name})
		if err != nil {
			return plannedPreview{}, fmt.Errorf("account %s: %w", name, err)
		}
		plan.accounts = append(plan.accounts, a)
	}
	return plan, nil
}

func fileExists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func (p *program) readTarget(ctx context.Context, target string, plan plannedPreview) (feeds.Document, error) {
	if plan.source.URL == "" {
		return p.readFile(target, plan)
	}
	cfg := plan.cfg
	if cfg == nil {
		cfg = &config.Config{}
	}
	fetcher, err := p.newFetcher(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return feeds.Document{}, err
	}
	defer fetcher.Close()
	result, err := fetcher.Fetch(ctx, plan.source)
	if err != nil {
		return feeds.Document{}, err
	}
	return p.alertItems(result, plan)
}

// readFile reads a document as if it had been fetched.
func (p *program) readFile(path string, plan plannedPreview) (doc feeds.Document, err error) {
	f, err := os.Open(path)
	if err != nil {
		return feeds.Document{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	body, err := io.ReadAll(io.LimitReader(f, maxPreviewFile+1))
	if err != nil {
		return feeds.Document{}, err
	}
	if len(body) > maxPreviewFile {
		return feeds.Document{}, fmt.Errorf("the file is larger than %d MiB", maxPreviewFile>>20)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return feeds.Document{}, err
	}
	as := plan.source
	result, err := feeds.Read(body, as, feeds.Input{Base: "file://" + filepath.ToSlash(absolute), Kind: as.Kind, Location: as.Location, Now: p.now()})
	if err != nil {
		return feeds.Document{}, err
	}
	return p.alertItems(result, plan)
}
