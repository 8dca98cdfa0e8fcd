package compose

import (
	"fmt"
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
	c := &composition{wording: w, item: it, values: v, limits: l, report: &report, text: w.correction, correcting: true}
	content := spool.Content{Language: c.language()}
	if line(it.Title) == "" && line(it.Summary) == "" {
		return spool.Content{}, report, fmt.Errorf("item %s: there is nothing to correct it with: it has neither title nor summary", identity(it))
	}
	if err := c.fill(&content, c.link(), false); err != nil {
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
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	colon = ": "
	switch primary {
	case "fr":
		return "Correction", "\u00a0: "
	case "de":
		return "Korrektur", colon
	case "es", "gl":
		return "Corrección", colon
	case "it":
		return "Correzione", colon
	case "nl":
		return "Correctie", colon
	case "pt":
		return "Correção", colon
	case "ca":
		return "Correcció", colon
	case "ro":
		return "Corectură", colon
	case "pl":
		return "Sprostowanie", colon
	case "sv":
		return "Rättelse", colon
	case "da":
		return "Rettelse", colon
	case "no", "nb":
		return "Rettelse", colon
	case "nn":
		return "Retting", colon
	case "is":
		return "Leiðrétting", colon
	case "fi":
		return "Oikaisu", colon
	case "et":
		return "Parandus", colon
	case "cs", "sk":
		return "Oprava", colon
	case "sl":
		return "Popravek", colon
	case "hr", "bs":
		return "Ispravak", colon
	case "hu":
		return "Helyesbítés", colon
	case "tr":
		return "Düzeltme", colon
	case "el":
		return "Διόρθωση", colon
	case "ru":
		return "Исправление", colon
	case "uk":
		return "Виправлення", colon
	case "bg":
		return "Корекция", colon
	case "ja":
		return "訂正", "："
	case "zh":
		return "更正", "："
	case "ko":
		return "정정", colon
	case "ar":
		return "تصحيح", colon
	case "fa":
		return "اصلاحیه", colon
	case "ur":
		return "تصحیح", colon
	case "he", "iw":
		return "תיקון", colon
	case "hi", "mr", "ne":
		return "सुधार", colon
	case "id", "ms":
		return "Koreksi", colon
	case "vi":
		return "Đính chính", colon
	}
	return "Correction", colon
}
