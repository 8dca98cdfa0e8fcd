package dedupe

import "strings"

// tracks reports whether a parameter says only where a reader came from. The
// names are those that analytics vendors document and newsrooms use; a name that
// could also be an article's is listed with the values that give it away.
func tracks(pair, host string) bool {
	name, value, _ := strings.Cut(pair, "=")
	name = strings.ToLower(name)
	if i := strings.IndexByte(name, '_'); i > 0 && trackingPrefix(name[:i+1]) {
		return true
	}
	return trackingName(name) || trackingValue(name, strings.ToLower(value), host)
}

func trackingPrefix(prefix string) bool {
	switch prefix {
	case "utm_", "mtm_", "at_", "ns_", "itm_", "otm_", "hsa_", "vero_", "oly_":
		return true
	}
	return false
}

func trackingName(name string) bool {
	switch name {
	case "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "yclid", "ysclid",
		"srsltid", "igshid", "mc_cid", "mc_eid", "mc_tc", "_hsenc", "_hsmi", "mkt_tok", "_openstat",
		"wt_mc", "wt_zmc", "wtrid", "xtor", "cmpid", "ftag", "smid", "echobox",
		"pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium", "pk_content", "pk_cid":
		return true
	}
	return false
}

func trackingValue(name, value, host string) bool {
	switch name {
	case "ref", "source", "src", "from", "via", "partner", "emc", "cmp", "ito", "mod", "cid", "campaign":
		return strings.HasPrefix(value, "rss") || value == "feed" || value == "atom" ||
			value != "" && strings.TrimPrefix(value, "www.") == host
	case "rss":
		return value == "" || value == "1" || value == "true"
	case "amp":
		return value == "" || value == "1" || value == "true"
	case "outputtype":
		return value == "amp"
	}
	return false
}
