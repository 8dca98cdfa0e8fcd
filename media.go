package spool

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Content is what a post says. It is frozen when the post is recorded: what the
// desk shows is what is sent. Only its pictures are fetched later, while the post
// waits, and then they are frozen too.
type Content struct {
	Text  string `json:"text"`
	Short string `json:"short,omitempty"` // for a network that turns out to count bytes; empty: Text fits that too
	Link  string `json:"link,omitempty"`  // shown as a card; empty: no card
	Card  Card   `json:"card,omitzero"`   // what the card says, where the network does not read the page itself

	Media    []Attachment `json:"media,omitempty"`      // posted with the text, in this order
	Pick     int          `json:"pick,omitempty"`       // so many of Media are posted, the first that can be had; 0: all
	Open     bool         `json:"open,omitempty"`       // pictures are still to be fetched, or looked for on Page
	Page     string       `json:"page,omitempty"`       // the article's own address: while Open, its picture is wanted, since the item has none
	Alt      AltPolicy    `json:"alt_policy,omitempty"` // what becomes of pictures without a description
	Instead  *Content     `json:"instead,omitempty"`    // what is posted if no medium can be had: a card, or the text alone
	More     []string     `json:"more,omitempty"`       // how the text goes on, each a reply to the one before
	Next     *Content     `json:"next,omitempty"`       // of a withdrawal: what is posted in the place of what it withdraws
	Topic    string       `json:"topic,omitempty"`
	Tags     []string     `json:"tags,omitempty"`     // the hashtags in Text that are meant as such, without the sign
	Mentions []string     `json:"mentions,omitempty"` // the handles in Text that are meant as such, as they stand there
	Warning  string       `json:"warning,omitempty"`  // shown in place of the text until a reader opens it, where the network can
	Language string       `json:"language,omitempty"` // BCP 47

	From string `json:"from,omitempty"` // names the content as it was worded, once its pictures were fetched: see MadeOf

	// Headline is the one of the item, or the beginning of its text, that the words
	// were made of: by it an edit of the item is told from what readers know.
	Headline string `json:"headline,omitempty"`
	ByHand   bool   `json:"by_hand,omitempty"` // a person has written Text: edits of the item leave it alone

	Told *Telling `json:"told,omitempty"` // of a post about an alert: what its readers know
}

// A Card is what a link shows of its page.
type Card struct {
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Thumb       *Attachment `json:"thumb,omitempty"`
}

// An Attachment is a picture or a film of a post.
type Attachment struct {
	URL    string `json:"url"`            // where the publisher has it
	Type   string `json:"type,omitempty"` // MIME type; once fetched, of what is uploaded
	Alt    string `json:"alt,omitempty"`
	Credit string `json:"credit,omitempty"`
	Width  int    `json:"width,omitempty"` // pixels; 0: unknown
	Height int    `json:"height,omitempty"`
	Size   int    `json:"size,omitempty"`   // bytes, once fetched
	File   string `json:"file,omitempty"`   // the name of its bytes among Spool's files; empty: it was not fetched
	Public string `json:"public,omitempty"` // where the network is to fetch it from; only for networks that do
	Tries  int    `json:"tries,omitempty"`  // how often it could not be had, for passing reasons
}

// Film reports whether an attachment is a video.
func (a Attachment) Film() bool { return strings.HasPrefix(a.Type, "video/") }

// An AltPolicy is what becomes of pictures that nobody has described. The
// strings are stored; empty means AltPost.
type AltPolicy string

// The policies.
const (
	AltPost    AltPolicy = "post"          // they are posted without a description
	AltWithout AltPolicy = "without_image" // the post goes out without them
	AltHold    AltPolicy = "hold"          // the post waits for a person
)

// An Illustration is a content whose pictures somebody went to fetch.
type Illustration struct {
	Content Content
	Notes   []string      // for the history: which picture, and what became of the others
	Wait    time.Duration // Content is still Open: it is worth trying again after so long
	Hold    string        // why a person has to see it first; empty: nobody has to
}

// MediaLimits are what a network takes as pictures and films. Zero means that it
// takes none, or has no such limit.
type MediaLimits struct {
	Images   int      // pictures in one post
	Types    []string // MIME types of pictures that it takes as they are
	Bytes    int      // of a picture
	Width    int      // pixels of the longer side; larger ones are scaled
	Pixels   int      // of the whole picture; larger ones are scaled
	Narrow   int      // pixels of the width at least
	Aspect   float64  // how many times longer one side may be than the other
	Thumb    int      // bytes of a card's picture; 0: cards take none from us
	Films    []string // MIME types of films that it takes
	Film     int      // bytes of a film
	ByURL    bool     // it fetches pictures from an address of ours or the publisher's; otherwise they are uploaded
	Together bool     // pictures and a film may be in one post
}

// Equal reports whether two contents are the same in everything.
func (c Content) Equal(d Content) bool { return reflect.DeepEqual(c, d) }

// MadeOf reports whether c is d, or what fetching d's pictures has made of it: then
// the words of its item have not changed since.
func (c Content) MadeOf(d Content) bool { return c.Equal(d) || c.From != "" && c.From == d.name() }

// Illustrated is what fetching the pictures of c has made of it.
func (c Content) Illustrated(made Content) Content {
	made.From = c.From
	if made.From == "" {
		made.From = c.name()
	}
	if made.Headline == "" {
		made.Headline = c.Headline
	}
	return made
}

// Bare is c without what would have to be fetched: what was worded for that case,
// or else the words without any picture.
func (c Content) Bare() Content {
	bare := c.Clone()
	if c.Instead != nil {
		bare = c.Instead.Clone()
	}
	bare.Open, bare.Page, bare.Pick, bare.Instead = false, "", 0, nil
	bare.Media = slices.DeleteFunc(bare.Media, func(a Attachment) bool { return a.File == "" && a.Public == "" })
	if t := bare.Card.Thumb; t != nil && t.File == "" {
		bare.Card.Thumb = nil
	}
	if len(bare.Media) == 0 {
		bare.Media = nil
	}
	return bare
}

// Fallback is what a network posts in the place of c when it takes none of its
// pictures; nil: the words of c, without them. The parts that follow are those of c
// in any case, so it must be one that goes on in the same way.
func (c Content) Fallback() *Content {
	if c.Instead == nil || !slices.Equal(c.More, c.Instead.More) {
		return nil
	}
	return c.Instead
}

// name is the same for equal contents and no others.
func (c Content) name() string {
	text, err := json.Marshal(c)
	if err != nil { // there is nothing in it that could fail
		return ""
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Clone copies what is behind pointers too.
func (c Content) Clone() Content {
	c.Media, c.More = slices.Clone(c.Media), slices.Clone(c.More)
	c.Tags, c.Mentions = slices.Clone(c.Tags), slices.Clone(c.Mentions)
	for _, p := range []**Content{&c.Instead, &c.Next} {
		if *p != nil {
			d := (*p).Clone()
			*p = &d
		}
	}
	if c.Told != nil {
		t := *c.Told
		t.Lines, t.Members = slices.Clone(t.Lines), slices.Clone(t.Members)
		c.Told = &t
	}
	if c.Card.Thumb != nil {
		t := *c.Card.Thumb
		c.Card.Thumb = &t
	}
	return c
}

// UnmarshalJSON also reads what versions before wrote, which knew of one picture.
func (c *Content) UnmarshalJSON(data []byte) error {
	type plain Content
	old := struct {
		*plain
		Image string `json:"image"`
		Alt   string `json:"alt"`
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(data, &old); err != nil {
		return err
	}
	if old.Image != "" && len(c.Media) == 0 {
		c.Media = []Attachment{{URL: old.Image, Alt: old.Alt, Public: old.Image}}
	}
	return nil
}
