package mastodon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"spool"
)

// zeroWidth parts a sign from the word behind it without being seen.
const zeroWidth = '\u200b'

// Mute keeps a # or an @ of the feed's words from becoming a hashtag or a
// mention: where a word follows, a zero-width space parts them. Addresses, of
// pages and of people, stay as they are: they would not work with it.
func Mute(s string) string {
	if !strings.ContainsAny(s, "#@＃＠") {
		return s
	}
	var b strings.Builder
	for s != "" {
		before, address, rest, _ := nextAddress(s)
		muteWords(&b, before)
		b.WriteString(address)
		s = rest
	}
	return b.String()
}

func muteWords(b *strings.Builder, s string) {
	previous := rune(-1)
	for i, r := range s {
		b.WriteRune(r)
		mail := r == '@' && startsWord(previous)
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if isSign(r) && !mail && startsWord(next) {
			b.WriteRune(zeroWidth)
		}
		previous = r
	}
}

func isSign(r rune) bool { return r == '#' || r == '@' || r == '＃' || r == '＠' }

func startsWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '·' || r == '・' || r == '\u200c' || r == '\u200d')
}

// words are the text of a status: the content's words, and below them the link
// where they do not have it. A text that is longer than the instance allows is
// shortened, and the link kept; cut reports that.
func (i instance) words(c spool.Content, full bool) (text string, cut bool) {
	count := i.length
	if full {
		count = i.fullLength
	}
	most := i.Max - count(c.Warning)
	fits := func(s string) bool { return count(s) <= most }
	body, link := tidy(c.Text), c.Link
	if link != "" && strings.Contains(body, link) {
		link = ""
	}
	text = join(body, link)
	if fits(text) {
		return text, false
	}
	if link == "" {
		body, link = lastLink(body)
	}
	body = nearly(body, most)
	for body != "" && !fits(join(body+"…", link)) {
		body = dropWord(body)
	}
	if body == "" {
		return link, true
	}
	return join(body+"…", link), true
}

// nearly cuts off at once what is so far beyond a limit that nothing of it can stay:
// dropWord takes a word at a time, or a letter of a script without spaces.
func nearly(s string, most int) string {
	end := max(most, 0)*32 + 4000 // bytes; addresses, and emoji of several signs, have many
	if len(s) <= end {
		return s
	}
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return dropWord(s[:end])
}

// join puts the link below the words.
func join(body, link string) string {
	switch {
	case link == "":
		return body
	case body == "":
		return link
	}
	return body + "\n\n" + link
}

// lastLink takes the last address out of a text.
func lastLink(s string) (body, link string) {
	var before strings.Builder
	after := s
	for rest := s; rest != ""; {
		b, address, r, _ := nextAddress(rest)
		if address == "" {
			break
		}
		before.WriteString(b)
		body, link, after = before.String(), address, r
		before.WriteString(address)
		rest = r
	}
	if link == "" {
		return s, ""
	}
	return strings.TrimRightFunc(strings.TrimRightFunc(body, unicode.IsSpace)+after, unicode.IsSpace), link
}

// tidy writes a text as it is sent: without control characters, of which a NUL is an
// internal error to servers, each time.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	return strings.TrimFunc(norm.NFC.String(s), unicode.IsSpace)
}

// dropWord takes the last word off, or the last grapheme of a single word.
func dropWord(s string) string {
	if i := strings.LastIndexFunc(s, unicode.IsSpace); i > 0 {
		return strings.TrimRightFunc(s[:i], func(r rune) bool {
			return unicode.IsSpace(r) || r == ',' || r == ';' || r == ':' || r == '–' || r == '-'
		})
	}
	last := 0
	for g := uniseg.NewGraphemes(s); g.Next(); {
		last, _ = g.Positions()
	}
	return s[:last]
}

// languageCode is a language as the API takes it, ISO 639-1; empty when it has
// no code of two letters.
func languageCode(tag string) string {
	t, err := language.Parse(tag)
	if err != nil {
		return ""
	}
	base, confidence := t.Base()
	if code := base.String(); confidence >= language.High && len(code) == 2 {
		return code
	}
	return ""
}

// description is a picture's description within the limit.
func (i instance) description(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > i.Alt {
		return string(r[:max(i.Alt-1, 0)]) + "…"
	}
	return s
}
