package threadstest

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"time"
)

// state is what the snapshot keeps.
type state struct {
	Users      map[string]*User      `json:"users"` // by name
	Tokens     map[string]*token     `json:"tokens"`
	Containers map[string]*container `json:"containers"`
	Posts      []*post               `json:"posts"` // oldest first
	LastUser   int64                 `json:"last_user"`
	LastBox    int64                 `json:"last_container"`
	LastMedia  int64                 `json:"last_media"`
}

// The first ids. They are beyond 2^53, so that a client which reads one as a
// float loses it, and each kind has a sequence of its own.
const (
	firstUser  = 17841405793187218
	firstBox   = 18027364500000007
	firstMedia = 179813402100000019
)

func newState() state {
	return state{
		Users: map[string]*User{}, Tokens: map[string]*token{}, Containers: map[string]*container{},
		LastUser: firstUser, LastBox: firstBox, LastMedia: firstMedia,
	}
}

// next counts up in uneven steps, so that no id can be guessed from another.
func next(last *int64) string {
	*last += 9973 + *last%4099
	return strconv.FormatInt(*last, 10)
}

// A User is an account on the network.
type User struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Restricted bool      `json:"restricted,omitempty"`
	Publishes  []quotum  `json:"publishes,omitempty"` // posts and replies of the last 24 h
	Deletes    []quotum  `json:"deletes,omitempty"`
	Children   int       `json:"children,omitempty"` // of carousels, made so far
	Joined     time.Time `json:"joined"`
}

// quotum is one use of a quota.
type quotum struct {
	At    time.Time `json:"at"`
	Reply bool      `json:"reply,omitempty"`
}

// content is what a container asks for and what its post says.
type content struct {
	MediaType string          `json:"media_type"` // as it was sent: TEXT, IMAGE …
	Text      string          `json:"text,omitempty"`
	Link      string          `json:"link,omitempty"`
	Image     string          `json:"image,omitempty"`
	Alt       string          `json:"alt,omitempty"`
	Topic     string          `json:"topic,omitempty"`
	ReplyTo   string          `json:"reply_to,omitempty"`
	Quotes    string          `json:"quotes,omitempty"`
	Audience  string          `json:"audience,omitempty"`
	Children  []content       `json:"children,omitempty"`
	Extra     map[string]any  `json:"extra,omitempty"` // poll, gif, entities as they are read back
	Flags     map[string]bool `json:"flags,omitempty"`
}

// container is an unpublished post.
type container struct {
	ID        string    `json:"id"`
	Owner     string    `json:"owner"`
	Content   content   `json:"content"`
	Child     bool      `json:"child,omitempty"` // of a carousel
	Created   time.Time `json:"created"`
	Error     string    `json:"error,omitempty"`
	Polls     int       `json:"polls,omitempty"`
	Tries     int       `json:"tries,omitempty"` // publishes that found it finished
	Ready     bool      `json:"ready,omitempty"` // its status was read as FINISHED
	Told      bool      `json:"told,omitempty"`  // its status was read as PUBLISHED
	Published time.Time `json:"published,omitzero"`
	Media     string    `json:"media,omitempty"` // the first post made of it
}

// post is a published container, or one that a person wrote by hand.
type post struct {
	ID        string    `json:"id"`
	Owner     string    `json:"owner"`
	Content   content   `json:"content"`
	Container string    `json:"container,omitempty"`
	Time      time.Time `json:"time"`
	Deleted   bool      `json:"deleted,omitempty"`
}

// A Post is what a reader of a profile sees.
type Post struct {
	ID        string    `json:"id"`
	Permalink string    `json:"permalink"`
	User      string    `json:"user"`
	Text      string    `json:"text"`
	Link      string    `json:"link,omitempty"`  // the card's
	Image     string    `json:"image,omitempty"` // of a carousel: the first
	Alt       string    `json:"alt,omitempty"`
	Topic     string    `json:"topic,omitempty"`
	Time      time.Time `json:"time"`
	Container string    `json:"container,omitempty"` // empty: written by hand
	Type      string    `json:"type"`                // as read: TEXT_POST, IMAGE …
	ReplyTo   string    `json:"reply_to,omitempty"`
	Audience  string    `json:"audience,omitempty"` // who may reply, as it was sent; empty: everyone
	Media     []Medium  `json:"media,omitempty"`    // all pictures and films, in order
}

// A Medium is a picture or a film of a post.
type Medium struct {
	URL  string `json:"url"`
	Alt  string `json:"alt,omitempty"`
	Film bool   `json:"film,omitempty"`
}

// Visible returns what a reader of the user's profile sees, replies included,
// newest first. An empty name means all users.
func (s *Server) Visible(user string) []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	var out []Post
	for _, p := range s.state.Posts {
		if !p.Deleted && (user == "" || p.Owner == user) {
			out = append(out, s.view(p))
		}
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b Post) int { return cmp.Compare(b.Time.UnixNano(), a.Time.UnixNano()) })
	return out
}

func (s *Server) view(p *post) Post {
	v := Post{
		ID: p.ID, Permalink: s.permalink(p), User: p.Owner, Text: p.Content.Text, Link: p.Content.Link,
		Image: p.Content.Image, Alt: p.Content.Alt, Topic: p.Content.Topic, Time: p.Time,
		Container: p.Container, Type: readType(p.Content.MediaType), ReplyTo: p.Content.ReplyTo, Audience: p.Content.Audience,
		Media: p.Content.media(),
	}
	if len(p.Content.Children) > 0 {
		v.Image, v.Alt = p.Content.Children[0].Image, p.Content.Children[0].Alt
	}
	return v
}

// media are the pictures and films of a content.
func (k content) media() []Medium {
	if len(k.Children) == 0 && k.Image == "" {
		return nil
	}
	parts := k.Children
	if len(parts) == 0 {
		parts = []content{k}
	}
	var all []Medium
	for _, c := range parts {
		all = append(all, Medium{URL: c.Image, Alt: c.Alt, Film: c.MediaType == "VIDEO"})
	}
	return all
}

func (s *Server) permalink(p *post) string {
	base := s.opts.PublicURL
	if base == "" {
		base = "https://www.threads.com"
	}
	return base + "/@" + p.Owner + "/post/" + shortcode(p.ID)
}

// shortcode is a post's id as permalinks have it.
func shortcode(id string) string {
	n, _ := strconv.ParseUint(id, 10, 64) // ids are of our own making
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, n))
}

// readType is how a media_type reads back.
func readType(sent string) string {
	switch sent {
	case "TEXT":
		return "TEXT_POST"
	case "CAROUSEL":
		return "CAROUSEL_ALBUM"
	}
	return sent
}

func (s *Server) find(id string) *post {
	for _, p := range s.state.Posts {
		if p.ID == id && !p.Deleted {
			return p
		}
	}
	return nil
}

// AddManualPost is a person posting by hand. It returns the post's id.
func (s *Server) AddManualPost(user, text, link string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.desk.Settle(now)
	u := s.user(user)
	p := s.append(u, content{MediaType: "TEXT", Text: text, Link: link}, "", now)
	s.save()
	return p.ID
}

// DeletePost is a person deleting a post by hand. It reports whether it was there.
func (s *Server) DeletePost(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	p := s.find(id)
	if p == nil {
		return false
	}
	s.erase(p)
	s.save()
	return true
}

func (s *Server) append(u *User, c content, box string, at time.Time) *post {
	p := &post{ID: next(&s.state.LastMedia), Owner: u.Name, Content: c, Container: box, Time: at}
	s.state.Posts = append(s.state.Posts, p)
	u.Publishes = append(u.Publishes, quotum{At: at, Reply: c.ReplyTo != ""})
	return p
}

// user finds an account or opens it.
func (s *Server) user(name string) *User {
	u := s.state.Users[name]
	if u == nil {
		u = &User{ID: next(&s.state.LastUser), Name: name, Joined: s.now()}
		s.state.Users[name] = u
	}
	return u
}

// Restrict is the network restricting an account, or letting it go again.
func (s *Server) Restrict(user string, restricted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user(user).Restricted = restricted
	s.save()
}
