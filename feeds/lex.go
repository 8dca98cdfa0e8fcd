package feeds

import "bytes"

// A lexKind is what a piece of XML is.
type lexKind uint8

const (
	lexText lexKind = iota
	lexStart
	lexEmpty // a start tag that ends its element too
	lexEnd
	lexCDATA
	lexComment
	lexInstruction
	lexDirective
	lexStray // a "<" that begins none of these
	lexCut   // something that the end of the document cuts off
)

// A lexeme is a piece of XML: its kind and where it is.
type lexeme struct {
	kind       lexKind
	start, end int
}

// A lexer cuts text that should be XML into pieces. It builds nothing, takes
// time in proportion to the text, and never fails: what cannot be XML is a
// stray "<" or cut off.
type lexer struct {
	b   []byte
	pos int
}

// next returns the next piece; ok is false at the end.
func (l *lexer) next() (x lexeme, ok bool) {
	if l.pos >= len(l.b) {
		return lexeme{}, false
	}
	x.start = l.pos
	if l.b[l.pos] != '<' {
		x.end = len(l.b)
		if n := bytes.IndexByte(l.b[l.pos:], '<'); n >= 0 {
			x.end = l.pos + n
		}
	} else {
		x.kind, x.end = l.markup()
	}
	l.pos = x.end
	return x, true
}

func (l *lexer) markup() (lexKind, int) {
	rest := l.b[l.pos:]
	if len(rest) < 2 {
		return lexCut, len(l.b)
	}
	switch c := rest[1]; {
	case c == '!':
		return l.declaration(rest)
	case c == '?':
		return l.upTo(lexInstruction, rest, 2, "?>")
	case c == '/':
		return l.upTo(lexEnd, rest, 2, ">")
	case nameStart(c):
		return l.tag(rest)
	}
	return lexStray, l.pos + 1
}

func (l *lexer) declaration(rest []byte) (lexKind, int) {
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return l.upTo(lexComment, rest, 4, "-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return l.upTo(lexCDATA, rest, 9, "]]>")
	case len(rest) > 2 && (nameStart(rest[2]) || rest[2] == '['):
		return l.upTo(lexDirective, rest, 2, ">")
	}
	return lexStray, l.pos + 1
}

func (l *lexer) upTo(kind lexKind, rest []byte, skip int, end string) (lexKind, int) {
	n := bytes.Index(rest[min(skip, len(rest)):], []byte(end))
	if n < 0 {
		return lexCut, len(l.b)
	}
	return kind, l.pos + skip + n + len(end)
}

// tag finds the end of a start tag. Another "<" before it, outside quotes,
// means that the first one was meant as a character.
func (l *lexer) tag(rest []byte) (lexKind, int) {
	var quote byte
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case quote != 0:
			n := bytes.IndexByte(rest[i:], quote)
			if n < 0 {
				return lexCut, len(l.b)
			}
			i, quote = i+n, 0
		case c == '"' || c == '\'':
			if rest[i-1] == '=' || space(rest[i-1]) {
				quote = c
			}
		case c == '<':
			return lexStray, l.pos + 1
		case c == '>':
			if rest[i-1] == '/' {
				return lexEmpty, l.pos + i + 1
			}
			return lexStart, l.pos + i + 1
		}
	}
	return lexCut, len(l.b)
}

func nameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// tagName is the name in a start or end tag, with its prefix.
func tagName(tag []byte) []byte {
	tag = tag[1:]
	if len(tag) > 0 && tag[0] == '/' {
		tag = tag[1:]
	}
	for i, c := range tag {
		if c == '>' || c == '/' || space(c) {
			return tag[:i]
		}
	}
	return tag
}

// localName is a name without its prefix.
func localName(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}
