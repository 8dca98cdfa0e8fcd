package compose

import "strings"

// quote puts the quotation marks of the post's language around a text that has
// none around it. Where all of it is left out later, they go as well.
func (s *saying) quote(v any) string {
	t := strings.TrimSpace(text(v))
	inner := strings.Trim(t, string(fitOpen)+string(fitClose))
	if inner == "" || quoted(strings.TrimRight(inner, ".!?,")) {
		return t
	}
	if spans := fixed(inner); len(spans) > 0 && spans[len(spans)-1].end == len(inner) {
		return t // a mark behind an address would be taken for a part of it
	}
	open, end := quotes(s.language)
	return string(wrapMark) + open + secondLevel(t, open, end) + end + string(wrapMark)
}

// secondLevel gives the quotations within a quotation the marks of the second level,
// where they have those of the first.
func secondLevel(t, open, end string) string {
	open, end = strings.TrimSpace(open), strings.TrimSpace(end)
	if !strings.Contains(t, open) || open == end {
		return t
	}
	second := map[string][2]string{"“": {"‘", "’"}, "„": {"‚", "‘"}, "«": {"“", "”"}, "「": {"『", "』"}}
	pair, ok := second[open]
	if !ok {
		return t
	}
	if open == "«" { // the French have spaces inside of them
		t = strings.NewReplacer("« ", open, "«\u00a0", open, "«\u202f", open, " »", end, "\u00a0»", end, "\u202f»", end).Replace(t)
	}
	return strings.NewReplacer(open, pair[0], end, pair[1]).Replace(t)
}

// quoted reports whether a text is one quotation already.
func quoted(s string) bool {
	for _, pair := range []string{"“”", "„“", "„”", "«»", "»«", "‘’", "「」", "『』", `""`, "”“", "””"} {
		r := []rune(pair)
		open, end := string(r[0]), string(r[1])
		if inner, ok := strings.CutPrefix(s, open); ok {
			if inner, ok = strings.CutSuffix(inner, end); ok && !strings.ContainsAny(inner, pair) {
				return true
			}
		}
	}
	return false
}

// quotes are the marks that the newspapers of a language use, with their space.
func quotes(language string) (open, end string) {
	tag := strings.ToLower(language)
	switch primary(tag) {
	case "de":
		if strings.HasSuffix(tag, "-ch") || strings.HasSuffix(tag, "-li") {
			return "«", "»"
		}
		return "„", "“"
	case "cs", "sk", "sl", "bg", "is", "lt", "et", "ka":
		return "„", "“"
	case "pl", "ro", "hu", "hr", "bs", "sr":
		return "„", "”"
	case "fr":
		if strings.HasSuffix(tag, "-ch") {
			return "«", "»"
		}
		return "«\u00a0", "\u00a0»"
	case "es", "it", "ca", "gl", "eu", "no", "nb", "nn", "ru", "uk", "be", "el", "ar", "fa", "hy", "az":
		return "«", "»"
	case "pt":
		if strings.HasSuffix(tag, "-pt") {
			return "«", "»"
		}
	case "sv", "fi":
		return "”", "”"
	case "ja":
		return "「", "」"
	case "zh":
		if strings.Contains(tag, "-tw") || strings.Contains(tag, "-hk") || strings.Contains(tag, "hant") {
			return "「", "」"
		}
	case "he", "iw":
		return "\"", "\""
	}
	return "“", "”"
}

// unwrap takes the marks of quote, and the quotation marks, off a text.
func unwrap(s string) (open, inner, end string, ok bool) {
	rest, first := strings.CutPrefix(s, string(wrapMark))
	rest, last := strings.CutSuffix(rest, string(wrapMark))
	if !first || !last || strings.ContainsRune(rest, wrapMark) {
		return "", "", "", false
	}
	inner = strings.TrimLeft(rest, quotationMarks)
	open, inner = rest[:len(rest)-len(inner)], strings.TrimRight(inner, quotationMarks)
	end = rest[len(open)+len(inner):]
	return string(wrapMark) + open, inner, end + string(wrapMark), true
}

const quotationMarks = "“”„«»「」‘’\"\u00a0"

// withoutEmptyQuotes drops quotation marks whose text was left out.
func withoutEmptyQuotes(s string) string {
	if !strings.ContainsRune(s, wrapMark) {
		return s
	}
	parts := strings.Split(s, string(wrapMark))
	for i := 1; i < len(parts); i += 2 {
		if strings.Trim(parts[i], quotationMarks+" \n") == "" {
			parts[i] = ""
		}
	}
	return strings.Join(parts, "")
}
