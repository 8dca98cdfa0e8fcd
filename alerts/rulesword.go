package alerts

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tokens parts a text into its words, without case and accents. Characters of
// writings that do not part words are words of their own.
func tokens(s string) []string {
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '\u2019':
			if r == '\'' || r == '\u2019' {
				end() // l'ascenseur, d'accès
			}
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			end()
			out = append(out, string(r))
		case r == 'ß':
			word.WriteString("ss")
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(unicode.ToLower(r))
		default:
			end()
		}
	}
	end()
	return out
}
