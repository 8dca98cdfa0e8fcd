package standin

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxShown bounds the posts of a page.
const MaxShown = 200

// A Timeline is what the page of a stand-in shows. V is a post as the network's
// template wants it; it embeds a [Sight].
type Timeline[V any] struct {
	Title    string
	Account  *Face // nil: all accounts
	Accounts []Face
	Posts    []V
	Count    int
	Twice    int // posts that are there more than once
	More     int // older ones that are left out
}

// A Face stands for an account on a page.
type Face struct {
	Name    string
	Initial string
	Hue     int // 0 to 5
	Current bool
}

// Traits are what a [Layout] goes by.
type Traits struct {
	ID, ReplyTo string
	User, Text  string
	Key         string // by which its own page is asked for
	Here        string // and where that is
	Same        string // two posts of an account with the same are one that is there twice
	Time        time.Time
}

// A Sight is what a page shows of a post on any network.
type Sight struct {
	Face
	Here             string // its own page
	Ago, Full, Stamp string
	Reply            *Reference // of a reply whose parent is not right above it
	Below            bool       // it stands in a thread, below its parent
	Twice            bool
}

// A Reference is the post that a reply answers.
type Reference struct{ Text, Here string }

// A Layout makes timelines of a network's posts P.
type Layout[P, V any] struct {
	Name    string // of the network, as the page has it
	Threads bool   // replies stand below what they answer
	Traits  func(P) Traits
	View    func(P, Sight) V
}

// Timeline lays out the posts of an account, of all accounts if account is empty, or
// the post with that key and what answers it. Posts are given newest first. It
// returns nil when there is no such account or post.
func (l Layout[P, V]) Timeline(accounts []string, account, key string, posts []P, now time.Time) *Timeline[V] {
	if account != "" && !slices.Contains(accounts, account) {
		return nil
	}
	t := &Timeline[V]{Title: l.Name, Count: len(posts)}
	for _, name := range accounts {
		f := faceOf(name)
		f.Current = name == account
		t.Accounts = append(t.Accounts, f)
	}
	if account != "" {
		f := faceOf(account)
		t.Account, t.Title = &f, "@"+account+" on "+l.Name
	}
	all := make([]placed[P], len(posts))
	known := map[string]Traits{}
	for i, p := range posts {
		all[i] = placed[P]{Traits: l.Traits(p), post: p}
		known[all[i].ID] = all[i].Traits
	}
	twice := doubled(all)
	t.Twice = len(twice)
	for _, p := range l.arrange(all, key) {
		if len(t.Posts) == MaxShown {
			t.More++
			continue
		}
		s := sightOf(p.Traits, now)
		s.Twice, s.Below = twice[p.ID], p.below
		if p.ReplyTo != "" && !p.above {
			s.Reply = referTo(known, p.ReplyTo)
		}
		t.Posts = append(t.Posts, l.View(p.post, s))
	}
	if key != "" && len(t.Posts) == 0 {
		return nil
	}
	return t
}

// placed is a post in its place on the page.
type placed[P any] struct {
	Traits
	post  P
	below bool // in a thread, below its first post
	above bool // its parent stands right above it
}

// arrange puts replies below what they answer, each thread as it went on, the
// threads with the newest beginning first. With a key it is that post and what is
// below it.
func (l Layout[P, V]) arrange(posts []placed[P], key string) []placed[P] {
	here, answers := map[string]bool{}, map[string][]placed[P]{}
	for _, p := range slices.Backward(posts) { // oldest first
		here[p.ID] = l.Threads
		if l.Threads {
			answers[p.ReplyTo] = append(answers[p.ReplyTo], p)
		}
	}
	var out []placed[P]
	var add func(p placed[P], below bool)
	add = func(p placed[P], below bool) {
		p.below, p.above = below, below && len(out) > 0 && out[len(out)-1].ID == p.ReplyTo
		out = append(out, p)
		for _, a := range answers[p.ID] {
			add(a, true)
		}
	}
	for _, p := range posts {
		if key == "" && !here[p.ReplyTo] || key != "" && p.Key == key {
			add(p, false)
		}
	}
	return out
}

// doubled finds the posts that repeat an older one.
func doubled[P any](posts []placed[P]) map[string]bool {
	twice, seen := map[string]bool{}, map[[2]string]bool{}
	for _, p := range slices.Backward(posts) {
		what := [2]string{p.User, p.Same}
		if seen[what] {
			twice[p.ID] = true
		}
		seen[what] = true
	}
	return twice
}

func faceOf(name string) Face {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	first, _ := utf8.DecodeRuneInString(name)
	return Face{Name: name, Initial: string(unicode.ToUpper(first)), Hue: int(h.Sum32() % 6)}
}

func sightOf(t Traits, now time.Time) Sight {
	return Sight{
		Face: faceOf(t.User), Here: t.Here, Ago: ago(now.Sub(t.Time)),
		Full: t.Time.UTC().Format("2 January 2006, 15:04:05 UTC"), Stamp: t.Time.UTC().Format(time.RFC3339),
	}
}

func referTo(known map[string]Traits, id string) *Reference {
	t, ok := known[id]
	if !ok {
		return &Reference{Text: "a post that is gone", Here: "/"}
	}
	return &Reference{Text: t.Text, Here: t.Here}
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

// A Card is a link's preview, made of nothing but the link.
type Card struct{ Link, Host, Title string }

// CardOf is the preview of a link; nil: it has none.
func CardOf(link string) *Card {
	u, err := url.Parse(link)
	if link == "" || err != nil {
		return nil
	}
	c := &Card{Link: link, Host: strings.TrimPrefix(u.Host, "www."), Title: titleOf(u)}
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
