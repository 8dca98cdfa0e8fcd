package mastodon

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"spool"
	"spool/publisher"
)

// maxSources bounds how many statuses are asked for their source in one look.
const maxSources = 5

// matches are the statuses that a post of ours may be, oldest first.
type matches []status

func (m matches) matched() bool { return len(m) > 0 }

// others are the ids of all but one.
func (m matches) others(id string) []string {
	var ids []string
	for _, s := range m {
		if string(s.ID) != id {
			ids = append(ids, string(s.ID))
		}
	}
	return ids
}

func (m matches) sorted() matches {
	slices.SortStableFunc(m, func(a, b status) int {
		if d := a.when().Compare(b.when()); d != 0 {
			return d
		}
		if d := len(a.ID) - len(b.ID); d != 0 {
			return d
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return m
}

// wanted is what a status of ours looks like, brought to the form that survives
// what a server may do to it.
type wanted struct {
	text   string
	link   string // proves it by itself; empty: it does not
	reply  string // the status that it answers; empty: none
	anyOf  bool   // it answers something, and nobody knows what
	others map[string]bool
	inText []string // the addresses in the text
	media  []string // the ids of our uploads, which no other status can have
}

// wants is what a post looks like. The link counts by itself only where no other
// post of the account has it.
func wants(q publisher.Query, n notes, text string) wanted {
	w := wanted{text: plain(text), reply: n.ReplyTo, others: q.Taken, inText: addresses(text), media: n.attached()}
	if link := q.Post.Content.Link; link != "" && !q.LinkShared && !q.Post.Purpose.Replies() {
		w.link = plainLink(link)
	}
	if w.reply == "" && q.Post.Purpose.Replies() {
		w.reply = q.Post.Reply.To.ID
		w.anyOf = w.reply == ""
	}
	return w
}

// place reports whether a status stands where ours would.
func (w wanted) place(s status) bool {
	if w.anyOf {
		return s.ReplyTo != ""
	}
	return string(s.ReplyTo) == w.reply
}

func (w wanted) says(p page) bool {
	return w.text != "" && (plain(p.text) == w.text || plain(p.linked) == w.text)
}

// shows reports whether a status has one of our uploads.
func (w wanted) shows(s status) bool {
	return slices.ContainsFunc(s.Media, func(a attachment) bool { return a.ID != "" && slices.Contains(w.media, string(a.ID)) })
}

func (w wanted) links(p page) bool {
	return w.link != "" && slices.ContainsFunc(p.links, func(l string) bool { return plainLink(l) == w.link })
}

// resembles reports whether a status has all addresses of our text, of which
// there is one at least: other words, or ours as the server has rewritten them.
func (w wanted) resembles(s status) bool {
	shown := readHTML(s.Content).links
	for _, l := range w.inText {
		if !slices.ContainsFunc(shown, func(x string) bool { return plainLink(x) == l }) {
			return false
		}
	}
	return len(w.inText) > 0
}

// addresses are those of a text, as links are compared.
func addresses(text string) []string {
	var all []string
	for rest := text; rest != ""; {
		_, address, r, sure := nextAddress(rest)
		if address != "" && sure {
			all = append(all, plainLink(address))
		}
		rest = r
	}
	return all
}

// errResembles says that the account shows what may be the post in other words,
// and that the server does not tell how it was written.
var errResembles = errors.New("the account shows a post with the same address and other words, and the instance does not tell how it was written: look at the profile")

// match finds a post of ours among statuses: by its words or its pictures, or by its
// link where that is its own. Blank words prove nothing. It also returns the statuses that
// look like ours but are known to be others, and those in the right place whose
// words are different.
func match(list []status, w wanted) (found matches, taken []string, rest []status) {
	var byLink matches
	for _, s := range list {
		p := readHTML(s.Content)
		says, links := w.says(p) || w.shows(s), w.links(p)
		switch {
		case s.ID == "" || !w.place(s):
		case w.others[string(s.ID)]:
			if says || links {
				taken = append(taken, string(s.ID))
			}
		case says:
			found = append(found, s)
		case links:
			byLink = append(byLink, s)
		default:
			rest = append(rest, s)
		}
	}
	if len(found) == 0 {
		found = byLink
	}
	return found.sorted(), taken, rest
}

// matchSources asks for the source of statuses whose shown words are not ours:
// some servers show something else than what was written.
func (c *Client) matchSources(ctx context.Context, rest []status, w wanted) (matches, error) {
	if w.text == "" || len(rest) == 0 {
		return nil, nil
	}
	if !c.known(ctx).canEdit() { // the two came with the same version
		return nil, w.anyResembles(rest)
	}
	var found, silent matches
	for _, s := range matches(rest).sorted()[:min(len(rest), maxSources)] {
		src, err := c.source(ctx, string(s.ID))
		if ref := asRefusal(err); ref != nil && (ref.HTTP == 404 || ref.HTTP == 405 || ref.HTTP == 501) {
			silent = append(silent, s) // it was deleted, or the server cannot tell
			continue
		}
		if err != nil {
			return nil, err
		}
		if plain(src.Text) == w.text {
			found = append(found, s)
		}
	}
	if found.matched() {
		return found, nil
	}
	return nil, w.anyResembles(silent)
}

func (w wanted) anyResembles(list []status) error {
	if slices.ContainsFunc(list, w.resembles) {
		return errResembles
	}
	return nil
}

// locate looks for a post among the account's statuses since the noted one.
func (c *Client) locate(ctx context.Context, q publisher.Query, n *notes, pages int) (matches, error) {
	begun := q.Post.FirstBegun
	if begun.IsZero() {
		begun = q.Post.Created
	}
	text := n.Text
	if !n.Worded {
		text, _ = c.known(ctx).words(n.content(q.Post.Content), false)
	}
	w := wants(q, *n, text)
	list, listErr := c.list(ctx, n.Since, c.onClock(begun).Add(-slack), pages)
	found, taken, rest := match(list, w)
	n.notOurs(taken)
	if found.matched() { // it is there, whatever else there is
		return c.withAltered(ctx, found, rest, w), nil
	}
	if listErr != nil {
		return nil, listErr
	}
	return c.matchSources(ctx, rest, w)
}

// withAltered adds to statuses that were not known by their words the others that were
// written in ours: a server that shows words altered does so with a doubling as well.
func (c *Client) withAltered(ctx context.Context, found matches, rest []status, w wanted) matches {
	if slices.ContainsFunc(found, func(s status) bool { return w.says(readHTML(s.Content)) || !w.shows(s) }) {
		return found
	}
	more, err := c.matchSources(ctx, rest, w)
	if err != nil {
		return found
	}
	return append(found, more...).sorted()
}

// slack allows for clocks that differ.
const slack = 2 * time.Minute

// notOurs remembers statuses that look like the post and belong to others.
func (n *notes) notOurs(ids []string) {
	for _, id := range ids {
		if !slices.Contains(n.Others, id) && len(n.Others) < maxOthers {
			n.Others = append(n.Others, id)
		}
	}
}

// alone is a query without knowledge of the account's other posts but for what
// the notes have kept, so the link on its own proves nothing.
func alone(p spool.Post, n notes) publisher.Query {
	taken := map[string]bool{}
	for _, id := range n.Others {
		taken[id] = true
	}
	return publisher.Query{Post: p, Taken: taken, LinkShared: true}
}

// onClock turns a moment of our clock into one of the instance's, on the careful
// side: never later than either.
func (c *Client) onClock(t time.Time) time.Time {
	return t.Add(min(time.Duration(c.skew.Load()), 0))
}

// plain is a text without what a server may have changed: the form of its
// characters, its white space, zero-width spaces, the instance behind a name.
func plain(s string) string {
	s = norm.NFC.String(strings.ReplaceAll(s, string(zeroWidth), ""))
	return strings.Join(strings.Fields(localNames(s)), " ")
}

// plainLink is an address without what may change on the way: scheme, letter
// case of the host, "www.", a default port, a slash at the end, the fragment,
// tracking parameters.
func plainLink(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" {
		return strings.TrimSpace(s)
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

func isTracking(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "dclid":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}

// webAddress reports whether s can be opened in a browser.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
