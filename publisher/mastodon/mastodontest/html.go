package mastodontest

import (
	"html"
	"regexp"
	"strings"
)

var (
	blankLine = regexp.MustCompile(`\n{2,}`)
	tagged    = regexp.MustCompile(`(^|[^/)\p{L}\p{N}_&;])#([\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)`)
	mentioned = regexp.MustCompile(`(^|[^=/\p{L}\p{N}_])@([a-zA-Z0-9_]+)(@[\p{L}\p{N}.-]+[\p{L}\p{N}])?`)
)

// html is a text as the instance shows it.
func (s *Server) html(text string) string {
	if s.knobs.Readback == ReadChanged {
		text = prettier.Replace(text)
	}
	var b strings.Builder
	for _, p := range blankLine.Split(strings.TrimSpace(text), -1) {
		b.WriteString("<p>" + strings.ReplaceAll(s.inline(p), "\n", "<br />") + "</p>")
	}
	return b.String()
}

// prettier is what a server may make of a text that it thinks it knows better.
var prettier = strings.NewReplacer(`"`, "”", "'", "’", " - ", " – ")

func (s *Server) inline(text string) string {
	var b strings.Builder
	last := 0
	for _, a := range addresses(text) {
		b.WriteString(s.words(text[last:a.from]))
		b.WriteString(s.anchor(a.text))
		last = a.to
	}
	b.WriteString(s.words(text[last:]))
	return b.String()
}

// words escapes a text and makes links of its tags and mentions.
func (s *Server) words(text string) string {
	text = html.EscapeString(text)
	text = mentioned.ReplaceAllString(text, `$1<span class="h-card" translate="no"><a href="`+s.base()+`/@$2$3" class="u-url mention">@<span>$2</span></a></span>`)
	return tagged.ReplaceAllString(text, `$1<a href="`+s.base()+`/tags/$2" class="mention hashtag" rel="tag">#<span>$2</span></a>`)
}

// anchor is an address as the instance shows it: shortened for the eye.
func (s *Server) anchor(link string) string {
	open := `<a href="` + html.EscapeString(link) + `" target="_blank" rel="nofollow noopener" translate="no">`
	if s.knobs.Readback == ReadFlat || s.knobs.Software == GoToSocial {
		return open + html.EscapeString(link) + "</a>"
	}
	scheme, rest, _ := strings.Cut(link, "://")
	rest, www := strings.CutPrefix(rest, "www.")
	hidden := scheme + "://"
	if www {
		hidden += "www."
	}
	shown, tail, class := []rune(rest), "", ""
	if len(shown) > 30 {
		tail, shown, class = string(shown[30:]), shown[:30], "ellipsis"
	}
	return open + `<span class="invisible">` + hidden + `</span><span class="` + class + `">` + html.EscapeString(string(shown)) +
		`</span><span class="invisible">` + html.EscapeString(tail) + "</span></a>"
}
