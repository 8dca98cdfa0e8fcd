package dedupe

import (
	"slices"
	"strings"
)

// tracks reports whether a parameter says only where a reader came from, or who
// reads. The names are those that analytics vendors document and newsrooms use.
// A name that could also be an article's is listed with the values that give it
// away, or with the publisher whose addresses show what it means there.
func tracks(pair, host string) bool {
	name, value, _ := strings.Cut(pair, "=")
	name = strings.ToLower(name)
	if i := strings.IndexByte(name, '_'); i > 0 && trackingPrefix(name[:i+1]) {
		return true
	}
	return trackingName(name) || trackingValue(name, strings.ToLower(value), host) || session(name, value) || trackingAt(host, name)
}

func trackingPrefix(prefix string) bool {
	switch prefix {
	case "utm_", "mtm_", "pk_", "at_", "ns_", "itm_", "otm_", "hsa_", "vero_", "oly_", "guce_":
		return true
	}
	return false
}

func trackingName(name string) bool {
	switch name {
	case "fbclid", "gclid", "gclsrc", "gad_source", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "li_fat_id",
		"yclid", "ysclid", "srsltid", "igshid", "mc_cid", "mc_eid", "mc_tc", "_hsenc", "_hsmi", "mkt_tok", "_openstat", "_ga", "_gl",
		"wt_mc", "wt_zmc", "wtrid", "wt.mc_id", "wt.tsrc", "xtor", "cmpid", "cmp", "ito", "ftag", "smid", "emc", "echobox",
		"wprss", "guccounter", "awesm", "amp_js_v", "amp_gsa", "usqp":
		return true
	}
	return false
}

func trackingValue(name, value, host string) bool {
	switch name {
	case "ref", "source", "src", "from", "via", "partner", "mod", "cid", "campaign":
		return strings.HasPrefix(value, "rss") || value == "feed" || value == "atom" ||
			value != "" && plainHost(value) == host
	case "rss":
		return value == "" || value == "1" || value == "true"
	case "amp":
		return value == "" || value == "1" || value == "true"
	case "outputtype", "output":
		return value == "amp"
	}
	return strings.HasPrefix(name, "tk.rss") // Indeed and others write it as a fragment
}

// trackingAt reports whether a name tracks at the publisher of a host. Nowhere
// else does it say anything: "id" or "source" may be all that names an article.
func trackingAt(host, name string) bool {
	for domain := host; strings.IndexByte(domain, '.') >= 0; _, domain, _ = strings.Cut(domain, ".") {
		if slices.Contains(namesAt(domain), name) {
			return true
		}
	}
	return false
}

// namesAt are the names that track at one publisher, as links in its own feeds
// and newsletters show.
func namesAt(domain string) []string {
	switch domain {
	case "nytimes.com":
		return []string{"partner", "ref", "src", "module", "pgtype", "_r", "rref", "source"}
	case "theguardian.com", "guardian.co.uk":
		return []string{"ref", "src"}
	case "washingtonpost.com":
		return []string{"wpisrc", "wpmk", "tid", "itid", "hpid"}
	case "bbc.co.uk", "bbc.com":
		return []string{"ocid", "intlink_from_url", "link_location"}
	case "spiegel.de", "derstandard.at", "manager-magazin.de":
		return []string{"ref", "sara_ecid", "sara_ref"}
	case "dw.com":
		return []string{"maca"}
	case "reuters.com":
		return []string{"feedtype", "feedname", "rpc", "il"}
	case "wsj.com", "marketwatch.com", "barrons.com":
		return []string{"mod", "siteid", "reflink"}
	case "bloomberg.com":
		return []string{"srnd", "sref", "in_source", "leadsource"}
	case "economist.com":
		return []string{"fsrc"}
	case "ft.com":
		return []string{"ftcamp", "segmentid"}
	case "npr.org":
		return []string{"ft", "f", "sc"}
	case "wired.com", "newyorker.com", "arstechnica.com", "vanityfair.com":
		return []string{"mbid"}
	case "techcrunch.com", "huffpost.com", "engadget.com", "yahoo.com":
		return []string{"ncid", ".tsrc"}
	case "medium.com", "hackernoon.com":
		return []string{"source"}
	case "nzz.ch":
		return []string{"mktcid", "mktcval"}
	case "twitter.com", "x.com":
		return []string{"s", "t", "ref_src"}
	case "youtube.com":
		return []string{"feature", "si"}
	case "news.google.com": // the edition that the reader's feed is of
		return []string{"oc", "hl", "gl", "ceid"}
	case "slashdot.org":
		return []string{"from"}
	}
	return nil
}

// session reports whether a parameter is the session of a reader without
// cookies. "sid" and the like name articles as well; then they are short, or
// have other characters than a random number in hexadecimal or base 36 has.
func session(name, value string) bool {
	const long = 16
	switch {
	case name == "jsessionid", name == "phpsessid", strings.HasPrefix(name, "aspsessionid"), name == "cftoken":
		return true
	case name == "sid", name == "sessionid", name == "session_id":
		return len(value) >= long && random(value)
	}
	return false
}

// random reports whether a value is letters and digits, and some of both.
func random(value string) bool {
	letters, digits := 0, 0
	for i := range len(value) {
		switch c := value[i]; {
		case !alphanumeric(c):
			return false
		case c <= '9':
			digits++
		default:
			letters++
		}
	}
	return letters > 0 && digits > 0
}
