package feeds

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
)

// TestCorpusAgainstGofeed reads every file with gofeed as it comes, and with
// this package. Nothing that gofeed finds may be missing, but for what losses
// lists with a reason; testdata/gains.golden counts what is found besides, and
// docs/decisions/0008-reading-beyond-gofeed.md says what the figures mean.
func TestCorpusAgainstGofeed(t *testing.T) {
	c := duel{t: t, gains: map[string]int{}}
	eachOf(t, corpus(t), func(name string, body []byte) {
		c.name = name
		doc, err := Parse(body, corpusInput)
		bare, bareErr := gofeed.NewParser().Parse(bytes.NewReader(body))
		c.file(doc, err, bare, bareErr)
	})
	var got strings.Builder
	for _, what := range gainsInOrder {
		fmt.Fprintf(&got, "%5d %s\n", c.gains[what], what)
		delete(c.gains, what)
	}
	for what := range c.gains {
		t.Errorf("a gain that is not listed: %s", what)
	}
	golden(t, "testdata/gains.golden", got.String())
}

// What is counted.
const (
	gainFiles    = "files with items that gofeed refuses whole"
	gainItems    = "items in them"
	refusedBoth  = "files that are no feed, refused with a reason"
	bareItems    = "items in files that gofeed reads"
	gainLinks    = "items with a link that had none"
	fullLinks    = "items whose relative link is whole"
	gainTitles   = "items with a title that had none"
	cleanTitles  = "items whose title has no markup, entities or spoilt characters any more"
	gainDates    = "items with a date that had none"
	otherDates   = "items with a date that was wrong"
	gainPictures = "items with a picture that had none"
	gainAlt      = "items with words for a picture"
	gainCredit   = "items with a credit for a picture"
	moreMedia    = "items with more pictures, sounds or films than were named"
	gainAuthor   = "items with an author that had none"
	moreAuthors  = "items with several authors instead of one"
	noAddress    = "items whose author is not a mail address any more"
	gainLanguage = "items with a language of their own or of their feed"
	gainText     = "items with a text that had none"
	gainHub      = "feeds with a hub"
	gainHints    = "feeds with hints about when to ask"
)

var gainsInOrder = []string{gainFiles, gainItems, refusedBoth, bareItems, gainLinks, fullLinks, gainTitles, cleanTitles, gainDates, otherDates,
	gainPictures, moreMedia, gainAlt, gainCredit, gainAuthor, moreAuthors, noAddress, gainLanguage, gainText, gainHub, gainHints}

// losses are the items that gofeed has and this package leaves out on purpose,
// and the fields that it has and this package does not.
var losses = map[string]string{
	"gofeed/parser/atom/issue_275_extensions_and_source.xml text": "content that declares to be a film or data is no text",
	"codehollow-feedreader/Rss20LeFil.xml text":                   "three dots are no text",
}

type duel struct {
	t     *testing.T
	name  string
	gains map[string]int
}

func (c *duel) count(what string, yes bool) {
	if yes {
		c.gains[what]++
	}
}

func (c *duel) lost(n int, what, value string) {
	key := fmt.Sprintf("%s %s", c.name, what)
	if losses[key] == "" {
		c.t.Errorf("%s, item %d: gofeed has the %s %.120q", c.name, n, what, value)
	}
}

func (c *duel) file(doc Document, err error, bare *gofeed.Feed, bareErr error) {
	c.count(gainHub, doc.Hub != "")
	c.count(gainHints, doc.Hints.Every > 0 || len(doc.Hints.Hours)+len(doc.Hints.Days) > 0)
	switch {
	case bareErr != nil && err != nil:
		c.count(refusedBoth, true)
	case bareErr != nil:
		c.count(gainFiles, len(doc.Items) > 0)
		c.gains[gainItems] += len(doc.Items)
	case err != nil && len(bare.Items) > 0:
		c.lost(0, "feed", err.Error())
	case err != nil: // gofeed takes any JSON for a feed without items
		c.count(refusedBoth, true)
	default:
		c.items(doc, bare)
	}
}

// items compares one by one. What was skipped is left out of the count.
func (c *duel) items(doc Document, bare *gofeed.Feed) {
	skipped := map[int]bool{}
	for _, reason := range doc.Skipped {
		var n int
		if _, err := fmt.Sscanf(reason, "item %d:", &n); err == nil {
			skipped[n-1] = true
		}
	}
	at := 0
	for n, have := range bare.Items {
		c.count(bareItems, true)
		if skipped[n] {
			if have.Link+have.Title+have.Description+have.Content+have.GUID != "" && strings.TrimSpace(have.Link+have.Title+plain(have.Description+have.Content, 99, false)+have.GUID) != "" {
				c.lost(n, "item", have.Title+have.Link)
			}
			continue
		}
		if at >= len(doc.Items) {
			c.lost(n, "item", have.Title)
			return
		}
		c.item(n, doc.Items[at], have)
		at++
	}
}

func (c *duel) item(n int, i item, have *gofeed.Item) {
	u, err := url.Parse(have.Link)
	web := err == nil && (u.Scheme == "" || strings.HasPrefix(u.Scheme, "http"))
	if have.Link != "" && i.Link == "" && web {
		c.lost(n, "link", have.Link)
	}
	if have.Title != "" && i.Title == "" && plain(have.Title, 99, false) != "" {
		c.lost(n, "title", have.Title)
	}
	if p := have.PublishedParsed; p != nil && plausible(*p) && i.Published.IsZero() {
		c.lost(n, "date", have.Published)
	}
	if have.Image != nil && len(i.Media) == 0 && !tracker(have.Image.URL) && !decoration(have.Image.URL) {
		c.lost(n, "picture", have.Image.URL)
	}
	if have.Author != nil && have.Author.Name != "" && i.Author == "" && personName(have.Author.Name) != "" {
		c.lost(n, "author", have.Author.Name)
	}
	if i.Summary == "" && plain(have.Description+have.Content, 99, false) != "" {
		c.lost(n, "text", have.Description+have.Content)
	}
	if len(have.Categories) > 0 && len(i.Categories) == 0 && strings.Join(have.Categories, "") != "" && !addressLike(have.Categories[0]) {
		c.lost(n, "category", have.Categories[0])
	}
	c.better(i, have, web && u.Scheme == "")
}

func (c *duel) better(i item, have *gofeed.Item, relative bool) {
	c.count(gainLinks, have.Link == "" && i.Link != "")
	c.count(fullLinks, have.Link != "" && relative && i.Link != "")
	c.count(gainTitles, have.Title == "" && i.Title != "")
	c.count(cleanTitles, i.Title != "" && have.Title != "" && letters(i.Title) != letters(have.Title))
	c.count(gainDates, have.PublishedParsed == nil && !i.Published.IsZero())
	c.count(otherDates, have.PublishedParsed != nil && !i.Published.IsZero() && have.PublishedParsed.Sub(i.Published).Abs() > time.Minute)
	pictures, alt, credit := 0, false, false
	for _, m := range i.Media {
		if isPicture(m.Type) {
			pictures++
		}
		alt, credit = alt || m.Alt != "", credit || m.Credit != ""
	}
	named := len(have.Enclosures)
	if have.Image != nil {
		named++
	}
	c.count(gainPictures, have.Image == nil && pictures > 0)
	c.count(moreMedia, len(i.Media) > named)
	c.count(gainAlt, alt)
	c.count(gainCredit, credit)
	author := ""
	if have.Author != nil {
		author = have.Author.Name
	}
	c.count(gainAuthor, author == "" && i.Author != "")
	c.count(moreAuthors, author != "" && strings.Contains(i.Author, ", ") && !strings.Contains(author, ", "))
	c.count(noAddress, strings.Contains(author, "@") && !strings.Contains(i.Author, "@"))
	c.count(gainLanguage, i.Language != "")
	c.count(gainText, have.Description == "" && have.Content == "" && i.Summary != "")
}
