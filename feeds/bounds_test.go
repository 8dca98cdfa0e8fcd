package feeds

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A hostile is a server that answers with bytes of a test's own, over a pipe:
// what it has written, somebody has read.
type hostile struct {
	answer  func(c net.Conn, say func(string) bool)
	written atomic.Int64
	running sync.WaitGroup
}

func (h *hostile) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	h.running.Go(func() {
		defer func() { _ = server.Close() }()
		if _, err := http.ReadRequest(bufio.NewReader(server)); err != nil {
			return
		}
		h.answer(server, func(s string) bool {
			n, err := io.WriteString(server, s)
			h.written.Add(int64(n))
			return err == nil
		})
	})
	return client, nil
}

// fetcher is one with the transport of the program, but for the network below.
func (h *hostile) fetcher(t *testing.T) *Fetcher {
	t.Helper()
	tr := newTransport(newGuard(nil), defaultPerHost, nil)
	tr.DialContext = h.dial
	f, err := New(Options{Transport: tr, MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close(); h.running.Wait() })
	return f
}

// forever says one thing again and again, every so often, while somebody listens.
func forever(every time.Duration, begin, again string) func(net.Conn, func(string) bool) {
	return func(_ net.Conn, say func(string) bool) {
		for ok := say(begin); ok; ok = say(again) {
			_ = pause(context.Background(), every)
		}
	}
}

func once(s string) func(net.Conn, func(string) bool) {
	return func(_ net.Conn, say func(string) bool) { say(s) }
}

const good = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"

// TestHostileServers end with an error, in time, and after so much was read and
// no more. The time is the bubble's, which costs none.
func TestHostileServers(t *testing.T) {
	line := "X-Filler: " + strings.Repeat("x", 1000) + "\r\n"
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 4096, strings.Repeat(" ", 4096))
	kib := int64(1 << 10)
	tests := map[string]struct {
		answer func(net.Conn, func(string) bool)
		kind   Kind
		most   int64 // bytes
	}{
		"says nothing":                  {func(c net.Conn, _ func(string) bool) { _, _ = c.Read(make([]byte, 1)) }, KindTimeout, 0},
		"drips its status":              {forever(time.Second, "H", "T"), KindTimeout, kib},
		"drips headers":                 {forever(time.Second, "HTTP/1.1 200 OK\r\nX: ", "x"), KindTimeout, kib},
		"headers without end":           {forever(0, "HTTP/1.1 200 OK\r\n", line), KindLimit, 300 * kib},
		"one header without end":        {forever(0, "HTTP/1.1 200 OK\r\nX: ", strings.Repeat("x", 1000)), KindLimit, 300 * kib},
		"a status without end":          {forever(0, "HTTP/1.1 200 ", strings.Repeat("x", 1000)), KindLimit, 300 * kib},
		"hints without end":             {forever(0, "", "HTTP/1.1 103 Early Hints\r\n"+line+"\r\n"), KindLimit, 300 * kib},
		"hints, one each second":        {forever(time.Second, "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), KindTimeout, 4 * kib},
		"chunks without end":            {forever(0, good+"Transfer-Encoding: chunked\r\n\r\n", chunk), KindTooLarge, 2 << 20},
		"chunks of one byte":            {forever(0, good+"Transfer-Encoding: chunked\r\n\r\n", strings.Repeat("1\r\nx\r\n", 1000)), KindTooLarge, 8 << 20},
		"drips chunks":                  {forever(time.Second, good+"Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"), KindTimeout, kib},
		"a chunk beyond numbers":        {once(good + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx"), KindConnect, kib},
		"a trailer without end":         {forever(0, good+"Transfer-Encoding: chunked\r\n\r\n0\r\n", line), KindConnect, 300 * kib},
		"drips its body":                {forever(time.Second, good+"\r\n", "x"), KindTimeout, kib},
		"a body without end":            {forever(0, good+"\r\n", strings.Repeat("x", 4096)), KindTooLarge, 2 << 20},
		"stops in the middle":           {func(c net.Conn, say func(string) bool) { say(good + "\r\n<rss>"); _, _ = c.Read(make([]byte, 1)) }, KindTimeout, kib},
		"promises more than it sends":   {once(good + "Content-Length: 1000\r\n\r\n<rss>"), KindCut, kib},
		"promises more than there is":   {once(good + "Content-Length: 99999999999999999999\r\n\r\n<rss>"), KindConnect, kib},
		"promises less than nothing":    {once(good + "Content-Length: -1\r\n\r\n<rss>"), KindConnect, kib},
		"promises two things":           {once(good + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n<rss>"), KindConnect, kib},
		"promises what nobody can hold": {forever(0, good+"Content-Length: 999999999999\r\n\r\n", strings.Repeat("x", 4096)), KindTooLarge, 2 << 20},
		"speaks something else":         {once("220 mail.example ESMTP\r\n"), KindConnect, kib},
		"redirects, and never ends":     {forever(time.Second, "HTTP/1.1 302 Found\r\nLocation: ftp://x/\r\n\r\n", "x"), KindRedirect, kib},
		"refuses, and never ends":       {forever(time.Second, "HTTP/1.1 500 No\r\n\r\n", "x"), KindStatus, kib},
		"drips a challenge":             {forever(time.Second, "HTTP/1.1 403 No\r\nContent-Length: 9999\r\n\r\n", "x"), KindStatus, kib},
		"redirects without end": {func(_ net.Conn, say func(string) bool) {
			say("HTTP/1.1 302 Found\r\nLocation: " + unique() + "\r\nContent-Length: 0\r\n\r\n")
		}, KindRedirect, 2 * kib},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hostile{answer: test.answer}
				start := time.Now()
				e := try(t, h.fetcher(t), "http://x.example/feed")
				took := time.Since(start)
				switch {
				case e == nil || e.Kind != test.kind || e.Message == "" || e.Hint == "":
					t.Errorf("%v", e)
				case strings.Contains(name, "and never ends") && took > 4*time.Second:
					t.Errorf("%v, after %v, though nothing was waited for", e, took)
				case took > defaultTimeout+time.Second || h.written.Load() > test.most:
					t.Errorf("%v, after %v and %d bytes", e, took, h.written.Load())
				}
			})
		})
	}
}

func unique() string { return fmt.Sprintf("/%d", hops.Add(1)) }

var hops atomic.Int64

// bomb is gzip that unpacks to n MiB of spaces, packed layers times in all.
func bomb(t testing.TB, n, layers int) []byte {
	t.Helper()
	member := func(b []byte) []byte {
		var out bytes.Buffer
		z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = z.Write(b)
		_ = z.Close()
		return out.Bytes()
	}
	out := bytes.Repeat(member(bytes.Repeat([]byte(" "), 1<<20)), n)
	for range layers - 1 {
		out = member(out)
	}
	return out
}

// A metered counts what is read of an answer's body.
type metered struct {
	io.Reader
	n int64
}

func (c *metered) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// TestBombs has bodies of a gigabyte and more arrive as a megabyte or as a
// kilobyte. Neither the time nor the memory of unpacking them is spent.
func TestBombs(t *testing.T) {
	const gigabyte = 1024
	for name, body := range map[string][]byte{
		"once": bomb(t, gigabyte, 1), "twice": bomb(t, gigabyte, 2), "three times": bomb(t, gigabyte, 3), "four times": bomb(t, gigabyte, 4),
	} {
		t.Run(name, func(t *testing.T) {
			read := &metered{Reader: bytes.NewReader(body)}
			w := &wire{answer: func(*http.Request) (*http.Response, error) {
				resp := reply(200, "", "Content-Encoding", "gzip")
				resp.Body, resp.ContentLength = io.NopCloser(read), int64(len(body))
				return resp, nil
			}}
			f, err := New(Options{Transport: w, MaxBytes: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			e := try(t, f, "https://x.example/feed")
			runtime.ReadMemStats(&after)
			if e == nil || e.Kind != KindTooLarge && e.Kind != KindNotFeed {
				t.Errorf("%v", e)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
				t.Errorf("%d MiB were allocated", got>>20)
			}
			if read.n > int64(len(body)) || name == "once" && read.n > 64<<10 {
				t.Errorf("%d bytes of %d were read", read.n, len(body))
			}
		})
	}
}

// TestManyMembers is gzip in a million pieces that unpack to nothing.
func TestManyMembers(t *testing.T) {
	var empty bytes.Buffer
	_ = gzip.NewWriter(&empty).Close()
	body := bytes.Repeat(empty.Bytes(), 100_000)
	w := &wire{answer: func(*http.Request) (*http.Response, error) { return reply(200, string(body)), nil }}
	if e := try(t, w.fetcher(t), "https://x.example/feed"); e == nil || e.Kind != KindTooLarge && e.Kind != KindNotFeed {
		t.Errorf("%v", e)
	}
}

// TestHugeHeaders are read, within the transport's limit, and not kept.
func TestHugeHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doc := string(sampleRSS(1))
		long := strings.Repeat("x", 60<<10)
		h := &hostile{answer: once(good + "ETag: \"" + long + "\"\r\nLast-Modified: " + long + "\r\nLink: <https://" + long + ">; rel=hub\r\nCache-Control: max-age=" + long +
			fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(doc), doc))}
		f := h.fetcher(t)
		r, err := f.Fetch(t.Context(), Source{URL: "http://x.example/feed"})
		if err != nil || r.Validators.ETag != "" || r.Validators.LastModified != "" || r.Hub != "" || !r.Fresh.IsZero() {
			t.Errorf("%d %d %d %v %v", len(r.Validators.ETag), len(r.Validators.LastModified), len(r.Hub), r.Fresh, err)
		}
	})
}

// TestWaitOnTheWay: while a body drips in, others on the same host have their turn.
func TestWaitOnTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		h := &hostile{}
		h.answer = func(c net.Conn, say func(string) bool) {
			if n++; n == 1 {
				forever(time.Second, good+"\r\n", "x")(c, say)
				return
			}
			once(good+"\r\n"+string(sampleRSS(1)))(c, say)
		}
		f := h.fetcher(t)
		done := make(chan error, 1)
		go func() {
			_, err := f.Fetch(t.Context(), Source{URL: "http://x.example/slow"})
			done <- err
		}()
		synctest.Wait()
		start := time.Now()
		if e := try(t, f, "http://x.example/quick"); e != nil || time.Since(start) > time.Second {
			t.Errorf("%v after %v", e, time.Since(start))
		}
		var e *Error
		if err := <-done; !errors.As(err, &e) || e.Kind != KindTimeout {
			t.Error(err)
		}
	})
}
