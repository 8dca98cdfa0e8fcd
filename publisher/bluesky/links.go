package bluesky

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// A span is a part of a text, in bytes, that means more than its letters.
type span struct {
	start, end int
	uri        string // of a link
	tag        string
	did        string // of a mention
}

// scheme is where an address of the web may begin.
var scheme = regexp.MustCompile(`[hH][tT][tT][pP][sS]?://`)

// findLinks returns the addresses of the web in a text. known is one that is
// known to stand there as it is, whatever it ends in; empty: none is.
func findLinks(text, known string) []span {
	var found []span
	for from := 0; from < len(text); {
		at := scheme.FindStringIndex(text[from:])
		if at == nil {
			break
		}
		start, rest := from+at[0], from+at[1]
		from = rest
		if !mayBegin(text[:start]) {
			continue
		}
		run := text[start:runEnd(text, rest)]
		if known != "" && strings.HasPrefix(run, known) && trimEnd(run[len(known):]) == "" {
			run = known
		} else {
			run = trimEnd(run)
		}
		uri, ok := plainURI(run)
		if !ok {
			continue
		}
		found = append(found, span{start: start, end: start + len(run), uri: uri})
		from = start + len(run)
	}
	return found
}

// mayBegin reports whether an address may begin behind a text: not in the middle
// of a word of Latin letters, as in git+https://.
func mayBegin(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return before == "" || !(r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("+.-_/", r))
}

// closers end an address wherever they stand: nobody writes them in one unescaped.
const closers = "<>\"{}|\\^`“”„«»‹›「」『』【】〔〕（）〈〉《》、。，．！？；：…　،؛؟۔।॥"

// runEnd is where the characters that an address can be made of end.
func runEnd(text string, from int) int {
	for i, r := range text[from:] {
		if r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(closers, r) {
			return from + i
		}
	}
	return len(text)
}

// trimEnd takes off what belongs to the sentence around an address: its
// punctuation, and brackets that were opened before it.
func trimEnd(run string) string {
	for run != "" {
		r, size := utf8.DecodeLastRuneInString(run)
		switch {
		case strings.ContainsRune(".,;:!?'’‘*", r):
		case r == ')' && strings.Count(run, "(") < strings.Count(run, ")"):
		case r == ']' && strings.Count(run, "[") < strings.Count(run, "]"):
		default:
			return run
		}
		run = run[:len(run)-size]
	}
	return run
}

// maxURI is the longest address the protocol takes, in bytes.
const maxURI = 8 << 10

// plainURI writes an address of the web with the characters that the protocol's
// addresses have. Those with a user name in them are none: they deceive.
func plainURI(raw string) (string, bool) {
	at := scheme.FindStringIndex(raw)
	if at == nil || at[0] != 0 || len(raw) > maxURI/3 {
		return "", false
	}
	host, rest := raw[at[1]:], ""
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host, rest = host[:i], host[i:]
	}
	name, ok := plainHost(host)
	if !ok {
		return "", false
	}
	uri := strings.ToLower(raw[:at[1]]) + name + escape(rest)
	u, err := url.Parse(uri)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return "", false
	}
	return uri, true
}

// plainHost writes a host's name in ASCII.
func plainHost(host string) (string, bool) {
	first, _ := utf8.DecodeRuneInString(host)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) && first != '[' {
		return "", false
	}
	for i := range len(host) {
		if host[i] >= utf8.RuneSelf {
			name, err := idna.Lookup.ToASCII(host) // a port beside such a name is not seen
			return name, err == nil
		}
	}
	return host, true
}

// escape writes what is not ASCII as an address has it.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			b.WriteByte('%')
			b.WriteByte(hex[s[i]>>4])
			b.WriteByte(hex[s[i]&15])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
