package feeds

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
)

// loopback is what tests allow, since their servers are there.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("::1/128")}

type site struct {
	*feedstest.Publisher
	url     string
	fetcher *Fetcher
}

func (s site) feed(ext string) string { return s.url + "/feeds/city" + ext }

func (s site) fetch(t *testing.T, src Source) (Result, error) {
	t.Helper()
	if src.URL == "" {
		src.URL = s.feed(".rss")
	}
	return s.fetcher.Fetch(t.Context(), src)
}

func (s site) fails(t *testing.T, src Source) *Error {
	t.Helper()
	_, err := s.fetch(t, src)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want an *Error", err, err)
	}
	return e
}

func newSite(t *testing.T, change func(*Options)) site {
	t.Helper()
	p := feedstest.New(feedstest.Options{Now: func() time.Time { return testNow }})
	p.Add("city", feedstest.Article{Title: "One & only", Summary: "<p>Text</p>", Author: "Ana"})
	p.Add("city", feedstest.Article{Title: "Two", Image: feedstest.Picture("two"), Alt: "A card"})
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	o := Options{Version: "1.2", Contact: "https://example.org/bot", AllowNetworks: loopback, Now: func() time.Time { return testNow }}
	if change != nil {
		change(&o)
	}
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return site{p, server.URL, f}
}

func TestFetchFormats(t *testing.T) {
	s := newSite(t, nil)
	for ext, format := range map[string]string{".rss": "rss 2.0", ".atom": "atom 1.0", ".json": "json 1.1"} {
		r, err := s.fetch(t, Source{URL: s.feed(ext)})
		if err != nil {
			t.Fatal(err)
		}
		items := r.Document.Items
		if r.Document.Format != format || len(items) != 2 || items[1].Title != "One & only" || items[1].Summary != "Text" || items[1].Author != "Ana" {
			t.Errorf("%s: %+v", ext, r.Document)
		}
		if items[0].GUID != "story-2" || !strings.HasPrefix(items[0].Link, s.url) || len(items[0].Media) != 1 || !items[0].Published.Equal(testNow) {
			t.Errorf("%s: %+v", ext, items[0])
		}
		if r.Status != 200 || r.Validators.ETag == "" || r.Validators.LastModified == "" || r.BodyHash == "" || r.Bytes == 0 {
			t.Errorf("%s: %+v", ext, r)
		}
	}
}

func TestRequestIsPolite(t *testing.T) {
	s := newSite(t, nil)
	first, err := s.fetch(t, Source{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.fetch(t, Source{Validators: first.Validators}); err != nil {
		t.Fatal(err)
	}
	got := s.Requests()
	if len(got) != 2 {
		t.Fatalf("%d requests", len(got))
	}
	r := got[1]
	if r.UserAgent != "spool/1.2 (+https://example.org/bot)" || r.Cookie != "" || r.Referer != "" || r.Authorization != "" {
		t.Errorf("%+v", r)
	}
	if r.IfNoneMatch != first.Validators.ETag || r.IfModifiedSince != first.Validators.LastModified {
		t.Errorf("validators %+v were sent as %+v", first.Validators, r)
	}
	if got[0].IfNoneMatch != "" || got[0].IfModifiedSince != "" {
		t.Errorf("the first request has conditions: %+v", got[0])
	}
}

func TestUserAgentWithoutContact(t *testing.T) {
	if got := userAgent("1.2", ""); got != "spool/1.2 (feed reader)" {
		t.Errorf("%q", got)
	}
	if got := userAgent("1.2", "x\r\nEvil: 1"); strings.ContainsAny(got, "\r\n") {
		t.Errorf("%q", got)
	}
}

func TestUnchanged(t *testing.T) {
	tests := map[string]struct {
		manners feedstest.Manners
		status  int
	}{
		"304":                                 {feedstest.Manners{}, 304},
		"304 to a weak tag":                   {feedstest.Manners{WeakETag: true}, 304},
		"304 to a date":                       {feedstest.Manners{NoETag: true}, 304},
		"200 with the same tag":               {feedstest.Manners{IgnoreConditions: true}, 200},
		"200 with the same body":              {feedstest.Manners{NoETag: true, IgnoreConditions: true}, 200},
		"200 with the same body, and no more": {feedstest.Manners{NoETag: true, NoLastModified: true}, 200},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			s.Behave("city", test.manners)
			a, err := s.fetch(t, Source{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := s.fetch(t, Source{Validators: a.Validators, BodyHash: a.BodyHash})
			if err != nil {
				t.Fatal(err)
			}
			if !b.Unchanged || b.Status != test.status || b.Validators != a.Validators || b.BodyHash != a.BodyHash || b.Document.Items != nil {
				t.Errorf("second %+v after %+v", b, a)
			}
			s.Add("city", feedstest.Article{Title: "Three"})
			c, err := s.fetch(t, Source{Validators: b.Validators, BodyHash: b.BodyHash})
			if err != nil || c.Unchanged && !test.manners.NoETag || !c.Unchanged && len(c.Document.Items) != 3 {
				t.Errorf("third %+v, %v", c, err)
			}
		})
	}
}

// answering serves one fixed answer.
func answering(t *testing.T, f http.HandlerFunc) site {
	t.Helper()
	s := newSite(t, nil)
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func TestValidators(t *testing.T) {
	old := spool.Validators{ETag: `"old"`, LastModified: "Sat, 28 Feb 2026 00:00:00 GMT"}
	tests := map[string]struct {
		status int
		header http.Header
		want   spool.Validators
	}{
		"200 replaces both":              {200, http.Header{"Etag": {`W/"new-gzip"`}, "Last-Modified": {"yesterday"}}, spool.Validators{ETag: `W/"new-gzip"`, LastModified: "yesterday"}},
		"200 replaces with none":         {200, nil, spool.Validators{}},
		"304 keeps what it does not say": {304, http.Header{"Last-Modified": {"today"}}, spool.Validators{ETag: `"old"`, LastModified: "today"}},
		"304 replaces what it says":      {304, http.Header{"Etag": {`"new"`}}, spool.Validators{ETag: `"new"`, LastModified: old.LastModified}},
		"a broken cache is not believed": {200, http.Header{"Etag": {`"new"`}, "Expires": {"0"}}, spool.Validators{}},
		"an endless tag is dropped":      {200, http.Header{"Etag": {strings.Repeat("x", 5000)}}, spool.Validators{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := answering(t, func(w http.ResponseWriter, r *http.Request) {
				for k, v := range test.header {
					w.Header()[k] = v
				}
				w.WriteHeader(test.status)
				if test.status == 200 {
					_, _ = w.Write(sampleRSS(1))
				}
			})
			r, err := s.fetch(t, Source{Validators: old})
			if err != nil || r.Validators != test.want {
				t.Errorf("got %+v %v, want %+v", r.Validators, err, test.want)
			}
		})
	}
}

// TestSameTag has a server that ignores conditions: the tag alone decides, and
// the body is not even looked at.
// A server that gives every answer the same ETag and overlooks the condition
// must not hide what is new.
func TestSameTag(t *testing.T) {
	n := 0
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("ETag", `"same"`)
		_, _ = w.Write(sampleRSS(n))
	})
	a, err := s.fetch(t, Source{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.fetch(t, Source{Validators: a.Validators, BodyHash: a.BodyHash})
	if err != nil || b.Unchanged || b.BodyHash == a.BodyHash || len(b.Document.Items) != 2 {
		t.Errorf("%+v %v", b, err)
	}
}

func TestNotModifiedUnasked(t *testing.T) {
	s := answering(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(304) })
	if e := s.fails(t, Source{}); e.Kind != KindStatus || e.Status != 304 {
		t.Errorf("%+v", e)
	}
}

func TestStatuses(t *testing.T) {
	tests := map[string]struct {
		fault feedstest.Fault
		kind  Kind
		after time.Time
	}{
		"401":              {feedstest.Status(401, ""), KindStatus, time.Time{}},
		"403":              {feedstest.Status(403, ""), KindStatus, time.Time{}},
		"404":              {feedstest.Status(404, ""), KindStatus, time.Time{}},
		"410":              {feedstest.Status(410, ""), KindGone, time.Time{}},
		"429":              {feedstest.Status(429, "120"), KindThrottled, testNow.Add(2 * time.Minute)},
		"429 with a date":  {feedstest.Status(429, "Sun, 01 Mar 2026 13:00:00 GMT"), KindThrottled, testNow.Add(time.Hour)},
		"429 for ever":     {feedstest.Status(429, "99999999"), KindThrottled, testNow.Add(24 * time.Hour)},
		"500":              {feedstest.Status(500, ""), KindStatus, time.Time{}},
		"503":              {feedstest.Status(503, "60"), KindStatus, testNow.Add(time.Minute)},
		"a challenge":      {feedstest.Challenge(), KindChallenge, time.Time{}},
		"an unknown one":   {feedstest.Status(599, ""), KindStatus, time.Time{}},
		"a page":           {feedstest.HTML(), KindNotFeed, time.Time{}},
		"an empty page":    {feedstest.Body("text/xml", nil), KindNotFeed, time.Time{}},
		"cut":              {feedstest.Cut(300), KindCut, time.Time{}},
		"broken":           {feedstest.Break(), KindConnect, time.Time{}},
		"a bomb":           {feedstest.Bomb(3 << 20), KindTooLarge, time.Time{}},
		"endless":          {feedstest.Huge(-1), KindTooLarge, time.Time{}},
		"a gigabyte":       {feedstest.Huge(1 << 30), KindTooLarge, time.Time{}},
		"half a gzip":      {feedstest.Body("text/xml", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b")), KindCut, time.Time{}},
		"no gzip after it": {feedstest.Body("text/xml", []byte("\x1f\x8bxxxxxxxxxxxxxxxxxxxx")), KindCut, time.Time{}},
		"not the web":      {feedstest.Redirect(302, "ftp://files.example/x"), KindRedirect, time.Time{}},
		"no location":      {feedstest.Redirect(302, ""), KindRedirect, time.Time{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(o *Options) { o.MaxBytes = 1 << 20 })
			s.Fail("city", test.fault)
			e := s.fails(t, Source{})
			if e.Kind != test.kind || !e.RetryAfter.Equal(test.after) || e.Message == "" || e.Hint == "" {
				t.Errorf("got %s, status %d, after %v, %q; want %s after %v", e.Kind, e.Status, e.RetryAfter, e.Error(), test.kind, test.after)
			}
			if r, err := s.fetch(t, Source{}); err != nil || len(r.Document.Items) != 2 {
				t.Errorf("the next fetch: %+v %v", r, err)
			}
		})
	}
}

func TestTruncatedDocumentIsSalvaged(t *testing.T) {
	s := newSite(t, nil)
	body, _ := feedstest.RSS(feedstest.Channel{Name: "city", Base: s.url, Articles: s.Articles("city")})
	s.Fail("city", feedstest.Truncated(len(body)-120))
	r, err := s.fetch(t, Source{})
	if err != nil || len(r.Document.Items) != 1 || len(r.Document.Skipped) != 1 {
		t.Errorf("%+v %v", r.Document, err)
	}
}

func TestCompression(t *testing.T) {
	tests := map[string]feedstest.Fault{
		"declared":            feedstest.Zipped(1, true),
		"not declared":        feedstest.Zipped(1, false),
		"twice":               feedstest.Zipped(2, true),
		"three times":         feedstest.Zipped(3, true),
		"declared but is not": feedstest.Zipped(0, true),
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			s.Fail("city", fault)
			if r, err := s.fetch(t, Source{}); err != nil || len(r.Document.Items) != 2 {
				t.Errorf("%+v %v", r, err)
			}
		})
	}
}

func TestForeignCompression(t *testing.T) {
	s := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "gzip" {
			t.Errorf("asked for %q", got)
		}
		w.Header().Set("Content-Encoding", "br")
		_, _ = w.Write([]byte("xx"))
	})
	if e := s.fails(t, Source{}); e.Kind != KindCut || !strings.Contains(e.Message, `"br"`) {
		t.Errorf("%+v", e)
	}
}

func TestTimeouts(t *testing.T) {
	for name, fault := range map[string]feedstest.Fault{"hangs": feedstest.Hang(), "drips": feedstest.Drip(5 * time.Millisecond)} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(o *Options) { o.Timeout = 50 * time.Millisecond })
			s.Fail("city", fault)
			if e := s.fails(t, Source{}); e.Kind != KindTimeout {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	s := newSite(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.fetcher.Fetch(ctx, Source{URL: s.feed(".rss")})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindCancelled || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestNoSecrets puts credentials everywhere that an address can hold them and
// looks for them in every error.
func TestNoSecrets(t *testing.T) {
	s := newSite(t, nil)
	host := strings.TrimPrefix(s.url, "http://")
	secret := "http://anna:hunter2@" + host + "/feeds/city.rss?token=hunter2"
	// Break comes first: on a kept connection net/http asks once more by itself.
	s.Fail("city", feedstest.Break(), feedstest.Status(500, ""), feedstest.Cut(10), feedstest.HTML(),
		feedstest.Redirect(302, "ftp://anna:hunter2@x/?hunter2"), feedstest.Redirect(302, "http://x y/hunter2%zz"), feedstest.Redirect(302, "/feeds/city.rss?token=hunter2"))
	for range 7 {
		noSecret(t, s.fails(t, Source{URL: secret}))
	}
	for _, bad := range []string{"http://anna:hunter2@/x", "ftp://anna:hunter2@x/", "http://anna:hunter2@x:y:z/", "http://anna:hunter2@127.0.0.2/", "http://anna:hunter2@nowhere.invalid/?k=hunter2", "://hunter2", "http://anna:hunter2@0x7f.1/", "http://anna:hunter2@127.0.0.1:1/"} {
		noSecret(t, s.fails(t, Source{URL: bad}))
	}
}

func noSecret(t *testing.T, e *Error) {
	t.Helper()
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a secret in %T %q", err, err)
		}
	}
}

func TestCredentialsOfTheAddress(t *testing.T) {
	s := newSite(t, nil)
	u := strings.Replace(s.feed(".rss"), "http://", "http://anna:pw@", 1)
	r, err := s.fetch(t, Source{URL: u})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Requests()[0].Authorization; got != "Basic YW5uYTpwdw==" {
		t.Errorf("authorization %q", got)
	}
	for _, i := range r.Document.Items {
		if strings.Contains(i.Link, "anna") {
			t.Errorf("link %q", i.Link)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{PerHost: -1}, {Timeout: -1}, {MaxBytes: -1}, {AllowNetworks: []netip.Prefix{{}}}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
