package dedupe

import (
	"slices"
	"strings"
)

// weighs reports whether a headline with the word says another thing than one
// without: figures and numbers, money, days, what denies and what doubts.
func (w word) weighs() bool {
	if w.figure || w.money {
		return true
	}
	switch w.text {
	case "due", "sei", "sex", "once", "elf", "sept": // numbers of one language, and usual words of another
		return false
	}
	return vetoes(w.text) != "" && len(w.text) > 1 || denies(w.text) || doubts(w.text) || lessens(w.text) || scales(w.text) || strings.HasSuffix(w.text, "n't")
}

// denies reports whether a folded word turns a sentence into its opposite.
func denies(word string) bool {
	switch word {
	case "no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot", "fails", "failed", "denies", "denied", "refuses", "refused",
		"nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "niemand", "nichts", "ohne", "weder",
		"ne", "pas", "jamais", "sans", "aucun", "aucune", "rien", "personne", "ni",
		"nunca", "sin", "jamás", "ningún", "ninguna", "nada", "nadie", "tampoco",
		"non", "senza", "nessun", "nessuno", "nessuna", "né",
		"não", "nem", "sem", "nenhum", "nenhuma", "ninguém",
		"niet", "geen", "nooit", "zonder", "inte", "ej", "aldrig", "ingen", "inga", "utan", "ikke", "aldri", "uden", "uten", "ei", "eivät", "ilman",
		"не", "нет", "ни", "без", "никогда", "ні", "немає", "bez", "brak", "nikt", "není", "nejsou", "nincs", "nu", "fără",
		"δεν", "μη", "μην", "όχι", "χωρίς", "לא", "אין", "בלי", "ללא", "لا", "لم", "لن", "ليس", "ليست", "غير", "دون", "بدون",
		"नहीं", "ना", "बिना", "मत", "değil", "yok", "olmadan", "tidak", "bukan", "tanpa", "không", "chưa", "안", "못", "없다", "없어", "아니다":
		return true
	}
	return strings.HasSuffix(word, "않는다") || strings.HasSuffix(word, "않다") || strings.HasSuffix(word, "못해")
}

// doubts reports whether a word says that something may not be so, or is only
// said to be: who drops or adds one has another claim, often one before a court.
func doubts(word string) bool {
	switch word {
	case "alleged", "allegedly", "reportedly", "suspected", "accused", "claims", "claimed", "may", "might", "could", "would", "possible", "possibly", "likely",
		"mutmaßlich", "mutmasslich", "mutmaßliche", "mutmaßlicher", "mutmaßlichen", "mutmasslicher", "mutmasslichen", "mutmassliche", "angeblich", "angebliche", "angeblicher", "womöglich", "möglicherweise", "soll", "sollen", "könnte", "könnten", "wohl", "vermutlich",
		"présumé", "présumée", "présumés", "soupçonné", "soupçonnée", "peut-être", "aurait", "auraient",
		"presunto", "presunta", "presuntos", "presuntas", "supuesto", "supuesta", "podría", "podrían", "habría",
		"presunti", "presunte", "potrebbe", "avrebbe", "sarebbe", "suposto", "suposta", "poderia", "teria",
		"vermoedelijk", "vermeende", "misstänkt", "misstänkta", "påstådd", "mistenkt", "mistænkt", "epäilty",
		"якобы", "предположительно", "возможно", "rzekomo", "podejrzany", "údajně", "állítólag", "iddia", "olası", "diduga":
		return true
	}
	return false
}

// lessens reports whether a word makes another office or deed of the one that it
// stands before: a former mayor is not the mayor, attempted murder is no murder.
func lessens(word string) bool {
	switch word {
	case "former", "ex", "vice", "deputy", "acting", "attempted",
		"ehemalig", "ehemalige", "ehemaliger", "ehemaligen", "ehemaligem", "ehemaliges", "vize", "stellvertretend", "stellvertretende", "stellvertretender", "stellvertretenden",
		"versucht", "versuchte", "versuchter", "versuchten", "versuchtem", "ancien", "ancienne", "anciens", "anciennes", "tentative", "intento", "tentato", "voormalig", "voormalige", "tidligere", "tidigare",
		"бывший", "бывшая", "бывшего", "бывшей", "экс", "były", "była", "byłego", "byłej":
		return true
	}
	return false
}

// opposed reports whether what was for something is against it now.
func opposed(removed, added []word) bool {
	return slices.ContainsFunc(removed, word.favours) && slices.ContainsFunc(added, word.resists)
}

func (w word) favours() bool {
	return slices.Contains([]string{"for", "fur", "pour", "por", "per", "voor", "za", "за", "til"}, w.plain)
}

func (w word) resists() bool {
	return slices.Contains([]string{"against", "gegen", "contre", "contra", "contro", "tegen", "proti", "przeciw", "przeciwko", "против", "mot", "imod"}, w.plain)
}

// scales reports whether a word is a measure that figures are multiplied by, or a
// part of a whole.
func scales(word string) bool {
	switch word {
	case "hundred", "hundreds", "thousand", "thousands", "million", "millions", "mn", "billion", "billions", "bn", "trillion", "trillions", "dozen", "dozens", "half", "double", "twice", "triple", "percent",
		"hundert", "hunderte", "tausend", "tausende", "millionen", "mio", "milliarde", "milliarden", "mrd", "billionen", "dutzend", "dutzende", "hälfte", "doppelt", "prozent",
		"cent", "cents", "mille", "milliers", "centaines", "milliard", "milliards", "moitié",
		"cientos", "mil", "miles", "millón", "millones", "mitad", "mila", "milione", "milioni", "miliardo", "miliardi", "metà",
		"milhão", "milhões", "bilhão", "bilhões", "metade", "miljoen", "miljard", "helft", "miljon", "miljoner", "miljarder", "hälften",
		"тысяч", "тысячи", "миллион", "миллиона", "миллионов", "миллиард", "миллиарда", "миллиардов", "млн", "млрд", "тыс",
		"tysięcy", "tysiące", "milion", "miliona", "milionów", "miliard", "miliarda", "miliardów", "mln", "mld", //nolint:misspell // Polish
		"bin", "milyon", "milyar", "ribu", "juta", "miliar", "मिलियन", "लाख", "करोड़", "हजार":
		return true
	}
	return false
}

// denied reports whether one word is the other with a prefix that denies it, as
// "legal" and "illegal" are.
func denied(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutSuffix(b, a)
	if !ok || len(a) < 3 {
		return false
	}
	switch rest {
	case "un", "in", "im", "il", "ir", "dis", "non", "anti", "de", "des", "mis", "miss", "a", "an", "in-", "o", "on", "niet", "nie", "ne", "не", "без", "бес", "анти", "αν", "α":
		return true
	}
	return false
}

// small reports whether a word only holds others together. Words that are small
// in one language and not in another are not among them, as "die" and "war".
func (w word) small() bool {
	switch w.plain {
	case "a", "an", "the", "of", "in", "on", "at", "to", "for", "by", "with", "as", "and", "is", "are", "was", "were", "be", "been", "has", "have", "had", "its", "his", "her", "their", "that", "this", "it", "says", "say", "said",
		"der", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines", "und", "im", "am", "an's", "ist", "sind", "wird", "werden", "wurde", "wurden", "hat", "haben", "zu", "zum", "zur", "fur", "mit", "von", "vom", "bei", "beim", "auf", "auch",
		"le", "la", "les", "l", "un", "une", "du", "de", "d", "et", "est", "sont", "ete", "au", "aux", "dans", "en", "sur", "par", "pour", "avec", "se", "sa", "son", "ses", "que", "qui", "qu",
		"el", "los", "las", "lo", "una", "unos", "unas", "del", "al", "y", "e", "es", "ha", "han", "con", "por", "para", "su", "sus",
		"il", "i", "gli", "uno", "di", "della", "dello", "dei", "delle", "degli", "da", "dal", "dalla", "nel", "nella", "ed", "sono", "che", "si", "per",
		"o", "os", "um", "uma", "do", "dos", "na", "nas", "nos", "em", "ao", "aos", "com", "ou", "foi", "sao",
		"het", "een", "van", "voor", "met", "op", "bij", "te", "zijn", "wordt", "heeft",
		"och", "ett", "av", "till", "med", "pa", "som", "ar", "har", "og", "er", "til",
		"и", "в", "во", "на", "с", "со", "о", "об", "у", "к", "по", "за", "из", "что", "как", "его", "її", "та", "і", "й",
		"w", "z", "ze", "we", "oraz", "jest", "ve", "bir", "ile", "yang", "dan", "ke", "dari", "untuk",
		"ο", "η", "το", "οι", "τα", "του", "της", "των", "τον", "την", "και", "σε", "στο", "στη", "στην", "με", "για",
		"و", "في", "על", "את", "של", "का", "के", "की", "में", "को", "से", "ने", "पर", "और", "है", "हैं", "và", "của", "là":
		return true
	}
	return false
}

// heavySign reports whether a sign of a script that does not part words weighs:
// digits and numerals, money, and what denies in Chinese.
func heavySign(r rune) bool {
	return r >= '0' && r <= '9' || strings.ContainsRune("零〇一二三四五六七八九十百千万萬億亿兆两兩半倍%$€£¥￥不没沒無无未非否勿涉嫌疑", r) || r >= '๐' && r <= '๙'
}

// deniesSigns looks for what denies in Japanese and Thai.
func deniesSigns(s []rune) bool {
	text := string(s)
	return slices.ContainsFunc([]string{"ない", "なか", "ず", "ぬ", "ません", "ไม่", "มิ", "ห้าม"}, func(no string) bool { return strings.Contains(text, no) })
}
