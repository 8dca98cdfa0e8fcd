package threads

import (
	"net/http"
	"net/url"
	"strings"

	"spool"
	"spool/publisher"
)

// Payload is the container that is made for p: its parameters, and for a carousel
// those of its items, whose containers the network has yet to name.
func (c *Client) Payload(p spool.Post) publisher.Payload {
	base := c.o.BaseURL + version
	if p.Purpose == spool.Withdraw {
		return publisher.Payload{Method: http.MethodDelete, URL: base + "/[the post's id]"}
	}
	n, err := readNotes(p)
	if err != nil {
		n = notes{Version: 1}
	}
	if n.ReplyTo = n.parent(p); n.ReplyTo == "" && answers(p) {
		n.ReplyTo = "[the id of the post that it answers]"
	}
	n.Shape = n.shape(p.Content)
	body := map[string]any{}
	for name, value := range plainForm(n.params(p.Content, c.control)) {
		body[name] = value
	}
	if n.Shape == shapeCarousel {
		var children []any
		for _, i := range n.media(p.Content) {
			children = append(children, plainForm(childParams(p.Content.Media[i])))
		}
		body["children"] = children
	}
	return publisher.Payload{Method: http.MethodPost, URL: base + "/me/threads", Body: body}
}

// plainForm is a form as people read it.
func plainForm(v url.Values) map[string]string {
	form := map[string]string{}
	for name, values := range v {
		form[name] = strings.Join(values, ",")
	}
	return form
}
