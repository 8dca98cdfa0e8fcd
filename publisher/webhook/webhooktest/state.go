package webhooktest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// state is what a snapshot keeps.
type state struct {
	Hooks map[string]*hook
	Posts []*post // in the order of arrival
	Seen  map[string]*seen
	Last  int // the latest id
}

func newState() state { return state{Hooks: map[string]*hook{}, Seen: map[string]*seen{}} }

// A hook is an address that messages are sent to.
type hook struct {
	Name, Format string
	Secret       string // several are separated by spaces; empty: anybody is let in
	Closed       bool
}

func (h *hook) path() string {
	sum := sha256.Sum256([]byte("hook " + h.Name))
	token := hex.EncodeToString(sum[:12])
	switch h.Format {
	case Slack:
		return "/services/T0/B0/" + token
	case Discord:
		return "/api/webhooks/100/" + token
	}
	return "/hooks/" + h.Name
}

// seen is a message that was taken, by the hook and its id.
type seen struct {
	Hash   string // of the body
	Status int
	Body   string
}

// post is a post that was taken, visible or not.
type post struct {
	Post
	Key  string // the sender's id of it
	Gone bool
}

// A Post is one as a reader sees it.
type Post struct {
	ID        string    `json:"id"`
	User      string    `json:"user"` // the hook
	Text      string    `json:"text"`
	Link      string    `json:"link,omitempty"`
	Title     string    `json:"title,omitempty"` // of the card
	Topic     string    `json:"topic,omitempty"`
	Warning   string    `json:"warning,omitempty"`
	Language  string    `json:"language,omitempty"`
	Media     []Media   `json:"media,omitempty"`
	ReplyTo   string    `json:"reply_to,omitempty"`
	Root      string    `json:"root,omitempty"`
	Purpose   string    `json:"purpose,omitempty"`
	Alert     *Alert    `json:"alert,omitempty"`
	Edited    bool      `json:"edited,omitempty"`
	Time      time.Time `json:"time"`
	Permalink string    `json:"permalink"`
}

// Alert is what a post tells of a service alert, for machines.
type Alert struct {
	Phase    string    `json:"phase"`
	Effect   string    `json:"effect,omitempty"`
	Severity string    `json:"severity,omitempty"`
	Lines    []string  `json:"lines,omitempty"`
	Until    time.Time `json:"until,omitzero"`
}

// Media is a picture or a film of a post.
type Media struct {
	URL string `json:"url"`
	Alt string `json:"alt,omitempty"`
}

// Visible returns the posts that readers of a hook see, newest first; of all hooks
// when user is empty.
func (s *Server) Visible(user string) []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	var out []Post
	for _, p := range slices.Backward(s.state.Posts) {
		if !p.Gone && (user == "" || p.User == user) {
			out = append(out, p.Post)
		}
	}
	return out
}

// DeletePost takes a post away, as a person of the house may. It reports whether it
// was there.
func (s *Server) DeletePost(id string) (there bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	for _, p := range s.state.Posts {
		if p.ID == id && !p.Gone {
			p.Gone, there = true, true
		}
	}
	s.save()
	return there
}

// find is the latest post of a hook that has one of these ids, the receiver's or
// the sender's; nil: there is none.
func (s *Server) find(owner, theirs, ours string) *post {
	for _, p := range slices.Backward(s.state.Posts) {
		if p.User == owner && (theirs != "" && p.ID == theirs || ours != "" && p.Key == ours) {
			return p
		}
	}
	return nil
}
