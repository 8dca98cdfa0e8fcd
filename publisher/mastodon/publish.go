package mastodon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"spool"
	"spool/publisher"
)

// Publish makes a status of p's draft with one request. An answer that does not
// plainly say what happened leaves the outcome open, for Find to settle.
func (c *Client) Publish(ctx context.Context, p spool.Post) (spool.Receipt, error) {
	n, err := readNotes(p)
	if err != nil {
		return spool.Receipt{}, c.failure("post status", spool.Unsure, "", err)
	}
	n.account(p.Attempts-1, p.FirstBegun)
	n.Seen = p.Attempts // whatever follows, this attempt is accounted for
	if f := c.unready(p, &n); f != nil {
		return spool.Receipt{}, f
	}
	if p.Attempts > 1 {
		if f := c.before(ctx, p, &n); f != nil {
			return spool.Receipt{}, f
		}
	}
	var made status
	_, err = c.call(ctx, request{
		op: "post status", method: http.MethodPost, path: "/api/v1/statuses", timeout: c.o.Publish,
		json: c.body(p, n, c.known(ctx)), key: n.key(p),
	}, &made)
	if err == nil && made.ID == "" {
		err = errUnreadable
	}
	if err == nil {
		c.keeper.clear()
		if n.ReplyTo != "" && made.ReplyTo == "" {
			n.remark(aloneNote)
		}
		return made.receipt(n.note()), nil
	}
	return spool.Receipt{}, c.after(ctx, p, &n, err)
}

// aloneNote is for the history of a reply whose parent went away meanwhile, and that a
// server has made a post of its own rather than refuse.
const aloneNote = "the instance shows it as a post of its own, not as a reply"

// body is the status as the API takes it. An empty warning or list is left out.
func (c *Client) body(p spool.Post, n notes, inst instance) map[string]any {
	content := n.content(p.Content)
	b := map[string]any{"status": n.Text, "visibility": c.o.Visibility}
	if content.Warning != "" {
		b["spoiler_text"], b["sensitive"] = tidy(content.Warning), true
	}
	if code := languageCode(content.Language); code != "" {
		b["language"] = code
	}
	if ids := n.attached(); len(ids) > 0 {
		b["media_ids"] = ids
	}
	if n.ReplyTo != "" {
		b["in_reply_to_id"] = n.ReplyTo
	}
	return plainText(b, inst)
}

// plainText tells a server that is not Mastodon to take the words as they are:
// GoToSocial and Pleroma let their users write Markdown by default.
func plainText(body map[string]any, inst instance) map[string]any {
	if inst.Other {
		body["content_type"] = "text/plain"
	}
	return body
}

// unready is why nothing can be posted now: what was prepared is missing or has
// grown too old. Nothing was sent.
func (c *Client) unready(p spool.Post, n *notes) *spool.Failure {
	now, was := c.o.Now(), n.Key
	var why string
	n.age(now)
	switch {
	case !p.Draft.Ready || !n.ready():
		why = "what is to be posted is not ready"
	case n.Key != was:
		why = "it is sent under another key, since the instance may have forgotten the one before"
	case !n.Unknown && n.Made != 0 && now.Sub(time.Unix(n.Made, 0)) >= mediaLife:
		n.dropUploads()
		why = "the pictures were uploaded too long ago: they are uploaded again"
	default:
		return nil
	}
	f := c.failure("post status", spool.Temporary, "", errors.New(why))
	f.Draft, f.Wait = n.draft(false, 0), soon
	return f
}

// before looks at the account once more before a status is sent again: no answer
// of a server is proof enough that the one before has had no effect.
func (c *Client) before(ctx context.Context, p spool.Post, n *notes) *spool.Failure {
	seen, err := c.locate(ctx, alone(p, *n), n, locatePages)
	switch {
	case err == nil && !seen.matched(), errors.Is(err, errResembles) && !n.Unknown:
		return nil
	case err == nil:
		f := c.failure("post status", spool.Unsure, "", errors.New("the post seems to be on the account already: it is not sent again before that is looked into"))
		n.doubt(p.FirstBegun)
		f.Draft = n.kept()
		return f
	}
	f := c.explain("look before sending again", err, publisher.ThrottleWait(n.Throttles+1))
	if f.Kind == spool.Permanent || f.Kind == spool.Unsure {
		f.Kind = spool.Temporary
	}
	f.Err = fmt.Errorf("it is not sent again while the account's list cannot be read: %w", f.Err)
	f.Draft = n.kept()
	return f
}

// after concludes from a request that did not plainly succeed.
func (c *Client) after(ctx context.Context, p spool.Post, n *notes, err error) *spool.Failure {
	ref := asRefusal(err)
	switch {
	case publisher.NotSent(err):
		f := c.explain("post status", err, 0)
		if ctx.Err() != nil {
			f.Kind = spool.Unsure
		}
		f.Draft = n.kept()
		return f
	case ref != nil && ref.definite():
		return c.refusedPost(ctx, p, n, ref)
	}
	n.doubt(p.Begun)
	return c.unsure(n, err)
}

func (c *Client) unsure(n *notes, err error) *spool.Failure {
	f := c.failure("post status", spool.Unsure, "", err)
	if ref := asRefusal(err); ref != nil {
		f.Code = ref.code()
	}
	f.Draft = n.kept()
	return f
}

// refusedPost is a request that has made no status. An earlier one may have.
func (c *Client) refusedPost(ctx context.Context, p spool.Post, n *notes, ref *refusal) *spool.Failure {
	f := c.explain("post status", ref, publisher.ThrottleWait(n.Throttles+1))
	switch {
	case f.Kind == spool.Throttled:
		n.Throttles++
	case f.Kind == spool.Credentials:
	case n.Unknown:
		return c.refusedAfterDoubt(p, n, ref)
	case ref.HTTP == http.StatusNotFound && n.ReplyTo != "":
		return c.final(n, ref, "the post that it answers is not there any more")
	default:
		return c.remedy(ctx, p, n, ref)
	}
	f.Draft = n.kept()
	return f
}

// refusedAfterDoubt is a refusal of a status that may have been made before:
// media that another status has, or a key whose status was deleted, are refused
// too.
func (c *Client) refusedAfterDoubt(p spool.Post, n *notes, ref *refusal) *spool.Failure {
	media := len(n.attached()) > 0
	if ref.HTTP == http.StatusNotFound && !media {
		why := "it was posted before, and the instance says that it was deleted since: retry sends it anew"
		if n.ReplyTo != "" {
			why = "the post that it answers is not there any more, or it was itself posted before and deleted since"
		}
		return c.final(n, ref, why)
	}
	f := c.unsure(n, fmt.Errorf("refused now, and an earlier request may have had an effect: %w", ref))
	if media {
		n.renew() // what was uploaded may belong to that status
		f.Draft = n.draft(false, 0)
	}
	return f
}

// final is the end of a post that can never be sent as it is.
func (c *Client) final(n *notes, ref *refusal, why string) *spool.Failure {
	f := c.failure("post status", spool.Permanent, ref.code(), fmt.Errorf("%s: %w", why, ref))
	f.Draft = n.afresh()
	return f
}

// remedy looks for what the instance does not like, since its words are not for
// programs: media that are not ready or gone, a text that is too long by limits
// that have changed, then the media as such.
func (c *Client) remedy(ctx context.Context, p spool.Post, n *notes, ref *refusal) *spool.Failure {
	if n.Reworks >= maxReworks {
		return c.final(n, ref, "the instance refuses the post as it is")
	}
	wait := soon
	attached := n.attached()
	switch {
	case len(attached) > 0 && c.recheckMedia(ctx, n, &wait):
		n.Reworks++
	case c.tooLong(ctx, p, n):
		n.rework()
	case len(attached) > 0:
		content := n.content(p.Content)
		for i := range n.Media {
			if !n.Media[i].Gone {
				n.drop(i, content.Media[i], "the instance refuses the post with it ("+ref.Error()+")")
			}
		}
		n.rework()
	default:
		return c.final(n, ref, "the instance refuses the post as it is")
	}
	f := c.failure("post status", spool.Temporary, ref.code(), fmt.Errorf("it is tried in another way: %w", ref))
	f.Draft, f.Wait = n.draft(false, 0), wait
	return f
}

// recheckMedia asks about each upload, and reports whether one is not ready or
// not there. No status can have it: no request had an unknown outcome.
func (c *Client) recheckMedia(ctx context.Context, n *notes, wait *time.Duration) bool {
	changed := false
	for i := range n.Media {
		u := &n.Media[i]
		if !u.Ready || u.Gone {
			continue
		}
		code, err := c.mediaStatus(ctx, u.ID)
		switch {
		case err == nil && code == http.StatusPartialContent:
			u.Ready = false
			*wait = mediaPolls[1]
			changed = true
		case isStatus(err, http.StatusNotFound):
			u.ID, u.Ready = "", false
			changed = true
		}
	}
	return changed
}

// tooLong reports whether the text is longer than the instance takes by what it
// says now, or may be by what nobody says.
func (c *Client) tooLong(ctx context.Context, p spool.Post, n *notes) bool {
	inst, err := c.learn(ctx)
	if err != nil {
		inst = c.known(ctx)
	}
	warning := n.content(p.Content).Warning
	if inst.length(warning)+inst.length(n.Text) > inst.Max {
		return true
	}
	if !n.Full && inst.fullLength(warning)+inst.fullLength(n.Text) > inst.Max {
		n.Full = true
		return true
	}
	return false
}
