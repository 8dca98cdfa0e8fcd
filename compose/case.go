package compose

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentenceCase takes the capitals out of a headline that is all in capitals, and
// out of one in English Title Case. It goes by how the item's text writes its
// words; where that and a list of common words tell too little, or the language
// writes nouns in capitals, the headline stays as it is. Acronyms stay.
func (s *saying) sentenceCase(v any) string {
	headline := text(v)
	shape := shapeOf(headline)
	english := primary(s.language) == "en"
	if !shape.loud && (!english || !shape.titled) || primary(s.language) == "de" {
		return headline
	}
	seen := seenIn(s.evidence)
	tokens := tokensOf(headline)
	guesses, words := 0, 0
	begins := true // of a sentence
	for i, t := range tokens {
		if !t.word {
			begins = begins || strings.ContainsAny(t.text, ".!?:") && strings.ContainsAny(t.text, " \n")
			continue
		}
		words++
		made, sure := s.quieter(t.text, seen, shape.loud)
		if begins {
			made = s.capital(made)
		}
		if !sure && !begins {
			guesses++
		}
		tokens[i].text, begins = made, false
	}
	if 3*guesses > words {
		return headline
	}
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text)
	}
	return b.String()
}

// quieter is a word of a headline as a sentence has it, and whether there is
// anything to go by.
func (s *saying) quieter(word string, seen map[string]string, loud bool) (string, bool) {
	low := s.lower(word)
	switch form, known := seen[low]; {
	case known:
		return form, true
	case strings.ContainsFunc(word, unicode.IsDigit):
		return word, true
	case loud && acronym(word):
		return word, true
	case !loud && low != word && strings.IndexFunc(word[1:], unicode.IsUpper) >= 0: // NASA, McCoy, iPhone
		return word, true
	case low == word, common(low), common(strings.TrimSuffix(low, "s")):
		return low, true
	case loud:
		return s.capital(low), false // it may be a name
	}
	return word, false
}

func (s *saying) lower(w string) string {
	if tag := primary(s.language); tag == "tr" || tag == "az" {
		return strings.ToLowerSpecial(unicode.TurkishCase, w)
	}
	low := strings.ToLower(w)
	if strings.HasSuffix(low, "σ") {
		low = strings.TrimSuffix(low, "σ") + "ς"
	}
	return low
}

func (s *saying) capital(w string) string {
	first, size := utf8.DecodeRuneInString(w)
	if !unicode.IsLower(first) || strings.IndexFunc(w[size:], unicode.IsUpper) >= 0 {
		return w // iPhone
	}
	if tag := primary(s.language); tag == "tr" || tag == "az" {
		return string(unicode.TurkishCase.ToTitle(first)) + w[size:]
	}
	return string(unicode.ToTitle(first)) + w[size:]
}

// A headlineShape is how a headline is written.
type headlineShape struct {
	loud   bool // all in capitals
	titled bool // Every Word of It Begins With One
}

func shapeOf(s string) headlineShape {
	upper, lower, capitals, small := 0, 0, 0, 0
	for _, t := range tokensOf(s) {
		if !t.word {
			continue
		}
		for _, r := range t.text {
			if unicode.IsUpper(r) {
				upper++
			} else if unicode.IsLower(r) {
				lower++
			}
		}
		first, _ := utf8.DecodeRuneInString(t.text)
		switch {
		case unicode.IsUpper(first):
			capitals++
		case utf8.RuneCountInString(t.text) > 4 && strings.ToLower(t.text) == t.text && unicode.IsLower(first):
			small++
		}
	}
	return headlineShape{loud: upper >= 10 && lower*10 <= upper, titled: capitals >= 4 && small == 0 && lower > upper}
}

// A token is a word, or what stands between two.
type token struct {
	text string
	word bool
}

func tokensOf(s string) []token {
	var out []token
	for s != "" {
		first, _ := utf8.DecodeRuneInString(s)
		word := inWord(first)
		end := strings.IndexFunc(s, func(r rune) bool { return (inWord(r) || word && (r == '\'' || r == '’')) != word })
		if end < 0 {
			end = len(s)
		}
		if word { // an apostrophe at the end is none of the word
			end = len(strings.TrimRight(s[:end], "'’"))
		}
		out = append(out, token{s[:end], word})
		s = s[end:]
	}
	return out
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// seenIn is how a text writes its words, by their small letters. What begins a
// sentence shows nothing, and neither does a text that is all in capitals.
func seenIn(evidence string) map[string]string {
	seen := map[string]string{}
	evidence = clip(evidence, maxTitle)
	if shapeOf(evidence).loud {
		return seen
	}
	begins := true
	for _, t := range tokensOf(evidence) {
		if !t.word {
			begins = begins || strings.ContainsAny(t.text, ".!?:\n“„«\"")
			continue
		}
		low := strings.ToLower(t.text)
		if form, known := seen[low]; !begins && (!known || form != low) {
			seen[low] = t.text
		}
		begins = false
	}
	return seen
}

// acronym reports whether a word in capitals is read letter by letter: it is
// well known, or nobody could say it.
func acronym(w string) bool {
	switch w {
	case "MR", "MRS", "MS", "DR", "ST", "BY", "MY", "WHY", "TRY", "FLY", "SKY", "DRY", "CRY", "SHY", "SPY", "GYM", "HYMN", "MYTH", "RHYTHM", "VS":
		return false
	case "US", "USA", "UK", "UAE", "EU", "UN", "UNESCO", "UNICEF", "NATO", "OPEC", "AIDS", "NASA", "FIFA", "UEFA", "FIA", "CIA", "FBI", "IRA", "ISIS", "AI", "EV", "IT", "TV", "CEO", "IOC", "IMF", "IPO", "ECB", "AFL", "NBA", "MLB", "UFO", "EPA", "FDA", "FAA", "IAEA", "IRS", "ESA", "AFP", "AP", "EUR", "USD", "GOP", "OECD", "WHO", "ACLU", "SUV", "COVID", "ICE":
		return w != "IT" && w != "WHO" && w != "ICE" && w != "US" // these are words more often than not
	}
	return len(w) > 1 && len(w) <= 5 && !strings.ContainsAny(w, "AEIOUYÀÁÂÄÅÆÈÉÊËÌÍÎÏÒÓÔÖØÙÚÛÜ") && strings.IndexFunc(w, func(r rune) bool { return r > unicode.MaxLatin1 }) < 0
}

// common reports whether an English word in small letters is one that headlines
// are full of, and no name.
func common(w string) bool { return strings.Contains(commonWords, " "+w+" ") }

const commonWords = " a about above accused across adds after again against age ahead air aid all almost alone along already also always am amid among an and announces annual another any approves are area around arrested as ask asks at attack attacks away back backs ban bans battle be become becomes been before begin begins behind being best better between beyond big bill billion black blasts blow body bomb boost both boy break breaks bring brings brother build building but buy by call calls can car care case cases cause caught chance change changes charged charges chief child children city claim claims clash clashes clear close closed closer closes closing coast come comes comeback coming community company could council country court crash crime crisis cut cuts daughter day days dead deadly deal death deaths debate defends delays demand demands despite did died dies disaster do does dog doing done door down drive drop drops during each early earth economy eight election else emergency end ends energy even ever every expected explains face faces fails fall falls family far father fear fears feel few fight fighting final find finds fine fire fires first five flood floods food for force former found four free from front full funding future game games gas get gets girl give gives go goes going good government gets great green group growing growth had half has have he head health hear hearing heat help helps her here hero high him his hit hits hold holds home homes hope hopes hospital hot hour hours house how hundreds hunt if in inside into investigation is issue issues it its jail job jobs join joins judge jury just keep keeps key kill killed killing kills know known land large last late later latest launch launches law lead leader leaders leads least leave leaves left less let life light like likely line live lives local long look looks lose loss lost love low made main major make makes making man many market may me meet meets meeting men might million mine minister miss missing money month months more most mother move moves much murder must my name named near need needs never new news next night nine no not now of off offer offers officer officials oil old on once one only open opens or order orders other our out outside over own paid part party past pay peace people plan plane plans play player police policy poll power president price prices prison probe protest protests public push put puts question questions rain raise raises rate rates reach reaches ready real record red release released remains report reports rescue rescued residents resigns return returns review right rise rises rising risk road rule rules run running runs safe said save say says school schools sea search season second see seek seeks sees sell sent set sets seven share she shooting short shot should show shows shut side sign signs since single six slams small so some son soon south special spending staff stand star start starts state states stay step still stop stops store storm story street strike strikes strong students study such suspect suspected take takes talk talks targets tax team tell tells ten test than that the their them then there these they thing things third this those thousands threat threatens three through time times to today together told too top town trade train trial troops try turn turns two under union until up urges use used using victim victims violence vote votes voters wait walk want wants war warn warning warns was watch water way we weather week weeks well were what when where which while who why wife wildfire will win wind wins with without woman women work worker workers works world worst would year years yet you young your airport boat boats bridge ferries ferry harbor harbour hotel museum ship ships station "
