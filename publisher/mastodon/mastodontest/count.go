package mastodontest

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// span is a piece of a text.
type span struct {
	from, to int
	text     string
}

// webAddress is what the instance takes for an address in a text: scheme, a host
// with a full stop, a port, a path with balanced parentheses, a query. What may
// be the last character of a path or a query is narrower than what may be in it.
var webAddress = regexp.MustCompile(`(?i)(?:^|[^a-z0-9@＠$#＃\x{fffe}\x{feff}])(https?://` +
	`(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+(?:xn--[a-z0-9-]+|\p{L}{2,})` +
	`(?::\d+)?` +
	`(?:/(?:(?:[^\s<>()?]|\([^\s<>()?]*\))*(?:[^\s<>()?!*"'「」;:=,.$%\[\]~&|@]|\([^\s<>()?]*\)))?)?` +
	`(?:\?[a-z0-9!?*'();:&=+$/%#\[\]\-_.,~|@^\p{L}]*[a-z0-9_&=#/\-\p{L}])?)`)

// addresses finds the web addresses of a text.
func addresses(text string) []span {
	var all []span
	from := 0
	for {
		m := webAddress.FindStringSubmatchIndex(text[from:])
		if m == nil {
			return all
		}
		all = append(all, span{from + m[2], from + m[3], text[from+m[2] : from+m[3]]})
		from += m[3]
	}
}

// remote is a mention of somebody on another instance, which counts without it.
var remote = regexp.MustCompile(`(^|[^=/\p{L}\p{N}_])@([a-zA-Z0-9_]+(?:[a-zA-Z0-9_.-]+[a-zA-Z0-9_])?)@[\p{L}\p{N}]+(?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?`)

// count is the length of a status as the instance counts it. GoToSocial counts
// code points, and addresses in full.
func count(p *status, k Knobs) int {
	if k.Software == GoToSocial {
		return utf8.RuneCountInString(p.Text) + utf8.RuneCountInString(p.Warning)
	}
	return graphemes(p.Warning) + Count(p.Text, k.reserved())
}

// Count is the length of a text on Mastodon: grapheme clusters, but for each
// address so many characters, and for somebody elsewhere only the name.
func Count(text string, reserved int) int {
	var b strings.Builder
	last := 0
	for _, a := range addresses(text) {
		b.WriteString(remote.ReplaceAllString(text[last:a.from], "$1@$2"))
		b.WriteString(strings.Repeat("x", reserved))
		last = a.to
	}
	b.WriteString(remote.ReplaceAllString(text[last:], "$1@$2"))
	return graphemes(b.String())
}

func graphemes(s string) int {
	n := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		n++
	}
	return n
}
