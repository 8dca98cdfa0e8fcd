package compose

import (
	"slices"
	"strings"
	"unicode/utf8"

	"spool"
)

// chain spreads a text that does not fit in one post over several, each a reply
// to the one before, if the settings and the network allow it. The link and the
// hashtags below the text stay with the first post. It reports whether it did.
func (c *composition) chain(content *spool.Content, inText bool) bool {
	most := c.wording.settings.Chain
	if most < 2 || !c.limits.Replies || c.correcting || c.notice != nil && !c.notice.first() {
		return false
	}
	fits := func(s string) bool {
		return c.fits(s) && (c.limits.Bytes <= 0 || len(unmarked(s)) <= c.limits.Bytes)
	}
	probe := *c // if nothing comes of it, nothing is to be said of it
	probe.report = new(Report)
	f := probe.fillIn(inText, fits)
	l := f.lay(f.data)
	body := l.body()
	if body == "" || c.fits(l.String()) {
		return false
	}
	body, below := blocks(body, l.link)
	parts := probe.divide(body, most, func(s string) bool { return fits(withBlocks(s, below)) }, fits)
	if len(parts) < 2 {
		return false
	}
	parts[0] = withBlocks(parts[0], below)
	_, content.Tags, content.Mentions = signs(strings.Join(parts, "\n"))
	for i := range parts {
		parts[i] = unmarked(parts[i])
	}
	content.Text, content.More = parts[0], parts[1:]
	c.report.Length = c.length(content.Text)
	for _, p := range content.More {
		c.report.Parts = append(c.report.Parts, c.length(p))
	}
	c.report.Notes = append(c.report.Notes, probe.report.Notes...)
	if n := len(content.More); n == 1 {
		c.report.note("the text goes on in one more post")
	} else {
		c.report.note("the text goes on in %d more posts", n)
	}
	return true
}

// blocks takes what belongs to the first post of a chain off a text: hashtags in a
// paragraph of their own at its end, and the link, unless it stands among words.
func blocks(body, link string) (rest string, below []string) {
	lines := strings.Split(body, "\n")
	if i := slices.Index(lines, string(linkMark)); i >= 0 {
		body = tidy(strings.Join(slices.Delete(lines, i, i+1), "\n"))
	}
	if strings.ContainsRune(body, linkMark) {
		body, link = strings.ReplaceAll(body, string(linkMark), link), ""
	}
	if i := strings.LastIndexByte(body, '\n'); i >= 0 && onlySigns(body[i:]) {
		below = append(below, strings.TrimSpace(body[i:]))
		body = strings.TrimSpace(body[:i])
	}
	if link != "" {
		below = append(below, link)
	}
	return body, below
}

// onlySigns reports whether a text is nothing but hashtags and handles.
func onlySigns(s string) bool {
	parts := strings.Split(s, string(signMark))
	for i := 0; i < len(parts); i += 2 {
		if strings.TrimSpace(parts[i]) != "" {
			return false
		}
	}
	return len(parts) > 1
}

func withBlocks(s string, below []string) string {
	return strings.Join(append([]string{s}, below...), "\n\n")
}

// divide makes parts of a text, at most so many. What is left after them is cut
// off, with a note.
func (c *composition) divide(rest string, most int, first, fits func(string) bool) []string {
	var parts []string
	full, cut := utf8.RuneCountInString(rest), false
	for within := first; rest != ""; within = fits {
		var part string
		if len(parts) == most-1 {
			part = shorten(rest, within)
			cut, rest = part != rest, ""
		} else {
			part, rest = split(rest, within)
		}
		if part == "" {
			break
		}
		parts = append(parts, part)
	}
	if cut || rest != "" {
		kept := 0
		for _, p := range parts {
			kept += utf8.RuneCountInString(p)
		}
		c.report.note("the text is shortened from %d to %d characters: %d posts have no room for more", full, kept, most)
	}
	return parts
}

// split divides a text at the best place: the end of a paragraph, of a sentence,
// of a clause, of a word, or between two graphemes, each only if it does not
// leave much more room than the next one would. The first part fits; empty: nothing does.
func split(s string, fits func(string) bool) (part, rest string) {
	if fits(s) {
		return s, ""
	}
	c := placesToCut(s, reach(s, fits))
	paragraphs := slices.DeleteFunc(slices.Clone(c.sentences), func(at int) bool { return s[at] != '\n' })
	clauses := slices.DeleteFunc(slices.Clone(c.words), func(at int) bool {
		before, _ := utf8.DecodeLastRuneInString(s[:at])
		return !strings.ContainsRune(",;:–—、，；：،؛", before)
	})
	whole := func(at int) string { return closed(strings.TrimSpace(s[:at])) }
	broken := func(at int) string {
		return closed(openEnded(s[:at], func(s string) string { return strings.TrimRight(s, ",;、，") }))
	}
	levels := []struct {
		places []int
		text   func(int) string
		least  int // how many times longer the next level may be
	}{{paragraphs, whole, 2}, {c.sentences, whole, 3}, {clauses, broken, 2}, {c.words, broken, 4}, {c.graphemes, broken, 1}}
	at := make([]int, len(levels))
	for i, l := range levels {
		at[i] = furthest(l.places, l.text, fits)
	}
	for i, l := range levels {
		if next := slices.Max(at[i:]); at[i] > 0 && at[i]*l.least >= next {
			return l.text(at[i]), strings.TrimSpace(evenDirections(s[at[i]:]))
		}
	}
	return "", s
}

// furthest is the last place whose text fits; 0: there is none.
func furthest(places []int, text func(int) string, fits func(string) bool) int {
	best, low, high := 0, 0, len(places)
	for low < high {
		middle := (low + high) / 2
		if fits(text(places[middle])) {
			best, low = places[middle], middle+1
		} else {
			high = middle
		}
	}
	return best
}
