package gtfsrt

import (
	"maps"
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
	for _, key := range slices.Sorted(maps.Keys(q)) {
		if value := q.Get(key); value != "" && names(key) && len(all) < enough {
			all = append(all, value)
		}
	}
	for part := range strings.FieldsFuncSeq(u.Path+"/"+u.Fragment, func(r rune) bool { return strings.ContainsRune("/-_.,:!=&?", r) }) {
		if n := number(part); n != "" && len(all) < 2*enough {
			all = append(all, n)
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

// number is what a part of an address counts things by: four digits or more that are
// no year, after letters or without; or letters and digits in turns, as in a UUID. Empty:
// it counts nothing.
func number(part string) string {
	rest := strings.TrimLeft(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz")
	if strings.Trim(rest, "0123456789") == "" {
		if len(rest) > 4 || len(rest) == 4 && rest[:2] != "19" && rest[:2] != "20" {
			return rest
		}
		return ""
	}
	turns, digits := 0, 0
	for i := range len(part) {
		if isDigit(part[i]) {
			digits++
		}
		if i > 0 && isDigit(part[i]) != isDigit(part[i-1]) {
			turns++
		}
	}
	if len(part) < 6 || turns < 2 || digits < 2 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ""
	}
	return part
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

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
			if rest, ok := strings.CutSuffix(id, part); ok && (rest == "" || !isDigit(rest[len(rest)-1])) {
				return true
			}
		}
		return false
	})
}
