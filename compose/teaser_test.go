package compose

import (
	"testing"

	"spool"
)

func TestWithoutTeaser(t *testing.T) {
	tests := map[string]string{
		"The council voted.\nContinue reading...":                                                                                             "The council voted.",
		"The council voted. Continue reading…":                                                                                                "The council voted.",
		"The council voted.\nRead more »":                                                                                                     "The council voted.",
		"The council voted. [Read the full story]":                                                                                            "The council voted. [Read the full story]", // may be part of the sentence: no clear end
		"The council voted.\n[Read the full story]":                                                                                           "The council voted.\n[Read the full story]",
		"Der Rat stimmte ab.\nWeiterlesen":                                                                                                    "Der Rat stimmte ab.",
		"Le conseil a voté. Lire la suite":                                                                                                    "Le conseil a voté.",
		"A vote.\nThe post Council votes appeared first on The Daily.":                                                                        "A vote.",
		"A vote.\nThe post Why? Because. Now first appeared on The Daily Post.":                                                               "A vote.",
		"A vote. Read more\nThe post A vote appeared first on The Daily.":                                                                     "A vote.",
		"Eine Abstimmung.\nDer Beitrag Warum? Darum. Rat stimmt ab erschien zuerst auf Der Tag.":                                              "Eine Abstimmung.",
		"Un vote.\nL’article Le conseil vote est apparu en premier sur Le Jour.":                                                              "Un vote.",
		"Un voto.\nLa entrada El pleno vota se publicó primero en El Día.":                                                                    "Un voto.",
		"Un voto.\nL'articolo Il consiglio vota proviene da Il Giorno.":                                                                       "Un voto.",
		"Stemming. Lees meer\nHet bericht Raad stemt verscheen eerst op De Dag.":                                                              "Stemming.",
		"投票。\n投稿 市議会 は 日報 に最初に表示されました。":                                                                                                       "投票。",
		"A vote.\nHow we did it was originally published in Pub on Medium, where people are continuing the conversation by responding to it.": "A vote.",
		"L'article 49.3 est utilisé. Le Sénat proteste.":                                                                                      "L'article 49.3 est utilisé. Le Sénat proteste.",
		"İİİİİİİİİİİİİİİİ. The post ":                                                                                                         "İİİİİİİİİİİİİİİİ. The post ",
		"Ein Raub.\nLesen Sie hier weiter...\nOriginal-Content von: Polizei Köln, übermittelt durch news aktuell":                             "Ein Raub.",
		"Read more":                              "Read more", // all there is
		"Children should read more":              "Children should read more",
		"Why it matters that we read more.":      "Why it matters that we read more.",
		"The post office closes. It will reopen": "The post office closes. It will reopen",
		"":                                       "",
	}
	for summary, want := range tests {
		if got := withoutTeaser(summary); got != want {
			t.Errorf("withoutTeaser(%q) = %q, want %q", summary, got, want)
		}
	}
}

// TestSummariesThatSayNothing: a headline goes alone rather than with "Comments".
func TestSummariesThatSayNothing(t *testing.T) {
	for summary, want := range map[string]string{
		"Comments":    "Storm",
		"Read more »": "Storm",
		"submitted by /u/ana [link] [12 comments]": "Storm",
		"Comments are closed in Harwich":           "Storm\n\nComments are closed in Harwich",
	} {
		got, _ := compose(t, Settings{}, spool.Item{Title: "Storm", Summary: summary, Link: "https://e.org/1"}, blueskyLimits())
		if got.Text != want || (got.Card.Description == "") != (want == "Storm") {
			t.Errorf("%q: %q and %q", summary, got.Text, got.Card.Description)
		}
		if got, _ := compose(t, Settings{}, spool.Item{Summary: summary}, cards()); got.Text != summary {
			t.Errorf("all there is: %q becomes %q", summary, got.Text)
		}
	}
}
