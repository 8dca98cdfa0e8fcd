package media

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"spool"
)

const (
	// allTime is how long fetching the pictures of one post may take in all, and
	// oneTime one of them. A turn's lease is longer.
	allTime = 60 * time.Second
	oneTime = 20 * time.Second
	// maxTries is how often a picture is asked for that cannot be had for reasons
	// that may pass.
	maxTries = 3
)

// retryWait is how long to wait after so many tries.
func retryWait(tries int) time.Duration {
	if tries <= 1 {
		return 20 * time.Second
	}
	return time.Minute
}

// A verdict is what became of a candidate.
type verdict int

const (
	left  verdict = iota // it is left out
	got                  // it is there
	later                // it is to be tried again
)

// work is one call of Illustrate.
type work struct {
	*Studio
	outer  context.Context // ends when the caller gives up: for the database
	limits spool.MediaLimits
	notes  []string
	wait   time.Duration
	seen   []likeness
	err    error // nothing can be done, as when the database does not answer
}

// Illustrate fetches what is missing of a content that is open and makes it fit
// for a network. What cannot be had for a passing reason is tried three times in
// all; until then the content stays open, and Illustration.Wait says when it is
// worth trying again. What cannot be had at all is left out, with a note. An error
// says that nothing could be done, and nothing has changed.
func (s *Studio) Illustrate(ctx context.Context, c spool.Content, l spool.MediaLimits) (spool.Illustration, error) {
	if !c.Open {
		return spool.Illustration{Content: c}, nil
	}
	w := &work{Studio: s, outer: ctx, limits: l}
	ctx, cancel := budget(ctx)
	defer cancel()
	out := spool.Illustration{Content: w.content(ctx, c.Clone()), Wait: w.wait, Notes: w.notes}
	if w.err == nil && errors.Is(w.outer.Err(), context.Canceled) {
		w.err = w.outer.Err()
	}
	if w.err != nil {
		return spool.Illustration{}, fmt.Errorf("fetch the pictures of a post: %w", w.err)
	}
	if !out.Content.Open {
		out.Hold = w.hold(out.Content)
	}
	return out, nil
}

// budget ends a little before the caller's patience does, so that what came of it
// can still be saved: of a short patience a quarter.
func budget(ctx context.Context) (context.Context, context.CancelFunc) {
	const margin = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, allTime)
	end, _ := ctx.Deadline() // it has one by now
	left := time.Until(end)  //nolint:forbidigo // a context goes by the real clock
	inner, stop := context.WithDeadline(ctx, end.Add(-min(margin, left/4)))
	return inner, func() { stop(); cancel() }
}

// content illustrates a content, or what is to be posted in its place.
func (w *work) content(ctx context.Context, c spool.Content) spool.Content {
	const deepest = 3
	for range deepest {
		if w.ofCard(c) {
			c.Card.Thumb = w.thumb(ctx, c)
		} else {
			c.Media = w.media(ctx, c)
		}
		if w.wait > 0 || w.err != nil {
			return c
		}
		if w.ofCard(c) || len(c.Media) > 0 || c.Instead == nil {
			break
		}
		c = *c.Instead
		if !c.Open {
			return c
		}
	}
	c.Open, c.Page, c.Pick = false, "", 0
	if len(c.Media) == 0 {
		c.Media = nil
	} // else Instead stays: the network may yet refuse the pictures
	return c
}

// ofCard reports whether what is wanted is the picture of a link's card, and not
// one of the post's own.
func (w *work) ofCard(c spool.Content) bool {
	return len(c.Media) == 0 && (c.Card.Thumb != nil || c.Link != "" && c.Instead == nil)
}

// media are the pictures and films that a post gets: the first that can be had. As
// long as some are to be tried again, the candidates that come after them stay.
func (w *work) media(ctx context.Context, c spool.Content) []spool.Attachment {
	var have []spool.Attachment
	for i, a := range c.Media {
		if c.Pick > 0 && len(have) >= c.Pick {
			if w.wait > 0 {
				have = append(have, c.Media[i:]...)
			}
			return have
		}
		if fault := w.full(have, a); fault != "" {
			w.leave(a, fault)
			continue
		}
		a, v := w.attachment(ctx, a, c.Alt)
		if w.err != nil {
			return c.Media
		}
		if v != left {
			have = append(have, a)
		}
	}
	if len(have) > 0 || c.Page == "" {
		return have
	}
	last := ""
	if n := len(c.Media); n > 0 {
		last = c.Media[n-1].URL // it came from the page, which may name another
	}
	return w.fromPage(ctx, c, last)
}

// full says why no further medium fits beside those that are there; empty: it does.
func (w *work) full(have []spool.Attachment, a spool.Attachment) string {
	films := slices.ContainsFunc(have, spool.Attachment.Film)
	switch {
	case a.Film() && films:
		return "a post has one film"
	case len(have) > 0 && a.Film() != films && !w.limits.Together:
		return "the network does not take pictures and a film in one post"
	case a.Film():
		return ""
	case w.limits.Images == 0:
		return "the network takes no pictures"
	case len(have) >= w.limits.Images:
		return fmt.Sprintf("the network takes %d in one post", w.limits.Images)
	}
	return ""
}

// attachment fetches one candidate, unless it is there already.
func (w *work) attachment(ctx context.Context, a spool.Attachment, policy spool.AltPolicy) (spool.Attachment, verdict) {
	if a.File != "" || a.Public != "" {
		w.seen = append(w.seen, likenessOf(a))
		return a, got
	}
	if a.Film() {
		return w.film(ctx, a)
	}
	a.Alt = described(a.Alt, a.URL)
	if a.Alt == "" && policy == spool.AltWithout {
		w.leave(a, "it has no description")
		return a, left
	}
	return w.picture(ctx, a, pictureNeed(w.limits))
}

// fromPage is the first picture that a post's own page names and that can be had,
// of those after one that could not.
func (w *work) fromPage(ctx context.Context, c spool.Content, after string) []spool.Attachment {
	p, ok := w.page(ctx, c.Page)
	if !ok {
		return nil
	}
	for _, a := range p.candidates(after) {
		a.Alt = w.shortened(a.Alt)
		if fault := w.full(nil, a); fault != "" {
			w.leave(a, fault)
			return nil
		}
		a, v := w.attachment(ctx, a, c.Alt)
		if w.err != nil {
			return nil
		}
		if v != left {
			return []spool.Attachment{a}
		}
	}
	return nil
}

// thumb is the picture of a card: the candidate that it was worded with, or else
// one that the page names.
func (w *work) thumb(ctx context.Context, c spool.Content) *spool.Attachment {
	t := c.Card.Thumb
	if w.limits.Thumb == 0 {
		return nil
	}
	after := ""
	if t != nil {
		if t.File != "" {
			return t
		}
		a, v := w.picture(ctx, *t, thumbNeed(w.limits))
		if v != left || w.err != nil {
			return &a
		}
		after = t.URL
	}
	if c.Page == "" {
		return nil
	}
	p, ok := w.page(ctx, c.Page)
	if !ok {
		return nil
	}
	for _, a := range p.candidates(after) {
		a.Alt = w.shortened(a.Alt)
		a, v := w.picture(ctx, a, thumbNeed(w.limits))
		if v != left || w.err != nil {
			return &a
		}
	}
	return nil
}

// hold says why a person has to see a post first; empty: nobody has to.
func (w *work) hold(c spool.Content) string {
	if c.Alt != spool.AltHold {
		return ""
	}
	for _, a := range c.Media {
		if a.Alt == "" && !a.Film() {
			return fmt.Sprintf("nobody has described the picture %s, and its feed wants that: approve posts it as it is, cancel does not post it", shown(a.URL))
		}
	}
	return ""
}

// leave notes that something is left out.
func (w *work) leave(a spool.Attachment, reason string) {
	w.notes = append(w.notes, fmt.Sprintf("without the %s %s: %s", noun(a), shown(a.URL), reason))
}

// postpone notes that something could not be had for now. After the last try it is
// left out.
func (w *work) postpone(a spool.Attachment, reason string) (spool.Attachment, verdict) {
	a.Tries++
	if a.Tries >= maxTries {
		w.leave(a, reason)
		return a, left
	}
	wait := retryWait(a.Tries)
	w.wait = max(w.wait, wait)
	w.notes = append(w.notes, fmt.Sprintf("the %s %s is asked for again in %s: %s", noun(a), shown(a.URL), wait, reason))
	return a, later
}

func noun(a spool.Attachment) string {
	if a.Film() {
		return "film"
	}
	return "picture"
}
