package bluesky

import (
	"context"
	"errors"
	"time"

	"spool"
)

// A threadgate is a record beside a post, under the same key, that says who may
// answer it. Without one everybody may.
//
// It is put after the post, in a request of its own. One request for both would
// have to create them, which is not safe to repeat: only a put on condition that
// nothing is there is. Put before the post, it might reach the app's index before
// there is anything that it could belong to. It is repeated at will; the post is
// live whatever becomes of it.
type threadgate struct {
	Type      string     `json:"$type"`
	Post      string     `json:"post"`
	Allow     []gateRule `json:"allow"` // empty: nobody
	CreatedAt string     `json:"createdAt"`
}

type gateRule struct {
	Type string `json:"$type"`
}

// gateTime bounds the request: the post is live already.
const gateTime = 10 * time.Second

// gate restricts who may answer a post, if that is asked for. A reply is under
// the restriction of the first post of its thread.
func (c *Client) gate(ctx context.Context, p spool.Post, s session, did, key string) error {
	if s.DID != did || c.o.Replies == Everyone || p.Purpose.Replies() || p.Reply.To.ID != "" {
		return nil
	}
	value := threadgate{
		Type: gateCollection, Post: uriOf(s.DID, postCollection, key), Allow: c.rules(),
		CreatedAt: keyTime(key).UTC().Format(timeForm), // the same each time
	}
	r := c.put(s, gateCollection, key, value, false)
	r.op, r.timeout = "put threadgate", min(gateTime, c.o.Publish)
	var out stored
	err := c.call(ctx, r, &out)
	if err == nil && out.CID == "" {
		err = errUnreadable
	}
	return err
}

func (c *Client) rules() []gateRule {
	names := map[string]string{Followers: "followerRule", Following: "followingRule", Mentioned: "mentionRule"}
	if name, ok := names[c.o.Replies]; ok {
		return []gateRule{{Type: gateCollection + "#" + name}}
	}
	return []gateRule{}
}

// Withdraw removes a post, and the record of who may answer it. To remove what
// is not there is success.
func (c *Client) Withdraw(ctx context.Context, r spool.Receipt) error {
	const op = "withdraw"
	did, key, err := splitURI(r.ID)
	if err != nil {
		return c.failure(op, spool.Permanent, "", err)
	}
	s, err := c.session(ctx)
	if err != nil {
		return c.explain(op, err)
	}
	if s.DID != did {
		return c.failure(op, spool.Permanent, "", errors.New("the post is of another account than the one that signs in now"))
	}
	for _, collection := range []string{postCollection, gateCollection} {
		if err := c.remove(ctx, collection, key); err != nil {
			return c.explain(op, err)
		}
	}
	return nil
}

// Withdrawals are not limited beyond the points that writing costs.
func (c *Client) Withdrawals() (most int, window time.Duration) { return 0, 0 }

// answered is an answer of which nothing is wanted but that it is one of the API. A
// page that says 200, as proxies give, is none.
type answered map[string]any

func (c *Client) remove(ctx context.Context, collection, key string) error {
	s, err := c.session(ctx)
	if err != nil {
		return err
	}
	var done answered
	_, err = c.signed(ctx, c.deletion(s, collection, key), &done)
	if absent(err) {
		return nil
	}
	return err
}
