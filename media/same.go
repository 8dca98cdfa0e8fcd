package media

import (
	"crypto/sha256"
	"net/url"
	"path"
	"regexp"
	"strings"

	"spool"
)

// A likeness is what the same picture is known by when it comes twice. Empty
// fields say nothing.
type likeness struct {
	place string
	sum   [sha256.Size]byte // of the bytes that were fetched
	form  form
}

// A form is what one picture has in common with no other, as good as certainly:
// encoded by the same program to the same number of bytes.
type form struct {
	mime                string
	width, height, size int
}

func likenessOf(a spool.Attachment) likeness {
	key, _ := samePlace(a.URL)
	l := likeness{place: key}
	if a.Width > 0 {
		l.form = form{a.Type, a.Width, a.Height, a.Size}
	}
	return l
}

// met reports whether a picture that is like l has been taken.
func (w *work) met(l likeness) bool {
	for _, s := range w.seen {
		if l.place != "" && l.place == s.place || l.sum != (likeness{}).sum && l.sum == s.sum || l.form != (form{}) && l.form == s.form {
			return true
		}
	}
	return false
}

// sizeSuffix is how content systems name the copies of a picture in other sizes.
var sizeSuffix = regexp.MustCompile(`-[0-9]{2,4}x[0-9]{2,4}$`)

// samePlace is an address without what makes no other picture of it: the scheme,
// the fragment, and what only asks for another size. False: it is no address that
// can be fetched.
func samePlace(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	host := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(u.Host), ":80"), ":443")
	file, ext := u.EscapedPath(), path.Ext(u.EscapedPath())
	file = sizeSuffix.ReplaceAllString(strings.TrimSuffix(file, ext), "") + ext
	query := u.Query()
	for name := range query {
		switch strings.ToLower(name) {
		case "w", "h", "width", "height", "resize", "fit", "size", "quality", "q", "dpr", "strip", "ssl":
			query.Del(name)
		}
	}
	return host + file + "?" + query.Encode(), true
}

// shown is an address as it may be told: the query may be a secret.
func shown(address string) string {
	const longest = 200
	u, err := url.Parse(address)
	if err != nil {
		return "(an address that cannot be read)"
	}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	text := bare.String()
	if len(text) > longest {
		text = text[:longest] + "…"
	}
	return strings.ToValidUTF8(text, "")
}

// noted is the address under which is noted what a page says: its fragment makes no
// other page of it. False: it is no address that can be fetched.
func noted(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), true
}
