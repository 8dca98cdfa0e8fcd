package bluesky

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// deletion is the request that removes a record.
func (c *Client) deletion(s session, collection, key string) request {
	return request{
		op: "delete record", method: http.MethodPost, name: "com.atproto.repo.deleteRecord",
		body: map[string]string{"repo": s.DID, "collection": collection, "rkey": key},
		cost: deletePoints, timeout: c.o.Publish,
	}
}

// Payload is the put that would make p visible. What is only known once it is
// prepared is named in brackets.
func (c *Client) Payload(p spool.Post) publisher.Payload {
	n, err := readNotes(p)
	if err != nil {
		n = notes{Version: 1}
	}
	body := map[string]any{
		"repo": orText(n.Repo, "[the identity of "+c.o.Handle+"]"), "collection": postCollection,
		"rkey": orText(n.Key, "[chosen when it is prepared]"), "validate": true, "swapRecord": nil,
	}
	if len(n.Record) > 0 {
		body["record"] = n.Record
	} else {
		body["record"] = c.draftOf(p, n)
	}
	return publisher.Payload{Method: http.MethodPost, URL: c.o.BaseURL + "/xrpc/com.atproto.repo.putRecord", Body: body}
}

// draftOf is the record as it would be made now.
func (c *Client) draftOf(p spool.Post, n notes) map[string]any {
	content := n.content(p.Content)
	blobs := map[string]json.RawMessage{}
	attachments := content.Media
	if content.Card.Thumb != nil {
		attachments = append(attachments[:len(attachments):len(attachments)], *content.Card.Thumb)
	}
	for _, a := range attachments {
		blobs[a.File] = quoted(fmt.Sprintf("[the picture %s]", orText(a.URL, a.File)))
	}
	named := map[string]string{}
	for _, m := range content.Mentions {
		if !isHandle(plainHandle(m)) {
			continue
		}
		named[strings.TrimPrefix(strings.TrimSpace(m), "@")] = "[the identity of " + plainHandle(m) + "]"
	}
	var refs *replies
	if p.Purpose.Replies() || p.Reply.To.ID != "" {
		to := strongRef{URI: orText(p.Reply.To.ID, "[the post that it answers]"), CID: orText(p.Reply.To.Version, "[its version]")}
		root := to
		if p.Reply.Root.ID != "" {
			root = strongRef{URI: p.Reply.Root.ID, CID: orText(p.Reply.Root.Version, "[its version]")}
		}
		refs = &replies{Root: root, Parent: to}
	}
	out := map[string]any{}
	b, err := json.Marshal(compose(content, refs, named, blobs, time.Time{}))
	if err != nil || json.Unmarshal(b, &out) != nil {
		return map[string]any{"text": content.Text} // cannot be: everything in it is of our own making
	}
	out["createdAt"] = "[when it is prepared]"
	return out
}

func quoted(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return b
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
