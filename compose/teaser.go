package compose

import (
	"regexp"
	"strings"
)

// A teaser is what publishing systems hang below a summary for readers of the
// feed: an invitation to go on, without an address here, or where the article
// "first appeared". In a post it says nothing.
var teaser = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`(?:continue|keep) reading(?: on(?: .{1,60})?)?`, `read (?:more|on)(?: (?:on|at|in) .{1,60})?`, `read (?:the )?(?:full|whole|rest of the|entire) (?:story|article|post)`,
	`(?:click|tap) here (?:to|for) (?:read )?more`,
	`weiterlesen`, `mehr (?:lesen|dazu)`, `lire (?:la suite|plus)`, `en savoir plus`, `le(?:er|a) más`, `seguir leyendo`,
	`continua a leggere`, `leggi (?:tutto|di più|anche)`, `leia mais(?: n[oa]s? .{1,60})?`, `lees (?:meer|verder)`, `läs mer`, `les mer`,
	`the post .+ (?:first appeared|appeared first) on .+`,
	`(?:der beitrag|das post) .+ erschien zuerst auf .+`,
	`l[’']article .+ est apparu en premier sur .+`, `cet article .+ est apparu en premier sur .+`,
	`la entrada .+ (?:se publicó primero|aparece primero|apareció primero) en .+`,
	`l[’']articolo .+ (?:proviene da|sembra essere il primo su) .+`,
	`o post .+ apareceu primeiro em .+`, `het bericht .+ verscheen eerst op .+`,
	`inlägget .+ dök först upp på .+`, `indlægget .+ (?:blev først udgivet på|kom først til syne på) .+`,
	`artykuł .+ pochodzi z serwisu .+`, `příspěvek .+ pochází z .+`,
	`сообщение .+ появились сначала на .+`, `.+ was originally published in .+ on medium, where .+`,
	`投稿 .+ は .+ に最初に表示されました`, `.+ yazısı ilk önce .+ üzerinde ortaya çıktı`,
	`see \S+\.(?:com|fm)\S* for (?:privacy|more) information`, `hosted on acast`, `learn more about your ad choices`,
	`submitted by\s+/?u/\S+(?:\s+to\s+\S+)?(?:\s+\[link\])?(?:\s+\[\d*\s*comments\])?`,
	`lesen sie (?:hier )?(?:weiter|mehr)`, `original-content von: .+, übermittelt durch news aktuell`,
	`czytaj (?:dalej|więcej)`, `читать (?:далее|дальше)`, `devamını oku`, `číst (?:dál|více)`, `ler mais`, `læs mere`, `lue lisää`,
}, "|") + `)[\s.。…:!»›→>\[\]()]*$`)

// openings are how sentences begin that say where an article first appeared, in
// the languages of WordPress. The article's headline follows, which may have the
// end of a sentence in it.
var openings = []string{"The post ", "Der Beitrag ", "Das Post ", "L’article ", "L'article ", "Cet article ", "La entrada ",
	"L’articolo ", "L'articolo ", "O post ", "Het bericht ", "Inlägget ", "Indlægget ", "Artykuł ", "Příspěvek ", "Сообщение ", "投稿 "}

// maxTeaser is how long a teaser is at most, in bytes: it may name a headline.
const maxTeaser = 800

// withoutTeaser drops teasers from the end of a summary. Only whole lines, or
// what stands behind the end of a sentence, are taken for one; a summary that is
// nothing else is left alone.
func withoutTeaser(summary string) string {
	rest := summary
	for range 3 {
		head, last := lastPart(rest)
		if head == "" || len(last) > maxTeaser || !teaser.MatchString(last) {
			return rest
		}
		rest = head
	}
	return rest
}

// saysNothing reports whether a summary is a teaser and nothing else, or only leads
// to the readers' comments: then a headline is better off without it.
func saysNothing(summary string) bool {
	switch strings.ToLower(strings.Trim(summary, " .…[]")) {
	case "comments", "kommentare", "commentaires", "comentarios", "commenti", "link", "article url":
		return true
	}
	return len(summary) <= maxTeaser && teaser.MatchString(summary)
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
	if i := opening(s); i > 0 && (i > cut || len(s)-i <= maxTeaser && teaser.MatchString(s[i:])) {
		cut = i
	}
	return strings.TrimSpace(s[:cut]), strings.TrimSpace(s[cut:])
}

// opening is where the last of the sentences begins that may say where the
// article first appeared; -1 when there is none.
func opening(s string) int {
	last := -1
	for _, o := range openings {
		if i := strings.LastIndex(s, o); i > last && (i == 0 || s[i-1] == ' ' || s[i-1] == '\n') {
			last = i
		}
	}
	return last
}
