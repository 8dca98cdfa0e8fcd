package config

import (
	"fmt"
	"strings"
)

// warnFilters warns of patterns that can hardly be meant as they are written:
// with include, one that never matches keeps everything out without a word.
func (w *walker) warnFilters(path string, o FeedOptions) {
	for key, list := range map[string][]Filter{"include": o.Include, "exclude": o.Exclude} {
		path := path + "." + key
		if _, own := w.config.places[path]; !own {
			continue // it is that of defaults, which has a warning of its own
		}
		for i, f := range list {
			if why := f.odd(); why != "" {
				w.warning(fmt.Sprintf("%s[%d]", path, i), why)
			}
		}
	}
}

// fieldNames are what people call the fields of a filter, and what they are
// called here.
func fieldNames() map[string]string {
	return map[string]string{
		"titles": "title", "headline": "title", "description": "summary", "text": "summary", "content": "summary", "body": "summary",
		"categories": "category", "tag": "category", "tags": "category", "keyword": "category", "keywords": "category", "section": "category",
		"authors": "author", "creator": "author", "by": "author", "links": "link", "url": "link", "guid": "link", "href": "link",
	}
}

// odd says why a filter is probably not meant as it is written; empty: it is.
func (f Filter) odd() string {
	prefix, rest, ok := strings.Cut(f.Regexp.String(), ":")
	if !ok || f.On != "" || rest == "" || rest[0] == ' ' {
		return "" // "Links: the best of the week" are words
	}
	field := fieldNames()[prefix]
	for _, known := range filterFields() {
		if field == "" && strings.EqualFold(prefix, known) {
			field = known
		}
	}
	if field == "" {
		return ""
	}
	return fmt.Sprintf("looks for the very characters %q; to look at one part of an item, write %s:%s", prefix+":", field, rest)
}
