package compose

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// spoken is an agency's text in words: what stands for a line, a vehicle or a
// direction is spelt out, decoration goes, and what shouts is calmed.
func (n *notice) spoken(s string, limit int) string {
	s = lines(clip(s, limit))
	if s == "" {
		return ""
	}
	if !wordsOnly(s) {
		s = bullets(s)
		s = n.inWords(s)
		s = withoutArt(s)
	}
	return n.calm(s)
}

// wordsOnly reports whether a text has nothing in it that could have to be spelt out or
// taken away, as most names have not.
func wordsOnly(s string) bool {
	before := byte('x')
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (c >= 0x80 || !strings.ContainsRune(" ,.:;()'&/?!\"%", rune(c)) || c == before) {
			return false
		}
		if c == '.' && before == ' ' || before == ' ' && strings.IndexByte(",.:;?!", c) >= 0 {
			return false
		}
		before = c
	}
	return before != ' '
}

// bullet is a line's sign, as "[F]", or a picture by its name, as "[shuttle bus icon]".
var bullet = regexp.MustCompile(`\[\s*([\p{L}\p{N}][\p{L}\p{N}+-]{0,3}|[\p{L}\p{N}' -]{1,30}?\s*\b(?i:icon|symbol|icône|icono|icona|ícone|pictogram))\s*\]`)

// tightBullet is one without a space before it.
var tightBullet = regexp.MustCompile(`(\p{L}|\p{N})\[`)

// nearBullets are two of them with nothing but space between.
var nearBullets = regexp.MustCompile(`(\[\s*[\p{L}\p{N}][\p{L}\p{N}+-]{0,3}\s*\])\s*(?:and\s+)?(\[)`)

var iconWord = regexp.MustCompile(`(?i)\s*\b(?:icon|symbol|icône|icono|icona|ícone|pictogram)\s*$`)

func bullets(s string) string {
	if !strings.Contains(s, "[") {
		return s
	}
	s = tightBullet.ReplaceAllString(s, "$1 [")
	for range 2 {
		s = nearBullets.ReplaceAllString(s, "$1, $2")
	}
	s = leadIcon.ReplaceAllStringFunc(s, func(found string) string {
		word := strings.Trim(found, "[] \t:")
		return (&saying{}).capital(iconWord.ReplaceAllString(word, "")) + ": "
	})
	return bullet.ReplaceAllStringFunc(s, func(found string) string {
		return iconWord.ReplaceAllString(strings.TrimSpace(strings.Trim(found, "[]")), "")
	})
}

// leadIcon is a picture that a line begins with: a heading, rather than a word.
var leadIcon = regexp.MustCompile(`(?m)^\[[\p{L}\p{N}' -]{1,30}?\s*\b(?i:icon|symbol|icône|icono|icona|ícone|pictogram)\s*\]:?[ \t]*`)

// arrows and what they stand for, by the names of frame.symbols.
var arrows = strings.NewReplacer("<->", " \x0eboth\x0e ", "<-->", " \x0eboth\x0e ", "<=>", " \x0eboth\x0e ", "-->", " \x0eto\x0e ", "->", " \x0eto\x0e ", "=>", " \x0eto\x0e ",
	" @ ", " \x0eat\x0e ", "<--", " \x0efrom\x0e ", "<-", " \x0efrom\x0e ",
	"↔", " \x0eboth\x0e ", "⇄", " \x0eboth\x0e ", "⇔", " \x0eboth\x0e ", "⟷", " \x0eboth\x0e ", "→", " \x0eto\x0e ", "➔", " \x0eto\x0e ", "➜", " \x0eto\x0e ", "➡", " \x0eto\x0e ", "⇒", " \x0eto\x0e ",
	"⟶", " \x0eto\x0e ", "←", " \x0efrom\x0e ", "⬅", " \x0efrom\x0e ", "⇐", " \x0efrom\x0e ")

// signsOf names what pictures show that stand in the place of words.
func symbolOf(r rune) string {
	switch r {
	case '🚌', '🚍', '🚎', '🚏':
		return "bus"
	case '🚋', '🚊', '🚃', '🚈':
		return "tram"
	case '🚇':
		return "metro"
	case '🚆', '🚂', '🚄', '🚅', '🚉':
		return "train"
	case '⛴', '🛥', '🚢':
		return "ferry"
	case '🛗':
		return "lift"
	case '♿', '🦽', '🦼':
		return "wheelchair"
	}
	return ""
}

// inPlace reports whether a picture stands in the place of a word: a vehicle before
// the number of a line, something else within a sentence. Most are decoration.
func inPlace(before, after, symbol string) bool {
	after = strings.TrimLeft(after, " \ufe0f")
	next, _ := utf8.DecodeRuneInString(after)
	if symbol != "wheelchair" && symbol != "lift" {
		return unicode.IsDigit(next)
	}
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " "))
	return unicode.IsLower(last) || unicode.IsDigit(last)
}

// inWords spells arrows and pictures. A picture beside its own word, which many
// are, just goes.
func (n *notice) inWords(s string) string {
	if clean(s) && !strings.ContainsAny(s, "<>@") {
		return s
	}
	s = arrows.Replace(s)
	var b strings.Builder
	for i, r := range s {
		if word := n.frame.symbols(symbolOf(r)); word == "" {
			b.WriteString(plainRune(r))
		} else if meant := s[i+utf8.RuneLen(r):]; inPlace(s[:i], meant, symbolOf(r)) && !strings.Contains(strings.ToLower(s), strings.ToLower(word)) {
			b.WriteString(" " + word + " ")
		}
	}
	parts := strings.Split(b.String(), "\x0e")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = n.frame.symbols(parts[i])
	}
	return tidyLines(strings.Join(parts, ""))
}

// plainRune is a letter in a circle, a square or mathematical dress as itself, and
// nothing of a picture.
func plainRune(r rune) string {
	switch {
	case r < 0x2000:
		return string(r)
	case r >= 0x1f150 && r <= 0x1f169: // white on black, in circles
		return string('A' + r - 0x1f150)
	case r >= 0x1f170 && r <= 0x1f189: // in squares
		return string('A' + r - 0x1f170)
	case r >= 0x2776 && r <= 0x277f:
		return figures(int(r-0x2776) + 1)
	case r >= 0x2780 && r <= 0x2789:
		return figures(int(r-0x2780) + 1)
	case r >= 0x278a && r <= 0x2793:
		return figures(int(r-0x278a) + 1)
	case r >= 0x2460 && r <= 0x2473, r >= 0x24b6 && r <= 0x24e9, r >= 0x1d400 && r <= 0x1d7ff, r >= 0x1f130 && r <= 0x1f149:
		return norm.NFKC.String(string(r))
	case r == 0x20e3, r == 0xfe0f, r == 0xfe0e, r == 0x200d, r >= 0x1f3fb && r <= 0x1f3ff, r >= 0xe0020 && r <= 0xe007f:
		return ""
	case strings.ContainsRune("•‣◦▪▫■□●○◆◇★☆►▶▸✦✱✳❖⁃∙", r):
		return "\n"
	case pictogram(r):
		return " "
	}
	return string(r)
}

func figures(n int) string {
	if n == 10 {
		return "10"
	}
	return string(rune('0' + n))
}

// pictogram reports whether r is a pictogram, a flag or a drawing of a box.
func pictogram(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff || r >= 0x2600 && r <= 0x27bf || r >= 0x2500 && r <= 0x25ff || r >= 0x2300 && r <= 0x23ff || r >= 0x2b00 && r <= 0x2bff || r == 0x2139
}

var (
	artRuns    = regexp.MustCompile(`[-=_*~#+|]{3,}|[*_~]{2}`)
	leadDots   = regexp.MustCompile(`(?m)^[ \t]*(?:\.{2,}|…)[ \t]*`)
	dots       = regexp.MustCompile(`\s*\.{3,}\s*`)
	strayStop  = regexp.MustCompile(`(^|\s)\.(\p{L})`)
	marks      = regexp.MustCompile(`([!?])[!?]{1,}`)
	midBullet  = regexp.MustCompile(`[ \t][*+>][ \t]`)
	leadBullet = regexp.MustCompile(`(?m)^[ \t]*[*+>–—-][ \t]+`)
	manySpaces = regexp.MustCompile(`[ \t]{2,}`)
)

// withoutArt takes rows of signs, bullets and dots away.
func withoutArt(s string) string {
	s = artRuns.ReplaceAllString(s, " ")
	if strings.Contains(s, "..") || strings.Contains(s, "…") {
		s = leadDots.ReplaceAllString(s, "")
		s = dots.ReplaceAllString(s, "… ")
	}
	s = strayStop.ReplaceAllString(s, "$1$2")
	s = marks.ReplaceAllString(s, "$1")
	s = leadBullet.ReplaceAllString(s, "")
	s = midBullet.ReplaceAllString(s, " ")
	return tidyLines(s)
}

// tidyLines has no double spaces, and none at the ends of lines.
func tidyLines(s string) string {
	s = manySpaces.ReplaceAllString(s, " ")
	rows := strings.Split(s, "\n")
	for i, row := range rows {
		rows[i] = strings.TrimSpace(row)
	}
	return tidy(strings.Join(rows, "\n"))
}
