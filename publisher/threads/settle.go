package threads

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"spool"
	"spool/publisher"
)

// settled concludes from a container that cannot be published any more: it is
// live, or dead, or not there. Only Find, which knows the account's other
// posts, may bind a post by what it looks like where the status does not say
// that it is live.
func (c *Client) settled(ctx context.Context, p spool.Post, n *notes, s status) (spool.Receipt, error) {
	if s == published {
		return c.live(ctx, p, *n), nil
	}
	if n.Unknown || s == absent && n.doubtful(c.o.Now()) {
		return spool.Receipt{}, c.unsure(n, nil, fmt.Errorf("the container is %s now, and an earlier publish of it may have had an effect", said(s)))
	}
	seen, err := c.locate(ctx, alone(p), *n, narrow)
	if err != nil || seen.matched() {
		return spool.Receipt{}, c.unsure(n, nil, fmt.Errorf("the container is %s, and the post may be on the profile", said(s)))
	}
	f := c.failure("publish container", spool.Temporary, "", fmt.Errorf("the container is %s: a new one is made", said(s)))
	f.Wait = time.Second
	if n.Sent > 0 {
		n.Worn++
	}
	n.retire(said(s), c.o.Now())
	f.Draft = n.kept()
	return spool.Receipt{}, f
}

// live is the receipt of a post that the network says is live. Which id it has
// is worth one look; without an answer the id is looked for later.
func (c *Client) live(ctx context.Context, p spool.Post, n notes) spool.Receipt {
	seen, err := c.locate(ctx, alone(p), n, narrow)
	if err != nil || len(seen) != 1 {
		return spool.Receipt{Note: n.note()}
	}
	return seen[0].receipt(n)
}

// alone is a query without knowledge of the account's other posts, so the link
// on its own proves nothing.
func alone(p spool.Post) publisher.Query { return publisher.Query{Post: p, LinkShared: true} }

func said(s status) string {
	if s == absent {
		return "not found"
	}
	return string(s)
}

// shown is the receipt of a post that has just gone live, with its address for
// readers; empty when that cannot be had now. It also shows what the network
// makes of a text and of a reply, which is not documented.
func (c *Client) shown(ctx context.Context, p spool.Post, n notes, id string) spool.Receipt {
	fields := "id,permalink,text,link_attachment_url"
	if n.ReplyTo != "" {
		fields += replyField
	}
	var out media
	err := c.call(ctx, request{
		op: "read post", method: http.MethodGet, path: "/" + url.PathEscape(id), timeout: min(linkTime, c.o.Timeout),
		params: url.Values{"fields": {fields}},
	}, &out)
	if err != nil {
		c.log.Debug("the post is live; its address could not be read", "post", p.ID, "error", err)
		return spool.Receipt{ID: id, Note: n.note()}
	}
	out.ID, out.Whole = id, n.ReplyTo != ""
	if link := n.card(p.Content); out.Text != n.text(p.Content) || link != "" && out.Link != link {
		c.log.Debug("threads shows the post differently from what was sent", "post", p.ID, "text_differs", out.Text != n.text(p.Content), "link", out.Link)
	}
	return out.receipt(n)
}
