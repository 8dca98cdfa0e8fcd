package mastodon

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of what is read of a status's HTML.
const (
	maxHTML  = 256 << 10 // bytes
	maxLinks = 100
)

// page is what a status says, read from its HTML.
type page struct {
	text   string   // as it is shown, with what is hidden of addresses
	linked string   // the same, with each address in the place of what is shown for it
	links  []string // addresses, but for those of mentions and hashtags
}

// readHTML reads a status's content. Servers write paragraphs and line breaks,
// wrap addresses, and hide parts of them in spans; whatever else there is counts
// as text.
func readHTML(content string) page {
	if len(content) > maxHTML {
		content = content[:maxHTML]
	}
	var r reader
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			r.closeLink()
			return page{strings.TrimSpace(r.text.String()), strings.TrimSpace(r.linked.String()), r.links}
		case html.TextToken:
			r.words(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			r.open(z.Token())
		case html.EndTagToken:
			r.end(z.Token())
		}
	}
}

// reader gathers a page.
type reader struct {
	text, linked strings.Builder
	links        []string
	link         string // the address of the link that is open
	inside       bool   // something is shown of it
	mute         int    // elements open whose content is no text
}

func (r *reader) words(s string) {
	if r.mute > 0 {
		return
	}
	r.text.WriteString(s)
	if r.link != "" {
		r.inside = r.inside || strings.TrimSpace(s) != ""
		return
	}
	r.linked.WriteString(s)
}

func (r *reader) open(t html.Token) {
	switch t.DataAtom {
	case atom.Br:
		r.words("\n")
	case atom.Script, atom.Style, atom.Template:
		if t.Type == html.StartTagToken {
			r.mute++
		}
	case atom.A:
		r.closeLink()
		r.openLink(t)
	}
}

func (r *reader) openLink(t html.Token) {
	var href, class, rel string
	for _, a := range t.Attr {
		switch a.Key {
		case "href":
			href = a.Val
		case "class":
			class = a.Val
		case "rel":
			rel = a.Val
		}
	}
	marks := strings.Fields(class + " " + rel)
	for _, m := range marks {
		if m == "mention" || m == "hashtag" || m == "tag" {
			return
		}
	}
	if webAddress(href) && len(r.links) < maxLinks {
		r.link = href
		r.links = append(r.links, href)
	}
}

func (r *reader) closeLink() {
	if r.link == "" {
		return
	}
	if r.inside {
		r.linked.WriteString(r.link)
	}
	r.link, r.inside = "", false
}

func (r *reader) end(t html.Token) {
	switch t.DataAtom {
	case atom.P, atom.Div, atom.Blockquote, atom.Li, atom.H1, atom.H2, atom.H3:
		r.words("\n\n")
	case atom.Script, atom.Style, atom.Template:
		r.mute = max(r.mute-1, 0)
	case atom.A:
		r.closeLink()
	}
}
