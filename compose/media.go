package compose

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"spool"
)

const (
	minCandidates = 4    // so many pictures are named, as far as there are, if one is wanted: the others may be broken
	maxSide       = 8192 // pixels; larger ones come last
)

// choosePictures notes which films and pictures may go with a post, the best
// first, or else the page that one may be found on. It reports whether there is
// any hope.
func (c *composition) choosePictures() bool {
	if film, ok := c.film(); ok {
		c.media = append(c.media, film)
	}
	for _, m := range c.pictures() {
		c.media = append(c.media, c.attachment(m))
	}
	if len(c.media) == 0 && c.limits.Media.Images > 0 {
		c.page = c.picturePage()
	}
	return len(c.media) > 0 || c.page != ""
}

// picturePage is where a picture is looked for that the item does not have. The
// page of an alert has only the agency's emblem, and the post would wait for it.
func (c *composition) picturePage() string {
	if c.notice != nil {
		return ""
	}
	return webAddress(c.item.Link)
}

// pick is how many of the candidates are posted; 0: all.
func (c *composition) pick() int {
	wanted := min(max(c.wording.settings.Images, 1), max(c.limits.Media.Images, 1))
	if len(c.media) > 0 && c.media[0].Film() && !c.limits.Media.Together {
		wanted = 1
	}
	if len(c.media) <= wanted {
		return 0
	}
	return wanted
}

// pictures are the item's, each once however many sizes it comes in, in the order
// of the feed's reading, which has the largest first.
func (c *composition) pictures() []spool.Media {
	limit := min(c.limits.Media.Images, max(c.wording.settings.Images, minCandidates))
	if limit <= 0 {
		return nil
	}
	var found []spool.Media
	seen := map[string]int{}
	for _, m := range c.item.Media {
		if !picture(m) {
			continue
		}
		name := pictureName(m.URL)
		if i, known := seen[name]; known {
			found[i] = better(found[i], m)
			continue
		}
		seen[name] = len(found)
		found = append(found, m)
	}
	slices.SortStableFunc(found, func(a, b spool.Media) int { return usual(b) - usual(a) })
	return found[:min(len(found), limit)]
}

// better is the larger one of two sizes of a picture, with what is known of both.
func better(a, b spool.Media) spool.Media {
	if width(b) > width(a) {
		a, b = b, a
	}
	a.Alt, a.Credit = cmp.Or(a.Alt, b.Alt), cmp.Or(a.Credit, b.Credit)
	return a
}

// width is what is taken for a picture's width: most feeds do not say.
func width(m spool.Media) int {
	if m.Width > maxSide {
		return 1
	}
	return cmp.Or(m.Width, 640)
}

// usual puts small pictures behind the others, and enormous ones last.
func usual(m spool.Media) int {
	switch w := width(m); {
	case w == 1:
		return 0
	case w < 200:
		return 1
	}
	return 2
}

// film is the first film that the network takes.
func (c *composition) film() (spool.Attachment, bool) {
	if cmp.Or(c.wording.settings.Video, VideoAuto) == VideoNone {
		return spool.Attachment{}, false
	}
	for _, m := range c.item.Media {
		kind := mediaKind(m)
		if slices.Contains(c.limits.Media.Films, kind) && webAddress(m.URL) != "" {
			a := c.attachment(m)
			a.Type = kind
			return a, true
		}
	}
	return spool.Attachment{}, false
}

// attachment is a medium with as much of its description as the network takes.
func (c *composition) attachment(m spool.Media) spool.Attachment {
	a := spool.Attachment{URL: webAddress(m.URL), Type: m.Type, Credit: line(m.Credit), Width: m.Width, Height: m.Height}
	if c.limits.Alt > 0 {
		a.Alt = shorten(clip(lines(m.Alt), maxSummary), func(s string) bool { return utf8.RuneCountInString(s) <= c.limits.Alt })
	}
	return a
}

// picture reports whether a medium is a picture that networks can show, and not
// one of the tiny ones that only count readers.
func picture(m spool.Media) bool {
	if webAddress(m.URL) == "" || m.Width > 0 && m.Width < 32 || m.Height > 0 && m.Height < 32 {
		return false
	}
	switch kind := mediaKind(m); {
	case kind == "image/svg+xml":
		return false
	case strings.HasPrefix(kind, "image/"):
		return true
	case kind != "" && kind != "application/octet-stream":
		return false
	}
	address, err := url.Parse(m.URL)
	if err != nil {
		return false
	}
	return slices.Contains([]string{".jpg", ".jpeg", ".png", ".gif", ".webp"}, strings.ToLower(path.Ext(address.Path)))
}

// mediaKind is a medium's MIME type without its parameters.
func mediaKind(m spool.Media) string {
	kind, _, _ := strings.Cut(strings.ToLower(m.Type), ";")
	return strings.TrimSpace(kind)
}

var (
	sizeInPath  = regexp.MustCompile(`(?i)/[a-z]?\d{2,4}(/|\.|$)|[-_/.]\d{2,4}x\d{2,4}|[-_/.](?:[wh]_?\d{2,4}|\d{2,4}[wh])([-_/.]|$)|@\dx|[-_](?:scaled|thumb|thumbnail|small|medium|large)([-_/.]|$)`)
	sizeInQuery = regexp.MustCompile(`(?i)^(?:w|h|width|height|q|quality|fit|crop|dpr|auto|s|sig|size|resize|format|fm|imwidth|sharp|scale|strip|ssl|v)$`)
)

// pictureName is the same for the sizes of one picture, as publishers' systems
// name them: "/240/storm.jpg" and "/976/storm.jpg", "storm-300x200.jpg",
// "storm.jpg?w=300". In doubt two pictures are taken for one.
func pictureName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	name := u.Path
	for range 3 { // separators are shared
		name = sizeInPath.ReplaceAllString(name, "$1$2$3")
	}
	var rest []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if key, _, _ := strings.Cut(pair, "="); pair != "" && !sizeInQuery.MatchString(key) {
			rest = append(rest, pair)
		}
	}
	slices.Sort(rest)
	return strings.ToLower(u.Host) + strings.TrimSuffix(name, path.Ext(u.Path)) + "?" + strings.Join(rest, "&")
}
