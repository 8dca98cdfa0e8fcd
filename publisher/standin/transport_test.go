package standin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/standin"
)

// A client can tell a request that was never written from one that was cut.
func TestTransportTellsWhatWasWritten(t *testing.T) {
	for name, tt := range map[string]struct {
		action  standin.Action
		written bool
		err     error
	}{
		"refused": {standin.Refuse(), false, syscall.ECONNREFUSED},
		"cut":     {standin.DropBefore(), true, syscall.ECONNRESET},
		"hang":    {standin.Hang(), true, context.DeadlineExceeded},
		"fine":    {standin.Action{}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := begin()
				g.fail(tt.action)
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				headers, whole := false, false
				ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
					WroteHeaders: func() { headers = true },
					WroteRequest: func(httptrace.WroteRequestInfo) { whole = true },
				})
				req, err := http.NewRequestWithContext(ctx, "POST", "https://gazette.example/paper/posts", strings.NewReader("x"))
				if err != nil {
					t.Fatal(err)
				}
				resp, err := g.client().Do(req)
				if err == nil {
					resp.Body.Close()
				}
				if !errors.Is(err, tt.err) || headers != tt.written || whole != tt.written {
					t.Errorf("error %v, written %v, %v", err, headers, whole)
				}
			})
		})
	}
}

// A request that was given up before it left is none.
func TestGivenUpBefore(t *testing.T) {
	g := begin()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := &closed{Reader: strings.NewReader("x")}
	req := httptest.NewRequestWithContext(ctx, "POST", "https://gazette.example/paper/posts", body)
	if _, err := standin.Transport(g).RoundTrip(req); !errors.Is(err, context.Canceled) || !body.closed {
		t.Errorf("error %v, body closed %v", err, body.closed)
	}
	if len(g.Requests()) > 0 || len(g.Visible("")) > 0 {
		t.Errorf("it has arrived: %+v", g.Requests())
	}
}

type closed struct {
	io.Reader
	closed bool
}

func (c *closed) Close() error {
	c.closed = true
	return nil
}

// Whoever gives up in the middle of a body reads that, not that the network broke.
func TestGivenUpInTheMiddle(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		standin.Written(r.Context())
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	for range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		resp, err := standin.Transport(h).RoundTrip(httptest.NewRequestWithContext(ctx, "GET", "https://gazette.example/", nil))
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v", err)
		}
		resp.Body.Close()
	}
}

// A handler that never says that the request was written holds nobody up.
func TestGivenUpOnASilentHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &http.Client{Timeout: time.Minute, Transport: standin.Transport(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))}
		if _, err := c.Get("https://gazette.example/"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}

// Handlers that know nothing of stand-ins answer as over a socket.
func TestPlainHandlers(t *testing.T) {
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		status  int
		body    string
	}{
		"silent": {func(http.ResponseWriter, *http.Request) {}, 200, ""},
		"words":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "one", "two") }, 200, "onetwo"},
		"status": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); w.WriteHeader(500) }, 404, ""},
		"flushed": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "one")
			w.(http.Flusher).Flush()
			fmt.Fprint(w, "two")
		}, 200, "onetwo"},
		"host": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host, r.RequestURI, r.Body == nil) }, 200, "gazette.example/x?yfalse"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := (&http.Client{Transport: standin.Transport(tt.handler)}).Get("https://gazette.example/x?y")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != tt.status || string(b) != tt.body {
				t.Errorf("%d %q, error %v", resp.StatusCode, b, err)
			}
		})
	}
}

func TestReplies(t *testing.T) {
	w := httptest.NewRecorder()
	standin.JSON(201, map[string]string{"text": "<b> & more"}).Write(w)
	if w.Code != 201 || w.Body.String() != `{"text":"<b> & more"}` || w.Header().Get("Content-Length") != "21" || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		t.Errorf("%d %s, %v", w.Code, w.Body, w.Header())
	}
	w = httptest.NewRecorder()
	standin.Reply{Status: http.StatusNoContent}.Write(w)
	if w.Code != 204 || w.Header().Get("Content-Length") != "" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	if r := standin.JSON(200, func() {}); r.Status != 500 {
		t.Errorf("what has no JSON gives %d", r.Status)
	}
}

func ExampleTransport() {
	g := begin()
	client := &http.Client{Transport: standin.Transport(g)}
	resp, err := client.Post("https://gazette.example/paper/posts", "text/plain", strings.NewReader("Bridge closed"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, g.Visible("paper")[0].Text)
	// Output: 201 Bridge closed
}
