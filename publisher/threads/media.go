package threads

import (
	"fmt"
	"net/url"
	"slices"

	"spool"
)

// The limits of pictures and films. Meta's documentation gives two to twenty
// items for a carousel; for images JPEG or PNG, 8 MB, 320 to 1,440 pixels of
// width and sides of 10:1; for films MP4 or MOV and 1 GB.
const (
	maxMedia = 20
	maxFilm  = 1 << 30
)

func mediaLimits() spool.MediaLimits {
	return spool.MediaLimits{
		Images: maxMedia, Types: []string{"image/jpeg", "image/png"}, Bytes: 8 << 20,
		Width: 1440, Narrow: 320, Aspect: 10,
		Films: []string{"video/mp4", "video/quicktime"}, Film: maxFilm,
		ByURL: true, Together: true,
	}
}

// media are the places in Content.Media of what is posted: what has an address
// that the network can fetch and was not lost on the way.
func (n notes) media(c spool.Content) []int {
	var left []int
	for i, a := range c.Media {
		if len(left) < maxMedia && webAddress(a.Public) && !slices.Contains(n.Lost, i) {
			left = append(left, i)
		}
	}
	return left
}

// content is what is posted of what was asked for: where pictures were wanted
// and none is left, what stands in their place.
func (n notes) content(c spool.Content) spool.Content {
	instead := c.Fallback()
	if len(c.Media) == 0 || len(n.media(c)) > 0 || instead == nil {
		return c
	}
	d := *instead
	d.Media = nil
	return d
}

// shape is what a container for the content would be.
func (n notes) shape(c spool.Content) string {
	left := n.media(c)
	switch {
	case len(left) > 1:
		return shapeCarousel
	case len(left) == 0:
		return shapeText
	case c.Media[left[0]].Film():
		return shapeVideo
	}
	return shapeImage
}

// single reports whether the container is one picture or film.
func (n notes) single() bool { return n.Shape == shapeImage || n.Shape == shapeVideo }

// unreachable gives up the media that have no address for the network. Where to
// put a copy that it can fetch was decided before the post came here.
func (n *notes) unreachable(c spool.Content) {
	for i, a := range c.Media {
		if !webAddress(a.Public) && !slices.Contains(n.Lost, i) {
			n.lose(c, "it has no address that Threads can fetch it from", i)
		}
	}
}

// lose gives media up, by their places, and says so in the history.
func (n *notes) lose(c spool.Content, why string, which ...int) {
	n.remark(n.without(c, which) + ": " + why)
	n.Lost = append(slices.Clone(n.Lost), which...)
	n.Children = slices.DeleteFunc(slices.Clone(n.Children), func(x child) bool { return slices.Contains(which, x.Of) })
}

// without names what is given up.
func (n notes) without(c spool.Content, which []int) string {
	switch {
	case len(which) == 0:
		return "without pictures"
	case len(which) > 1 && len(which) == len(n.media(c)) && len(n.Lost) == 0:
		return "without the pictures"
	case len(which) > 1:
		return "without the other pictures"
	}
	i := which[0]
	name := "image"
	if c.Media[i].Film() {
		name = "film"
	}
	if len(c.Media) == 1 {
		return "without the " + name
	}
	return fmt.Sprintf("without %s %d of %d", name, i+1, len(c.Media))
}

// unusable is why media are given up that the network refused.
func unusable(code string) string { return "Threads could not use it (" + code + ")" }

// mediumParams adds what a container of a picture or a film is made of.
func mediumParams(v url.Values, a spool.Attachment) url.Values {
	kind, name := "IMAGE", "image_url"
	if a.Film() {
		kind, name = "VIDEO", "video_url"
	}
	v.Set("media_type", kind)
	v.Set(name, a.Public)
	if text := alt(a.Alt); text != "" {
		v.Set("alt_text", text)
	}
	return v
}

// childParams are what a child of a carousel is made of.
func childParams(a spool.Attachment) url.Values {
	return mediumParams(url.Values{"is_carousel_item": {"true"}}, a)
}
