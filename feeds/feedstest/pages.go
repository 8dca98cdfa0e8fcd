package feedstest

import (
	"hash/fnv"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// look is how the pages look, in light and dark, on wide and narrow screens.
const look = `<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark }
body { font: 17px/1.5 Georgia, serif; max-width: 40rem; margin: 2rem auto; padding: 0 1.25rem }
h1 { line-height: 1.2 } h2 { font-size: 1rem } img { max-width: 100%; height: auto }
ul { list-style: none; padding: 0 } li { padding: .5rem 0; border-top: 1px solid #8884 } small { opacity: .7; white-space: nowrap }
</style>
`

func pagePath(guid string) string { return "/articles/" + url.PathEscape(guid) }

// Picture is the path of a picture, for Article.Image: one for each name.
func Picture(name string) string { return "/pictures/" + url.PathEscape(name) + ".png" }

func (p *Publisher) serveArticle(w http.ResponseWriter, r *http.Request) {
	a, ok := p.find(r.PathValue("guid"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	c := Channel{Base: base(r)}
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + html.EscapeString(a.Title) + "</title>\n" + look)
	meta(&b, "og:title", a.Title)
	meta(&b, "og:url", c.absolute(a.Link))
	meta(&b, "og:image", c.absolute(a.Image))
	meta(&b, "og:image:alt", a.Alt)
	b.WriteString("</head><body>\n<h1>" + html.EscapeString(a.Title) + "</h1>\n")
	if a.Image != "" {
		b.WriteString(`<img src="` + html.EscapeString(a.Image) + `" alt="` + html.EscapeString(a.Alt) + "\">\n")
	}
	b.WriteString(a.Summary + "\n<p><a href=\"/\">Front page</a></p></body></html>\n")
	page(w, b.String())
}

func meta(b *strings.Builder, property, content string) {
	if content != "" {
		b.WriteString(`<meta property="` + property + `" content="` + html.EscapeString(content) + "\">\n")
	}
}

func (p *Publisher) serveFront(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	names := slices.Sorted(maps.Keys(p.feeds))
	p.mu.Unlock()
	var head, body strings.Builder
	for _, name := range names {
		path := "/feeds/" + url.PathEscape(name) + ".rss"
		head.WriteString(`<link rel="alternate" type="application/rss+xml" title="` + html.EscapeString(name) + `" href="` + path + "\">\n")
		body.WriteString("<h2>" + html.EscapeString(name) + ` <a href="` + path + "\">RSS</a></h2>\n<ul>\n")
		articles := p.Articles(name)
		slices.Reverse(articles)
		for _, a := range articles {
			body.WriteString(`<li><a href="` + html.EscapeString(a.Link) + `">` + html.EscapeString(a.Title) + "</a> <small>" + a.Published.UTC().Format("15:04:05") + " UTC</small></li>\n")
		}
		body.WriteString("</ul>\n")
	}
	page(w, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sample newsroom</title>\n"+look+head.String()+"</head><body>\n<h1>Sample newsroom</h1>\n"+body.String()+"</body></html>\n")
}

func page(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, text)
}

// servePicture draws a plain picture whose colour depends on its name.
func servePicture(w http.ResponseWriter, r *http.Request) {
	h := fnv.New32a()
	_, _ = io.WriteString(h, r.PathValue("name"))
	sum := h.Sum32()
	canvas := image.NewRGBA(image.Rect(0, 0, 640, 360))
	shade := color.RGBA{R: uint8(sum), G: uint8(sum >> 8), B: uint8(sum >> 16), A: 255}
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(shade), image.Point{}, draw.Src)
	w.Header().Set("Content-Type", "image/png")
	_ = png.Encode(w, canvas)
}
