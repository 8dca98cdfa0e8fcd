package publisher

import (
	"net"
	"net/http"
	"time"
)

// NewTransport returns a transport for the APIs of the networks. Connections
// are few and kept; each phase has its own time limit, so that a dead network
// is known soon, while an answer may take as long as the call allows. Proxies
// of the environment are not used: a token goes to the host that is configured
// and nowhere else.
func NewTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           16,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        60 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
