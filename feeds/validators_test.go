package feeds

import (
	"net/http"
	"slices"
	"testing"

	"spool"
	"spool/feeds/feedstest"
)

// TestValidatorsOverTime polls servers with validators of every sort, through
// changes and failures. Each condition that is sent is what that server gave
// with its last good answer, to the letter, and nothing else.
func TestValidatorsOverTime(t *testing.T) {
	const tag, date = "If-None-Match", "If-Modified-Since"
	tests := map[string]struct {
		manners feedstest.Manners
		want    []int // statuses of six polls, the feed changing before the third
		sends   []string
	}{
		"both":          {feedstest.Manners{}, []int{200, 304, 200, 304, 304, 304}, []string{tag, date}},
		"weak tags":     {feedstest.Manners{WeakETag: true}, []int{200, 304, 200, 304, 304, 304}, []string{tag, date}},
		"tags only":     {feedstest.Manners{NoLastModified: true}, []int{200, 304, 200, 304, 304, 304}, []string{tag}},
		"renewed dates": {feedstest.Manners{Renew: true}, []int{200, 304, 200, 304, 304, 304}, []string{tag, date}},
		"ever new tags": {feedstest.Manners{ChangingETag: true}, []int{200, 200, 200, 200, 200, 200}, []string{tag, date}},
		"overlooked":    {feedstest.Manners{IgnoreConditions: true}, []int{200, 200, 200, 200, 200, 200}, []string{tag, date}},
		"vanishing":     {feedstest.Manners{IgnoreConditions: true, Vanishing: true}, []int{200, 200, 200, 200, 200, 200}, []string{tag, date}},
		"none":          {feedstest.Manners{NoETag: true, NoLastModified: true}, []int{200, 200, 200, 200, 200, 200}, nil},
		"Expires: 0":    {feedstest.Manners{Expires: "0"}, []int{200, 200, 200, 200, 200, 200}, nil},
		"packed":        {feedstest.Manners{Gzip: true}, []int{200, 304, 200, 304, 304, 304}, []string{tag, date}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			s.Behave("city", test.manners)
			var src Source
			var got []int
			for n := range 6 {
				switch n {
				case 2:
					s.Edit("city", "story-1", func(a *feedstest.Article) { a.Title = "Changed" })
				case 4: // failures in between change nothing
					s.Fail("city", feedstest.Status(500, ""), feedstest.Body("text/xml", nil), feedstest.Cut(50), feedstest.HTML())
					for range 4 {
						_ = s.fails(t, src)
					}
				}
				r, err := s.fetch(t, src)
				if err != nil || r.Unchanged != (n != 0 && n != 2) {
					t.Fatalf("poll %d: %+v %v", n, r, err)
				}
				got = append(got, r.Status)
				src.Validators, src.BodyHash = r.Validators, r.BodyHash
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("answers %v, want %v", got, test.want)
			}
			onlyIssued(t, s.Requests(), test.sends)
		})
	}
}

// onlyIssued fails when a condition is none that the last good answer allows, or
// when one is missing.
func onlyIssued(t *testing.T, requests []feedstest.Request, sends []string) {
	t.Helper()
	var have spool.Validators
	for n, r := range requests {
		want := http.Header{}
		for name, value := range map[string]string{"If-None-Match": have.ETag, "If-Modified-Since": have.LastModified} {
			if slices.Contains(sends, name) {
				want.Set(name, value)
			}
		}
		if r.IfNoneMatch != want.Get("If-None-Match") || r.IfModifiedSince != want.Get("If-Modified-Since") {
			t.Errorf("request %d has %q and %q, want %v", n, r.IfNoneMatch, r.IfModifiedSince, want)
		}
		switch {
		case r.Status == http.StatusNotModified:
			have = refreshed(have, r.Sent)
		case r.Status == http.StatusOK && r.Sent.Get("Content-Type") == "application/rss+xml; charset=utf-8" && r.Sent.Get("Date") != "":
			have = spool.Validators{ETag: r.Sent.Get("ETag"), LastModified: r.Sent.Get("Last-Modified")}
		}
	}
}

// TestValidatorsGoToTheirIssuer follows a feed whose address redirects for now:
// what the target gave is never shown to whoever redirects, and counts for no
// other target.
func TestValidatorsGoToTheirIssuer(t *testing.T) {
	s := newSite(t, nil)
	s.Add("town", feedstest.Article{Title: "Two"})
	away := feedstest.Redirect(http.StatusFound, s.url+"/feeds/town.rss")
	s.Fail("city", away, away, feedstest.Redirect(http.StatusFound, s.url+"/feeds/town.atom"))
	src := Source{URL: s.feed(".rss")}
	for n, unchanged := range []bool{false, true, false, false} {
		r, err := s.fetch(t, src)
		if err != nil || r.Unchanged != unchanged || r.Issuer == "" {
			t.Fatalf("poll %d: %+v %v", n, r, err)
		}
		src.Validators, src.Issuer, src.BodyHash = r.Validators, r.Issuer, r.BodyHash
	}
	for n, r := range s.Requests() {
		conditional := r.IfNoneMatch+r.IfModifiedSince != ""
		if want := n == 3; conditional != want {
			t.Errorf("request %d, for %s: conditional %t, want %t", n, r.Path, conditional, want)
		}
	}
}
