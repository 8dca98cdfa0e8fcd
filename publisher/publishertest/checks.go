package publishertest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"spool"
)

// receipt checks that a receipt can be shown to anybody.
func (s *suite) receipt(r spool.Receipt) {
	s.t.Helper()
	s.silent("a receipt", strings.Join([]string{r.ID, r.URL, r.Note, r.Version}, "\n"))
	if u, err := url.Parse(r.URL); err != nil || r.URL != "" && (u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		s.t.Errorf("the receipt's address is none for a browser: %q", r.URL)
	}
}

// failure checks that an error is a Failure without secrets.
func (s *suite) failure(err error) *spool.Failure {
	s.t.Helper()
	if err == nil {
		return nil
	}
	f, ok := err.(*spool.Failure)
	if !ok {
		s.t.Fatalf("the error is a %T, want *spool.Failure: %v", err, err)
	}
	if f.Err == nil || f.Op == "" {
		s.t.Errorf("the failure lacks what was done or what went wrong: %#v", f)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		s.silent("an error", fmt.Sprintf("%v %+v", e, e))
	}
	if f.Draft != nil {
		s.silent("a draft", f.Draft.State)
	}
	return f
}

// silent asserts that no secret is in a text, in any of the forms in which one
// travels.
func (s *suite) silent(where, text string) {
	s.t.Helper()
	for _, secret := range s.Secrets {
		if secret == "" {
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			if strings.Contains(text, form) {
				s.t.Errorf("a secret is in %s", where)
				break
			}
		}
	}
}

func (s *suite) visible(n int) []Seen {
	s.t.Helper()
	seen := s.Visible()
	if len(seen) != n {
		s.t.Errorf("a reader sees %d posts, want %d", len(seen), n)
	}
	return seen
}

// reader is the post of a receipt as a reader sees it, or a failed test.
func (s *suite) reader(p spool.Post) Seen {
	s.t.Helper()
	for _, seen := range s.Visible() {
		if seen.ID == p.Receipt.ID {
			return seen
		}
	}
	s.t.Fatalf("no reader sees %s under the id %q", p.ID, p.Receipt.ID)
	return Seen{}
}
