package feeds

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"spool"
)

// A Fetcher fetches feeds. Its methods may be called from several goroutines.
type Fetcher struct {
	transport http.RoundTripper
	http1     http.RoundTripper // for those that HTTP/2 does not work with
	hosts     *hosts
	agent     string
	timeout   time.Duration
	maxBytes  int64
	now       func() time.Time
	log       *slog.Logger
	buffers   sync.Pool     // of *bytes.Buffer
	parsers   chan struct{} // as many as can parse at the same time
}

// New returns a Fetcher, or an error that names the option at fault.
func New(o Options) (*Fetcher, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	f := &Fetcher{
		transport: o.Transport,
		hosts:     newHosts(o.PerHost, o.AllowNetworks, o.Now),
		agent:     userAgent(o.Version, o.Contact),
		timeout:   o.Timeout,
		maxBytes:  o.MaxBytes,
		now:       o.Now,
		log:       o.Log,
		buffers:   sync.Pool{New: func() any { return new(bytes.Buffer) }},
		parsers:   make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	f.http1 = f.transport
	if f.transport == nil {
		g := newGuard(o.AllowNetworks)
		f.transport, f.http1 = newTransport(g, o.PerHost, o.names), newTransport1(g, o.PerHost, o.names)
	}
	return f, nil
}

// Close ends the connections that are kept for later.
func (f *Fetcher) Close() {
	for _, r := range []http.RoundTripper{f.transport, f.http1} {
		if t, ok := r.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

// Fetch makes one conditional request for s, follows redirects, and parses the
// answer. It does not try again when that fails, but for what net/http does
// when a kept connection turns out to be closed. Every error is an *Error.
func (f *Fetcher) Fetch(ctx context.Context, s Source) (Result, error) {
	x, err := f.ask(ctx, s, http.MethodGet, s.accepts())
	if err != nil {
		return Result{}, err
	}
	defer x.close()
	r, err := f.read(x, s)
	if err != nil {
		return Result{}, err
	}
	r.Status, r.Moved, r.Upgrade = x.resp.StatusCode, x.moved(), x.upgrade()
	f.log.Debug("fetched", "feed", s.Name, "status", r.Status, "unchanged", r.Unchanged, "bytes", r.Bytes, "items", len(r.Document.Items))
	return r, nil
}

// discard closes a body after a last look for its end, so that the connection
// can serve again, but not for longer than a new one would take.
func discard(body io.ReadCloser) {
	const most, longest = 16 << 10, time.Second
	stop := time.AfterFunc(longest, func() { _ = body.Close() })
	defer stop.Stop()
	_, _ = io.CopyN(io.Discard, body, most)
	_ = body.Close()
}

// read makes a Result of the answer. That the ETag is the same proves nothing:
// a server that overlooks the condition may overlook changes as well, and the
// body is on its way anyhow.
func (f *Fetcher) read(x *exchange, s Source) (r Result, err error) {
	resp, now := x.resp, f.now()
	switch {
	case resp.StatusCode == http.StatusNotModified && x.validators() != spool.Validators{}:
		r = Result{Unchanged: true, Validators: refreshed(s.Validators, resp.Header), BodyHash: s.BodyHash}
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return Result{}, x.statusError(now)
	default:
		if r, err = f.readDocument(resp, s); err != nil {
			return Result{}, withStatus(err, resp.StatusCode)
		}
	}
	r.Issuer = x.issuer()
	r.Fresh = fresh(resp.Header, now)
	hub, topic := hubLinks(resp.Header, resp.Request.URL)
	r.Hub, r.Topic = cmp.Or(hub, r.Document.Hub), cmp.Or(topic, r.Document.Topic)
	return r, nil
}

func (f *Fetcher) readDocument(resp *http.Response, s Source) (Result, error) {
	if part(resp) {
		return Result{}, partError(resp)
	}
	buf, ok := f.buffers.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	defer f.recycle(buf)
	if err := readBody(buf, resp, f.maxBytes); err != nil {
		return Result{}, err
	}
	r := Result{Validators: validators(resp.Header), BodyHash: imprint(buf.Bytes()), Bytes: int64(buf.Len())}
	if r.BodyHash == s.BodyHash {
		r.Unchanged = true
		return r, nil
	}
	alerts, isFeed, err := raw(buf.Bytes(), resp.Header.Get("Content-Type"), resp.Request.URL.String(), s)
	if err != nil {
		return Result{}, err
	}
	r.Raw = alerts
	if !isFeed {
		return r, nil
	}
	doc, err := f.parse(buf.Bytes(), resp, s)
	if err != nil && alerts != nil {
		return r, nil // whoever reads alerts says what is wrong with it
	}
	if err != nil {
		return Result{}, notFeed(err, resp, buf.Bytes())
	}
	if resp.StatusCode == http.StatusIMUsed {
		doc.Degraded = true
		doc.Notes = append(doc.Notes, "degraded: the server sent only what it holds to be new (226), though it was not asked to")
	}
	r.Document = doc
	return r, nil
}

// parse lets no more documents be parsed at once than there are processors. It
// would not be quicker, and a document that is being parsed takes many times
// its size: dozens of them would be most of the memory that the program needs.
func (f *Fetcher) parse(body []byte, resp *http.Response, s Source) (Document, error) {
	f.parsers <- struct{}{}
	defer func() { <-f.parsers }()
	return Parse(body, Input{
		ContentType: resp.Header.Get("Content-Type"), Base: resp.Request.URL.String(),
		Kind: s.Kind, Location: s.Location, Now: f.now(),
	})
}

// recycle keeps buffers of ordinary size; a document's text never refers to one.
func (f *Fetcher) recycle(buf *bytes.Buffer) {
	const ordinary = 1 << 20
	if buf.Cap() <= ordinary {
		buf.Reset()
		f.buffers.Put(buf)
	}
}

func withStatus(err error, status int) error {
	var e *Error
	if errors.As(err, &e) {
		e.Status = status
	}
	return err
}

// hash is what a later answer without validators is compared by.
func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// validators are what a new document came with. "Expires: 0" next to them is
// the mark of a cache layer that answers "not modified" when it should not.
func validators(h http.Header) spool.Validators {
	if h.Get("Expires") == "0" {
		return spool.Validators{}
	}
	return spool.Validators{ETag: bound(h.Get("ETag")), LastModified: bound(h.Get("Last-Modified"))}
}

// refreshed are the validators after "not modified": only what is present
// replaces what is known.
func refreshed(v spool.Validators, h http.Header) spool.Validators {
	if etag := bound(h.Get("ETag")); etag != "" {
		v.ETag = etag
	}
	if modified := bound(h.Get("Last-Modified")); modified != "" {
		v.LastModified = modified
	}
	return v
}

// bound drops a validator that no honest server sends.
func bound(v string) string {
	const longest = 4 << 10
	if len(v) > longest {
		return ""
	}
	return v
}

// userAgent names the program and who answers for it. Without a contact it
// says at least what the program is for.
func userAgent(version, contact string) string {
	if contact == "" {
		return "spool/" + version + " (feed reader)"
	}
	return "spool/" + version + " (+" + headerSafe(contact) + ")"
}

func headerSafe(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '(' || r == ')' {
			return '_'
		}
		return r
	}, printable(s))
}

// printable replaces what a header's value cannot have.
func printable(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < 0x20 || c > 0x7e {
			b[i] = '_'
		}
	}
	return string(b)
}
