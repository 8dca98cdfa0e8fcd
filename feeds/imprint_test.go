package feeds

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Documents that differ in when they were made, and in nothing else, are the same.
func TestImprint(t *testing.T) {
	atom := func(updated, rest string) string {
		return "<?xml version='1.0'?>\n<feed xmlns='http://www.w3.org/2005/Atom'><title>Warnings</title>" + updated + "<entry>" + rest + "</entry></feed>"
	}
	rss := func(head, rest string) string {
		return "\xef\xbb\xbf<rss><channel><title>Lines</title>" + head + "<item>" + rest + "</item></channel></rss>"
	}
	for name, c := range map[string]struct {
		a, b string
		same bool
	}{
		"atom":               {atom("<updated>2026-03-01T10:00:00Z</updated>", "x"), atom("<updated>2026-03-01T10:01:00+00:00</updated>", "x"), true},
		"rss, both":          {rss("<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate><lastBuildDate>Sun, 01 Mar 2026 10:00:00 GMT</lastBuildDate>", "x"), rss("<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate><lastBuildDate>Sun, 01 Mar 2026 10:01:00 GMT</lastBuildDate>", "x"), true},
		"rss, the other":     {rss("<lastBuildDate>1 Mar</lastBuildDate><dc:date>2026</dc:date>", "x"), rss("<lastBuildDate>2 Mar</lastBuildDate><dc:date>2027</dc:date>", "x"), true},
		"another item":       {atom("<updated>2026-03-01T10:00:00Z</updated>", "x"), atom("<updated>2026-03-01T10:01:00Z</updated>", "y"), false},
		"an item's moment":   {atom("", "<updated>2026-03-01T10:00:00Z</updated>"), atom("", "<updated>2026-03-01T10:01:00Z</updated>"), false},
		"no moment":          {rss("<pubDate>5 &amp; 6</pubDate>", "x"), rss("<pubDate>5 &amp; 7</pubDate>", "x"), false},
		"a long one":         {rss("<pubDate>"+strings.Repeat("a", 70)+"</pubDate>", "x"), rss("<pubDate>"+strings.Repeat("b", 70)+"</pubDate>", "x"), false},
		"a moment or none":   {rss("<pubDate>1</pubDate>", "x"), rss("", "x"), false},
		"the other element":  {rss("<pubDate>1</pubDate>", "x"), rss("<dc:date>1</dc:date>", "x"), false},
		"moments that moved": {rss("<pubDate>1</pubDate><dc:date>2</dc:date>", "x"), rss("<dc:date>2</dc:date><pubDate>1</pubDate>", "x"), false},
		"another title":      {rss("<title>a</title>", "x"), rss("<title>b</title>", "x"), false},
		"JSON":               {`{"x":"<updated>1</updated>"}`, `{"x":"<updated>2</updated>"}`, false},
		"cut off":            {"<rss><pubDate>1", "<rss><pubDate>2", false},
		"nothing":            {"", "", true},
	} {
		if same := imprint([]byte(c.a)) == imprint([]byte(c.b)); same != c.same {
			t.Errorf("%s: the same: %v", name, same)
		}
	}
}

// A server that says with each answer when it was made costs no more than one that sends
// the same bytes.
func TestOnlyWhenItWasMadeIsAnother(t *testing.T) {
	at := "2026-03-01T10:00:00Z"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<feed xmlns='http://www.w3.org/2005/Atom'><updated>" + at + "</updated><entry><id>1</id><title>Storm</title></entry></feed>"))
	}))
	defer server.Close()
	f, err := New(Options{AllowNetworks: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first, err := f.Fetch(t.Context(), Source{URL: server.URL})
	if err != nil || first.Unchanged || len(first.Document.Items) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	at = "2026-03-01T10:01:00Z"
	if again, err := f.Fetch(t.Context(), Source{URL: server.URL, BodyHash: first.BodyHash}); err != nil || !again.Unchanged {
		t.Errorf("%+v, %v", again, err)
	}
}
