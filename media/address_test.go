package media

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"spool"
)

const robotsFile = "https://news.example.org/robots.txt"

func TestPicturesThatNetworksFetch(t *testing.T) {
	good := func(h http.Header) {}
	tests := map[string]struct {
		url     string
		head    func(h http.Header) // what HEAD answers, but for the usual
		status  int
		robots  string
		picture func(t *testing.T) []byte
		public  bool   // the publisher's own address will do
		why     string // it does not, when Spool has none either
	}{
		"well behaved":      {public: true},
		"octets":            {head: func(h http.Header) { h.Set("Content-Type", "application/octet-stream") }, why: "of another type"},
		"an old name":       {head: func(h http.Header) { h.Set("Content-Type", "IMAGE/JPG; charset=binary") }, public: true},
		"no length":         {head: func(h http.Header) { h.Del("Content-Length") }, why: "how large it is"},
		"no HEAD":           {status: 405, why: "way of asking (HEAD)"},
		"HEAD without body": {status: 204, why: "answered 204"},
		"plain":             {url: "http://news.example.org/storm.jpg", why: "not https"},
		"a number":          {url: "https://203.0.113.7/storm.jpg", why: "no public one"},
		"inside":            {url: "https://intranet/storm.jpg", why: "no public one"},
		"another port":      {url: "https://news.example.org:8443/storm.jpg", why: "unusual"},
		"robots":            {robots: "User-agent: *\nDisallow: /storm", why: "robots.txt"},
		"robots for others": {robots: "User-agent: Googlebot\nDisallow: /", public: true},
		"exif":              {picture: func(t *testing.T) []byte { return withSegment(jpegOf(t, photo(600, 400)), exif(1)) }, public: true},
		"too narrow":        {picture: func(t *testing.T) []byte { return jpegOf(t, photo(300, 400)) }, why: "the network wants 320"},
		"webp by name only": {picture: func(t *testing.T) []byte { return avif(600, 400, "") }, why: "cannot be read"},
	}
	for name, tt := range tests {
		for _, own := range []string{"", "https://spool.example"} {
			t.Run(name+" "+own, func(t *testing.T) {
				d := newDesk(t)
				d.PublicURL = own
				address, data := storm, jpegOf(t, photo(600, 400))
				if tt.url != "" {
					address = tt.url
				}
				if tt.picture != nil {
					data = tt.picture(t)
				}
				if tt.head == nil {
					tt.head = good
				}
				d.web.put(address, "image/jpeg", data)
				get := d.web.sites[address]
				d.web.sites[address] = func(r Request) (Answer, error) {
					a, err := get(r)
					if r.Head {
						tt.head(a.Header)
						if tt.status != 0 {
							a.Status = tt.status
						}
					}
					return a, err
				}
				if tt.robots != "" {
					d.web.put(robotsFile, "text/plain", []byte(tt.robots))
				}
				out := d.illustrate(t, open(address), byURL())
				notes := strings.Join(out.Notes, "\n")
				if out.Content.Open || out.Wait != 0 {
					t.Fatalf("got %+v", out)
				}
				switch useful := tt.why != "the network wants 320" && tt.why != "cannot be read"; {
				case tt.public:
					if len(out.Content.Media) != 1 || out.Content.Media[0].Public != address || out.Content.Media[0].File != "" || len(d.shelf.files) != 0 || out.Content.Media[0].Width != 600 {
						t.Errorf("got %+v, %s", out.Content.Media, notes)
					}
				case own != "" && useful:
					if len(out.Content.Media) != 1 || out.Content.Media[0].Public != own+"/media/name1.jpg" || out.Content.Media[0].File != "name1" || !d.shelf.files["name1"].Public {
						t.Errorf("got %+v, %s", out.Content.Media, notes)
					}
				default:
					if len(out.Content.Media) != 0 || !strings.Contains(notes, tt.why) || useful && !strings.Contains(notes, "set server.public_url") {
						t.Errorf("got %+v, %s", out.Content.Media, notes)
					}
				}
			})
		}
	}
}

// A picture that is too wide for the network is scaled where Spool can serve the
// copy; otherwise the network scales it.
func TestWidePicturesThatNetworksFetch(t *testing.T) {
	d := newDesk(t)
	d.web.put(storm, "image/jpeg", jpegOf(t, photo(1600, 400)))
	out := d.illustrate(t, open(storm), byURL())
	if len(out.Content.Media) != 1 || out.Content.Media[0].Public != storm {
		t.Errorf("got %+v", out)
	}
	d.PublicURL = "https://spool.example/sub"
	out = d.illustrate(t, open(storm), byURL())
	if m := out.Content.Media; len(m) != 1 || m[0].Public != "https://spool.example/sub/media/name1.jpg" || m[0].Width != 1440 || m[0].Height != 360 {
		t.Errorf("got %+v", out)
	}
	if got := d.web.requests(); strings.HasPrefix(got[len(got)-1], "HEAD") {
		t.Error("the publisher was asked about a picture that is not used")
	}
}

func TestRedirectedPictures(t *testing.T) {
	d := newDesk(t)
	body := jpegOf(t, photo(600, 400))
	d.web.sites[storm] = func(r Request) (Answer, error) {
		return Answer{URL: "https://cdn.example.net/x.jpg", Status: 200, Body: body, Header: http.Header{"Content-Type": {"image/jpeg"}}}, nil
	}
	out := d.illustrate(t, open(storm), byURL())
	if len(out.Content.Media) != 0 || !strings.Contains(strings.Join(out.Notes, ""), "leads on to another") {
		t.Errorf("got %+v", out)
	}
}

func TestAddressesInOtherLetters(t *testing.T) {
	for _, pair := range [][2]string{
		{"https://Bücher.example/Ä b.jpg#x", "https://xn--bcher-kva.example/%C3%84%20b.jpg"}, {"https://A.example", "https://a.example/"}, {"https://a.example/x?q=ü", "https://a.example/x?q=ü"},
	} {
		if !sameAddress(pair[0], pair[1]) {
			t.Errorf("%s is %s", pair[0], plainAddress(pair[0]))
		}
	}
	for _, other := range []string{"http://a.example/x", "https://a.example/X", "https://a.example/x?y", "https://b.example/x", "https://a.example:8443/x", "::"} {
		if sameAddress("https://a.example/x", other) {
			t.Errorf("%s is taken for another", other)
		}
	}
}

// The rules of a site are asked for once, and do not keep a post waiting.
func TestRobotsAreAskedOnce(t *testing.T) {
	d := newDesk(t)
	d.web.fail(robotsFile, 503, nil)
	other := "https://news.example.org/other.jpg"
	d.web.put(storm, "image/jpeg", jpegOf(t, photo(600, 400)))
	d.web.put(other, "image/jpeg", jpegOf(t, photo(500, 400)))
	out := d.illustrate(t, open(storm, other), byURL())
	if len(out.Content.Media) != 2 || out.Wait != 0 || len(out.Notes) != 2 {
		t.Errorf("got %+v", out)
	}
	if n := len(slices.DeleteFunc(d.web.requests(), func(r string) bool { return r != "GET "+robotsFile })); n != 1 {
		t.Errorf("%d requests", n)
	}
}

const clip = "https://news.example.org/storm.mp4"

func film(url string) spool.Content {
	c := open()
	c.Media = []spool.Attachment{{URL: url, Type: "video/mp4"}, {URL: storm, Alt: "Waves"}}
	return c
}

var mp4 = []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1" + strings.Repeat("film", 500))

func TestFilmsThatNetworksFetch(t *testing.T) {
	tests := map[string]struct {
		set func(w *web)
		why string
	}{
		"fine":      {set: func(w *web) { w.put(clip, "video/mp4; codecs=avc1", mp4) }},
		"not there": {func(w *web) {}, "it is not there (404)"},
		"a stream":  {func(w *web) { w.put(clip, "application/x-mpegurl", mp4) }, "its type (application/x-mpegurl)"},
		"too large": {func(w *web) {
			w.put(clip, "video/mp4", mp4)
			get := w.sites[clip]
			w.sites[clip] = func(r Request) (Answer, error) {
				a, err := get(r)
				a.Header.Set("Content-Length", "9999999999")
				return a, err
			}
		}, "too large"},
	}
	for name, tt := range tests {
		d := newDesk(t)
		tt.set(d.web)
		d.web.put(storm, "image/jpeg", jpegOf(t, photo(600, 400)))
		out := d.illustrate(t, film(clip), byURL())
		notes := strings.Join(out.Notes, "\n")
		if tt.why == "" {
			if m := out.Content.Media; len(m) != 2 || m[0].Public != clip || m[0].File != "" || m[0].Size != len(mp4) {
				t.Errorf("%s: %+v", name, out)
			}
		} else if len(out.Content.Media) != 1 || !strings.Contains(notes, "without the film "+clip) || !strings.Contains(notes, tt.why) {
			t.Errorf("%s: %+v", name, out)
		}
		if slices.Contains(d.web.requests(), "GET "+clip) {
			t.Errorf("%s: the film was fetched", name)
		}
	}
}

func TestFilmsThatAreUploaded(t *testing.T) {
	limits := uploads()
	limits.Films, limits.Film = []string{"video/mp4"}, 100<<20
	d := newDesk(t)
	d.web.put(clip, "video/mp4", mp4)
	d.web.put(storm, "image/jpeg", jpegOf(t, photo(600, 400)))
	out := d.illustrate(t, film(clip), limits)
	if m := out.Content.Media; len(m) != 1 || m[0].File != "name1" || m[0].Type != "video/mp4" || d.shelf.files["name1"].Public || m[0].Public != "" {
		t.Errorf("got %+v", out)
	}
	if !strings.Contains(strings.Join(out.Notes, ""), "pictures and a film in one post") {
		t.Errorf("notes %q", out.Notes)
	}
	for name, put := range map[string]func(w *web){
		"endless":   func(w *web) { w.put(clip, "video/mp4", append(slices.Clone(mp4), make([]byte, maxFilm)...)) },
		"a page":    func(w *web) { w.put(clip, "video/mp4", []byte("<html>")) },
		"quicktime": func(w *web) { w.put(clip, "video/mp4", []byte("\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  moov")) },
	} {
		put(d.web)
		if out := d.illustrate(t, film(clip), limits); len(out.Content.Media) != 1 || out.Content.Media[0].URL != storm {
			t.Errorf("%s: %+v", name, out)
		}
	}
	if out := d.illustrate(t, film(clip), uploads()); len(out.Content.Media) != 1 || !strings.Contains(strings.Join(out.Notes, ""), "takes no films") {
		t.Errorf("where none are taken: %+v", out)
	}
}

func TestHowManyFit(t *testing.T) {
	d := newDesk(t)
	urls := []string{"https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/3.jpg"}
	for i, u := range urls {
		d.web.put(u, "image/jpeg", jpegOf(t, photo(100+i, 100)))
	}
	limits := uploads()
	limits.Images = 2
	if out := d.illustrate(t, open(urls...), limits); len(out.Content.Media) != 2 || len(out.Notes) != 3 {
		t.Errorf("got %+v", out)
	}
	limits.Images = 0
	if out := d.illustrate(t, open(urls...), limits); len(out.Content.Media) != 0 || out.Content.Link == "" {
		t.Errorf("got %+v", out)
	}
	c := open(urls...)
	c.Pick = 1
	if out := d.illustrate(t, c, uploads()); len(out.Content.Media) != 1 || len(out.Notes) != 1 || out.Content.Pick != 0 {
		t.Errorf("got %+v", out)
	}
}
