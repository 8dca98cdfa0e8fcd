package main

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
)

// The scenes about pictures: of the whole program, with an account on every network.

const (
	pictureTitle = "The harbour seen from the tower"
	pictureAlt   = "Boats in front of the old harbour"
	pageAlt      = "The harbour at dusk"
	publicHost   = "https://spool.example/behind"
)

// pictureConfig is the ensemble's with other options of posts.
func pictureConfig(post string) string {
	return strings.Replace(ensembleConfig, "post: {image: none} # the articles' pages are not asked for pictures", "post: {"+post+"}", 1)
}

// publicly has the daemon reached from outside.
func publicly(config string) string {
	return strings.Replace(config, `server: {listen: ""}`, `server: {listen: "127.0.0.1:0", public_url: "`+publicHost+`"}`, 1)
}

// Pictures before cards everywhere, and only where the network makes cards itself.
var (
	picturesFirst   = pictureConfig("image: first")
	picturesOnMasto = pictureConfig("networks: {mastodon: {image: first}}")
)

// playPictures runs a test with a gallery.
func playPictures(t *testing.T, config string, scene func(t *testing.T, e *ensemble, g *gallery)) {
	t.Helper()
	playEnsemble(t, config, func(t *testing.T, e *ensemble) {
		g := newGallery(t, e.room.Handler())
		e.prog.feedTransport = inProcess{g}
		e.prog.tick = time.Second
		e.room.Add("city", feedstest.Article{GUID: "old", Title: "An old story", Link: "https://press.example/old"})
		e.start()
		e.wait(90 * time.Second)
		scene(t, e, g)
		e.wantAllClean()
	})
}

// shoot publishes a story with a picture of a kind in the feed, or none, whose page
// is named after another kind, or names nothing.
func (e *ensemble) shoot(guid, kind, alt, onPage string) {
	a := feedstest.Article{GUID: guid, Title: pictureTitle, Summary: "What happened, and why.", Link: "https://press.example/none/" + guid, Alt: alt}
	if kind != "" {
		a.Image = "https://press.example/" + kind + "-" + guid + ".png"
	}
	if onPage != "" {
		a.Link = "https://press.example" + pagePlace + onPage + "-" + guid + ".png"
	}
	e.room.Add("city", a)
}

// What the readers of each network see first.
func (e *ensemble) onMasto() mastodontest.Post { return firstOf(e.masto.Visible(stageUser)) }
func (e *ensemble) onSky() blueskytest.Post    { return firstOf(e.sky.Visible(ensembleHandle)) }
func (e *ensemble) onNet() threadstest.Post    { return firstOf(e.net.Visible(stageUser)) }

func firstOf[T any](posts []T) T {
	var none T
	if len(posts) == 0 {
		return none
	}
	return posts[0]
}

// seen is what a reader sees of a story's picture, in a word for each network.
func (e *ensemble) seen() map[string]string {
	m, s, n := e.onMasto(), e.onSky(), e.onNet()
	out := map[string]string{"mastodon": "text", "bluesky": "text", "threads": n.Type}
	if len(m.Media) > 0 {
		out["mastodon"] = fmt.Sprintf("%d picture, %q", len(m.Media), m.Media[0].Alt)
	}
	switch {
	case len(s.Pictures) > 0:
		out["bluesky"] = fmt.Sprintf("%d picture, %q", len(s.Pictures), s.Pictures[0].Alt)
	case s.Link != "" && s.Thumb != "":
		out["bluesky"] = "card with a picture"
	case s.Link != "":
		out["bluesky"] = "card"
	}
	switch {
	case n.Image != "":
		out["threads"] = fmt.Sprintf("%s, %q", n.Type, n.Alt)
	case n.Link != "":
		out["threads"] = "card"
	}
	return out
}

// A pictureCase is a story and what becomes of it.
type pictureCase struct {
	name, own, alt, page string
	masto, sky, threads  string
	note                 string // in the history on Mastodon, and on Bluesky
}

func (c pictureCase) play(t *testing.T, config string) {
	playPictures(t, config, func(t *testing.T, e *ensemble, _ *gallery) {
		e.shoot("tower", c.own, c.alt, c.page)
		e.wait(10 * time.Minute)
		got := e.seen()
		for network, want := range map[string]string{"mastodon": c.masto, "bluesky": c.sky, "threads": c.threads} {
			if got[network] != want {
				t.Errorf("readers of %s see %s, want %s\n%s", network, got[network], want, e.tailOf(network))
			}
		}
		e.wantHistory(e.one("mastodon", spool.Announce), string(spool.Pictured), c.note)
		e.wantHistory(e.one("bluesky", spool.Announce), string(spool.Pictured), c.note)
		e.wantOnAll([]string{pictureTitle})
		e.wantStates(map[spool.State]int{spool.Live: 4})
	})
}

const (
	described = `1 picture, "` + pictureAlt + `"`
	byPage    = `1 picture, "` + pageAlt + `"`
	undescr   = `1 picture, ""`
	thumbCard = "card with a picture"
)

func TestPicturesOfStories(t *testing.T) {
	for _, c := range []pictureCase{
		{"its own", soundPicture, pictureAlt, "", described, thumbCard, "card", "with the picture https://press.example/sound-tower.png (800 x 450 pixels"},
		{"undescribed", soundPicture, "", "", undescr, thumbCard, "card", "with the picture https://press.example/sound-tower.png (800 x 450 pixels"},
		{"the page's", "", "", soundPicture, byPage, thumbCard, "card", "with the picture https://press.example/sound-tower.png (800 x 450 pixels"},
		{"no picture", "", "", "", "text", "card", "card", "it is not there (404)"},
		{"gone", gonePicture, pictureAlt, "", "text", "card", "card", "without the picture https://press.example/gone-tower.png: it is not there (404)"},
		{"a page's that is gone", "", "", gonePicture, "text", "card", "card", "without the picture https://press.example/gone-tower.png: it is not there (404)"},
		{"heavy", heavyPicture, pictureAlt, "", described, thumbCard, "card", "with the picture https://press.example/heavy-tower.png ("},
		{"vast", vastPicture, pictureAlt, "", "text", "card", "card", "without the picture https://press.example/vast-tower.png: it is larger than 16 MiB"},
		{"bomb", bombPicture, pictureAlt, "", "text", "card", "card", "without the picture https://press.example/bomb-tower.png: it is too large"},
		{"no picture at all", falsePicture, pictureAlt, "", "text", "card", "card", "without the picture https://press.example/false-tower.png: it is"},
		{"server in trouble", brokenServer, pictureAlt, "", "text", "card", "card", "without the picture https://press.example/broken-tower.png: its server answered 503"},
		{"hung", hungPicture, pictureAlt, "", "text", "card", "card", "without the picture https://press.example/hung-tower.png:"},
	} {
		t.Run(c.name, func(t *testing.T) { c.play(t, picturesOnMasto) })
	}
}

func TestPicturesBeforeCards(t *testing.T) {
	for _, c := range []pictureCase{
		{"its own", soundPicture, pictureAlt, "", described, described, `IMAGE, "` + pictureAlt + `"`, "with the picture https://press.example/sound-tower.png"},
		{"the page's", "", "", soundPicture, byPage, byPage, `IMAGE, "` + pageAlt + `"`, "with the picture https://press.example/sound-tower.png"},
		{"gone", gonePicture, pictureAlt, "", "text", "card", "card", "it is not there (404)"},
		{"bomb", bombPicture, pictureAlt, "", "text", "card", "card", "it is too large"},
		{"hung", hungPicture, pictureAlt, "", "text", "card", "card", "without the picture https://press.example/hung-tower.png:"},
	} {
		t.Run(c.name, func(t *testing.T) { c.play(t, picturesFirst) })
	}
}

// TestThreadsFetchesTheCopy has a picture that has to be made smaller before the
// network can take it, and a network that fetches pictures itself.
func TestThreadsFetchesTheCopy(t *testing.T) {
	playPictures(t, publicly(picturesFirst), func(t *testing.T, e *ensemble, _ *gallery) {
		e.shoot("tower", heavyPicture, pictureAlt, "")
		e.wait(5 * time.Minute)
		p := e.onNet()
		if p.Type != "IMAGE" || p.Alt != pictureAlt || !strings.HasPrefix(p.Image, publicHost+"/media/") {
			t.Fatalf("readers of threads see %+v\n%s", p, e.tailOf("threads"))
		}
		e.wantServed(p.Image)
		e.wantHistory(e.one("threads", spool.Announce), string(spool.Pictured), "with the picture https://press.example/heavy-tower.png", "it had 2000 x 2000")
		e.wantOnAll([]string{pictureTitle})
	})
}

// wantServed fails unless the daemon has a picture for whoever knows its address.
func (e *ensemble) wantServed(address string) {
	e.t.Helper()
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		w := httptest.NewRecorder()
		e.d.pages.Handler().ServeHTTP(w, httptest.NewRequest(method, address, http.NoBody))
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "image/") {
			e.t.Errorf("%s %s: %d %v", method, address, w.Code, w.Header())
		}
		if w.Header().Get("Content-Length") == "" || method == http.MethodGet && w.Body.Len() > 8<<20 {
			e.t.Errorf("%s %s: %d bytes, length %q", method, address, w.Body.Len(), w.Header().Get("Content-Length"))
		}
	}
}

func TestThreadsShowsACardWhereNobodyServesTheCopy(t *testing.T) {
	playPictures(t, picturesFirst, func(t *testing.T, e *ensemble, _ *gallery) {
		e.shoot("tower", heavyPicture, pictureAlt, "")
		e.wait(5 * time.Minute)
		if p := e.onNet(); p.Image != "" || !strings.Contains(p.Link, "press.example") {
			t.Errorf("readers of threads see %+v\n%s", p, e.tailOf("threads"))
		}
		e.wantHistory(e.one("threads", spool.Announce), string(spool.Pictured), "without the picture", "set server.public_url")
		e.wantOnAll([]string{pictureTitle})
	})
}

// TestASinglePassOffersNoCopy: nothing is served when the network comes for it.
func TestASinglePassOffersNoCopy(t *testing.T) {
	playPictures(t, publicly(picturesFirst), func(t *testing.T, e *ensemble, _ *gallery) {
		e.end()
		e.shoot("tower", heavyPicture, pictureAlt, "")
		for range 3 { // it settles, and its pictures are fetched
			e.must("", "run", "--once")
			e.wait(5 * time.Minute)
		}
		if p := e.onNet(); p.Image != "" || !strings.Contains(p.Link, "press.example") {
			t.Errorf("readers of threads see %+v", p)
		}
		e.start()
		e.wantHistory(e.one("threads", spool.Announce), string(spool.Pictured), "without the picture")
	})
}

// TestUploadsAreWhatReadersGet looks at the bytes.
func TestUploadsAreWhatReadersGet(t *testing.T) {
	playPictures(t, picturesFirst, func(t *testing.T, e *ensemble, g *gallery) {
		e.shoot("tower", soundPicture, pictureAlt, "")
		e.wait(5 * time.Minute)
		m, s := e.onMasto(), e.onSky()
		if len(m.Media) != 1 || len(s.Pictures) != 1 {
			t.Fatalf("%+v\n%+v", m, s)
		}
		if got := e.masto.File(m.Media[0].ID); !bytes.Equal(got, g.sunset) {
			t.Errorf("mastodon got %d bytes, the publisher has %d", len(got), len(g.sunset))
		}
		data, kind, ok := e.sky.Blob(s.Pictures[0].CID)
		if shown, err := png.DecodeConfig(bytes.NewReader(data)); !ok || kind != "image/png" || err != nil || shown.Width != 800 || s.Pictures[0].Width != 800 {
			t.Errorf("bluesky got %s, %+v: %v; %+v", kind, shown, err, s.Pictures[0])
		}
		if n := g.asked("/sound-tower.png"); n != 1 {
			t.Errorf("the publisher was asked %d times for one picture", n)
		}
	})
}

// TestAnUndescribedPictureWaitsForAPerson who describes it.
func TestAnUndescribedPictureWaitsForAPerson(t *testing.T) {
	playPictures(t, pictureConfig("alt: hold, networks: {mastodon: {image: first}}"), func(t *testing.T, e *ensemble, _ *gallery) {
		e.shoot("tower", soundPicture, "", "")
		e.wait(2 * time.Minute)
		p := e.one("mastodon", spool.Announce)
		if p.State != spool.Held || !strings.Contains(p.Reason, "nobody has described the picture") {
			t.Fatalf("the post is %s: %s", p.State, p.Reason)
		}
		for _, name := range []string{"threads", "bluesky", "webhook"} { // a card's picture has no description
			e.wantOn(e.cast(name), []string{pictureTitle})
		}
		e.must("", "posts", "edit", p.ID, "--alt", pictureAlt, "--as", "anna")
		e.wait(10 * time.Minute)
		if shown := e.masto.Visible(stageUser); len(shown) > 0 {
			t.Fatalf("it went out before it was approved: %+v", shown)
		}
		e.must("", "posts", "approve", p.ID)
		e.wait(time.Minute)
		if m := e.onMasto(); len(m.Media) != 1 || m.Media[0].Alt != pictureAlt {
			t.Errorf("readers of mastodon see %+v", m)
		}
		e.wantHistory(p, string(spool.Reworded), "anna")
		e.wantOnAll([]string{pictureTitle})
	})
}

// TestAHungPictureHoldsUpNobodyElse has stories without a picture come after one
// whose picture never arrives.
func TestAHungPictureHoldsUpNobodyElse(t *testing.T) {
	playPictures(t, picturesOnMasto, func(t *testing.T, e *ensemble, g *gallery) {
		e.shoot("tower", hungPicture, pictureAlt, "")
		e.wait(61 * time.Second) // the feed is read every minute
		var texts []string
		for i := range 3 {
			title := fmt.Sprintf("A story in words, number %d", i+1)
			e.room.Add("city", feedstest.Article{GUID: title, Title: title, Link: fmt.Sprintf("https://press.example/none/%d", i)})
			texts = append(texts, title)
		}
		e.wait(90 * time.Second) // to be read, and a request of 20 s that they may come upon
		for _, c := range e.casts {
			for _, title := range texts {
				if !slices.Contains(c.titles(), title) {
					t.Errorf("readers of %s wait for %q\n%s", c.name, title, e.tailOf(c.name))
				}
			}
		}
		for _, name := range []string{"threads", "webhook"} { // their cards need nothing of it
			e.wantOn(e.cast(name), append([]string{pictureTitle}, texts...))
		}
		e.wait(3 * time.Minute)
		e.wantOnAll(append([]string{pictureTitle}, texts...))
		if n := g.asked("/hung-tower.png"); n > 6 {
			t.Errorf("the publisher was asked %d times", n)
		}
	})
}

// TestARestartKeepsThePicture ends the program at each step around a picture.
func TestARestartKeepsThePicture(t *testing.T) {
	for _, point := range []string{"pictures answered", "pictures saved", "draft answered", "draft saved", "post began", "post answered"} {
		t.Run(point, func(t *testing.T) {
			playPictures(t, picturesFirst, func(t *testing.T, e *ensemble, _ *gallery) {
				e.end()
				d := e.dieAt(point, 1)
				e.start()
				e.shoot("tower", soundPicture, pictureAlt, "")
				if !d.await(3 * time.Minute) {
					t.Fatal("never reached")
				}
				e.wait(time.Second)
				e.start()
				e.wait(20 * time.Minute)
				if got := e.seen(); got["mastodon"] != described || got["bluesky"] != described || !strings.HasPrefix(got["threads"], "IMAGE") {
					t.Errorf("readers see %v\n%s", got, e.tail())
				}
				e.wantOnAll([]string{pictureTitle})
				e.wantStates(map[spool.State]int{spool.Live: 4})
			})
		})
	}
}
