package mastodon

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"spool"
	"spool/publisher"
)

// Payload is the request that would make p visible, or change what it follows
// from. What only the instance can say stands in brackets.
func (c *Client) Payload(p spool.Post) publisher.Payload {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	inst := c.known(ctx)
	switch p.Purpose {
	case spool.Withdraw:
		return publisher.Payload{Method: http.MethodDelete, URL: c.o.BaseURL + "/api/v1/statuses/[id of the post]"}
	case spool.Edit:
		n := notes{}
		n.Text, _ = inst.words(p.Content, false)
		b := map[string]any{"status": n.Text, "spoiler_text": tidy(p.Content.Warning), "sensitive": p.Content.Warning != "", "media_ids": mediaNames(p.Content.Media)}
		if code := languageCode(p.Content.Language); code != "" {
			b["language"] = code
		}
		return publisher.Payload{Method: http.MethodPut, URL: c.o.BaseURL + "/api/v1/statuses/[id of the post]", Body: plainText(b, inst)}
	}
	n, err := readNotes(p)
	if err != nil {
		n = notes{}
	}
	content := n.content(p.Content)
	if !n.Worded {
		n.Text, _ = inst.words(content, n.Full)
	}
	if n.ReplyTo == "" {
		n.ReplyTo = p.Reply.To.ID
	}
	if n.ReplyTo == "" && p.Purpose.Replies() {
		n.ReplyTo = "[id of the post that it answers]"
	}
	b := c.body(p, n, inst)
	if names := mediaNames(content.Media); len(names) > 0 {
		b["media_ids"] = names
	}
	return publisher.Payload{Method: http.MethodPost, URL: c.o.BaseURL + "/api/v1/statuses", Body: b}
}

// mediaNames stand for what gets its id when it is uploaded.
func mediaNames(media []spool.Attachment) []string {
	names := []string{}
	for i, a := range media {
		described := "no description"
		if a.Alt != "" {
			described = a.Alt
		}
		names = append(names, fmt.Sprintf("[%s: %s]", what(a, i), described))
	}
	return names
}
