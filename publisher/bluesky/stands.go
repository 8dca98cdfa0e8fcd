package bluesky

import (
	"context"

	"spool"
)

// Stands reads the record of a live post. It is gone when the server has none under
// its key, and when the account is another one since: nobody sees it there.
func (c *Client) Stands(ctx context.Context, r spool.Receipt) (bool, error) {
	const op = "read post"
	did, key, err := splitURI(r.ID)
	if err != nil {
		return false, c.failure(op, spool.Permanent, "", err)
	}
	s, err := c.session(ctx)
	if err != nil {
		return false, c.passing(op, err)
	}
	if s.DID != did {
		return false, nil
	}
	switch _, err := c.read(ctx, did, key); {
	case absent(err):
		return false, nil
	case err != nil:
		return false, c.passing(op, err)
	}
	return true, nil
}
