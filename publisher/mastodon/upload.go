package mastodon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// How long to wait between two questions whether an upload is processed, and how
// long in all.
var mediaPolls = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 30 * time.Second}

const maxProcessing = 15 * time.Minute

// bring takes one medium a step further.
func (c *Client) bring(ctx context.Context, a spool.Attachment, n *notes, i int) (*spool.Draft, error) {
	if n.Media[i].ID != "" {
		return c.poll(ctx, a, n, i)
	}
	data, kind, err := c.o.Files.File(ctx, a.File)
	if errors.Is(err, spool.ErrNotFound) {
		n.drop(i, a, "its bytes are not kept any more")
		return n.draft(false, 0), nil
	}
	if err != nil {
		f := c.failure("read a picture", spool.Temporary, "", fmt.Errorf("read the bytes of %s: %w", what(a, i), err))
		f.Draft = n.draft(false, 0)
		return nil, f
	}
	if kind == "" {
		kind = a.Type
	}
	id, done, err := c.upload(ctx, data, kind, c.known(ctx).description(a.Alt))
	if err != nil {
		return c.refusedUpload(n, a, i, err)
	}
	n.Throttles = 0
	u := &n.Media[i]
	u.ID, u.Ready, u.Polls = id, done, 0
	if n.Made == 0 {
		n.Made = c.o.Now().Unix()
	}
	if !done {
		return n.draft(false, mediaPolls[0]), nil
	}
	return n.draft(false, 0), nil
}

// upload sends one medium, and reports whether it is ready to be attached.
func (c *Client) upload(ctx context.Context, data []byte, kind, description string) (id string, done bool, err error) {
	body, contentType, err := form(data, kind, description)
	if err != nil {
		return "", false, err
	}
	var out attachment
	status, err := c.call(ctx, request{
		op: "upload media", method: http.MethodPost, path: "/api/v2/media", body: body, kind: contentType, timeout: c.o.Upload,
	}, &out)
	if err == nil && out.ID == "" {
		err = errUnreadable
	}
	return string(out.ID), status == http.StatusOK, err
}

// form is an upload as the API takes it.
func form(data []byte, kind, description string) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if description != "" {
		if err := w.WriteField("description", description); err != nil {
			return nil, "", fmt.Errorf("write the upload: %w", err)
		}
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", `form-data; name="file"; filename="`+fileName(kind)+`"`)
	h.Set("Content-Type", kind)
	part, err := w.CreatePart(h)
	if err == nil {
		_, err = part.Write(data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, "", fmt.Errorf("write the upload: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// fileName is a name with the ending that goes with a type: some servers look
// at nothing else.
func fileName(kind string) string {
	_, ending, _ := strings.Cut(kind, "/")
	ending = strings.Map(func(r rune) rune {
		if alphanumeric(r) {
			return r
		}
		return -1
	}, ending)
	if ending == "jpeg" {
		ending = "jpg"
	}
	if ending == "" {
		ending = "bin"
	}
	return "media." + ending
}

// refusedUpload drops a medium that the instance does not take. A server error
// may be about the medium too, so a few of them in a row count as that.
func (c *Client) refusedUpload(n *notes, a spool.Attachment, i int, err error) (*spool.Draft, error) {
	ref := asRefusal(err)
	switch {
	case ref == nil:
		return nil, c.refused("upload media", n, err)
	case judge(ref).kind == spool.Throttled:
		return c.rationed(n, a, i, err)
	case ref.HTTP == http.StatusRequestEntityTooLarge || ref.HTTP == http.StatusUnsupportedMediaType || judge(ref).kind == spool.Permanent:
		n.drop(i, a, "the instance does not take it ("+ref.Error()+")")
		return n.draft(false, 0), nil
	case ref.HTTP >= 500:
		n.Media[i].Tries++
		if n.Media[i].Tries >= maxFetches {
			n.drop(i, a, "the instance fails on it ("+ref.Error()+")")
			return n.draft(false, 0), nil
		}
	}
	return nil, c.refused("upload media", n, err)
}

// longRation is how long a post waits for its pictures when the instance takes no
// more uploads. Mastodon takes 30 in half an hour: news does not wait for that.
const longRation = 2 * time.Minute

// rationed puts off an upload for which the instance wants a pause, or drops it
// when that is long. The pause is that of uploads alone: posts without pictures go
// on, so it is told as the trouble of this post and not as that of the account.
func (c *Client) rationed(n *notes, a spool.Attachment, i int, err error) (*spool.Draft, error) {
	f := c.refused("upload media", n, err)
	if f.Wait > longRation {
		n.drop(i, a, fmt.Sprintf("the instance takes no more uploads for %s", f.Wait.Round(time.Second)))
		return n.draft(false, 0), nil
	}
	f.Kind = spool.Temporary
	return nil, f
}

// poll asks whether an upload is processed. Nothing has it yet, so "not found"
// means that it is gone; of one that a status may have it would mean nothing.
func (c *Client) poll(ctx context.Context, a spool.Attachment, n *notes, i int) (*spool.Draft, error) {
	u := &n.Media[i]
	status, err := c.mediaStatus(ctx, u.ID)
	switch {
	case err == nil && status != http.StatusPartialContent:
		u.Ready = true
		return n.draft(false, 0), nil
	case err == nil && c.o.Now().Sub(time.Unix(n.Made, 0)) >= maxProcessing:
		n.drop(i, a, "the instance did not get it ready within fifteen minutes")
		return n.draft(false, 0), nil
	case err == nil:
		u.Polls++
		return n.draft(false, publisher.Nth(mediaPolls, u.Polls+1)), nil
	case isStatus(err, http.StatusNotFound):
		u.ID = ""
		u.Tries++
		if u.Tries >= maxFetches {
			n.drop(i, a, "the instance loses it again and again")
		}
		return n.draft(false, soon), nil
	case isStatus(err, http.StatusUnprocessableEntity):
		n.drop(i, a, "the instance could not process it")
		return n.draft(false, 0), nil
	}
	return nil, c.refused("media status", n, err)
}

// mediaStatus is the HTTP status of an upload: 200 is ready, 206 is not yet.
func (c *Client) mediaStatus(ctx context.Context, id string) (int, error) {
	return c.call(ctx, request{op: "media status", method: http.MethodGet, path: "/api/v1/media/" + url.PathEscape(id)}, nil)
}

// drop posts without a medium, and says why.
func (n *notes) drop(i int, a spool.Attachment, why string) {
	n.Media[i] = upload{Gone: true}
	n.remark("without " + what(a, i) + ": " + why)
}

// what names a medium for people.
func what(a spool.Attachment, i int) string {
	if a.Film() {
		return "the film"
	}
	if i == 0 {
		return "the picture"
	}
	return fmt.Sprintf("picture %d", i+1)
}
