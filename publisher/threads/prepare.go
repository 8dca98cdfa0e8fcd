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
	refetchWait   = time.Minute     // before an image is asked for once more
)

// bytesKey is where the account remembers that the network counts bytes.
const (
	bytesKey   = "threads.length"
	bytesValue = "bytes"
)

// Prepare makes a container for p, or asks whether the one it has is ready.
func (c *Client) Prepare(ctx context.Context, p spool.Post) (spool.Draft, error) {
	n, err := readNotes(p)
	if err != nil {
		return spool.Draft{}, c.failure("prepare", spool.Permanent, "", err)
	}
	n.account(p.Attempts)
	var d *spool.Draft
	if n.ID == "" {
		d, err = c.create(ctx, p, n)
	} else {
		d, err = c.poll(ctx, p, n)
	}
	if err != nil {
		return spool.Draft{}, err
	}
	return *d, nil
}

// create asks for a container. Nothing about it is visible, and one that is
// forgotten expires, so a create whose answer was lost is simply made again.
func (c *Client) create(ctx context.Context, p spool.Post, n notes) (*spool.Draft, error) {
	if err := c.worn(n); err != nil {
		return nil, err
	}
	c.recall(ctx, p.Content, &n)
	n.Shape = n.shape(p.Content)
	n.Created++
	var out struct {
		ID string `json:"id"`
	}
	err := c.call(ctx, request{op: "create container", method: http.MethodPost, path: "/me/threads", params: n.params(p.Content)}, &out)
	if err == nil && out.ID == "" {
		err = errUnreadable
	}
	if err != nil {
		return c.refusedCreate(ctx, p, n, err)
	}
	n.ID, n.Made, n.Throttles = out.ID, c.o.Now().Unix(), 0
	return n.draft(false, n.polls()[0]), nil
}

func (n notes) polls() []time.Duration {
	if n.Shape == shapeText {
		return textPolls
	}
	return mediaPolls
}

// params are what a container is made of.
func (n notes) params(content spool.Content) url.Values {
	v := url.Values{"media_type": {"TEXT"}, "text": {n.text(content)}}
	if n.card(content) {
		v.Set("link_attachment", content.Link)
	}
	if t := topic(content.Topic); t != "" && !n.NoTopic {
		v.Set("topic_tag", t)
	}
	if n.Shape != shapeImage {
		return v
	}
	v.Set("media_type", "IMAGE")
	v.Set("image_url", picture(content).URL)
	if a := alt(picture(content).Alt); a != "" {
		v.Set("alt_text", a)
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

// refusedCreate finds another way to say the same where there is one.
func (c *Client) refusedCreate(ctx context.Context, p spool.Post, n notes, err error) (*spool.Draft, error) {
	ref, ok := errors.AsType[*refusal](err)
	if !ok {
		return nil, c.refused("create container", &n, err)
	}
	if judge(ref).param && c.spent(ctx) {
		return nil, c.overQuota("create container", &n, ref, false)
	}
	if wait, ok := c.simplify(ctx, p.Content, &n, ref); ok {
		return n.draft(false, wait), nil
	}
	return nil, c.refused("create container", &n, err)
}

// overQuota is a refusal that looks final and is not: the account's posts of
// the day are used up, and the network has no number of its own for that.
func (c *Client) overQuota(op string, n *notes, ref *refusal, ready bool) *spool.Failure {
	n.Throttles++
	f := c.failure(op, spool.Throttled, ref.code(), fmt.Errorf("%s: %w", quotaSpent, ref))
	f.Wait = max(ref.Wait, step(throttleWaits, n.Throttles))
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
	case v.link && n.card(content):
		n.NoCard = true
		n.remark("without the card: Threads did not take the link as one, it stands in the text")
	case v.media && n.Shape == shapeImage:
		return c.otherImage(n, ref.code()), true
	case v.param && !n.Short && content.Short != "" && len(sent) > maxBytes && content.Short != content.Text:
		n.Short = true
		n.remark("with a shorter text: Threads counts its length in bytes")
		if err := c.o.Memory.Remember(ctx, bytesKey, bytesValue); err != nil {
			c.log.Warn("what was learned about the text's limit could not be saved", "error", err)
		}
	case v.param && !v.long && n.Shape == shapeImage:
		c.dropImage(n, ref.code())
	case v.param && !v.long && topic(content.Topic) != "" && !n.NoTopic:
		n.NoTopic = true
		n.remark("without the topic: Threads refused the post with it")
	default:
		return 0, false
	}
	return 0, true
}

// otherImage gives an image that could not be fetched one more chance.
func (c *Client) otherImage(n *notes, why string) time.Duration {
	n.Fetches++
	if n.Fetches < 2 {
		return refetchWait
	}
	c.dropImage(n, why)
	return 0
}

func (c *Client) dropImage(n *notes, why string) {
	n.NoImage = true
	n.remark("without the image: Threads could not use it (" + why + ")")
}

// refused makes the failure of a request that could make nothing visible, with
// the notes that are to be kept.
func (c *Client) refused(op string, n *notes, err error) *spool.Failure {
	f := c.explain(op, err, step(throttleWaits, n.Throttles+1))
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
		return c.rebuild(n, s.Message, now), nil
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
			return c.rebuild(n, "not ready after ten minutes", now), nil
		}
	}
	n.Polls++
	return n.draft(false, step(n.polls(), n.Polls+1)), nil
}

// rebuild gives a container up that ended in ERROR. An image that was the
// reason, or may have been, is left out of the next one.
func (c *Client) rebuild(n notes, why string, now time.Time) *spool.Draft {
	c.log.Warn("threads could not process a container", "container", n.ID, "why", short(why))
	if n.Shape == shapeImage {
		c.dropImage(&n, short(why))
	} else {
		n.Errors++
	}
	n.retire(short(why), now)
	return n.draft(false, rebuildWait)
}
