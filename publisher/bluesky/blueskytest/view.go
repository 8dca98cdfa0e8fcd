package blueskytest

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"spool/publisher/standin"
)

// A Post is what a reader of a profile sees.
type Post struct {
	ID          string    `json:"id"` // its name: at://…
	CID         string    `json:"cid"`
	Key         string    `json:"rkey"`
	Permalink   string    `json:"permalink"`
	User        string    `json:"user"` // handle
	Text        string    `json:"text"`
	Facets      []Facet   `json:"facets,omitempty"`
	Link        string    `json:"link,omitempty"` // the card's
	Title       string    `json:"title,omitempty"`
	Description string    `json:"description,omitempty"`
	Thumb       string    `json:"thumb,omitempty"` // of the card: the CID of a picture
	Pictures    []Picture `json:"pictures,omitempty"`
	Langs       []string  `json:"langs,omitempty"`
	Tags        []string  `json:"tags,omitempty"`
	Time        time.Time `json:"time"` // when it appeared
	Created     time.Time `json:"created"`
	ReplyTo     string    `json:"reply_to,omitempty"` // the name of a post
	Root        string    `json:"root,omitempty"`
	Gated       bool      `json:"gated,omitempty"` // not everybody may answer
	Allow       []string  `json:"allow,omitempty"` // who may: the rules, when Gated
}

// A Facet is a part of a text with a meaning.
type Facet struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Link  string `json:"link,omitempty"`
	Tag   string `json:"tag,omitempty"`
	DID   string `json:"did,omitempty"`
}

// A Picture is one of a post.
type Picture struct {
	CID    string `json:"cid"`
	Mime   string `json:"mime"`
	Size   int    `json:"size"`
	Alt    string `json:"alt"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Visible returns what a reader of the user's profile sees, replies included,
// newest first. An empty name means all users.
func (s *Server) Visible(user string) []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	var found []*entry
	for _, e := range s.state.Records {
		if e.Collection == postCollection && (user == "" || e.Owner == user) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b *entry) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Serial, a.Serial))
	})
	var out []Post
	for _, e := range found {
		out = append(out, s.view(e))
	}
	return out
}

func (s *Server) view(e *entry) Post {
	v := Post{ID: e.uri(s.state), CID: e.CID, Key: e.Key, User: e.Owner, Time: e.Time, Permalink: s.permalink(e)}
	var p post
	if json.Unmarshal(e.Value, &p) != nil || p.Text == nil {
		return v // written past the checks
	}
	v.Text, v.Langs, v.Tags = *p.Text, p.Langs, p.Tags
	v.Created, _ = time.Parse(time.RFC3339Nano, p.CreatedAt)
	for _, f := range p.Facets {
		for _, x := range f.Features {
			v.Facets = append(v.Facets, Facet{Start: *f.Index.Start, End: *f.Index.End, Link: x.URI, Tag: x.Tag, DID: x.DID})
		}
	}
	if p.Reply != nil {
		v.ReplyTo, v.Root = p.Reply.Parent.URI, p.Reply.Root.URI
	}
	v.embedded(p.Embed)
	s.viewGate(e, &v)
	return v
}

func (v *Post) embedded(e *embedding) {
	switch {
	case e == nil:
	case e.External != nil:
		v.Link, v.Title, v.Description = text(e.External.URI), text(e.External.Title), text(e.External.Description)
		if e.External.Thumb != nil {
			v.Thumb = e.External.Thumb.Ref.Link
		}
	}
	if e == nil {
		return
	}
	for _, i := range e.Images {
		if i.Image == nil {
			continue
		}
		p := Picture{CID: i.Image.Ref.Link, Mime: i.Image.Mime, Size: i.Image.Size, Alt: text(i.Alt)}
		if i.Aspect != nil {
			p.Width, p.Height = i.Aspect.Width, i.Aspect.Height
		}
		v.Pictures = append(v.Pictures, p)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (s *Server) viewGate(e *entry, v *Post) {
	gate := s.state.Records[uriOf(s.state.Users[e.Owner].DID, gateCollection, e.Key)]
	if gate == nil {
		return
	}
	var g struct {
		Allow *[]struct {
			Type string `json:"$type"`
		} `json:"allow"`
	}
	if json.Unmarshal(gate.Value, &g) != nil || g.Allow == nil {
		return
	}
	v.Gated = true
	for _, r := range *g.Allow {
		_, rule, _ := strings.Cut(r.Type, "#")
		v.Allow = append(v.Allow, rule)
	}
}

func (s *Server) permalink(e *entry) string {
	base := s.opts.PublicURL
	if base == "" {
		base = "https://bsky.app"
	}
	return base + here(e.Owner, e.Key)
}

func here(user, key string) string { return "/profile/" + url.PathEscape(user) + "/post/" + key }

// postView is a post as the timeline's template shows it.
type postView struct {
	Post
	standin.Sight
	Parts    []part
	Host     string // of the card
	Audience string // who may answer; empty: everybody
}

// part is a piece of a text: words, or something to follow.
type part struct{ Text, Link, Kind string }

// pageOf prepares the page of an account, of all, or of one post. It returns
// nil when there is no such thing.
func (s *Server) pageOf(name, key string) *standin.Timeline[postView] {
	posts := s.Visible(name)
	s.mu.Lock()
	names := slices.Sorted(maps.Keys(s.state.Users))
	s.mu.Unlock()
	l := standin.Layout[Post, postView]{Name: "Sample Bluesky", Traits: traits, View: viewOf}
	return l.Timeline(names, name, key, posts, s.now())
}

func traits(p Post) standin.Traits {
	return standin.Traits{
		ID: p.ID, ReplyTo: p.ReplyTo, User: p.User, Text: p.Text, Time: p.Time,
		Key: p.Key, Here: here(p.User, p.Key),
		Same: strings.Join([]string{p.Link, p.ReplyTo, p.Text}, "\x00"),
	}
}

func viewOf(p Post, s standin.Sight) postView {
	w := postView{Post: p, Sight: s, Parts: parts(p.Text, p.Facets), Audience: audience(p)}
	if u, err := url.Parse(p.Link); err == nil {
		w.Host = strings.TrimPrefix(u.Host, "www.")
	}
	return w
}

// audience says who may answer a post.
func audience(p Post) string {
	words := map[string]string{
		"followerRule": "followers", "followingRule": "those it follows", "mentionRule": "those it mentions",
	}
	switch {
	case !p.Gated:
		return ""
	case len(p.Allow) == 0:
		return "Nobody can reply"
	}
	var who []string
	for _, r := range p.Allow {
		who = append(who, words[r])
	}
	return "Only " + strings.Join(who, ", ") + " can reply"
}

// parts cuts a text along its facets, as the app does: what has none is words.
func parts(text string, facets []Facet) []part {
	sorted := slices.Clone(facets)
	slices.SortStableFunc(sorted, func(a, b Facet) int { return a.Start - b.Start })
	var out []part
	at := 0
	for _, f := range sorted {
		if f.Start < at || f.End > len(text) || f.Start >= f.End {
			continue
		}
		out = append(out, part{Text: text[at:f.Start]})
		p := part{Text: text[f.Start:f.End], Link: f.Link, Kind: "link"}
		switch {
		case f.Tag != "":
			p.Kind = "tag"
		case f.DID != "":
			p.Kind = "mention"
		}
		out = append(out, p)
		at = f.End
	}
	return append(out, part{Text: text[at:]})
}
