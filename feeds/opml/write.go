package opml

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Write writes a list as OPML 2.0: the feeds without a folder first, then the
// folders by name, each with its feeds in the order of the list. A feed is in
// the first of its folders only. What XML cannot hold is left out.
func Write(w io.Writer, l List) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s<opml version=\"2.0\">\n  <head>\n    <title>%s</title>\n  </head>\n  <body>\n", xml.Header, escape(l.Title))
	tree := &branch{}
	for _, f := range l.Feeds {
		tree.put(f)
	}
	tree.write(out, 2)
	fmt.Fprint(out, "  </body>\n</opml>\n")
	return out.Flush()
}

// A branch is a folder with what is in it.
type branch struct {
	name     string
	feeds    []Feed
	branches []*branch
}

func (b *branch) put(f Feed) {
	if len(f.Folders) > 0 {
		for name := range strings.SplitSeq(f.Folders[0], "/") {
			if name != "" {
				b = b.sub(name)
			}
		}
	}
	b.feeds = append(b.feeds, f)
}

// sub is the folder of a name, which is made if need be.
func (b *branch) sub(name string) *branch {
	i, ok := slices.BinarySearchFunc(b.branches, name, func(s *branch, name string) int { return cmp.Compare(s.name, name) })
	if !ok {
		b.branches = slices.Insert(b.branches, i, &branch{name: name})
	}
	return b.branches[i]
}

func (b *branch) write(w *bufio.Writer, depth int) {
	indent := strings.Repeat("  ", depth)
	for _, f := range b.feeds {
		fmt.Fprintf(w, "%s<outline type=%s text=%s title=%s xmlUrl=%s", indent,
			quoted(cmp.Or(f.Type, "rss")), quoted(cmp.Or(f.Title, f.URL)), quoted(cmp.Or(f.Title, f.URL)), quoted(f.URL))
		if f.Site != "" {
			fmt.Fprintf(w, " htmlUrl=%s", quoted(f.Site))
		}
		fmt.Fprint(w, "/>\n")
	}
	for _, sub := range b.branches {
		fmt.Fprintf(w, "%s<outline text=%s title=%s>\n", indent, quoted(sub.name), quoted(sub.name))
		sub.write(w, depth+1)
		fmt.Fprintf(w, "%s</outline>\n", indent)
	}
}

func quoted(s string) string { return `"` + escape(s) + `"` }

// escape writes a text as XML has it; characters that XML forbids become U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
