package threads

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"spool"
)

const (
	pageSize = 100
	minSince = 1688540400 // the API takes no earlier moment
)

// The fields that are asked for, and what is left when the network does not
// know one of them: an unknown field fails the whole call.
const (
	replyField = ",replied_to"
	someFields = "id,permalink,text,timestamp,media_type,link_attachment_url"
	allFields  = someFields + replyField
	fewFields  = "id,text,timestamp"
)

// The lists of what an account has posted. Whether the first has replies too is
// not documented.
const (
	ownPosts   = "/me/threads"
	ownReplies = "/me/replies"
)

// media is a post as it reads back.
type media struct {
	ID        string `json:"id"`
	Permalink string `json:"permalink"`
	Text      string `json:"text"`
	Timestamp string `json:"timestamp"`
	Type      string `json:"media_type"`
	Link      string `json:"link_attachment_url"`
	RepliedTo node   `json:"replied_to"`
	Whole     bool   `json:"-"` // it was asked what it answers: without that it is a post of its own
}

// A node is another post that a post points to, by its id.
type node struct{ ID string }

// UnmarshalJSON reads {"id": "1"} and, since nothing else of a list may depend on
// it, the bare id too; anything else is no node.
func (n *node) UnmarshalJSON(data []byte) error {
	n.ID = ""
	var object struct {
		ID json.RawMessage `json:"id"`
	}
	id := json.RawMessage(data)
	if json.Unmarshal(data, &object) == nil {
		id = object.ID
	}
	var text string
	var number json.Number
	switch {
	case len(id) == 0:
	case json.Unmarshal(id, &text) == nil:
		n.ID = text
	case json.Unmarshal(id, &number) == nil:
		n.ID = number.String()
	}
	return nil
}

// when is the moment of publication; zero when it cannot be read.
func (m media) when() time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05-0700", time.RFC3339} {
		if t, err := time.Parse(layout, m.Timestamp); err == nil {
			return t
		}
	}
	return time.Time{}
}

// receipt is where the post is that the notes are about.
func (m media) receipt(n notes) spool.Receipt {
	if n.ReplyTo != "" && m.Whole && m.RepliedTo.ID == "" {
		n.remark(aloneNote)
	}
	return spool.Receipt{ID: m.ID, URL: m.Permalink, Note: n.note()}
}

// errTooMany says that the list did not reach back far enough within the pages
// that are read: what is not in it may still be there.
var errTooMany = errors.New("the profile has more posts since then than are read")

// listing is how a list is asked for. A setting that the network refuses is
// left out of the rest.
type listing struct {
	path   string
	fields string
	since  bool
	from   time.Time // of the network's clock
	after  string
}

// profile returns what went live since a moment of the network's clock, the
// account's replies too where they are wanted. With an error it returns what it
// has: what is in it is there.
func (c *Client) profile(ctx context.Context, from time.Time, pages int, replies bool) ([]media, error) {
	all, err := c.list(ctx, ownPosts, from, pages)
	if !replies {
		return all, err
	}
	more, replyErr := c.list(ctx, ownReplies, from, pages)
	if ref, ok := errors.AsType[*refusal](replyErr); ok && ref.Code == 10 {
		replyErr = errNoReplies // which is no reason to keep the account from posting
	}
	known := map[string]bool{}
	for _, m := range all {
		known[m.ID] = true
	}
	for _, m := range more {
		if !known[m.ID] {
			all = append(all, m)
		}
	}
	if err == nil {
		err = replyErr
	}
	return all, err
}

// errNoReplies says that the account's replies cannot be looked at.
var errNoReplies = errors.New("the app may not read the replies of this account: grant threads_read_replies, then sign in again with spool login")

// list returns what a list has since a moment of the network's clock, at most so
// many pages, newest first as far as the network sorts. It returns errTooMany
// with what it has when the pages did not suffice.
func (c *Client) list(ctx context.Context, path string, from time.Time, pages int) ([]media, error) {
	l := listing{path: path, fields: allFields, since: true, from: from}
	var all []media
	for range pages {
		page, next, err := c.page(ctx, &l)
		if err != nil {
			return nil, err
		}
		before := 0
		for _, m := range page {
			if t := m.when(); !t.IsZero() && t.Before(from.Truncate(time.Second)) {
				before++
				continue
			}
			m.Whole = l.fields == allFields
			all = append(all, m)
		}
		// A page with something older is the last that matters: the order is
		// newest first in all that was ever seen.
		if next == "" || len(page) == 0 || before > 0 {
			return all, nil
		}
		l.after = next
	}
	return all, errTooMany
}

// page reads one page and asks for less when the network refuses a parameter.
func (c *Client) page(ctx context.Context, l *listing) ([]media, string, error) {
	for {
		page, next, err := c.readPage(ctx, *l)
		ref, ok := errors.AsType[*refusal](err)
		switch {
		case !ok || ref.Code != 100 || l.after != "":
			return page, next, err
		case l.since:
			l.since = false
		case l.fields == allFields:
			l.since, l.fields = true, someFields
		case l.fields == someFields:
			l.since, l.fields = true, fewFields
		default:
			return nil, "", err
		}
	}
}

func (c *Client) readPage(ctx context.Context, l listing) ([]media, string, error) {
	params := url.Values{"fields": {l.fields}, "limit": {strconv.Itoa(pageSize)}}
	if l.since && l.from.Unix() >= minSince {
		params.Set("since", strconv.FormatInt(l.from.Unix()-1, 10)) // whether it is inclusive is not documented
	}
	if l.after != "" {
		params.Set("after", l.after)
	}
	var out struct {
		Data   *[]media `json:"data"`
		Paging struct {
			Cursors struct {
				After string `json:"after"`
			} `json:"cursors"`
			Next string `json:"next"`
		} `json:"paging"`
	}
	err := c.call(ctx, request{op: "list posts", method: http.MethodGet, path: l.path, params: params}, &out)
	if err == nil && out.Data == nil {
		err = errUnreadable // an empty list says so; no list says nothing
	}
	if err != nil {
		return nil, "", err
	}
	return *out.Data, out.Paging.Cursors.After, nil
}
