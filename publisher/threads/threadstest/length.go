package threadstest

import (
	"strings"
	"unicode/utf16"

	"github.com/rivo/uniseg"
)

// maxText is the limit of a text in the units of the length rule.
const maxText = 500

// Length counts a text as the rule says.
func (r LengthRule) Length(text string) int {
	switch r {
	case LengthBytes:
		return len(text)
	case LengthPoints:
		return len([]rune(text))
	case LengthUTF16:
		return len(utf16.Encode([]rune(text)))
	}
	return emojiBytes(text)
}

// emojiBytes counts code points, but grapheme clusters that are emoji by their
// UTF-8 bytes.
func emojiBytes(text string) int {
	n := 0
	for g := uniseg.NewGraphemes(text); g.Next(); {
		if isEmoji(g.Runes()) {
			n += len(g.Str())
		} else {
			n += len(g.Runes())
		}
	}
	return n
}

func isEmoji(cluster []rune) bool {
	for _, r := range cluster {
		if r == '\u20E3' || r >= 0x1F1E6 && r <= 0x1F1FF || pictographic(r) {
			return true
		}
	}
	return false
}

// pictographic asks the segmentation rules: only between two pictographs does
// a zero-width joiner hold a cluster together (GB11).
func pictographic(r rune) bool {
	return r > 0x7F && uniseg.GraphemeClusterCount(string(r)+"\u200D\u2764") == 1
}

// hashtag finds the first valid hashtag of a text: it becomes the topic of a
// post that names none. Tags of digits alone do not count.
func hashtag(text string) string {
	for {
		_, rest, ok := strings.Cut(text, "#")
		if !ok {
			return ""
		}
		end := strings.IndexAny(rest, " \t\n\r.&@!?,;:#")
		if end < 0 {
			end = len(rest)
		}
		tag := rest[:end]
		if strings.Trim(tag, "0123456789") != "" {
			return tag
		}
		text = rest
	}
}
