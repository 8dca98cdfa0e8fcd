package feeds

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// acceptPage asks for a page that names feeds, and takes what else there is.
const acceptPage = "text/html, application/xhtml+xml, application/atom+xml;q=0.9, application/rss+xml;q=0.9, application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"

// A Page is what was at an address, whatever it is.
type Page struct {
	URL         string // where redirects ended
	Status      int
	Header      http.Header
	ContentType string
	Body        []byte // unpacked; empty unless Status is from 200 to 299
	Cut         bool   // Body is only the beginning

	problem *Error
}

// Err is the trouble that Status stands for, in the same words as that of a
// feed; nil when Status is from 200 to 299.
func (p Page) Err() error {
	if p.problem == nil {
		return nil
	}
	return p.problem
}

// Get makes one request for s.URL, follows redirects, and returns the first
// limit bytes of what is there (0: as many as a feed may have). It is for
// looking around, for pages and sitemaps that may lead to a feed: the rules
// for addresses, headers and turns are those of Fetch, but nothing is
// conditional, and Kind, Validators and BodyHash of s count for nothing. That
// a server answers with an error is no error of Get; every error is an *Error.
func (f *Fetcher) Get(ctx context.Context, s Source, limit int64) (Page, error) {
	s.Validators.ETag, s.Validators.LastModified = "", ""
	x, err := f.ask(ctx, s, http.MethodGet, cmp.Or(s.Accept, acceptPage))
	if err != nil {
		return Page{}, err
	}
	defer x.close()
	p := x.page(f.now())
	if p.problem != nil {
		return p, nil
	}
	if limit <= 0 {
		limit = f.maxBytes
	}
	p.Body, p.Cut, err = readBeginning(x.resp, limit)
	return p, withStatus(err, p.Status)
}

// Head asks, as Get would, only for what the server says of an address: the
// Body of the Page is empty. Header has the Content-Length, if there is one.
func (f *Fetcher) Head(ctx context.Context, s Source) (Page, error) {
	s.Validators.ETag, s.Validators.LastModified = "", ""
	x, err := f.ask(ctx, s, http.MethodHead, cmp.Or(s.Accept, acceptPage))
	if err != nil {
		return Page{}, err
	}
	defer x.close()
	return x.page(f.now()), nil
}

// page is the answer without its body.
func (x *exchange) page(now time.Time) Page {
	p := Page{URL: x.resp.Request.URL.String(), Status: x.resp.StatusCode, Header: x.resp.Header, ContentType: x.resp.Header.Get("Content-Type")}
	if p.Status < 200 || p.Status > 299 {
		p.problem = x.statusError(now)
	}
	return p
}

// readBeginning returns the first limit bytes of a body, unpacked, and whether
// there are more.
func readBeginning(resp *http.Response, limit int64) (body []byte, cut bool, err error) {
	if err := readable(resp); err != nil {
		return nil, false, err
	}
	var buf bytes.Buffer
	plain, err := unpack(&bounded{r: resp.Body, left: limit + unpackAhead})
	if err == nil {
		_, err = buf.ReadFrom(io.LimitReader(plain, limit+1))
	}
	body = buf.Bytes()
	switch {
	case int64(len(body)) > limit:
		return body[:limit:limit], true, nil
	case errors.Is(err, errTooLarge):
		return body, true, nil
	}
	return body, false, bodyError(resp.Request.URL.Host, limit, err)
}
