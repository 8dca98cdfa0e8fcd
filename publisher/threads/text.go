package threads

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"

	"spool"
)

// The limits of a post. Meta's documentation gives 500 for the text, 50 for the
// topic and 1,000 for the description; sources contradict one another on how
// the text is counted, so ten are left free, and a text within 500 bytes, which
// is safe under every reading, is kept for when the network turns out to count
// bytes.
const (
	maxText  = 490
	maxBytes = 500
	maxTopic = 50
	maxAlt   = 1000
)

// TextLimits are what Threads takes as the words of a post.
func TextLimits() spool.TextLimits {
	return spool.TextLimits{
		Network: Network, Max: maxText, Length: Length, Bytes: maxBytes,
		Topic: maxTopic, Alt: maxAlt, Card: true, Tags: maxTopic, Replies: true, Media: mediaLimits(), Mute: Mute,
	}
}

// Length counts as Meta's documentation does: code points, but for an emoji its
// UTF-8 bytes.
func Length(s string) int {
	n, state := 0, -1
	for s != "" {
		var cluster string
		cluster, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		if isEmoji(cluster) {
			n += len(cluster)
		} else {
			n += utf8.RuneCountInString(cluster)
		}
	}
	return n
}

// isEmoji reports whether a grapheme cluster is an emoji: a pictograph, a flag
// or a keycap. The width that uniseg gives cannot tell, so the ranges are here.
func isEmoji(cluster string) bool {
	for _, r := range cluster {
		if r == 0x20E3 || r >= 0x1F1E6 && r <= 0x1F1FF || unicode.Is(pictographs, r) {
			return true
		}
	}
	return false
}

// pictographs covers Extended_Pictographic of Unicode 15.1, with neighbours
// that are not assigned: counting one too long is harmless.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00A9, 0x00A9, 1}, {0x00AE, 0x00AE, 1}, {0x203C, 0x203C, 1}, {0x2049, 0x2049, 1}, {0x2122, 0x2122, 1},
		{0x2139, 0x2139, 1}, {0x2194, 0x2199, 1}, {0x21A9, 0x21AA, 1}, {0x231A, 0x231B, 1}, {0x2328, 0x2328, 1},
		{0x2388, 0x2388, 1}, {0x23CF, 0x23CF, 1}, {0x23E9, 0x23F3, 1}, {0x23F8, 0x23FA, 1}, {0x24C2, 0x24C2, 1},
		{0x25AA, 0x25AB, 1}, {0x25B6, 0x25B6, 1}, {0x25C0, 0x25C0, 1}, {0x25FB, 0x25FE, 1}, {0x2600, 0x27BF, 1},
		{0x2934, 0x2935, 1}, {0x2B05, 0x2B07, 1}, {0x2B1B, 0x2B1C, 1}, {0x2B50, 0x2B50, 1}, {0x2B55, 0x2B55, 1},
		{0x3030, 0x3030, 1}, {0x303D, 0x303D, 1}, {0x3297, 0x3297, 1}, {0x3299, 0x3299, 1},
	},
	R32:         []unicode.Range32{{0x1F000, 0x1F1E5, 1}, {0x1F200, 0x1FAFF, 1}, {0x1FC00, 0x1FFFD, 1}},
	LatinOffset: 2,
}

// zeroWidth parts a sign from the word behind it without being seen.
const zeroWidth = '\u200b'

// Mute keeps a # or an @ of the feed's words from becoming a topic or a
// mention: where a word follows, a zero-width space parts them. Addresses, of
// pages and of people, stay as they are: they would not work with it.
func Mute(s string) string {
	if !strings.ContainsAny(s, "#@＃＠") {
		return s
	}
	var b strings.Builder
	for s != "" {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		muteWord(&b, s[:end])
		_, size := utf8.DecodeRuneInString(s[end:])
		b.WriteString(s[end : end+size])
		s = s[end+size:]
	}
	return b.String()
}

func muteWord(b *strings.Builder, word string) {
	if strings.Contains(word, "://") {
		b.WriteString(word)
		return
	}
	runes := []rune(word)
	for i, r := range runes {
		b.WriteRune(r)
		mail := r == '@' && i > 0 && startsWord(runes[i-1])
		if isSign(r) && !mail && i+1 < len(runes) && startsWord(runes[i+1]) {
			b.WriteRune(zeroWidth)
		}
	}
}

func isSign(r rune) bool { return r == '#' || r == '@' || r == '＃' || r == '＠' }

func startsWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || unicode.Is(pictographs, r)
}

// text is the words that the notes say are sent.
func (n notes) text(content spool.Content) string {
	c := n.content(content)
	s := c.Text
	if n.Short && c.Short != "" {
		s = c.Short
	}
	s = n.fewer(tidy(s), c.Link)
	if c.Link == "" || n.card(content) != "" || strings.Contains(s, c.Link) {
		return s
	}
	return withLink(s, c.Link, n.Short)
}

// card is the link that is sent as an attachment; empty: none is. Only a text
// can have one, and one without words is none: there the link is the text.
func (n notes) card(content spool.Content) string {
	c := n.content(content)
	if n.NoCard || n.shape(content) != shapeText || tidy(c.Text) == "" {
		return ""
	}
	return c.Link
}

// topicOf is the topic that the notes say is sent.
func (n notes) topicOf(content spool.Content) string {
	if n.NoTopic {
		return ""
	}
	return topic(n.content(content).Topic)
}

// tidy writes a text as the API takes it: valid, and without control characters.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimRightFunc(norm.NFC.String(s), unicode.IsSpace)
}

// withLink puts the link below the words and shortens those if need be: a link
// is never cut.
func withLink(s, link string, bytes bool) string {
	tail := "\n\n" + link
	fits := func(s string) bool {
		return Length(s+tail) <= maxText && (!bytes || len(s)+len(tail) <= maxBytes)
	}
	if fits(s) {
		return strings.TrimLeft(s+tail, "\n")
	}
	for s != "" && !fits(s+"…") {
		s = dropWord(s)
	}
	if s == "" {
		return link
	}
	return s + "…" + tail
}

// dropWord takes the last word off, or the last grapheme of a single word.
func dropWord(s string) string {
	if i := strings.LastIndexFunc(s, unicode.IsSpace); i > 0 {
		return strings.TrimRightFunc(s[:i], unicode.IsSpace)
	}
	g := uniseg.NewGraphemes(s)
	last := 0
	for g.Next() {
		last, _ = g.Positions()
	}
	return s[:last]
}

// topic is the topic as the API takes it: 1 to 50 characters, neither a full
// stop nor an ampersand, without the sign.
func topic(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '.' || r == '&' || r == '#' || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxTopic {
		s = strings.TrimSpace(string(r[:maxTopic]))
	}
	return s
}

// alt is the image's description within its limit.
func alt(s string) string {
	if r := []rune(s); len(r) > maxAlt {
		return string(r[:maxAlt-1]) + "…"
	}
	return s
}

// webAddress reports whether the API can be given s as a link.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
