package threads

import (
	"net/http"
	"net/url"
	"slices"
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
	content := expected(p.Content)
	n.Shape = n.shape(content)
	body := map[string]any{}
	for name, value := range plainForm(n.params(content, c.control)) {
		body[name] = value
	}
	if n.Shape == shapeCarousel {
		var children []any
		for _, i := range n.media(content) {
			children = append(children, plainForm(childParams(content.Media[i])))
		}
		body["children"] = children
	}
	return publisher.Payload{Method: http.MethodPost, URL: base + "/me/threads", Body: body}
}

// fetched marks the address of a picture that is still to be fetched, while a
// payload is made.
const fetched = "#to-be-fetched"

// expected is a content with the pictures that it will have if all goes well:
// those whose address for the network is not known yet go by the publisher's.
func expected(c spool.Content) spool.Content {
	if !c.Open {
		return c
	}
	if len(c.Media) == 0 && c.Page != "" {
		c.Media = []spool.Attachment{{URL: c.Page}}
	}
	c.Media = slices.Clone(c.Media)
	if c.Pick > 0 && len(c.Media) > c.Pick {
		c.Media = c.Media[:c.Pick]
	}
	for i, a := range c.Media {
		if a.Public == "" {
			c.Media[i].Public = a.URL + fetched
		}
	}
	return c
}

// plainForm is a form as people read it.
func plainForm(v url.Values) map[string]string {
	form := map[string]string{}
	for name, values := range v {
		value := strings.Join(values, ",")
		if from, ok := strings.CutSuffix(value, fetched); ok {
			value = "[where Threads can fetch a picture or film of " + from + "]"
		}
		form[name] = value
	}
	return form
}
