package mastodon

import (
	"bytes"
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
	pageSize     = 40 // the most that Mastodon gives
	locatePages  = 10
	recheckPages = 4
	historyPages = 8
)

// name is an id: a text, which some servers write as a number.
type name string

// UnmarshalJSON takes texts, numbers and null.
func (n *name) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && b[0] == '"' {
		var s string
		err := json.Unmarshal(b, &s)
		*n = name(s)
		return err
	}
	if _, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		*n = name(b)
	}
	return nil
}

// status is a status as it reads back.
type status struct {
	ID      name         `json:"id"`
	URL     string       `json:"url"`
	URI     string       `json:"uri"`
	Created string       `json:"created_at"`
	ReplyTo name         `json:"in_reply_to_id"`
	Warning string       `json:"spoiler_text"`
	Content string       `json:"content"`
	Media   []attachment `json:"media_attachments"`
}

// attachment is a medium of a status, or an upload.
type attachment struct {
	ID          name   `json:"id"`
	Description string `json:"description"`
	Meta        struct {
		Original struct {
			Width  figure `json:"width"`
			Height figure `json:"height"`
		} `json:"original"`
	} `json:"meta"`
}

// when is the moment of publication; zero when it cannot be read.
func (s status) when() time.Time {
	t, err := time.Parse(time.RFC3339Nano, s.Created)
	if err != nil {
		return time.Time{}
	}
	return t
}

func (s status) receipt(note string) spool.Receipt {
	address := s.URL
	if !webAddress(address) {
		address = s.URI
	}
	if !webAddress(address) {
		address = ""
	}
	return spool.Receipt{ID: string(s.ID), URL: address, Note: note}
}

// errTooMany says that the list goes on beyond the pages that are read: what is
// not in them may still be there.
var errTooMany = errors.New("the account has more statuses since then than are read")

// list returns what the account has posted after one of its statuses, or where it
// had none since a moment.
func (c *Client) list(ctx context.Context, id string, from time.Time, pages int) ([]status, error) {
	if id == "" {
		return c.until(ctx, from, pages)
	}
	return c.since(ctx, id, from, pages)
}

// since returns the account's own statuses that are newer than one of them, and
// not older than a moment of the instance's clock, for servers that ignore the
// first. It returns errTooMany with what it has when the pages did not suffice.
func (c *Client) since(ctx context.Context, id string, from time.Time, pages int) ([]status, error) {
	var all []status
	met := map[name]bool{}
	for range pages {
		page, err := c.page(ctx, url.Values{"min_id": {id}})
		if err != nil {
			return nil, err
		}
		fresh := 0
		for _, s := range page {
			if met[s.ID] {
				continue
			}
			met[s.ID] = true
			fresh++
			if t := s.when(); t.IsZero() || !t.Before(from) {
				all = append(all, s)
			}
			if newer(s, id) {
				id = string(s.ID)
			}
		}
		if fresh == 0 {
			return all, nil
		}
	}
	return all, errTooMany
}

// newer reports whether a status has a newer id than another. Ids are decimal
// numbers or letters of one length; both sort so.
func newer(s status, id string) bool {
	if len(s.ID) != len(id) {
		return len(s.ID) > len(id)
	}
	return string(s.ID) > id
}

// newest is the id of the account's newest status; empty when it has none.
func (c *Client) newest(ctx context.Context) (string, error) {
	page, err := c.page(ctx, url.Values{"limit": {"1"}})
	if err != nil || len(page) == 0 {
		return "", err
	}
	return string(page[0].ID), nil
}

// until returns what the account has posted since a moment of the instance's
// clock, newest first.
func (c *Client) until(ctx context.Context, from time.Time, pages int) ([]status, error) {
	var all []status
	last := ""
	for range pages {
		page, err := c.page(ctx, url.Values{"max_id": {last}})
		if err != nil {
			return nil, err
		}
		for _, s := range page {
			if t := s.when(); !t.IsZero() && t.Before(from) {
				return all, nil
			}
			if string(s.ID) == last {
				return all, nil // the server ignores max_id
			}
			all = append(all, s)
		}
		if len(page) == 0 {
			return all, nil
		}
		last = string(page[len(page)-1].ID)
	}
	return all, errTooMany
}

// page reads one page of the account's own statuses: a smaller one where texts
// are so long that a whole one is more than is read of an answer.
func (c *Client) page(ctx context.Context, params url.Values) ([]status, error) {
	account, err := c.accountID(ctx)
	if err != nil {
		return nil, err
	}
	for _, size := range []int{pageSize, pageSize / 4} {
		page, err := c.pageOf(ctx, account, size, params)
		if !errors.Is(err, publisher.ErrTooLong) {
			return page, err
		}
	}
	return c.pageOf(ctx, account, 1, params)
}

func (c *Client) pageOf(ctx context.Context, account string, size int, params url.Values) ([]status, error) {
	q := url.Values{"limit": {strconv.Itoa(size)}, "exclude_reblogs": {"true"}}
	for name, values := range params {
		if values[0] != "" {
			q[name] = values
		}
	}
	var out *[]status
	_, err := c.call(ctx, request{op: "list statuses", method: http.MethodGet, path: "/api/v1/accounts/" + url.PathEscape(account) + "/statuses", query: q}, &out)
	if err != nil {
		return nil, err
	}
	if out == nil {
		return nil, errUnreadable // an empty list says so; no list says nothing
	}
	return *out, nil
}

// source is what a status says, as it was written.
type source struct {
	Text    string `json:"text"`
	Warning string `json:"spoiler_text"`
}

func (c *Client) source(ctx context.Context, id string) (source, error) {
	var out source
	_, err := c.call(ctx, request{op: "read the source", method: http.MethodGet, path: statusPath(id) + "/source"}, &out)
	return out, err
}

func statusPath(id string) string { return "/api/v1/statuses/" + url.PathEscape(id) }
