package discover

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// A likeness is how much an address looks like that of a feed.
type likeness int

const (
	unlike   likeness = iota
	possibly          // it is called like one: a feed, or a page of feeds
	likelyIs          // its address is like those that feeds have
	surely            // the page says so
)

// announces reports whether a link of a page that is called an alternate is a
// feed: by its type, and where the type says little, by its address. JSON that
// is only called JSON is mostly an interface for programs.
func announces(kind string, feed bool, u *url.URL) bool {
	kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(kind)), ";")
	switch strings.TrimSpace(kind) {
	case "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
		"application/x.atom+xml", "application/x-atom+xml", "application/rss", "application/atom", "text/rss+xml", "text/atom+xml", "text/rss":
		return true
	case "application/xml", "text/xml", "application/json", "text/json", "":
		return feed || shaped(u) && !strings.Contains(u.Path, "/wp-json/")
	}
	return false
}

// likely judges a link of a page by its address and by what it is called.
func likely(u *url.URL, text string) likeness {
	switch {
	case pageLike(u):
		return unlike
	case shaped(u):
		return likelyIs
	case feedWord.MatchString(text) || listPath.MatchString(u.Path):
		return possibly
	}
	return unlike
}

var (
	feedWord = regexp.MustCompile(`(?i)\b(rss|rss2|atom|xml[- ]?feeds?|newsfeeds?|news feeds?|web ?feeds?|json ?feed|feeds)\b`)
	listPath = regexp.MustCompile(`(?i)(^|/)(rss|atom|feeds?|rss[-_]?feeds?|web[-_]?feeds?|newsfeeds?|syndication)([-_][a-z]+)?(\.(html?|php|aspx?|jsp))?/?$`)

	feedFile = regexp.MustCompile(`(?i)(\.(rss|atom|rdf)|(^|[/._-])(rss|atom|feeds?|rdf|newsfeed)[0-9]*([._-][a-z0-9._-]*)?\.(xml|json|php|aspx?|cfm)|/(feed|feeds|rss)/[^?]*\.xml|/index\.(xml|rdf)|/videos\.xml)$`)
	feedPath = regexp.MustCompile(`(?i)/(feed|rss|rss2|atom|rdf|feed/(rss2?|atom|rdf|json)|rss/all|feeds/posts/default|(rss|feeds?)/[a-z0-9_-]+)/?$`)
	feedAsk  = regexp.MustCompile(`(?i)(^|&)(feed=(rss2?|atom|rdf|json|feed)|(format|output|type|alt|view|fmt)=(rss|atom|feed|rdf|feed\+json|rss2)|rss(=[^&]*)?|tmpl=rss)(&|$)`)
)

// shaped reports whether an address has the form that those of feeds have.
func shaped(u *url.URL) bool {
	return feedFile.MatchString(u.Path) || feedPath.MatchString(u.Path) || feedAsk.MatchString(u.RawQuery) ||
		strings.HasPrefix(u.Host, "feeds.") || strings.HasPrefix(u.Host, "rss.") || strings.HasPrefix(u.Host, "feed.")
}

// pageLike reports whether an address is that of something else for certain.
func pageLike(u *url.URL) bool {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".ico", ".pdf", ".mp3", ".mp4", ".zip", ".css", ".js", ".opml", ".apk", ".exe":
		return true
	}
	return false
}

// commentWord is careful: "Comment" and "Kommentare" are also what newspapers
// call their opinion pages.
var commentWord = regexp.MustCompile(`(?i)\bcomments (on|for|feed|rss|atom)\b|: comments$|\bcomments$|kommentar-?feed|kommentare (zu|für)\b|commentaires (sur|pour)\b|flux des commentaires|comentarios (en|sobre|para)\b|feed de los comentarios|comentários (em|sobre|para)\b|feed dos? comentários|commenti (a|su|per)\b|feed dei commenti|reacties op\b|reactiesfeed`)

// comments reports whether a feed holds what readers say.
func comments(u *url.URL, titles ...string) bool {
	p := strings.ToLower(u.Path)
	if strings.Contains(p, "/comments/") || strings.HasSuffix(p, "/comments") || strings.Contains(strings.ToLower(u.RawQuery), "comments-rss") {
		return true
	}
	for _, title := range titles {
		if commentWord.MatchString(title) {
			return true
		}
	}
	return false
}

// unwrap takes a feed's address out of a link to a reader's service, such as
// those on buttons that say "subscribe with …".
func unwrap(u *url.URL) *url.URL {
	inner := ""
	switch host := strings.TrimPrefix(u.Host, "www."); host {
	case "feedly.com", "cloud.feedly.com":
		if _, after, ok := strings.Cut(u.Path, "/feed/"); ok {
			inner = after
		}
	case "newsblur.com", "theoldreader.com", "netvibes.com", "add.my.yahoo.com", "inoreader.com", "bazqux.com", "subtome.com":
		q := u.Query()
		for _, k := range []string{"url", "add_feed", "feeds", "add"} {
			if v := q.Get(k); strings.Contains(v, "://") {
				inner = v
			}
		}
	}
	if inner == "" {
		return u
	}
	if v := refer(u, inner); v != nil && v.Host != u.Host {
		return v
	}
	return u
}
