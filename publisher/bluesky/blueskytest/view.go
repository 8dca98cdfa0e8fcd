package blueskytest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
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

// pageView is what the timeline's template shows.
type pageView struct {
	Title    string
	Account  *accountView // nil: all accounts
	Accounts []accountView
	Posts    []postView
	Count    int
	Twice    int // posts that are there more than once
	More     int // older ones that are left out
}

type accountView struct {
	Name    string
	Initial string
	Hue     int
	Current bool
}

type postView struct {
	Post
	accountView
	Here             string // its own page
	Ago, Full, Stamp string
	Parts            []part
	Host             string // of the card
	Reply            *reference
	Audience         string // who may answer; empty: everybody
	Twice            bool
}

// part is a piece of a text: words, or something to follow.
type part struct{ Text, Link, Kind string }

// reference is the post that a reply answers.
type reference struct{ Text, Here string }

// pageOf prepares the page of an account, of all, or of one post. It returns
// nil when there is no such thing.
func (s *Server) pageOf(name, key string) *pageView {
	posts := s.Visible(name)
	s.mu.Lock()
	names := slices.Sorted(maps.Keys(s.state.Users))
	s.mu.Unlock()
	if name != "" && !slices.Contains(names, name) {
		return nil
	}
	v := &pageView{Title: "Sample Bluesky"}
	for _, n := range names {
		a := accountOf(n)
		a.Current = n == name
		v.Accounts = append(v.Accounts, a)
	}
	if name != "" {
		a := accountOf(name)
		v.Account, v.Title = &a, "@"+name+" on Sample Bluesky"
	}
	return v.show(posts, key, s.now())
}

// show adds the posts, all of them or the one with that key.
func (v *pageView) show(posts []Post, key string, now time.Time) *pageView {
	twice, known := doubled(posts), map[string]Post{}
	v.Count, v.Twice = len(posts), len(twice)
	for _, p := range posts {
		known[p.ID] = p
	}
	for _, p := range posts {
		if key != "" && p.Key != key {
			continue
		}
		if len(v.Posts) == maxShown {
			v.More++
			continue
		}
		w := viewOf(p, now)
		w.Twice = twice[p.ID]
		if p.ReplyTo != "" {
			w.Reply = referTo(known, p.ReplyTo)
		}
		v.Posts = append(v.Posts, w)
	}
	if key != "" && len(v.Posts) == 0 {
		return nil
	}
	return v
}

// doubled finds the posts that repeat the words and the link of an older one.
func doubled(posts []Post) map[string]bool {
	twice, seen := map[string]bool{}, map[string]bool{}
	for _, p := range slices.Backward(posts) {
		key := strings.Join([]string{p.User, p.Link, p.ReplyTo, p.Text}, "\x00")
		if seen[key] {
			twice[p.ID] = true
		}
		seen[key] = true
	}
	return twice
}

func accountOf(name string) accountView {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	first, _ := utf8.DecodeRuneInString(name)
	return accountView{Name: name, Initial: string(unicode.ToUpper(first)), Hue: int(h.Sum32() % 6)}
}

func viewOf(p Post, now time.Time) postView {
	w := postView{
		Post: p, accountView: accountOf(p.User), Here: here(p.User, p.Key), Ago: ago(now.Sub(p.Time)),
		Full: p.Time.UTC().Format("2 January 2006, 15:04:05 UTC"), Stamp: p.Time.UTC().Format(time.RFC3339),
		Parts: parts(p.Text, p.Facets), Audience: audience(p),
	}
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

func referTo(posts map[string]Post, id string) *reference {
	p, ok := posts[id]
	if !ok {
		return &reference{Text: "a post that is gone", Here: "/"}
	}
	return &reference{Text: p.Text, Here: here(p.User, p.Key)}
}

// ago says how old something is as timelines do.
func ago(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
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
