package bluesky

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"spool"
	"spool/publisher"
)

// upload brings one picture to the server, and notes it. A picture that cannot
// be used is left out with a remark; an error means that it is worth trying again.
func (c *Client) upload(ctx context.Context, a spool.Attachment, content spool.Content, n *notes) error {
	data, mime, err := c.o.Files.File(ctx, a.File)
	switch {
	case errors.Is(err, spool.ErrNotFound):
		n.without(content, errors.New("it is not kept any more"))
		return nil
	case err != nil:
		return &publisher.CallError{NotSent: true, Err: fmt.Errorf("read a picture: %w", err)}
	}
	mime = cmp.Or(a.Type, mime)
	if why := unfit(data, mime, content); why != nil {
		n.without(content, why)
		return nil
	}
	var out struct {
		Blob json.RawMessage `json:"blob"`
	}
	_, err = c.signed(ctx, request{
		op: "upload picture", method: http.MethodPost, name: "com.atproto.repo.uploadBlob",
		raw: data, mime: mime, timeout: c.o.Publish,
	}, &out)
	if err == nil && !isBlob(out.Blob) {
		err = errUnreadable
	}
	if err == nil {
		n.uploaded(a.File, out.Blob, c.o.Now())
		return nil
	}
	ref, v, refused := judged(err)
	switch {
	case refused && v.kind == spool.Permanent:
		n.without(content, ref.words(v))
		return nil
	case refused && v.kind != spool.Temporary, barred(err), publisher.NotSent(err):
		return err
	}
	if n.Fetches++; n.Fetches >= maxFetches {
		n.without(content, fmt.Errorf("it could not be uploaded in %d tries", n.Fetches))
		return nil
	}
	return err
}

// unfit says why a picture cannot be uploaded; nil: it can.
func unfit(data []byte, mime string, content spool.Content) error {
	limit := maxImage
	if len(content.Media) == 0 {
		limit = maxThumb
	}
	switch {
	case len(data) == 0:
		return errors.New("it is empty")
	case len(data) > limit:
		return fmt.Errorf("it has %d bytes and Bluesky takes %d", len(data), limit)
	case !slices.Contains(imageTypes(), mime):
		return fmt.Errorf("Bluesky does not take %s", publisher.Excerpt(mime)) //nolint:staticcheck // a name
	}
	return nil
}

// isBlob reports whether the server has named an upload.
func isBlob(b json.RawMessage) bool {
	var blob struct {
		Ref struct {
			Link string `json:"$link"`
		} `json:"ref"`
	}
	return len(b) < 4096 && json.Unmarshal(b, &blob) == nil && blob.Ref.Link != ""
}

// resolve asks whose a handle is.
func (c *Client) resolve(ctx context.Context, handle string) (string, error) {
	var out struct {
		DID string `json:"did"`
	}
	_, err := c.signed(ctx, request{
		op: "resolve handle", method: http.MethodGet, name: "com.atproto.identity.resolveHandle",
		query: url.Values{"handle": {handle}},
	}, &out)
	if err == nil && !isDID(out.DID) {
		err = errUnreadable
	}
	return out.DID, err
}
