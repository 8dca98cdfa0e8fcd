package media

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"spool"
)

// maxFilm is the largest film that is uploaded from here, in bytes. It is held in
// memory and kept in the database meanwhile, and neither is made for more.
const maxFilm = 16 << 20

const acceptFilm = "video/mp4, video/*;q=0.5, */*;q=0.1"

// film takes a film as it is: nothing here could make another of it.
func (w *work) film(ctx context.Context, a spool.Attachment) (spool.Attachment, verdict) {
	key, ok := samePlace(a.URL)
	switch {
	case !ok:
		w.leave(a, "its address cannot be fetched")
		return a, left
	case len(w.limits.Films) == 0:
		w.leave(a, "the network takes no films")
		return a, left
	}
	fetch := w.uploadedFilm
	if w.limits.ByURL {
		fetch = w.linkedFilm
	}
	done, err := fetch(ctx, a)
	if err != nil {
		return w.failed(a, err)
	}
	done.Tries = 0
	w.seen = append(w.seen, likeness{place: key})
	w.notes = append(w.notes, fmt.Sprintf("with the film %s (%s)", shown(a.URL), bytesText(done.Size)))
	return done, got
}

// linkedFilm makes sure that the network's own fetcher can have a film.
func (w *work) linkedFilm(ctx context.Context, a spool.Attachment) (spool.Attachment, error) {
	answer, err := w.head(ctx, a.URL)
	if err != nil {
		return a, err
	}
	if fault := w.unfit(ctx, a.URL, answer); fault != "" {
		return a, useless("the network could not fetch it: %s", fault)
	}
	mime := mediaType(answer)
	size, err := strconv.Atoi(answer.Header.Get("Content-Length"))
	switch {
	case !slices.Contains(w.limits.Films, mime):
		return a, useless("the network does not take films of its type (%s)", orNone(mime))
	case err != nil || size <= 0:
		return a, useless("its server does not say how large it is, which the network wants to know")
	case w.limits.Film > 0 && size > w.limits.Film:
		return a, useless("it is too large (%s)", bytesText(size))
	}
	a.Type, a.Size, a.Public = mime, size, plainAddress(a.URL)
	return a, nil
}

// uploadedFilm fetches a small film.
func (w *work) uploadedFilm(ctx context.Context, a spool.Attachment) (spool.Attachment, error) {
	most := maxFilm
	if w.limits.Film > 0 {
		most = min(most, w.limits.Film)
	}
	answer, err := w.get(ctx, Request{URL: a.URL, Accept: acceptFilm, Limit: int64(most)})
	if err != nil {
		return a, err
	}
	mime := sniff(answer.Body)
	switch {
	case answer.Cut:
		return a, useless("it is larger than %s, the most that is uploaded", bytesText(most))
	case !strings.HasPrefix(mime, "video/"):
		return a, useless("it is no film that can be read")
	case !slices.Contains(w.limits.Films, mime):
		return a, useless("the network does not take films of its type (%s)", mime)
	}
	sum := sha256.Sum256(answer.Body)
	if w.met(likeness{sum: sum}) {
		return a, useless("it is in the post already, under another address")
	}
	a.Type, a.Size = mime, len(answer.Body)
	err = w.save(&a, picture{data: answer.Body, mime: mime})
	return a, err
}

func orNone(mime string) string {
	if mime == "" {
		return "which its server does not name"
	}
	return mime
}
