package feeds

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// statusError says what an answer means that is neither a document nor "not
// modified".
func (x *exchange) statusError(now time.Time) *Error {
	resp := x.resp
	host, code := x.at.Host, resp.StatusCode
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
		e.Hint = x.noEntry(code)
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

// noEntry says what may help with a 401 or a 403.
func (x *exchange) noEntry(code int) string {
	switch {
	case x.secrets() && !x.trusted():
		return "the feed's auth and headers were not sent there, because a redirect led to another server: enter the address that it leads to as the feed's url"
	case x.secrets():
		return "the feed's auth or headers may be wrong or may have expired"
	case code == http.StatusUnauthorized:
		return "it wants a login: set the feed's auth, or its headers, or ask the publisher for an address that needs none"
	}
	return "it does not let Spool in: if the feed needs a login, set its auth or headers; else set fetch.contact, and ask the publisher to let Spool's User-Agent through"
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
