package source

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"spool"
	"spool/alerts"
)

// Bounds of a feed's alerts.
const (
	maxItems  = 5_000
	maxReason = 50 // skipped items that are named
	maxName   = 300
)

// The kinds of names that items are known by: see spool.Alert.
const (
	byID      = "id:"      // the guid
	byAddress = "url:"     // the page about this alert alone
	byText    = "text:"    // a digest of title and summary
	bySubject = "subject:" // what and where, which stay when the words change
)

// readItems makes an alert of each item of a feed. What the item says is all there is:
// cause, effect and severity are left to the policy's rules.
//
// In the style "current" an item is an alert for as long as it is listed, and may come
// again under another guid whenever its text changes. In the style "log" (doc.Log) each
// item is an event of its own, so that only its guid and its page are its names.
func readItems(doc alerts.Document) alerts.Reading {
	r := alerts.Reading{Format: "RSS", Log: doc.Log}
	items := doc.Items
	if len(items) > maxItems {
		r.Partial = true
		r.Notes = append(r.Notes, fmt.Sprintf("the feed lists more than %d items: the rest was left out", maxItems))
		items = items[:maxItems]
	}
	n := count(items)
	seen := map[string]bool{}
	for i, it := range items {
		w := wordsOf(it)
		if len(w.header)+len(w.rest) == 0 {
			if len(r.Skipped) < maxReason {
				r.Skipped = append(r.Skipped, says(called(it, i), "it has neither a title nor a text"))
			}
			continue
		}
		names := n.names(it, w, doc)
		id := idOf(it, n, names)
		if seen[id] {
			continue
		}
		seen[id] = true
		if w.cancelled {
			r.Withdrew = append(r.Withdrew, names...)
			continue
		}
		r.Alerts = append(r.Alerts, alertOf(it, w, id, names))
	}
	return r
}

func called(it spool.Item, i int) string {
	if it.GUID == "" {
		return fmt.Sprintf("%d of the feed", i+1)
	}
	if runes := []rune(it.GUID); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return it.GUID
}

func alertOf(it spool.Item, w itemWords, id string, names []string) spool.Alert {
	a := spool.Alert{ID: id, Names: names, Created: it.Published, Updated: it.Published, Periods: w.periods}
	if it.Updated.After(a.Updated) {
		a.Updated = it.Updated
	}
	set := func(list *spool.Texts, text string) {
		if text != "" {
			*list = spool.Texts{{Language: it.Language, Text: text}}
		}
	}
	set(&a.Header, w.header)
	set(&a.Description, w.rest)
	set(&a.URL, it.Link)
	for _, m := range it.Media {
		if strings.HasPrefix(m.Type, "image/") && len(a.Image) < 4 {
			a.Image = append(a.Image, m)
		}
	}
	return a
}

// counts says how often what could be a name occurs in a document.
type counts struct{ guid, link, text, subject map[string]int }

func count(items []spool.Item) counts {
	n := counts{map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}}
	for _, it := range items {
		n.guid[it.GUID]++
		n.link[pageOf(it.Link)]++
		n.text[textDigest(it)]++
		n.subject[subjectOf(it)]++
	}
	return n
}

// names are what an item is known by, the surest first. What another item of the
// document is known by as well is no name of either.
func (n counts) names(it spool.Item, w itemWords, doc alerts.Document) []string {
	var names []string
	if it.GUID != "" && n.guid[it.GUID] == 1 {
		names = append(names, byID+bounded(it.GUID))
	}
	if page := pageOf(it.Link); page != "" && n.link[page] == 1 && page != pageOf(doc.URL) {
		names = append(names, byAddress+bounded(page))
	}
	text := textDigest(it)
	if doc.Log {
		if len(names) == 0 {
			names = append(names, byText+text+","+it.Published.UTC().Format("20060102T150405Z"))
		}
		return names
	}
	if n.text[text] == 1 {
		names = append(names, byText+text)
	}
	if s := subjectOf(it); s != "" && n.subject[s] == 1 && (w.marked || len(strings.Fields(s)) >= 4) {
		names = append(names, bySubject+bounded(s))
	}
	return names
}

// idOf is what the source calls an item, and nothing else of the document.
func idOf(it spool.Item, n counts, names []string) string {
	switch {
	case it.GUID != "" && n.guid[it.GUID] == 1:
		return bounded(it.GUID)
	case it.GUID != "":
		return bounded(it.GUID) + "#" + textDigest(it)
	case len(names) > 0:
		return names[0]
	}
	return cmp.Or(pageOf(it.Link), "item") + "#" + textDigest(it)
}

// pageOf is a link that can be a page about one thing: not a front page. Its fragment
// counts, since some agencies list all alerts on one page.
func pageOf(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || (strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == "") {
		return ""
	}
	return u.String()
}

func bounded(s string) string {
	if len(s) <= maxName {
		return s
	}
	return "digest-" + digestOf(s)
}

// textDigest is of what an item says, apart from capitals and signs.
func textDigest(it spool.Item) string {
	return digestOf(normal(it.Title) + "\n" + normal(it.Summary))
}
