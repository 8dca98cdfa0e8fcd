package bluesky

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"spool"
)

// The limits of a post. The lexicons (app.bsky.feed.post, embed.images,
// embed.external, richtext.facet) give 300 graphemes and 3,000 bytes for the
// text, four pictures, 1,000,000 bytes for a card's picture and 64 graphemes or
// 640 bytes for a hashtag. A picture may have 2,000,000 bytes by the lexicon of
// today, 1,000,000 by that of servers not so new. They set no limit for a
// picture's description; the app takes 2,000 graphemes.
const (
	maxText   = 300
	maxBytes  = 3000
	maxImages = 4
	maxImage  = 1_000_000
	maxThumb  = 1_000_000
	maxSide   = 2000 // pixels; what the app scales pictures to
	maxAlt    = 2000
	maxTag    = 64
	maxTagLen = 640 // bytes
	maxTags   = 8
	maxTopic  = 400 // of our own: what a person writes as topics
	maxLangs  = 3

	// A card's words have no limit of their own; a record has to stay small.
	maxTitle       = 300
	maxDescription = 1000
)

// TextLimits are what Bluesky takes as the words of a post. Nothing in a text
// has an effect by itself, so nothing needs to be made harmless.
func TextLimits() spool.TextLimits {
	return spool.TextLimits{
		Network: Network, Max: maxText, Length: Length, Hard: maxBytes, Alt: maxAlt, Tags: maxTag, Topic: maxTopic,
		Card: true, Own: true, Replies: true,
		Media: spool.MediaLimits{
			Images: maxImages, Types: imageTypes(), Bytes: maxImage, Width: maxSide, Thumb: maxThumb,
		},
	}
}

func imageTypes() []string { return []string{"image/jpeg", "image/png", "image/webp"} }

// Length counts graphemes by the rules of Unicode before 15.1, as Bluesky's
// servers did for long. Those of today count the same or less: conjuncts of
// Indian scripts are one instead of two. So what fits here fits under both.
func Length(s string) int { return uniseg.GraphemeClusterCount(s) }

// fits reports whether the server takes a text.
func fits(s string) bool { return len(s) <= maxBytes && Length(s) <= maxText }

// tidy writes a text as a record may have it.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// withLink puts a link below the words unless it stands in them already. The
// words give way to it: a link is never cut.
func withLink(s, link string) (text string, cut bool) {
	if link == "" || strings.Contains(s, link) {
		return trimTo(s, "")
	}
	if s = strings.TrimRightFunc(s, unicode.IsSpace); s == "" {
		return link, false
	}
	return trimTo(s, "\n\n"+link)
}

// trimTo shortens a text so that it fits together with what follows it.
func trimTo(s, tail string) (text string, cut bool) {
	if fits(s + tail) {
		return s + tail, false
	}
	s = s[:room(s, 2*maxText, 2*maxBytes)] // what comes after is cut off in any case
	graphemes, bytes := maxText-Length(tail)-1, maxBytes-len(tail)-len("…")
	end := room(s, graphemes, bytes)
	for _, l := range findLinks(s, "") {
		if l.start < end && end < l.end {
			end = l.start
		}
	}
	words := s[:end]
	if at := strings.LastIndexFunc(words, unicode.IsSpace); at > len(words)/2 && !startsSpace(s[end:]) {
		words = words[:at]
	}
	words = strings.TrimRightFunc(words, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-", r) })
	if words == "" {
		return strings.TrimSpace(tail), true
	}
	return words + "…" + tail, true
}

// room is how many bytes of s are whole graphemes within two bounds.
func room(s string, graphemes, bytes int) int {
	end, state, rest := 0, -1, s
	for rest != "" && graphemes > 0 {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if end+len(cluster) > bytes {
			break
		}
		end += len(cluster)
		graphemes--
	}
	return end
}

func startsSpace(s string) bool { return s == "" || unicode.IsSpace([]rune(s)[0]) }

// clip bounds a text that is shown beside the post: a title, a description.
func clip(s string, graphemes int) string {
	s = strings.TrimSpace(tidy(s))
	if Length(s) <= graphemes && len(s) <= 10*graphemes {
		return s
	}
	return strings.TrimRightFunc(s[:room(s, graphemes-1, 10*graphemes)], unicode.IsSpace) + "…"
}

// languageForm is as much of BCP 47 as feeds use.
var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$`)

// tags are the topics of a post as tags of its record, which searches find and
// readers do not see in the text: at most eight, separated by commas in the topic.
func tags(topic string) []string {
	var list []string
	for tag := range strings.SplitSeq(topic, ",") {
		tag = strings.Join(strings.Fields(strings.ReplaceAll(tag, "#", "")), " ")
		if tag == "" || Length(tag) > maxTag || len(tag) > maxTagLen || slices.Contains(list, tag) || len(list) == maxTags {
			continue
		}
		list = append(list, tag)
	}
	return list
}

// langs are the languages of a post.
func langs(c spool.Content) []string {
	var list []string
	for l := range strings.SplitSeq(c.Language, ",") {
		if l = strings.TrimSpace(l); languageForm.MatchString(l) && len(list) < maxLangs {
			list = append(list, l)
		}
	}
	return list
}
