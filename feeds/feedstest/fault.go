package feedstest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"time"
)

// An Answer is what a feed would have sent.
type Answer struct {
	Body []byte
	Type string
	Self string // the feed's name at a hub
}

// A Fault answers a request for a feed in the place of the feed.
type Fault func(w http.ResponseWriter, r *http.Request, a Answer)

// Status answers with a status, and with a Retry-After header unless it is empty.
func Status(code int, retryAfter string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ Answer) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		http.Error(w, "told to fail", code)
	}
}

// RetryAt is a moment in the form that Retry-After has besides a number of seconds.
func RetryAt(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// Reply answers with whatever the caller likes. A body of nil is the feed's.
func Reply(status int, header http.Header, body []byte) Fault {
	return func(w http.ResponseWriter, _ *http.Request, a Answer) {
		w.Header().Set("Content-Type", a.Type)
		for name, values := range header {
			w.Header()[name] = values
		}
		if body == nil {
			body = a.Body
		}
		w.WriteHeader(status)
		if status != http.StatusNotModified && status != http.StatusNoContent {
			_, _ = w.Write(body)
		}
	}
}

// Chain redirects as often as there are codes, with each of them in turn, and
// last to an address: by way of the feed's own with a query that counts. It may
// be given to FailOn, as it knows from the query how far somebody has come.
func Chain(to string, codes ...int) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ Answer) {
		hop, _ := strconv.Atoi(r.URL.Query().Get("hop"))
		if hop < 0 || hop >= len(codes) {
			http.Error(w, "nobody was sent here", http.StatusBadRequest)
			return
		}
		next := to
		if hop+1 < len(codes) {
			next = r.URL.Path + "?hop=" + strconv.Itoa(hop+1)
		}
		w.Header().Set("Location", next)
		w.WriteHeader(codes[hop])
	}
}

// Challenge answers as a content network does that wants to see a browser.
func Challenge() Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ Answer) {
		w.Header().Set("Cf-Mitigated", "challenge")
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<!doctype html><title>Just a moment</title>")
	}
}

// Redirect answers with a redirect.
func Redirect(code int, to string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ Answer) {
		w.Header().Set("Location", to)
		w.Header().Set("Set-Cookie", "seen=1")
		w.WriteHeader(code)
	}
}

// HTML answers with a web page that names the feed.
func HTML() Fault {
	return func(w http.ResponseWriter, r *http.Request, _ Answer) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><html><head><title>News</title><link rel="alternate" type="application/rss+xml" href="`+r.URL.Path+`"></head><body><p>Hello</p></body></html>`)
	}
}

// Body answers with bytes of the caller's.
func Body(contentType string, body []byte) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ Answer) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(body)
	}
}

// Cut promises the whole feed and breaks the connection after n bytes.
func Cut(n int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, a Answer) {
		w.Header().Set("Content-Type", a.Type)
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
		_, _ = w.Write(a.Body[:min(n, len(a.Body))])
		flush(w)
		panic(http.ErrAbortHandler)
	}
}

// Truncated sends the first n bytes as if they were the whole feed.
func Truncated(n int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, a Answer) {
		w.Header().Set("Content-Type", a.Type)
		_, _ = w.Write(a.Body[:min(n, len(a.Body))])
	}
}

// Break closes the connection without an answer.
func Break() Fault {
	return func(http.ResponseWriter, *http.Request, Answer) { panic(http.ErrAbortHandler) }
}

// Hang does not answer until the client gives up.
func Hang() Fault {
	return func(_ http.ResponseWriter, r *http.Request, _ Answer) { <-r.Context().Done() }
}

// Drip sends the feed byte by byte.
func Drip(every time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, a Answer) {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for i := range a.Body {
			if _, err := w.Write(a.Body[i : i+1]); err != nil {
				return
			}
			flush(w)
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	}
}

// Huge sends n bytes that begin as the feed does; n < 0: it never ends.
func Huge(n int64) Fault {
	return func(w http.ResponseWriter, r *http.Request, a Answer) {
		w.Header().Set("Content-Type", a.Type)
		half := a.Body[:len(a.Body)/2]
		_, _ = w.Write(half)
		filler := bytes.Repeat([]byte("<!-- and so on -->\n"), 1024)
		for sent := int64(len(half)); n < 0 || sent < n; sent += int64(len(filler)) {
			if _, err := w.Write(filler); err != nil || r.Context().Err() != nil {
				return
			}
		}
	}
}

// Encoded sends the feed as it is, and says that it is packed in some way.
func Encoded(as string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, a Answer) {
		w.Header().Set("Content-Type", a.Type)
		w.Header().Set("Content-Encoding", as)
		_, _ = w.Write(a.Body)
	}
}

// Headers sends headers without end, and no body: n of a kilobyte each.
func Headers(n int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ Answer) {
		for i := range n {
			w.Header().Set("X-Filler-"+strconv.Itoa(i), string(bytes.Repeat([]byte("x"), 1000)))
		}
		w.WriteHeader(http.StatusOK)
	}
}

// Zipped sends the feed packed layers times; declared says whether the header
// admits the first.
func Zipped(layers int, declared bool) Fault {
	return func(w http.ResponseWriter, _ *http.Request, a Answer) {
		body := a.Body
		for range layers {
			body = pack(bytes.NewReader(body))
		}
		w.Header().Set("Content-Type", a.Type)
		if declared {
			w.Header().Set("Content-Encoding", "gzip")
		}
		_, _ = w.Write(body)
	}
}

// Bomb sends a little gzip that unpacks to n bytes.
func Bomb(n int64) Fault {
	return func(w http.ResponseWriter, _ *http.Request, a Answer) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", a.Type)
		_, _ = w.Write(pack(io.LimitReader(spaces{}, n)))
	}
}

// spaces is a reader of nothing but spaces.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func pack(r io.Reader) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.Copy(z, r) // a Buffer does not fail
	_ = z.Close()
	return b.Bytes()
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }
