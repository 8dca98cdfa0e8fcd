package webhooktest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// message is what a body says, whatever its format.
type message struct {
	op              Op
	key, receiverID string
	parent, root    string // the receiver's ids
	parentKey       string // and the sender's
	rootKey         string
	post            Post
}

// read understands a body.
func read(format string, body []byte) (message, error) {
	if !utf8.Valid(body) {
		return message{op: OpPublish}, errors.New("the body is not UTF-8")
	}
	switch format {
	case Slack:
		return readSlack(body)
	case Discord:
		return readDiscord(body)
	}
	return readJSON(body)
}

// wire is the format json as docs/webhook.md has it.
type wire struct {
	Type      string    `json:"type"`
	Version   int       `json:"version"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		ID         string `json:"id"`
		ReceiverID string `json:"receiver_id"`
		URL        string `json:"url"`
		Account    string `json:"account"`
		Purpose    string `json:"purpose"`
		Feed       string `json:"feed"`
		Item       string `json:"item"`
		Parent     *refer `json:"parent"`
		Root       *refer `json:"root"`
		Replaces   *refer `json:"replaces"`
		Text       string `json:"text"`
		Link       string `json:"link"`
		Card       *struct {
			Title       string     `json:"title"`
			Description string     `json:"description"`
			Image       *wireMedia `json:"image"`
		} `json:"card"`
		Media    []wireMedia `json:"media"`
		Topic    string      `json:"topic"`
		Tags     []string    `json:"tags"`
		Mentions []string    `json:"mentions"`
		Warning  string      `json:"warning"`
		Language string      `json:"language"`
		Alert    *Alert      `json:"alert"`
	} `json:"data"`
}

type refer struct {
	ID         string `json:"id"`
	ReceiverID string `json:"receiver_id"`
	URL        string `json:"url"`
}

type wireMedia struct {
	URL    string `json:"url"`
	Type   string `json:"type"`
	Alt    string `json:"alt"`
	Credit string `json:"credit"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

var ops = map[string]Op{"post.published": OpPublish, "post.edited": OpEdit, "post.withdrawn": OpWithdraw}

func readJSON(body []byte) (message, error) {
	var w wire
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return message{op: OpUnknown}, fmt.Errorf("the body is not what was agreed: %w", err)
	}
	op, ok := ops[w.Type]
	if !ok || w.Version != 1 || w.Data.ID == "" || w.Data.Account == "" || w.Timestamp.IsZero() {
		return message{op: OpUnknown}, fmt.Errorf("a message of type %q, version %d, that lacks something", w.Type, w.Version)
	}
	m := message{op: op, key: w.Data.ID, receiverID: w.Data.ReceiverID}
	if r := w.Data.Parent; r != nil {
		m.parent, m.parentKey = r.ReceiverID, r.ID
	}
	if r := w.Data.Root; r != nil {
		m.root, m.rootKey = r.ReceiverID, r.ID
	}
	m.post = Post{
		Text: w.Data.Text, Link: w.Data.Link, Topic: w.Data.Topic, Warning: w.Data.Warning, Language: w.Data.Language, Purpose: w.Data.Purpose,
		Alert: w.Data.Alert,
	}
	if w.Data.Card != nil {
		m.post.Title = w.Data.Card.Title
	}
	for _, a := range w.Data.Media {
		m.post.Media = append(m.post.Media, Media{URL: a.URL, Alt: a.Alt})
	}
	return m, nil
}

var loose = regexp.MustCompile(`[<>]|&(?:[^alg]|a[^m]|[lg][^t]|$)`)

// maxSlack is the longest text that Slack asks for.
const maxSlack = 4000

func readSlack(body []byte) (message, error) {
	m := message{op: OpPublish}
	w := struct {
		Text     string `json:"text"`
		Markdown *bool  `json:"mrkdwn"`
	}{}
	switch err := json.Unmarshal(body, &w); {
	case err != nil:
		return m, fmt.Errorf("invalid_payload: %w", err)
	case w.Text == "":
		return m, errors.New("no_text")
	case len([]rune(w.Text)) > maxSlack:
		return m, errors.New("msg_too_long")
	case loose.MatchString(w.Text):
		return m, errors.New("a sign of markup in the text is not written as an entity")
	case w.Markdown == nil || *w.Markdown:
		return m, errors.New("words of a feed are read as markup")
	}
	text := strings.ReplaceAll(strings.ReplaceAll(w.Text, "&lt;", "<"), "&gt;", ">")
	m.post.Text = strings.ReplaceAll(text, "&amp;", "&")
	return m, nil
}

// SlackLength counts a text as it is sent to Slack: three signs take more room.
func SlackLength(text string) int {
	return len([]rune(text)) + 4*strings.Count(text, "&") + 3*strings.Count(text, "<") + 3*strings.Count(text, ">")
}

// maxDiscord is the longest content that Discord takes.
const maxDiscord = 2000

func readDiscord(body []byte) (message, error) {
	m := message{op: OpPublish}
	w := struct {
		Content  string `json:"content"`
		Mentions *struct {
			Parse []string `json:"parse"`
		} `json:"allowed_mentions"`
	}{}
	switch err := json.Unmarshal(body, &w); {
	case err != nil:
		return m, fmt.Errorf("invalid payload: %w", err)
	case w.Content == "":
		return m, errors.New("cannot send an empty message")
	case len(utf16.Encode([]rune(w.Content))) > maxDiscord:
		return m, errors.New("content: must be 2000 or fewer in length")
	case w.Mentions == nil || w.Mentions.Parse == nil || len(w.Mentions.Parse) > 0:
		return m, errors.New("words of a feed may call people")
	}
	m.post.Text = escaped.ReplaceAllString(w.Content, "$1")
	return m, nil
}

// escaped is a sign that is shown as it is.
var escaped = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
