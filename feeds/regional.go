package feeds

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// regional guesses the encoding of text that is not UTF-8, and that has no label
// of another or only the one that says nothing (Latin 1), by the language that
// the feed says it is in: old systems label as UTF-8 what they never converted.
// It is nil when that cannot be told.
func regional(body []byte, label string) (encoding.Encoding, string) {
	tag := languageOf(body)
	if label != "" && label != "windows-1252" || (label != "" || !latinScript(tag)) && !dense(body) {
		return nil, ""
	}
	for _, name := range usualEncodings(tag, body) {
		e, known := charset.Lookup(name)
		if e == nil {
			continue
		}
		if text, err := e.NewDecoder().Bytes(body[:min(len(body), 16<<10)]); err == nil && bytes.Count(text, []byte("\uFFFD")) <= 2 {
			return e, known
		}
	}
	return nil, ""
}

// languageOf is the language that the head of a document names.
func languageOf(body []byte) string {
	head := body[:min(len(body), 8<<10)]
	for _, key := range []string{"<language>", "<dc:language>"} {
		if _, rest, found := bytes.Cut(head, []byte(key)); found {
			text, _, _ := bytes.Cut(rest, []byte("</"))
			text = bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(text), []byte("<![CDATA[")), []byte("]]>"))
			return strings.ToLower(language(string(text)))
		}
	}
	return strings.ToLower(language(attribute(head, "xml:lang")))
}

// latinScript reports whether a language adds but some letters to those of ASCII.
func latinScript(tag string) bool {
	base, _, _ := strings.Cut(tag, "-")
	switch base {
	case "pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro", "sq", "tr", "az", "lt", "lv", "et", "vi":
		return true
	}
	return false
}

// usualEncodings are those that a language was written in, the likeliest first.
func usualEncodings(tag string, body []byte) []string {
	base, _, _ := strings.Cut(tag, "-")
	switch base {
	case "ru", "uk", "be", "bg", "mk", "sr", "kk", "ky", "tg", "mn":
		if koi8(body) {
			return []string{"koi8-r"}
		}
		return []string{"windows-1251"}
	case "pl", "cs", "sk", "hu", "sl", "hr", "bs", "ro", "sq":
		if bytes.IndexByte(body, 0xb1) >= 0 || bytes.IndexByte(body, 0xb6) >= 0 || bytes.IndexByte(body, 0xbc) >= 0 { // ą, ś, ź of the one; signs in the other
			return []string{"iso-8859-2"}
		}
		return []string{"windows-1250"}
	case "el":
		return []string{"windows-1253"}
	case "tr", "az":
		return []string{"windows-1254"}
	case "he", "iw", "yi":
		return []string{"windows-1255"}
	case "ar", "fa", "ur":
		return []string{"windows-1256"}
	case "lt", "lv", "et":
		return []string{"windows-1257"}
	case "vi":
		return []string{"windows-1258"}
	case "th":
		return []string{"windows-874"}
	case "ja":
		return []string{"euc-jp", "shift_jis"}
	case "ko":
		return []string{"euc-kr"}
	case "zh":
		if strings.Contains(tag, "tw") || strings.Contains(tag, "hk") || strings.Contains(tag, "hant") {
			return []string{"big5", "gb18030"}
		}
		return []string{"gb18030", "big5"}
	}
	return nil
}

// koi8 tells the two usual encodings of Russian: where the one has small
// letters, of which there are more in any text, the other has capitals.
func koi8(b []byte) bool {
	low, high := 0, 0
	for _, c := range b {
		switch {
		case c >= 0xe0:
			high++
		case c >= 0xc0:
			low++
		}
	}
	return low > high
}

// dense reports whether bytes beyond ASCII stand together, as in an alphabet
// that has nothing else, and not singly, as accents do.
func dense(b []byte) bool {
	beyond, together := 0, 0
	for i, c := range b {
		if c >= 0x80 {
			beyond++
			if i > 0 && b[i-1] >= 0x80 {
				together++
			}
		}
	}
	return beyond > 3 && together*10 > beyond*6
}
