package compose

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"spool"
	"spool/publisher/bluesky"
	"spool/publisher/mastodon"
	"spool/publisher/threads"
	"spool/publisher/webhook"
)

// A venue is a network with a wording that suits it.
type venue struct {
	name     string
	limits   spool.TextLimits
	settings Settings
}

// venues are the four networks, as the configuration of a newspaper may have them.
func venues() []venue {
	const tagged = "{{ .Title }}\n\n{{ .Summary | fit }}\n\n{{ .Categories | first 3 | hashtag }}"
	return []venue{
		{"threads", threads.TextLimits(), Settings{Topic: "{{ .Category }}"}},
		{"mastodon", mastodonLimits(), Settings{Text: tagged, Image: ImageFirst, Images: 4}},
		{"bluesky", blueskyLimits(), Settings{Text: tagged, Chain: 3, Query: map[string]string{"utm_source": "{{ .Network }}"}}},
		{"webhook", webhookLimits(), Settings{Text: "{{ .Title | sentencecase }}\n{{ with .Author }}{{ . }}, {{ end }}{{ day .Published }}\n\n{{ .Summary | fit | quote }}", Link: LinkText, Images: 2}},
	}
}

// The limits as the networks' packages state them.
func mastodonLimits() spool.TextLimits { return mastodon.TextLimits() }
func blueskyLimits() spool.TextLimits  { return bluesky.TextLimits() }
func webhookLimits() spool.TextLimits  { return webhook.TextLimits(webhook.JSON) }

// flaws says what is wrong with a content that no reader should ever see.
func flaws(c spool.Content, l spool.TextLimits) []string {
	var out []string
	count := l.Length
	if count == nil {
		count = utf8.RuneCountInString
	}
	check := func(what, s string, most int) {
		switch {
		case !utf8.ValidString(s):
			out = append(out, what+" is not valid UTF-8")
		case l.Max > 0 && count(s) > l.Max:
			out = append(out, what+" is too long")
		case l.Hard > 0 && len(s) > l.Hard, most > 0 && len(s) > most:
			out = append(out, what+" has too many bytes")
		case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == '\u202e' || r == '\u202d' }):
			out = append(out, what+" has a control character")
		case s != strings.TrimSpace(s) || strings.Contains(s, "\n\n\n"):
			out = append(out, what+" has stray white space")
		case unbalanced(s):
			out = append(out, what+" leaves the direction turned")
		}
	}
	check("the text", c.Text, 0)
	check("the short text", c.Short, l.Bytes)
	for _, part := range c.More {
		check("a part", part, l.Bytes)
		if part == "" {
			out = append(out, "a part is empty")
		}
	}
	if c.Text == "" {
		out = append(out, "the text is empty")
	}
	if l.Bytes > 0 && len(c.Text) > l.Bytes && c.Short == "" {
		out = append(out, "there is no short text")
	}
	for _, tag := range c.Tags {
		if !strings.Contains(c.Text+strings.Join(c.More, " "), "#"+tag) {
			out = append(out, "the hashtag "+tag+" is not in the text")
		}
	}
	for _, a := range append(c.Media, thumbs(c)...) {
		if u, err := url.Parse(a.URL); err != nil || u.Host == "" || l.Alt > 0 && utf8.RuneCountInString(a.Alt) > l.Alt {
			out = append(out, "a picture's address or description is no good: "+a.URL)
		}
	}
	if len(c.Media) > 0 != (c.Instead != nil) && c.Page == "" {
		out = append(out, "pictures without anything instead")
	}
	if c.Instead != nil {
		out = append(out, flaws(*c.Instead, l)...)
	}
	return out
}

func thumbs(c spool.Content) []spool.Attachment {
	if c.Card.Thumb == nil {
		return nil
	}
	return []spool.Attachment{*c.Card.Thumb}
}

// unbalanced reports whether isolates are open at the end of a line.
func unbalanced(s string) bool {
	for l := range strings.SplitSeq(s, "\n") {
		if closed(l) != l {
			return true
		}
	}
	return false
}
