package webhook

import (
	"context"
	"net/http"

	"spool"
	"spool/publisher"
)

// Publish sends one message.
func (c *Client) Publish(ctx context.Context, p spool.Post) (spool.Receipt, error) {
	return c.publish(ctx, p, publishedEvent(p))
}

// Publish sends one message.
func (c *Chat) Publish(ctx context.Context, p spool.Post) (spool.Receipt, error) {
	return c.publish(ctx, p, c.message(p.Content))
}

// publishing is the operation by which an account shows whether it is let in.
const publishing = "publish"

// publish sends what makes a post visible, under the post's own id.
func (h *hook) publish(ctx context.Context, p spool.Post, message any) (spool.Receipt, error) {
	a, err := h.send(ctx, publishing, p.ID, message)
	if err != nil {
		return spool.Receipt{}, err
	}
	r := spool.Receipt{ID: a.ID, URL: a.URL, Version: p.ID}
	if r.ID == "" {
		r.ID = p.ID
	}
	return r, nil
}

// Edit tells the receiver what a live post says now.
func (c *Client) Edit(ctx context.Context, r spool.Receipt, p spool.Post) (spool.Receipt, error) {
	a, err := c.send(ctx, "edit", p.ID, editedEvent(r, p))
	if err != nil {
		return spool.Receipt{}, err
	}
	if a.URL != "" {
		r.URL = a.URL
	}
	return r, nil
}

// Withdraw tells the receiver to take a post away.
func (c *Client) Withdraw(ctx context.Context, r spool.Receipt) error {
	e := withdrawnEvent(c.o.Account, r, c.o.Now())
	_, err := c.send(ctx, "withdraw", e.Data.ID+withdrawal, e)
	return err
}

// withdrawal is added to a post's id for the id of the message that takes it away:
// a post is taken away once.
const withdrawal = "-withdrawn"

// send makes the one request of a message, and reads what came of it.
func (h *hook) send(ctx context.Context, op, id string, message any) (answer, error) {
	body, err := encode(message)
	if err != nil {
		return answer{}, h.failure(op, spool.Permanent, "", err)
	}
	reply, err := h.caller.Do(ctx, h.call(id, body))
	if err != nil && !good(reply.Status) {
		return answer{}, h.unanswered(op, err)
	}
	if !good(reply.Status) {
		h.log.Info("webhook refused", "op", op, "http", reply.Status)
		return answer{}, h.refused(op, reply)
	}
	h.barrier.lift()
	return h.read(reply.Body), nil // an answer that was cut short has said enough
}

// good reports whether a status says that the receiver has taken the message.
func good(status int) bool { return status >= 200 && status <= 299 }

// call is the request for a message. The time in its headers is that of this
// attempt, so that a receiver can refuse what somebody recorded and repeats.
func (h *hook) call(id string, body []byte) publisher.Call {
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	now := h.o.Now()
	header.Set(headerID, id)
	header.Set(headerTimestamp, stamp(now))
	if len(h.keys) > 0 {
		header.Set(headerSignature, sign(h.keys, id, now, body))
	}
	return publisher.Call{
		Method: http.MethodPost, URL: h.o.URL, Body: body, Header: header, Timeout: h.o.Timeout, Secrets: h.hidden,
	}
}

// Payload is the message without its headers, which a preview cannot have.
func (c *Client) Payload(p spool.Post) publisher.Payload {
	return publisher.Payload{Method: http.MethodPost, URL: c.shown, Body: publishedEvent(p)}
}

// Payload is the message without its headers.
func (c *Chat) Payload(p spool.Post) publisher.Payload {
	return publisher.Payload{Method: http.MethodPost, URL: c.shown, Body: c.message(p.Content)}
}
