package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"spool"
	"spool/publisher"
)

const (
	pageSize     = 100
	historyPages = 3
)

// A listed is a post of the account's repository.
type listed struct {
	stored
	record record
}

func (l listed) when() time.Time {
	t, err := time.Parse(time.RFC3339, l.record.CreatedAt)
	if err != nil {
		_, key, _ := splitURI(l.URI)
		return keyTime(key)
	}
	return t
}

// list reads the account's posts, the newest keys first, until one is older than
// from, at most so many pages, or five times as many where they have to be small.
func (c *Client) list(ctx context.Context, from time.Time, pages int) ([]listed, session, error) {
	var all []listed
	var s session
	cursor, read := "", 0
	for range 5 * pages {
		page, next, by, err := c.page(ctx, cursor)
		if err != nil {
			return nil, by, err
		}
		s = by
		read += len(page)
		older := 0
		for _, l := range page {
			if l.when().Before(from) {
				older++
				continue
			}
			all = append(all, l)
		}
		// Keys and moments are of the client's choosing, so one that is old
		// proves nothing about what comes after it; a whole page does.
		if next == "" || next == cursor || older == len(page) || read >= pages*pageSize {
			break
		}
		cursor = next
	}
	return all, s, nil
}

// page reads one page: a smaller one where pictures are described at such length
// that a whole one is more than is read of an answer.
func (c *Client) page(ctx context.Context, cursor string) (page []listed, next string, s session, err error) {
	for _, size := range []int{pageSize, pageSize / 5, pageSize / 25} {
		page, next, s, err = c.pageOf(ctx, cursor, size)
		if !errors.Is(err, publisher.ErrTooLong) {
			break
		}
	}
	return page, next, s, err
}

func (c *Client) pageOf(ctx context.Context, cursor string, size int) ([]listed, string, session, error) {
	s, err := c.session(ctx)
	if err != nil {
		return nil, "", s, err
	}
	query := url.Values{"repo": {s.DID}, "collection": {postCollection}, "limit": {strconv.Itoa(size)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	var out struct {
		Records *[]stored `json:"records"`
		Cursor  string    `json:"cursor"`
	}
	s, err = c.signed(ctx, request{op: "list records", method: http.MethodGet, name: "com.atproto.repo.listRecords", query: query}, &out)
	if err == nil && out.Records == nil {
		err = errUnreadable // an empty list says so; no list says nothing
	}
	if err != nil {
		return nil, "", s, err
	}
	var page []listed
	for _, r := range *out.Records {
		l := listed{stored: r}
		if json.Unmarshal(r.Value, &l.record) == nil { // one of a shape nobody knows is none of ours
			page = append(page, l)
		}
	}
	return page, out.Cursor, s, nil
}

// doubles are further posts that say the same as ours, though they are none that
// the account is known to have. Without an answer there are none to report.
func (c *Client) doubles(ctx context.Context, q publisher.Query, n notes, id string) []string {
	begun := q.Post.FirstBegun
	if begun.IsZero() {
		begun = q.Post.Created
	}
	list, _, err := c.list(ctx, begun.Add(-10*time.Minute), 1)
	if err != nil {
		return nil
	}
	want := n.frozen()
	var others []string
	for _, l := range list {
		same := l.record.Text == want.Text && l.record.link() == want.link() && l.record.answers() == want.answers()
		if l.URI != id && !q.Taken[l.URI] && same && want.Type != "" {
			others = append(others, l.URI)
		}
	}
	return others
}

// answers is what a record replies to.
func (r record) answers() string {
	if r.Reply == nil {
		return ""
	}
	return r.Reply.Parent.URI
}

// History reads what the account has posted since a moment, the newest three
// hundred posts at most.
func (c *Client) History(ctx context.Context, since time.Time) (publisher.History, error) {
	list, s, err := c.list(ctx, since, historyPages)
	if err != nil {
		return nil, c.passing("read the profile", err)
	}
	h := &history{list: list, texts: map[string]map[string]bool{}}
	h.receipt = func(l listed) (spool.Receipt, bool) {
		did, key, err := splitURI(l.URI)
		return c.receipt(s.Handle, did, key, l.CID, ""), err == nil
	}
	for _, l := range list {
		link := l.record.link()
		if h.texts[link] == nil {
			h.texts[link] = map[string]bool{}
		}
		h.texts[link][plain(l.record.Text)] = true
	}
	return h, nil
}
