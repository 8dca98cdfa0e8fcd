package feeds

import "strings"

// monthNamed knows the months, whole and abbreviated, of the languages that
// feeds are often dated in. Unsure marks a word that is a weekday as well.
func monthNamed(s string) (month int, unsure bool) {
	switch s {
	case "january", "jan", "januar", "janvier", "janv", "gennaio", "gen", "enero", "ene", "janeiro", "januari", "января", "янв", "январь", "stycznia", "sty", "ledna", "ocak", "січня", "ianuarie", "gener", "tammikuuta", "يناير", "ιανουαρίου", "ינואר", "जनवरी", "január":
		return 1, false
	case "february", "feb", "februar", "feber", "février", "fevrier", "févr", "fevr", "fév", "febbraio", "febr", "febrero", "fevereiro", "fev", "februari", "февраля", "фев", "февр", "февраль", "lutego", "lut", "února", "şubat", "лютого", "februarie", "febrer", "helmikuuta", "فبراير", "φεβρουαρίου", "פברואר", "फ़रवरी", "फरवरी", "február", "pebruari":
		return 2, false
	case "march", "märz", "maerz", "mär", "mrz", "mars", "marzo", "março", "marco", "maart", "mrt", "marts", "марта", "мар", "март", "marca", "března", "mart", "березня", "martie", "març", "maaliskuuta", "مارس", "μαρτίου", "מרץ", "मार्च", "maret", "március":
		return 3, false
	case "mar": // and martedì, mardi, martes
		return 3, true
	case "april", "apr", "avril", "avr", "aprile", "abril", "abr", "апреля", "апр", "апрель", "kwietnia", "kwi", "dubna", "nisan", "квітня", "aprilie", "huhtikuuta", "أبريل", "ابريل", "απριλίου", "אפריל", "अप्रैल", "április":
		return 4, false
	case "may", "mai", "maggio", "mag", "mayo", "maio", "mei", "maj", "мая", "май", "maja", "května", "mayıs", "травня", "maig", "toukokuuta", "مايو", "μαΐου", "מאי", "मई", "május":
		return 5, false
	case "june", "jun", "juni", "juin", "giugno", "giu", "junio", "junho", "июня", "июн", "июнь", "czerwca", "cze", "června", "haziran", "червня", "iunie", "juny", "kesäkuuta", "يونيو", "ιουνίου", "יוני", "जून", "június":
		return 6, false
	case "july", "jul", "juli", "juillet", "juil", "luglio", "lug", "julio", "julho", "июля", "июл", "июль", "lipca", "lip", "července", "temmuz", "липня", "iulie", "juliol", "heinäkuuta", "يوليو", "ιουλίου", "יולי", "जुलाई", "július":
		return 7, false
	case "august", "aug", "août", "aout", "agosto", "ago", "augustus", "augusti", "августа", "авг", "август", "sierpnia", "sie", "srpna", "ağustos", "серпня", "agost", "elokuuta", "أغسطس", "αυγούστου", "אוגוסט", "अगस्त", "agustus", "augusztus":
		return 8, false
	case "september", "sep", "sept", "septembre", "settembre", "set", "sett", "septiembre", "setiembre", "setembro", "сентября", "сен", "сент", "сентябрь", "września", "wrz", "září", "eylül", "вересня", "septembrie", "setembre", "syyskuuta", "سبتمبر", "σεπτεμβρίου", "ספטמבר", "सितंबर", "szeptember":
		return 9, false
	case "october", "oct", "oktober", "okt", "octobre", "ottobre", "ott", "octubre", "outubro", "out", "октября", "окт", "октябрь", "października", "paź", "října", "ekim", "жовтня", "octombrie", "lokakuuta", "أكتوبر", "οκτωβρίου", "אוקטובר", "अक्टूबर", "október":
		return 10, false
	case "november", "nov", "novembre", "noviembre", "novembro", "ноября", "ноя", "нояб", "ноябрь", "listopada", "lis", "listopadu", "kasım", "листопада", "noiembrie", "marraskuuta", "نوفمبر", "νοεμβρίου", "נובמבר", "नवंबर":
		return 11, false
	case "december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "dicembre", "dic", "diciembre", "dezembro", "декабря", "дек", "декабрь", "grudnia", "gru", "prosince", "aralık", "грудня", "decembrie", "desembre", "desember", "des", "joulukuuta", "ديسمبر", "δεκεμβρίου", "דצמבר", "दिसंबर":
		return 12, false
	}
	return monthBeyond(s), false
}

// zoneNamed knows the abbreviations of zones, in seconds east of UTC. What one
// means that several places use is decided by the feed's language, and else as
// feeds mostly use it: CST, EST, MST and PST in North America, AST on its
// Atlantic coast, BST in Britain, IST in India, GST in the Gulf, AMT in Armenia.
func zoneNamed(s, language string) (offset int, ok bool) {
	const quarter = 900
	quarters, ok := localQuarters(s, language)
	if !ok {
		quarters, ok = zoneQuarters(s)
	}
	return quarters * quarter, ok
}

// ambiguousZone reports whether localQuarters may decide about a name.
func ambiguousZone(s string) bool {
	switch s {
	case "IST", "CST", "CDT", "EST", "EDT", "BST", "AST", "PST", "MST", "AMT", "SST", "WST":
		return true
	}
	return false
}

// localQuarters gives what a name means where a language is spoken.
func localQuarters(s, language string) (int, bool) {
	if language == "" || !ambiguousZone(s) {
		return 0, false
	}
	tag := strings.ToLower(language)
	base, _, _ := strings.Cut(tag, "-")
	switch {
	case s == "IST" && (base == "he" || base == "iw" || tag == "en-il"):
		return 8, true
	case s == "IST" && (base == "ga" || tag == "en-ie"):
		return 4, true
	case s == "CST" && base == "zh":
		return 32, true
	case tag == "en-au":
		return australianQuarters(s)
	case s == "BST" && base == "bn":
		return 24, true
	case s == "AST" && base == "ar":
		return 12, true
	case s == "PST" && (base == "fil" || base == "tl" || tag == "en-ph"):
		return 32, true
	case s == "MST" && (base == "ms" || tag == "en-my"), s == "SST" && tag == "en-sg":
		return 32, true
	case s == "AMT" && base == "pt":
		return -16, true
	}
	return 0, false
}

// australianQuarters knows the names as they are used without the A for Australia.
func australianQuarters(s string) (int, bool) {
	switch s {
	case "WST":
		return 32, true
	case "CST":
		return 38, true
	case "EST":
		return 40, true
	case "CDT":
		return 42, true
	case "EDT":
		return 44, true
	}
	return 0, false
}

// zonePlace knows the names that mean one offset in summer and another in
// winter, short ones and the first words of long ones, given what follows.
func zonePlace(s, rest string) string {
	switch rest = strings.ToLower(rest); {
	case strings.Contains(rest, "europe"):
		return map[string]string{"Western": "Europe/Lisbon", "Central": "Europe/Berlin", "Eastern": "Europe/Athens"}[s]
	case strings.Contains(rest, "australia"):
		return map[string]string{"Western": "Australia/Perth", "Central": "Australia/Adelaide", "Eastern": "Australia/Sydney"}[s]
	case len(s) > 2 && !strings.Contains(rest, "time"):
		return ""
	}
	switch s {
	case "ET", "Eastern":
		return "America/New_York"
	case "CT", "Central":
		return "America/Chicago"
	case "MT", "Mountain":
		return "America/Denver"
	case "PT", "Pacific":
		return "America/Los_Angeles"
	}
	return ""
}

// monthFirst knows the zones whose people write the month before the day.
func monthFirst(zone string) bool {
	switch zone {
	case "America/New_York", "America/Detroit", "America/Chicago", "America/Menominee", "America/Boise", "America/Denver",
		"America/Phoenix", "America/Los_Angeles", "America/Anchorage", "America/Juneau", "America/Nome", "America/Sitka",
		"Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam", "Asia/Manila",
		"EST", "MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT":
		return true
	}
	for _, area := range []string{"US/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/"} {
		if strings.HasPrefix(zone, area) {
			return true
		}
	}
	return false
}

// zoneQuarters gives the offset in quarters of an hour.
func zoneQuarters(s string) (int, bool) {
	switch s {
	case "Z", "z", "UT", "UTC", "GMT", "WET", "utc", "gmt":
		return 0, true
	case "CET", "MEZ", "MET", "BST", "WEST", "WAT":
		return 4, true
	case "CEST", "MESZ", "MEST", "CEDT", "EET", "SAST", "CAT", "WAST":
		return 8, true
	case "EEST", "EEDT", "MSK", "МСК", "мск", "TRT", "EAT", "IDT", "FET":
		return 12, true
	case "IRST":
		return 14, true
	case "GST", "SAMT", "MSD", "AZT", "GET", "AMT", "MUT", "RET", "SCT":
		return 16, true
	case "AFT", "IRDT":
		return 18, true
	case "PKT", "YEKT", "UZT", "TJT", "TMT", "MVT":
		return 20, true
	case "IST", "SLST":
		return 22, true
	case "NPT":
		return 23, true
	case "BDT", "OMST", "KGT", "ALMT", "BTT":
		return 24, true
	case "MMT":
		return 26, true
	case "ICT", "WIB", "KRAT", "NOVT", "HOVT":
		return 28, true
	case "HKT", "SGT", "PHT", "AWST", "MYT", "WITA", "IRKT", "ULAT", "BNT":
		return 32, true
	case "JST", "KST", "WIT", "YAKT", "TLT":
		return 36, true
	case "ACST":
		return 38, true
	case "AEST", "VLAT", "ChST", "PGT":
		return 40, true
	case "ACDT", "LHST":
		return 42, true
	case "AEDT", "MAGT", "SAKT", "SRET", "SBT", "VUT", "NCT":
		return 44, true
	case "NZST", "PETT", "FJT", "WAKT", "TVT":
		return 48, true
	case "CHAST":
		return 51, true
	case "NZDT", "TOT", "PHOT":
		return 52, true
	case "CHADT":
		return 55, true
	}
	return westQuarters(s)
}

func westQuarters(s string) (int, bool) {
	switch s {
	case "CVT", "AZOT", "EGT":
		return -4, true
	case "NDT":
		return -10, true
	case "ADT", "BRT", "ART", "UYT", "CLST", "PYST", "GFT", "SRT", "HAA":
		return -12, true
	case "NST":
		return -14, true
	case "EDT", "AST", "CLT", "VET", "BOT", "PYT", "GYT", "HAE", "HNA":
		return -16, true
	case "EST", "CDT", "COT", "PET", "ECT", "HNE", "HAC":
		return -20, true
	case "CST", "MDT", "HNC", "HAR":
		return -24, true
	case "MST", "PDT", "HNR", "HAP":
		return -28, true
	case "PST", "AKDT", "HNP":
		return -32, true
	case "AKST", "HDT", "HADT":
		return -36, true
	case "HST", "HAST":
		return -40, true
	case "SST":
		return -44, true
	}
	return 0, false
}
