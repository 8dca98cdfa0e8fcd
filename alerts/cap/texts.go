package cap

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"spool"
)

// words fills in the texts of an alert, language by language in the order of the
// message.
func (r *reader) words(a *spool.Alert, infos []info, at entry) {
	for _, b := range r.byLanguage(infos) {
		set := func(list *spool.Texts, text string) {
			if text != "" {
				*list = append(*list, spool.Text{Language: b.language, Text: text})
			}
		}
		area := b.area()
		set(&a.Header, b.header(area))
		set(&a.Description, b.joined(func(in info) string { return in.description }))
		set(&a.Instruction, b.joined(instruction))
		set(&a.EffectText, line(first(b.infos, func(in info) string { return in.event }), maxLine))
		set(&a.Area, area)
		set(&a.URL, cmp.Or(r.address(first(b.infos, func(in info) string { return in.web })), at.page))
	}
	a.Sender = r.sender(infos)
}

// A block is all that a message says in one language, the gravest first.
type block struct {
	language string
	infos    []info
}

func (r *reader) byLanguage(infos []info) []block {
	var out []block
	for _, in := range infos {
		tag := r.language(in)
		i := slices.IndexFunc(out, func(b block) bool { return strings.EqualFold(b.language, tag) })
		if i < 0 {
			i = len(out)
			out = append(out, block{language: tag})
		}
		out[i].infos = append(out[i].infos, in)
	}
	for _, b := range out {
		slices.SortStableFunc(b.infos, func(x, y info) int { return rank(y) - rank(x) })
	}
	return out
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)

// language is that of a block. Where it names none, the standard would have it be
// American English; what is published without is as often the language of the place. So
// it is the one that is wanted, if only one is, and else stays open, for readers of any.
func (r *reader) language(in info) string {
	tag := strings.ReplaceAll(strings.TrimSpace(in.language), "_", "-")
	if languageTag.MatchString(tag) {
		return tag
	}
	if tag != "" {
		r.notes.add("a language that is none was left out: %q", short(tag))
	}
	if len(r.doc.Languages) == 1 {
		return r.doc.Languages[0]
	}
	return ""
}

// issued is how the US National Weather Service makes a headline of an event and the
// times at which the message was made and ends, which change with every message.
var issued = regexp.MustCompile(`^(.{3,80}?) issued (January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2} at \d{1,2}:\d\d ?[AP]M\b`)

// header is the headline, or the event and where it is.
func (b block) header(area string) string {
	head := line(first(b.infos, func(in info) string { return in.headline }), maxLine)
	event := line(first(b.infos, func(in info) string { return in.event }), maxLine)
	if m := issued.FindStringSubmatch(head); m != nil && (event == "" || strings.EqualFold(event, m[1])) {
		head, event = "", m[1]
	}
	if head != "" {
		return head
	}
	area = beginning(area)
	if event == "" || area == "" {
		return cmp.Or(event, area)
	}
	return event + ": " + area
}

// beginning is as many of the places as fit a headline.
func beginning(area string) string {
	const room = 120
	if utf8.RuneCountInString(area) <= room {
		return area
	}
	short := ""
	for i, r := range area {
		if utf8.RuneCountInString(area[:i]) > room {
			break
		}
		if r == ';' {
			short = area[:i]
		}
	}
	if short == "" {
		return shortened(area, room)
	}
	return short + "…"
}

// joined are the different texts of the blocks; where there are several, each with the
// place that it is about.
func (b block) joined(of func(info) string) string {
	var texts []string
	var about []info
	for _, in := range b.infos {
		if t := words(of(in), maxWords); t != "" && !slices.Contains(texts, t) && len(texts) < 10 {
			texts, about = append(texts, t), append(about, in)
		}
	}
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	for i := range texts {
		if where := line(strings.Join(about[i].areas, "; "), maxLine); where != "" && utf8.RuneCountInString(where) <= 100 {
			texts[i] = where + ": " + texts[i]
		}
	}
	return shortened(strings.Join(texts, "\n\n"), maxWords)
}

// instruction is what to do; some programs write that there is nothing.
func instruction(in info) string {
	switch strings.ToLower(strings.Trim(in.instruction, " .\n\t")) {
	case "none", "n/a", "not applicable", "null", "-":
		return ""
	}
	return in.instruction
}

// area are the places of all blocks, each once.
func (b block) area() string {
	var places []string
	length, seen := 0, map[string]bool{}
	for _, in := range b.infos {
		for _, text := range in.areas {
			if p := line(text, maxArea); p != "" && !seen[p] && length <= 4*maxArea {
				seen[p] = true
				length += len(p)
				places = append(places, p)
			}
		}
	}
	return shortened(strings.Join(places, "; "), maxArea)
}

// sender is who warns, in the language that is wanted most.
func (r *reader) sender(infos []info) string {
	for _, want := range r.doc.Languages {
		base, _, _ := strings.Cut(strings.ToLower(want), "-")
		for _, in := range infos {
			have, _, _ := strings.Cut(strings.ToLower(in.language), "-")
			if have == base && in.senderName != "" {
				return line(in.senderName, maxLine)
			}
		}
	}
	return line(first(infos, func(in info) string { return in.senderName }), maxLine)
}
