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

const (
	// stale is the age at which a container's state is asked for once more
	// before it is published.
	stale = 15 * time.Minute

	// linkTime bounds the search for a post's address, which is not worth
	// waiting for.
	linkTime = 10 * time.Second
)

// missingWaits are the pauses before the same container is published again
// after "not found", which the network says for seconds of containers that it
// called finished.
var missingWaits = []time.Duration{2 * time.Second, 3 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 20 * time.Second}

// Publish makes the container of p's draft visible with one request. Whatever
// that comes to, but for a plain success, the container's status is asked for
// before anything is concluded.
func (c *Client) Publish(ctx context.Context, p spool.Post) (spool.Receipt, error) {
	n, err := readNotes(p)
	if err != nil {
		return spool.Receipt{}, c.failure("publish container", spool.Unsure, "", err)
	}
	n.account(p.Attempts - 1)
	n.Seen = p.Attempts // whatever follows, this attempt is accounted for
	if n.ID == "" || !p.Draft.Ready {
		f := c.failure("publish container", spool.Temporary, "", errors.New("no container is ready"))
		f.Draft, f.Wait = n.draft(false, 0), time.Second
		return spool.Receipt{}, f
	}
	if r, done, err := c.before(ctx, p, &n); done {
		return r, err
	}
	id, err := c.publish(ctx, n.ID)
	if err == nil {
		c.keeper.clear()
		return c.shown(ctx, p, n, id), nil
	}
	return c.after(ctx, p, n, err)
}

// publish is the one request that makes something visible.
func (c *Client) publish(ctx context.Context, id string) (string, error) {
	var out struct {
		ID string `json:"id"`
	}
	err := c.call(ctx, request{
		op: "publish container", method: http.MethodPost, path: "/me/threads_publish", timeout: c.o.Publish,
		params: url.Values{"creation_id": {id}},
	}, &out)
	if err == nil && out.ID == "" {
		err = errUnreadable
	}
	return out.ID, err
}

// before looks at a container that was published before, or that is not new,
// and reports done when it is not to be published now.
func (c *Client) before(ctx context.Context, p spool.Post, n *notes) (r spool.Receipt, done bool, err error) {
	if !n.Live && !n.Unknown && n.Sent == 0 && n.age(c.o.Now()) < stale {
		return spool.Receipt{}, false, nil
	}
	s := container{Status: published}
	if !n.Live {
		if s, err = c.ask(ctx, n.ID); err != nil {
			return spool.Receipt{}, true, c.unasked(n, err)
		}
	}
	switch {
	case s.Status == finished && n.Unknown:
		return c.beforeAgain(ctx, p, n)
	case s.Status == finished:
		return spool.Receipt{}, false, nil
	case s.Status == inProgress, s.Status == absent && n.age(c.o.Now()) < fresh:
		f := c.failure("publish container", spool.Temporary, "", fmt.Errorf("the container is %s at the moment", said(s.Status)))
		f.Draft, f.Wait = n.kept(), 5*time.Second
		return spool.Receipt{}, true, f
	}
	r, err = c.settled(ctx, p, n, s.Status)
	return r, true, err
}

// beforeAgain looks at the profile once more before a container is published
// whose first publish had no known outcome: it may be long since somebody did.
func (c *Client) beforeAgain(ctx context.Context, p spool.Post, n *notes) (spool.Receipt, bool, error) {
	seen, err := c.locate(ctx, alone(p), *n, narrow)
	if err == nil && !seen.matched() {
		return spool.Receipt{}, false, nil
	}
	why := "the post seems to be on the profile already: it is not sent again before that is looked into"
	if err != nil {
		why = "it is not sent again while the profile cannot be read"
	}
	return spool.Receipt{}, true, c.unsure(n, nil, errors.New(why))
}

// unasked is a publish that was not sent since the state of its container could
// not be learned. Nothing new has happened.
func (c *Client) unasked(n *notes, err error) *spool.Failure {
	f := c.explain("container status", err, publisher.ThrottleWait(n.Throttles+1))
	if f.Kind == spool.Throttled {
		n.Throttles++
	}
	if f.Kind == spool.Permanent {
		f.Kind = spool.Temporary
	}
	f.Draft = n.kept()
	return f
}

// after concludes from a publish that did not plainly succeed.
func (c *Client) after(ctx context.Context, p spool.Post, n notes, err error) (spool.Receipt, error) {
	ref, isRefusal := errors.AsType[*refusal](err)
	switch {
	case publisher.NotSent(err):
		f := c.explain("publish container", err, 0)
		f.Draft = n.kept()
		if ctx.Err() != nil {
			f.Kind = spool.Unsure
		}
		return spool.Receipt{}, f
	case isRefusal && ref.clean():
		n.Sent++
	default:
		n.Sent++
		n.Unknown = true
	}
	if isRefusal && ref.Code == 10 {
		n.Barred++
	}
	s, askErr := c.ask(ctx, n.ID)
	switch {
	case askErr == nil && s.Status == published:
		return c.settled(ctx, p, &n, published)
	case isRefusal && ref.clean() && askErr == nil && (s.Status == failed || s.Status == lapsed):
		return c.settled(ctx, p, &n, s.Status)
	case isRefusal && ref.clean() && (s.Status == finished || s.Status == inProgress):
		return spool.Receipt{}, c.refusedPublish(ctx, &n, ref)
	case isRefusal && ref.clean() && bothSay(ref, askErr):
		return spool.Receipt{}, c.refusedPublish(ctx, &n, ref)
	case isRefusal && ref.Code == 10 && n.Barred > 1 && s.Status == finished:
		// The whole grace time passed after the first one without effect.
		return spool.Receipt{}, c.refusedPublish(ctx, &n, ref)
	}
	return spool.Receipt{}, c.unsure(&n, ref, err)
}

// bothSay reports whether the status was refused for the same kind of reason
// as the publish: a dead token or a pause, which concern every request.
func bothSay(ref *refusal, askErr error) bool {
	ask, ok := errors.AsType[*refusal](askErr)
	if !ok {
		return false
	}
	kind := judge(ref).kind
	return kind == judge(ask).kind && (kind == spool.Credentials || kind == spool.Throttled)
}

func (c *Client) unsure(n *notes, ref *refusal, err error) *spool.Failure {
	f := c.failure("publish container", spool.Unsure, "", err)
	if ref != nil {
		f.Code = ref.code()
	}
	f.Draft = n.kept()
	return f
}

// refusedPublish is a publish that had no effect: the network says so and its
// witness agrees.
func (c *Client) refusedPublish(ctx context.Context, n *notes, ref *refusal) *spool.Failure {
	v := judge(ref)
	f := c.explain("publish container", ref, publisher.ThrottleWait(n.Throttles+1))
	switch {
	case f.Kind == spool.Credentials:
	case f.Kind == spool.Throttled:
		n.Throttles++
	case n.Unknown && (!v.missing || n.Refused+1 >= maxRefusals):
		// An earlier publish may have used the container up, and this may be
		// how the network says so. It is never given up for another one.
		return c.unsure(n, ref, ref.words(v))
	case v.kind == spool.Permanent:
		if c.spent(ctx, *n) {
			return c.overQuota("publish container", n, ref, true)
		}
		f.Draft = n.afresh(c.o.Now())
		return f
	default:
		return c.refusedAgain(n, f)
	}
	f.Draft = n.kept()
	return f
}

// refusedAgain publishes the same container a few times more, then makes
// another: nobody will publish the first one again.
func (c *Client) refusedAgain(n *notes, f *spool.Failure) *spool.Failure {
	n.Refused++
	f.Kind, f.Wait = spool.Temporary, max(f.Wait, publisher.Nth(missingWaits, n.Refused))
	if n.Refused >= maxRefusals {
		n.Worn++
		n.retire("refused "+f.Code, c.o.Now())
	}
	f.Draft = n.kept()
	return f
}
