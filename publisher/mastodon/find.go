package mastodon

import (
	"context"
	"errors"

	"spool"
	"spool/publisher"
)

// asRefusal is the refusal behind an error, or nil.
func asRefusal(err error) *refusal {
	ref, _ := errors.AsType[*refusal](err)
	return ref
}

// Find looks whether p is live, by the account's list of statuses.
func (c *Client) Find(ctx context.Context, q publisher.Query) (publisher.Sighting, error) {
	n, err := readNotes(q.Post)
	if err != nil {
		return publisher.Sighting{}, c.failure("find", spool.Unsure, "", err)
	}
	if q.Post.State == spool.Live {
		return c.recheck(ctx, q, n)
	}
	n.account(q.Post.Attempts, q.Post.Begun)
	seen, err := c.locate(ctx, q, &n, locatePages)
	switch {
	case err != nil:
		return publisher.Sighting{}, c.blind("find", n, err)
	case seen.matched():
		return sighting(seen, n), nil
	}
	// What was sent may still take effect, at whatever time, whatever the key:
	// only where no request had an unknown outcome can nothing appear any more.
	n.age(c.o.Now())
	return publisher.Sighting{Gone: !n.Unknown, Draft: n.kept()}, nil
}

// recheck looks at a post that is live: for its id where that is not known, and
// for a second one like it.
func (c *Client) recheck(ctx context.Context, q publisher.Query, n notes) (publisher.Sighting, error) {
	seen, err := c.locate(ctx, q, &n, recheckPages)
	if err != nil && !errors.Is(err, errTooMany) && !errors.Is(err, errResembles) {
		return publisher.Sighting{}, c.blind("check", n, err)
	}
	id := q.Post.Receipt.ID
	for _, s := range seen {
		if string(s.ID) == id {
			return publisher.Sighting{Found: true, Receipt: s.receipt(q.Post.Receipt.Note), Others: seen.others(id)}, nil
		}
	}
	if id != "" || !seen.matched() {
		return publisher.Sighting{}, nil
	}
	return sighting(seen, n), nil
}

func sighting(seen matches, n notes) publisher.Sighting {
	first := seen[0]
	return publisher.Sighting{Found: true, Receipt: first.receipt(n.note()), Others: seen.others(string(first.ID)), Draft: n.kept()}
}

// blind is a look without an answer to go by.
func (c *Client) blind(op string, n notes, err error) *spool.Failure {
	f := c.explain(op, err, publisher.ThrottleWait(1))
	if f.Kind != spool.Credentials && f.Kind != spool.Throttled {
		f.Kind = spool.Unsure
	}
	f.Draft = n.kept()
	return f
}

// Limits says nothing: instances have no count of posts that they would tell.
// That one post was too many is known when it is refused.
func (c *Client) Limits(context.Context) (publisher.Limits, error) { return publisher.Limits{}, nil }
