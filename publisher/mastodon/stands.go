package mastodon

import (
	"context"
	"net/http"

	"spool"
	"spool/publisher"
)

// Stands asks for a live status. It is gone when the instance itself says so, and
// when it is shown as one of another account: then ours has been signed in as another
// one since, on which nobody sees it.
func (c *Client) Stands(ctx context.Context, r spool.Receipt) (bool, error) {
	const op = "read status"
	if r.ID == "" {
		return false, c.failure(op, spool.Temporary, "", errNoID)
	}
	var live struct {
		status
		Account struct {
			ID name `json:"id"`
		} `json:"account"`
	}
	_, err := c.call(ctx, request{op: op, method: http.MethodGet, path: statusPath(r.ID)}, &live)
	ref := asRefusal(err)
	switch {
	case err == nil && string(live.ID) == r.ID:
		return c.byUs(ctx, string(live.Account.ID)), nil
	case err == nil:
		err = errUnreadable
	case ref != nil && !ref.Bare && (ref.HTTP == http.StatusNotFound || ref.HTTP == http.StatusGone):
		return false, nil
	}
	f := c.explain(op, err, publisher.ThrottleWait(1))
	if f.Kind == spool.Permanent {
		f.Kind = spool.Temporary // a refusal to show it does not say that it is gone
	}
	return false, f
}

// byUs reports whether an account is the one that signs in, or may be: without an
// answer to who that is, it is.
func (c *Client) byUs(ctx context.Context, author string) bool {
	me, err := c.accountID(ctx)
	return err != nil || author == "" || author == me
}
