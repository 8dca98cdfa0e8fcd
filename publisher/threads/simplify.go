package threads

import (
	"context"
	"errors"
	"fmt"
	"time"

	"spool"
	"spool/publisher"
)

// refusedCreate finds another way to say the same where there is one.
func (c *Client) refusedCreate(ctx context.Context, p spool.Post, n notes, err error) (*spool.Draft, error) {
	ref, ok := errors.AsType[*refusal](err)
	if outage(err) {
		n.Created-- // how long that lasts is for the post's deadline to bound
	}
	if !ok {
		return nil, c.refused("create container", &n, err)
	}
	if judge(ref).param && c.spent(ctx, n) {
		n.Created--
		return nil, c.overQuota("create container", &n, ref, false)
	}
	if n.ReplyTo != "" && (judge(ref).missing || ref.Code == 10) {
		return nil, c.refusedReply(ctx, &n, ref)
	}
	if wait, ok := c.simplify(ctx, p.Content, &n, ref); ok {
		return n.draft(false, wait), nil
	}
	return nil, c.refused("create container", &n, err)
}

// outage reports whether a create failed for a reason that says nothing about the
// post: the network is not there, or in trouble, or lets nobody in for now.
func outage(err error) bool {
	ref, ok := errors.AsType[*refusal](err)
	if !ok {
		return true
	}
	v := judge(ref)
	return v.kind == spool.Throttled || v.kind == spool.Credentials || v.kind == spool.Temporary && v.open
}

// overQuota is a refusal that looks final and is not: the account's posts of
// the day are used up, and the network has no number of its own for that.
func (c *Client) overQuota(op string, n *notes, ref *refusal, ready bool) *spool.Failure {
	n.Throttles++
	f := c.failure(op, spool.Throttled, ref.code(), fmt.Errorf("%s: %w", quotaSpent, ref))
	f.Wait = max(ref.Wait, publisher.ThrottleWait(n.Throttles))
	f.Draft = n.draft(ready, 0)
	return f
}

// simplify changes what the next create asks for, by what the network refused,
// and reports whether there was anything to change. The numbers say little: a
// parameter that is refused is looked for from the likeliest on.
func (c *Client) simplify(ctx context.Context, content spool.Content, n *notes, ref *refusal) (time.Duration, bool) {
	v := judge(ref)
	sent := n.text(content)
	switch {
	case v.child && n.Shape == shapeCarousel:
		return c.otherChildren(content, n, ref.code()), true
	case v.link && n.card(content) != "":
		n.NoCard = true
		n.remark("without the card: Threads did not take the link as one, it stands in the text")
	case v.media && n.single():
		return n.fetchAgain(content, ref.code()), true
	case v.media && n.Shape == shapeCarousel:
		n.lose(content, unusable(ref.code()), n.media(content)...)
	case v.param && !n.Short && content.Short != "" && len(sent) > maxBytes && content.Short != content.Text:
		n.Short = true
		n.remark("with a shorter text: Threads counts its length in bytes")
		if err := c.o.Memory.Remember(ctx, bytesKey, bytesValue); err != nil {
			c.log.Warn("what was learned about the text's limit could not be saved", "error", err)
		}
	case v.param && !v.long:
		return 0, c.plainer(content, n, ref.code())
	default:
		return 0, false
	}
	return 0, true
}

// plainer leaves out of the next create what may be the parameter that is
// refused. It reports false when nothing is left that a post can do without.
func (c *Client) plainer(content spool.Content, n *notes, why string) bool {
	switch {
	case !n.FewLinks && len(linksOf(n.content(content).Text, n.content(content).Link)) > maxLinks:
		n.FewLinks = true
	case n.single():
		n.lose(content, unusable(why), n.media(content)...)
	case n.topicOf(content) != "":
		n.NoTopic = true
		n.remark("without the topic: Threads refused the post with it")
	case n.Shape == shapeCarousel: // its items were taken one by one, so it is the last to go
		n.lose(content, unusable(why), n.media(content)...)
	case n.ReplyTo != "" && c.control != "" && !n.NoControl:
		n.NoControl = true // a reply is under its thread's own rule
	default:
		return false
	}
	return true
}

// fetchAgain gives a medium that could not be fetched one more chance.
func (n *notes) fetchAgain(content spool.Content, why string) time.Duration {
	n.Fetches++
	if n.Fetches < 2 {
		return refetchWait
	}
	n.lose(content, unusable(why), n.media(content)...)
	return 0
}
