package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"spool"
	"spool/publisher"
)

// Publish puts the record of p's draft into the repository with one request, on
// condition that nothing is there.
func (c *Client) Publish(ctx context.Context, p spool.Post) (spool.Receipt, error) {
	n, err := readNotes(p)
	if err != nil {
		return spool.Receipt{}, c.failure("publish", spool.Unsure, "", err)
	}
	n.account(p.Attempts - 1)
	n.Seen = p.Attempts // whatever follows, this attempt is accounted for
	if len(n.Record) == 0 || !p.Draft.Ready {
		f := c.failure("publish", spool.Temporary, "", errors.New("no record is ready"))
		f.Draft, f.Wait = n.draft(false), time.Second
		return spool.Receipt{}, f
	}
	s, err := c.session(ctx)
	if err != nil {
		return spool.Receipt{}, c.unsent(ctx, &n, err)
	}
	if s.DID != n.Repo {
		f := c.unsent(ctx, &n, errors.New("the account signs in as another one than when the post was prepared"))
		f.Draft = n.draft(false) // preparing tells what that means
		return spool.Receipt{}, f
	}
	n.Sent = true
	got, err := c.putPost(ctx, s, n)
	if err == nil {
		return c.live(ctx, p, s, n, got), nil
	}
	return c.after(ctx, p, s, n, err)
}

// A stored is a record as the repository has it.
type stored struct {
	URI   string          `json:"uri"`
	CID   string          `json:"cid"`
	Value json.RawMessage `json:"value"`
}

// putPost is the one request that makes something visible. When the very record
// is there already it changes nothing, and says so as if it had put it there.
func (c *Client) putPost(ctx context.Context, s session, n notes) (stored, error) {
	var out stored
	err := c.call(ctx, c.put(s, postCollection, n.Key, n.Record, true), &out)
	if err == nil && out.CID == "" {
		err = errUnreadable
	}
	return out, err
}

// live is what follows from knowing that the post is there.
func (c *Client) live(ctx context.Context, p spool.Post, s session, n notes, got stored) spool.Receipt {
	if err := c.gate(ctx, p, s, n.Repo, n.Key); err != nil {
		c.log.Warn("the post is live; who may answer it could not be restricted yet", "post", p.ID, "error", err)
		n.remark("anybody can answer it so far: restricting that failed, and is tried again when it is checked")
	}
	return c.receipt(s.Handle, n.Repo, n.Key, got.CID, n.note())
}

func (c *Client) receipt(handle, did, key, cid, note string) spool.Receipt {
	who := handle
	if who == "" {
		who = did
	}
	return spool.Receipt{
		ID: uriOf(did, postCollection, key), Version: cid, Note: note,
		URL: c.o.AppURL + "/profile/" + who + "/post/" + key,
	}
}

// unsent is a publish that was not sent since the session is not there.
func (c *Client) unsent(ctx context.Context, n *notes, err error) *spool.Failure {
	f := c.explain("publish", err)
	if f.Kind == spool.Permanent {
		f.Kind = spool.Temporary
	}
	if ctx.Err() != nil {
		f.Kind = spool.Unsure
	}
	f.Draft = n.refused()
	return f
}

// refused is the draft after an attempt that had no effect. The record is made
// anew before the next one, with the moment of then, unless an earlier attempt
// may have had an effect.
func (n *notes) refused() *spool.Draft {
	n.thaw()
	return n.kept()
}

// after concludes from a put that did not plainly succeed.
func (c *Client) after(ctx context.Context, p spool.Post, s session, n notes, err error) (spool.Receipt, error) {
	ref, v, refused := judged(err)
	switch {
	case publisher.NotSent(err):
		return spool.Receipt{}, c.unsent(ctx, &n, err)
	case !refused || v.open:
		n.Unknown = true
		f := c.failure("publish", spool.Unsure, "", err)
		if refused {
			f.Code = ref.Name
		}
		f.Draft = n.kept()
		return spool.Receipt{}, f
	case v.swap:
		return c.occupied(ctx, p, s, n, ref)
	case v.token:
		return spool.Receipt{}, c.outdated(ctx, s, &n, ref)
	case v.blob:
		return spool.Receipt{}, c.lost(&n, p, ref, v)
	case v.kind == spool.Permanent:
		return c.unwanted(ctx, p, s, n, ref)
	}
	f := c.explain("publish", ref)
	f.Draft = n.refused()
	return spool.Receipt{}, f
}

// occupied looks what is under the key: the post, if an earlier attempt had an
// effect and its words were changed on the way or since.
func (c *Client) occupied(ctx context.Context, p spool.Post, s session, n notes, ref *refusal) (spool.Receipt, error) {
	got, err := c.read(ctx, n.Repo, n.Key)
	switch {
	case absent(err): // the repository changed at that very moment
		f := c.failure("publish", spool.Temporary, ref.Name, ref)
		f.Draft, f.Wait = n.kept(), time.Second
		return spool.Receipt{}, f
	case err != nil:
		n.Unknown = true
		f := c.failure("publish", spool.Unsure, ref.Name, fmt.Errorf("something is under the post's key, and cannot be read: %w", err))
		f.Draft = n.kept()
		return spool.Receipt{}, f
	case ours(got.Value, n):
		if !same(got.Value, n.Record) {
			n.remark("it was there already, in other words than would be sent now")
		}
		return c.live(ctx, p, s, n, got), nil
	}
	f := c.failure("publish", spool.Permanent, ref.Name, errors.New("another record is under the key that was chosen for the post"))
	n.move()
	f.Draft = n.draft(false)
	return spool.Receipt{}, f
}

// outdated renews the session that a put was refused for. The put had no effect;
// it is made again as an attempt of its own.
func (c *Client) outdated(ctx context.Context, s session, n *notes, ref *refusal) *spool.Failure {
	f := c.failure("publish", spool.Temporary, ref.Name, fmt.Errorf("the session was renewed meanwhile: %w", ref))
	f.Wait = time.Second
	if _, err := c.renewed(ctx, s); err != nil {
		f = c.explain("publish", err)
		if f.Kind != spool.Credentials && f.Kind != spool.Throttled {
			f.Kind = spool.Temporary // nothing was put
		}
	}
	f.Draft = n.refused()
	return f
}

// lost has the pictures uploaded again. Their bytes are the same, so the record
// that names them stays as it is.
func (c *Client) lost(n *notes, p spool.Post, ref *refusal, v verdict) *spool.Failure {
	f := c.failure("publish", spool.Temporary, ref.Name, ref.words(v))
	f.Wait = time.Second
	n.Blobs = nil
	if n.Lost++; n.Lost >= maxLost {
		n.Lost = 0
		n.Unknown = false // the server has refused this very record: no attempt with it had an effect
		n.without(n.content(p.Content), errors.New("the server loses it each time it is uploaded"))
	}
	n.thaw()
	f.Draft = n.draft(false)
	return f
}

// unwanted is a record that the server does not take. One with pictures is tried
// without, since the server does not say what it minds.
func (c *Client) unwanted(ctx context.Context, p spool.Post, s session, n notes, ref *refusal) (spool.Receipt, error) {
	if n.Unknown { // an earlier attempt may have been taken by a server that does not any more
		got, err := c.read(ctx, n.Repo, n.Key)
		if err == nil && ours(got.Value, n) {
			return c.live(ctx, p, s, n, got), nil
		}
		if !absent(err) {
			f := c.failure("publish", spool.Unsure, ref.Name, ref)
			f.Draft = n.kept()
			return spool.Receipt{}, f
		}
	}
	f := c.explain("publish", ref)
	content := n.content(p.Content)
	if wanted, err := pictures(content); err == nil && len(wanted) > 0 {
		n.Unknown = false
		n.without(content, ref)
		f.Kind, f.Wait, f.Draft = spool.Temporary, time.Second, n.draft(false)
		return spool.Receipt{}, f
	}
	n.Unknown = false
	n.thaw()
	f.Draft = n.draft(false)
	return spool.Receipt{}, f
}
