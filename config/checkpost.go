package config

import (
	"regexp"
	"strings"
	"unicode"
)

// checkHashtag wants what can be written as a hashtag, or several, each with #.
func checkHashtag(s string) error {
	if strings.TrimSpace(s) == "" {
		return nil // the category gets none
	}
	for tag := range strings.SplitSeq(strings.TrimPrefix(strings.TrimSpace(s), "#"), "#") {
		if !strings.ContainsFunc(tag, unicode.IsLetter) {
			return wrong("is not a hashtag: it needs a letter")
		}
	}
	return nil
}

// checkMention wants a handle as networks write them, with or without @, or none.
func checkMention(s string) error {
	if s == "" || regexp.MustCompile(`^@?[\p{L}\p{N}_][\p{L}\p{N}_.-]*(@[\p{L}\p{N}.-]+)?$`).MatchString(s) {
		return nil
	}
	f := &flaw{message: "is not a handle such as @ana.example.org or @ana@newsie.example"}
	if fixed := strings.ReplaceAll(s, " ", ""); fixed != s && fixed != "" && checkMention(fixed) == nil {
		f.suggestion = fixed
	}
	return f
}
