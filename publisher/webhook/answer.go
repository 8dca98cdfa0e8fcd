package webhook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"spool"
	"spool/publisher"
)

// Bounds of what is believed of an answer.
const (
	maxAnswer = 64 << 10 // bytes of a body that is read for an id
	maxID     = 200
	maxURL    = 2048
)

// An answer is what a receiver says about a message that it took.
type answer struct {
	ID  string // its own id of the post; empty: it gave none
	URL string // where readers find the post; empty: it did not say
}

// read takes the id and the address out of an answer. A receiver need not give
// either, and what makes no sense is not taken.
func (h *hook) read(body []byte) answer {
	var said struct {
		ID  json.RawMessage `json:"id"`
		URL string          `json:"url"`
	}
	if len(body) > maxAnswer || json.Unmarshal(body, &said) != nil {
		return answer{}
	}
	return answer{ID: h.saneID(said.ID), URL: h.saneURL(said.URL)}
}

// saneID reads an id that is a string or a whole number.
func (h *hook) saneID(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		var n json.Number
		if json.Unmarshal(raw, &n) != nil {
			return ""
		}
		s = n.String()
	}
	odd := func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }
	if s == "" || len(s) > maxID || !utf8.ValidString(s) || strings.ContainsFunc(s, odd) || h.tells(s) {
		return ""
	}
	return s
}

func (h *hook) saneURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > maxURL || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") || h.tells(s) {
		return ""
	}
	return s
}

// tells reports whether a text gives a secret of this address away.
func (h *hook) tells(s string) bool { return publisher.Redact(s, h.hidden...) != s }

// unanswered is a message of which nobody knows whether it arrived, unless it is
// certain that it did not leave.
func (h *hook) unanswered(op string, err error) *spool.Failure {
	kind := spool.Unsure
	if publisher.NotSent(err) {
		kind = spool.Temporary
	}
	return h.failure(op, kind, "", err)
}

// What a person has to know of a refusal, beside what the receiver says.
const (
	notLetIn = "the receiver does not let Spool in: look at base_url and secret of the account"
	noHook   = "nobody takes messages at this address: look at base_url of the account"
	moved    = "the receiver points to another address, and no redirect is followed: set base_url of the account to where it leads"
	tooMuch  = "the receiver wants a pause"
	tooLong  = "the message is too long for the receiver"
	refuses  = "the receiver refuses the message"
	broken   = "the receiver is in trouble"
	notKnown = "the receiver does not know the post, or does not take such messages"
)

// refused says what follows from a status that is no success.
func (h *hook) refused(op string, reply publisher.Reply) *spool.Failure {
	kind, hint := judge(reply.Status)
	if hint == noHook && op != publishing {
		// A post that somebody has removed by hand must not stop the account, again
		// and again. Whether anybody is there at all, the next post shows.
		kind, hint = spool.Permanent, notKnown
	}
	f := h.failure(op, kind, strconv.Itoa(reply.Status), fmt.Errorf("%s: HTTP %d%s", hint, reply.Status, h.quote(reply)))
	f.Wait = reply.RetryAfter()
	if kind == spool.Credentials {
		h.barrier.raise(f, h.o.Now())
	}
	return f
}

// judge says what a status means. Only the statuses by which servers say that
// they have done nothing are taken for that: behind a 5xx the message may have
// been taken, and a redirect may come after the effect. An address that nobody
// answers at, or no longer, concerns every post, so the account stops and its
// posts are kept.
func judge(status int) (kind spool.Kind, hint string) {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return spool.Credentials, notLetIn
	case status == http.StatusNotFound, status == http.StatusGone, status == http.StatusMethodNotAllowed:
		return spool.Credentials, noHook
	case status == http.StatusTooManyRequests:
		return spool.Throttled, tooMuch
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusMisdirectedRequest:
		return spool.Temporary, broken // it was not read, or not by the right server
	case status == http.StatusRequestEntityTooLarge:
		return spool.Permanent, tooLong
	case status >= 400 && status <= 499:
		return spool.Permanent, refuses
	case status >= 300 && status <= 399:
		return spool.Unsure, moved
	}
	return spool.Unsure, broken
}

// quote is what the receiver itself says about a refusal, if that is for people:
// a line of text or of JSON, not a page.
func (h *hook) quote(reply publisher.Reply) string {
	kind := reply.Header.Get("Content-Type")
	if !strings.Contains(kind, "json") && !strings.HasPrefix(kind, "text/plain") {
		return ""
	}
	// All of it is searched for secrets before it is cut: half a secret is one too.
	text := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, publisher.Redact(unescaped(string(reply.Body)), h.hidden...))
	if text = publisher.Excerpt(text); text == "" {
		return ""
	}
	return ": " + text
}

// escape is a sign of JSON's texts that need not be escaped, and that many
// servers escape: "+" and "/" stand in secrets.
var escape = regexp.MustCompile(`\\/|\\u00[2-7][0-9a-fA-F]`)

// unescaped is a text of JSON in which secrets look as they do elsewhere. What
// the quotation marks and the backslash stand for is left alone.
func unescaped(s string) string {
	return escape.ReplaceAllStringFunc(s, func(sign string) string {
		code, err := strconv.ParseUint(strings.TrimPrefix(sign, `\u`), 16, 8)
		switch {
		case sign == `\/`:
			return "/"
		case err != nil || code == '"' || code == '\\':
			return sign
		}
		return string(rune(code))
	})
}
