package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"spool"
	"spool/publisher"
)

const (
	// blindLook is how long a server that does not answer is asked whether the
	// post is there. After that the same put is tried again, which asks too.
	blindLook = 30 * time.Minute

	// lateLook is the age of an attempt after which a post that is not there is
	// not sent again unasked: if nobody looked for so long, it may have been live,
	// and a person may have taken it away.
	lateLook = 24 * time.Hour
)

// read reads a post of a repository by its key.
func (c *Client) read(ctx context.Context, did, key string) (stored, error) {
	return c.readFrom(ctx, did, postCollection, key)
}

func (c *Client) readFrom(ctx context.Context, did, collection, key string) (stored, error) {
	var out stored
	_, err := c.signed(ctx, request{
		op: "get record", method: http.MethodGet, name: "com.atproto.repo.getRecord",
		query: url.Values{"repo": {did}, "collection": {collection}, "rkey": {key}},
	}, &out)
	if err == nil && (out.CID == "" || len(out.Value) == 0) {
		err = errUnreadable
	}
	return out, err
}

// ours reports whether what is under a post's key is that post. It may have been
// changed since by hand; its moment stays.
func ours(value json.RawMessage, n notes) bool {
	var got record
	if json.Unmarshal(value, &got) != nil {
		return false
	}
	want := n.frozen()
	return got.CreatedAt != "" && slices.Contains(n.Made, got.CreatedAt) ||
		want.Type != "" && got.Text == want.Text && got.link() == want.link()
}

// Find looks whether p is live: whether its record is under its key.
func (c *Client) Find(ctx context.Context, q publisher.Query) (publisher.Sighting, error) {
	n, err := readNotes(q.Post)
	if err != nil {
		return publisher.Sighting{}, c.failure("find", spool.Unsure, "", err)
	}
	if q.Post.State == spool.Live {
		return c.recheck(ctx, q, n)
	}
	n.account(q.Post.Attempts)
	if n.Key == "" || len(n.Record) == 0 { // nothing can have been sent
		return publisher.Sighting{Gone: true, Draft: n.kept()}, nil
	}
	s, err := c.session(ctx)
	if err != nil {
		return c.blind(q, n, err)
	}
	got, err := c.read(ctx, n.Repo, n.Key)
	switch {
	case absent(err):
		return c.missing(q, n)
	case err != nil:
		return c.blind(q, n, err)
	case !ours(got.Value, n) || q.Taken[uriOf(n.Repo, postCollection, n.Key)]:
		n.move() // ours never got there, and never will
		return publisher.Sighting{Gone: true, Draft: n.draft(false)}, nil
	}
	r := c.live(ctx, q.Post, s, n, got)
	return publisher.Sighting{Found: true, Receipt: r, Others: c.doubles(ctx, q, n, r.ID), Draft: n.kept()}, nil
}

// missing concludes from a post that is not there.
func (c *Client) missing(q publisher.Query, n notes) (publisher.Sighting, error) {
	if !q.Post.Begun.IsZero() && c.o.Now().Sub(q.Post.Begun) > lateLook {
		f := c.failure("find", spool.Permanent, "", errors.New("it is not there more than a day after it was sent; whether it was there before, and somebody took it away, nobody can tell"))
		f.Draft = n.kept()
		return publisher.Sighting{}, f
	}
	return publisher.Sighting{Again: true, Draft: n.again(c.o.Now())}, nil
}

// again is the draft of a post that is to be put once more. Pictures that the
// server may have lost meanwhile are uploaded again before.
func (n notes) again(now time.Time) *spool.Draft {
	fresh := true
	for _, u := range n.Blobs {
		fresh = fresh && n.blob(u.File, now) != nil
	}
	return n.draft(fresh && len(n.Record) > 0)
}

// blind is a look without an answer to go by.
func (c *Client) blind(q publisher.Query, n notes, err error) (publisher.Sighting, error) {
	f := c.passing("find", err)
	f.Draft = n.kept()
	if f.Kind == spool.Credentials || f.Kind == spool.Throttled {
		return publisher.Sighting{}, f
	}
	since := c.o.Now().Sub(q.Post.Begun)
	if since >= blindLook && since < lateLook {
		// Where it is if it is there: whoever wants it gone can take it away unseen.
		at := c.receipt(c.o.Handle, n.Repo, n.Key, "", n.note())
		return publisher.Sighting{Again: true, Receipt: at, Draft: n.again(c.o.Now())}, nil
	}
	f.Kind = spool.Unsure
	return publisher.Sighting{}, f
}

// recheck looks at a post that is live: that it is there, for a second one like
// it, and that its answers are restricted.
func (c *Client) recheck(ctx context.Context, q publisher.Query, n notes) (publisher.Sighting, error) {
	did, key, err := splitURI(q.Post.Receipt.ID)
	if err != nil {
		return publisher.Sighting{}, nil //nolint:nilerr // a receipt of another making has no more to tell
	}
	s, err := c.session(ctx)
	if err != nil {
		return publisher.Sighting{}, c.passing("check", err)
	}
	got, err := c.read(ctx, did, key)
	switch {
	case absent(err):
		return publisher.Sighting{}, nil
	case err != nil:
		return publisher.Sighting{}, c.passing("check", err)
	}
	if q.Post.Looks == 0 { // later, whoever opened it has meant to
		if err := c.gate(ctx, q.Post, s, did, key); err != nil {
			c.log.Warn("who may answer a post could not be restricted", "post", q.Post.ID, "error", err)
		}
	}
	r := c.receipt(s.Handle, did, key, got.CID, q.Post.Receipt.Note)
	return publisher.Sighting{Found: true, Receipt: r, Others: c.doubles(ctx, q, n, r.ID)}, nil
}
