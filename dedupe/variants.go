package dedupe

import (
	"slices"
	"strings"
)

// plainHost takes off what leads to the same articles in another dress: "www.",
// "amp.", and the mobile hosts of publishers that are known to have one.
func plainHost(host string) string {
	for {
		rest, ok := strings.CutPrefix(host, "www.")
		if !ok {
			rest, ok = strings.CutPrefix(host, "amp.")
		}
		if !ok || !strings.Contains(rest, ".") {
			break
		}
		host = rest
	}
	return desktop(host)
}

// desktop is the host of a known publisher without the mark of its mobile
// version. The rest of the world's "m." hosts are left alone: there are some
// that are sites of their own.
func desktop(host string) string {
	if name, ok := strings.CutSuffix(host, ".m.wikipedia.org"); ok {
		return name + ".wikipedia.org"
	}
	rest, ok := bare(host)
	if ok && slices.Contains(mobilePublishers(rest), rest) {
		return rest
	}
	return host
}

// bare is a host without the prefix that mobile versions have.
func bare(host string) (string, bool) {
	for _, prefix := range [...]string{"m.", "mobile.", "mobil.", "touch."} {
		if rest, ok := strings.CutPrefix(host, prefix); ok && strings.Contains(rest, ".") {
			return rest, true
		}
	}
	return host, false
}

// mobilePublishers are the hosts, of those that begin with host's first letter,
// whose mobile versions have the same paths. They are few on purpose: what is
// missing here is found out by the memory, and what is wrong here loses articles.
func mobilePublishers(host string) []string {
	switch host[0] {
	case 'a':
		return []string{"abc.net.au", "aljazeera.com"}
	case 'b':
		return []string{"bbc.co.uk", "bbc.com", "bild.de"}
	case 'd':
		return []string{"dw.com", "derstandard.at"}
	case 'f':
		return []string{"faz.net", "facebook.com", "focus.de"}
	case 'g':
		return []string{"guardian.co.uk"}
	case 'h':
		return []string{"heise.de", "huffpost.com"}
	case 'l':
		return []string{"lemonde.fr"}
	case 'n':
		return []string{"nytimes.com", "n-tv.de"}
	case 'r':
		return []string{"reuters.com"}
	case 's':
		return []string{"spiegel.de", "stern.de", "slashdot.org"}
	case 't':
		return []string{"theguardian.com", "tagesspiegel.de", "twitter.com"}
	case 'w':
		return []string{"washingtonpost.com", "welt.de"}
	case 'x':
		return []string{"x.com"}
	case 'y':
		return []string{"youtube.com"}
	case 'z':
		return []string{"zeit.de"}
	}
	return nil
}

// twins are the addresses under which a page would be, were its host that of a
// mobile version, or not. They are only worth believing when one of them is
// known: see [entry.twin].
func twins(a address) []string {
	host := a.host()
	if host == "" {
		return nil
	}
	if rest, ok := bare(host); ok {
		return []string{scheme + rest + a.rest()}
	}
	return []string{scheme + "m." + host + a.rest(), scheme + "mobile." + host + a.rest()}
}

// wrapped is the address that another one carries: AMP caches and viewers, and
// the services that count clicks on news before they send readers on. It is
// empty when a is an ordinary address.
func wrapped(a address) string {
	host, rest := a.host(), a.rest()
	switch {
	case host == "cdn.ampproject.org" || strings.HasSuffix(host, ".cdn.ampproject.org"):
		return cached(rest, "/c/", "/v/", "/wp/")
	case host == "bing-amp.com" || strings.HasSuffix(host, ".bing-amp.com"):
		return cached(rest, "/c/", "/v/")
	case strings.HasPrefix(host, "google."):
		if target := cached(rest, "/amp/"); target != "" {
			return target
		}
		return parameter(rest, "/url", "url", "q")
	case host == "news.google.com", host == "feedproxy.google.com":
		return parameter(rest, "/", "url")
	case host == "bing.com":
		return parameter(rest, "/news/apiclick.aspx", "url")
	case host == "l.facebook.com", host == "lm.facebook.com":
		return parameter(rest, "/l.php", "u")
	}
	return ""
}

// cached is the address in the path after one of the folders of an AMP cache: a
// host and a path, with "s/" before them for https.
func cached(rest string, folders ...string) string {
	for _, folder := range folders {
		if inner, ok := strings.CutPrefix(rest, folder); ok {
			return scheme + strings.TrimPrefix(inner, "s/")
		}
	}
	return ""
}

// parameter is the address in one of the parameters of a path that begins so;
// empty when there is none.
func parameter(rest, path string, names ...string) string {
	if !strings.HasPrefix(rest, path) && (path != "/" || !strings.HasPrefix(rest, "?")) {
		return ""
	}
	_, query, _ := strings.Cut(rest, "?")
	query, _, _ = strings.Cut(query, "#")
	for pair := range strings.SplitSeq(query, "&") {
		n, value, _ := strings.Cut(pair, "=")
		if !slices.Contains(names, n) {
			continue
		}
		target := unescape(value, func(byte) bool { return true })
		if _, ok := cutScheme(target); ok {
			return target
		}
	}
	return ""
}
