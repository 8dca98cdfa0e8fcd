package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"spool"
	"spool/scheduler"
	"spool/store"
)

// mostLast is the most items that --last looks at.
const mostLast = 1000

// A past is what really became of an item.
type past struct {
	Seen    string        `json:"seen"`
	Pruned  bool          `json:"pruned,omitempty"` // its words are not kept any more, so it cannot be judged
	Verdict spool.Verdict `json:"verdict,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	Posts   []pastPost    `json:"posts,omitempty"`
}

type pastPost struct {
	ID      string      `json:"id"`
	Account string      `json:"account"`
	State   spool.State `json:"state"`
	Hold    spool.Hold  `json:"hold,omitempty"`
	Reason  string      `json:"reason,omitempty"`
	URL     string      `json:"url,omitempty"`
	Text    string      `json:"text,omitempty"`
}

// previewLast applies the configuration to what is remembered of a feed. It asks
// no server and writes nothing.
func (p *program) previewLast(ctx context.Context, target string, asJSON bool, n int, options previewOptions) error {
	plan, err := p.planPreview(ctx, target)
	if err != nil {
		return err
	}
	if !plan.known {
		return misuse{fmt.Errorf("--last is about a feed of the configuration, and %s is none; only of those something is remembered", shownAddress(target))}
	}
	plan.payloads = options.payloads
	items, err := p.lastItems(ctx, plan, n)
	if err != nil {
		return err
	}
	sights := make([]sight, len(items))
	for i, r := range items {
		if !r.Pruned {
			sights[i] = plan.sight(r.Item)
		}
		sights[i].item, sights[i].past = r.Item, pastOf(r)
	}
	if asJSON {
		all, sum := views(sights), summarise(sights)
		all.Summary = &sum
		return p.printJSON(all)
	}
	p.printLast(plan, sights)
	return nil
}

func (p *program) lastItems(ctx context.Context, plan plannedPreview, n int) (items []store.Remembered, err error) {
	db, err := store.Open(ctx, plan.cfg.Database.Reveal(), store.Options{Now: p.now, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.LastItems(ctx, plan.feed, n)
}

func pastOf(r store.Remembered) *past {
	out := &past{Seen: rfc3339(r.Item.Seen), Pruned: r.Pruned, Verdict: r.Verdict, Reason: r.Reason}
	for _, post := range r.Posts {
		out.Posts = append(out.Posts, pastPost{
			ID: post.ID, Account: post.Account, State: post.State, Hold: post.Hold, Reason: post.Reason, URL: post.Receipt.URL, Text: post.Content.Text,
		})
	}
	return out
}

// A previewSummary counts what would become of items.
type previewSummary struct {
	Items     int `json:"items"`
	Posted    int `json:"posted"`
	Include   int `json:"kept_out_by_include"`
	Exclude   int `json:"kept_out_by_exclude"`
	Unworded  int `json:"without_words"` // no account has words for it
	Forgotten int `json:"forgotten"`     // their words are not kept
}

func summarise(sights []sight) previewSummary {
	sum := previewSummary{Items: len(sights)}
	for _, s := range sights {
		switch {
		case s.past != nil && s.past.Pruned:
			sum.Forgotten++
		case s.ruling.Rule == scheduler.Include:
			sum.Include++
		case s.ruling.Rule == scheduler.Exclude:
			sum.Exclude++
		case !s.worded():
			sum.Unworded++
		default:
			sum.Posted++
		}
	}
	return sum
}

// worded reports whether there are words for any account.
func (s sight) worded() bool {
	for _, post := range s.posts {
		if post.Text != "" {
			return true
		}
	}
	return false
}

// String is the summary in a line.
func (s previewSummary) String() string {
	text := fmt.Sprintf("%d of %d would be posted", s.Posted, s.Items)
	switch {
	case s.Include > 0 && s.Exclude > 0:
		text += fmt.Sprintf("; %d kept out by include, %d by exclude", s.Include, s.Exclude)
	case s.Include > 0:
		text += fmt.Sprintf("; %d kept out by include", s.Include)
	case s.Exclude > 0:
		text += fmt.Sprintf("; %d kept out by exclude", s.Exclude)
	}
	if s.Unworded > 0 {
		text += fmt.Sprintf("; %d cannot be worded", s.Unworded)
	}
	if s.Forgotten > 0 {
		text += fmt.Sprintf("; of %d the words are not kept any more", s.Forgotten)
	}
	return text
}

func (p *program) printLast(plan plannedPreview, sights []sight) {
	fmt.Fprintf(p.out, "%s  the last %s that %s remembered, by the configuration as it is now\n",
		p.paint(plan.feed, bold), count(len(sights), "item", "items"), map[bool]string{true: "is", false: "are"}[len(sights) == 1])
	for _, s := range sights {
		fmt.Fprintln(p.out)
		p.printPast(plan, s)
	}
	if len(sights) > 0 {
		fmt.Fprintf(p.out, "\n%s\n", summarise(sights))
	}
}

// printPast shows an item, what would become of it now, and what became of it.
func (p *program) printPast(plan plannedPreview, s sight) {
	switch {
	case s.past.Pruned:
		fmt.Fprintf(p.out, "%s %s\n", p.paint("unknown", dim), s.item.ID)
		p.printPart("why", "its words are not kept any more")
	case s.ruling.Rule != scheduler.NoRule:
		p.printKeptOut(s)
	default:
		fmt.Fprintf(p.out, "%s %s\n", p.paint("posted", green), fold(p.out, itemTitle(s.item), "       "))
		p.printPart("why", fold(p.out, s.ruling.Reason, "        "))
	}
	p.printPart("then", fold(p.out, s.past.String(), "        "))
	if s.past.Pruned || s.ruling.Rule != scheduler.NoRule {
		return
	}
	for _, post := range s.posts {
		p.printWords(post)
		if plan.payloads {
			p.printPayload(post)
		}
	}
}

// String says what became of an item.
func (t past) String() string {
	if len(t.Posts) == 0 {
		return verdictText(t.Verdict, t.Reason)
	}
	var out []string
	for _, post := range t.Posts {
		text := post.Account + ": " + string(post.State)
		if detail := cmp.Or(post.URL, post.Reason); detail != "" {
			text += ", " + detail
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// verdictText says in words what became of an item that there is no post of.
func verdictText(v spool.Verdict, reason string) string {
	text := map[spool.Verdict]string{
		"":              "not posted; why was not remembered then",
		spool.ToPost:    "there is no post of it: each account had it already",
		spool.FirstRun:  "not posted: it was there when the feed was first read",
		spool.TooOld:    "not posted: it was too old",
		spool.Filtered:  "not posted: it was filtered out",
		spool.Duplicate: "not posted: another item said nearly the same",
		spool.Blocked:   "not posted: it was taken down",
		spool.Elsewhere: "not posted: another feed of the group had brought it",
		spool.Nowhere:   "not posted: the feed had no account",
		spool.Over:      "not posted: it was over before there was anything to tell",
		spool.Summed:    "told by a digest",
	}[v]
	if text == "" {
		text = "not posted: " + string(v)
	}
	if reason != "" {
		text += " (" + reason + ")"
	}
	return text
}
