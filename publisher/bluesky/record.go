package bluesky

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// The collections of a repository that are written to.
const (
	postCollection = "app.bsky.feed.post"
	gateCollection = "app.bsky.feed.threadgate"
)

// A record is a post as the repository has it.
type record struct {
	Type      string   `json:"$type"`
	Text      string   `json:"text"`
	Facets    []facet  `json:"facets,omitempty"`
	Reply     *replies `json:"reply,omitempty"`
	Embed     *embed   `json:"embed,omitempty"`
	Langs     []string `json:"langs,omitempty"`
	Tags      []string `json:"tags,omitempty"` // found by searches, and not shown in the text
	CreatedAt string   `json:"createdAt"`
}

type replies struct {
	Root   strongRef `json:"root"`
	Parent strongRef `json:"parent"`
}

// A strongRef names a record and its very words.
type strongRef struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

type embed struct {
	Type     string    `json:"$type"`
	External *external `json:"external,omitempty"`
	Images   []image   `json:"images,omitempty"`
}

const (
	externalEmbed = "app.bsky.embed.external"
	imagesEmbed   = "app.bsky.embed.images"
)

type external struct {
	URI         string          `json:"uri"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Thumb       json.RawMessage `json:"thumb,omitempty"` // a blob
}

type image struct {
	Image  json.RawMessage `json:"image"` // a blob
	Alt    string          `json:"alt"`
	Aspect *aspect         `json:"aspectRatio,omitempty"`
}

type aspect struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// timeForm is how the protocol wants moments: with milliseconds, in UTC.
const timeForm = "2006-01-02T15:04:05.000Z"

// content is what of a post's content is sent, after the fallbacks of the notes.
func (n notes) content(c spool.Content) spool.Content {
	if n.Instead && len(c.Media) > 0 {
		if instead := c.Fallback(); instead != nil {
			d := instead.Clone()
			d.Media = nil // one step is enough
			d.Tags, d.Mentions, d.Language = orList(d.Tags, c.Tags), orList(d.Mentions, c.Mentions), cmp.Or(d.Language, c.Language)
			c = d
		} else {
			c.Media = nil
		}
	}
	if n.NoThumb {
		c.Card.Thumb = nil
	}
	return c
}

func orList(list, other []string) []string {
	if list == nil {
		return other
	}
	return list
}

// card reports whether a content's link is shown as a card. Pictures take its place.
func card(c spool.Content) bool {
	_, ok := plainURI(c.Link)
	return ok && len(c.Media) == 0
}

// say is the text of a post, and whether it had to be cut.
func say(c spool.Content) (text string, cut bool) {
	text = tidy(c.Text)
	if c.Link != "" && !card(c) {
		return withLink(text, c.Link)
	}
	return trimTo(text, "")
}

// compose makes the record. named are the identities of the handles in the text,
// blobs the pictures that were uploaded, by the names of their files.
func compose(c spool.Content, refs *replies, named map[string]string, blobs map[string]json.RawMessage, now time.Time) record {
	text, _ := say(c)
	return record{
		Type: postCollection, Text: text, Reply: refs, Langs: langs(c), Tags: tags(c.Topic), Embed: embedded(c, blobs),
		Facets:    facets(text, meaning{link: c.Link, tags: c.Tags, named: named}),
		CreatedAt: now.UTC().Format(timeForm),
	}
}

func embedded(c spool.Content, blobs map[string]json.RawMessage) *embed {
	if len(c.Media) > 0 {
		e := &embed{Type: imagesEmbed}
		for _, a := range c.Media[:min(len(c.Media), maxImages)] {
			i := image{Image: blobs[a.File], Alt: clip(a.Alt, maxAlt)}
			if a.Width > 0 && a.Height > 0 {
				i.Aspect = &aspect{a.Width, a.Height}
			}
			e.Images = append(e.Images, i)
		}
		return e
	}
	uri, ok := plainURI(c.Link)
	if !ok {
		return nil
	}
	x := &external{URI: uri, Title: clip(c.Card.Title, maxTitle), Description: clip(c.Card.Description, maxDescription)}
	if x.Title == "" {
		x.Title = hostOf(uri)
	}
	if c.Card.Thumb != nil {
		x.Thumb = blobs[c.Card.Thumb.File]
	}
	return &embed{Type: externalEmbed, External: x}
}

func hostOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// link is the address that a record shows as a card, or the first in its text.
func (r record) link() string {
	if r.Embed != nil && r.Embed.External != nil {
		return r.Embed.External.URI
	}
	for _, f := range r.Facets {
		for _, x := range f.Features {
			if x.Type == linkFeature {
				return x.URI
			}
		}
	}
	return ""
}

// uriOf is the name of a record.
func uriOf(did, collection, key string) string {
	return "at://" + did + "/" + collection + "/" + key
}

// splitURI takes the name of a post apart.
func splitURI(uri string) (did, key string, err error) {
	rest, ok := strings.CutPrefix(uri, "at://")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 || parts[0] == "" || parts[1] != postCollection || parts[2] == "" {
		return "", "", fmt.Errorf("%q is not the name of a post", publisher.Excerpt(uri))
	}
	return parts[0], parts[2], nil
}
