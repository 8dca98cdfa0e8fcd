package compose

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A saying is what helpers know of the post beyond their arguments.
type saying struct {
	language string
	tags     map[string]string // by folded category; empty: none
	handles  map[string]string // by folded author
	longest  int               // hashtag in code points
	evidence string            // the item's text, which shows how words are written
}

// The longest hashtags in code points: where the network does not say, and of
// those that are made of a category: a longer one is a sentence.
const (
	maxHashtag = 100
	maxMadeUp  = 40
)

func (c *composition) saying() *saying {
	s := &saying{language: c.language(), tags: c.wording.tags, handles: c.wording.handles, longest: c.limits.Tags, evidence: c.item.Summary}
	if s.longest <= 0 {
		s.longest = maxHashtag
	}
	return s
}

// folded makes names of a map comparable. Of those that become the same the last
// one in their order counts.
func folded(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out[fold(name)] = m[name]
	}
	return out
}

func fold(s string) string {
	return strings.ToLower(strings.ReplaceAll(line(s), "\u200b", ""))
}

// hashtag makes "#LocalNews" of "local news", one for each value of a list, or
// what the configuration has for it. What would be no hashtag, like "#2026", is
// left out, and so is what is too long for the network or there already.
func (s *saying) hashtag(v any) string {
	list, ok := v.([]string)
	if !ok {
		list = []string{text(v)}
	}
	var tags []string
	seen := map[string]bool{}
	for _, category := range list {
		for _, tag := range s.tagsOf(category) {
			if key := strings.ToLower(tag); !seen[key] && strings.ContainsFunc(tag, unicode.IsLetter) && utf8.RuneCountInString(tag) <= s.longest {
				seen[key] = true
				tags = append(tags, signed("#"+tag))
			}
		}
	}
	return strings.Join(tags, " ")
}

// tagsOf are the hashtags of a category, without the sign.
func (s *saying) tagsOf(category string) []string {
	mapped, ok := s.tags[fold(category)]
	if !ok {
		if tag := camel(loud(category)); utf8.RuneCountInString(tag) <= maxMadeUp {
			return []string{tag}
		}
		return nil
	}
	var tags []string
	for tag := range strings.SplitSeq(mapped, "#") {
		if joined := camel(tag); strings.EqualFold(joined, strings.TrimSpace(tag)) {
			tags = append(tags, strings.TrimSpace(tag)) // as it was written
		} else {
			tags = append(tags, joined)
		}
	}
	return tags
}

// loud writes a category that is all in capitals as it would be read: LOCAL NEWS
// is "Local News". Short ones are taken for acronyms.
func loud(category string) string {
	if len(category) <= 5 || strings.ContainsFunc(category, unicode.IsLower) {
		return category
	}
	words := strings.Fields(category)
	for i, w := range words {
		if utf8.RuneCountInString(w) > 3 || len(words) > 1 && !acronym(w) {
			first, size := utf8.DecodeRuneInString(w)
			words[i] = string(first) + strings.ToLower(w[size:])
		}
	}
	return strings.Join(words, " ")
}

func camel(s string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(strings.NewReplacer("'", "", "’", "").Replace(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' && r != '\u200c' && r != '\u200d' && r != '\u200b'
	}) {
		word = strings.ReplaceAll(word, "\u200b", "")
		first, size := utf8.DecodeRuneInString(word)
		if size == 0 {
			continue
		}
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(word[size:])
	}
	return b.String()
}

// between is what stands between the names of several authors.
var between = regexp.MustCompile(`(?i)\s*[,;&/|]\s*|\s+(?:and|und|et|y|e|en|og|och|i|ja|a|și|ve|и|та)\s+`)

// handle puts the handles of authors in the place of their names, as far as the
// configuration has them.
func (s *saying) handle(v any) string {
	names := text(v)
	if h, ok := s.handleOf(names); ok || len(s.handles) == 0 {
		return h
	}
	var b strings.Builder
	at := 0
	for _, sep := range between.FindAllStringIndex(names, -1) {
		h, _ := s.handleOf(names[at:sep[0]])
		b.WriteString(h + names[sep[0]:sep[1]])
		at = sep[1]
	}
	h, _ := s.handleOf(names[at:])
	return b.String() + h
}

// handleOf is the handle of one author, or else the name.
func (s *saying) handleOf(name string) (string, bool) {
	h := strings.TrimSpace(s.handles[fold(name)])
	if h == "" || strings.ContainsFunc(h, unicode.IsSpace) {
		return name, false
	}
	return signed("@" + strings.TrimPrefix(h, "@")), true
}

// signed marks a hashtag or a handle as meant. Between its marks nothing is cut.
func signed(s string) string { return string(signMark) + s + string(signMark) }

// written finds the hashtags and handles that stand in a template's own words.
var written = regexp.MustCompile(`(^|[^\p{L}\p{N}\p{M}_&/@#.])(#[\p{L}\p{N}\p{M}_]*\p{L}[\p{L}\p{N}\p{M}_]*|@[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:@[\p{L}\p{N}.-]+)?)`)

// signedWords marks those of a template's own words: who writes them means them.
func signedWords(s string) string {
	if !strings.ContainsAny(s, "#@") {
		return s
	}
	return written.ReplaceAllStringFunc(s, func(found string) string {
		at := strings.IndexAny(found, "#@")
		sign := strings.TrimRight(found[at:], ".-")
		return found[:at] + signed(sign) + found[at+len(sign):]
	})
}

// signs takes the marks out of a text and lists the hashtags, without the sign,
// and the handles that they were around.
func signs(marked string) (s string, tags, mentions []string) {
	parts := strings.Split(strings.ReplaceAll(marked, string(wrapMark), ""), string(signMark))
	for i, part := range parts {
		if i%2 == 0 || len(part) < 2 {
			continue
		}
		if tag, ok := strings.CutPrefix(part, "#"); ok && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		} else if !ok && !slices.Contains(mentions, part) {
			mentions = append(mentions, part)
		}
	}
	return strings.Join(parts, ""), tags, mentions
}

// unmarked is a text without the marks that stay to the end.
func unmarked(s string) string {
	if !strings.ContainsAny(s, string(signMark)+string(wrapMark)) {
		return s
	}
	return strings.NewReplacer(string(signMark), "", string(wrapMark), "").Replace(s)
}
