package feeds

// monthNamed knows the months, whole and abbreviated, of the languages that
// feeds are often dated in. Unsure marks a word that is a weekday as well.
func monthNamed(s string) (month int, unsure bool) {
	switch s {
	case "january", "jan", "januar", "janvier", "janv", "gennaio", "gen", "enero", "ene", "janeiro", "januari", "января", "янв":
		return 1, false
	case "february", "feb", "februar", "feber", "février", "fevrier", "févr", "fevr", "fév", "febbraio", "febr", "febrero", "fevereiro", "fev", "februari", "февраля", "фев":
		return 2, false
	case "march", "märz", "maerz", "mär", "mrz", "mars", "marzo", "março", "marco", "maart", "mrt", "марта", "мар":
		return 3, false
	case "mar": // and martedì, mardi, martes
		return 3, true
	case "april", "apr", "avril", "avr", "aprile", "abril", "abr", "апреля", "апр":
		return 4, false
	case "may", "mai", "maggio", "mag", "mayo", "maio", "mei", "maj", "мая", "май":
		return 5, false
	case "june", "jun", "juni", "juin", "giugno", "giu", "junio", "junho", "июня", "июн":
		return 6, false
	case "july", "jul", "juli", "juillet", "juil", "luglio", "lug", "julio", "julho", "июля", "июл":
		return 7, false
	case "august", "aug", "août", "aout", "agosto", "ago", "augustus", "augusti", "августа", "авг":
		return 8, false
	case "september", "sep", "sept", "septembre", "settembre", "set", "sett", "septiembre", "setiembre", "setembro", "сентября", "сен", "сент":
		return 9, false
	case "october", "oct", "oktober", "okt", "octobre", "ottobre", "ott", "octubre", "outubro", "out", "октября", "окт":
		return 10, false
	case "november", "nov", "novembre", "noviembre", "novembro", "ноября", "ноя":
		return 11, false
	case "december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "dicembre", "dic", "diciembre", "dezembro", "декабря", "дек":
		return 12, false
	}
	return 0, false
}

// zoneNamed knows the abbreviations of zones, in seconds east of UTC. Where one
// means several, it is read as feeds mostly do: CST, EST and their like in North
// America, BST in Britain, IST in India.
func zoneNamed(s string) (offset int, ok bool) {
	const quarter = 900
	quarters, ok := zoneQuarters(s)
	return quarters * quarter, ok
}

// zoneQuarters gives the offset in quarters of an hour.
func zoneQuarters(s string) (int, bool) {
	switch s {
	case "Z", "z", "UT", "UTC", "GMT", "WET", "utc", "gmt":
		return 0, true
	case "CET", "MEZ", "BST", "WEST", "WAT":
		return 4, true
	case "CEST", "MESZ", "EET", "SAST", "CAT":
		return 8, true
	case "EEST", "MSK", "TRT", "EAT", "IDT":
		return 12, true
	case "GST", "SAMT", "MSD", "AZT", "GET", "AMT":
		return 16, true
	case "IRST":
		return 14, true
	case "PKT", "YEKT", "UZT":
		return 20, true
	case "IST":
		return 22, true
	case "NPT":
		return 23, true
	case "BDT", "OMST":
		return 24, true
	case "ICT", "WIB", "KRAT", "NOVT":
		return 28, true
	case "HKT", "SGT", "PHT", "AWST", "MYT", "WITA", "IRKT":
		return 32, true
	case "JST", "KST", "WIT", "YAKT":
		return 36, true
	case "ACST":
		return 38, true
	case "AEST", "VLAT", "ChST":
		return 40, true
	case "ACDT":
		return 42, true
	case "AEDT", "MAGT":
		return 44, true
	case "NZST", "PETT", "FJT":
		return 48, true
	case "NZDT":
		return 52, true
	}
	return westQuarters(s)
}

func westQuarters(s string) (int, bool) {
	switch s {
	case "NDT":
		return -10, true
	case "ADT", "BRT", "ART", "UYT", "CLST":
		return -12, true
	case "NST":
		return -14, true
	case "EDT", "AST", "CLT", "VET", "BOT":
		return -16, true
	case "EST", "CDT", "COT", "PET", "ECT":
		return -20, true
	case "CST", "MDT":
		return -24, true
	case "MST", "PDT":
		return -28, true
	case "PST", "AKDT":
		return -32, true
	case "AKST":
		return -36, true
	case "HST":
		return -40, true
	}
	return 0, false
}
