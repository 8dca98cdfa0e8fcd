package main

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// feedNames gives feeds names that are valid, unlike one another, and say what
// the feed is.
type feedNames map[string]int // that are taken, with the number that the next of this name gets

// of makes a name of a feed's title, or of its address when the title says
// nothing.
func (taken feedNames) of(title, address string) string {
	const longest = 40
	base := slug(title, longest)
	if base == "" || generic[base] {
		host := nameFrom(address)
		if base != "" && host != "feed" {
			host = slug(host+" "+base, longest)
		}
		base = host
	}
	name := base
	for taken[name] > 0 {
		taken[base] = max(taken[base], 1) + 1
		name = fmt.Sprintf("%s-%d", base, taken[base])
	}
	taken[name] = 1
	return name
}

// generic are titles that many feeds have.
var generic = map[string]bool{
	"rss": true, "feed": true, "feeds": true, "news": true, "blog": true, "home": true, "atom": true, "rss-feed": true,
	"untitled": true, "latest": true, "latest-news": true, "articles": true, "posts": true, "all": true, "main": true, "index": true,
}

// letters are written as these where names have only a to z.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "&", " and ", "’", "", "'", "")

// slug makes a name of a text, of at most so many letters: cut between words,
// accents left out. It is empty when the text has too little that can be in a
// name.
func slug(text string, most int) string {
	var b strings.Builder
	dash := false
	for _, r := range norm.NFKD.String(letters.Replace(strings.ToLower(text))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' && b.Len() > 0 && !dash:
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			dash = false
		default:
			dash = true
		}
	}
	s := b.String()
	if len(s) > most {
		s = s[:most+1]
		if i := strings.LastIndexByte(s, '-'); i > most/2 {
			s = s[:i]
		}
		s = s[:min(len(s), most)]
	}
	s = strings.Trim(s, "-.")
	if len(s) < 2 || !nameRule.MatchString(s) {
		return ""
	}
	return s
}

// nameFrom makes a feed's name of its address.
func nameFrom(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "feed"
	}
	if name := slug(strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."), 60); name != "" {
		return name
	}
	return "feed"
}
