package media

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"spool"
)

const (
	// pageLimit is how much of a page is read, in bytes: what it says of itself is
	// at its beginning.
	pageLimit = 512 << 10
	// claimLife is how long somebody may be asking for a page. Whoever takes longer
	// is not alive any more.
	claimLife = 45 * time.Second
	// claimWait is how long to wait for whoever asks for the same page.
	claimWait  = 5 * time.Second
	acceptPage = "text/html, application/xhtml+xml, */*;q=0.1"
)

// A page is what the page of an article says of itself, as it is kept for all
// accounts. Titles are as the page has them.
type page struct {
	Title    string      `json:"title,omitempty"`
	Site     string      `json:"site,omitempty"`
	Pictures []pageImage `json:"pictures,omitempty"`
	Rules    string      `json:"rules,omitempty"` // of a robots.txt: see robotRules

	Failure string `json:"failure,omitempty"` // why nothing is known
	Passing bool   `json:"passing,omitempty"`
	Tries   int    `json:"tries,omitempty"`
}

// A pageImage is a picture that a page names.
type pageImage struct {
	URL string `json:"url"`
	Alt string `json:"alt,omitempty"`
}

// again reports whether it is worth asking once more, now or later.
func (p page) again() bool { return p.Passing && p.Tries < maxTries }

// candidates are the pictures after one that could not be had; empty: all.
func (p page) candidates(after string) []spool.Attachment {
	var all []spool.Attachment
	for _, i := range p.Pictures {
		if i.URL == after {
			all = nil
			continue
		}
		all = append(all, spool.Attachment{URL: i.URL, Alt: described(i.Alt, i.URL, p.Site, p.Title)})
	}
	return all
}

// page returns what a page says of its pictures, which it is asked for once. False:
// it is not known, now or at all; the work has taken note of that.
func (w *work) page(ctx context.Context, address string) (page, bool) {
	key, ok := noted(address)
	if !ok {
		w.notes = append(w.notes, "without a picture of the page: its address cannot be fetched")
		return page{}, false
	}
	p, ok := w.askOnce(ctx, key, w.readPage)
	switch {
	case !ok:
		return page{}, false
	case p.Failure != "":
		w.notes = append(w.notes, "without a picture of the page "+shown(address)+": "+p.Failure)
		return page{}, false
	case len(p.Pictures) == 0:
		w.notes = append(w.notes, "the page "+shown(address)+" names no picture")
	}
	return p, true
}

// askOnce returns what was noted under a key, or else lets ask find it out: one
// at a time, on all accounts and in all processes. False: it is to be tried later,
// and the work has taken note of that.
func (w *work) askOnce(ctx context.Context, key string, ask func(ctx context.Context, address string) page) (page, bool) {
	now := w.Now()
	since := now.Add(-pageLife)
	var p page
	body, at, err := w.Store.Page(w.outer, key)
	switch {
	case errors.Is(err, spool.ErrNotFound):
	case err != nil:
		w.err = err
		return page{}, false
	case body == "":
		since = now.Add(-claimLife)
	case at.After(since) && at.Before(now.Add(pageLife)):
		if err := json.Unmarshal([]byte(body), &p); err == nil && !p.again() {
			return p, true
		}
		if wait := at.Add(retryWait(p.Tries)).Sub(now); wait > 0 && wait <= retryWait(p.Tries) {
			w.wait = max(w.wait, wait)
			return page{}, false
		}
		since = at
	}
	switch err := w.Store.ClaimPage(w.outer, key, now, since); {
	case errors.Is(err, spool.ErrConflict):
		w.wait = max(w.wait, claimWait)
		return page{}, false
	case err != nil:
		w.err = err
		return page{}, false
	}
	tries := p.Tries
	p = ask(ctx, key)
	p.Tries = tries + 1
	return w.note(key, p)
}

// note keeps what was found at an address for whoever asks next.
func (w *work) note(key string, p page) (page, bool) {
	if w.err != nil {
		return page{}, false
	}
	body, err := json.Marshal(p)
	if err == nil {
		err = w.Store.SavePage(context.WithoutCancel(w.outer), key, string(body), w.Now())
	}
	if err != nil {
		w.err = err
		return page{}, false
	}
	if p.again() {
		w.wait = max(w.wait, retryWait(p.Tries))
		w.notes = append(w.notes, shown(key)+" is asked again in "+retryWait(p.Tries).String()+": "+p.Failure)
		return page{}, false
	}
	return p, true
}

// readPage asks for a page.
func (w *work) readPage(ctx context.Context, address string) page {
	answer, err := w.get(ctx, Request{URL: address, Accept: acceptPage, Limit: pageLimit})
	if err != nil {
		return failure(err)
	}
	return parsePage(answer.Body, answer.Header.Get("Content-Type"), answer.URL)
}

// failure is what is noted of an address that gave no answer.
func failure(err error) page {
	var t *Trouble
	switch {
	case errors.As(err, &t):
		return page{Failure: t.Reason, Passing: t.Passing}
	case errors.Is(err, context.DeadlineExceeded):
		return page{Failure: "it did not answer in time", Passing: true}
	}
	return page{Failure: "it could not be fetched", Passing: true}
}
