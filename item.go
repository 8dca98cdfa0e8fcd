package spool

import "time"

// An Item is one entry of a feed, cleaned: all text is plain, valid UTF-8
// without NUL, and all addresses are absolute.
type Item struct {
	ID         string    `json:"id"`   // stable, derived from its group and its strongest key
	Feed       string    `json:"feed"` // the feed it was first seen in
	GUID       string    `json:"guid,omitempty"`
	Link       string    `json:"link,omitempty"`
	Title      string    `json:"title,omitempty"`
	Summary    string    `json:"summary,omitempty"`
	Author     string    `json:"author,omitempty"`
	Language   string    `json:"language,omitempty"` // BCP 47, as the feed says
	Categories []string  `json:"categories,omitempty"`
	Media      []Media   `json:"media,omitempty"`
	Published  time.Time `json:"published,omitzero"` // zero when the feed does not say
	Updated    time.Time `json:"updated,omitzero"`
	Embargo    time.Time `json:"embargo,omitzero"` // not to be shown before, as the feed says; zero: it says nothing
	Seen       time.Time `json:"seen,omitzero"`    // when Spool first saw it
	Alert      *Alert    `json:"alert,omitempty"`  // of a service alert: all of it
	Digest     string    `json:"-"`                // changes when its words change: see package dedupe
}

// When is the moment that orders items and that their age is counted from: the
// publication date, unless it is unknown or in the future of now, then now.
func (i Item) When(now time.Time) time.Time {
	switch {
	case !i.Published.IsZero() && !i.Published.After(now):
		return i.Published
	case !i.Seen.IsZero() && !i.Seen.After(now):
		return i.Seen
	}
	return now
}

// Media is a picture, a sound or a film that an item carries.
type Media struct {
	URL    string `json:"url"`
	Type   string `json:"type,omitempty"` // MIME type, as far as it is known
	Alt    string `json:"alt,omitempty"`
	Credit string `json:"credit,omitempty"` // who made it, or owns the rights
	Width  int    `json:"width,omitempty"`  // pixels; 0 when unknown
	Height int    `json:"height,omitempty"`
}

// A Key is one of the names an item is known by within a group of feeds: a
// kind, a colon and a hash, for example "guid:Zk3…". Keys are kept for good.
type Key string

// Known is what is remembered of an item that one of the keys belongs to.
type Known struct {
	Item   string // the item's ID
	Digest string
	Feeds  []string // the feeds of the group that have listed it
}
