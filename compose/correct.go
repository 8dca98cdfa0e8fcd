package compose

import (
	"fmt"
	"slices"
	"strings"

	"spool"
)

// DefaultCorrection is the template of a correction where the configuration has
// none of its own.
const DefaultCorrection = "{{ .Correction }}{{ .Title }}\n\n{{ .Summary | fit }}"

// Correct words a reply to an item's post that is live, which says what is right
// now. It has no card and no picture, which the post above it has, and never
// the words of that post: it begins with "Correction:" in the language of the
// post. Limits and errors are those of Compose.
func (w *Wording) Correct(it spool.Item, v Values, l spool.TextLimits) (spool.Content, Report, error) {
	report := Report{Limit: l.Max}
	c := w.composition(it, v, l, &report)
	c.text, c.fallback, c.correcting = w.correction, DefaultCorrection, true
	if c.text == nil {
		c.text = builtIn(DefaultCorrection)
	}
	content := spool.Content{Language: c.language(), Warning: c.warning()}
	if line(it.Title) == "" && line(it.Summary) == "" {
		return spool.Content{}, report, fmt.Errorf("item %s: there is nothing to correct it with: it has neither title nor summary", identity(it))
	}
	if err := c.fill(&content, false); err != nil {
		return spool.Content{}, report, err
	}
	return content, report, nil
}

// correctionMark is what a correction begins with, with the space that parts it
// from the words behind it. The second one of a post has a number, so that no two
// of them can be the same.
func correctionMark(language string, revision int) string {
	word, colon := correctionWord(language)
	if revision > 1 {
		word += fmt.Sprintf(" (%d)", revision)
	}
	return word + colon
}

// correctionWord is the word of a language for a correction, and the colon as it
// is set there. English serves for languages that are not in the list.
func correctionWord(language string) (word, colon string) {
	switch tag := primary(language); tag {
	case "fr":
		return "Correction", "\u00a0: "
	case "ja":
		return "訂正", "："
	case "zh":
		return "更正", "："
	default:
		for words := range strings.SplitSeq(corrections, "; ") {
			if languages, word, _ := strings.Cut(words, " "); slices.Contains(strings.Split(languages, ","), tag) {
				return word, ": "
			}
		}
	}
	return "Correction", ": "
}

// corrections are languages and their word for a correction in a newspaper.
const corrections = "de Korrektur; es,gl Corrección; it Correzione; nl Correctie; pt Correção; ca Correcció; ro Corectură; " +
	"pl Sprostowanie; sv Rättelse; da,no,nb Rettelse; nn Retting; is Leiðrétting; fi Oikaisu; et Parandus; cs,sk Oprava; " +
	"sl Popravek; hr,bs Ispravak; sr Исправка; hu Helyesbítés; tr Düzeltme; el Διόρθωση; ru Исправление; uk Виправлення; bg Корекция; " +
	"ko 정정; ar تصحيح; fa اصلاحیه; ur تصحیح; he,iw תיקון; hi,mr,ne सुधार; id,ms Koreksi; vi Đính chính"

// primary is the language that a tag names, without region and script.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return tag
}
