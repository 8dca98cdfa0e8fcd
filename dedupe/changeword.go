package dedupe

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A word is one of a headline.
type word struct {
	raw     string // as it stands there
	text    string // folded
	plain   string // and without accents
	capital bool   // begins with one
	figure  bool   // a number in figures
	money   bool   // the sign of a currency, or of percent
}

// scanWords parts a text into words, figures, and signs of money.
func scanWords(s string) []word {
	var words []word
	r := []rune(s)
	for i := 0; i < len(r); {
		switch {
		case unicode.IsDigit(r[i]):
			n := figureLength(r[i:])
			w := newFigure(string(r[i:i+n]), negative(r, i))
			i += n
			if n := afternoon(r[i:]); n > 0 {
				w.raw, w.text, w.plain = w.raw+" pm", w.text+"pm", w.plain+"pm"
				i += n
			}
			words = append(words, w)
		case unicode.Is(unicode.Sc, r[i]) || r[i] == '%' || r[i] == '‰':
			words = append(words, word{raw: string(r[i]), text: string(r[i]), plain: string(r[i]), money: true})
			i++
		case letter(r[i]):
			n := wordLength(r[i:])
			words = append(words, newWord(string(r[i:i+n])))
			i += n
		default:
			i++
		}
	}
	return words
}

func letter(r rune) bool {
	return unicode.In(r, unicode.Letter, unicode.Mark) || r == '\u200d' || r == '\u200c'
}

// wordLength is how far a word reaches: figures within it belong to it, and so
// does an apostrophe between letters.
func wordLength(r []rune) int {
	n := 0
	for n < len(r) {
		inner := (r[n] == '\'' || r[n] == '·') && n > 0 && n+1 < len(r) && letter(r[n+1])
		if !inner && !letter(r[n]) && !unicode.IsDigit(r[n]) {
			break
		}
		n++
	}
	return n
}

// figureLength is how far a number reaches, with what parts its digits.
func figureLength(r []rune) int {
	n := 0
	for n < len(r) {
		inner := strings.ContainsRune(".,:'/", r[n]) && n+1 < len(r) && unicode.IsDigit(r[n+1])
		group := unicode.IsSpace(r[n]) && n <= 12 && thousands(r[n+1:])
		if !inner && !group && !unicode.IsDigit(r[n]) {
			break
		}
		n++
	}
	return n
}

// afternoon is how long the "pm" is that comes next, in one of its spellings; 0: there
// is none. "am" stays a word: that of German is no hour.
func afternoon(r []rune) int {
	n := 0
	if n < len(r) && unicode.IsSpace(r[n]) {
		n++
	}
	for _, want := range []rune{'p', '.', 'm'} {
		switch {
		case n < len(r) && unicode.ToLower(r[n]) == want:
			n++
		case want != '.':
			return 0
		}
	}
	if n < len(r) && (letter(r[n]) || unicode.IsDigit(r[n])) {
		return 0
	}
	return n
}

// thousands reports whether exactly three digits come next.
func thousands(r []rune) bool {
	n := 0
	for n < len(r) && unicode.IsDigit(r[n]) {
		n++
	}
	return n == 3
}

// negative reports whether the figure at i has a minus sign of its own.
func negative(r []rune, i int) bool {
	return i > 0 && r[i-1] == '-' && (i == 1 || unicode.IsSpace(r[i-2]) || strings.ContainsRune("(+±", r[i-2]))
}

// newFigure is a number, however its thousands and decimals are parted.
func newFigure(raw string, minus bool) word {
	var b strings.Builder
	for _, r := range raw {
		switch {
		case unicode.IsDigit(r):
			b.WriteRune('0' + rune(digit(r)))
		case !unicode.IsSpace(r):
			b.WriteRune(r)
		}
	}
	s := b.String()
	if i := strings.LastIndexAny(s, ".,'"); i >= 0 && !strings.ContainsAny(s, ":/") {
		whole := strings.NewReplacer(".", "", ",", "", "'", "").Replace(s[:i])
		if rest := s[i+1:]; len(rest) == 3 && strings.Trim(whole, "0") != "" {
			s = whole + rest
		} else {
			s = whole + "." + rest
		}
	}
	if t := strings.TrimLeft(s, "0"); t != "" && t[0] >= '0' && t[0] <= '9' && !strings.Contains(s, ":") {
		s = t
	}
	if minus {
		s, raw = "-"+s, "-"+raw
	}
	return word{raw: raw, text: s, plain: s, figure: true}
}

// digit is the value of a decimal digit of any script: each has its ten in order.
func digit(r rune) int {
	if r < 0x80 {
		return int(r - '0')
	}
	n := 0
	for n < 9 && unicode.IsDigit(r-rune(n)-1) {
		n++
	}
	return n
}

func newWord(raw string) word {
	w := word{raw: raw, text: cases.Fold().String(raw)}
	w.plain = unaccented(w.text)
	for _, r := range raw {
		w.capital = unicode.IsUpper(r) || unicode.IsTitle(r)
		break
	}
	return w
}

// unaccented is a folded word without the marks that writers leave out. In scripts
// of India and South East Asia marks are vowels, and stay.
func unaccented(s string) string {
	if ascii(s) {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if unicode.Is(unicode.Mn, r) && (r < 0x0900 || unicode.Is(unicode.Inherited, r)) {
			continue
		}
		switch r {
		case 'ø':
			r = 'o'
		case 'ł':
			r = 'l'
		case 'ı':
			r = 'i'
		case 'đ':
			r = 'd'
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// unpaired takes those words out of both lists that are one word in two forms.
func unpaired(removed, added []word, plainCase bool) (restOld, restNew []word) {
	used := make([]bool, len(added))
	for _, r := range removed {
		found := false
		for i, a := range added {
			if !used[i] && variant(r, a, plainCase) {
				used[i], found = true, true
				break
			}
		}
		if !found {
			restOld = append(restOld, r)
		}
	}
	for i, a := range added {
		if !used[i] {
			restNew = append(restNew, a)
		}
	}
	return restOld, restNew
}

func withoutSmall(words []word) []word {
	var out []word
	for _, w := range words {
		if !w.small() {
			out = append(out, w)
		}
	}
	return out
}

// variant reports whether two words are one: in another form, or with a slip of
// the pen in one of them. In a name a single letter may make another name.
func variant(a, b word, plainCase bool) bool {
	if a.weighs() || b.weighs() || a.figure || b.figure || denied(a.plain, b.plain) {
		return false
	}
	x, y := []rune(german(a.plain)), []rune(german(b.plain))
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y) > 60 {
		return false
	}
	if string(x) == string(y) {
		return true
	}
	switch scriptOf(a.text) {
	case hangul:
		return sameStem(x, y)
	case arabic, hebrew:
		if clitic(string(x), string(y)) {
			return true
		}
	case cyrillic, greek:
		if ending(x, y, 4, 3) {
			return true
		}
	}
	d, swapped, inserted := slip(x, y)
	if a.capital && b.capital && !plainCase {
		return ending(x, y, 7, 2) || owned(string(x), string(y)) ||
			d == 1 && len(x) >= 5 && x[0] == y[0] && (swapped || inserted || len(x) >= 10)
	}
	switch {
	case owned(string(x), string(y)), ending(x, y, 5, 3):
		return true
	case d == 1 && swapped:
		return len(x) >= 3
	case d == 1 && inserted:
		return len(x) >= 5 && x[0] == y[0] || len(x) >= 4 && string(y[:len(x)]) == string(x)
	case d == 1:
		return len(x) >= 6 && x[0] == y[0]
	}
	return d == 2 && len(x) >= 9 && x[0] == y[0]
}

// german writes the letters that ASCII has not as those who do without do.
func german(s string) string {
	return strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "ß", "ss").Replace(s)
}

// owned reports whether y is x with the ending of a genitive or a plural.
func owned(x, y string) bool {
	rest, ok := strings.CutPrefix(y, x)
	return ok && len(x) >= 3 && (rest == "'s" || rest == "s" || rest == "'" || rest == "s'")
}

// ending reports whether two words share so many first letters, which are most of
// both, and part in at most so many last ones.
func ending(x, y []rune, stem, rest int) bool {
	n := 0
	for n < len(x) && x[n] == y[n] {
		n++
	}
	return n >= stem && len(x)-n <= rest && len(y)-n <= rest && 3*n >= 2*len(x)
}

// sameStem is for Korean, whose words end in particles.
func sameStem(x, y []rune) bool {
	bare := func(r []rune) string {
		const particles = "은는이가을를에의도와과로"
		if len(r) > 2 && strings.ContainsRune(particles, r[len(r)-1]) {
			return string(r[:len(r)-1])
		}
		return string(r)
	}
	return bare(x) == bare(y)
}

// clitic reports whether y is x with one of the small words before it that Arabic
// and Hebrew write together with the next.
func clitic(x, y string) bool {
	rest, ok := strings.CutSuffix(y, x)
	if !ok || len([]rune(x)) < 3 {
		return false
	}
	switch rest {
	case "و", "ف", "ب", "ل", "ال", "وال", "بال", "لل", "ה", "ו", "ב", "ל", "וה", "ש":
		return true
	}
	return false
}

// slip is the number of slips of the pen between two words, x being no longer than
// y: 0 to 2, or 3 for more; and whether a single one is two letters that changed
// places, or one that is missing.
func slip(x, y []rune) (n int, swapped, inserted bool) {
	if len(y)-len(x) > 2 {
		return 3, false, false
	}
	n = min(distance(x, y), 3)
	if n != 1 {
		return n, false, false
	}
	inserted = len(x) != len(y)
	if !inserted {
		diff := 0
		for i := range x {
			if x[i] != y[i] {
				diff++
			}
		}
		swapped = diff == 2
	}
	return n, swapped, inserted
}

// distance counts the letters that must be written otherwise, left out, added or
// swapped with their neighbour to make y of x.
func distance(x, y []rune) int {
	before, row := make([]int, len(y)+1), make([]int, len(y)+1)
	var twice []int
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		twice, before, row = before, row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], twice[j-2]+1)
			}
		}
	}
	return row[len(y)]
}
