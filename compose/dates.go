package compose

import (
	"strings"
	"time"
)

// A moment is a date that may be missing: nil is printed as nothing.
type moment struct{ at time.Time }

func newMoment(t time.Time, zone *time.Location) *moment {
	if t.IsZero() {
		return nil
	}
	if zone == nil {
		zone = time.UTC
	}
	return &moment{t.In(zone)}
}

// format is for a moment that is there.
func (m *moment) format(layout string) string {
	if m == nil {
		return ""
	}
	return m.at.Format(layout)
}

// in is a moment in another time zone; in one that does not exist it is as it was.
func in(zone, v any) any {
	m, ok := v.(*moment)
	if !ok || m == nil {
		return v
	}
	name := text(zone)
	location, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return m
	}
	return newMoment(m.at, location)
}

// date is a moment in a layout of Go's, with the names of months and days of the
// post's language.
func (s *saying) date(layout, v any) string {
	m, ok := v.(*moment)
	if !ok || m == nil {
		return ""
	}
	l := text(layout)
	names, ok := datesOf(s.language)
	if !ok {
		return m.format(l)
	}
	return names.format(m.at, l)
}

// day is the date as the language writes it: "10 March 2026", "10. März 2026".
func (s *saying) day(v any) string {
	names, ok := datesOf(s.language)
	layout := "2 January 2006"
	switch {
	case strings.EqualFold(s.language, "en-US"):
		layout = "January 2, 2006"
	case ok:
		layout = names.day
	}
	return s.date(layout, v)
}

// weekday is the name of the day in the language.
func (s *saying) weekday(v any) string { return s.date("Monday", v) }

// clock is the time of day as the language writes it.
func (s *saying) clock(v any) string {
	switch {
	case strings.EqualFold(s.language, "en-US"):
		return s.date("3:04 PM", v)
	case primary(s.language) == "fi", primary(s.language) == "da":
		return s.date("15.04", v)
	case primary(s.language) == "fr":
		return s.date("15h04", v)
	}
	return s.date("15:04", v)
}

// dateNames are how a language writes dates.
type dateNames struct {
	day    string   // the layout of a full date
	months []string // as they stand behind the day
	alone  []string // and without one; nil: as months
	days   []string // from Sunday
	abbr   int      // letters of a short month and a short day; 0: they have no short names
	dot    string   // behind what is shortened
}

// format is time.Format with the language's names. The names are put in after
// the figures, so that no name can be taken for a part of the layout.
func (n dateNames) format(t time.Time, layout string) string {
	const month, shortMonth, day, shortDay = "\x0e", "\x0f", "\x10", "\x11"
	months := n.months
	if n.alone != nil && !strings.Contains(strings.NewReplacer("2006", "").Replace(layout), "2") {
		months = n.alone
	}
	marked := strings.NewReplacer("January", month, "Jan", shortMonth, "Monday", day, "Mon", shortDay).Replace(layout)
	return strings.NewReplacer(
		month, months[t.Month()-1], shortMonth, n.shorten(n.months[t.Month()-1]),
		day, n.days[t.Weekday()], shortDay, n.shorten(n.days[t.Weekday()]),
	).Replace(t.Format(marked))
}

// shorten is a name's beginning with a dot, if that makes it shorter.
func (n dateNames) shorten(name string) string {
	r := []rune(name)
	if n.abbr == 0 || len(r) <= n.abbr+1 {
		return name
	}
	return string(r[:n.abbr]) + n.dot
}

// datesOf is how dates are written in a language. English is Go's own.
func datesOf(language string) (dateNames, bool) {
	tag := primary(language)
	if tag == "nb" || tag == "nn" {
		tag = "no"
	}
	for line := range strings.Lines(dateTable) {
		name, rest, found := strings.Cut(strings.TrimSpace(line), "|")
		if !found || name != tag {
			continue
		}
		parts := strings.Split(rest, "|")
		n := dateNames{day: parts[0], months: strings.Fields(parts[1]), days: strings.Fields(parts[2]), abbr: 3, dot: "."}
		switch tag {
		case "ja", "zh", "ko", "ar", "he", "hi", "fa", "vi":
			n.abbr = 0
		case "fr":
			n.abbr = 4
		}
		for i := range n.days {
			n.days[i] = strings.ReplaceAll(n.days[i], "_", " ")
		}
		for i := range n.months {
			n.months[i] = strings.ReplaceAll(n.months[i], "_", " ")
		}
		if len(parts) > 3 {
			n.alone = strings.Fields(parts[3])
		}
		return n, true
	}
	return dateNames{}, false
}

// dateTable has for each language the layout of a full date, the months as they
// stand behind a day, the days of the week from Sunday, and where they differ
// the months as they stand alone.
const dateTable = `
de|2. January 2006|Januar Februar März April Mai Juni Juli August September Oktober November Dezember|Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag
fr|2 January 2006|janvier février mars avril mai juin juillet août septembre octobre novembre décembre|dimanche lundi mardi mercredi jeudi vendredi samedi
es|2 de January de 2006|enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre|domingo lunes martes miércoles jueves viernes sábado
it|2 January 2006|gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre|domenica lunedì martedì mercoledì giovedì venerdì sabato
nl|2 January 2006|januari februari maart april mei juni juli augustus september oktober november december|zondag maandag dinsdag woensdag donderdag vrijdag zaterdag
pt|2 de January de 2006|janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro|domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado
ca|2 January 2006|gener febrer març abril maig juny juliol agost setembre octubre novembre desembre|diumenge dilluns dimarts dimecres dijous divendres dissabte
ro|2 January 2006|ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie|duminică luni marți miercuri joi vineri sâmbătă
pl|2 January 2006|stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia|niedziela poniedziałek wtorek środa czwartek piątek sobota|styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
cs|2. January 2006|ledna února března dubna května června července srpna září října listopadu prosince|neděle pondělí úterý středa čtvrtek pátek sobota|leden únor březen duben květen červen červenec srpen září říjen listopad prosinec
sk|2. January 2006|januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra|nedeľa pondelok utorok streda štvrtok piatok sobota|január február marec apríl máj jún júl august september október november december
hu|2006. January 2.|január február március április május június július augusztus szeptember október november december|vasárnap hétfő kedd szerda csütörtök péntek szombat
sv|2 January 2006|januari februari mars april maj juni juli augusti september oktober november december|söndag måndag tisdag onsdag torsdag fredag lördag
da|2. January 2006|januar februar marts april maj juni juli august september oktober november december|søndag mandag tirsdag onsdag torsdag fredag lørdag
no|2. January 2006|januar februar mars april mai juni juli august september oktober november desember|søndag mandag tirsdag onsdag torsdag fredag lørdag
fi|2. January 2006|tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta|sunnuntai maanantai tiistai keskiviikko torstai perjantai lauantai|tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu
tr|2 January 2006|Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık|Pazar Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi
el|2 January 2006|Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου|Κυριακή Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο|Ιανουάριος Φεβρουάριος Μάρτιος Απρίλιος Μάιος Ιούνιος Ιούλιος Αύγουστος Σεπτέμβριος Οκτώβριος Νοέμβριος Δεκέμβριος
ru|2 January 2006|января февраля марта апреля мая июня июля августа сентября октября ноября декабря|воскресенье понедельник вторник среда четверг пятница суббота|январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь
uk|2 January 2006|січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня|неділя понеділок вівторок середа четвер п’ятниця субота|січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень
ja|2006年January2日|1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月|日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日
zh|2006年January2日|1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月|星期日 星期一 星期二 星期三 星期四 星期五 星期六
ko|2006년 January 2일|1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월|일요일 월요일 화요일 수요일 목요일 금요일 토요일
ar|2 January 2006|يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر|الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت
he|2 בJanuary 2006|ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר|יום_ראשון יום_שני יום_שלישי יום_רביעי יום_חמישי יום_שישי שבת
hi|2 January 2006|जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर|रविवार सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार
id|2 January 2006|Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember|Minggu Senin Selasa Rabu Kamis Jumat Sabtu
`
