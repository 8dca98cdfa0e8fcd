package webhook

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"spool"
)

// The limits of the formats.
const (
	// A message of the format JSON may be of any length; a post that is longer
	// than this is none.
	maxJSON      = 4000
	maxJSONTopic = 100
	maxJSONAlt   = 2000

	// Slack cuts a text after 40,000 characters and asks for at most 4,000; one
	// of its text blocks, which some receivers make of it, has 3,000. Mattermost
	// takes 4,000 where its database is old, 16,383 elsewhere.
	maxSlack = 3000

	// Discord's reference of Execute Webhook: content has up to 2,000 characters.
	maxDiscord = 2000
)

// TextLimits are what a format takes as the words of a post.
func TextLimits(f Format) spool.TextLimits {
	switch f {
	case Slack:
		return spool.TextLimits{Network: Network, Max: maxSlack, Length: slackLength, Mute: muteChannel}
	case Discord:
		return spool.TextLimits{Network: Network, Max: maxDiscord, Length: discordLength}
	}
	return spool.TextLimits{
		Network: Network, Max: maxJSON, Topic: maxJSONTopic, Alt: maxJSONAlt, Card: true, Own: true, Replies: true, Warn: true,
		Media: spool.MediaLimits{
			Images: 20, ByURL: true, Together: true,
			Types: []string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"},
			Films: []string{"video/mp4", "video/webm", "video/quicktime"},
		},
	}
}

// slackText is a text as Slack takes it: its three signs of markup become
// entities. The other signs (* _ ~) are switched off in the message itself.
func slackText(s string) string { return slackSigns.Replace(s) }

var slackSigns = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// slackLength counts what is sent, in code points.
func slackLength(s string) int { return utf8.RuneCountInString(slackText(s)) }

// muteChannel keeps words of a feed from calling everybody: Mattermost, and Slack
// where a workspace wants it so, take "@here" in a text for more than words.
func muteChannel(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	for s != "" {
		before, after, found := strings.Cut(s, "@")
		b.WriteString(before)
		if !found {
			break
		}
		b.WriteByte('@')
		if callsAll(after) {
			b.WriteRune(zeroWidth)
		}
		s = after
	}
	return b.String()
}

// zeroWidth parts a sign from the word behind it without being seen.
const zeroWidth = '\u200b'

func callsAll(after string) bool {
	end := strings.IndexFunc(after, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' })
	if end < 0 {
		end = len(after)
	}
	switch strings.ToLower(after[:end]) {
	case "channel", "here", "all", "everyone", "group":
		return true
	}
	return false
}

// discordText is a text as Discord takes it: what is no address has a backslash
// before each sign of Discord's Markdown, so that the words are shown as they are.
func discordText(s string) string {
	var b strings.Builder
	start := true // of a line
	for s != "" {
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		if isAddress(word) {
			b.WriteString(word)
		} else {
			escapeWord(&b, word, start)
		}
		space, size := utf8.DecodeRuneInString(s[end:])
		b.WriteString(s[end : end+size])
		start = space == '\n' || start && word == ""
		s = s[end+size:]
	}
	return b.String()
}

// isAddress reports whether a word is one that Discord makes a link of as it is.
func isAddress(word string) bool {
	return strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://")
}

// escapeWord writes a word. Some signs mean something at the start of a line only.
func escapeWord(b *strings.Builder, word string, start bool) {
	for i, r := range word {
		switch {
		case strings.ContainsRune("\\*_~`|<[]", r), start && i == 0 && strings.ContainsRune(">#-+", r):
			b.WriteByte('\\')
		case r == '.' && start && i > 0 && strings.Trim(word[:i], "0123456789") == "":
			b.WriteByte('\\') // "1." begins a list
		}
		b.WriteRune(r)
	}
}

// discordLength counts what is sent in UTF-16 units, of which there are never
// fewer than characters, however Discord counts.
func discordLength(s string) int { return len(utf16.Encode([]rune(discordText(s)))) }
