package feeds

import (
	"cmp"
	"path"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"

	"spool"
)

// captions are what says something about a medium: of itself, or else of the
// group or the item that it is in.
type captions struct{ alt, credit string }

// mediaRSS reads the elements of Media RSS. What describes a group, or the
// item, describes each medium in it that has no words of its own.
func mediaRSS(m map[string][]ext.Extension) []medium {
	if len(m) == 0 {
		return nil
	}
	return mediaGroup(m, captions{}, 0)
}

func mediaGroup(m map[string][]ext.Extension, outer captions, depth int) []medium {
	said := outer.within(m)
	pictures := said
	if ofFilm(m["content"]) {
		pictures.alt = outer.alt
	}
	var out []medium
	for _, content := range few(m["content"]) {
		out = append(out, mediaContent(content, said)...)
	}
	if depth == 0 {
		for _, group := range few(m["group"]) {
			out = append(out, mediaGroup(group.Children, said, depth+1)...)
		}
	}
	for _, t := range few(m["thumbnail"]) {
		out = append(out, mediaItem(t, "image", pictures, usualThumbnail))
	}
	return out
}

// few is as many elements as are looked at.
func few(list []ext.Extension) []ext.Extension { return list[:min(len(list), maxFound)] }

// ofFilm reports whether what describes elements describes a film, or a sound:
// then it says nothing about the picture that stands for it.
func ofFilm(contents []ext.Extension) bool {
	for _, c := range contents {
		kind := strings.ToLower(mediaType(c.Attrs["type"], c.Attrs["url"], c.Attrs["medium"]))
		if kind != "" && !isPicture(kind) {
			return true
		}
	}
	return false
}

// mediaText is the first title or description among Media RSS elements: of the
// item, or else of the first group or medium within it.
func mediaText(m map[string][]ext.Extension, name string) string {
	if value := firstValue(m[name]); value != "" {
		return value
	}
	for _, inner := range []string{"group", "content"} {
		for _, e := range m[inner] {
			if value := firstValue(e.Children[name]); value != "" {
				return value
			}
		}
	}
	return ""
}

func mediaContent(c ext.Extension, outer captions) []medium {
	said := outer.within(c.Children)
	var out []medium
	if c.Attrs["url"] != "" || c.Value != "" {
		out = append(out, mediaItem(c, c.Attrs["medium"], said, usualImage))
	}
	if ofFilm([]ext.Extension{c}) {
		said.alt = outer.alt
	}
	for _, t := range few(c.Children["thumbnail"]) {
		out = append(out, mediaItem(t, "image", said, usualThumbnail))
	}
	return out
}

func mediaItem(e ext.Extension, kind string, said captions, rank int) medium {
	link := e.Attrs["url"]
	if link == "" {
		link = e.Value
	}
	return medium{rank: rank, Media: spool.Media{
		URL: link, Alt: said.alt, Credit: said.credit, Type: mediaType(e.Attrs["type"], link, kind),
		Width: pixels(e.Attrs["width"]), Height: pixels(e.Attrs["height"]),
	}}
}

// within adds what elements say themselves. A title comes last: it is often the
// headline, which ranked takes out, or the name of a file.
func (c captions) within(m map[string][]ext.Extension) captions {
	for _, name := range []string{"description", "text", "title"} {
		if value := firstValue(m[name]); value != "" && (name != "title" || c.alt == "") {
			if name == "title" {
				value = words(value)
			}
			c.alt = value
			break
		}
	}
	if credit := cmp.Or(credited(m["credit"]), firstValue(m["copyright"])); credit != "" {
		c.credit = credit
	}
	return c
}

func firstValue(list []ext.Extension) string {
	for _, e := range list {
		if e.Value != "" {
			return e.Value
		}
	}
	return ""
}

// credited is who a medium is by: the photographer, if one is named, or the
// first who is.
func credited(list []ext.Extension) string {
	for _, e := range list {
		if e.Value != "" && strings.EqualFold(e.Attrs["role"], "photographer") {
			return e.Value
		}
	}
	return firstValue(list)
}

// words is a title if it can be words for people, and not the name of a file.
func words(title string) string {
	title = strings.TrimSpace(title)
	if !strings.ContainsAny(title, " \t\n") && (path.Ext(title) != "" || strings.ContainsAny(title, "_/0123456789") || strings.Count(title, "-") > 1) {
		return ""
	}
	if typeByName(strings.ReplaceAll(title, " ", "_")) != "" {
		return ""
	}
	return title
}
