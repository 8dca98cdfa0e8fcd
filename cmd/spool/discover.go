package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool/config"
	"spool/feeds"
	"spool/feeds/discover"
)

func (p *program) feedsDiscoverCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "discover SITE", Short: "Find the feeds of a site",
		Long: `Looks for the feeds of SITE: the address of a site, of one of its pages, or of a
feed. It looks at what the page announces and links to, where the program behind
the site has its feeds, at customary paths, and for news sitemaps where there is
no feed. It makes at most 15 requests, one at a time, and needs no configuration;
of one that is there it takes what is below fetch.`,
		Args: oneArg("site"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.discover(cmd.Context(), args[0], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with everything that was tried")
	return cmd
}

func (p *program) discover(ctx context.Context, site string, asJSON bool) error {
	report, err := p.find(ctx, site, p.fetchSettings())
	if err != nil {
		return err
	}
	switch {
	case asJSON:
		if err := p.printJSON(viewReport(report)); err != nil {
			return err
		}
	case len(report.Candidates) == 0:
		p.printTried(report)
	default:
		p.printCandidates(report)
		p.printUnread(report)
		p.printAdvice(report)
	}
	if len(report.Candidates) == 0 {
		return fmt.Errorf("no feed was found: %s", whyNone(report))
	}
	return nil
}

// fetchSettings are those of the configuration; without one, the defaults. One
// that is broken does not stand in the way, but is mentioned.
func (p *program) fetchSettings() *config.Config {
	cfg, err := p.loadConfig()
	if err == nil {
		return cfg
	}
	if p.configSet || fileExists(p.configPath) {
		fmt.Fprintln(p.err, fold(p.err, fmt.Sprintf("spool: %s is not used: it cannot be read, or is not valid (see spool check)", p.configPath), "  "))
	}
	return &config.Config{}
}

// find looks for the feeds of a site. An address that is none is misuse.
func (p *program) find(ctx context.Context, site string, cfg *config.Config) (discover.Report, error) {
	if err := discover.Check(site); err != nil {
		return discover.Report{}, misuse{err}
	}
	fetcher, err := p.newFetcher(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return discover.Report{}, err
	}
	defer fetcher.Close()
	if isTerminal(p.err) {
		fmt.Fprintln(p.err, "Looking for feeds …")
	}
	finder, err := discover.New(discover.Options{Web: fetcher, Now: p.now})
	if err != nil {
		return discover.Report{}, err
	}
	report, err := finder.Find(ctx, site)
	switch {
	case ctx.Err() != nil:
		return report, errInterrupted
	case err != nil:
		return report, misuse{err}
	}
	return report, nil
}

// whyNone says why nothing was found, in a few words.
func whyNone(r discover.Report) string {
	var e *feeds.Error
	switch {
	case errors.As(r.Problem, &e) && e.Kind == feeds.KindAddress:
		return e.Error()
	case errors.As(r.Problem, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden):
		return e.Message + "; if there is a feed behind a login, it is configured by hand, with auth or headers"
	case r.Problem != nil:
		return trouble(r.Problem)
	}
	return fmt.Sprintf("%s made, and neither the pages nor the customary places lead to one", count(len(r.Tried), "request was", "requests were"))
}

func (p *program) printTried(r discover.Report) {
	fmt.Fprintln(p.out, "Tried:")
	for _, t := range r.Tried {
		fmt.Fprintf(p.out, "  %s\n    %s\n", shownAddress(t.URL), p.paint(fold(p.out, t.Result, "    "), dim))
	}
}

// longestTitle is how much of a title is shown, so that the rest has room.
const longestTitle = 44

// printCandidates numbers them. The address comes last: it is never cut.
func (p *program) printCandidates(r discover.Report) {
	t := table{head: []string{"#", "TITLE", "FORMAT", "ITEMS", "A DAY", "LAST ITEM", "ADDRESS"}}
	for i, c := range r.Candidates {
		tint := plain
		if c.Standing != discover.Good {
			tint = dim
		}
		t.rows = append(t.rows, []cell{
			{fmt.Sprint(i + 1), tint}, {cut(cmp.Or(c.Title, "(no title)"), longestTitle), tint}, {c.Format, tint}, {fmt.Sprint(c.Items), tint},
			{perDay(c.PerDay), tint}, {lastItem(c.Last, p.now()), tint}, {c.URL, tint},
		})
	}
	t.print(p)
	for i, c := range r.Candidates {
		if c.Note != "" {
			fmt.Fprintf(p.out, "%s %s\n", p.paint("note", yellow), fold(p.out, fmt.Sprintf("%d: %s", i+1, c.Note), "     "))
		}
	}
}

func perDay(n float64) string {
	switch {
	case n == 0:
		return "?"
	case n < 0.1:
		return "<0.1"
	case n < 9.95:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.0f", n)
}

func lastItem(t, now time.Time) string {
	if t.IsZero() {
		return "no date"
	}
	return ago(t, now)
}

// printUnread names the feeds that were seen and not read.
func (p *program) printUnread(r discover.Report) {
	const enough = 20
	for _, note := range r.Notes {
		fmt.Fprintf(p.out, "%s %s\n", p.paint("note", yellow), fold(p.out, note, "     "))
	}
	if len(r.Unread) == 0 {
		return
	}
	shown, longest := r.Unread[:min(len(r.Unread), enough)], 0
	for _, l := range shown {
		longest = max(longest, min(width(l.URL), 64))
	}
	fmt.Fprintln(p.out, "\nNot read, but they look like feeds:")
	for _, l := range shown {
		fmt.Fprintln(p.out, strings.TrimRight("  "+pad(l.URL, longest)+gap+p.paint(l.Title, dim), " "))
	}
	if left := len(r.Unread) - len(shown); left > 0 {
		fmt.Fprintf(p.out, "  … and %d more; --json has all\n", left)
	}
}

// printAdvice says what to do with what was found. A pipe gets the table alone.
func (p *program) printAdvice(r discover.Report) {
	if !isTerminal(p.out) {
		return
	}
	best := r.Candidates[0]
	fmt.Fprintf(p.out, "\nspool preview %s shows what would be posted.\n", shellWord(best.URL))
	for _, c := range r.Candidates {
		if c.Kind != feeds.FeedKind {
			fmt.Fprintf(p.out, "%s needs the line \"kind: %s\" in the configuration.\n", c.URL, c.Kind)
			break
		}
	}
}

// shellWord is a text as one word of a command line, whatever is in it: people
// copy the commands that they are shown, and a site chooses its addresses.
func shellWord(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// A reportView is a search for programs.
type reportView struct {
	Candidates []candidateView `json:"candidates"`
	Unread     []linkView      `json:"unread"`
	Tried      []tryView       `json:"tried"`
	Notes      []string        `json:"notes"`
}

type candidateView struct {
	URL      string    `json:"url"`
	Kind     string    `json:"kind"`
	Title    string    `json:"title"`
	Format   string    `json:"format"`
	Language string    `json:"language,omitempty"`
	Items    int       `json:"items"`
	PerDay   float64   `json:"per_day,omitempty"`
	Last     time.Time `json:"last,omitzero"`
	Hub      string    `json:"hub,omitempty"`
	Found    string    `json:"found"`
	Also     []string  `json:"also,omitempty"`
	Note     string    `json:"note,omitempty"`
}

type linkView struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
}

type tryView struct {
	URL    string `json:"url"`
	Result string `json:"result"`
}

func viewReport(r discover.Report) reportView {
	out := reportView{Candidates: []candidateView{}, Unread: []linkView{}, Tried: []tryView{}, Notes: []string{}}
	for _, c := range r.Candidates {
		out.Candidates = append(out.Candidates, candidateView{
			URL: c.URL, Kind: string(c.Kind), Title: c.Title, Format: c.Format, Language: c.Language, Items: c.Items,
			PerDay: float64(int(c.PerDay*100+0.5)) / 100, Last: c.Last, Hub: c.Hub, Found: c.Found, Also: c.Also, Note: c.Note,
		})
	}
	for _, l := range r.Unread {
		out.Unread = append(out.Unread, linkView{l.URL, l.Title})
	}
	for _, t := range r.Tried {
		out.Tried = append(out.Tried, tryView{shownAddress(t.URL), t.Result})
	}
	out.Notes = append(out.Notes, r.Notes...)
	return out
}
