package threads

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"spool/publisher"
)

// matches are the posts of a profile that a post of ours may be, oldest first.
type matches []media

func (m matches) matched() bool { return len(m) > 0 }

// others are the ids of all but one.
func (m matches) others(id string) []string {
	var ids []string
	for _, x := range m {
		if x.ID != id {
			ids = append(ids, x.ID)
		}
	}
	return ids
}

// match finds a post of ours among what the account shows: by its link where no
// other post has the same, or else by its words and its shape. Blank words
// prove nothing. Ids that belong to other posts are out of the question.
func match(list []media, q publisher.Query, n notes) matches {
	c := q.Post.Content
	want := wanted{
		text: plain(n.text(c)), shape: cmp.Or(n.Shape, n.shape(c)),
		reply: answers(q.Post) || n.ReplyTo != "", parent: n.parent(q.Post),
	}
	if link := n.card(c); link != "" {
		want.link = plainLink(link)
	}
	// What a reply has as its link, its parent has as well.
	shared := q.LinkShared || want.reply
	var byLink, byText matches
	for _, m := range list {
		if m.ID == "" || q.Taken[m.ID] || !want.hasParent(m) {
			continue
		}
		if want.hasLink(m) && (!shared || want.hasText(m)) {
			byLink = append(byLink, m)
		}
		if want.hasText(m) && want.hasShape(m) && !want.otherLink(m) {
			byText = append(byText, m)
		}
	}
	found := byLink
	if len(found) == 0 {
		found = byText
	}
	slices.SortStableFunc(found, func(a, b media) int {
		if d := want.alone(a) - want.alone(b); d != 0 {
			return d
		}
		return older(a, b)
	})
	return found
}

func older(a, b media) int {
	if d := a.when().Compare(b.when()); d != 0 {
		return d
	}
	if d := len(a.ID) - len(b.ID); d != 0 { // ids are decimal and grow
		return d
	}
	return strings.Compare(a.ID, b.ID)
}

// wanted is what a post of ours looks like on the profile, brought to the form
// that survives what the network may do to it.
type wanted struct {
	link   string // empty: no card
	text   string
	shape  string
	reply  bool
	parent string // of a reply; empty: it is not known
}

// hasParent reports whether a post may answer what ours answers. A reply may have
// become a post of its own, or the list may not say what a post answers.
func (w wanted) hasParent(m media) bool {
	got := m.RepliedTo.ID
	if !w.reply || w.parent != "" {
		return got == "" || got == w.parent
	}
	return true
}

// alone is 1 for a post that does not stand where a reply of ours should.
func (w wanted) alone(m media) int {
	if w.parent != "" && m.RepliedTo.ID != w.parent {
		return 1
	}
	return 0
}

func (w wanted) hasLink(m media) bool { return w.link != "" && plainLink(m.Link) == w.link }

func (w wanted) hasText(m media) bool { return w.text != "" && plain(m.Text) == w.text }

func (w wanted) hasShape(m media) bool {
	if m.Type == "" || w.shape == shapeAny {
		return true // the smallest set of fields does not have it
	}
	return readTypes[m.Type] == w.shape
}

// readTypes are the shapes by the names under which they read back.
var readTypes = map[string]string{
	"TEXT_POST": shapeText, "TEXT": shapeText, "IMAGE": shapeImage, "VIDEO": shapeVideo,
	"CAROUSEL_ALBUM": shapeCarousel, "CAROUSEL": shapeCarousel,
}

// otherLink reports whether the post has a card for another address of the same
// site: the same words about something else. An address of another host may be
// the network's own detour, which proves nothing.
func (w wanted) otherLink(m media) bool {
	got := plainLink(m.Link)
	return w.link != "" && got != "" && got != w.link && host(got) == host(w.link)
}

func host(link string) string {
	h, _, _ := strings.Cut(link, "/")
	return h
}

// plain is a text without what the network may have changed: the form of its
// characters, its white space, the sign of a topic, zero-width spaces.
func plain(s string) string {
	s = norm.NFC.String(strings.ReplaceAll(s, string(zeroWidth), ""))
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		if r == '#' && i+1 < len(runes) && !unicode.IsSpace(runes[i+1]) {
			continue
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// plainLink is an address without what may change on the way: scheme, letter
// case of the host, "www.", a default port, a slash at the end, the fragment,
// tracking parameters, and the network's own redirector around it.
func plainLink(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" {
		return strings.TrimSpace(s)
	}
	if inner := u.Query().Get("u"); isRedirector(u) && webAddress(inner) {
		if u, err = url.Parse(inner); err != nil {
			return strings.TrimSpace(s)
		}
	}
	h := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	h = strings.TrimSuffix(strings.TrimSuffix(h, ":80"), ":443")
	q := u.Query()
	for name := range q {
		if isTracking(name) {
			q.Del(name)
		}
	}
	link := h + strings.TrimRight(u.EscapedPath(), "/")
	if len(q) > 0 {
		link += "?" + q.Encode()
	}
	return link
}

// isRedirector knows the detours of Meta's networks by their first label: l.threads.net.
func isRedirector(u *url.URL) bool {
	first, rest, _ := strings.Cut(strings.ToLower(u.Hostname()), ".")
	return (first == "l" || first == "lm") && strings.Contains(rest, ".")
}

func isTracking(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "fbclid", "gclid", "igshid", "igsh", "xmt", "slof", "mc_cid", "mc_eid", "msclkid", "dclid", "brid":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}

// onClock turns a moment of our clock into one of the network's, on the careful
// side: never later than either.
func (c *Client) onClock(t time.Time) time.Time {
	return t.Add(min(time.Duration(c.skew.Load()), 0))
}
