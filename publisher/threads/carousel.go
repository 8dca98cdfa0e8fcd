package threads

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// childTime is how long before its end a child of a carousel is made anew: the
// carousel itself has to be made of it and published.
const childTime = lifetime - time.Hour

// children goes one step with the children of a carousel: it makes the next one
// that is missing, or asks for the next one that is not ready. It returns neither
// a draft nor an error when all of them are. What fails with one of them costs
// that one, not the post.
func (c *Client) children(ctx context.Context, p spool.Post, n *notes) (*spool.Draft, error) {
	n.enlist(n.media(p.Content))
	now := c.o.Now()
	for i, x := range n.Children {
		if x.ID != "" && x.age(now) >= childTime {
			n.Children[i] = x.afresh()
		}
	}
	for i, x := range n.Children {
		if x.ID == "" {
			return c.makeChild(ctx, p, n, i)
		}
	}
	for i, x := range n.Children {
		if !x.Done {
			return c.pollChild(ctx, p, n, i)
		}
	}
	return nil, nil
}

// enlist brings the children in line with the media that are left.
func (n *notes) enlist(left []int) {
	known := map[int]child{}
	for _, x := range n.Children {
		known[x.Of] = x
	}
	n.Children = nil
	for _, of := range left {
		x := known[of]
		x.Of = of
		n.Children = append(n.Children, x)
	}
}

// childIDs are the containers of the carousel's items, in the order of the post.
func (n notes) childIDs(left []int) string {
	n.enlist(left)
	var ids []string
	for _, x := range n.Children {
		ids = append(ids, x.ID)
	}
	return strings.Join(ids, ",")
}

func (c *Client) makeChild(ctx context.Context, p spool.Post, n *notes, i int) (*spool.Draft, error) {
	x := &n.Children[i]
	if x.Tries >= maxCreated {
		why := fmt.Sprintf("Threads was given a picture of the post %d times and never took it", x.Tries)
		return nil, c.enough(*n, why)
	}
	x.Tries++
	id, err := c.makeContainer(ctx, childParams(p.Content.Media[x.Of]))
	if err != nil {
		return c.refusedChild(ctx, p, n, i, err)
	}
	x.ID, x.Made, x.Polls, x.Done = id, c.o.Now().Unix(), 0, false
	n.Throttles = 0
	if i+1 < len(n.Children) {
		return n.draft(false, 0), nil
	}
	return n.draft(false, mediaPolls[0]), nil
}

// refusedChild gives up an item that the network does not take; what concerns
// more than the item is passed on.
func (c *Client) refusedChild(ctx context.Context, p spool.Post, n *notes, i int, err error) (*spool.Draft, error) {
	x := &n.Children[i]
	if outage(err) {
		x.Tries--
	}
	ref, ok := errors.AsType[*refusal](err)
	if !ok {
		return nil, c.refused("create container", n, err)
	}
	v := judge(ref)
	switch {
	case v.media && x.Fetches == 0:
		x.Fetches++
		return n.draft(false, refetchWait), nil
	case v.param && c.spent(ctx, *n):
		x.Tries--
		return nil, c.overQuota("create container", n, ref, false)
	case v.media, v.param:
		n.lose(p.Content, unusable(ref.code()), x.Of)
		return n.draft(false, 0), nil
	}
	return nil, c.refused("create container", n, err)
}

func (c *Client) pollChild(ctx context.Context, p spool.Post, n *notes, i int) (*spool.Draft, error) {
	x := &n.Children[i]
	s, err := c.ask(ctx, x.ID)
	if err != nil {
		return nil, c.refused("container status", n, err)
	}
	now := c.o.Now()
	switch {
	case s.Status == finished:
		x.Done = true
		return n.draft(false, 0), nil
	case s.Status == failed:
		c.log.Warn("threads could not process a picture", "post", p.ID, "container", x.ID, "why", publisher.Excerpt(s.Message))
		n.lose(p.Content, unusable(publisher.Excerpt(s.Message)), x.Of)
		return n.draft(false, 0), nil
	case s.Status == inProgress && x.age(now) >= maxProcessing:
		n.lose(p.Content, unusable(notReady), x.Of)
		return n.draft(false, 0), nil
	case s.Status == lapsed, s.Status == published, s.Status == absent && x.age(now) >= fresh:
		*x = x.afresh()
		return n.draft(false, rebuildWait), nil
	}
	x.Polls++
	return n.draft(false, publisher.Nth(mediaPolls, x.Polls+1)), nil
}

// otherChildren makes all children anew when a carousel does not take them, and
// gives the carousel up when it does not take those either.
func (c *Client) otherChildren(content spool.Content, n *notes, why string) time.Duration {
	n.Rebuilt++
	if n.Rebuilt > maxRebuilt {
		n.lose(content, unusable(why), n.media(content)...)
		return 0
	}
	n.orphans()
	return rebuildWait
}
