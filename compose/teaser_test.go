package compose

import "testing"

func TestWithoutTeaser(t *testing.T) {
	tests := map[string]string{
		"The council voted.\nContinue reading...":                               "The council voted.",
		"The council voted. Continue reading…":                                  "The council voted.",
		"The council voted.\nRead more »":                                       "The council voted.",
		"The council voted. [Read the full story]":                              "The council voted. [Read the full story]", // may be part of the sentence: no clear end
		"The council voted.\n[Read the full story]":                             "The council voted.\n[Read the full story]",
		"Der Rat stimmte ab.\nWeiterlesen":                                      "Der Rat stimmte ab.",
		"Le conseil a voté. Lire la suite":                                      "Le conseil a voté.",
		"A vote.\nThe post Council votes appeared first on The Daily.":          "A vote.",
		"A vote.\nThe post Why? Because. Now first appeared on The Daily Post.": "A vote.",
		"A vote. Read more\nThe post A vote appeared first on The Daily.":       "A vote.",
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
