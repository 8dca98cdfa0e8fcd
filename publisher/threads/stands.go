package threads

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"spool"
	"spool/publisher"
)

// errNoID says that a post cannot be asked for.
var errNoID = errors.New("nobody knows under which id it is on the account")

// Stands asks for a live post. Threads says "not there" also of what the app may not
// read and, for a while, of what has just gone live. So only where the account's list
// can be read, which takes the same right, and does not have it either, is it gone.
func (c *Client) Stands(ctx context.Context, r spool.Receipt) (bool, error) {
	const op = "read post"
	if r.ID == "" {
		return false, c.failure(op, spool.Temporary, "", errNoID)
	}
	out, err := c.read(ctx, r.ID, "id")
	if err == nil && out.ID != r.ID {
		err = errUnreadable
	}
	ref, ok := errors.AsType[*refusal](err)
	switch {
	case err == nil:
		return true, nil
	case !ok || !judge(ref).missing:
		return false, c.unanswered(op, err)
	}
	listed, err := c.listed(ctx, r.ID)
	if err != nil {
		return false, c.unanswered("list posts", err)
	}
	return listed, nil
}

// listed reports whether a post is among the newest of the account's own.
func (c *Client) listed(ctx context.Context, id string) (bool, error) {
	var out struct {
		Data *[]media `json:"data"`
	}
	err := c.call(ctx, request{
		op: "list posts", method: http.MethodGet, path: ownPosts, params: url.Values{"fields": {"id"}, "limit": {"100"}},
	}, &out)
	if err == nil && out.Data == nil {
		err = errUnreadable // an empty list says so; no list says nothing
	}
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(*out.Data, func(m media) bool { return m.ID == id }), nil
}

// unanswered is a question about a post that got no answer to go by. A refusal of it
// says nothing for good about the post.
func (c *Client) unanswered(op string, err error) *spool.Failure {
	f := c.explain(op, err, publisher.ThrottleWait(1))
	if f.Kind == spool.Permanent {
		f.Kind = spool.Temporary
	}
	return f
}
