package gtfsrt

import (
	"html"
	"strings"
)

// unmarked takes tags and entities out of a text. One that was escaped once too often
// is gone through twice, but only where it had no tags before: a text may speak of one.
func unmarked(s string) string {
	if strings.Contains(s, "<![CDATA[") {
		s = strings.ReplaceAll(s, "]]>", "")
	}
	once, tags := untagged(s)
	once = unescaped(once)
	if tags || !strings.ContainsAny(once, "<&") || once == s {
		return once
	}
	if again, tags := untagged(once); tags {
		once = again
	}
	return unescaped(once)
}

// untagged takes tags, comments, scripts and styles out of HTML, in one pass, and
// reports whether there were tags. What merely looks like a tag stays: "<10 min",
// "<Red Line>".
func untagged(s string) (text string, tags bool) {
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			return b.String(), tags
		}
		b.WriteString(s[:i])
		s = s[i:]
		if rest, ok := past(s); ok {
			s, tags = rest, true
			continue
		}
		name, closing, rest, ok := element(s)
		if !ok {
			b.WriteByte('<')
			s = s[1:]
			continue
		}
		tags = true
		b.WriteString(instead(name, closing))
		if s = rest; !closing && (name == "script" || name == "style") {
			s = after(s, "</"+name)
		}
	}
}

// past skips a comment or a declaration at the beginning of s.
func past(s string) (rest string, ok bool) {
	switch {
	case strings.HasPrefix(s, "<!--"):
		_, rest, _ = strings.Cut(s, "-->")
		return rest, true
	case strings.HasPrefix(s, "<![CDATA["):
		return s[len("<![CDATA["):], true
	case strings.HasPrefix(s, "<!"), strings.HasPrefix(s, "<?"):
		_, rest, _ = strings.Cut(s, ">")
		return rest, true
	}
	return s, false
}

// element is the HTML element that a tag at the beginning of s opens or closes, and
// what follows it. A tag that does not end reaches to the next one.
func element(s string) (name string, closing bool, rest string, ok bool) {
	rest, closing = strings.CutPrefix(s[1:], "/")
	n := 0
	for n < len(rest) && n < 12 && (rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z' || n > 0 && rest[n] >= '0' && rest[n] <= '9') {
		n++
	}
	name = strings.ToLower(rest[:n])
	if !isElement(name) || n < len(rest) && !strings.ContainsRune(" \t\r\n/>", rune(rest[n])) {
		return "", false, s, false
	}
	rest = rest[n:]
	end := strings.IndexAny(rest, "<>")
	switch {
	case end < 0:
		rest = ""
	case rest[end] == '>':
		rest = rest[end+1:]
	default:
		rest = rest[end:]
	}
	return name, closing, rest, true
}

func isElement(name string) bool {
	switch name {
	case "a", "abbr", "address", "article", "aside", "b", "big", "blockquote", "body", "br", "button", "caption", "center",
		"cite", "code", "col", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "form", "h1", "h2",
		"h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i", "iframe", "img", "input", "ins", "label", "li", "link",
		"main", "mark", "meta", "nav", "ol", "option", "p", "picture", "pre", "q", "s", "script", "section", "select", "small",
		"source", "span", "strike", "strong", "style", "sub", "sup", "svg", "table", "tbody", "td", "template", "tfoot", "th",
		"thead", "time", "title", "tr", "tt", "u", "ul", "video", "wbr":
		return true
	}
	return false
}

// instead is what stands in the place of a tag.
func instead(name string, closing bool) string {
	switch name {
	case "br", "div", "tr", "dt", "dd", "hr", "section", "article", "header", "footer", "title", "option":
		return "\n"
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "dl":
		return "\n\n"
	case "li":
		if closing {
			return ""
		}
		return "\n\u2022 "
	case "td", "th", "img":
		return " "
	}
	return ""
}

// after is what follows the tag that closes an element whose content is no text.
func after(s, closing string) string {
	for i := 0; i+len(closing) <= len(s); i++ {
		if s[i] == '<' && strings.EqualFold(s[i:i+len(closing)], closing) {
			_, rest, _ := strings.Cut(s[i:], ">")
			return rest
		}
	}
	return ""
}

// unescaped makes characters of entities. Those that do not end with a semicolon stay:
// "a=1&section=2" is an address.
func unescaped(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		n := entityLength(s)
		b.WriteString(html.UnescapeString(s[:n]))
		s = s[n:]
	}
}

// entityLength is how long the entity at the beginning of s is, its semicolon included; 1 if
// there is none.
func entityLength(s string) int {
	for i := 1; i < len(s) && i < 34; i++ {
		switch c := s[i]; {
		case c == ';' && i > 1:
			return i + 1
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', c == '#' && i == 1:
		default:
			return 1
		}
	}
	return 1
}
