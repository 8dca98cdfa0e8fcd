package media

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"

	"spool"
)

const (
	// maxPicture is the largest picture that is fetched, in bytes: what is larger
	// is made smaller by every network.
	maxPicture = 16 << 20
	// acceptPicture names no format that many networks do not take, so that servers
	// that choose by it send another.
	acceptPicture = "image/jpeg, image/png, image/webp;q=0.9, image/gif;q=0.8, image/*;q=0.2, */*;q=0.1"
)

// picture fetches a picture and makes it what a network takes.
func (w *work) picture(ctx context.Context, a spool.Attachment, n need) (spool.Attachment, verdict) {
	key, ok := samePlace(a.URL)
	if !ok {
		w.leave(a, "its address cannot be fetched")
		return a, left
	}
	if w.met(likeness{place: key}) {
		w.leave(a, "it is in the post already")
		return a, left
	}
	answer, err := w.originals.get(ctx, a.URL, func() (Answer, error) {
		return w.get(ctx, Request{URL: a.URL, Accept: acceptPicture, Limit: maxPicture})
	})
	if err == nil && answer.Cut {
		err = useless("it is larger than %s", bytesText(maxPicture))
	}
	if err != nil {
		return w.failed(a, err)
	}
	sum := sha256.Sum256(answer.Body)
	if w.met(likeness{sum: sum}) {
		w.leave(a, "it is in the post already, under another address")
		return a, left
	}
	a, err = w.keep(ctx, a, answer, n)
	if err != nil {
		return w.failed(a, err)
	}
	same := likenessOf(a)
	if w.met(likeness{form: same.form}) {
		w.leave(a, "it is in the post already, under another address")
		return a, left
	}
	same.sum = sum
	w.seen = append(w.seen, same)
	return a, got
}

// keep makes of an answer what the network takes, and puts it where the network
// finds it.
func (w *work) keep(ctx context.Context, a spool.Attachment, answer Answer, n need) (spool.Attachment, error) {
	h := readHeader(answer.Body)
	fault := ""
	if w.limits.ByURL {
		if w.PublicURL != "" && (h.turn > 1 || !n.within(h.width, h.height)) {
			fault = "a copy does better"
		} else {
			fault = w.unreachable(ctx, a.URL, answer, n)
		}
		n.elsewhere = fault == ""
	}
	p, err := w.room.fit(ctx, answer.Body, n)
	if err != nil {
		return a, err
	}
	done := a
	done.Type, done.Width, done.Height, done.Size, done.Tries = p.mime, p.width, p.height, len(p.data), 0
	switch {
	case w.limits.ByURL && p.asIs && n.elsewhere:
		done.Public = plainAddress(a.URL)
	case w.limits.ByURL && w.PublicURL == "":
		if fault == "" {
			fault = "it has to be converted for this network"
		}
		return a, useless("%s: set server.public_url, so that Spool can serve a copy", fault)
	default:
		if err := w.save(&done, p); err != nil {
			return a, err
		}
	}
	w.notes = append(w.notes, accepted(done, h, p))
	return done, nil
}

// save keeps the bytes of a medium under a name of their own.
func (w *work) save(a *spool.Attachment, p picture) error {
	now := w.Now()
	f := spool.File{
		Name: w.NewName(), Type: p.mime, Data: p.data, Width: p.width, Height: p.height,
		Public: w.limits.ByURL, Created: now, Expires: now.Add(fileLife),
	}
	if err := w.Store.SaveFile(w.outer, f); err != nil {
		w.err = err
		return err
	}
	a.File = f.Name
	if f.Public {
		a.Public = w.PublicURL + "/media/" + f.Name + f.Extension()
	}
	return nil
}

// failed decides what follows from an error.
func (w *work) failed(a spool.Attachment, err error) (spool.Attachment, verdict) {
	var t *Trouble
	switch {
	case w.err != nil:
		return a, later
	case isUseless(err):
		w.leave(a, err.Error())
		return a, left
	case errors.As(err, &t) && !t.Passing:
		w.leave(a, t.Reason)
		return a, left
	case errors.As(err, &t):
		return w.postpone(a, t.Reason)
	case errors.Is(err, context.DeadlineExceeded):
		return w.postpone(a, "it did not arrive in time")
	}
	return w.postpone(a, "it could not be fetched")
}

// get makes a request and tells answers that are none. Its error is a *Trouble, or
// one of the getter's.
func (w *work) get(ctx context.Context, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, oneTime)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return Answer{}, err
	}
	answer, err := w.Getter.Get(ctx, r)
	if err != nil {
		if outer := w.outer.Err(); errors.Is(outer, context.Canceled) {
			w.err = outer
		}
		return Answer{}, err
	}
	return answer, statusTrouble(answer.Status)
}

// statusTrouble says what a status means for whoever wants a picture or a page; nil:
// it is there.
func statusTrouble(status int) error {
	switch {
	case status >= 200 && status <= 299:
		return nil
	case status == http.StatusNotFound, status == http.StatusGone:
		return &Trouble{Reason: fmt.Sprintf("it is not there (%d)", status)}
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return &Trouble{Reason: fmt.Sprintf("its server does not give it to Spool (%d)", status)}
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500:
		return &Trouble{Reason: fmt.Sprintf("its server answered %d", status), Passing: true}
	}
	return &Trouble{Reason: fmt.Sprintf("its server answered %d", status)}
}

// accepted notes where a picture came from and what was made of it.
func accepted(a spool.Attachment, h header, p picture) string {
	text := fmt.Sprintf("with the %s %s (%s", noun(a), shown(a.URL), bytesText(a.Size))
	if a.Width > 0 {
		text = fmt.Sprintf("with the %s %s (%d x %d pixels, %s", noun(a), shown(a.URL), a.Width, a.Height, bytesText(a.Size))
	}
	if w, height := h.upright(); !p.asIs && (w != a.Width || height != a.Height) {
		text += fmt.Sprintf("; it had %d x %d", w, height)
	}
	if !p.asIs && h.mime != p.mime {
		text += "; made from " + h.mime
	}
	return text + ")"
}

// bytesText is a size for people.
func bytesText(n int) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
