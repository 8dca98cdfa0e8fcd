package threads

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"spool"
)

// How long a post has to be live before its reply is made, and before one with
// pictures or films is. Replies that came sooner were seen to fail and to become
// posts of their own; others wait ten and forty seconds.
const (
	replyAfter      = 15 * time.Second
	replyMediaAfter = 45 * time.Second
)

// parentWait is how long a reply waits for what its parent lacks: the id that is
// not known yet, or to be there for all of the network's servers.
const parentWait = time.Minute

// aloneNote is for the history of a reply that the network made a post of its own.
const aloneNote = "Threads shows it as a post of its own, not as a reply"

// answers reports whether a post is a reply.
func answers(p spool.Post) bool { return p.Purpose.Replies() || p.Reply.To.ID != "" }

// parent is the id of the post that p answers; empty: none, or it is not known.
func (n notes) parent(p spool.Post) string {
	if n.ReplyTo != "" {
		return n.ReplyTo
	}
	return p.Reply.To.ID
}

// maxOrphaned is how often in a row a reply's parent is not there before the reply
// is given up. A post that has just gone live may not be there for a while.
const maxOrphaned = 3

// addressed notes what a reply answers, and since when that is live. Without it
// the reply is not made: it would stand on the profile by itself.
func (c *Client) addressed(ctx context.Context, p spool.Post, n *notes) error {
	if !answers(p) {
		return nil
	}
	if to := p.Reply.To.ID; to != "" && to != n.ReplyTo {
		n.ReplyTo, n.Since = to, 0
	}
	if n.ReplyTo == "" {
		f := c.failure("prepare", spool.Temporary, "", errors.New("the id of the post that it answers is not known yet"))
		f.Wait, f.Draft = parentWait, n.draft(false, 0)
		return f
	}
	if n.Since == 0 {
		return c.meet(ctx, n)
	}
	return nil
}

// meet asks since when a reply's parent is live. When the reply was recorded says
// little: its parent may have been in doubt then. Without an answer to go by, the
// parent is taken to have gone live just now.
func (c *Client) meet(ctx context.Context, n *notes) error {
	out, err := c.read(ctx, n.ReplyTo, "id,timestamp")
	ref, ok := errors.AsType[*refusal](err)
	switch {
	case ok && judge(ref).missing:
		return c.orphaned("read post", n, ref)
	case ok && ref.Code == 100:
	case err != nil:
		return c.refused("read post", n, err)
	}
	since := c.o.Now()
	// The timestamp is in whole seconds of the network's clock.
	if at := out.when().Add(time.Second - time.Duration(c.skew.Load())); !out.when().IsZero() && at.Before(since) {
		since = at
	}
	n.Since = since.Unix()
	return nil
}

// tooEarly is how long a reply has to wait for its parent to have been live for
// long enough.
func (c *Client) tooEarly(n notes) time.Duration {
	age := replyAfter
	if n.Shape != shapeText {
		age = replyMediaAfter
	}
	if n.ReplyTo == "" {
		return 0
	}
	return min(age, max(0, time.Unix(n.Since, 0).Add(age).Sub(c.o.Now())))
}

// refusedReply is a reply that the network does not make, because of its parent
// or for lack of the right to reply. Neither says anything about other posts.
func (c *Client) refusedReply(ctx context.Context, n *notes, ref *refusal) *spool.Failure {
	if ref.Code == 10 {
		f := c.failure("create container", spool.Permanent, ref.code(), fmt.Errorf("%s: %w", noReplyRight, ref))
		f.Draft = n.afresh(c.o.Now())
		return f
	}
	if c.gone(ctx, n.ReplyTo) {
		return c.orphaned("create container", n, ref)
	}
	f := c.failure("create container", spool.Temporary, ref.code(), fmt.Errorf("the post that it answers is not there for Threads yet: %w", ref))
	f.Wait, f.Draft = parentWait, n.draft(false, 0)
	return f
}

// orphaned is a reply whose parent cannot be found. It is given up when that goes
// on, and never becomes a post of its own.
func (c *Client) orphaned(op string, n *notes, ref *refusal) *spool.Failure {
	n.Orphaned++
	if n.Orphaned >= maxOrphaned {
		f := c.failure(op, spool.Permanent, ref.code(), fmt.Errorf("the post that it answers is not on Threads any more: %w", ref))
		f.Draft = n.afresh(c.o.Now())
		return f
	}
	f := c.failure(op, spool.Temporary, ref.code(), fmt.Errorf("the post that it answers is not to be found: %w", ref))
	f.Wait, f.Draft = parentWait, n.draft(false, 0)
	return f
}

// gone reports whether the network says that a post of the account is not there.
func (c *Client) gone(ctx context.Context, id string) bool {
	_, err := c.read(ctx, id, "id")
	ref, ok := errors.AsType[*refusal](err)
	return ok && judge(ref).missing
}

// read asks for some fields of a post.
func (c *Client) read(ctx context.Context, id, fields string) (media, error) {
	var out media
	err := c.call(ctx, request{
		op: "read post", method: http.MethodGet, path: "/" + url.PathEscape(id), params: url.Values{"fields": {fields}},
	}, &out)
	return out, err
}

// controls are the words of the configuration for who may reply, and the
// network's. Everyone is what it does when nothing is said.
var controls = map[string]string{
	"": "", "everyone": "", "followers": "followers_only", "following": "accounts_you_follow", "mentioned": "mentioned_only",
}
