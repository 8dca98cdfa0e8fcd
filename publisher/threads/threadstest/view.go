package threadstest

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"spool/publisher/standin"
)

// pageView is what the timeline's template shows.
type pageView struct {
	*standin.Timeline[postView]
	Images bool
}

type postView struct {
	Post
	standin.Sight
	Parts []part
	Card  *standin.Card
}

// part is a piece of a text: words, or an address to follow.
type part struct{ Text, Link string }

// pageOf prepares the page of an account, of all, or of one post. It returns
// nil when there is no such thing.
func (s *Server) pageOf(name, code string) *pageView {
	posts := s.Visible(name)
	s.mu.Lock()
	names := slices.Sorted(maps.Keys(s.state.Users))
	s.mu.Unlock()
	l := standin.Layout[Post, postView]{Name: "Sample Threads", Threads: true, Traits: traits, View: viewOf}
	t := l.Timeline(names, name, code, posts, s.now())
	if t == nil {
		return nil
	}
	return &pageView{Timeline: t, Images: s.opts.Images}
}

func traits(p Post) standin.Traits {
	code := shortcode(p.ID)
	return standin.Traits{
		ID: p.ID, ReplyTo: p.ReplyTo, User: p.User, Text: p.Text, Time: p.Time,
		Key: code, Here: "/@" + url.PathEscape(p.User) + "/post/" + code,
		Same: strings.Join([]string{p.Link, p.Image, p.ReplyTo, p.Text}, "\x00"),
	}
}

func viewOf(p Post, s standin.Sight) postView {
	return postView{Post: p, Sight: s, Parts: parts(p.Text), Card: cardOf(p)}
}

// parts cuts a text into words and addresses.
func parts(text string) []part {
	var out []part
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)")
		before, after, _ := strings.Cut(text, link)
		out = append(out, part{Text: before}, part{Text: link, Link: link})
		return append(out, parts(after)...)
	}
	return append(out, part{Text: text})
}

// cardOf is the preview of a post's link, or of the first address in its text.
func cardOf(p Post) *standin.Card {
	if p.Link == "" && p.Type == "TEXT_POST" {
		return standin.CardOf(strings.TrimRight(webAddress.FindString(p.Text), ".,;:!?)"))
	}
	return standin.CardOf(p.Link)
}
