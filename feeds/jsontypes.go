package feeds

import (
	"encoding/json"
	"strings"
)

// retyped is an item of a JSON feed whose values have the types that JSON Feed
// gives them. A value of another type is converted where it is plain what is
// meant, such as a number for an id or a text for a list of tags, and else left
// out. It is nil when the text is no object.
func retyped(item []byte) []byte {
	var in map[string]json.RawMessage
	if json.Unmarshal(item, &in) != nil {
		return nil
	}
	out := map[string]any{}
	for _, name := range []string{
		"id", "url", "external_url", "title", "content_html", "content_text", "summary",
		"image", "banner_image", "date_published", "date_modified", "language",
	} {
		if s := jsonText(in[name]); s != "" {
			out[name] = s
		}
	}
	out["tags"] = jsonTexts(in["tags"])
	out["authors"] = jsonObjects(in["authors"], "name", "url", "avatar")
	if _, ok := in["authors"]; !ok {
		out["authors"] = jsonObjects(in["author"], "name", "url", "avatar")
	}
	out["attachments"] = jsonObjects(in["attachments"], "url", "mime_type", "title")
	text, err := json.Marshal(out)
	if err != nil {
		return nil
	}
	return text
}

// jsonText is a text, or a number as it is written; empty when it is neither.
func jsonText(raw json.RawMessage) string {
	var s string
	var n json.Number
	switch {
	case len(raw) == 0:
	case raw[0] == '"' && json.Unmarshal(raw, &s) == nil:
		return s
	case raw[0] != '"' && json.Unmarshal(raw, &n) == nil:
		return n.String()
	}
	return ""
}

// jsonTexts are the texts of a list, or those that a single text has between
// commas.
func jsonTexts(raw json.RawMessage) []string {
	list := []string{}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		for _, s := range strings.Split(jsonText(raw), ",") {
			list = append(list, strings.TrimSpace(s))
		}
		return list
	}
	for _, part := range parts {
		if s := jsonText(part); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// jsonObjects are the objects of a list, or a single one, with those of their
// members that are texts. A text in the place of an object is its first member.
func jsonObjects(raw json.RawMessage, members ...string) []map[string]string {
	list := []map[string]string{}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		parts = []json.RawMessage{raw}
	}
	for _, part := range parts {
		object := map[string]string{}
		var in map[string]json.RawMessage
		if s := jsonText(part); s != "" {
			object[members[0]] = s
		} else if json.Unmarshal(part, &in) == nil {
			for _, name := range members {
				if s := jsonText(in[name]); s != "" {
					object[name] = s
				}
			}
		}
		if len(object) > 0 {
			list = append(list, object)
		}
	}
	return list
}
