package blueskytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// post is a record of a post, as the lexicon has it.
type post struct {
	Type      string     `json:"$type"`
	Text      *string    `json:"text"`
	Facets    []facet    `json:"facets"`
	Reply     *answer    `json:"reply"`
	Embed     *embedding `json:"embed"`
	Langs     []string   `json:"langs"`
	Tags      []string   `json:"tags"`
	CreatedAt string     `json:"createdAt"`
}

type answer struct{ Root, Parent ref }

type ref struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

type embedding struct {
	Type     string    `json:"$type"`
	External *external `json:"external"`
	Images   []image   `json:"images"`
}

type external struct {
	URI         *string  `json:"uri"`
	Title       *string  `json:"title"`
	Description *string  `json:"description"`
	Thumb       *blobRef `json:"thumb"`
}

type image struct {
	Image  *blobRef `json:"image"`
	Alt    *string  `json:"alt"`
	Aspect *struct {
		Width  int `json:"width"`
		Height int `json:"height"`
	} `json:"aspectRatio"`
}

type blobRef struct {
	Type string `json:"$type"`
	Ref  struct {
		Link string `json:"$link"`
	} `json:"ref"`
	Mime string `json:"mimeType"`
	Size int    `json:"size"`
}

// The limits of the lexicons.
const (
	maxGraphemes = 300
	maxText      = 3000
	maxThumb     = 1_000_000
	maxImages    = 4
)

// Graphemes is how the network counts a text.
func Graphemes(text string) int {
	n := 0
	for g := uniseg.NewGraphemes(text); g.Next(); {
		n++
	}
	return n
}

// bad is the refusal of a record.
func bad(collection, format string, args ...any) error {
	return invalid("Invalid " + collection + " record: " + fmt.Sprintf(format, args...))
}

// check judges a record that is to be written.
func (s *Server) check(c *call, u *User, at time.Time) error {
	var kind struct {
		Type string `json:"$type"`
	}
	if len(c.in.Record) == 0 || json.Unmarshal(c.in.Record, &kind) != nil {
		return invalid(`Input must have the property "record"`)
	}
	if kind.Type != c.in.Collection {
		return invalid("Invalid $type: expected " + c.in.Collection + ", got " + kind.Type)
	}
	switch c.in.Collection {
	case postCollection:
		return s.checkPost(c, u, at)
	case gateCollection:
		return s.checkGate(c, u)
	}
	return nil
}

func (s *Server) checkPost(c *call, u *User, at time.Time) error {
	if !isTID(c.in.Key) {
		return invalid("Invalid record key: not a TID")
	}
	var p post
	if err := json.Unmarshal(c.in.Record, &p); err != nil {
		return bad(postCollection, "%v", err)
	}
	switch {
	case p.Text == nil:
		return bad(postCollection, `Record must have the property "text"`)
	case len(*p.Text) > maxText:
		return bad(postCollection, "Record/text must not be longer than 3000 bytes")
	case Graphemes(*p.Text) > maxGraphemes:
		return bad(postCollection, "Record/text must not be longer than 300 graphemes")
	case len(p.Langs) > 3:
		return bad(postCollection, "Record/langs must not have more than 3 elements")
	case len(p.Tags) > 8:
		return bad(postCollection, "Record/tags must not have more than 8 elements")
	case !isTime(p.CreatedAt):
		return bad(postCollection, "Record/createdAt must be a valid atproto datetime (both RFC-3339 and ISO-8601)")
	}
	for _, l := range p.Langs {
		if !language.MatchString(l) {
			return bad(postCollection, "Record/langs must be a well-formed BCP 47 language tag")
		}
	}
	if err := s.checkReply(p); err != nil {
		return err
	}
	if err := checkFacetShapes(p); err != nil {
		return err
	}
	s.complain(*p.Text, p.Facets)
	return s.checkEmbed(p.Embed, u, at)
}

var language = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339Nano, s)
	return err == nil
}

// checkReply judges what a post answers. The server takes any names; ours have
// to be of posts that are there, in these very words.
func (s *Server) checkReply(p post) error {
	if p.Reply == nil {
		return nil
	}
	for _, r := range []ref{p.Reply.Root, p.Reply.Parent} {
		if !strings.HasPrefix(r.URI, "at://") || r.CID == "" {
			return bad(postCollection, "Record/reply must have root and parent with uri and cid")
		}
		if e := s.state.Records[r.URI]; e == nil || e.CID != r.CID {
			s.desk.Violation("a reply to %s, which is not there in these words", r.URI)
		}
	}
	parent := s.state.Records[p.Reply.Parent.URI]
	if parent == nil {
		return nil
	}
	root := p.Reply.Parent.URI
	var above post
	if json.Unmarshal(parent.Value, &above) == nil && above.Reply != nil {
		root = above.Reply.Root.URI
	}
	if p.Reply.Root.URI != root {
		s.desk.Violation("a reply whose root is not the first post of its thread")
	}
	return nil
}

func (s *Server) checkEmbed(e *embedding, u *User, at time.Time) error {
	if e == nil {
		return nil
	}
	switch {
	case e.Type == "app.bsky.embed.external" && e.External != nil:
		x := e.External
		if x.URI == nil || !strings.Contains(*x.URI, ":") || strings.ContainsAny(*x.URI, " \n") || !ascii(*x.URI) || x.Title == nil || x.Description == nil {
			return bad(postCollection, "Record/embed/external must have uri, title and description")
		}
		if x.Thumb != nil {
			return s.checkBlob("Record/embed/external/thumb", x.Thumb, maxThumb, u, at)
		}
		return nil
	case e.Type == "app.bsky.embed.images":
		return s.checkImages(e.Images, u, at)
	}
	return bad(postCollection, "Record/embed is of no known kind")
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func (s *Server) checkImages(list []image, u *User, at time.Time) error {
	if len(list) == 0 || len(list) > maxImages {
		return bad(postCollection, "Record/embed/images must have 1 to 4 elements")
	}
	most := s.knobs.ImageMax
	if most <= 0 {
		most = 2_000_000
	}
	for _, i := range list {
		switch {
		case i.Alt == nil || i.Image == nil:
			return bad(postCollection, `Record/embed/images must have the properties "image" and "alt"`)
		case i.Aspect != nil && (i.Aspect.Width < 1 || i.Aspect.Height < 1):
			return bad(postCollection, "Record/embed/images/aspectRatio can not be less than 1")
		}
		if err := s.checkBlob("Record/embed/images/image", i.Image, most, u, at); err != nil {
			return err
		}
	}
	return nil
}

// checkBlob judges a picture that a record names.
func (s *Server) checkBlob(where string, b *blobRef, most int, u *User, at time.Time) error {
	kept := s.state.Blobs[b.Ref.Link]
	if kept == nil || kept.Owner != u.Handle || s.collected(b.Ref.Link, kept, at) {
		return failure(http.StatusBadRequest, "BlobNotFound", "Could not find blob: "+b.Ref.Link)
	}
	switch {
	case b.Type != "blob" || b.Mime != kept.Mime:
		return failure(http.StatusBadRequest, "InvalidMimeType", "Referenced Mimetype does not match stored blob")
	case b.Size != len(kept.Data):
		return failure(http.StatusBadRequest, "InvalidSize", "Referenced size does not match stored blob")
	case !strings.HasPrefix(kept.Mime, "image/"):
		return failure(http.StatusBadRequest, "InvalidMimeType", "Wrong mimetype of "+where)
	case len(kept.Data) > most:
		return failure(http.StatusBadRequest, "BlobTooLarge", fmt.Sprintf("This file is too large. It is %d bytes but the maximum size is %d bytes.", len(kept.Data), most))
	}
	return nil
}

// checkGate judges who may answer a post.
func (s *Server) checkGate(c *call, u *User) error {
	var g struct {
		Post      string            `json:"post"`
		Allow     *[]map[string]any `json:"allow"`
		CreatedAt string            `json:"createdAt"`
	}
	if json.Unmarshal(c.in.Record, &g) != nil || !isTime(g.CreatedAt) || g.Allow != nil && len(*g.Allow) > 5 {
		return bad(gateCollection, "it has not the form of one")
	}
	post := uriOf(u.DID, postCollection, c.in.Key)
	if g.Post != post {
		return bad(gateCollection, "its key is not that of its post")
	}
	if s.state.Records[post] == nil {
		s.desk.Violation("a threadgate for a post that is not there")
	}
	return nil
}
