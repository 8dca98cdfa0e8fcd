package threads

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"spool"
	"spool/publisher"
)

// Withdrawals are a hundred in twenty-four hours, by Meta's documentation.
func (c *Client) Withdrawals() (most int, window time.Duration) { return 100, 24 * time.Hour }

// Withdraw deletes a live post. Whatever is no longer there counts as deleted.
func (c *Client) Withdraw(ctx context.Context, r spool.Receipt) error {
	if r.ID == "" {
		return c.failure("delete post", spool.Temporary, "", errors.New("the post's id is not known yet; if that goes on, delete it in the Threads app"))
	}
	var out struct {
		Success *bool `json:"success"`
	}
	err := c.call(ctx, request{op: "delete post", method: http.MethodDelete, path: "/" + url.PathEscape(r.ID)}, &out)
	if err == nil && out.Success == nil {
		err = errUnreadable
	}
	if err == nil && !*out.Success {
		err = errors.New("the network says that it did not delete the post")
	}
	if err == nil {
		return nil
	}
	if f := c.notWithdrawn(ctx, r.ID, err); f != nil {
		return f
	}
	return nil
}

// notWithdrawn says what follows from a delete that failed; nil: the post is
// gone all the same.
func (c *Client) notWithdrawn(ctx context.Context, id string, err error) *spool.Failure {
	ref, ok := errors.AsType[*refusal](err)
	if !ok {
		return c.explain("delete post", err, 0)
	}
	v := judge(ref)
	switch {
	case v.missing && c.gone(ctx, id):
		return nil
	case v.missing:
		// It can be read, or nothing can be at the moment.
		return c.failure("delete post", spool.Temporary, ref.code(), fmt.Errorf("the post cannot be deleted at the moment; if that goes on, delete it in the Threads app: %w", ref))
	case ref.Code == 10:
		return c.failure("delete post", spool.Permanent, ref.code(), fmt.Errorf("%s: %w", noDeleteRight, ref))
	case (v.param || v.kind == spool.Throttled) && c.usedUp(ctx, deleteQuota):
		f := c.failure("delete post", spool.Throttled, ref.code(), fmt.Errorf("%s: %w", deletesSpent, ref))
		f.Wait = max(ref.Wait, deletePause)
		return f
	}
	return c.explain("delete post", err, publisher.ThrottleWait(1))
}

// deletePause is the pause when the deletions of a day are used up.
const deletePause = 5 * time.Minute

// deletesSpent is for people.
const deletesSpent = "the account's 100 deletions in 24 hours are used up"
