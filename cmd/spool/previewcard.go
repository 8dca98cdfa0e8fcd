package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"spool"
	"spool/publisher"
)

// A previewPost is what one account would say about an item.
type previewPost struct {
	Account string        `json:"account"`
	Network string        `json:"network"`
	Item    string        `json:"item"`
	Text    string        `json:"text"`
	Link    string        `json:"link"`
	Image   string        `json:"image"` // the first of Media
	Alt     string        `json:"alt,omitempty"`
	Topic   string        `json:"topic"`
	Length  int           `json:"length"`
	Limit   int           `json:"limit"`
	Notes   []string      `json:"notes,omitempty"`
	More    []string      `json:"more,omitempty"`  // how the text goes on, in replies
	Parts   []int         `json:"parts,omitempty"` // their lengths
	Card    *previewCard  `json:"card,omitempty"`  // what the card says, where it is ours to say
	Media   []previewFile `json:"media,omitempty"`
	Warning string        `json:"warning,omitempty"`
	Embargo string        `json:"embargo,omitempty"` // not before, RFC 3339

	// Payload is the request that would make the post visible. Names in brackets
	// stand for what only the network can say.
	Payload *publisher.Payload `json:"payload,omitempty"`
}

type previewCard struct {
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Thumb       *previewFile `json:"thumb,omitempty"`
}

type previewFile struct {
	URL    string `json:"url"`
	Type   string `json:"type"`
	Alt    string `json:"alt"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	Size   int    `json:"size,omitempty"` // bytes; 0: it was not fetched
}

// fill takes over what a content says.
func (post *previewPost) fill(c spool.Content) {
	post.Text, post.Link, post.Topic, post.More, post.Warning = c.Text, c.Link, c.Topic, c.More, c.Warning
	for _, a := range c.Media {
		post.Media = append(post.Media, viewFile(a))
	}
	if len(post.Media) > 0 {
		post.Image, post.Alt = post.Media[0].URL, post.Media[0].Alt
	}
	if c.Card.Title != "" || c.Card.Description != "" || c.Card.Thumb != nil {
		post.Card = &previewCard{Title: c.Card.Title, Description: c.Card.Description}
		if c.Card.Thumb != nil {
			thumb := viewFile(*c.Card.Thumb)
			post.Card.Thumb = &thumb
		}
	}
	if c.Open && c.Page != "" && len(c.Media) == 0 {
		post.Notes = append(post.Notes, "the feed has no picture: the article's page is asked for one before it is posted (--pictures asks now)")
	}
}

func viewFile(a spool.Attachment) previewFile {
	return previewFile{URL: a.URL, Type: a.Type, Alt: a.Alt, Width: a.Width, Height: a.Height, Size: a.Size}
}

// printWords shows a post as a card: what a reader sees within the frame, what
// the operator wants to know below it.
func (p *program) printWords(post previewPost) {
	fmt.Fprintf(p.out, "%s %s\n", p.paint(post.Account, cyan), p.paint(fmt.Sprintf("(%s)  %d of %d characters", post.Network, post.Length, post.Limit), dim))
	if post.Text == "" && len(post.Media) == 0 {
		p.printRemarks(post)
		return
	}
	if post.Warning != "" {
		p.printBar("⚠ "+post.Warning, yellow)
		p.printBar("", plain)
	}
	p.printBar(post.Text, plain)
	for _, m := range post.Media {
		p.printBar("", plain)
		p.printBar("["+m.says("picture")+"]", green)
	}
	p.printLinkCard(post)
	for i, part := range post.More {
		length := ""
		if i < len(post.Parts) {
			length = fmt.Sprintf("  %d of %d characters", post.Parts[i], post.Limit)
		}
		fmt.Fprintln(p.out, p.paint(fmt.Sprintf("  └ reply %d of %d%s", i+1, len(post.More), length), dim))
		p.printBar(part, plain)
	}
	p.printPart("topic", post.Topic)
	p.printPart("not before", post.Embargo)
	p.printRemarks(post)
}

// printLinkCard shows the card of a post's link.
func (p *program) printLinkCard(post previewPost) {
	if post.Link == "" {
		return
	}
	p.printBar("", plain)
	lines := []string{"card " + host(post.Link)}
	if c := post.Card; c != nil {
		if c.Thumb != nil {
			lines = append(lines, "["+c.Thumb.says("picture")+"]")
		}
		lines = append(lines, c.Title, c.Description)
	}
	for i, line := range append(lines, post.Link) {
		ink := plain
		if i == 0 || line == post.Link {
			ink = dim
		}
		if line != "" {
			p.printBeside("  │ ▌ ", oneLine(line), ink)
		}
	}
}

func (p *program) printRemarks(post previewPost) {
	for _, note := range post.Notes {
		p.printPart("note", fold(p.out, note, "        "))
	}
}

// printBar writes a text beside the line that marks what a reader sees.
func (p *program) printBar(text string, ink colour) { p.printBeside("  │ ", text, ink) }

// printBeside writes a text with the same before each of its lines.
func (p *program) printBeside(bar, text string, ink colour) {
	room := strings.Repeat(" ", width(bar))
	for line := range strings.SplitSeq(text, "\n") {
		for part := range strings.SplitSeq(fold(p.out, line, room), "\n"+room) {
			fmt.Fprintln(p.out, strings.TrimRight(p.paint(bar, dim)+p.paint(part, ink), " "))
		}
	}
}

// says is a picture in words.
func (f previewFile) says(what string) string {
	if strings.HasPrefix(f.Type, "video/") {
		what = "film"
	}
	size := ""
	if f.Width > 0 && f.Height > 0 {
		size = fmt.Sprintf(" %d×%d", f.Width, f.Height)
	}
	if f.Size > 0 {
		size += fmt.Sprintf(", %d KiB", max(f.Size>>10, 1))
	}
	alt := "without a description"
	if f.Alt != "" {
		alt = "“" + oneLine(f.Alt) + "”"
	}
	return what + size + ": " + alt + " " + f.URL
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// printPayload shows the request that would make a post visible.
func (p *program) printPayload(post previewPost) {
	if post.Payload == nil {
		return
	}
	var body strings.Builder
	enc := json.NewEncoder(&body)
	enc.SetIndent("    ", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(post.Payload.Body); err != nil {
		body.WriteString(err.Error())
	}
	p.printPart("sends", post.Payload.Method+" "+post.Payload.URL)
	fmt.Fprintln(p.out, p.paint("    "+strings.TrimSpace(body.String()), dim))
}

func (p *program) printPart(name, value string) {
	if value != "" {
		fmt.Fprintf(p.out, "  %s %s\n", p.paint(pad(name, 5), dim), value)
	}
}
