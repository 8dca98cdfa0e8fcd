package opml

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// outline takes an entry: a feed, a folder, or something else.
func (p *parser) outline(a map[string]string) error {
	if p.lines++; p.lines > maxLines {
		return fmt.Errorf("the file has more than %d entries", maxLines)
	}
	if len(p.folders) >= maxDepth {
		return fmt.Errorf("the file has folders in more than %d folders", maxDepth)
	}
	name := title(first(a["title"], a["text"], a["description"]))
	address := feedAddress(a)
	if address == "" {
		p.folders = append(p.folders, folder(name))
		return nil
	}
	p.folders = append(p.folders, "")
	where, err := web(address)
	if err != nil {
		p.note("left out: %s: %v", first(name, "an entry without a title"), err)
		return nil
	}
	return p.add(Feed{URL: where, Title: name, Site: site(a["htmlurl"]), Type: kind(a["type"]), Folders: p.where(a["category"])})
}

// feedAddress is what an outline says a feed's address is. "url" is that of a
// page or of another list, unless the type says otherwise.
func feedAddress(a map[string]string) string {
	if address := first(a["xmlurl"], a["feedurl"], a["feed"]); address != "" {
		return address
	}
	switch kind(a["type"]) {
	case "rss", "atom", "json", "feed", "rdf", "sitemap":
		return first(a["url"], a["href"])
	}
	return ""
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// kind is a type as this package writes it: "RSS2" and "atom1.0" are known too.
func kind(s string) string {
	s = strings.ToLower(s)
	for _, known := range []string{"rss", "atom", "rdf", "json", "sitemap", "feed", "link", "include"} {
		if strings.HasPrefix(s, known) || strings.HasSuffix(s, "/"+known+"+xml") || strings.HasSuffix(s, known+"+json") {
			return known
		}
	}
	return ""
}

func site(s string) string {
	where, err := web(s)
	if err != nil {
		return ""
	}
	return where
}

// where are the folders of an entry: those that it is in, and else those that
// its category names, as "/News/Local,/Sport" or as words.
func (p *parser) where(category string) []string {
	var open []string
	for _, f := range p.folders {
		if f != "" {
			open = append(open, f)
		}
	}
	if len(open) > 0 {
		return []string{strings.Join(open, "/")}
	}
	var out []string
	for c := range strings.SplitSeq(category, ",") {
		var parts []string
		for part := range strings.SplitSeq(c, "/") {
			if f := folder(title(part)); f != "" && len(parts) < maxDepth {
				parts = append(parts, f)
			}
		}
		if f := strings.Join(parts, "/"); f != "" && !slices.Contains(out, f) && len(out) < 10 {
			out = append(out, f)
		}
	}
	return out
}

// folder is a folder's name; the sign that divides folders cannot be in it.
func folder(name string) string { return strings.TrimSpace(strings.ReplaceAll(name, "/", " ")) }

// title is a text in one line, of a length that can be shown, without what
// would steer a terminal or turn the text round it about.
func title(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) && r != joiner:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > maxText {
		s = strings.TrimSpace(string([]rune(s)[:maxText]))
	}
	return s
}

// joiner holds the parts of an emoji together.
const joiner = '\u200d'

// add takes a feed, or what a second entry for the same one has to add.
func (p *parser) add(f Feed) error {
	i, again := p.known[f.URL]
	if !again {
		if len(p.list.Feeds) >= MaxFeeds {
			return fmt.Errorf("the file has more than %d feeds", MaxFeeds)
		}
		p.known[f.URL] = len(p.list.Feeds)
		p.list.Feeds = append(p.list.Feeds, f)
		return nil
	}
	have := &p.list.Feeds[i]
	have.Title, have.Site, have.Type = first(have.Title, f.Title), first(have.Site, f.Site), first(have.Type, f.Type)
	for _, folder := range f.Folders {
		if !slices.Contains(have.Folders, folder) && len(have.Folders) < 10 {
			have.Folders = append(have.Folders, folder)
		}
	}
	return nil
}
