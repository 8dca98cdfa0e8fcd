package feeds

import "bytes"

// A jsonSurvey is what a scan learns about JSON.
type jsonSurvey struct {
	items [][2]int // where the objects of the first array named "items" begin and end
	hubs  []byte   // what begins with the array named "hubs"; nil when there is none
	cut   bool     // it ends early
	open  bool     // an item is cut off by that

	longDates [][2]int // where the values of dates begin and end that are too long to be any
}

// scanJSON is scanXML for JSON: depth, items, values and the length of strings.
// It does not care whether the text is JSON otherwise. Both arrays of the survey
// are directly within the root object; the items are for a document that has to
// be read one by one.
func scanJSON(b []byte) (jsonSurvey, error) {
	s := jsonScanner{b: b, items: -1}
	for s.pos < len(b) {
		if err := s.step(); err != nil {
			return jsonSurvey{}, err
		}
	}
	return jsonSurvey{items: s.found, hubs: s.hubs, cut: s.depth > 0, open: s.items >= 0 && s.depth > s.items, longDates: s.longDates}, nil
}

type jsonScanner struct {
	b      []byte
	pos    int
	depth  int
	values int
	key    string // the latest short string at depth 1
	items  int    // depth of the array of items; -1: not in it
	begun  int    // where the present item begins
	bare   int    // bytes of the present number or name
	found  [][2]int
	hubs   []byte
	dated  bool // the latest string is the name of a date

	longDates [][2]int
}

func (s *jsonScanner) step() error {
	c := s.b[s.pos]
	s.pos++
	if s.bare++; s.bare > maxText {
		return limitError("a text longer than allowed", maxText)
	}
	switch c {
	case ' ', '\n', '\t', '\r', ':':
		s.bare = 0
	case '"':
		s.bare = 0
		return s.text()
	case '{', '[':
		s.bare = 0
		return s.descend(c)
	case '}', ']':
		s.bare = 0
		s.ascend()
	case ',':
		s.bare = 0
		if s.values++; s.values > maxElements {
			return limitError("too many values", maxElements)
		}
	}
	return nil
}

func (s *jsonScanner) text() error {
	start := s.pos
	for ; s.pos < len(s.b) && s.b[s.pos] != '"'; s.pos++ {
		if s.b[s.pos] == '\\' {
			s.pos++
		}
	}
	end := min(s.pos, len(s.b))
	s.pos = end + 1
	if end-start > maxText {
		return limitError("a text longer than allowed", maxText)
	}
	if s.dated && end-start > longestDate {
		s.longDates = append(s.longDates, [2]int{start, end})
	}
	name := s.b[start:min(end, start+len("date_published"))]
	s.dated = bytes.EqualFold(name, []byte("date_published")) || bytes.EqualFold(name, []byte("date_modified"))
	if s.depth == 1 && end-start <= 16 {
		s.key = string(s.b[start:end])
	}
	return nil
}

func (s *jsonScanner) descend(c byte) error {
	switch {
	case c == '[' && s.depth == 1 && s.key == "items" && s.found == nil:
		s.items = s.depth + 1
	case c == '[' && s.depth == 1 && s.key == "hubs" && s.hubs == nil:
		s.hubs = s.b[s.pos-1:]
	case c == '{' && s.depth == s.items:
		s.begun = s.pos - 1
	}
	if s.depth++; s.depth > maxDepth {
		return limitError("values nested too deeply", maxDepth)
	}
	if s.values++; s.values > maxElements {
		return limitError("too many values", maxElements)
	}
	if len(s.found) > maxItems {
		return limitError("too many items", maxItems)
	}
	return nil
}

func (s *jsonScanner) ascend() {
	s.depth = max(s.depth-1, 0)
	switch {
	case s.items < 0:
	case s.depth == s.items:
		s.found = append(s.found, [2]int{s.begun, s.pos})
	case s.depth < s.items:
		s.items = -1
	}
}
