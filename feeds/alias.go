package feeds

import (
	"bytes"
	"slices"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
)

// Aliases are the names under which gofeed files the elements of vocabularies
// whose address it does not know, per usual prefix: it knows each by one or two
// spellings of its address, and publishers write more.
type aliases map[string][]string

// vocabulary is the usual prefix of a vocabulary, by its address; empty when it
// is none that this package reads.
func vocabulary(address string) string {
	s := strings.ToLower(strings.TrimSpace(address))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	s = strings.TrimRight(strings.TrimPrefix(s, "www."), "/#")
	switch s {
	case "search.yahoo.com/mrss", "search.yahoo.com/mrss/index.html", "tools.search.yahoo.com/mrss", "video.search.yahoo.com/mrss", "rssboard.org/media-rss":
		return "media"
	case "purl.org/dc/elements/1.1", "purl.org/dc/elements/1.0":
		return "dc"
	case "purl.org/dc/terms":
		return "dcterms"
	case "purl.org/rss/1.0/modules/content":
		return "content"
	case "purl.org/rss/1.0/modules/syndication":
		return "sy"
	case "itunes.com/dtds/podcast-1.0.dtd":
		return "itunes"
	case "rssnamespace.org/feedburner/ext/1.0":
		return "feedburner"
	case "prismstandard.org/namespaces/basic/1.2", "prismstandard.org/namespaces/basic/2.0", "prismstandard.org/namespaces/basic/2.1", "prismstandard.org/namespaces/basic/3.0", "prismstandard.org/namespaces/1.2/basic":
		return "prism"
	case "prismstandard.org/namespaces/prismusagerights/2.1", "prismstandard.org/namespaces/prismusagerights/3.0":
		return "pur"
	case "w3.org/2005/atom", "purl.org/atom/ns":
		return "atom"
	}
	return ""
}

// learn takes the declarations of a start tag.
func (a *aliases) learn(tag []byte) {
	const enough = 8
	rest := tag[min(len(tagName(tag))+1, len(tag)):]
	for {
		key, value, after, ok := nextAttr(rest)
		if !ok {
			return
		}
		rest = after
		prefix, declares := bytes.CutPrefix(key, []byte("xmlns"))
		if !declares || len(value) > 200 {
			continue
		}
		name := strings.TrimPrefix(string(prefix), ":")
		usual := vocabulary(string(value))
		if name == "" {
			name = strings.TrimSpace(string(value))
		}
		if usual == "" || usual == name || slices.Contains((*a)[usual], name) || len((*a)[usual]) >= enough {
			continue
		}
		if *a == nil {
			*a = aliases{}
		}
		(*a)[usual] = append((*a)[usual], name)
	}
}

// elements are those of a vocabulary among an item's, by name.
func (a aliases) elements(e ext.Extensions, usual string) map[string][]ext.Extension {
	found := e[usual]
	for _, name := range a[usual] {
		more := e[name]
		if len(more) == 0 {
			continue
		}
		if len(found) == 0 {
			found = more
			continue
		}
		found = joined(found, more)
	}
	return found
}

func joined(a, b map[string][]ext.Extension) map[string][]ext.Extension {
	out := make(map[string][]ext.Extension, len(a)+len(b))
	for _, m := range []map[string][]ext.Extension{a, b} {
		for name, list := range m {
			out[name] = append(out[name], list...)
		}
	}
	return out
}

// values are the texts of a vocabulary's elements of one name.
func (a aliases) values(e ext.Extensions, usual, name string) []string {
	var out []string
	for _, x := range a.elements(e, usual)[name] {
		if x.Value != "" {
			out = append(out, x.Value)
		}
	}
	return out
}
