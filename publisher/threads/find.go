package threads

import (
	"context"
	"errors"
	"time"

	"spool"
	"spool/publisher"
)

// How far before the first publish a post is looked for: wide where the
// account's other posts are known and cannot be taken for it, to allow for
// clocks that differ; narrow where they are not.
const (
	wide   = 120 * time.Second
	narrow = 2 * time.Second
)

const (
	locatePages  = 5
	historyPages = 3
)

// Find looks whether p is live, by the status of its container and by the
// account's list of posts.
func (c *Client) Find(ctx context.Context, q publisher.Query) (publisher.Sighting, error) {
	n, err := readNotes(q.Post)
	if err != nil {
		return publisher.Sighting{}, c.failure("find", spool.Unsure, "", err)
	}
	if q.Post.State == spool.Live {
		return c.recheck(ctx, q, n)
	}
	n.account(q.Post.Attempts)
	if n.ID == "" {
		return c.withoutContainer(ctx, q, n)
	}
	s, err := c.ask(ctx, n.ID)
	if err != nil {
		return c.witnessLess(ctx, q, n, err)
	}
	n.Live = s.Status == published
	seen, err := c.locate(ctx, q, n, wide)
	switch {
	case seen.matched():
		return sighting(seen, n), nil
	case n.Live: // under which id is looked for again later
		return publisher.Sighting{Found: true, Receipt: spool.Receipt{Note: n.note()}, Draft: n.kept()}, nil
	case err != nil:
		return publisher.Sighting{}, c.blind("find", n, err)
	}
	return c.unseen(n, s.Status)
}

// unseen concludes from a container that is not live by its status, for a post
// that is not on the profile.
func (c *Client) unseen(n notes, s status) (publisher.Sighting, error) {
	now := c.o.Now()
	switch {
	case s == failed || s == lapsed:
		n.retire(said(s), now)
		return publisher.Sighting{Gone: true, Draft: n.kept()}, nil
	case s == finished && !n.Unknown:
		return publisher.Sighting{Gone: true, Draft: n.kept()}, nil
	case s == absent && n.doubtful(now) && n.age(now) >= fresh:
		// Consumed and forgotten, or never there: nothing tells the two apart.
		f := c.failure("find", spool.Unsure, "", errors.New("the container cannot be read any more, and the post is not on the profile"))
		f.Draft = n.kept()
		return publisher.Sighting{}, f
	}
	// What was sent may still take effect. After the grace time the same
	// container is published again, which is the least dangerous of all.
	return publisher.Sighting{Draft: n.kept()}, nil
}

// withoutContainer looks for a post of which nothing was ever published.
func (c *Client) withoutContainer(ctx context.Context, q publisher.Query, n notes) (publisher.Sighting, error) {
	seen, err := c.locate(ctx, q, n, wide)
	switch {
	case err != nil:
		return publisher.Sighting{}, c.blind("find", n, err)
	case seen.matched():
		return sighting(seen, n), nil
	}
	return publisher.Sighting{Gone: true, Draft: n.kept()}, nil
}

// witnessLess looks at the profile only, since the container's status cannot be
// had. What is there is there; what is not may be.
func (c *Client) witnessLess(ctx context.Context, q publisher.Query, n notes, askErr error) (publisher.Sighting, error) {
	f := c.blind("container status", n, askErr)
	if f.Kind == spool.Credentials || f.Kind == spool.Throttled || ctx.Err() != nil {
		return publisher.Sighting{}, f
	}
	if seen, err := c.locate(ctx, q, n, wide); err == nil && seen.matched() {
		return sighting(seen, n), nil
	}
	return publisher.Sighting{}, f
}

// recheck looks at a post that is live: for its id where that is not known,
// and for a second one like it.
func (c *Client) recheck(ctx context.Context, q publisher.Query, n notes) (publisher.Sighting, error) {
	seen, err := c.locate(ctx, q, n, wide)
	if err != nil {
		return publisher.Sighting{}, c.blind("check", n, err)
	}
	id := q.Post.Receipt.ID
	for _, m := range seen {
		if m.ID == id {
			return publisher.Sighting{Found: true, Receipt: spool.Receipt{ID: m.ID, URL: m.Permalink, Note: q.Post.Receipt.Note}, Others: seen.others(id)}, nil
		}
	}
	if id != "" || !seen.matched() {
		return publisher.Sighting{}, nil
	}
	return sighting(seen, n), nil
}

func sighting(seen matches, n notes) publisher.Sighting {
	first := seen[0]
	return publisher.Sighting{Found: true, Receipt: first.receipt(n), Others: seen.others(first.ID), Draft: n.kept()}
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

// locate looks for a post on the account's profile: a reply among the replies
// and, since it may have become one, among the posts.
func (c *Client) locate(ctx context.Context, q publisher.Query, n notes, slack time.Duration) (matches, error) {
	begun := q.Post.FirstBegun
	if begun.IsZero() {
		begun = q.Post.Created
	}
	if made := time.Unix(n.Made, 0); n.Live && n.Made > 0 && made.Before(begun) {
		begun = made // by a request that this database has forgotten
	}
	list, err := c.profile(ctx, c.onClock(begun).Add(-slack), locatePages, answers(q.Post) || n.ReplyTo != "")
	seen := match(list, q, n)
	if seen.matched() {
		err = nil // it is there, whatever else there is
	}
	return seen, err
}
