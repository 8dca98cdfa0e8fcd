package feeds

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// statusError says what an answer means that is neither a document nor "not
// modified".
func statusError(resp *http.Response, now time.Time) *Error {
	host, code := resp.Request.URL.Host, resp.StatusCode
	e := &Error{Kind: KindStatus, Status: code, RetryAfter: retryAfter(resp.Header.Get("Retry-After"), now)}
	e.Message = fmt.Sprintf("%s answered %s", host, statusText(code))
	switch {
	case challenged(resp):
		e.Kind = KindChallenge
		e.Message += " with a page that only browsers get past"
		e.Hint = "ask the publisher to let Spool's User-Agent through to the feed"
	case code == http.StatusTooManyRequests:
		e.Kind = KindThrottled
		e.Hint = "it wants fewer requests: poll its feeds less often"
	case code == http.StatusGone:
		e.Kind = KindGone
		e.Hint = "the publisher has given up this feed: look for a new address, or remove it"
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		e.Hint = "it does not let Spool in: set fetch.contact, or ask the publisher for an address that needs no login"
	case code == http.StatusNotFound:
		e.Hint = "check the feed's address; it is tried again later"
	case code == http.StatusNotModified:
		e.Message += ", though nothing was remembered that it could be compared with"
		e.Hint = "tell the publisher that their cache answers requests without conditions with 304"
	case code >= 500:
		e.Hint = "the trouble is on their side; it is tried again later"
	default:
		e.Hint = "check the feed's address"
	}
	return e
}

func statusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return fmt.Sprintf("%d (%s)", code, text)
	}
	return fmt.Sprintf("%d", code)
}

// challenged recognises the page by which a content network asks for a browser.
func challenged(resp *http.Response) bool {
	if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusServiceUnavailable && resp.StatusCode != http.StatusTooManyRequests {
		return false
	}
	return strings.EqualFold(resp.Header.Get("Cf-Mitigated"), "challenge")
}
