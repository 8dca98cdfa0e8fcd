package gtfsrt

import (
	"mime"
	"strings"
	"unicode/utf8"

	"spool"
)

// words makes plain texts of the translations of one alert, and counts how much there
// still may be of it.
type words struct {
	left int // characters
	cut  bool
}

// texts are translations in the order of the source: one for each language, plain.
// Those that an agency lists under a tag like "en-html" are left out where the same
// language is there without, and have their markup taken out where it is not.
func (w *words) texts(in []translation, lines bool) spool.Texts {
	var out spool.Texts
	for _, t := range in {
		if language, html := tag(t.language); !html && !has(out, language) {
			out = w.add(out, t.text, language, lines)
		}
	}
	plain := out
	for _, t := range in {
		if language, html := tag(t.language); html && !has(out, language) && !covers(plain, language) {
			out = w.add(out, t.text, language, lines)
		}
	}
	return out
}

func (w *words) add(to spool.Texts, s, language string, lines bool) spool.Texts {
	if s = w.plain(s, lines); s != "" {
		to = append(to, spool.Text{Language: language, Text: s})
	}
	return to
}

// covers reports whether readers of a language find a text among these: in that
// language, of whatever region, or in none that is named.
func covers(texts spool.Texts, language string) bool {
	for _, t := range texts {
		if t.Language == "" || base(t.Language) == base(language) {
			return true
		}
	}
	return false
}

func has(texts spool.Texts, language string) bool {
	for _, t := range texts {
		if t.Language == language {
			return true
		}
	}
	return false
}

func (w *words) plain(s string, lines bool) string {
	s = clean(s, lines)
	n := utf8.RuneCountInString(s)
	if limit := min(maxText, w.left); n > limit {
		w.cut = true
		s, n = shorten(s, limit), limit
	}
	w.left -= n
	return s
}

// tag makes a language tag of what a feed calls a language, and reports whether it
// says that the text is HTML: "en-html" (MTA), "en/html" (Transport for NSW). What is no
// tag becomes empty: the source does not say.
func tag(s string) (language string, html bool) {
	if s == "" || s == "en" {
		return s, false
	}
	var parts []string
	for p := range strings.FieldsFuncSeq(strings.ToLower(clip(s, 60)), func(r rune) bool { return r == '-' || r == '_' || r == '/' || r == ' ' || r == ';' }) {
		switch {
		case strings.Contains(p, "html"):
			html = true
		case p == "text", p == "plain":
		default:
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 || len(parts) > 6 || len(parts[0]) < 2 || len(parts[0]) > 3 {
		return "", html
	}
	for i, p := range parts {
		if len(p) > 8 || strings.ContainsFunc(p, func(r rune) bool { return (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') }) {
			return "", html
		}
		switch {
		case i > 0 && len(p) == 2:
			parts[i] = strings.ToUpper(p)
		case i > 0 && len(p) == 4 && p[0] > '9':
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "-"), html
}

// wanted is how dear a language is: 0 for the first of a list, its length for what is
// not in it.
func wanted(language string, list []string) int {
	for i, l := range list {
		if strings.EqualFold(language, l) || language != "" && strings.EqualFold(base(language), base(l)) {
			return i
		}
	}
	return len(list)
}

func base(language string) string {
	b, _, _ := strings.Cut(language, "-")
	return b
}

// inLanguage is the text in a language, or the one without, or the first.
func inLanguage(texts spool.Texts, language string) string {
	for _, want := range []string{language, ""} {
		for _, t := range texts {
			if t.Language == want {
				return t.Text
			}
		}
	}
	if len(texts) > 0 {
		return texts[0].Text
	}
	return ""
}

// mediaType is the type of a picture; what is no MIME type becomes empty.
func mediaType(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(t, "/") {
		return ""
	}
	return t
}
