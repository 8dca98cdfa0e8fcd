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
	"spool/compose"
	"spool/config"
	"spool/feeds"
	"spool/publisher/threads"
	"spool/scheduler"
)

// maxPreviewFile bounds a file given to preview, as a document that is fetched is.
const maxPreviewFile = 8 << 20

func (p *program) previewCommand() *cobra.Command {
	var asJSON bool
	var items, last int
	cmd := &cobra.Command{
		Use: "preview TARGET", Short: "Show what would be posted, without posting it",
		Long: `Shows what would be posted for each item of TARGET: the name of a configured
feed, a URL, or a file. The text is made by the same code that posts it. With a
URL or a file that is not of a configured feed, the defaults and all accounts of
the configuration are used; without a configuration, one imaginary account. Of an
item that include or exclude keeps out, it shows which pattern does so.

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
				return p.preview(cmd.Context(), args[0], asJSON, items)
			}
			if last < 1 || last > mostLast || cmd.Flags().Changed("items") {
				return misuse{fmt.Errorf("--last wants a number from 1 to %d, and does not go with --items", mostLast)}
			}
			return p.previewLast(cmd.Context(), args[0], asJSON, last)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all items")
	cmd.Flags().IntVar(&items, "items", 5, "show at most this `number` of items; 0: all")
	cmd.Flags().IntVar(&last, "last", 0, "try the configuration on the last `number` of items remembered of the feed")
	return cmd
}

// A previewAccount is where a previewed post would go.
type previewAccount struct {
	name, network string
	limits        spool.TextLimits
}

// A plannedPreview is everything needed to preview a target.
type plannedPreview struct {
	feed     string       // its name, or the target
	known    bool         // the configuration names it
	source   feeds.Source // to fetch; without URL: the target is a file
	wording  *compose.Wording
	filters  scheduler.Filters
	accounts []previewAccount
	location *time.Location
	cfg      *config.Config // nil: there is none
}

func (p *program) preview(ctx context.Context, target string, asJSON bool, most int) error {
	plan, err := p.planPreview(target)
	if err != nil {
		return err
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

func (p *program) planPreview(target string) (plannedPreview, error) {
	isURL := strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://")
	cfg, err := p.loadConfig()
	switch {
	case err == nil:
		return configuredPreview(cfg, target, isURL)
	case p.configSet || fileExists(p.configPath):
		return plannedPreview{}, err
	case !isURL && !fileExists(target):
		return plannedPreview{}, misuse{fmt.Errorf("%s is neither a URL nor a file, and without a configuration no feed has a name", target)}
	}
	wording, err := compose.New(compose.Settings{})
	plan := plannedPreview{feed: target, wording: wording, location: time.UTC}
	plan.accounts = []previewAccount{{"example", threads.Network, threads.TextLimits()}}
	if isURL {
		plan.source = feeds.Source{Name: target, URL: target}
	}
	return plan, err
}

// configuredPreview previews a configured feed as it is, and anything else by
// the defaults.
func configuredPreview(cfg *config.Config, target string, isURL bool) (plannedPreview, error) {
	plan := plannedPreview{feed: target, location: cfg.Location(), cfg: cfg}
	feed := config.Feed{FeedOptions: cfg.Defaults}
	feed.Accounts = sortedKeys(cfg.Accounts)
	plan.source = access(feed)
	if isURL {
		plan.source.Name, plan.source.URL = target, target
	}
	for _, name := range sortedKeys(cfg.Feeds) {
		if f := cfg.Feeds[name]; name == target || f.URL == target {
			feed, plan.feed, plan.source, plan.known = f, name, source(name, f), true
			break
		}
	}
	if plan.source.URL == "" && !fileExists(target) {
		return plannedPreview{}, misuse{fmt.Errorf("%s is neither a URL, nor a file, nor one of the feeds %s", target, strings.Join(sortedKeys(cfg.Feeds), ", "))}
	}
	wording, err := newWording(feed.Post)
	if err != nil {
		return plannedPreview{}, err
	}
	plan.wording = wording
	plan.filters = scheduler.Filters{Include: patterns(feed.Include), Exclude: patterns(feed.Exclude)}
	for _, name := range feed.Accounts {
		plan.accounts = append(plan.accounts, previewAccount{name, cfg.Accounts[name].Network, threads.TextLimits()})
	}
	return plan, nil
}

func fileExists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

func (p *program) readTarget(ctx context.Context, target string, plan plannedPreview) (feeds.Document, error) {
	if plan.source.URL == "" {
		return p.readFile(target, plan.source)
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
	return result.Document, err
}

// readFile reads a document as if it had been fetched.
func (p *program) readFile(path string, as feeds.Source) (doc feeds.Document, err error) {
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
	return feeds.Parse(body, feeds.Input{Base: "file://" + filepath.ToSlash(absolute), Kind: as.Kind, Location: as.Location, Now: p.now()})
}
