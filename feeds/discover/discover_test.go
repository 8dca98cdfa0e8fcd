package discover

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"spool/feeds"
)

func TestAFeedsOwnAddressIsEnough(t *testing.T) {
	for _, typed := range []string{
		"https://news.example/rss.xml", "news.example/rss.xml", " NEWS.example/rss.xml ", "feed://news.example/rss.xml",
		"feed:https://news.example/rss.xml", "https://news.example/rss.xml#top",
	} {
		w := newWeb(t)
		w.feed("news.example/rss.xml", "The Gazette", 10)
		r := w.search(typed, 1)
		if len(r.Candidates) != 1 || !r.Itself {
			t.Fatalf("%q: %+v", typed, r)
		}
		c := r.Candidates[0]
		if c.Title != "The Gazette" || c.Format != "rss 2.0" || c.Items != 10 || c.Language != "en" || c.Kind != feeds.FeedKind || c.Standing != Good {
			t.Errorf("%q: %+v", typed, c)
		}
		if math.Abs(c.PerDay-24) > 1 || !c.Last.Equal(now.Add(-time.Hour)) {
			t.Errorf("%v items a day, the last %v", c.PerDay, c.Last)
		}
	}
}

func TestWhatAPageAnnounces(t *testing.T) {
	w := newWeb(t)
	w.page("news.example/", `<base href="https://static.news.example/x/"><base href="https://other.example/">
		<link rel="stylesheet" href="/a.css">
		<link rel="alternate" hreflang="fr" href="https://news.example/fr/">
		<link rel="alternate" type="application/json+oembed" href="https://news.example/oembed">
		<link rel="alternate" type="application/json" href="https://news.example/wp-json/wp/v2/pages/2">
		<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="https://news.example/comments/feed/">
		<link rel='ALTERNATE' type='application/RSS+XML; charset=utf-8' title='News &amp; more' href='/all.rss'>
		<LINK REL="alternate" TYPE="application/atom+xml" HREF="sport.atom">
		<link rel="alternate" type="application/feed+json" href="https://news.example/feed.json">
		<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
		<link rel="alternate" type="application/rss+xml" href="data:text/xml,%3Crss%3E">`, `<p>Words`)
	w.feed("static.news.example/all.rss", "All", 5)
	w.feed("static.news.example/x/sport.atom", "Sport", 5)
	w.feed("news.example/feed.json", "Made of JSON", 5)
	w.feed("news.example/comments/feed/", "What readers say", 9)
	r := w.search("https://news.example/", 4)
	want(t, r, "https://static.news.example/all.rss", "https://static.news.example/x/sport.atom", "https://news.example/feed.json")
	if len(r.Unread) != 1 || r.Unread[0].Title != "Comments Feed" {
		t.Errorf("unread %+v", r.Unread)
	}
	if r.Candidates[0].Found != "announced by the page" {
		t.Errorf("found %q", r.Candidates[0].Found)
	}
}

func TestWhatAHeaderAnnounces(t *testing.T) {
	w := newWeb(t)
	w.pages["news.example/"] = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Add("Link", `<https://news.example/a.css>; rel=preload, <https://news.example/wp-json/>; rel="https://api.w.org/"`)
		rw.Header().Add("Link", `</from,header>; title="A, \"B\""; rel="alternate"; type="application/atom+xml"`)
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, "<p>Hello")
	}
	w.feed("news.example/from,header", "Header", 3)
	want(t, w.search("news.example", 2), "https://news.example/from,header")
}

func TestWhatAPageLinksTo(t *testing.T) {
	w := newWeb(t)
	w.page("news.example/", "", `
		<a href="/story/rss-turns-25">A story about the RSS format</a>
		<a href="/logo.rss.png">picture</a>
		<a href="https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Fnews.example%2Fcity.rss">Follow us</a>
		<a href="feed://news.example/region.xml?format=rss">Region</a>
		<a href="/services/rss">RSS</a>
		<a href="mailto:desk@news.example">Feed us</a>`)
	w.feed("news.example/city.rss", "City", 4)
	w.feed("news.example/region.xml?format=rss", "Region", 4)
	w.page("news.example/services/rss", "", `<h1>Our feeds</h1><a href="/feeds/politics.xml">Politics</a> <a href="/feeds/sport.xml">Sport</a>
		<a href="/imprint">Imprint</a> <a href="/help/rss">What is RSS?</a>`)
	w.page("news.example/story/rss-turns-25", "", "words")
	w.feed("news.example/feeds/politics.xml", "Politics", 4)
	w.feed("news.example/feeds/sport.xml", "Sport", 4)
	r := w.search("https://news.example/", 8)
	want(t, r, "https://news.example/city.rss", "http://news.example/region.xml?format=rss", "https://news.example/feeds/politics.xml", "https://news.example/feeds/sport.xml")
}

// A page that lists friends names their feeds, which are not the site's.
func TestFeedsOfOthersAreNotRead(t *testing.T) {
	w := newWeb(t)
	w.page("blog.example/", "", `<a href="https://friend.example/rss.xml">A`+"\x1b"+`[31m friend`+"\u202e"+`</a> <a href="https://other.example/">RSS of another</a>
		<a href="https://feeds.deliverer.example/blog">RSS</a> <a href="https://www.blog.example/feed">RSS</a>`)
	w.feed("feeds.deliverer.example/blog", "Delivered", 4)
	w.feed("www.blog.example/feed", "Own", 4)
	w.feed("friend.example/rss.xml", "Friend", 4)
	r := w.search("https://blog.example/", 3)
	want(t, r, "https://feeds.deliverer.example/blog", "https://www.blog.example/feed")
	if len(r.Unread) != 1 || r.Unread[0].URL != "https://friend.example/rss.xml" || r.Unread[0].Title != "A[31m friend" {
		t.Errorf("%+v", r.Unread)
	}
}

// A newsroom with forty section feeds: enough are read for a choice, the
// others are named, and nothing is dropped in silence.
func TestManyFeedsAreNamedAndNotAllRead(t *testing.T) {
	w := newWeb(t)
	var links strings.Builder
	for i := range 40 {
		fmt.Fprintf(&links, `<li><a href="/rss/section-%d.xml">Section %d</a>`, i, i)
		w.feed(fmt.Sprintf("news.example/rss/section-%d.xml", i), fmt.Sprintf("Section %d", i), 3)
	}
	w.page("news.example/", "", links.String())
	r := w.search("https://news.example/", 9)
	if len(r.Candidates) != maxRead || len(r.Unread) != 40-maxRead || r.Unread[0].Title != "Section 8" {
		t.Errorf("%d read, %d named: %+v", len(r.Candidates), len(r.Unread), r.Unread)
	}
}

func TestWhereProgramsHaveTheirFeeds(t *testing.T) {
	generator := func(name string) string { return `<meta name="generator" content="` + name + `">` }
	for name, c := range map[string]struct{ site, head, feed string }{
		"WordPress":         {"blog.example/", generator("WordPress 6.5"), "blog.example/feed/"},
		"WordPress by API":  {"blog.example/", `<link rel="https://api.w.org/" href="https://blog.example/wp-json/">`, "blog.example/feed/"},
		"WordPress section": {"blog.example/category/city/", generator("WordPress 6.5"), "blog.example/category/city/feed/"},
		"Drupal":            {"city.example/", generator("Drupal 10 (https://www.drupal.org)"), "city.example/rss.xml"},
		"Ghost":             {"paper.example/", generator("Ghost 5.8"), "paper.example/rss/"},
		"Hugo":              {"paper.example/", generator("Hugo 0.120"), "paper.example/index.xml"},
		"Blogger":           {"diary.blogspot.com/", generator("blogger"), "diary.blogspot.com/feeds/posts/default"},
		"Substack":          {"letter.substack.com/", "", "letter.substack.com/feed"},
		"Medium":            {"medium.com/@anna", "", "medium.com/feed/@anna"},
		"YouTube channel":   {"www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "", "www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"},
		"YouTube handle":    {"www.youtube.com/@paper", `<meta itemprop="identifier" content="UCabcdefghijklmnopqrstuv">`, "www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"},
		"YouTube list":      {"www.youtube.com/playlist?list=PLabcdefghijklmnop", "", "www.youtube.com/feeds/videos.xml?playlist_id=PLabcdefghijklmnop"},
		"Mastodon":          {"social.example/@anna", generator("Mastodon"), "social.example/@anna.rss"},
		"Reddit":            {"www.reddit.com/r/berlin/", "", "www.reddit.com/r/berlin/.rss"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.page(c.site, c.head, "")
			w.feed(c.feed, "Found", 5)
			want(t, w.search("https://"+c.site, 2), "https://"+c.feed)
		})
	}
	w := newWeb(t)
	w.feed("social.example/@anna", "Anna", 5)
	want(t, w.search("@anna@social.example", 1), "https://social.example/@anna")
}

func TestCustomaryPaths(t *testing.T) {
	for _, path := range []string{"/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml"} {
		w := newWeb(t)
		w.page("quiet.example/", "", "no links")
		w.feed("quiet.example"+path, "Found", 5)
		want(t, w.search("quiet.example", 8), "https://quiet.example"+path)
	}
	w := newWeb(t)
	w.page("quiet.example/blog/2024/post.html", "", "no links")
	w.page("quiet.example/", "", "no links")
	w.feed("quiet.example/blog/2024/feed", "Of the folder", 5)
	want(t, w.search("https://quiet.example/blog/2024/post.html", 4), "https://quiet.example/blog/2024/feed")
}

// A site that answers any address with a page must not cost more requests than
// others.
func TestASiteThatAnswersEverythingWithAPage(t *testing.T) {
	w := newWeb(t)
	w.page("soft.example/", "", `<a href="/rss">RSS</a><a href="/feeds">Feeds</a><a href="/feed/a">x</a><a href="/feed/b">x</a>`)
	soft := w.pages["soft.example/"]
	for _, p := range slices.Concat(customary, []string{"/robots.txt", "/sitemap.xml", "/news-sitemap.xml", "/sitemap-news.xml", "/feed/a", "/feed/b"}) {
		w.pages["soft.example"+p] = soft
	}
	r := w.search("soft.example", 15)
	want(t, r)
	if len(r.Tried) != len(w.requests) || len(r.Tried) < 5 {
		t.Errorf("%d tried, %d requests", len(r.Tried), len(w.requests))
	}
}

const newsSitemap = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/a</loc><news:news><news:publication><news:name>The Gazette</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-03-01T10:00:00Z</news:publication_date><news:title>A bridge opens</news:title></news:news></url>
<url><loc>https://news.example/b</loc><news:news><news:publication><news:name>The Gazette</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-03-01T09:00:00Z</news:publication_date><news:title>A bridge closes</news:title></news:news></url></urlset>`

func TestNewsSitemaps(t *testing.T) {
	for name, place := range map[string]func(w *web){
		"named by robots.txt": func(w *web) {
			w.has("news.example/robots.txt", "text/plain", "User-agent: *\nDisallow: /x\nSitemap: https://news.example/pages.xml\nsitemap:https://news.example/sm/news.xml\n")
			w.has("news.example/sm/news.xml", "application/xml", newsSitemap)
		},
		"in an index": func(w *web) {
			w.has("news.example/robots.txt", "text/plain", "Sitemap: /sitemap.xml")
			w.has("news.example/sitemap.xml", "application/xml", `<sitemapindex><sitemap><loc>https://news.example/pages.xml</loc></sitemap><sitemap><loc>
				https://news.example/google-news.xml</loc></sitemap></sitemapindex>`)
			w.has("news.example/google-news.xml", "application/xml", newsSitemap)
		},
		"where many have it": func(w *web) { w.has("news.example/news-sitemap.xml", "text/xml", newsSitemap) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWeb(t)
			w.page("news.example/", "", "no links")
			place(w)
			r := w.search("news.example", 14)
			if len(r.Candidates) != 1 {
				t.Fatalf("%+v", r)
			}
			if c := r.Candidates[0]; c.Kind != feeds.SitemapKind || c.Items != 2 || c.Found != "a news sitemap" {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestASitemapOfAllPagesIsNoFind(t *testing.T) {
	w := newWeb(t)
	w.page("news.example/", "", "no links")
	w.has("news.example/sitemap.xml", "application/xml", `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://news.example/a</loc></url></urlset>`)
	want(t, w.search("news.example", 15))
}

func TestSitemapsAreLeftAloneWhenThereIsAFeed(t *testing.T) {
	w := newWeb(t)
	w.page("news.example/", `<link rel=alternate type=application/rss+xml href=/rss.xml>`, "")
	w.feed("news.example/rss.xml", "The Gazette", 5)
	w.has("news.example/news-sitemap.xml", "text/xml", newsSitemap)
	want(t, w.search("news.example", 2), "https://news.example/rss.xml")
}

func TestRedirects(t *testing.T) {
	w := newWeb(t)
	w.moves("http://news.example/", "https://www.news.example/", 301)
	w.page("www.news.example/", `<link rel=alternate type=application/rss+xml href=/rss><link rel=alternate type=application/rss+xml href=/elsewhere>`, "")
	w.moves("www.news.example/rss", "/rss/all.xml", 302)
	w.feed("www.news.example/rss/all.xml", "All", 5)
	w.moves("www.news.example/elsewhere", "https://feeds.example/signed?key=1", 302)
	w.feed("feeds.example/signed?key=1", "Elsewhere", 5)
	r := w.search("http://news.example/", 6)
	want(t, r, "https://www.news.example/rss/all.xml", "https://www.news.example/elsewhere")
}

// A page in between that asks for consent is not the site.
func TestAPageInBetween(t *testing.T) {
	w := newWeb(t)
	w.moves("news.example/", "https://consent.elsewhere.example.org/?to=news", 302)
	w.page("consent.elsewhere.example.org/?to=news", "", "May we?")
	w.feed("news.example/feed", "News", 4)
	want(t, w.search("news.example", 3), "https://news.example/feed")
	w = newWeb(t)
	w.moves("www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "https://consent.youtube.com/m?x", 302)
	w.page("consent.youtube.com/m?x", "", "May we?")
	w.feed("www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv", "Videos", 4)
	want(t, w.search("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", 3), "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv")
}

func TestAnAddressWithoutAScheme(t *testing.T) {
	t.Run("http alone answers", func(t *testing.T) {
		w := newWeb(t)
		w.pages["http://old.example/"] = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprint(rw, `<link rel=alternate type=application/rss+xml href=/rss>`)
		}
		w.pages["http://old.example/rss"] = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, rss("Old", 3, time.Hour, now)) }
		want(t, w.search("old.example", 3), "http://old.example/rss")
	})
	t.Run("a name in another script", func(t *testing.T) {
		w := newWeb(t)
		w.page("xn--strae-oqa.example/", `<link rel=alternate type=application/rss+xml href="https://straße.example/rss">`, "")
		w.feed("xn--strae-oqa.example/rss", "Die Straße", 3)
		want(t, w.search("Straße.example", 2), "https://xn--strae-oqa.example/rss")
	})
	t.Run("only the sibling answers", func(t *testing.T) {
		w := newWeb(t)
		w.feed("www.paper.example/rss", "Paper", 3)
		want(t, w.search("paper.example/rss", 3), "https://www.paper.example/rss")
	})
	t.Run("a name that is not known", func(t *testing.T) {
		w := newWeb(t)
		w.feed("www.paper.unknown/rss", "Paper", 3)
		want(t, w.search("paper.unknown/rss", 2), "https://www.paper.unknown/rss")
		w = newWeb(t)
		want(t, w.search("paper.unknown", 2))
	})
	t.Run("nothing answers", func(t *testing.T) {
		w := newWeb(t)
		r := w.search("nowhere.example", 3)
		want(t, r)
		if len(r.Tried) != 3 || r.Problem == nil || !strings.Contains(r.Tried[0].Result, "connection") {
			t.Errorf("%+v", r)
		}
	})
}

func TestAddressesThatAreNone(t *testing.T) {
	f, err := New(Options{Web: fetcherFor(t, newWeb(t)), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"", "   ", "ftp://news.example/", "javascript:alert(1)", "file:///etc/passwd", "https://", "not an address", "desk", "1,3", "desk/feed", "::", "http//x", "https://anna:hush@news.example/", "https://" + strings.Repeat("a", 3000) + ".example/"} {
		r, err := f.Find(t.Context(), typed)
		if err == nil || len(r.Tried) > 0 {
			t.Errorf("Find(%q) = %+v, %v", typed, r, err)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("the password is in %v", err)
		}
	}
}

func TestDatesInTheFutureCountAsNow(t *testing.T) {
	w := newWeb(t)
	w.has("news.example/rss", "application/rss+xml", rss("Planned", 10, 12*time.Hour, now.AddDate(1, 0, 0)))
	r := w.search("news.example/rss", 1)
	if c := r.Candidates[0]; !c.Last.Equal(now) || c.PerDay > 240 || c.Standing != Good {
		t.Errorf("%+v", c)
	}
}

// However much a site has that looks like a feed, and whatever comes of it, the
// requests are counted.
func TestRequestsAreBounded(t *testing.T) {
	w := newWeb(t)
	var head strings.Builder
	for i := range 30 {
		fmt.Fprintf(&head, `<link rel="alternate" type="application/rss+xml" href="/dead-%d.rss">`, i)
	}
	w.page("news.example/", head.String(), `<a href="/a.rss">x</a><a href="/b.rss">x</a><a href="/c.rss">x</a><a href="/d.rss">x</a><a href="/rss">RSS</a>`)
	r := w.search("news.example", defaultMaxRequests)
	if len(r.Tried) != defaultMaxRequests || len(r.Notes) != 1 || r.Notes[0] != "the search ended after 15 requests" {
		t.Errorf("%d tried, notes %q", len(r.Tried), r.Notes)
	}
	if len(r.Unread) == 0 {
		t.Error("what was not read is not named")
	}
}
