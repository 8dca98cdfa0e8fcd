package websubtest

import (
	"net"
	"net/http"
	"net/http/httptest"
)

// Hosts is a transport to handlers in the same process, by host. A host that is
// not in it has no address.
type Hosts map[string]http.Handler

// RoundTrip is that of http.RoundTripper.
func (t Hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	handler := t[r.URL.Host]
	if handler == nil {
		return nil, &net.DNSError{Err: "no such host", Name: r.URL.Hostname(), IsNotFound: true}
	}
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	in.RequestURI, in.Host = r.URL.RequestURI(), r.URL.Host
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, in)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	resp := w.Result()
	resp.Request = r
	return resp, nil
}
