// Package opml reads and writes lists of feeds in OPML, the format in which
// readers of feeds hand them to one another.
//
// [Parse] takes what programs write, which is often not what the format says:
// any capitals in attributes, addresses under several names, folders in
// folders or in a category, other encodings, text around the document. [Write]
// writes OPML 2.0.
package opml

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Limits of what is read. They are far above what people have: the largest
// lists have a few thousand feeds.
const (
	MaxBytes = 8 << 20
	MaxFeeds = 10_000
	maxDepth = 50
	maxLines = 100_000 // outlines of any kind
	maxText  = 300     // characters of a title or a folder
	maxURL   = 2048    // bytes of an address, as in a configuration
	maxNotes = 100
)

// A List is what an OPML file holds.
type List struct {
	Title string
	Feeds []Feed   // in the order of the file
	Notes []string // for people: what was left out or repaired, and why
}

// A Feed is one entry of a list.
type Feed struct {
	URL     string   // http or https
	Title   string   // may be empty
	Site    string   // address of the site; may be empty
	Type    string   // "rss", "atom", "sitemap" …; may be empty
	Folders []string // that it is in, each as "outer/inner"; the first counts most
}

// ErrNotOPML is wrapped by errors about files that hold something else.
var ErrNotOPML = errors.New("this is no OPML file")

// web makes an address of what an attribute says. Readers also write "feed://",
// and leave the scheme out.
func web(s string) (string, error) {
	s = strings.TrimSpace(s)
	if rest, ok := cutFold(s, "feed:"); ok {
		s = rest
		if strings.HasPrefix(s, "//") {
			s = "http:" + s
		}
	}
	if !strings.Contains(s, "://") && strings.Contains(s, ".") && !strings.HasPrefix(s, "/") && !strings.Contains(before(s, "/"), ":") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	switch {
	case len(s) > maxURL:
		return "", fmt.Errorf("its address is longer than %d characters", maxURL)
	case err != nil || strings.ContainsAny(s, " \t\r\n"):
		return "", errors.New("its address cannot be understood")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", errors.New("its address is not one of the web")
	case u.Hostname() == "":
		return "", errors.New("its address names no host")
	case u.User != nil:
		return "", errors.New("its address has a user name or a password in it: add it by hand, with auth")
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), nil
}

func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

func before(s, sep string) string {
	head, _, _ := strings.Cut(s, sep)
	return head
}
