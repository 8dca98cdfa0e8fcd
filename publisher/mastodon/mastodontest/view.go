package mastodontest

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

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
	Card             *card
	Pictures         []mediumView
	Reply            *reference // of a reply whose parent is not right above it
	Below            bool       // it stands in a thread, below its parent
	Twice            bool
}

// part is a piece of a text: words, or an address to follow.
type part struct{ Text, Link string }

// card is a link's preview, made of nothing but the link.
type card struct{ Link, Host, Title string }

// reference is the post that a reply answers.
type reference struct{ Text, Here string }

// pageOf prepares the page of an account, of all, or of one post. It returns
// nil when there is no such thing.
func (s *Server) pageOf(name, id string) *pageView {
	posts := s.Visible(name)
	s.mu.Lock()
	names := slices.Sorted(maps.Keys(s.state.Users))
	s.mu.Unlock()
	if name != "" && !slices.Contains(names, name) {
		return nil
	}
	v := &pageView{Title: "Sample Mastodon"}
	for _, n := range names {
		a := accountOf(n)
		a.Current = n == name
		v.Accounts = append(v.Accounts, a)
	}
	if name != "" {
		a := accountOf(name)
		v.Account, v.Title = &a, "@"+name+" on Sample Mastodon"
	}
	return s.show(v, posts, id)
}

// show adds the posts, all of them or the one with that id.
func (s *Server) show(v *pageView, posts []Post, id string) *pageView {
	twice, texts := doubled(posts), map[string]Post{}
	v.Count, v.Twice = len(posts), len(twice)
	for _, p := range posts {
		texts[p.ID] = p
	}
	for _, t := range threaded(posts, id) {
		if len(v.Posts) == maxShown {
			v.More++
			continue
		}
		w := s.viewOf(t.Post)
		w.Twice, w.Below = twice[t.ID], t.below
		if t.ReplyTo != "" && !t.above {
			w.Reply = referTo(texts, t.ReplyTo)
		}
		v.Posts = append(v.Posts, w)
	}
	if id != "" && len(v.Posts) == 0 {
		return nil
	}
	return v
}

// placed is a post in its place on the page.
type placed struct {
	Post
	below bool // in a thread, below its first post
	above bool // its parent stands right above it
}

// threaded puts replies below what they answer, each thread as it went on, the
// threads with the newest beginning first. With an id it is that post and
// what is below it.
func threaded(posts []Post, id string) []placed {
	here, answers := map[string]bool{}, map[string][]Post{}
	for _, p := range posts {
		here[p.ID] = true
	}
	for _, p := range slices.Backward(posts) { // oldest first
		answers[p.ReplyTo] = append(answers[p.ReplyTo], p)
	}
	var out []placed
	var add func(p Post, below bool)
	add = func(p Post, below bool) {
		above := below && len(out) > 0 && out[len(out)-1].ID == p.ReplyTo
		out = append(out, placed{p, below, above})
		for _, a := range answers[p.ID] {
			add(a, true)
		}
	}
	for _, p := range posts {
		if id == "" && !here[p.ReplyTo] || id != "" && p.ID == id {
			add(p, false)
		}
	}
	return out
}

// doubled finds the posts that repeat the words of an older one.
func doubled(posts []Post) map[string]bool {
	twice, seen := map[string]bool{}, map[string]bool{}
	for _, p := range slices.Backward(posts) {
		key := strings.Join([]string{p.User, p.Warning, p.ReplyTo, p.Text}, "\x00")
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

func (s *Server) viewOf(p Post) postView {
	w := postView{
		Post: p, accountView: accountOf(p.User), Here: here(p), Ago: ago(s.now().Sub(p.Time)),
		Full: p.Time.UTC().Format("2 January 2006, 15:04:05 UTC"), Stamp: p.Time.UTC().Format(time.RFC3339),
		Parts: parts(p.Text), Card: cardOf(p),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
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

func here(p Post) string { return "/@" + url.PathEscape(p.User) + "/" + p.ID }

func referTo(posts map[string]Post, id string) *reference {
	p, ok := posts[id]
	if !ok {
		return &reference{Text: "a post that is gone", Here: "/"}
	}
	return &reference{Text: p.Text, Here: here(p)}
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

// cardOf is the preview that the instance makes of a status's first address,
// unless it has media.
func cardOf(p Post) *card {
	u, err := url.Parse(p.Link)
	if p.Link == "" || err != nil || len(p.Media) > 0 {
		return nil
	}
	c := &card{Link: p.Link, Host: strings.TrimPrefix(u.Host, "www."), Title: titleOf(u)}
	if c.Title == "" {
		c.Host, c.Title = "", c.Host
	}
	return c
}

// titleOf guesses a headline from the last part of an address; empty: it has none.
func titleOf(u *url.URL) string {
	slug := strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
	words := strings.Join(strings.FieldsFunc(slug, func(r rune) bool { return r == '-' || r == '_' || r == '+' || unicode.IsSpace(r) }), " ")
	if words == "" || words == "/" || words == "." {
		return ""
	}
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}
