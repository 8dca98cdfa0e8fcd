package source

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
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

// The kinds of names that items are known by, beside those of package alerts some of
// its own.
const (
	byID      = alerts.NameID + ":"  // the guid
	byAddress = alerts.NameURL + ":" // the page about this alert alone
	byText    = "text:"              // a digest of title and summary
	bySubject = "subject:"           // what and where, which stay when the words change
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
	list, n := entries(items)
	seen := map[string]bool{}
	for i, e := range list {
		if !doc.Log && e.words.idle() {
			continue
		}
		if len(e.words.header)+len(e.words.rest) == 0 {
			if len(r.Skipped) < maxReason {
				r.Skipped = append(r.Skipped, fmt.Sprintf("item %s: it has neither a title nor a text", called(e.it, i)))
			}
			continue
		}
		names := n.names(e, doc)
		id := n.id(e, names)
		if seen[id] {
			continue
		}
		seen[id] = true
		if e.words.cancelled && !doc.Log {
			r.Withdrew = append(r.Withdrew, names...)
			continue
		}
		r.Alerts = append(r.Alerts, alertOf(e.it, e.words, id, names))
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

// An entry is an item with what it could be known by.
type entry struct {
	it                           spool.Item
	words                        itemWords
	page, text, stamped, subject string
}

// counts says how many items of a document could be known by something, with its kind.
type counts map[string]int

// stampedKind counts what an event of a log says, and when.
const stampedKind = "stamped:"

func entries(items []spool.Item) ([]entry, counts) {
	list, n := make([]entry, len(items)), counts{}
	for i, it := range items {
		e := entry{it: it, words: wordsOf(it), page: pageOf(it.Link), text: textDigest(it), subject: subjectOf(it)}
		e.stamped = e.text + "," + it.Published.UTC().Format("20060102T150405Z")
		list[i] = e
		n[byID+it.GUID]++
		n[byAddress+e.page]++
		n[byText+e.text]++
		n[stampedKind+e.stamped]++
		n[bySubject+e.subject]++
	}
	return list, n
}

// names are what an item is known by, the surest first. What another item of the
// document is known by as well is no name of either.
func (n counts) names(e entry, doc alerts.Document) []string {
	var names []string
	if e.it.GUID != "" && n[byID+e.it.GUID] == 1 {
		names = append(names, byID+bounded(e.it.GUID))
	}
	if e.page != "" && n[byAddress+e.page] == 1 && e.page != doc.URL {
		names = append(names, byAddress+bounded(e.page))
	}
	if doc.Log {
		if len(names) == 0 && n[stampedKind+e.stamped] == 1 {
			names = append(names, byText+e.stamped)
		}
		return names
	}
	if n[byText+e.text] == 1 {
		names = append(names, byText+e.text)
	}
	if e.subject != "" && n[bySubject+e.subject] == 1 && (e.words.marked || len(strings.Fields(e.subject)) >= 4) {
		names = append(names, bySubject+bounded(e.subject))
	}
	return names
}

// id is what the source calls an item, and nothing else of the document.
func (n counts) id(e entry, names []string) string {
	switch {
	case e.it.GUID != "" && n[byID+e.it.GUID] == 1:
		return bounded(e.it.GUID)
	case e.it.GUID != "":
		return bounded(e.it.GUID) + "#" + e.text
	case len(names) > 0:
		return names[0]
	}
	return cmp.Or(bounded(e.it.Link), "item") + "#" + e.text
}

// pageOf is a link that looks like a page about one alert alone: its last part, or what
// is asked for or pointed to there, holds a number of some length that is no year, or a
// headline. A front page, or that of a line, is about whatever happens. Empty: it is none.
func pageOf(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return ""
	}
	last := path.Base(u.Path)
	if strings.Count(last, "-") < 3 && strings.Count(last, "_") < 3 && !counted(last+"&"+u.RawQuery+"#"+u.Fragment) {
		return ""
	}
	return u.String()
}

// counted tells whether a part of an address has a number that counts something.
func counted(s string) bool {
	for _, n := range number.FindAllString(s, 20) {
		if year := len(n) == 4 && (n[:2] == "19" || n[:2] == "20"); !year {
			return true
		}
	}
	return false
}

var number = regexp.MustCompile(`[0-9]{4,}`)

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
