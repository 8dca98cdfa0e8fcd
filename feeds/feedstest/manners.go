package feedstest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Manners are how a feed answers when nothing fails. The zero value is a
// well-behaved server.
type Manners struct {
	// Validators. By default an answer has both, and they change when it does.
	NoETag           bool
	NoLastModified   bool
	WeakETag         bool
	ChangingETag     bool // another one each time, so that it never matches
	Vanishing        bool // every other whole answer has none at all
	IgnoreConditions bool // 200 with the whole body to whatever is asked
	Renew            bool // a 304 moves Last-Modified to now, and leaves the ETag out

	// For how long an answer holds; each is sent as it is, unless empty.
	CacheControl string
	Expires      string
	Age          string
	Date         string // default: the publisher's time

	// A hub for the feed. Self is the feed's name there, by default the address
	// that was asked for.
	Hub, Self string
	InHeader  bool // named in Link headers; else in the document

	// What a request must have. Without it the answer is 401 or 403.
	User, Password string      // of basic authentication
	Wants          http.Header // headers such as Cookie, with these values

	Language string        // of the feed; default "en"
	Longest  int           // only so many of the newest articles are listed; 0: all
	Gzip     bool          // packed, for those who accept it
	Delay    time.Duration // before each answer
	Header   http.Header   // sent along with each answer
}

// barred answers a request that lacks what the feed asks for.
func (m Manners) barred(w http.ResponseWriter, r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	if m.User != "" && (user != m.User || password != m.Password) {
		w.Header().Set("Www-Authenticate", `Basic realm="feeds"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return true
	}
	for name := range m.Wants {
		if r.Header.Get(name) != m.Wants.Get(name) {
			http.Error(w, "not for you", http.StatusForbidden)
			return true
		}
	}
	return false
}

// wait waits as long as the feed takes, and reports whether somebody still does.
func (m Manners) wait(r *http.Request) bool {
	if m.Delay <= 0 {
		return true
	}
	t := time.NewTimer(m.Delay)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// answer sends a feed. nth counts the answers before this one.
func (m Manners) answer(w http.ResponseWriter, r *http.Request, a Answer, changed, now time.Time, nth int) {
	m.announce(w.Header(), a, now)
	etag, modified := m.etag(a.Body, nth), changed.UTC().Format(http.TimeFormat)
	if !m.IgnoreConditions && m.unchanged(r, etag, modified) {
		if m.Renew {
			etag, modified = "", now.UTC().Format(http.TimeFormat)
		}
		m.validators(w.Header(), etag, modified)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if !m.Vanishing || nth%2 == 0 {
		m.validators(w.Header(), etag, modified)
	}
	if m.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Add("Vary", "Accept-Encoding")
		a.Body = pack(bytes.NewReader(a.Body))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	_, _ = w.Write(a.Body)
}

// announce sets the headers that do not depend on what was asked.
func (m Manners) announce(h http.Header, a Answer, now time.Time) {
	for name, values := range m.Header {
		h[name] = values
	}
	h.Set("Content-Type", a.Type)
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	for name, value := range map[string]string{"Cache-Control": m.CacheControl, "Expires": m.Expires, "Age": m.Age, "Date": m.Date} {
		if value != "" {
			h.Set(name, value)
		}
	}
	if m.Hub != "" && m.InHeader {
		h.Add("Link", fmt.Sprintf("<%s>; rel=\"hub\", <%s>; rel=\"self\"", m.Hub, a.Self))
	}
}

func (m Manners) validators(h http.Header, etag, modified string) {
	if !m.NoETag && etag != "" {
		h.Set("ETag", etag)
	}
	if !m.NoLastModified {
		h.Set("Last-Modified", modified)
	}
}

func (m Manners) etag(body []byte, nth int) string {
	sum := sha256.Sum256(body)
	etag := hex.EncodeToString(sum[:8])
	if m.ChangingETag {
		etag += "-" + strconv.Itoa(nth)
	}
	if m.WeakETag {
		return `W/"` + etag + `"`
	}
	return `"` + etag + `"`
}

// unchanged compares to the letter, as servers do that readers must not
// surprise with a date or a tag of their own making.
func (m Manners) unchanged(r *http.Request, etag, modified string) bool {
	if have := r.Header.Get("If-None-Match"); have != "" && !m.NoETag {
		return have == etag
	}
	have := r.Header.Get("If-Modified-Since")
	return have != "" && !m.NoLastModified && (have == modified || m.Renew)
}
