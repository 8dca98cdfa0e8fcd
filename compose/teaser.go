package compose

import (
	"regexp"
	"strings"
)

// A teaser is what publishing systems hang below a summary for readers of the
// feed: an invitation to go on, without an address here, or where the article
// "first appeared". In a post it says nothing.
var teaser = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`(?:continue|keep) reading`, `read (?:more|on)`, `read (?:the )?(?:full|whole|rest of the|entire) (?:story|article|post)`,
	`(?:click|tap) here (?:to|for) (?:read )?more`,
	`weiterlesen`, `mehr (?:lesen|dazu)`, `lire (?:la suite|plus)`, `en savoir plus`, `le(?:er|a) más`, `seguir leyendo`,
	`continua a leggere`, `leggi (?:tutto|di più|anche)`, `leia mais`, `lees (?:meer|verder)`, `läs mer`, `les mer`,
	`the post .{1,400} (?:first appeared|appeared first) on .{1,200}`,
}, "|") + `)[\s.…:»›→>\[\]()]*$`)

// withoutTeaser drops teasers from the end of a summary. Only whole lines, or
// what stands behind the end of a sentence, are taken for one; a summary that is
// nothing else is left alone.
func withoutTeaser(summary string) string {
	rest := summary
	for range 3 {
		head, last := lastPart(rest)
		if head == "" || !teaser.MatchString(last) {
			return rest
		}
		rest = head
	}
	return rest
}

// lastPart splits off the last line or, where it has several sentences, what
// follows the last end of one. The head is empty when there is only one part.
func lastPart(s string) (head, last string) {
	cut := strings.LastIndexByte(s, '\n') + 1
	for _, end := range []string{". ", "! ", "? ", "… ", "] "} {
		// Dots may follow the teaser itself: look before them.
		if i := strings.LastIndex(strings.TrimRight(s, " .…»›→>[]()"), end); i+len(end) > cut && i >= 0 {
			cut = i + len(end)
		}
	}
	if i := strings.LastIndex(strings.ToLower(s), "the post "); i > cut && strings.ContainsAny(s[i-1:i], " \n") {
		return strings.TrimSpace(s[:i]), s[i:]
	} else if i >= 0 && i < cut && teaser.MatchString(s[i:]) {
		return strings.TrimSpace(s[:i]), s[i:] // the article's own title has the end of a sentence in it
	}
	return strings.TrimSpace(s[:cut]), strings.TrimSpace(s[cut:])
}
