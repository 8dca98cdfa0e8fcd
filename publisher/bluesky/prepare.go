package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// lookAgain is how long it counts that nothing was found under a key.
const lookAgain = 5 * time.Minute

// Prepare goes one step towards a record that can be put: it chooses the key and
// looks that nothing is there, then uploads one picture at a time, then freezes
// the record.
func (c *Client) Prepare(ctx context.Context, p spool.Post) (spool.Draft, error) {
	n, err := readNotes(p)
	if err != nil {
		return spool.Draft{}, c.failure("prepare", spool.Permanent, "", err)
	}
	n.account(p.Attempts)
	if err := c.place(ctx, p, &n); err != nil {
		return spool.Draft{}, c.unprepared(p, n, err)
	}
	d, err := c.furnish(ctx, p, &n)
	if err != nil {
		return spool.Draft{}, c.unprepared(p, n, err)
	}
	return *d, nil
}

// unprepared keeps what was achieved. As long as that is nothing there is no
// draft: a post with one is not reworded any more.
func (c *Client) unprepared(p spool.Post, n notes, err error) *spool.Failure {
	f := c.passing("prepare", err)
	if p.Draft.State != "" || len(n.Blobs) > 0 || n.Fetches > 0 || n.Resolves > 0 {
		f.Draft = n.draft(false)
	}
	return f
}

// place gives the post a key under which nothing is. The look also proves that
// the server answers, so that an outage is met while nothing is in doubt.
func (c *Client) place(ctx context.Context, p spool.Post, n *notes) error {
	s, err := c.session(ctx)
	if err != nil {
		return err
	}
	if n.Repo != "" && n.Repo != s.DID {
		if n.Unknown {
			return &shut{kind: spool.Permanent, err: errors.New("the account signs in as another one than when the post was sent: look at the profile of that one")}
		}
		n.move()
	}
	for range 3 {
		if n.Key == "" {
			if n.Key, err = c.newKey(ctx, p.ID); err != nil {
				return &publisher.CallError{NotSent: true, Err: fmt.Errorf("choose the record's key: %w", err)}
			}
			n.Repo = s.DID
		}
		if c.o.Now().Sub(time.Unix(n.Looked, 0)) < lookAgain {
			return nil
		}
		_, err := c.read(ctx, n.Repo, n.Key)
		switch {
		case absent(err):
			n.Looked = c.o.Now().Unix()
			return nil
		case err != nil:
			return err
		case n.Sent:
			return nil // putting it once more tells what it is
		}
		n.move()
	}
	return errors.New("the keys that were chosen for the record are all taken")
}

// furnish uploads the next picture, or freezes the record when none is wanting.
func (c *Client) furnish(ctx context.Context, p spool.Post, n *notes) (*spool.Draft, error) {
	content := n.content(p.Content)
	wanted, err := pictures(content)
	if err != nil {
		n.without(content, err)
		return n.draft(false), nil
	}
	for i, a := range wanted {
		if n.blob(a.File, c.o.Now()) != nil {
			continue
		}
		if err := c.upload(ctx, a, content, n); err != nil {
			return nil, err
		}
		if i < len(wanted)-1 || n.blob(a.File, c.o.Now()) == nil {
			return n.draft(false), nil
		}
	}
	if n.Unknown && len(n.Record) > 0 {
		return n.draft(true), nil
	}
	return c.freeze(ctx, p, content, n)
}

// freeze makes the record, once and for all attempts.
func (c *Client) freeze(ctx context.Context, p spool.Post, content spool.Content, n *notes) (*spool.Draft, error) {
	refs, err := c.refs(ctx, p)
	if err != nil {
		return nil, err
	}
	named, err := c.identities(ctx, content, n)
	if err != nil {
		return nil, err
	}
	r := compose(content, refs, named, n.blobs(), c.o.Now())
	if strings.TrimSpace(r.Text) == "" && r.Embed == nil {
		return nil, &shut{kind: spool.Permanent, err: errors.New("there is nothing to post: neither words nor a link nor a picture")}
	}
	if _, cut := say(content); cut {
		n.remark("the text was shortened: it was longer than Bluesky takes")
	}
	b, err := json.Marshal(r)
	if err != nil {
		return nil, &shut{kind: spool.Permanent, err: fmt.Errorf("write the record: %w", err)}
	}
	n.Record = b
	n.made(r.CreatedAt)
	return n.draft(true), nil
}

// refs are what a reply answers. Its parent's version is asked for where it is
// not known.
func (c *Client) refs(ctx context.Context, p spool.Post) (*replies, error) {
	if p.Reply.To.ID == "" {
		if !p.Purpose.Replies() {
			return nil, nil
		}
		return nil, &shut{kind: spool.Permanent, err: errors.New("the post that it answers has no address")}
	}
	parent, err := c.ref(ctx, p.Reply.To)
	if err != nil {
		return nil, err
	}
	root := strongRef{URI: p.Reply.Root.ID, CID: p.Reply.Root.Version}
	switch {
	case root.URI == "" || root.URI == parent.URI:
		root = parent
	case root.CID == "":
		if root, err = c.ref(ctx, p.Reply.Root); err != nil {
			return nil, err
		}
	}
	return &replies{Root: root, Parent: parent}, nil
}

// settling is how long a server may take until a post that it has taken can be read.
const settling = 5 * time.Minute

// ref names a live post and its very words. The server would take any name: an
// answer to what is gone would stand alone.
func (c *Client) ref(ctx context.Context, r spool.Receipt) (strongRef, error) {
	did, key, err := splitURI(r.ID)
	if err != nil {
		return strongRef{}, &shut{kind: spool.Permanent, err: fmt.Errorf("the post that it answers: %w", err)}
	}
	got, err := c.read(ctx, did, key)
	switch {
	case absent(err) && c.o.Now().Sub(keyTime(key)) < settling:
		return strongRef{}, &shut{kind: spool.Temporary, wait: 10 * time.Second, err: errors.New("the post that it answers cannot be read yet")}
	case absent(err):
		return strongRef{}, &shut{kind: spool.Permanent, err: errors.New("the post that it answers is not there any more")}
	}
	return strongRef{URI: r.ID, CID: got.CID}, err
}

// identities asks who the handles in the text are. One that is nobody's stays
// plain text, and so does one that cannot be asked about.
func (c *Client) identities(ctx context.Context, content spool.Content, n *notes) (map[string]string, error) {
	const most = 10 // of a text of 300 graphemes
	named := map[string]string{}
	for _, mention := range content.Mentions[:min(len(content.Mentions), most)] {
		literal := strings.TrimPrefix(strings.TrimSpace(mention), "@")
		handle := plainHandle(mention)
		if !isHandle(handle) {
			n.remark(fmt.Sprintf("@%s is not linked: it is not a handle of Bluesky", publisher.Excerpt(literal)))
			continue
		}
		did, err := c.resolve(ctx, handle)
		_, v, refused := judged(err)
		switch {
		case err == nil:
			named[literal] = did
		case refused && v.kind == spool.Permanent:
			n.remark(fmt.Sprintf("@%s is not linked: nobody has that handle", literal))
		case refused && v.kind != spool.Temporary:
			return nil, err
		case n.Resolves+1 >= maxResolve:
			n.remark(fmt.Sprintf("@%s is not linked: the server does not say whose handle it is", literal))
		default:
			n.Resolves++
			return nil, err
		}
	}
	return named, nil
}

// pictures are what has to be uploaded for a content. It is an error when one of
// them cannot be.
func pictures(content spool.Content) ([]spool.Attachment, error) {
	wanted := content.Media[:min(len(content.Media), maxImages)]
	limit := maxImage
	if len(wanted) == 0 {
		if content.Card.Thumb == nil || !card(content) {
			return nil, nil
		}
		wanted, limit = []spool.Attachment{*content.Card.Thumb}, maxThumb
	}
	for _, a := range wanted {
		switch {
		case a.File == "":
			return nil, errors.New("it was not fetched")
		case a.Type != "" && !slices.Contains(imageTypes(), a.Type):
			return nil, fmt.Errorf("Bluesky does not take %s", a.Type) //nolint:staticcheck // a name
		case a.Size > limit:
			return nil, fmt.Errorf("it has %d bytes and Bluesky takes %d", a.Size, limit)
		}
	}
	return wanted, nil
}

// without goes on without the pictures, or without the card's.
func (n *notes) without(content spool.Content, why error) {
	what := "the card has no picture"
	if len(content.Media) > 0 {
		n.Instead, what = true, "without the image"
	} else {
		n.NoThumb = true
	}
	n.remark(fmt.Sprintf("%s: %v", what, why))
	n.thaw()
}
