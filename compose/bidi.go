package compose

import "strings"

// The characters that turn the direction of a text, from Unicode's annex 9.
const (
	lre, rle, pdf, lro, rlo = '\u202a', '\u202b', '\u202c', '\u202d', '\u202e'
	lri, rli, fsi, pdi      = '\u2066', '\u2067', '\u2068', '\u2069'
)

// evenDirections keeps what a feed writes from turning what stands behind it:
// overrides, which can make a text read as another one, go away; embeddings
// become isolates; and what a line opens it closes, and no more than that.
func evenDirections(s string) string {
	if !turns(s) {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = evenLine(l)
	}
	return strings.Join(lines, "\n")
}

// turns reports whether there is any of these characters in a text.
func turns(s string) bool {
	if strings.IndexByte(s, "\u2066"[0]) < 0 { // the first byte of all of them; most texts have none
		return false
	}
	return strings.ContainsAny(s, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
}

func evenLine(l string) string {
	if !turns(l) {
		return l
	}
	var b strings.Builder
	var open []rune // lre for embeddings, lro for overrides, lri for isolates
	for _, r := range l {
		switch r {
		case lre, rle:
			b.WriteRune(map[rune]rune{lre: lri, rle: rli}[r])
			open = append(open, lre)
		case lro, rlo:
			open = append(open, lro)
		case lri, rli, fsi:
			b.WriteRune(r)
			open = append(open, lri)
		case pdf:
			if n := len(open) - 1; n >= 0 && open[n] != lri {
				if open[n] == lre {
					b.WriteRune(pdi)
				}
				open = open[:n]
			}
		case pdi:
			open = closeIsolate(&b, open)
		default:
			b.WriteRune(r)
		}
	}
	for _, o := range open {
		if o != lro {
			b.WriteRune(pdi)
		}
	}
	return b.String()
}

// closeIsolate ends the innermost isolate and what was opened within it.
func closeIsolate(b *strings.Builder, open []rune) []rune {
	inner := len(open) - 1
	for inner >= 0 && open[inner] != lri {
		inner--
	}
	if inner < 0 {
		return open
	}
	for _, o := range open[inner:] {
		if o != lro {
			b.WriteRune(pdi)
		}
	}
	return open[:inner]
}

// closed is a text that was cut with the isolates closed that are open at its end.
func closed(s string) string {
	last := s[strings.LastIndexByte(s, '\n')+1:]
	if !turns(last) {
		return s
	}
	depth := 0
	for _, r := range last {
		switch r {
		case lri, rli, fsi:
			depth++
		case pdi:
			depth = max(0, depth-1)
		}
	}
	return s + strings.Repeat(string(pdi), depth)
}
