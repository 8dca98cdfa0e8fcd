package mastodon

import (
	"context"
	"errors"
	"time"

	"spool"
	"spool/publisher"
)

// Prepare goes one step towards a status that can be posted: it notes the newest
// status that the account has, uploads one medium or asks whether one is ready,
// and fixes the words.
func (c *Client) Prepare(ctx context.Context, p spool.Post) (spool.Draft, error) {
	n, err := readNotes(p)
	if err != nil {
		return spool.Draft{}, c.failure("prepare", spool.Permanent, "", err)
	}
	n.account(p.Attempts, p.Begun)
	n.age(c.o.Now())
	if err := c.note(ctx, p, &n); err != nil {
		return spool.Draft{}, err
	}
	d, err := c.advance(ctx, p, &n)
	if err != nil {
		return spool.Draft{}, err
	}
	return *d, nil
}

// note learns what the account has before anything of ours is there: what is
// looked for later is newer. It is also how an outage is met while nothing is in
// doubt.
func (c *Client) note(ctx context.Context, p spool.Post, n *notes) error {
	if p.Purpose.Replies() {
		if p.Reply.To.ID == "" && n.ReplyTo == "" {
			return c.failure("prepare", spool.Permanent, "", errors.New("the post that it is to answer cannot be answered: "+errNoID.Error()))
		}
		if p.Reply.To.ID != "" {
			n.ReplyTo = p.Reply.To.ID
		}
	}
	if n.Noted {
		return nil
	}
	id, err := c.newest(ctx)
	if err != nil {
		return c.refused("note the newest status", n, err)
	}
	n.Noted, n.Since = true, id
	return nil
}

// advance goes on until a request changed something that is to be saved, or all
// is ready.
func (c *Client) advance(ctx context.Context, p spool.Post, n *notes) (*spool.Draft, error) {
	content := n.content(p.Content)
	if n.Media == nil && len(content.Media) > 0 {
		n.Media = make([]upload, len(content.Media))
		c.choose(ctx, content.Media, n)
	}
	for i := range n.Media {
		if u := &n.Media[i]; !u.Ready && !u.Gone {
			return c.bring(ctx, content.Media[i], n, i)
		}
	}
	if len(n.Media) > 0 && len(n.attached()) == 0 && !n.Instead && p.Content.Fallback() != nil {
		n.Instead, n.Media, n.Worded, n.Text = true, nil, false, ""
		return c.advance(ctx, p, n)
	}
	if !n.Worded {
		c.word(ctx, content, n)
	}
	if n.Text == "" && len(n.attached()) == 0 {
		f := c.failure("prepare", spool.Permanent, "", errors.New("nothing is left to be posted: there are neither words nor pictures"))
		f.Draft = n.afresh()
		return nil, f
	}
	return n.kept(), nil
}

// word fixes the words that are sent.
func (c *Client) word(ctx context.Context, content spool.Content, n *notes) {
	inst := c.known(ctx)
	text, cut := inst.words(content, n.Full)
	n.Worded, n.Text = true, text
	if cut {
		n.remark("with a shorter text: " + inst.describe() + " takes less than was planned for")
	}
}

// choose leaves out what cannot go with the rest: a status has pictures, or one
// film, and so many of them.
func (c *Client) choose(ctx context.Context, media []spool.Attachment, n *notes) {
	inst := c.known(ctx)
	taken := 0
	for i, a := range media {
		switch {
		case a.File == "":
			n.drop(i, a, "it was not fetched")
		case taken > 0 && (a.Film() || media[0].Film()):
			n.drop(i, a, "a film is posted alone")
		case taken >= inst.Images:
			n.drop(i, a, "the instance takes no more in one post")
		case a.Film() && a.Size > inst.Film || !a.Film() && a.Size > inst.Picture:
			n.drop(i, a, "it is larger than the instance takes")
		default:
			taken++
		}
	}
}

// refused makes the failure of a request that could make nothing visible, with
// the notes that are to be kept.
func (c *Client) refused(op string, n *notes, err error) *spool.Failure {
	f := c.explain(op, err, publisher.ThrottleWait(n.Throttles+1))
	switch f.Kind {
	case spool.Throttled:
		n.Throttles++
	case spool.Permanent: // it was not the post that was refused
		f.Kind = spool.Temporary
	}
	f.Draft = n.draft(false, 0)
	return f
}

// soon is the pause before something that has to be done again at once.
const soon = time.Second
