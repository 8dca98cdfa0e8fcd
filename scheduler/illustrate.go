package scheduler

import (
	"context"
	"errors"
	"strings"
	"time"

	"spool"
)

// maxPictureTries is how often in a row fetching pictures may fail altogether
// before a post goes out without them: a quarter of an hour, with the pauses.
const maxPictureTries = 6

// maxPictureRounds is how often a turn goes back to a post's pictures rather than
// going on with other posts.
const maxPictureRounds = 5

// illustrate has the pictures of a post fetched, once what it says is final but for
// them, and saves what came of it. It reports false when that takes longer, or a
// person has to see the post first.
func (t *turn) illustrate(p spool.Post) (spool.Post, bool) {
	for round := 0; p.Content.Open && p.Attempts == 0 && p.Draft.State == ""; round++ {
		if t.stopped() || round == maxPictureRounds {
			return p, false
		}
		e, f := t.pictures(p)
		t.FailPoint("pictures answered")
		if f != nil {
			if t.ctx.Err() == nil { // being stopped is not a failure of the post
				t.refuse(p, f)
			}
			return p, false
		}
		var ok bool
		p, ok = t.move(p, e)
		t.FailPoint("pictures saved")
		if !ok || p.State != spool.Waiting || p.Content.Open && (e.Wait > shortWait || !t.sleep(e.Wait)) {
			return p, false
		}
	}
	return p, true
}

// pictures fetches what a post's content lacks.
func (t *turn) pictures(p spool.Post) (spool.Event, *spool.Failure) {
	made, err := t.fetchPictures(p.Content)
	switch {
	case err != nil && p.Refusals+1 >= maxPictureTries:
		made = spool.Illustration{Content: p.Content.Bare(), Notes: []string{"without pictures: " + err.Error()}}
	case err != nil:
		return spool.Event{}, &spool.Failure{Op: "fetch pictures", Kind: spool.Temporary, Err: err}
	}
	e := spool.Event{
		What: spool.Pictured, Content: p.Content.Illustrated(made.Content), Wait: made.Wait,
		Hold: made.Hold, Cause: strings.Join(made.Notes, "; "),
	}
	if e.Content.Open && e.Wait <= 0 {
		e.Wait = time.Second
	}
	return e, nil
}

func (t *turn) fetchPictures(c spool.Content) (spool.Illustration, error) {
	if t.Illustrator == nil {
		return spool.Illustration{Content: c.Bare(), Notes: []string{"without what would have to be fetched: nothing here fetches pictures"}}, nil
	}
	ctx, cancel := t.request()
	defer cancel()
	made, err := t.Illustrator.Illustrate(ctx, c.Clone(), t.acct.limits().Media)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("it took too long")
	}
	return made, err
}
