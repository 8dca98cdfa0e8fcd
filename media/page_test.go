package media

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

func TestWhatPagesSay(t *testing.T) {
	const at = "https://news.example.org/2026/storm.html"
	tests := map[string]struct {
		page string
		kind string
		want string // pictures with what describes them
	}{
		"open graph":      {page: `<meta property="og:image" content="/i/storm.jpg"><meta property="og:image:alt" content="Waves">`, want: "https://news.example.org/i/storm.jpg|Waves"},
		"by name":         {page: `<META NAME='OG:Image' CONTENT=//cdn.example.org/a.png >`, want: "https://cdn.example.org/a.png|"},
		"secure":          {page: `<meta property="og:image" content="http://a.example/1.jpg"><meta property="og:image:secure_url" content="https://a.example/1.jpg">`, want: "https://a.example/1.jpg|"},
		"several":         {page: `<meta property="og:image" content="/1.jpg"><meta property="og:image:alt" content="One"><meta property="og:image" content="/2.jpg"><meta property="og:image:alt" content="Two">`, want: "https://news.example.org/1.jpg|One https://news.example.org/2.jpg|Two"},
		"only a few":      {page: strings.Repeat(`<meta property="og:image" content="/1.jpg?a=1"><meta property="og:image" content="/2.jpg">`, 9), want: "https://news.example.org/1.jpg?a=1| https://news.example.org/2.jpg|"},
		"twitter":         {page: `<meta name="twitter:image:src" content="/t.jpg"><meta name="twitter:image:alt" content="T">`, want: "https://news.example.org/t.jpg|T"},
		"twitter adds":    {page: `<meta property="og:image" content="/t.jpg"><meta name="twitter:image" content="/t.jpg"><meta name="twitter:image:alt" content="T">`, want: "https://news.example.org/t.jpg|T"},
		"json":            {page: `<script type="application/ld+json">{"@type":"NewsArticle","image":["/j.jpg","/k.jpg"]}</script>`, want: "https://news.example.org/j.jpg|"},
		"json object":     {page: `<script type="application/ld+json">{"@graph":[{"@type":"Organization","image":"/logo2.png"},{"@type":["Thing","Article"],"image":{"@type":"ImageObject","url":"/j.jpg","caption":"J"}}]}</script>`, want: "https://news.example.org/j.jpg|J"},
		"json content":    {page: `<script type=application/ld+json>[{"@type":"BlogPosting","image":[{"contentUrl":"/j.jpg"}]}]</script>`, want: "https://news.example.org/j.jpg|"},
		"broken json":     {page: `<script type="application/ld+json">{"@type":"Article","image":</script><meta property="og:image" content="/x.jpg">`, want: "https://news.example.org/x.jpg|"},
		"other script":    {page: `<script>var a='<meta property="og:image" content="/evil.jpg">'</script><link rel="image_src" href="/l.jpg">`, want: "https://news.example.org/l.jpg|"},
		"base":            {page: `<base href="https://static.example.org/x/"><meta property="og:image" content="a.jpg">`, want: "https://static.example.org/x/a.jpg|"},
		"entities":        {page: `<meta property="og:image" content="/a.jpg?b=1&amp;c=2"><meta property="og:image:alt" content="R&eacute;sum&#233;  &#10; here">`, want: "https://news.example.org/a.jpg?b=1&c=2|Résumé here"},
		"latin 1":         {page: "<meta charset=iso-8859-1><meta property=og:image content=/a.jpg><meta property=og:image:alt content='Stra\xdfe'>", want: "https://news.example.org/a.jpg|Straße"},
		"header says":     {page: "<meta property=og:image content=/a.jpg><meta property=og:image:alt content='Stra\xdfe'>", kind: "text/html; charset=windows-1252", want: "https://news.example.org/a.jpg|Straße"},
		"without a head":  {page: `<body><meta property="og:image" content="/no.jpg">`},
		"with a password": {page: `<meta property="og:image" content="https://u:p@a.example/x.jpg">`},
		"in the body":     {page: `<head></head><body><meta property="og:image" content="/no.jpg">`},
		"after the head":  {page: `<head><title>x</title></head><meta property="og:image" content="/no.jpg">`},
		"the logo":        {page: `<meta property="og:image" content="/static/logo-512.png"><meta property="og:image" content="/a/default/storm.jpg">`, want: "https://news.example.org/a/default/storm.jpg|"},
		"drawing":         {page: `<meta property="og:image" content="/a.svg">`},
		"elsewhere":       {page: `<meta property="og:image" content="data:image/png;base64,AAAA"><meta property="og:image" content="javascript:alert(1)"><meta property="og:image" content="file:///etc/passwd"><meta property="og:image" content="https://u:p@a.example/x.jpg">`},
		"nothing":         {page: ``},
		"no markup":       {page: "%PDF-1.4 \x00\x01 rubbish"},
	}
	for name, tt := range tests {
		var got []string
		p := parsePage([]byte(tt.page), tt.kind, at)
		for _, a := range p.candidates("") {
			got = append(got, a.URL+"|"+a.Alt)
		}
		if joined := strings.Join(got, " "); joined != tt.want {
			t.Errorf("%s: %q, want %q", name, joined, tt.want)
		}
	}
}

func TestWhatPagesSayOfThemselves(t *testing.T) {
	p := parsePage([]byte(`<head><title>Storm | The Paper</title><meta property="og:title" content="Waves &gt; 9 m  close
		the pier"><meta property="og:site_name" content="The Paper">
		<meta property="og:image" content="/a.jpg"><meta property="og:image:alt" content="the paper">`), "", "https://news.example.org/")
	if p.Title != "Waves > 9 m close the pier" || p.Site != "The Paper" {
		t.Errorf("got %+v", p)
	}
	if a := p.candidates("")[0]; a.Alt != "" {
		t.Errorf("the name of the site describes a picture: %q", a.Alt)
	}
}

func TestDescriptions(t *testing.T) {
	const at = "https://news.example.org/media/IMG_2041-storm-pier.jpg"
	for alt, want := range map[string]string{
		"Waves over the pier": "Waves over the pier", "  two\n lines ": "two lines", "": "", "image": "", "Image.": "", "Foto": "", "storm.jpg": "", "a photo.jpeg": "",
		"IMG_2041-storm-pier": "", "IMG_2041": "", "img 2041 at sea": "img 2041 at sea", "storm": "storm", "The Paper": "", "...": "", "日本の桜": "日本の桜", "Storm closes the pier": "",
	} {
		if got := described(alt, at, "the  paper", "Storm closes the pier"); got != want {
			t.Errorf("%q says %q, want %q", alt, got, want)
		}
	}
}

const article = "https://news.example.org/storm?utm=1"

// bare is a content whose item has no picture.
func bare() spool.Content {
	return spool.Content{Text: "Storm", Open: true, Page: article, Instead: &spool.Content{Text: "Storm", Link: article}}
}

func pageWith(pictures ...string) []byte {
	text := "<html><head>"
	for i, p := range pictures {
		text += fmt.Sprintf(`<meta property="og:image" content=%q><meta property="og:image:alt" content="Picture %d of the storm">`, p, i+1)
	}
	return []byte(text)
}

func TestThePageIsAskedOnce(t *testing.T) {
	d := newDesk(t)
	d.web.put(article, "text/html", pageWith("/1.jpg", "/2.jpg"))
	d.web.put("https://news.example.org/2.jpg", "image/jpeg", jpegOf(t, photo(500, 400)))
	for n := range 3 {
		c := bare()
		c.Page += []string{"", "#comments", "#"}[n]
		out := d.illustrate(t, c, uploads())
		if len(out.Content.Media) != 1 || out.Content.Media[0].URL != "https://news.example.org/2.jpg" || out.Content.Media[0].Alt != "Picture 2 of the storm" || out.Content.Open || out.Content.Page != "" {
			t.Fatalf("got %+v", out)
		}
	}
	asked := 0
	for _, r := range d.web.requests() {
		if strings.HasPrefix(r, "GET "+article) {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("the page was asked for %d times", asked)
	}
}

func TestAPageWithoutPictures(t *testing.T) {
	for name, put := range map[string]func(w *web){
		"names none": func(w *web) { w.put(article, "text/html", []byte("<head><title>x</title>")) },
		"is gone":    func(w *web) { w.fail(article, 410, nil) },
		"lies":       func(w *web) { w.put(article, "text/html", pageWith("/1.jpg", "/2.jpg")) },
	} {
		d := newDesk(t)
		put(d.web)
		for range 2 {
			out := d.illustrate(t, bare(), uploads())
			if out.Content.Open || len(out.Content.Media) > 0 || out.Content.Link != article || len(out.Notes) == 0 || out.Wait != 0 {
				t.Errorf("%s: %+v", name, out)
			}
		}
		if got := d.web.requests(); got[0] != "GET "+article || slices.Contains(got[1:], "GET "+article) {
			t.Errorf("%s: requests %q", name, got)
		}
	}
}

// What fails for a passing reason is tried three times in all, whoever asks.
func TestAPageInTrouble(t *testing.T) {
	d := newDesk(t)
	d.web.fail(article, 503, nil)
	waits := []time.Duration{20 * time.Second, time.Minute}
	for try, wait := range waits {
		out := d.illustrate(t, bare(), uploads())
		if !out.Content.Open || out.Wait != wait || !out.Content.Equal(bare()) {
			t.Fatalf("try %d: %+v", try, out)
		}
		d.now = d.now.Add(5 * time.Second)
		if other := d.illustrate(t, bare(), uploads()); other.Wait != wait-5*time.Second || len(d.web.requests()) != try+1 {
			t.Fatalf("another account meanwhile: %+v, requests %q", other, d.web.requests())
		}
		d.now = d.now.Add(wait)
	}
	if out := d.illustrate(t, bare(), uploads()); out.Content.Open || out.Content.Link != article {
		t.Errorf("after the last try: %+v", out)
	}
	if out := d.illustrate(t, bare(), uploads()); out.Content.Open || len(d.web.requests()) != 3 {
		t.Errorf("later: %+v, requests %q", out, d.web.requests())
	}
	d.now = d.now.Add(pageLife + time.Hour)
	d.web.put(article, "text/html", pageWith("/1.jpg"))
	d.web.put("https://news.example.org/1.jpg", "image/jpeg", jpegOf(t, photo(500, 400)))
	if out := d.illustrate(t, bare(), uploads()); len(out.Content.Media) != 1 {
		t.Errorf("much later: %+v", out)
	}
}

// While one account asks, another waits; if whoever asked died, it asks itself.
func TestAPageThatSomebodyAsks(t *testing.T) {
	d := newDesk(t)
	d.web.put(article, "text/html", pageWith("/1.jpg"))
	d.web.put("https://news.example.org/1.jpg", "image/jpeg", jpegOf(t, photo(500, 400)))
	if err := d.shelf.ClaimPage(t.Context(), article, noon, noon); err != nil {
		t.Fatal(err)
	}
	if out := d.illustrate(t, bare(), uploads()); !out.Content.Open || out.Wait != claimWait || len(d.web.requests()) != 0 {
		t.Errorf("got %+v, requests %q", out, d.web.requests())
	}
	d.now = noon.Add(claimLife)
	if out := d.illustrate(t, bare(), uploads()); len(out.Content.Media) != 1 {
		t.Errorf("after its end: %+v", out)
	}
}

func TestThePictureOfAPageIsTriedAgain(t *testing.T) {
	d := newDesk(t)
	d.web.put(article, "text/html", pageWith("/1.jpg", "/2.jpg"))
	d.web.fail("https://news.example.org/1.jpg", 500, nil)
	d.web.put("https://news.example.org/2.jpg", "image/jpeg", jpegOf(t, photo(500, 400)))
	c := bare()
	for range 2 {
		out := d.illustrate(t, c, uploads())
		if !out.Content.Open || out.Wait == 0 {
			t.Fatalf("got %+v", out)
		}
		c = out.Content
	}
	out := d.illustrate(t, c, uploads())
	if len(out.Content.Media) != 1 || out.Content.Media[0].URL != "https://news.example.org/2.jpg" || out.Content.Open {
		t.Errorf("got %+v", out)
	}
}

func TestPicturesOfCards(t *testing.T) {
	d := newDesk(t)
	d.web.put(storm, "image/jpeg", jpegOf(t, photo(1600, 900)))
	card := spool.Content{Text: "Storm", Link: article, Open: true, Card: spool.Card{Title: "Storm", Thumb: &spool.Attachment{URL: storm}}, Alt: spool.AltHold}
	out := d.illustrate(t, card, uploads())
	thumb := out.Content.Card.Thumb
	if thumb == nil || thumb.File == "" || thumb.Width != 1000 || thumb.Size > 200_000 || out.Hold != "" || out.Content.Open || out.Content.Link == "" {
		t.Errorf("got %+v, thumb %+v", out, thumb)
	}
	if card.Card.Thumb.File != "" {
		t.Error("what was given was changed")
	}
	d.forget()
	d.web.fail(storm, 404, nil)
	d.web.put(article, "text/html", pageWith(pier))
	d.web.put(pier, "image/png", pngOf(t, photo(400, 300)))
	card.Page = article
	if thumb := d.illustrate(t, card, uploads()).Content.Card.Thumb; thumb == nil || thumb.URL != pier {
		t.Errorf("from the page: %+v", thumb)
	}
	d.forget()
	d.web.fail(pier, 404, nil)
	out = d.illustrate(t, card, uploads())
	if out.Content.Card.Thumb != nil || out.Content.Open || out.Content.Card.Title != "Storm" || len(out.Notes) != 2 {
		t.Errorf("without any: %+v", out)
	}
	d.web.fail(storm, 500, nil)
	out = d.illustrate(t, card, uploads())
	if !out.Content.Open || out.Content.Card.Thumb.Tries != 1 {
		t.Errorf("in trouble: %+v", out)
	}
	limits := uploads()
	limits.Thumb = 0
	before := len(d.web.requests())
	if out := d.illustrate(t, card, limits); out.Content.Card.Thumb != nil || len(d.web.requests()) != before {
		t.Errorf("where cards take none: %+v", out)
	}
}

// The card that stands in for pictures gets its own picture at once.
func TestInsteadIsIllustratedToo(t *testing.T) {
	d := newDesk(t)
	d.web.put(article, "text/html", pageWith(pier))
	d.web.put(pier, "image/png", pngOf(t, photo(200, 41)))
	c := open(storm)
	c.Instead = &spool.Content{Text: "Storm", Link: article, Open: true, Page: article}
	out := d.illustrate(t, c, uploads())
	if out.Content.Open || out.Content.Link != article || out.Content.Card.Thumb == nil || out.Content.Card.Thumb.File == "" {
		t.Errorf("got %+v", out)
	}
}

func TestRobots(t *testing.T) {
	const file = "# rules\nUser-agent: Googlebot\nUser-agent: facebookexternalhit\nDisallow: /private/\nAllow: /private/press*.jpg$\n\nUser-agent: *\nDisallow: /\nSitemap: x\n"
	rules := robotRules([]byte(file), fetcherName)
	for target, want := range map[string]bool{"/a.jpg": true, "/private/a.jpg": false, "/private/press/b.jpg": true, "/private/press/b.jpg?x": false, "/private": true} {
		if got := allowed(rules, target); got != want {
			t.Errorf("%s: %v", target, got)
		}
	}
	for file, want := range map[string]bool{
		"": true, "User-agent: *\nDisallow: /": false, "User-agent: *\nDisallow:": true, "user-agent:*\r\ndisallow:/*.jpg$\r\n": false, "Disallow: /": true,
		"User-agent: facebookexternalhit\nDisallow:\n\nUser-agent: *\nDisallow: /": true, "User-agent: other\nDisallow: /": true, "User-agent: *\nDisallow: /*/b*g": true, "User-agent: *\nDisallow: /a*g$": false,
		"User-agent: *\nDisallow: /a.jpg\nAllow: /a.jpg": true, "User-agent: *\nAllow: /a.jpg\nDisallow: /a.jpg": true, "User-agent: *\nAllow: /\nDisallow: /a": false,
		"\x00\xff:::\n:\nUser-agent: *\nCrawl-delay: 5\nDisallow: /a": false,
	} {
		if got := allowed(robotRules([]byte(file), fetcherName), "/a.jpg"); got != want {
			t.Errorf("%q: %v", file, got)
		}
	}
}

func TestStatusesOfPages(t *testing.T) {
	for status, passing := range map[int]bool{404: false, 410: false, 403: false, 401: false, 301: false, 400: false, 451: false, 429: true, 408: true, 500: true, 502: true, 503: true} {
		err := statusTrouble(status)
		trouble, ok := err.(*Trouble)
		if !ok || trouble.Passing != passing {
			t.Errorf("%d: %v", status, err)
		}
	}
	if err := statusTrouble(http.StatusNoContent); err != nil {
		t.Error(err)
	}
}

func FuzzParsePage(f *testing.F) {
	f.Add([]byte(`<meta property="og:image" content="/i/storm.jpg"><script type="application/ld+json">{"@type":"Article","image":{"url":"x"}}</script>`), "text/html; charset=utf-16", "https://a.example/")
	f.Add([]byte("<base href='::'><meta charset=hz-gb-2312><meta name=og:image content=x>"), "", "https://a.example/")
	f.Fuzz(func(t *testing.T, body []byte, kind, address string) {
		p := parsePage(body, kind, address)
		if len(p.Pictures) > maxPagePictures || len(p.Title) > maxPageText {
			t.Fatalf("%+v", p)
		}
		for _, i := range p.Pictures {
			if !strings.HasPrefix(i.URL, "http://") && !strings.HasPrefix(i.URL, "https://") {
				t.Fatalf("picture at %q", i.URL)
			}
		}
	})
}

// TestManyBases: the first base counts, as for browsers; a page that names a great
// many, each beginning where the one before ends, costs no time.
func TestManyBases(t *testing.T) {
	page := "<html><head>" + strings.Repeat("<base href=a/>", 36000) + `<meta property="og:image" content="x.jpg">`
	p := parsePage([]byte(page), "text/html", "https://news.example/dir/page")
	if len(p.Pictures) != 1 || p.Pictures[0].URL != "https://news.example/dir/a/x.jpg" {
		t.Errorf("%.200v", p.Pictures)
	}
}
