package main

import (
	"fmt"
	"time"

	"spool"
	"spool/feeds"
	"spool/publisher"
	"spool/scheduler"
)

// A sight is an item with what the configuration makes of it.
type sight struct {
	item   spool.Item
	ruling scheduler.Ruling
	posts  []previewPost // one for each account, without words if the item is kept out
	past   *past         // what became of it; nil: nobody asked
}

// sights words every item for every account.
func (plan plannedPreview) sights(items []spool.Item) []sight {
	out := make([]sight, len(items))
	for i, it := range items {
		out[i] = plan.sight(it)
	}
	return out
}

func (plan plannedPreview) sight(it spool.Item) sight {
	if it.Alert != nil {
		return plan.alertSight(it)
	}
	s := sight{item: it, ruling: plan.filters.Rule(it)}
	for _, a := range plan.accounts {
		s.posts = append(s.posts, plan.post(it, a, s.ruling))
	}
	return s
}

func (plan plannedPreview) post(it spool.Item, a previewAccount, r scheduler.Ruling) previewPost {
	post := previewPost{Account: a.name, Network: a.network, Item: itemName(it), Limit: a.limits.Max}
	if r.Rule != scheduler.NoRule {
		post.Notes = []string{"filtered out: " + r.Reason}
		return post
	}
	content, report, err := plan.word(it, a)
	if err != nil {
		post.Notes = []string{"cannot be posted: " + err.Error()}
		return post
	}
	post.Length, post.Limit, post.Notes, post.Parts = report.Length, report.Limit, report.Notes, report.Parts
	content = plan.pictured(content, a, &post)
	post.fill(content)
	post.Embargo = plan.embargo(it)
	if shows, ok := a.client.(publisher.Previewer); ok {
		payload := shows.Payload(spool.Post{
			ID: spool.PostID(itemName(it), a.name, spool.Announce), Item: itemName(it), Feed: plan.feed, Account: a.name,
			Purpose: spool.Announce, State: spool.Waiting, Content: content, Created: plan.now,
		})
		post.Payload = &payload
	}
	return post
}

// embargo is until when an item would be kept back; empty: it would not.
func (plan plannedPreview) embargo(it spool.Item) string {
	if plan.ignoreEmbargo || !it.Embargo.After(plan.now) {
		return ""
	}
	return rfc3339(it.Embargo)
}

// A preview is what the command prints for programs.
type preview struct {
	Items   []previewItem   `json:"items"`
	Posts   []previewPost   `json:"posts"`
	Summary *previewSummary `json:"summary,omitempty"` // with --last
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
	KeptOutBy  scheduler.Rule `json:"kept_out_by,omitempty"` // include or exclude
	Why        string         `json:"why,omitempty"`         // it is kept out, or which pattern of include asks for it
	Past       *past          `json:"past,omitempty"`        // with --last
}

type previewMedia struct {
	URL  string `json:"url"`
	Type string `json:"type"`
	Alt  string `json:"alt"`
}

func views(sights []sight) preview {
	out := preview{Items: []previewItem{}, Posts: []previewPost{}}
	for _, s := range sights {
		item := viewItem(s.item)
		item.KeptOutBy, item.Why, item.Past = s.ruling.Rule, s.ruling.Reason, s.past
		out.Items = append(out.Items, item)
		out.Posts = append(out.Posts, s.posts...)
	}
	return out
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

func (p *program) printPreview(plan plannedPreview, doc feeds.Document, sights []sight) {
	fmt.Fprintf(p.out, "%s  %s, %s\n", p.paint(plan.feed, bold), doc.Format, count(len(doc.Items), "item", "items"))
	for _, note := range append(doc.Notes, doc.Skipped...) {
		fmt.Fprintf(p.out, "%s %s\n", p.paint("note", yellow), fold(p.out, note, "     "))
	}
	for _, s := range sights {
		if s.ruling.Rule != scheduler.NoRule {
			fmt.Fprintln(p.out)
			p.printKeptOut(s)
			continue
		}
		for _, post := range s.posts {
			fmt.Fprintln(p.out)
			p.printWords(post)
			if plan.payloads {
				p.printPayload(post)
			}
		}
	}
	if len(plan.filters.Include)+len(plan.filters.Exclude) > 0 {
		fmt.Fprintf(p.out, "\n%s\n", summarise(sights))
	}
}

// printKeptOut shows an item that no account gets, and why.
func (p *program) printKeptOut(s sight) {
	fmt.Fprintf(p.out, "%s %s\n", p.paint("kept out", yellow), fold(p.out, itemTitle(s.item), "         "))
	p.printPart("why", fold(p.out, s.ruling.Reason, "        "))
}

// itemTitle is an item on one line.
func itemTitle(it spool.Item) string {
	for _, text := range []string{it.Title, it.Summary, it.Link, it.GUID} {
		if text = oneLine(text); text != "" {
			return cut(text, 200)
		}
	}
	return "an item without words"
}
