package discover

import (
	"net/http"
	"net/url"

	"spool/feeds"
)

// headerLinks are the feeds that Link headers announce, and whether they name
// WordPress' interface.
func headerLinks(h http.Header, base *url.URL) (announced []reference, wordpress bool) {
	for _, l := range feeds.HeaderLinks(h) {
		wordpress = wordpress || l.Has("https://api.w.org/")
		if u := refer(base, l.Target); u != nil && l.Has("alternate") && len(announced) < maxAnnounced && announces(l.Type, false, u) {
			announced = append(announced, reference{u, label(l.Title), surely})
		}
	}
	return announced, wordpress
}

// headerHub is the hub that Link headers name; empty: none.
func headerHub(h http.Header, base *url.URL) string {
	for _, l := range feeds.HeaderLinks(h) {
		if u := refer(base, l.Target); u != nil && l.Has("hub") {
			return u.String()
		}
	}
	return ""
}
