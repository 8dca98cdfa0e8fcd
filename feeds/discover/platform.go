package discover

import (
	"net/url"
	"regexp"
	"strings"
)

// A lead is an address that may be a feed.
type lead struct {
	url   *url.URL
	title string // what it is called where it was found
	found string // for people: how it was found
	guess bool   // nobody said that anything is there
	page  bool   // it may as well be a page that lists feeds
}

// known are the leads for sites whose feeds follow from the page's address
// alone, because everybody there has one in the same place.
func known(u *url.URL) []lead {
	host, p := strings.TrimPrefix(u.Host, "www."), strings.TrimSuffix(u.Path, "/")
	var places []*url.URL
	switch {
	case host == "youtube.com" || host == "m.youtube.com":
		places = youtube(u)
	case host == "medium.com" && p != "" && !strings.HasPrefix(p, "/feed/"):
		first, _, _ := strings.Cut(p[1:], "/")
		places = append(places, at(u, "/feed/"+first))
	case host == "reddit.com" || host == "old.reddit.com":
		if communities.MatchString(p) {
			places = append(places, at(u, p+"/.rss"))
		}
	case strings.HasSuffix(host, ".medium.com") || strings.HasSuffix(host, ".substack.com"):
		places = append(places, at(u, "/feed"))
	case strings.HasSuffix(host, ".tumblr.com"):
		places = append(places, at(u, "/rss"))
	case strings.Contains(host, ".blogspot."):
		places = append(places, at(u, "/feeds/posts/default"))
	}
	return leadsOf(places, "where "+siteName(host)+" has its feeds")
}

var communities = regexp.MustCompile(`^/(r|u|user)/[A-Za-z0-9_-]+$`)

// siteName is the service behind a host.
func siteName(host string) string {
	for name, shown := range map[string]string{"youtube.com": "YouTube", "medium.com": "Medium", "reddit.com": "Reddit", "substack.com": "Substack", "tumblr.com": "Tumblr"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return shown
		}
	}
	return "Blogger"
}

const youtubeFeeds = "https://www.youtube.com/feeds/videos.xml?"

// youtube knows the feeds of channels and lists whose address has their id.
func youtube(u *url.URL) []*url.URL {
	if list := u.Query().Get("list"); channelID.MatchString(list) {
		return absolute(youtubeFeeds + "playlist_id=" + list)
	}
	if rest, ok := strings.CutPrefix(u.Path, "/channel/"); ok {
		id, _, _ := strings.Cut(rest, "/")
		return channelFeed(id)
	}
	return nil
}

var channelID = regexp.MustCompile(`^[A-Za-z0-9_-]{10,64}$`)

func channelFeed(id string) []*url.URL {
	if !channelID.MatchString(id) {
		return nil
	}
	return absolute(youtubeFeeds + "channel_id=" + id)
}

func absolute(s string) []*url.URL {
	u, err := url.Parse(s)
	if err != nil {
		return nil
	}
	return []*url.URL{u}
}

func leadsOf(places []*url.URL, found string) []lead {
	var out []lead
	for _, u := range places {
		out = append(out, lead{url: u, found: found, guess: true})
	}
	return out
}

// programs are what sites are made with, and where these put their feeds.
var programs = []struct {
	name, shown string // in the generator's name; for people
	paths       []string
}{
	{"wordpress", "WordPress", []string{"/feed/"}},
	{"drupal", "Drupal", []string{"/rss.xml"}},
	{"ghost", "Ghost", []string{"/rss/"}},
	{"hugo", "Hugo", []string{"/index.xml"}},
	{"jekyll", "Jekyll", []string{"/feed.xml"}},
	{"eleventy", "Eleventy", []string{"/feed/feed.xml", "/feed.xml"}},
	{"blogger", "Blogger", []string{"/feeds/posts/default"}},
	{"substack", "Substack", []string{"/feed"}},
	{"medium", "Medium", []string{"/feed"}},
	{"joomla", "Joomla", []string{"/?format=feed&type=rss"}},
	{"typo3", "TYPO3", []string{"/rss.xml", "/feed.xml"}},
	{"squarespace", "Squarespace", []string{"/?format=rss"}},
	{"wix.com", "Wix", []string{"/blog-feed.xml"}},
	{"shopify", "Shopify", []string{"/blogs/news.atom"}},
	{"discourse", "Discourse", []string{"/latest.rss"}},
	{"movable type", "Movable Type", []string{"/atom.xml", "/index.xml"}},
	{"gatsby", "Gatsby", []string{"/rss.xml"}},
	{"astro", "Astro", []string{"/rss.xml"}},
	{"nikola", "Nikola", []string{"/rss.xml"}},
	{"pelican", "Pelican", []string{"/feeds/all.atom.xml"}},
	{"spip", "SPIP", []string{"/spip.php?page=backend"}},
	{"plone", "Plone", []string{"/RSS"}},
	{"kirby", "Kirby", []string{"/feed"}},
}

// ofProgram are the leads that follow from what a site is made with.
func ofProgram(p page, site *url.URL) []lead {
	var out []lead
	out = append(out, leadsOf(channelFeed(p.channel), "where YouTube has its feeds")...)
	name := p.program
	if p.wordpress {
		name = "wordpress"
	}
	if strings.Contains(name, "mastodon") && strings.HasPrefix(site.Path, "/@") {
		profile, _, _ := strings.Cut(site.Path[1:], "/")
		out = append(out, leadsOf([]*url.URL{at(site, "/"+profile+".rss")}, "where Mastodon has the feed of an account")...)
	}
	for _, program := range programs {
		if !strings.Contains(name, program.name) {
			continue
		}
		var places []*url.URL
		for _, p := range program.paths {
			places = append(places, inFolder(site, p)...)
		}
		return append(out, leadsOf(places, "where "+program.shown+" has its feeds")...)
	}
	return out
}

// inFolder is a path below the folder of the page that was given, where parts of
// sites have their own feeds, and on the host as a whole.
func inFolder(site *url.URL, p string) []*url.URL {
	root := at(site, p)
	if sub := below(site, strings.TrimPrefix(p, "/")); sub.Path != root.Path {
		return []*url.URL{sub, root}
	}
	return []*url.URL{root}
}

// customary are the paths of feeds that most sites with an unknown program
// use, the commonest first.
var customary = []string{"/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/index.xml", "/feed.json", "/feeds", "/rss/all"}

// guesses are the customary places: first below the page that was given.
func guesses(site *url.URL) []lead {
	var places []*url.URL
	if sub := below(site, "feed"); sub.Path != "/feed" {
		places = append(places, sub)
	}
	for _, p := range customary {
		places = append(places, at(site, p))
	}
	return leadsOf(places, "at a path that many sites use")
}
