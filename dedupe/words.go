package dedupe

import (
	"strconv"
	"strings"
	"unicode"
)

// A script is the writing that most letters of a title are of.
type script int

// The scripts that are told apart.
const (
	noScript script = iota
	latin
	cyrillic
	greek
	arabic
	hebrew
	devanagari
	hangul
	eastAsian // Chinese, and the three that Japanese mixes
	thai
	otherScript
	scripts
)

// unspaced reports whether words are not parted in the script.
func (s script) unspaced() bool { return s == eastAsian || s == thai }

func scriptOf(s string) script {
	var n [scripts]int
	for _, r := range s {
		n[scriptOfRune(r)]++
	}
	best := noScript
	for i := latin; i < scripts; i++ {
		if n[i] > 0 && (best == noScript || n[i] > n[best]) {
			best = i
		}
	}
	return best
}

func scriptOfRune(r rune) script {
	switch {
	case r < 0x80 && 'a' <= r|0x20 && r|0x20 <= 'z':
		return latin
	case r < 0x80, !unicode.IsLetter(r):
		return noScript
	case unicode.Is(unicode.Latin, r):
		return latin
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillic
	case unicode.Is(unicode.Greek, r):
		return greek
	case unicode.Is(unicode.Arabic, r):
		return arabic
	case unicode.Is(unicode.Hebrew, r):
		return hebrew
	case unicode.Is(unicode.Devanagari, r):
		return devanagari
	case unicode.Is(unicode.Hangul, r):
		return hangul
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return eastAsian
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return thai
	}
	return otherScript
}

// vetoes is what a word of a title must have an equal of in another one's for
// the two to be nearly the same, since parts of series, bulletins and warnings
// differ in nothing else: figures, also in Roman and written out, days, months,
// and letters that stand alone as in "Group B". It is empty for other words.
func vetoes(word string) string {
	if strings.ContainsFunc(word, unicode.IsDigit) {
		return strings.TrimLeft(word, "0")
	}
	if n := number(word); n > 0 {
		return strconv.Itoa(n)
	}
	if n := roman(word); n > 0 {
		return strconv.Itoa(n)
	}
	if inCalendar(word) || len(word) == 1 && !strings.Contains("aeiouyskvzw", word) { // those are words somewhere
		return word
	}
	return ""
}

// number is a number word from one to twelve, in the languages that most feeds
// are in. Those for one are left out where they are also the article.
func number(word string) int {
	switch word {
	case "one", "eins", "odin", "один", "uno", "jeden":
		return 1
	case "two", "zwei", "deux", "dos", "due", "dois", "twee", "två", "два", "dwa":
		return 2
	case "three", "drei", "trois", "tres", "tre", "três", "drie", "три", "trzy":
		return 3
	case "four", "vier", "quatre", "cuatro", "quattro", "quatro", "fyra", "четыре", "cztery":
		return 4
	case "five", "fünf", "cinq", "cinco", "cinque", "vijf", "fem", "пять", "pięć":
		return 5
	case "six", "sechs", "seis", "sei", "zes", "sex", "шесть", "sześć":
		return 6
	case "seven", "sieben", "sept", "siete", "sette", "sete", "zeven", "sju", "семь", "siedem":
		return 7
	case "eight", "acht", "huit", "ocho", "otto", "oito", "åtta", "восемь", "osiem":
		return 8
	case "nine", "neun", "neuf", "nueve", "nove", "negen", "nio", "девять":
		return 9
	case "ten", "zehn", "dix", "diez", "dieci", "dez", "tien", "tio", "десять":
		return 10
	case "eleven", "elf", "onze", "once", "undici":
		return 11
	case "twelve", "zwölf", "douze", "doce", "dodici", "doze", "twaalf", "tolv":
		return 12
	}
	return 0
}

// roman is a Roman numeral from II to XXXIX but for X, V and I, which are
// letters first; 0: it is none.
func roman(word string) int {
	if len(word) < 2 || strings.Trim(word, "xvi") != "" {
		return 0
	}
	rest := strings.TrimLeft(word, "x")
	tens := len(word) - len(rest)
	units := map[string]int{"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
	n, ok := units[rest]
	if !ok || tens > 3 {
		return 0
	}
	return 10*tens + n
}

// inCalendar reports whether a word is a day of the week or a month.
func inCalendar(word string) bool {
	switch word {
	case "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
		"montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag",
		"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
		"lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
		"lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica",
		"maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
		"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
		"januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember",
		"janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
		"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre":
		return true
	}
	return false
}

// withoutMarkers takes off, at both ends of a folded title, what only says what
// kind of piece it is or how new: "update:", "live |", "[video]", "+++ eil +++".
// A marker counts only where something parts it from the title, since it may
// also be the title's first word.
func withoutMarkers(s string) string {
	for {
		head, rest, ok := cutHead(s)
		if !ok || !marker(head) || strings.TrimSpace(rest) == "" {
			break
		}
		s = rest
	}
	for {
		rest, tail, ok := cutTail(s)
		if !ok || !marker(tail) || strings.TrimSpace(rest) == "" {
			return s
		}
		s = rest
	}
}

// The characters that part a marker from a title.
const parting = ":|–—[]()+•·!»>"

func cutHead(s string) (head, rest string, ok bool) {
	s = strings.TrimLeft(s, " "+parting)
	i := strings.IndexAny(s, parting)
	if j := strings.Index(s, " - "); j >= 0 && (i < 0 || j < i) {
		i = j + 1
	}
	if i <= 0 {
		return "", s, false
	}
	return s[:i], strings.TrimLeft(s[i:], " -"+parting), true
}

func cutTail(s string) (rest, tail string, ok bool) {
	s = strings.TrimRight(s, " "+parting)
	i := strings.LastIndexAny(s, parting)
	if j := strings.LastIndex(s, " - "); j > i {
		i = j + 1
	}
	if i <= 0 {
		return s, "", false
	}
	return strings.TrimRight(s[:i], " -"+parting), strings.TrimLeft(s[i:], " -"+parting), true
}

// marker reports whether a phrase is one of those that announce.
func marker(phrase string) bool {
	switch strings.Join(strings.FieldsFunc(phrase, func(r rune) bool { return !unicode.IsLetter(r) }), " ") {
	case "update", "updated", "live", "breaking", "breaking news", "just in", "video", "watch", "listen", "audio", "podcast", "photos",
		"pictures", "in pictures", "gallery", "exclusive", "analysis", "opinion", "developing", "as it happened", "live updates", "live blog",
		"correction", "corrected", "alert", "news alert",
		"eil", "eilmeldung", "liveblog", "ticker", "liveticker", "newsticker", "aktualisiert", "korrektur", "exklusiv", "kommentar", "bilder",
		"fotostrecke", "breaking eil", "im video",
		"en direct", "direct", "mise à jour", "alerte", "alerte info", "vidéo", "en images", "exclusif", "en vidéo",
		"última hora", "en directo", "en vivo", "directo", "actualización", "actualizado", "vídeo", "exclusiva", "fotos",
		"ultim ora", "in diretta", "diretta", "aggiornamento", "foto", "esclusiva",
		"ao vivo", "atualização", "urgente", "urgent", "exclusivo",
		"laatste nieuws", "liveblogg", "just nu", "senaste nytt", "lyssna",
		"срочно", "видео", "обновлено", "фото", "速報", "動画", "更新", "快讯", "快訊", "视频", "影片", "直播", "속보", "영상":
		return true
	}
	return false
}
