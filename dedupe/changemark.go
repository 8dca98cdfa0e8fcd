package dedupe

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"spool"
)

// How much of a text is searched for notes of corrections.
const (
	notedText  = 8000 // bytes, half of them from its end, where most stand
	longestCut = 200  // bytes of a note that tell it from others
)

// newMark is the mark of a correction that an edit has brought; empty: none is new.
func newMark(before, after spool.Item) string {
	old := marksOf(before)
	for _, mark := range marksOf(after) {
		if !slices.Contains(old, mark) {
			return mark
		}
	}
	return ""
}

// marksOf are the places at which an item says that it was corrected.
func marksOf(it spool.Item) []string {
	var marks []string
	title := plainMarks(strings.ToValidUTF8(it.Title[:min(len(it.Title), titleBytes)], " "))
	for range 4 {
		if rest, mark, ok := agencyMark(title); ok {
			if !strings.HasPrefix(mark, "rpt") && !strings.HasPrefix(mark, "refile") {
				marks = append(marks, mark)
			}
			title = rest
			continue
		}
		if h, rest, ok := cutHead(title); ok && announces(h) {
			if correctionMark(h) {
				marks = append(marks, letters(h))
			}
			title = rest
			continue
		}
		break
	}
	if _, tail, ok := cutTail(title); ok && correctionMark(tail) {
		marks = append(marks, letters(tail))
	}
	for _, c := range it.Categories {
		if correctionMark(c) {
			marks = append(marks, "category "+letters(c))
		}
	}
	return append(marks, notes(it.Summary)...)
}

// agencyMark takes off what news agencies put before the headline of a story that
// they send again: "UPDATE 2-", "CORRECTED-". Capitals and the hyphen make it one.
func agencyMark(s string) (rest, mark string, ok bool) {
	s = strings.TrimSpace(s)
	head, rest, found := strings.Cut(s, "-")
	if !found || len(head) > 30 || strings.TrimSpace(rest) == "" || strings.HasSuffix(head, " ") && !strings.HasPrefix(rest, " ") {
		return s, "", false
	}
	fields := strings.Fields(strings.NewReplacer("(", " ", ")", " ", ".", " ").Replace(head))
	if len(fields) == 0 || len(fields) > 3 {
		return s, "", false
	}
	numbered := false
	for _, f := range fields[1:] {
		numbered = numbered || strings.Trim(f, "0123456789") == ""
	}
	switch fields[0] {
	case "UPDATE", "WRAPUP":
		if !numbered {
			return s, "", false
		}
	case "CORRECTED", "CORRECTION", "CORRECTS", "RETRACTED", "RETRACTION", "WITHDRAWN", "REFILE", "RPT":
	default:
		return s, "", false
	}
	return strings.TrimSpace(rest), strings.ToLower(strings.Join(fields, " ")), true
}

// letters are the words of a phrase, folded.
func letters(s string) string {
	return strings.Join(strings.FieldsFunc(fold(norm.NFC.String(s)), func(r rune) bool {
		return r != '\'' && !unicode.In(r, unicode.Letter, unicode.Mark)
	}), " ")
}

// correctionMark reports whether a phrase, in whole, marks a correction or a
// retraction. A mere update is none.
func correctionMark(phrase string) bool {
	if len(phrase) > 80 {
		return false
	}
	switch letters(phrase) {
	case "correction", "corrections", "corrected", "corrected version", "correction appended", "clarification", "clarified", "retraction", "retracted", "erratum", "errata", "editor's note", "editors note", "editors' note",
		"berichtigung", "berichtigt", "korrektur", "korrigiert", "korrigierte fassung", "korrigierte version", "richtigstellung", "klarstellung", "berichtigte fassung",
		"rectificatif", "rectification", "rectifié", "corrigé", "correctif", "erratum et rectificatif", "mise au point", "précision",
		"corrección", "corregido", "corregida", "rectificación", "rectificado", "fe de errores", "fe de erratas", "fe de errata", "aclaración",
		"correzione", "corretto", "rettifica", "errata corrige", "precisazione", "smentita",
		"correção", "corrigido", "corrigida", "retificação", "retificado", "errei", "erramos", "errámos",
		"rectificatie", "correctie", "gecorrigeerd", "herstel", "verbetering", "rechtzetting",
		"rättelse", "rättad", "korrigering", "rettelse", "rettet", "korreksjon", "presisering", "præcisering", "oikaisu", "korjaus", "korjattu", "leiðrétting",
		"исправление", "исправлено", "поправка", "уточнение", "опровержение", "виправлення", "виправлено", "уточнення", "спростування",
		"sprostowanie", "korekta", "poprawka", "oprava", "opraveno", "opravené", "helyesbítés", "javítás", "corectură", "rectificare", "erată", "ispravak", "ispravka", "popravek", "поправяне",
		"διόρθωση", "διευκρίνιση", "düzeltme", "tekzip", "parandus", "labojums", "pataisymas",
		"תיקון", "תיקון טעות", "הבהרה", "تصحيح", "تصويب", "توضيح", "اصلاحیه", "تصحیح",
		"सुधार", "भूल सुधार", "संशोधन", "शुद्धिपत्र", "সংশোধনী", "திருத்தம்",
		"訂正", "お詫びと訂正", "訂正とお詫び", "更正", "更正启事", "更正啟事", "勘误", "勘誤", "정정", "정정보도", "바로잡습니다", "แก้ไข", "แก้ข่าว", "ขออภัยและแก้ไข",
		"đính chính", "koreksi", "ralat", "pembetulan", "pagtutuwid":
		return true
	}
	return false
}

// notes are the sentences of a text that say that it was corrected.
func notes(text string) []string {
	if len(text) > notedText {
		text = text[:notedText/2] + "\n" + text[len(text)-notedText/2:]
	}
	text = plainMarks(strings.ToValidUTF8(text, " "))
	var found []string
	for _, s := range sentences(text) {
		if noted(s) {
			s = letters(s[:min(len(s), 2*longestCut)])
			found = append(found, strings.ToValidUTF8(s[:min(len(s), longestCut)], ""))
		}
	}
	return found
}

// sentences are the lines of a text, and within them what ends in a full stop.
func sentences(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		for {
			i := sentenceEnd(line)
			if s := strings.TrimSpace(line[:i]); s != "" {
				out = append(out, s)
			}
			if line = line[i:]; line == "" {
				break
			}
		}
	}
	return out
}

// sentenceEnd is where the first sentence of a line ends.
func sentenceEnd(line string) int {
	for i, r := range line {
		n := i + len(string(r))
		switch {
		case r == '。' || r == '।':
			return n
		case (r == '.' || r == '!' || r == '?') && n < len(line) && line[n] == ' ':
			return n
		}
	}
	return len(line)
}

// noted reports whether a sentence says that the text it stands in was corrected.
func noted(s string) bool {
	if h, rest, ok := cutHead(s); ok && correctionMark(h) && strings.TrimSpace(rest) != "" {
		return true
	}
	folded := fold(s[:min(len(s), 2*longestCut)])
	for _, phrase := range []string{
		"an earlier version of this", "a previous version of this", "this article has been corrected", "this story has been corrected", "this article was corrected",
		"this article was amended", "this story was corrected", "this headline has been corrected", "has been corrected to", "was corrected to",
		"in einer früheren version", "in einer früheren fassung", "in einer ersten version", "in einer ersten fassung", "in einer vorherigen version", "wir haben das korrigiert", "wir haben den fehler korrigiert", "wir bitten, den fehler zu entschuldigen",
		"une version précédente de cet article", "une première version de cet article", "cet article a été corrigé",
		"una versión anterior de est", "una primera versión de est", "una versione precedente di quest", "una prima versione di quest", "uma versão anterior dest",
		"in een eerdere versie van dit", "i en tidigare version av", "i en tidligere versjon av", "i en tidligere version af",
		"в более ранней версии", "в предыдущей версии", "w poprzedniej wersji artykułu", "we wcześniejszej wersji",
		"記事の一部を訂正", "見出しを訂正", "本文已更正", "기사 내용을 바로잡",
	} {
		if strings.Contains(folded, phrase) {
			return true
		}
	}
	return false
}
