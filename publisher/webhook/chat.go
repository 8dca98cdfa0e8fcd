package webhook

import (
	"strings"

	"spool"
)

// A slackMessage is what Slack and Mattermost take. Slack reads Markdown out of a
// text unless it is told not to; Mattermost always does, and shows the entities
// as the signs they stand for.
type slackMessage struct {
	Text     string `json:"text"`
	Markdown bool   `json:"mrkdwn"`
}

// A discordMessage is what Discord takes. Nobody is called by it, whatever the
// words are.
type discordMessage struct {
	Content  string          `json:"content"`
	Mentions allowedMentions `json:"allowed_mentions"`
}

type allowedMentions struct {
	Parse []string `json:"parse"` // empty, and never null: no kind of mention is
}

// message is a post as the chat takes it.
func (c *Chat) message(content spool.Content) any {
	if c.o.Format == Discord {
		return discordMessage{Content: discordText(words(content)), Mentions: allowedMentions{Parse: []string{}}}
	}
	return slackMessage{Text: slackText(words(content))}
}

// words are a post's text, and its link where that does not stand in the text.
func words(c spool.Content) string {
	if c.Link == "" || strings.Contains(c.Text, c.Link) {
		return c.Text
	}
	return strings.TrimLeft(c.Text+"\n\n"+c.Link, "\n")
}
