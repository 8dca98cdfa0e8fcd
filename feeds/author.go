package feeds

import (
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// maxAuthors are as many as are named; an item inherits no more.
const maxAuthors = 20

// author is who wrote the item: several names are joined by commas. An address
// alone names nobody.
func (p *parsing) author(s source) string {
	for _, raw := range p.rawAuthors(s) {
		var names []string
		for _, one := range raw {
			if name := personName(plain(one, maxName, false)); name != "" && len(names) < maxAuthors && !containsFold(names, name) {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			return shorten(strings.Join(names, ", "), maxName)
		}
	}
	return ""
}

// rawAuthors are the places where an item may name its authors, the best first,
// with what is there. Gofeed keeps but one of several.
func (p *parsing) rawAuthors(s source) [][]string {
	known, e := p.survey.aliases, s.item.Extensions
	out := [][]string{known.values(e, "dc", "creator")}
	switch {
	case s.rss != nil:
		out = append(out, []string{nestedName(s.rss.Author)}, known.values(e, "dc", "author"), known.values(e, "itunes", "author"))
	case s.atom != nil:
		out = append(out, people(s.atom.Authors))
		if s.atom.Source != nil {
			out = append(out, people(s.atom.Source.Authors))
		}
	}
	var own, inherited []string
	for _, person := range s.item.Authors[:min(len(s.item.Authors), maxAuthors)] {
		if person != nil {
			own = append(own, person.Name)
		}
	}
	if s.rss == nil { // Atom and JSON Feed say that items inherit them
		for _, person := range s.feed.Authors[:min(len(s.feed.Authors), maxAuthors)] {
			if person != nil {
				inherited = append(inherited, person.Name)
			}
		}
	}
	return append(out, own, inherited)
}

// nestedName is the name within an author that is written as Atom has them.
func nestedName(author string) string {
	if _, rest, found := strings.Cut(author, "<name>"); found {
		name, _, _ := strings.Cut(rest, "</name>")
		return name
	}
	return author
}

func people(list []*atom.Person) []string {
	var out []string
	for _, person := range list {
		if person != nil {
			out = append(out, person.Name)
		}
	}
	return out
}

// personName takes the name out of "name (address)", "address (name)" and
// "name <address>". What is left of an address beside a name goes as well.
func personName(s string) string {
	before, rest, found := strings.Cut(s, "(")
	if found {
		inner, _, _ := strings.Cut(rest, ")")
		switch {
		case strings.Contains(before, "@"):
			s = inner
		case strings.Contains(inner, "@"):
			s = before
		}
	}
	if before, _, found := strings.Cut(s, "<"); found {
		s = before
	}
	s = strings.Trim(s, " ,;\n")
	if addressLike(s) {
		return ""
	}
	if name, by := strings.CutPrefix(s, "By "); by {
		s = name
	}
	if strings.Contains(s, "@") {
		s = withoutAddresses(s)
	}
	switch lower := strings.ToLower(s); { // what systems write for nobody
	case lower == "unknown", lower == "null", lower == "undefined", lower == "noreply", lower == "no-reply", strings.HasPrefix(lower, "no reply"):
		return ""
	}
	return s
}

// withoutAddresses drops the words that are mail addresses; a handle such as
// "@ana" is none.
func withoutAddresses(s string) string {
	var kept []string
	for _, word := range strings.Fields(s) {
		at := strings.IndexByte(word, '@')
		if at > 0 && strings.IndexByte(word[at:], '.') > 0 || strings.HasPrefix(strings.ToLower(word), "mailto:") {
			continue
		}
		kept = append(kept, word)
	}
	return strings.Trim(strings.Join(kept, " "), " ,;-–|/")
}
