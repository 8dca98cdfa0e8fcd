package threads

import (
	"regexp"
	"strings"

	"spool"
)

// The API takes five distinct links in a post, the card's among them, by Meta's
// documentation; posts with four were seen to fail. So five are sent as they
// are, and three remain of more, or when the post is refused with more.
const (
	mostLinks = 5
	maxLinks  = 3
)

var linkInText = regexp.MustCompile(`https?://[^\s<>"]+`)

// closeUp mends a sentence that a link was taken out of.
var closeUp = strings.NewReplacer(" .", ".", " ,", ",", " ;", ";", " :", ":", " !", "!", " ?", "?", "( ", "(", " )", ")", "()", "")

// trimLink is an address without the punctuation of the sentence around it.
func trimLink(s string) string { return strings.TrimRight(s, ".,;:!?)'’”»") }

// linksOf are the distinct links of a post, that of its item first.
func linksOf(text, link string) []string {
	var all []string
	seen := map[string]bool{"": true}
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	add(link)
	for _, s := range linkInText.FindAllString(text, -1) {
		add(trimLink(s))
	}
	return all
}

// fewer takes the links out of a text that are too many. The item's own stays.
func (n notes) fewer(text, link string) string {
	all := linksOf(text, link)
	if len(all) <= maxLinks || len(all) <= mostLinks && !n.FewLinks {
		return text
	}
	keep := map[string]bool{}
	for _, s := range all[:maxLinks] {
		keep[s] = true
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		cut := linkInText.ReplaceAllStringFunc(line, func(s string) string {
			if bare := trimLink(s); !keep[bare] {
				return s[len(bare):]
			}
			return s
		})
		if cut == line {
			lines = append(lines, line)
		} else if cut = closeUp.Replace(strings.Join(strings.Fields(cut), " ")); strings.Trim(cut, "-–—•*·:;,. ") != "" {
			lines = append(lines, cut)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// tooManyLinks reports whether links are taken out of the text that is sent.
func (n notes) tooManyLinks(content spool.Content) bool {
	c := n.content(content)
	all := len(linksOf(c.Text, c.Link))
	return all > mostLinks || all > maxLinks && n.FewLinks
}
