package feeds

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"sync/atomic"
	"time"

	"spool"
)

// downloadTime is how long a whole download may take. One that brings nothing for as
// long as a feed may take altogether (Options.Timeout) ends before.
const downloadTime = 10 * time.Minute

// acceptFile asks for a file, whatever it is.
const acceptFile = "application/zip, application/octet-stream;q=0.9, */*;q=0.5"

// A Download is what became of a request for a file.
type Download struct {
	Unchanged  bool // what is there is what was there: the server says so, or it sent the same bytes again
	Status     int
	Validators spool.Validators // to be kept together with the file
	Issuer     string           // of Validators, as in Result
	BodyHash   string           // of the file
	Bytes      int64            // that were written; 0 when the server said "not modified"
}

// Download makes one conditional request for the file at s.URL, follows redirects, and
// writes what is there to dst, at most limit bytes of it (0: as many as a feed may
// have). The rules for addresses, headers, validators and turns are those of Fetch, but
// the answer is not kept in memory, and may take minutes; meanwhile others may ask the
// same host. What was written of a file that fails is of no use. Kind of s counts for
// nothing. An error of dst is returned as it is; every other one is an *Error.
func (f *Fetcher) Download(ctx context.Context, s Source, dst io.Writer, limit int64) (Download, error) {
	x, err := f.askFor(ctx, s, http.MethodGet, cmp.Or(s.Accept, acceptFile), downloadTime)
	if err != nil {
		return Download{}, err
	}
	defer x.close()
	d := Download{Status: x.resp.StatusCode, Issuer: x.issuer()}
	switch {
	case d.Status == http.StatusNotModified && x.validators() != spool.Validators{}:
		d.Unchanged, d.Validators, d.BodyHash = true, refreshed(s.Validators, x.resp.Header), s.BodyHash
		return d, nil
	case d.Status < 200 || d.Status > 299:
		return Download{}, x.statusError(f.now())
	}
	x.turn.leave() // a file that takes minutes must not hold up the polls of its host
	if limit <= 0 {
		limit = f.maxBytes
	}
	if d.BodyHash, d.Bytes, err = f.write(x, dst, limit); err != nil {
		return Download{}, withStatus(err, d.Status)
	}
	d.Validators, d.Unchanged = validators(x.resp.Header), d.BodyHash == s.BodyHash
	f.log.Debug("downloaded", "name", s.Name, "status", d.Status, "unchanged", d.Unchanged, "bytes", d.Bytes)
	return d, nil
}

// write copies the body of an answer to dst, unpacked as readBody does it.
func (f *Fetcher) write(x *exchange, dst io.Writer, limit int64) (digest string, n int64, err error) {
	if part(x.resp) {
		return "", 0, partError(x.resp)
	}
	if err := readable(x.resp); err != nil {
		return "", 0, err
	}
	body := f.impatient(x)
	defer body.stop()
	plain, err := unpack(&bounded{r: body, left: limit})
	if err != nil {
		return "", 0, body.explain(x, limit, err)
	}
	sum, out := sha256.New(), &writer{w: dst}
	n, err = io.Copy(io.MultiWriter(sum, out), &bounded{r: plain, left: limit})
	switch {
	case out.err != nil:
		return "", 0, out.err
	case err != nil:
		return "", 0, body.explain(x, limit, err)
	}
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:16]), n, nil
}

// A writer remembers its error, which is nobody's fault at the other end.
type writer struct {
	w   io.Writer
	err error
}

// Write is that of io.Writer.
func (w *writer) Write(p []byte) (n int, err error) {
	n, err = w.w.Write(p)
	w.err = err
	return n, err
}

// An impatient reader of a body ends the request when nothing comes for a while.
type impatient struct {
	r     io.Reader
	after time.Duration
	timer *time.Timer
	ended atomic.Bool
}

func (f *Fetcher) impatient(x *exchange) *impatient {
	i := &impatient{r: x.resp.Body, after: f.timeout}
	i.timer = time.AfterFunc(i.after, func() {
		i.ended.Store(true)
		x.cancel()
	})
	return i
}

// Read is that of io.Reader.
func (i *impatient) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	if n > 0 {
		i.timer.Reset(i.after)
	}
	return n, err
}

func (i *impatient) stop() { i.timer.Stop() }

// explain says why a body could not be read.
func (i *impatient) explain(x *exchange, limit int64, err error) error {
	host := x.resp.Request.URL.Host
	if i.ended.Load() && !x.cancelled() {
		return &Error{Kind: KindTimeout, Err: err,
			Message: fmt.Sprintf("%s sent nothing for %s in the middle of its answer", host, i.after),
			Hint:    "it is tried again later"}
	}
	err = bodyError(host, limit, err)
	var e *Error
	if errors.As(err, &e) && e.Kind == KindTooLarge {
		e.Hint = "nothing was read from it"
		if kind, _, _ := mime.ParseMediaType(x.resp.Header.Get("Content-Type")); kind == "text/html" {
			e.Hint += "; it is a web page: check the address"
		}
	}
	return err
}
