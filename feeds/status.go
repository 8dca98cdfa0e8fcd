package feeds

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// statusError says what an answer means that is neither a document nor "not
// modified".
func (x *exchange) statusError(now time.Time) *Error {
	resp := x.resp
	host, code := x.at.Host, resp.StatusCode
	e := &Error{Kind: KindStatus, Status: code, RetryAfter: retryAfter(resp.Header.Get("Retry-After"), now)}
	if name := wallOf(code, resp.Header, head(resp)); name != "" {
		return e.walled(host, name)
	}
	e.Message = fmt.Sprintf("%s answered %s", host, statusText(code))
	switch code {
	case http.StatusTooManyRequests:
		e.Kind = KindThrottled
		e.Hint = "it wants fewer requests: poll its feeds less often"
	case http.StatusGone:
		e.Kind = KindGone
		e.Hint = "the publisher has given up this feed: look for a new address, or remove it"
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Hint = x.noEntry(code)
	case http.StatusNotModified:
		e.Message += ", though nothing was remembered that it could be compared with"
		e.Hint = "tell the publisher that their cache answers requests without conditions with 304"
	default:
		e.Hint = hintFor(code)
	}
	return e
}

// hintFor says what may help with a status that is only bad luck, or a mistake.
func hintFor(code int) string {
	switch code {
	case http.StatusNotFound:
		return "check the feed's address; it is tried again later"
	case http.StatusPaymentRequired:
		return "the publisher wants to be paid for the feed: ask them"
	case http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusTeapot:
		return "something before the site refuses programs: ask the publisher to let Spool's User-Agent through"
	case http.StatusRequestHeaderFieldsTooLarge:
		return "check the feed's headers: one of them may be too long"
	case http.StatusMisdirectedRequest:
		return "the server confuses its sites: set http2 to false for this feed, or tell the publisher"
	case http.StatusUnavailableForLegalReasons:
		return "the publisher withholds it for legal reasons, perhaps only where this machine is: ask them"
	case http.StatusServiceUnavailable:
		return "the site is overloaded or being worked on; it is tried again later"
	}
	if code >= 500 {
		return "the trouble is on their side; it is tried again later"
	}
	return "check the feed's address"
}

// part reports whether an answer says that it is only a piece of a document. A
// 206 that says nothing is taken for whole: nobody asked for a piece.
func part(resp *http.Response) bool {
	if resp.StatusCode != http.StatusPartialContent {
		return false
	}
	from, size, ok := strings.Cut(strings.TrimSpace(resp.Header.Get("Content-Range")), "/")
	first, last, isRange := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.ToLower(from), "bytes")), "-")
	if !ok || !isRange {
		return strings.HasPrefix(strings.ToLower(resp.Header.Get("Content-Type")), "multipart/")
	}
	end, err := strconv.ParseInt(last, 10, 64)
	return first != "0" || err != nil || size != "*" && size != strconv.FormatInt(end+1, 10)
}

func partError(resp *http.Response) *Error {
	return &Error{Kind: KindCut,
		Message: resp.Request.URL.Host + " sent only a part of the document (206), though all of it was asked for",
		Hint:    "nothing was read from it; tell the publisher that their cache is broken"}
}

// notFeed is the error of a document that could not be read: perhaps it is the
// page of a wall.
func notFeed(err error, resp *http.Response, page []byte) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindNotFeed {
		return err
	}
	e.Status = resp.StatusCode
	if name := wallOf(resp.StatusCode, resp.Header, page[:min(len(page), pageHead)]); name != "" {
		return e.walled(resp.Request.URL.Host, name)
	}
	return err
}

// noEntry says what may help with a 401 or a 403.
func (x *exchange) noEntry(code int) string {
	switch {
	case x.secrets() && !x.trusted():
		return "the feed's auth and headers were not sent there, because a redirect led to another server: enter the address that it leads to as the feed's url"
	case x.secrets():
		return "the feed's auth or headers may be wrong or may have expired"
	case code == http.StatusUnauthorized:
		return "it wants a login: set the feed's auth, or its headers, or ask the publisher for an address that needs no login"
	}
	return "it does not let Spool in: if the feed needs a login, set its auth or headers; else set fetch.contact, and ask the publisher to let Spool's User-Agent through"
}

func statusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return fmt.Sprintf("%d (%s)", code, text)
	}
	return fmt.Sprintf("%d", code)
}
