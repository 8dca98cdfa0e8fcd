package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// once returns title and summary without saying the same twice. A summary that
// begins with the title as a sentence of its own loses it; one whose first
// sentence begins so says it all, and the title goes.
func once(title, summary string) (string, string) {
	start := strings.TrimSpace(strings.TrimRight(title, ".…"))
	cut := start != title && (strings.HasSuffix(title, ellipsis) || strings.HasSuffix(title, "..."))
	if !cut {
		start = title
	}
	if start == "" || len(summary) < len(start) || !strings.EqualFold(summary[:len(start)], start) {
		return title, summary
	}
	rest := summary[len(start):]
	left := strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) || r == '|' })
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case left == "":
		return title, ""
	case cut:
		return "", summary
	case unicode.IsLetter(next) || unicode.IsDigit(next) || unicode.IsMark(next):
		return title, summary // the beginning of a longer word
	case apart(start, rest):
		return title, left
	}
	return "", summary
}

// apart reports whether a title is set off from what follows it.
func apart(title, rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(title)
	next, size := utf8.DecodeRuneInString(strings.TrimLeft(rest, " "))
	switch {
	case strings.HasPrefix(rest, "\n"), strings.ContainsRune(".!?:。！？؟।", last):
		return true
	case next == '-' || next == '\'' || next == ',':
		return strings.HasPrefix(strings.TrimLeft(rest, " ")[size:], " ") && next == '-'
	}
	return strings.ContainsRune("\n.!?:;–—|…。！？；：؟।", next)
}
