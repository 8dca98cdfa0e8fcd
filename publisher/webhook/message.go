package webhook

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"spool"
)

// What a message of the format JSON says has happened.
const (
	published = "post.published"
	edited    = "post.edited"
	withdrawn = "post.withdrawn"
)

// schema is the version of the format JSON. Fields may be added under the same
// version; anything else raises it.
const schema = 1

// An event is a message of the format JSON. docs/webhook.md says what each field
// means.
type event struct {
	Type      string    `json:"type"`
	Version   int       `json:"version"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	ID         string        `json:"id"`
	ReceiverID string        `json:"receiver_id,omitempty"`
	URL        string        `json:"url,omitempty"`
	Account    string        `json:"account"`
	Purpose    spool.Purpose `json:"purpose,omitempty"`
	Feed       string        `json:"feed,omitempty"`
	Item       string        `json:"item,omitempty"`
	Parent     *reference    `json:"parent,omitempty"`
	Root       *reference    `json:"root,omitempty"`
	Replaces   *reference    `json:"replaces,omitempty"`
	*content
}

// A reference is another post.
type reference struct {
	ID         string `json:"id"`
	ReceiverID string `json:"receiver_id,omitempty"`
	URL        string `json:"url,omitempty"`
}

type content struct {
	Text     string   `json:"text"`
	Link     string   `json:"link,omitempty"`
	Card     *card    `json:"card,omitempty"`
	Media    []medium `json:"media,omitempty"`
	Topic    string   `json:"topic,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Mentions []string `json:"mentions,omitempty"`
	Warning  string   `json:"warning,omitempty"`
	Language string   `json:"language,omitempty"`
	Alert    *alert   `json:"alert,omitempty"`
}

// An alert is what readers of a post about a service alert know by it.
type alert struct {
	Phase    spool.Phase    `json:"phase"`
	Effect   spool.Effect   `json:"effect,omitempty"`
	Severity spool.Severity `json:"severity,omitempty"`
	Lines    []string       `json:"lines,omitempty"`
	Until    time.Time      `json:"until,omitzero"`
}

type card struct {
	Title       string  `json:"title,omitempty"`
	Description string  `json:"description,omitempty"`
	Image       *medium `json:"image,omitempty"`
}

type medium struct {
	URL    string `json:"url"`
	Type   string `json:"type,omitempty"`
	Alt    string `json:"alt,omitempty"`
	Credit string `json:"credit,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// publishedEvent is the message that makes a post known. It is the same, byte for
// byte, each time it is sent.
func publishedEvent(p spool.Post) event {
	d := data{ID: p.ID, Account: p.Account, Purpose: p.Purpose, Feed: p.Feed, Item: p.Item, content: contentOf(p.Content)}
	switch {
	case p.Purpose.Replies():
		d.Parent, d.Root = referTo(p.Parent, p.Reply.To), referTo(p.Root, p.Reply.Root)
	case p.Purpose == spool.Replace:
		d.Replaces = referTo(p.Parent, spool.Receipt{})
	}
	return event{Type: published, Version: schema, Timestamp: moment(p.Created), Data: d}
}

// editedEvent says what a live post says now: all of it.
func editedEvent(r spool.Receipt, p spool.Post) event {
	e := publishedEvent(p)
	e.Type, e.Data.Parent, e.Data.Root = edited, nil, nil
	e.Data.ID = cmp.Or(r.Version, p.Parent, r.ID)
	e.Data.ReceiverID, e.Data.URL = theirs(r), r.URL
	return e
}

// withdrawnEvent says that a post is to be taken away.
func withdrawnEvent(account string, r spool.Receipt, now time.Time) event {
	d := data{ID: cmp.Or(r.Version, r.ID), ReceiverID: theirs(r), URL: r.URL, Account: account, Purpose: spool.Withdraw}
	return event{Type: withdrawn, Version: schema, Timestamp: moment(now), Data: d}
}

// theirs is the id that the receiver gave a post; empty when it gave none, since
// then the receipt has ours.
func theirs(r spool.Receipt) string {
	if r.ID == r.Version {
		return ""
	}
	return r.ID
}

func referTo(post string, r spool.Receipt) *reference {
	if id := cmp.Or(post, r.Version, r.ID); id != "" {
		return &reference{ID: id, ReceiverID: theirs(r), URL: r.URL}
	}
	return nil
}

func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func contentOf(c spool.Content) *content {
	out := &content{
		Text: c.Text, Link: c.Link, Topic: c.Topic, Tags: c.Tags, Mentions: c.Mentions, Warning: c.Warning, Language: c.Language,
	}
	for _, a := range c.Media {
		if m := mediumOf(a); m != nil {
			out.Media = append(out.Media, *m)
		}
	}
	if k := c.Card; k.Title != "" || k.Description != "" || k.Thumb != nil {
		out.Card = &card{Title: k.Title, Description: k.Description}
		if k.Thumb != nil {
			out.Card.Image = mediumOf(*k.Thumb)
		}
	}
	if t := c.Told; t != nil {
		out.Alert = &alert{Phase: t.Phase, Effect: t.Effect, Severity: t.Severity, Lines: t.Lines}
		if !t.Until.IsZero() {
			out.Alert.Until = moment(t.Until)
		}
	}
	return out
}

// mediumOf is a picture or a film by its address; nil when it has none.
func mediumOf(a spool.Attachment) *medium {
	address := cmp.Or(a.Public, a.URL)
	if address == "" {
		return nil
	}
	return &medium{URL: address, Type: a.Type, Alt: a.Alt, Credit: a.Credit, Width: a.Width, Height: a.Height}
}

// encode writes a message. Letters stay letters: nothing of it goes into HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write the message: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
