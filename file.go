package spool

import "time"

// A File is a picture or a film as it is handed to networks, kept for as long as
// a post may need it.
type File struct {
	Name    string // nobody can guess it; small letters and digits
	Type    string // MIME type
	Data    []byte
	Width   int // pixels; 0: unknown
	Height  int
	Public  bool // served below /media/ to whoever knows the name: a network fetches it there
	Created time.Time
	Expires time.Time // kept beyond that only while a post that has yet to go out names it
}
