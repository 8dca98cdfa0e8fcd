package compose

import (
	"fmt"
	"slices"
	"strings"

	"spool"
)

// A member is an alert of a digest.
type member struct {
	lines  []string
	other  string // what it is about where no line is known
	effect string
	title  string
}

// digestTongue is the language of the gravest alert that says which one it has.
func (w *Wording) digestTongue(it spool.Item, members []spool.Item) tongue {
	for _, m := range members {
		if m.Alert != nil {
			return w.tongueOf(m)
		}
	}
	return w.tongueOf(it)
}

// membersOf words each alert of a digest in short.
func (n *notice) membersOf(items []spool.Item) []member {
	var out []member
	for _, it := range items {
		if it.Alert == nil {
			continue
		}
		one := &notice{alert: it.Alert, frame: n.frame, tongue: n.tongue, language: n.language, when: n.when}
		one.news.Phase = spool.Begins
		one.gather(it.Alert)
		m := member{lines: one.lines, effect: one.effect, title: one.title()}
		if len(m.lines) == 0 {
			m.other = shortName(firstOf(one.about, one.header))
		}
		out = append(out, m)
	}
	return out
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// A group are the lines that have the same trouble.
type group struct {
	effect string
	names  []string
}

// groups sorts the lines of a digest by what is the matter, the gravest first. A line
// stands where its gravest trouble is.
func (n *notice) groups() (list []group, lines, alerts int) {
	if len(n.members) == 0 { // all that is known of it
		return []group{{n.effect, n.lines}}, len(n.lines), len(n.alert.Members)
	}
	seen := map[string]bool{}
	at := map[string]int{}
	onlyLines := true
	for _, m := range n.members {
		names := m.lines
		if len(names) == 0 {
			onlyLines = false
			names = []string{m.other}
		}
		alerts++
		for _, name := range names {
			key := strings.ToLower(name)
			if name == "" || seen[key] {
				continue
			}
			seen[key] = true
			i, ok := at[m.effect]
			if !ok {
				i, at[m.effect] = len(list), len(list)
				list = append(list, group{effect: m.effect})
			}
			list[i].names = append(list[i].names, name)
			lines++
		}
	}
	if !onlyLines {
		lines = 0
	}
	return list, lines, alerts
}

// digestWords is a digest with so many names in each group; 0: only their number.
func (n *notice) digestWords(most int) string {
	if text := n.onlyMember(); text != "" && most > 0 {
		return text
	}
	list, lines, alerts := n.groups()
	rows := []string{n.digestHead(lines, alerts)}
	if n.phase() == spool.Ends || most == 0 {
		return rows[0]
	}
	for _, g := range list {
		if len(g.names) == 0 {
			continue
		}
		label := g.effect
		if label == "" {
			label = n.rest
			if len(list) == 1 {
				rows = append(rows, n.shortList(g.names, most))
				continue
			}
		}
		rows = append(rows, n.upper(label)+n.colon+n.shortList(g.names, most))
	}
	return strings.Join(rows, "\n")
}

// onlyMember is a digest that has just begun with a single alert: what that alert says;
// empty: it is none.
func (n *notice) onlyMember() string {
	if len(n.members) != 1 || n.phase() != spool.Sums || n.members[0].title == "" {
		return ""
	}
	s := n.members[0].title
	if c := n.when; !c.now.IsZero() {
		s += " (" + c.mend(fmt.Sprintf(n.asOf, c.short(c.now))) + ")"
	}
	return s
}

// digestHead is how many lines there are trouble on, and when.
func (n *notice) digestHead(lines, alerts int) string {
	before := n.news.Before
	switch n.phase() {
	case spool.Changes:
		s := n.mark + n.troubles(lines, alerts)
		if was := len(before.Lines); was > 0 && lines > 0 && was != lines {
			s += " " + fmt.Sprintf(n.before, fmt.Sprint(was))
		} else if was := len(before.Members); lines == 0 && was > 0 && was != alerts {
			s += " " + fmt.Sprintf(n.before, fmt.Sprint(was))
		}
		return s
	case spool.Ends:
		if lines == 0 && len(n.members) == 0 {
			lines, alerts = len(before.Lines), max(len(before.Members), alerts)
		}
		s := n.mark + n.over(lines, alerts)
		if names := firstLines(n, before.Lines); names != "" {
			s += n.colon + names
		}
		return s
	}
	s := n.upper(n.troubles(lines, alerts))
	if c := n.when; !c.now.IsZero() {
		s += " (" + c.mend(fmt.Sprintf(n.asOf, c.short(c.now))) + ")"
	}
	return s
}

// firstLines are lines that a digest was about: as they are now, or were told.
func firstLines(n *notice, told []string) string {
	var names []string
	for _, m := range n.members {
		for _, name := range m.lines {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		for _, name := range told {
			if publicID(name) != "" || strings.Contains(name, " ") {
				names = append(names, shortName(name))
			}
		}
	}
	return n.shortList(names, 2*maxLines)
}

// counted is a sentence about so many lines, or where no line is known alerts.
func counted(line, lines, alert, alerts string) func(int, int) string {
	of, all := plural(line, lines), plural(alert, alerts)
	return func(n, m int) string {
		if n > 0 {
			return of(n)
		}
		return all(m)
	}
}

// sharedLink is the address that all alerts of a digest have.
func (n *notice) sharedLink() string {
	link := ""
	for i, it := range n.news.Members {
		if it.Alert == nil {
			return ""
		}
		url := n.address(it.Alert.URL)
		if i > 0 && url != link {
			return ""
		}
		link = url
	}
	return link
}
