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

// addressed notes what a reply answers. Without that it is not made: it would
// stand on the profile by itself.
func (c *Client) addressed(p spool.Post, n *notes) error {
	if !answers(p) {
		return nil
	}
	if p.Reply.To.ID != "" {
		n.ReplyTo = p.Reply.To.ID
	}
	if n.ReplyTo != "" {
		return nil
	}
	f := c.failure("prepare", spool.Temporary, "", errors.New("the id of the post that it answers is not known yet"))
	f.Wait, f.Draft = parentWait, n.draft(false, 0)
	return f
}

// tooEarly is how long a reply has to wait for its parent to have been live for
// long enough. A reply is recorded when its parent has gone live, or later.
func (c *Client) tooEarly(p spool.Post, n notes) time.Duration {
	age := replyAfter
	if n.Shape != shapeText {
		age = replyMediaAfter
	}
	if n.ReplyTo == "" {
		return 0
	}
	return max(0, p.Created.Add(age).Sub(c.o.Now()))
}

// refusedReply is a reply that the network does not make, because of its parent
// or for lack of the right to reply. Neither says anything about other posts.
func (c *Client) refusedReply(ctx context.Context, p spool.Post, n *notes, ref *refusal) *spool.Failure {
	if ref.Code == 10 {
		f := c.failure("create container", spool.Permanent, ref.code(), fmt.Errorf("%s: %w", noReplyRight, ref))
		f.Draft = n.afresh(c.o.Now())
		return f
	}
	if c.gone(ctx, n.ReplyTo) && c.o.Now().Sub(p.Created) >= fresh {
		f := c.failure("create container", spool.Permanent, ref.code(), fmt.Errorf("the post that it answers is not on Threads any more: %w", ref))
		f.Draft = n.afresh(c.o.Now())
		return f
	}
	f := c.failure("create container", spool.Temporary, ref.code(), fmt.Errorf("the post that it answers is not there for Threads yet: %w", ref))
	f.Wait, f.Draft = parentWait, n.draft(false, 0)
	return f
}

// gone reports whether the network says that a post of the account is not there.
func (c *Client) gone(ctx context.Context, id string) bool {
	var out media
	err := c.call(ctx, request{
		op: "read post", method: http.MethodGet, path: "/" + url.PathEscape(id),
		params: url.Values{"fields": {"id"}},
	}, &out)
	ref, ok := errors.AsType[*refusal](err)
	return ok && judge(ref).missing
}

// controls are the words of the configuration for who may reply, and the
// network's. Everyone is what it does when nothing is said.
var controls = map[string]string{
	"": "", "everyone": "", "followers": "followers_only", "following": "accounts_you_follow", "mentioned": "mentioned_only",
}
