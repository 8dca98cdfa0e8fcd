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
	var items int
	cmd := &cobra.Command{
		Use: "preview TARGET", Short: "Show what would be posted, without posting it",
		Long: `Shows what would be posted for each item of TARGET: the name of a configured
feed, a URL, or a file. The text is made by the same code that posts it. With a
URL or a file that is not of a configured feed, the defaults and all accounts of
the configuration are used; without a configuration, one imaginary account.`,
		Args: oneArg("target"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if items < 0 {
				return misuse{errors.New("--items must not be negative")}
			}
			return p.preview(cmd.Context(), args[0], asJSON, items)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all items")
	cmd.Flags().IntVar(&items, "items", 5, "show at most this `number` of items; 0: all")
	return cmd
}

// A previewAccount is where a previewed post would go.
type previewAccount struct {
	name, network string
	limits        spool.TextLimits
}

// A plannedPreview is everything needed to preview a target.
type plannedPreview struct {
	feed     string // its name, or the target
	url      string // to fetch; empty: the target is a file
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
	doc, err := p.readTarget(ctx, target, plan)
	if err != nil {
		if plan.url != "" {
			target = shownAddress(target)
		}
		return fmt.Errorf("%s: %w", target, err)
	}
	if asJSON {
		return p.printJSON(plan.compose(doc.Items))
	}
	shown := doc.Items
	if most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	p.printPreview(plan, doc, plan.compose(shown))
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
		plan.url = target
	}
	return plan, err
}

// configuredPreview previews a configured feed as it is, and anything else by
// the defaults.
func configuredPreview(cfg *config.Config, target string, isURL bool) (plannedPreview, error) {
	plan := plannedPreview{feed: target, location: cfg.Location(), cfg: cfg}
	feed := config.Feed{FeedOptions: cfg.Defaults}
	feed.Accounts = sortedKeys(cfg.Accounts)
	if isURL {
		plan.url = target
	}
	for _, name := range sortedKeys(cfg.Feeds) {
		if f := cfg.Feeds[name]; name == target || f.URL == target {
			feed, plan.feed, plan.url = f, name, f.URL
			break
		}
	}
	if plan.url == "" && !fileExists(target) {
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
	if plan.url == "" {
		return p.readFile(target)
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
	result, err := fetcher.Fetch(ctx, feeds.Source{Name: plan.feed, URL: plan.url})
	return result.Document, err
}

func (p *program) readFile(path string) (doc feeds.Document, err error) {
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
	return feeds.Parse(body, feeds.Input{Base: "file://" + filepath.ToSlash(absolute), Now: p.now()})
}

// A preview is what the command prints for programs.
type preview struct {
	Items []previewItem `json:"items"`
	Posts []previewPost `json:"posts"`
}

type previewItem struct {
	ID         string         `json:"id"`
	Title      string         `json:"title"`
	Link       string         `json:"link"`
	Published  string         `json:"published"`
	Updated    string         `json:"updated"`
	Summary    string         `json:"summary"`
	Author     string         `json:"author"`
	Language   string         `json:"language"`
	Categories []string       `json:"categories"`
	Media      []previewMedia `json:"media"`
}

type previewMedia struct {
	URL  string `json:"url"`
	Type string `json:"type"`
	Alt  string `json:"alt"`
}

type previewPost struct {
	Account string   `json:"account"`
	Network string   `json:"network"`
	Item    string   `json:"item"`
	Text    string   `json:"text"`
	Link    string   `json:"link"`
	Image   string   `json:"image"`
	Alt     string   `json:"alt,omitempty"`
	Topic   string   `json:"topic"`
	Length  int      `json:"length"`
	Limit   int      `json:"limit"`
	Notes   []string `json:"notes,omitempty"`
}

// compose words every item for every account.
func (plan plannedPreview) compose(items []spool.Item) preview {
	out := preview{Items: []previewItem{}, Posts: []previewPost{}}
	for _, it := range items {
		out.Items = append(out.Items, viewItem(it))
		for _, a := range plan.accounts {
			out.Posts = append(out.Posts, plan.post(it, a))
		}
	}
	return out
}

func (plan plannedPreview) post(it spool.Item, a previewAccount) previewPost {
	post := previewPost{Account: a.name, Network: a.network, Item: itemName(it), Limit: a.limits.Max}
	if ok, reason := plan.filters.Pass(it); !ok {
		post.Notes = []string{"filtered out: " + reason}
		return post
	}
	content, report, err := plan.wording.Compose(it, compose.Values{Account: a.name, Network: a.network, Feed: plan.feed, Location: plan.location}, a.limits)
	if err != nil {
		post.Notes = []string{"cannot be posted: " + err.Error()}
		return post
	}
	post.Text, post.Link, post.Image, post.Alt, post.Topic = content.Text, content.Link, content.Image, content.Alt, content.Topic
	post.Length, post.Limit, post.Notes = report.Length, report.Limit, report.Notes
	return post
}

// itemName is what an item is called before it has an id of its own.
func itemName(it spool.Item) string {
	if it.GUID != "" {
		return it.GUID
	}
	return it.Link
}

func viewItem(it spool.Item) previewItem {
	out := previewItem{
		ID: itemName(it), Title: it.Title, Link: it.Link, Published: rfc3339(it.Published), Updated: rfc3339(it.Updated),
		Summary: it.Summary, Author: it.Author, Language: it.Language, Categories: []string{}, Media: []previewMedia{},
	}
	out.Categories = append(out.Categories, it.Categories...)
	for _, m := range it.Media {
		out.Media = append(out.Media, previewMedia{m.URL, m.Type, m.Alt})
	}
	return out
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func (p *program) printPreview(plan plannedPreview, doc feeds.Document, out preview) {
	fmt.Fprintf(p.out, "%s  %s, %s\n", p.paint(plan.feed, bold), doc.Format, count(len(doc.Items), "item", "items"))
	for _, note := range append(doc.Notes, doc.Skipped...) {
		fmt.Fprintf(p.out, "%s %s\n", p.paint("note", yellow), fold(p.out, note, "     "))
	}
	for _, post := range out.Posts {
		fmt.Fprintf(p.out, "\n%s %s\n", p.paint(post.Account, cyan), p.paint(fmt.Sprintf("(%s)  %d of %d characters", post.Network, post.Length, post.Limit), dim))
		bar := p.paint("  │ ", dim)
		for _, line := range strings.Split(post.Text, "\n") {
			fmt.Fprintln(p.out, bar+strings.ReplaceAll(fold(p.out, line, "    "), "\n    ", "\n"+bar))
		}
		p.printPart("card", post.Link)
		p.printPart("image", post.Image)
		p.printPart("alt", post.Alt)
		p.printPart("topic", post.Topic)
		for _, note := range post.Notes {
			p.printPart("note", fold(p.out, note, "        "))
		}
	}
}

func (p *program) printPart(name, value string) {
	if value != "" {
		fmt.Fprintf(p.out, "  %s %s\n", p.paint(pad(name, 5), dim), value)
	}
}
