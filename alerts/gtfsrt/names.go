package gtfsrt

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"spool"
	"spool/alerts"
)

var (
	// The ids of New York's MTA: a system, a kind, a number, and a rank that changes when
	// the impact does.
	ranked = regexp.MustCompile(`^(lmm:[A-Za-z_]+:\d+)(?::\d+)?$`)
	// Its lifts and escalators: one alert for each platform that they lead to.
	equipment = regexp.MustCompile(`^[A-Za-z0-9]{1,12}(#E[LS]\d{1,5}[A-Za-z]?)$`)
)

// alike is what the ids of entities about one incident have in common; empty where
// nothing is known of how the agency makes its ids. Only forms that are known are
// taken apart: what looks like a rank elsewhere may tell one alert from another.
func alike(id string) string {
	for _, form := range []*regexp.Regexp{ranked, equipment} {
		if m := form.FindStringSubmatch(id); m != nil {
			return m[1]
		}
	}
	return ""
}

// name lists what each alert can be known by again, the surest first. A page is among
// that only where it is that of one incident of the document.
func (r *reader) name() {
	pages := make([][]string, len(r.out.Alerts))
	owner := map[string]string{}
	for i, a := range r.out.Alerts {
		pages[i] = pagesOf(a)
		for _, page := range pages[i] {
			if whose, ok := owner[page]; ok && whose != incident(a.ID) {
				owner[page] = several
				continue
			}
			owner[page] = incident(a.ID)
		}
	}
	for i := range r.out.Alerts {
		a := &r.out.Alerts[i]
		a.Names = append(a.Names, alerts.Name(alerts.NameID, a.ID))
		if like := alike(a.ID); like != "" {
			a.Names = append(a.Names, alerts.Name(alerts.NameLike, like))
		}
		for _, page := range pages[i] {
			if owner[page] != several {
				a.Names = append(a.Names, alerts.Name(alerts.NameURL, page))
			}
		}
	}
}

// several stands for more than one incident: no id has a NUL.
const several = "\x00"

// maxPages is how many pages of an alert are looked at: one for each language, and few
// agencies write in more.
const maxPages = 8

// pagesOf are the pages that name an alert, each once.
func pagesOf(a spool.Alert) []string {
	var all []string
	for _, t := range a.URL[:min(len(a.URL), maxPages)] {
		if page := pageName(t.Text, a); page != "" && !slices.Contains(all, page) {
			all = append(all, page)
		}
	}
	return all
}

// incident is what entities of one incident have in common.
func incident(id string) string {
	if like := alike(id); like != "" {
		return like
	}
	return id
}

// pageName is the address of a page in the form in which it names an alert, if it
// looks like one about this alert alone: it has a number that is no year and no line
// or stop of the alert, or the words of a headline. Empty: it does not. A home page,
// or the page of a line, is about every alert that comes.
func pageName(address string, a spool.Alert) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	q := u.Query()
	for key := range q {
		if strings.HasPrefix(key, "utm_") || tracking(key) {
			q.Del(key)
		}
	}
	if !headline(u.Path) && !slices.ContainsFunc(numbers(u, q), func(n string) bool { return !about(a, n) }) {
		return ""
	}
	page := strings.ToLower(u.Host) + strings.TrimSuffix(u.EscapedPath(), "/")
	if len(q) > 0 {
		page += "?" + q.Encode()
	}
	if u.Fragment != "" {
		page += "#" + u.EscapedFragment()
	}
	return page
}

// numbers are the parts of an address that things are counted by, a few at most.
func numbers(u *url.URL, q url.Values) []string {
	const enough = 10
	var all []string
	for key, values := range q {
		if len(values) > 0 && values[0] != "" && names(key) && len(all) < enough {
			all = append(all, values[0])
		}
	}
	for part := range strings.FieldsFuncSeq(u.Path+"/"+u.Fragment, func(r rune) bool { return strings.ContainsRune("/-_.,:!=&?", r) }) {
		if numbered(part) && len(all) < 2*enough {
			all = append(all, part)
		}
	}
	return all
}

func tracking(key string) bool {
	return key == "fbclid" || key == "gclid" || key == "lang" || key == "language" || key == "locale"
}

// names reports whether a parameter of an address names an alert.
func names(key string) bool {
	key = strings.ToLower(key)
	for _, no := range []string{"route", "line", "stop", "station", "agency", "mode", "trip"} {
		if strings.Contains(key, no) {
			return false
		}
	}
	for _, yes := range []string{"alert", "incident", "disruption", "notice", "news", "message", "article", "advisory"} {
		if strings.Contains(key, yes) {
			return true
		}
	}
	return key == "id" || strings.HasSuffix(key, "id") || key == "n" || key == "p"
}

// numbered reports whether a part of an address is a number as things are counted by:
// four digits or more that are no year, or digits among letters as in a UUID.
func numbered(part string) bool {
	digits, letters := 0, 0
	for i := range len(part) {
		switch c := part[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		default:
			return false
		}
	}
	if letters == 0 {
		return digits > 4 || digits == 4 && part[:2] != "19" && part[:2] != "20"
	}
	return digits > 3 && digits+letters >= 8
}

// headline reports whether the last part of a path is a sentence: five words or more.
func headline(path string) bool {
	path = strings.TrimSuffix(path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	return len(strings.FieldsFunc(last, func(r rune) bool { return r == '-' || r == '_' })) >= 5
}

// about reports whether a part of an address is a line, a stop or an agency that an
// alert is about, or a number of such.
func about(a spool.Alert, part string) bool {
	return slices.ContainsFunc(a.Affected, func(f spool.Affected) bool {
		for _, id := range []string{f.Route, f.Stop, f.Agency, f.Trip} {
			if rest, ok := strings.CutSuffix(id, part); ok && (rest == "" || !endsInDigit(rest)) {
				return true
			}
		}
		return false
	})
}

func endsInDigit(s string) bool { return s[len(s)-1] >= '0' && s[len(s)-1] <= '9' }
