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

// How long to wait between two questions whether a container is ready, and how
// long in all. Meta advises half a minute, then a minute; texts are ready
// within seconds.
var (
	textPolls  = []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond, 2 * time.Second, 3 * time.Second, 5 * time.Second, 8 * time.Second, 13 * time.Second, 20 * time.Second, 30 * time.Second}
	mediaPolls = []time.Duration{3 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second}
)

const (
	maxProcessing = 10 * time.Minute
	rebuildWait   = 5 * time.Second // after a container that ended in ERROR
	refetchWait   = time.Minute     // before a picture is asked for once more
)

// notReady is why a container is given up that is still being processed.
const notReady = "not ready after ten minutes"

// bytesKey is where the account remembers that the network counts bytes.
const (
	bytesKey   = "threads.length"
	bytesValue = "bytes"
)

// Prepare goes one step: it makes a container for p or for one of its pictures,
// or asks whether one is ready. A carousel's children are made and asked for one
// by one, each step saved, then the carousel itself.
func (c *Client) Prepare(ctx context.Context, p spool.Post) (spool.Draft, error) {
	n, err := readNotes(p)
	if err != nil {
		return spool.Draft{}, c.failure("prepare", spool.Permanent, "", err)
	}
	n.account(p.Attempts)
	d, err := c.advance(ctx, p, n)
	if err != nil {
		return spool.Draft{}, err
	}
	return *d, nil
}

func (c *Client) advance(ctx context.Context, p spool.Post, n notes) (*spool.Draft, error) {
	if n.ID != "" {
		return c.poll(ctx, p, n)
	}
	if err := c.addressed(ctx, p, &n); err != nil {
		return nil, err
	}
	n.unreachable(p.Content)
	if n.Shape = n.shape(p.Content); n.Shape != shapeCarousel {
		n.Children = nil
	} else if d, err := c.children(ctx, p, &n); d != nil || err != nil {
		return d, err
	}
	if wait := c.tooEarly(n); wait > 0 {
		return n.draft(false, wait), nil
	}
	return c.create(ctx, p, n)
}

// create asks for a container. Nothing about it is visible, and one that is
// forgotten expires, so a create whose answer was lost is simply made again.
func (c *Client) create(ctx context.Context, p spool.Post, n notes) (*spool.Draft, error) {
	if err := c.worn(n); err != nil {
		return nil, err
	}
	c.recall(ctx, p.Content, &n)
	if n.tooManyLinks(p.Content) {
		n.remark("with fewer links: Threads takes few in one post")
	}
	n.Created++
	id, err := c.makeContainer(ctx, n.params(p.Content, c.control))
	if err != nil {
		return c.refusedCreate(ctx, p, n, err)
	}
	n.ID, n.Made, n.Throttles, n.Orphaned = id, c.o.Now().Unix(), 0, 0
	return n.draft(false, n.polls()[0]), nil
}

func (c *Client) makeContainer(ctx context.Context, params url.Values) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := c.call(ctx, request{op: "create container", method: http.MethodPost, path: "/me/threads", params: params}, &out)
	if err == nil && out.ID == "" {
		err = errUnreadable
	}
	return out.ID, err
}

func (n notes) polls() []time.Duration {
	if n.Shape == shapeText {
		return textPolls
	}
	return mediaPolls
}

// params are what a container is made of. Control is who may reply, in the
// network's words; empty: everyone.
func (n notes) params(content spool.Content, control string) url.Values {
	v := url.Values{"media_type": {"TEXT"}, "text": {n.text(content)}}
	for name, value := range map[string]string{
		"link_attachment": n.card(content), "topic_tag": n.topicOf(content), "reply_to_id": n.ReplyTo,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if control != "" && !n.NoControl {
		v.Set("reply_control", control)
	}
	switch left := n.media(content); n.Shape {
	case shapeImage, shapeVideo:
		mediumParams(v, content.Media[left[0]])
	case shapeCarousel:
		v.Set("media_type", "CAROUSEL")
		v.Set("children", n.childIDs(left))
	}
	return v
}

// worn is the end of the patience with one post.
func (c *Client) worn(n notes) error {
	var why string
	switch {
	case n.Worn >= maxContainer:
		why = fmt.Sprintf("Threads accepted the post %d times and never published it", n.Worn)
	case n.Errors >= maxErrors:
		why = fmt.Sprintf("Threads could not process the post, %d times in a row", n.Errors)
	case n.Created >= maxCreated:
		why = fmt.Sprintf("Threads was given the post %d times and it never became ready", n.Created)
	default:
		return nil
	}
	return c.enough(n, why)
}

// enough gives a post up for good, until a person retries it.
func (c *Client) enough(n notes, why string) *spool.Failure {
	f := c.failure("prepare", spool.Permanent, "", errors.New(why+": look at the account in the Threads app, then retry the post"))
	f.Draft = n.afresh(c.o.Now())
	return f
}

// recall takes the text that keeps to bytes where the account has learned that
// the network counts them.
func (c *Client) recall(ctx context.Context, content spool.Content, n *notes) {
	if n.Short || content.Short == "" {
		return
	}
	value, err := c.o.Memory.Recall(ctx, bytesKey)
	if err != nil {
		c.log.Warn("what was learned about the text's limit could not be read", "error", err)
		return
	}
	n.Short = value == bytesValue
}

// refused makes the failure of a request that could make nothing visible, with
// the notes that are to be kept.
func (c *Client) refused(op string, n *notes, err error) *spool.Failure {
	f := c.explain(op, err, publisher.ThrottleWait(n.Throttles+1))
	switch f.Kind {
	case spool.Throttled:
		n.Throttles++
	case spool.Permanent:
		f.Draft = n.afresh(c.o.Now())
		return f
	}
	f.Draft = n.draft(false, 0)
	return f
}

// poll asks whether the container is ready.
func (c *Client) poll(ctx context.Context, p spool.Post, n notes) (*spool.Draft, error) {
	s, err := c.ask(ctx, n.ID)
	if err != nil {
		return nil, c.refused("container status", &n, err)
	}
	now := c.o.Now()
	switch s.Status {
	case finished:
		return n.draft(true, 0), nil
	case published: // by a request whose outcome was never saved: Publish sees to it
		n.Live = true
		return n.draft(true, 0), nil
	case failed:
		return c.rebuild(p.Content, n, s.Message, now), nil
	case lapsed:
		n.retire("expired", now)
		return n.draft(false, 0), nil
	case absent:
		if n.age(now) >= fresh {
			n.retire("not found", now)
			return n.draft(false, 0), nil
		}
	case inProgress:
		if n.age(now) >= maxProcessing {
			return c.rebuild(p.Content, n, notReady, now), nil
		}
	}
	n.Polls++
	return n.draft(false, publisher.Nth(n.polls(), n.Polls+1)), nil
}

// rebuild gives a container up that ended in ERROR. A picture or film that was
// the reason, or may have been, is left out of the next one; a carousel, whose
// items were all ready, is made anew once with all of them.
func (c *Client) rebuild(content spool.Content, n notes, why string, now time.Time) *spool.Draft {
	c.log.Warn("threads could not process a container", "container", n.ID, "why", publisher.Excerpt(why))
	if n.Shape == shapeText || n.Shape == shapeCarousel {
		n.Errors++
	}
	if n.single() || n.Shape == shapeCarousel && n.Errors > 1 {
		n.lose(content, unusable(publisher.Excerpt(why)), n.media(content)...)
	}
	n.retire(publisher.Excerpt(why), now)
	return n.draft(false, rebuildWait)
}
