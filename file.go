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

// Extension is how the file's name ends in its public address, since some fetchers go
// by it; empty for a type that is never served.
func (f File) Extension() string {
	switch f.Type {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/webp":
		return ".webp"
	case "image/avif":
		return ".avif"
	case "image/heic":
		return ".heic"
	case "video/mp4":
		return ".mp4"
	case "video/quicktime":
		return ".mov"
	case "video/webm":
		return ".webm"
	}
	return ""
}
