package mastodon

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// The rate limit of Mastodon on deletions.
const (
	maxWithdrawals    = 30
	withdrawalsWindow = 30 * time.Minute
)

// Withdraw deletes a status. One that is not there is deleted.
func (c *Client) Withdraw(ctx context.Context, r spool.Receipt) error {
	if r.ID == "" {
		return c.failure("delete status", spool.Permanent, "", errNoID)
	}
	var gone map[string]any // a page that says 200, as proxies give, is no answer
	_, err := c.call(ctx, request{op: "delete status", method: http.MethodDelete, path: statusPath(r.ID), timeout: c.o.Publish}, &gone)
	ref := asRefusal(err)
	switch {
	case err == nil:
		return nil
	case ref.forbids():
		return c.forbidden("delete status", ref)
	case ref != nil && !ref.Bare && (ref.HTTP == http.StatusNotFound || ref.HTTP == http.StatusGone):
		if f := c.notGone(ctx, r, ref); f != nil {
			return f
		}
		return nil
	}
	return c.explain("delete status", err, withdrawalsWindow)
}

// forbids reports whether the instance itself says that the account may not do this.
func (r *refusal) forbids() bool { return r != nil && r.HTTP == http.StatusForbidden && !r.Bare }

// forbidden is a change that the account may not make. Whether it may still post, the
// next post shows: it must not be stopped for this, again and again.
func (c *Client) forbidden(op string, ref *refusal) *spool.Failure {
	return c.failure(op, spool.Permanent, ref.code(), ref.words(judge(ref)))
}

// notGone says why a status that the instance will not delete may still be shown;
// nil: it is gone. To instances a status of somebody else is one that is not there:
// the account may have been signed in as another one, or moved, since it was made.
func (c *Client) notGone(ctx context.Context, r spool.Receipt, ref *refusal) *spool.Failure {
	const byHand = "delete it there by hand"
	var live status
	_, err := c.call(ctx, request{op: "read status", method: http.MethodGet, path: statusPath(r.ID)}, &live)
	switch {
	case err == nil && string(live.ID) == r.ID:
		return c.failure("delete status", spool.Permanent, ref.code(), fmt.Errorf("the post is on the instance, and it is not of the account that signs in now: %s: %w", byHand, ref))
	case !isStatus(err, http.StatusNotFound) && !isStatus(err, http.StatusGone):
		f := c.explain("delete status", cmp.Or(err, errUnreadable), publisher.ThrottleWait(1))
		if f.Kind == spool.Permanent {
			f.Kind = spool.Temporary // whether it is gone is not known
		}
		return f
	case !c.here(r.URL):
		return c.failure("delete status", spool.Permanent, ref.code(), fmt.Errorf("the instance does not know the post, whose address is on another one: if it is still there, %s: %w", byHand, ref))
	}
	return nil
}

// here reports whether an address is on the account's instance, or may be: one
// without https is no public one.
func (c *Client) here(address string) bool {
	a, errA := url.Parse(address)
	b, errB := url.Parse(c.o.BaseURL)
	if errA != nil || errB != nil || a.Host == "" || b.Scheme != "https" {
		return true
	}
	at, base := strings.ToLower(a.Hostname()), strings.ToLower(b.Hostname())
	return at == base || strings.HasSuffix(at, "."+base) || strings.HasSuffix(base, "."+at)
}

// Withdrawals are Mastodon's 30 in 30 minutes.
func (c *Client) Withdrawals() (most int, window time.Duration) {
	return maxWithdrawals, withdrawalsWindow
}

// cannotEdit is what a person is told about servers without edits.
const cannotEdit = "%s cannot edit posts: Mastodon can from version 3.5 on; the post stays as it is"

// Edit gives a live status other words. All of it is sent each time: what an
// edit leaves out, servers clear. A status that says already what it is to say
// is left alone, since those who shared it are told of each edit.
func (c *Client) Edit(ctx context.Context, r spool.Receipt, p spool.Post) (spool.Receipt, error) {
	inst := c.known(ctx)
	switch {
	case r.ID == "":
		return r, c.failure("edit status", spool.Permanent, "", errNoID)
	case !inst.canEdit():
		return r, c.failure("edit status", spool.Permanent, "", fmt.Errorf(cannotEdit, inst.describe()))
	}
	var live status
	if _, err := c.call(ctx, request{op: "read status", method: http.MethodGet, path: statusPath(r.ID)}, &live); err != nil {
		return r, c.refusedEdit(err, false)
	}
	n := editNotes(p)
	body, same, err := c.edited(ctx, p.Content, live, &n)
	if err != nil {
		return r, err
	}
	if same && c.says(ctx, r.ID, p.Content, n.Text) {
		return receiptOf(r, live, n), nil
	}
	_, err = c.call(ctx, request{op: "edit status", method: http.MethodPut, path: statusPath(r.ID), json: body, timeout: c.o.Publish}, &live)
	if err != nil {
		return r, c.refusedEdit(err, true)
	}
	c.keeper.clear()
	return receiptOf(r, live, n), nil
}

// editNotes are the notes of an edit, which keep its uploads until they are
// processed. Notes that cannot be read, or are old, cost a second upload.
func editNotes(p spool.Post) notes {
	n, err := readNotes(p)
	old := n.Made != 0 && p.Begun.Unix()-n.Made > int64(mediaLife.Seconds())
	if err != nil || len(n.Media) != len(p.Content.Media) || p.Begun.IsZero() || old {
		return notes{Version: 1}
	}
	n.Remarks = nil
	return n
}

// receiptOf is the receipt of an edited status.
func receiptOf(r spool.Receipt, live status, n notes) spool.Receipt {
	now := live.receipt(n.note())
	now.ID = r.ID
	if now.URL == "" {
		now.URL = r.URL
	}
	return now
}

// says reports whether a status is known to say already what it is to say.
func (c *Client) says(ctx context.Context, id string, content spool.Content, text string) bool {
	src, err := c.source(ctx, id)
	return err == nil && tidy(src.Text) == text && tidy(src.Warning) == tidy(content.Warning)
}

// edited is an edit as the API takes it, and whether it leaves the media and
// their descriptions as they are.
func (c *Client) edited(ctx context.Context, content spool.Content, live status, n *notes) (map[string]any, bool, error) {
	inst := c.known(ctx)
	c.word(ctx, content, n)
	b := plainText(map[string]any{
		"status": n.Text, "spoiler_text": tidy(content.Warning), "sensitive": content.Warning != "",
	}, inst)
	if code := languageCode(content.Language); code != "" {
		b["language"] = code
	}
	if sameMedia(content.Media, live.Media) {
		ids, attributes, same := []string{}, []map[string]string{}, true
		for i, m := range live.Media {
			alt := inst.description(content.Media[i].Alt)
			same = same && alt == m.Description
			ids = append(ids, string(m.ID))
			attributes = append(attributes, map[string]string{"id": string(m.ID), "description": alt})
		}
		b["media_ids"] = ids
		if len(ids) > 0 {
			b["media_attributes"] = attributes
		}
		return b, same, nil
	}
	ids, err := c.replaceMedia(ctx, content, n)
	b["media_ids"] = ids
	return b, false, err
}

// sameMedia reports whether a status has the media that it is to have, as far as
// their number and their sizes tell.
func sameMedia(want []spool.Attachment, have []attachment) bool {
	if len(want) != len(have) {
		return false
	}
	for i, a := range want {
		o := have[i].Meta.Original
		known := a.File != "" && a.Width > 0 && a.Height > 0 && o.Width > 0 && o.Height > 0
		if known && a.Width*int(o.Height) != a.Height*int(o.Width) && abs(a.Width*int(o.Height)-a.Height*int(o.Width)) > max(a.Width, a.Height)*2 {
			return false
		}
	}
	return true
}

func abs(n int) int { return max(n, -n) }

// replaceMedia uploads the media of an edit. Ones that are not processed yet make
// the edit wait: it is done again later, with the same uploads.
func (c *Client) replaceMedia(ctx context.Context, content spool.Content, n *notes) ([]string, error) {
	if n.Media == nil {
		n.Media = make([]upload, len(content.Media))
	}
	c.choose(ctx, content.Media, n)
	for i, a := range content.Media {
		for !n.Media[i].Gone && !n.Media[i].Ready {
			d, err := c.bring(ctx, a, n, i)
			if err != nil {
				return nil, err
			}
			if d.Wait > 0 {
				f := c.failure("edit status", spool.Temporary, "", fmt.Errorf("%s is uploaded and not processed yet", what(a, i)))
				f.Draft, f.Wait = n.draft(false, 0), d.Wait
				return nil, f
			}
		}
	}
	ids := n.attached()
	if ids == nil {
		ids = []string{}
	}
	return ids, nil
}

// refusedEdit says what follows from a refusal. A server that shows the status
// and knows no such request on it cannot edit.
func (c *Client) refusedEdit(err error, shown bool) *spool.Failure {
	ref := asRefusal(err)
	if ref.forbids() {
		return c.forbidden("edit status", ref)
	}
	f := c.explain("edit status", err, publisher.ThrottleWait(1))
	switch {
	case ref == nil:
	case shown && (ref.HTTP == http.StatusNotFound || ref.HTTP == http.StatusMethodNotAllowed || ref.HTTP == http.StatusNotImplemented):
		f.Kind, f.Err = spool.Permanent, fmt.Errorf(cannotEdit+": %w", "the instance", ref)
	case ref.HTTP == http.StatusNotFound && !ref.Bare:
		f.Kind, f.Err = spool.Permanent, fmt.Errorf("the post is not on the account any more: %w", ref)
	}
	return f
}
