package spool

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// TextLimits are what a network takes as the words of a post. Each network's
// package states its own, with the source of the figures.
type TextLimits struct {
	Network string
	Max     int              // the longest text, in units of Length
	Length  func(string) int // how the network counts; nil counts code points
	Bytes   int              // a limit in UTF-8 bytes that Content.Short keeps; 0: none
	Topic   int              // the longest topic in code points; 0: the network has no topics
	Alt     int              // the longest image description in code points
	Card    bool             // a link can be shown as a card that costs no characters
	Own     bool             // what the card says comes from us: Content.Card is wanted
	Hard    int              // a limit in UTF-8 bytes that every text keeps as well; 0: none
	Tags    int              // the longest hashtag in code points; 0: as long as it likes
	Replies bool             // a post can answer another, so a long text can go on in replies
	Warn    bool             // a post can be hidden behind a content warning, which counts with the text
	Media   MediaLimits
	Mute    func(string) string // makes accidental syntax of the network in feed text harmless; nil: nothing to do
}

// Fingerprint is equal for contents that a reader could not tell apart: the
// same link and the same words, whatever their white space.
func (c Content) Fingerprint() string {
	sum := sha256.Sum256([]byte(c.Link + "\n" + strings.Join(strings.Fields(c.Text), " ")))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
