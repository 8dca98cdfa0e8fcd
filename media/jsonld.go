package media

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
)

const (
	maxJSON      = 128 << 10 // of one script, in bytes
	maxJSONDepth = 6
)

// jsonPictures are the pictures of the articles that a script of JSON-LD describes.
func jsonPictures(script []byte) []pageImage {
	if len(script) > maxJSON {
		return nil
	}
	var v any
	if err := json.Unmarshal(script, &v); err != nil {
		return nil
	}
	return articlePictures(v, 0)
}

// articlePictures looks for articles in v, in the graphs and lists that hold them.
func articlePictures(v any, depth int) []pageImage {
	if depth > maxJSONDepth {
		return nil
	}
	switch v := v.(type) {
	case []any:
		var all []pageImage
		for _, e := range v[:min(len(v), 20)] {
			all = append(all, articlePictures(e, depth+1)...)
			if len(all) >= maxPagePictures {
				break
			}
		}
		return all
	case map[string]any:
		if isArticle(v["@type"]) {
			return pictureValues(v["image"], depth)
		}
		return append(articlePictures(v["@graph"], depth+1), articlePictures(v["mainEntity"], depth+1)...)
	}
	return nil
}

func isArticle(kind any) bool {
	switch kind := kind.(type) {
	case string:
		return strings.HasSuffix(kind, "Article") || strings.HasSuffix(kind, "Posting") || kind == "Report" || kind == "WebPage"
	case []any:
		return slices.ContainsFunc(kind, func(k any) bool { s, ok := k.(string); return ok && isArticle(s) })
	}
	return false
}

// pictureValues reads an address, an ImageObject, or a list of either.
func pictureValues(v any, depth int) []pageImage {
	if depth > maxJSONDepth {
		return nil
	}
	switch v := v.(type) {
	case string:
		return []pageImage{{URL: v}}
	case []any:
		for _, e := range v {
			if found := pictureValues(e, depth+1); len(found) > 0 {
				return found // the others are the same in other shapes
			}
		}
	case map[string]any:
		address, _ := v["url"].(string)
		if address == "" {
			address, _ = v["contentUrl"].(string)
		}
		alt, _ := v["caption"].(string)
		if address != "" {
			return []pageImage{{URL: address, Alt: alt}}
		}
	}
	return nil
}

// general recognises, by the name of its file, a picture that stands for the whole
// site and shows nothing of an article.
func general(address string) bool {
	place, _, _ := strings.Cut(address, "?")
	name := strings.ToLower(strings.TrimSuffix(path.Base(place), path.Ext(place)))
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' && r < 'a' || r > 'z' }) {
		switch word {
		case "logo", "placeholder", "favicon", "avatar", "fallback", "noimage", "spacer", "blank":
			return true
		}
	}
	return name == "default" || strings.HasSuffix(place, ".svg") || strings.HasSuffix(place, ".ico")
}
