package mastodontest

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"spool/publisher/standin"
)

// postView is a status as the timeline's template shows it.
type postView struct {
	Post
	standin.Sight
	Parts    []part
	Card     *standin.Card
	Pictures []mediumView
}

// part is a piece of a text: words, or an address to follow.
type part struct{ Text, Link string }

// pageOf prepares the page of an account, of all, or of one post. It returns
// nil when there is no such thing.
func (s *Server) pageOf(name, id string) *standin.Timeline[postView] {
	posts := s.Visible(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	names := slices.Sorted(maps.Keys(s.state.Users))
	l := standin.Layout[Post, postView]{Name: "Sample Mastodon", Threads: true, Traits: traits, View: s.viewOf}
	return l.Timeline(names, name, id, posts, s.now())
}

func traits(p Post) standin.Traits {
	return standin.Traits{
		ID: p.ID, ReplyTo: p.ReplyTo, User: p.User, Text: p.Text, Time: p.Time,
		Key: p.ID, Here: "/@" + url.PathEscape(p.User) + "/" + p.ID,
		Same: strings.Join([]string{p.Warning, p.ReplyTo, p.Text}, "\x00"),
	}
}

// viewOf adds what the instance makes of a status. s.mu is held.
func (s *Server) viewOf(p Post, seen standin.Sight) postView {
	w := postView{Post: p, Sight: seen, Parts: parts(p.Text)}
	if len(p.Media) == 0 {
		w.Card = standin.CardOf(p.Link) // of its first address
	}
	for _, m := range p.Media {
		shown := mediumView{Medium: m}
		if s.files[m.ID] != nil && strings.HasPrefix(m.Kind, "image/") {
			shown.Source = "/_media/" + m.ID
		}
		w.Pictures = append(w.Pictures, shown)
	}
	return w
}

// mediumView is a picture or a film; without a source its bytes are gone, or it
// is a film.
type mediumView struct {
	Medium
	Source string
}

// parts cuts a text into words and addresses.
func parts(text string) []part {
	var out []part
	last := 0
	for _, a := range addresses(text) {
		out = append(out, part{Text: text[last:a.from]}, part{Text: a.text, Link: a.text})
		last = a.to
	}
	return append(out, part{Text: text[last:]})
}
