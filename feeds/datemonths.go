package feeds

import (
	"strings"
	"unicode/utf8"
)

// monthBeyond knows months that monthNamed does not: short forms, and languages
// that are dated in less often.
func monthBeyond(s string) int {
	switch s {
	case "oca", "ιαν", "ιανουάριος", "มค", "มกราคม", "led", "січ", "جنوری", "ژانویه", "جانفي", "януари", "јануар", "ian", "জানুয়ারি", "जन":
		return 1
	case "şub", "φεβ", "φεβρουάριος", "กพ", "กุมภาพันธ์", "úno", "лют", "فروری", "فوریه", "شباط", "فيفري", "февруари", "фебруар", "ফেব্রুয়ারি", "फर", "फ़र":
		return 2
	case "μαρ", "μάρ", "μάρτιος", "มีค", "มีนาคม", "bře", "бер", "مارچ", "آذار", "márc", "মার্চ":
		return 3
	case "nis", "απρ", "απρίλιος", "เมย", "เมษายน", "dub", "кві", "اپریل", "آوریل", "نيسان", "أفريل", "април", "ápr", "এপ্রিল":
		return 4
	case "μαϊ", "μαι", "μάι", "μάιος", "พค", "พฤษภาคม", "kvě", "тра", "مئی", "مه", "أيار", "ماي", "мај", "máj", "মে":
		return 5
	case "haz", "ιουν", "ιούν", "ιούνιος", "มิย", "มิถุนายน", "čvn", "чер", "جون", "ژوئن", "حزيران", "جوان", "юни", "јун", "jún", "iun", "জুন":
		return 6
	case "tem", "ιουλ", "ιούλ", "ιούλιος", "กค", "กรกฎาคม", "čvc", "лип", "جولائی", "ژوئیه", "تموز", "جويلية", "يوليوز", "юли", "јул", "júl", "iul", "জুলাই":
		return 7
	case "ağu", "αυγ", "αύγ", "αύγουστος", "สค", "สิงหาคม", "srp", "сер", "اگست", "اوت", "آب", "أوت", "غشت", "agu", "agt", "আগস্ট":
		return 8
	case "eyl", "σεπ", "σεπτ", "σεπτέμβριος", "กย", "กันยายน", "zář", "вер", "ستمبر", "سپتامبر", "أيلول", "شتنبر", "септември", "септембар", "szept", "সেপ্টেম্বর", "सितम्बर":
		return 9
	case "eki", "οκτ", "οκτώβριος", "ตค", "ตุลาคม", "říj", "жов", "اکتوبر", "اکتبر", "اكتوبر", "октомври", "октобар", "অক্টোবর", "अक्तूबर":
		return 10
	case "kas", "νοε", "νοέ", "νοέμ", "νοέμβριος", "พย", "พฤศจิกายน", "лис", "نومبر", "نوامبر", "نونبر", "ноември", "новембар", "noi", "নভেম্বর", "नवम्बर":
		return 11
	case "ara", "δεκ", "δεκέμβριος", "ธค", "ธันวาคม", "pro", "гру", "دسمبر", "دسامبر", "دجنبر", "декември", "децембар", "ডিসেম্বর", "दिसम्बर":
		return 12
	}
	return 0
}

// oneWord writes the months of the Levant, whose names are two words, as one.
func oneWord(s string) string {
	if !strings.Contains(s, "تشرين") && !strings.Contains(s, "كانون") {
		return s
	}
	return strings.NewReplacer("تشرين الأول", "أكتوبر", "تشرين الاول", "أكتوبر", "تشرين الثاني", "نوفمبر",
		"كانون الأول", "ديسمبر", "كانون الاول", "ديسمبر", "كانون الثاني", "يناير").Replace(s)
}

// halfOfDay reads the words for before and after noon.
func (d *dateReader) halfOfDay(lower string) bool {
	switch lower {
	case "am", "午前", "上午", "오전":
		d.morning = true
		return true
	case "pm", "午後", "下午", "오후":
		d.afternoon = true
		return true
	}
	if !d.hasTime {
		return false
	}
	switch vietnamese := strings.HasPrefix(strings.ToLower(d.language), "vi"); {
	case lower == "πμ", lower == "ص", lower == "صباحا", lower == "صباحًا", lower == "öö", lower == "sa" && vietnamese, lower == "a" && d.spacedM():
		d.morning = true
	case lower == "μμ", lower == "م", lower == "مساء", lower == "مساءً", lower == "ös", lower == "ch" && vietnamese, lower == "p" && d.spacedM():
		d.afternoon = true
	default:
		return false
	}
	return true
}

// spacedM reports whether an "m." follows, as in Spanish "8:15 p. m.".
func (d *dateReader) spacedM() bool {
	rest := strings.TrimLeft(d.s[d.pos:], " \u00a0\u202f")
	if !strings.HasPrefix(rest, "m") && !strings.HasPrefix(rest, "M") {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest[1:])
	return rest == "m" || rest == "M" || r == '.' || r == ' '
}

// numberedMonth reads the number behind the Vietnamese word for month.
func (d *dateReader) numberedMonth(lower string) bool {
	if lower != "tháng" && lower != "thg" || d.month != 0 {
		return false
	}
	rest := strings.TrimLeft(d.s[d.pos:], " ")
	d.pos = len(d.s) - len(rest)
	n := number(d.run())
	d.month = int(min(n, 99))
	return true
}
