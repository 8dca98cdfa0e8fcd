package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// window is how many bytes before and after a place matter to it.
const window = 64

// endsSentence reports whether a sentence ends at a place in s, between the
// runes before and after. In doubt it does not: then the text goes on to the end
// of a word, and nothing is made a sentence that is none.
func endsSentence(s string, at int, before, after rune) bool {
	if after == '\n' {
		return !strings.ContainsRune(":,;：，；-–—", before) && !heading(s[:at])
	}
	// A window is enough, and keeps a text of nothing but brackets cheap.
	head := strings.TrimRightFunc(s[max(0, at-window):at], closes)
	mark, size := utf8.DecodeLastRuneInString(head)
	switch {
	case strings.ContainsRune("。！？｡．", mark): // no space follows these
		return !closes(after) && !strings.ContainsRune("。！？｡．…", after)
	case !unicode.IsSpace(after) || !strings.ContainsRune(".!?…؟۔।॥‽⁇⁈⁉", mark):
		return false
	case continues(s[at:min(len(s), at+window)]):
		return false
	case mark == '.':
		return !abbreviation(head[:len(head)-size])
	}
	return true
}

// heading reports whether the last line of a text is short and no sentence,
// although the one before it is: then it belongs to what follows.
func heading(s string) bool {
	start := strings.LastIndexByte(s[max(0, len(s)-window):], '\n') + max(0, len(s)-window)
	if start < 0 || start >= len(s) || s[start] != '\n' {
		return false // the first line, or a long one
	}
	ended := func(s string) bool {
		r, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(s, func(r rune) bool { return unicode.IsSpace(r) || closes(r) }))
		return strings.ContainsRune(".!?…。！？؟।", r)
	}
	return !ended(s[start+1:]) && ended(s[:start])
}

// closes are quotes and brackets that belong to the sentence before them.
func closes(r rune) bool {
	return r == '"' || r == '\'' || unicode.In(r, unicode.Pe, unicode.Pf) || r == '“' || r == '‘'
}

// continues reports whether a text goes on in lower case, as after "Yahoo! said".
func continues(s string) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Ps, unicode.Pi) || r == '"' || r == '\''
	})
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

// abbreviation reports whether the word that s ends with has its full stop for
// another reason than the end of a sentence: "Dr.", "U.S.", "J. Smith", "3. Mai".
func abbreviation(s string) bool {
	start := strings.LastIndexFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Ps, unicode.Pi, unicode.Pd) || r == '"' || r == '\'' || r == '’'
	})
	word := s[start+1:]
	if start >= 0 {
		_, size := utf8.DecodeRuneInString(s[start:])
		word = s[start+size:]
	}
	switch {
	case word == "":
		return true // ". ." and the like
	case strings.TrimLeft(word, "0123456789") == "":
		return len(word) <= 2
	case strings.Contains(word, "."):
		return strings.IndexFunc(word, unicode.IsLetter) >= 0 && shortParts(word)
	case utf8.RuneCountInString(word) == 1:
		return unicode.IsLetter([]rune(word)[0])
	}
	return knownAbbreviation(strings.ToLower(word))
}

// shortParts reports whether a word with full stops is like "U.S" or "a.m", not
// like "example.org".
func shortParts(word string) bool {
	for part := range strings.SplitSeq(word, ".") {
		if utf8.RuneCountInString(part) > 2 {
			return false
		}
	}
	return true
}

// knownAbbreviation lists those that are common in news of several languages.
func knownAbbreviation(word string) bool {
	switch word {
	case "dr", "mr", "mrs", "ms", "prof", "st", "ste", "sen", "rep", "gov", "gen", "col", "lt", "sgt", "cpl", "capt",
		"cmdr", "adm", "maj", "hon", "rev", "fr", "br", "sr", "jr", "pres", "supt", "det", "insp",
		"no", "nos", "nr", "vs", "etc", "inc", "ltd", "co", "corp", "bros", "dept", "est", "fig", "vol", "ed", "pp", "approx", "ave", "blvd", "rd", "mt", "ft",
		"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
		"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri",
		"bzw", "ca", "usw", "evtl", "ggf", "hr", "str", "tel", "mio", "mrd", "abs", "dipl", "ing", "okt", "dez", "mär",
		"mme", "mlle", "mm", "av", "art", "env", "janv", "févr", "juil", "déc",
		"sra", "srta", "ud", "uds", "avda", "núm", "pág", "dott", "sig", "ing.", "avv":
		return true
	}
	return false
}
