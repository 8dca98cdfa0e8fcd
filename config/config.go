// Package config reads the configuration file and says everything that is
// wrong with it at once.
//
// The types below are the manual: their comments say what a key means, in
// which unit and within which limits, and their tags hold the defaults. The
// loader, the JSON Schema and the test of config.example.yaml all read the
// same types, so a key exists in all of them or in none. The tags are:
//
//	yaml      the key
//	default   what holds when the key is absent, as it would be written
//	min, max  limits of a number or a duration; of a text its length in
//	          characters; of a list or a section the number of entries
//	enum      the words that are allowed
//	later     words, or keys of the section, that a later version will know
//	required  the key must be given
//	check     a rule of check.go, for the value or for each entry of a list
//	names     a rule for the names that a section gives to its entries
//
// Begin at [Load]. The package knows nothing of feeds, templates or networks:
// the rules that belong to others come in as [Checks].
package config

import (
	"net/netip"
	"time"
)

// Config is the whole file.
type Config struct {
	// Where Spool remembers what it has seen and posted: the path of a SQLite
	// file, relative to the directory that Spool is started in, or the address
	// of a PostgreSQL database as postgres://user:password@host/name.
	Database DSN `yaml:"database" default:"spool.db"`

	// The time zone of schedules, quiet hours and clock times in posts: a name
	// of the IANA list such as Europe/Paris.
	Timezone string `yaml:"timezone" default:"UTC" max:"64" check:"timezone"`

	// The small web server of the daemon.
	Server Server `yaml:"server"`

	// How feeds are fetched.
	Fetch Fetch `yaml:"fetch"`

	// The accounts that are posted to, by a name of your choice: lower-case
	// letters, digits, ".", "_" and "-", at most 64 characters.
	Accounts map[string]Account `yaml:"accounts" required:"true" min:"1" max:"1000" names:"name"`

	// What holds for every feed that does not say otherwise: all keys of a
	// feed but its url. A list in a feed replaces the list here; the keys of
	// post are taken one by one.
	Defaults FeedOptions `yaml:"defaults"`

	// The feeds that are read, by a name of your choice: lower-case letters,
	// digits, ".", "_" and "-", at most 64 characters. What Spool remembers of
	// a feed belongs to this name.
	Feeds map[string]Feed `yaml:"feeds" required:"true" min:"1" max:"10000" names:"name"`

	_ struct{} `later:"notify"`

	file     string
	location *time.Location
	places   map[string]Position
	warnings []Warning
	posts    *postCache
}

// Server is the small web server of the daemon.
type Server struct {
	// The address and port that health checks and metrics are served on.
	// Empty: nothing is served.
	Listen string `yaml:"listen" default:"127.0.0.1:8080" max:"300" check:"listen"`

	// The address at which the world reaches this server, as
	// https://spool.example.org, usually a proxy's. With it, feeds that name a
	// hub are pushed (WebSub) instead of polled often: hubs call addresses below
	// /websub/ there. And networks that take pictures only from an address, such as
	// Threads, find below /media/ those that they cannot have from the publisher.
	PublicURL string `yaml:"public_url" max:"2048" check:"base"`

	_ struct{} `later:"users"`
}

// Fetch is how feeds are fetched.
type Fetch struct {
	// A web page or an e-mail address at which publishers can reach you. It is
	// sent with every request, in the User-Agent.
	Contact string `yaml:"contact" max:"300" check:"contact"`

	// How many feeds are fetched at the same time. If this is not given and there
	// are thousands of feeds, a hundredth of them, at most 128.
	Concurrency int `yaml:"concurrency" default:"32" min:"1" max:"1024"`

	// How many of them from one and the same host.
	PerHost int `yaml:"per_host" default:"2" min:"1" max:"64"`

	// Private address ranges that feeds may be on, such as 10.20.0.0/16.
	// Without this, Spool fetches from public addresses only.
	AllowNetworks []netip.Prefix `yaml:"allow_networks" max:"100"`
}

// Account is an account on a social network and how it may be used.
type Account struct {
	// The network that the account is on. webhook is no network: its posts go to a
	// server of your own, or to a chat.
	Network string `yaml:"network" required:"true" enum:"threads,mastodon,bluesky,webhook"`

	// The access token, of Threads and Mastodon. Not needed after "spool login",
	// which keeps one in the database.
	Token Secret `yaml:"token"`

	// Where the network answers. Mastodon: the address of the instance, such as
	// https://newsie.example. Bluesky: the account's server, https://bsky.social
	// if it is not given. webhook: the address that posts are sent to. Threads:
	// for tests and proxies only, https://graph.threads.net if it is not given.
	BaseURL string `yaml:"base_url" max:"2048" check:"address"`

	// Bluesky: the account's handle, such as paper.example.org.
	Handle string `yaml:"handle" max:"253" check:"handle"`

	// Bluesky: an app password, made in the settings of the account.
	AppPassword Secret `yaml:"app_password"`

	// webhook: what messages are signed with, as the receiver gave it, beginning
	// with whsec_. While it is being changed, both, separated by a space.
	Secret Secret `yaml:"secret"`

	// webhook: what a message looks like. json: all of the post, as described in
	// docs/webhook.md; slack: what Slack and Mattermost take; discord: what
	// Discord takes.
	Format string `yaml:"format" default:"json" enum:"json,slack,discord"`

	// Mastodon: who sees a post. unlisted is for accounts that post much: it stays
	// out of the public timelines.
	Visibility string `yaml:"visibility" default:"public" enum:"public,unlisted,private"`

	// Threads and Bluesky: who may reply. nobody is for Bluesky only.
	Replies string `yaml:"replies" default:"everyone" enum:"everyone,followers,following,mentioned,nobody"`

	// Your app at the network, needed for "spool login" only.
	App App `yaml:"app"`

	// How much is posted.
	Limits Limits `yaml:"limits"`

	// How long a publish whose outcome is unclear may still take effect. A post
	// that is not to be found after this time is sent again, so a value below
	// 4m risks posting twice.
	Grace time.Duration `yaml:"grace" default:"10m" min:"1s" max:"24h"`

	// Times of day without posts, as "23:00-06:00" in the time zone of the
	// file; a window may cross midnight. Priority breaking ignores them.
	Quiet []Window `yaml:"quiet" max:"24"`

	// A post that is not live after this time is dropped and reported.
	// 0s: never.
	Deadline time.Duration `yaml:"deadline" default:"12h" max:"8760h"`
}

// App is an app registered at the network, in whose name "spool login" asks
// for a token. Either all of its keys are given, or none.
type App struct {
	// The app's id, in quotes.
	ID string `yaml:"id" required:"true" min:"1" max:"200"`

	// The app's secret.
	Secret Secret `yaml:"secret" required:"true"`

	// The address that the network sends the browser to after the login. It
	// must be registered with the app; nothing needs to answer there.
	RedirectURL string `yaml:"redirect_url" required:"true" max:"2048" check:"url"`
}

// Limits is how much is posted on an account.
type Limits struct {
	// The least time between two posts; 0s: none. Priority breaking ignores it.
	Spacing time.Duration `yaml:"spacing" default:"0s" max:"24h"`

	// The most posts within an hour. 0: no limit of ours.
	PerHour int `yaml:"per_hour" default:"0" min:"0" max:"1000"`

	// The most posts within 24 hours. 0: no limit of ours. Threads itself
	// allows 250.
	PerDay int `yaml:"per_day" default:"200" min:"0" max:"10000"`

	// How many of the posts per day are kept free for the priorities high and
	// breaking.
	Reserve int `yaml:"reserve" default:"20" min:"0" max:"10000"`
}

// Feed is a feed and what becomes of its items.
type Feed struct {
	// The address of the feed.
	URL string `yaml:"url" required:"true" max:"2048" check:"url"`

	// A user name and a password that the feed's server asks for (basic
	// authentication). They are sent to the host of url only.
	Auth Auth `yaml:"auth"`

	// Headers to send with each request for the feed, such as Cookie or
	// X-Api-Key. They are sent to the host of url only.
	Headers map[string]Header `yaml:"headers" max:"20" names:"header"`

	FeedOptions `yaml:",inline"`
}

// Auth is a user name and a password.
type Auth struct {
	// The user name.
	User string `yaml:"user" required:"true" min:"1" max:"200"`

	// The password.
	Password Secret `yaml:"password" required:"true"`
}

// Header is the value of a header.
type Header struct {
	// The value.
	Value Secret `yaml:"value" required:"true"`
}

// FeedOptions are the keys of a feed that can also stand in "defaults".
type FeedOptions struct {
	// What is found at the address. auto: Spool looks; feed: RSS, Atom or JSON
	// Feed; sitemap: a news sitemap, for sites without a feed; gtfs-rt: service alerts
	// as GTFS-Realtime; cap: alerts as CAP messages, or a list of such.
	Kind string `yaml:"kind" default:"auto" enum:"auto,feed,sitemap,gtfs-rt,cap"`

	// When the feed is read: "@every 15m", "@hourly", or five fields as in
	// cron such as "*/5 6-23 * * *", in the time zone of the file. If this is not
	// given, alerts are read every minute.
	Schedule string `yaml:"schedule" default:"@every 15m" min:"1" max:"200" check:"schedule"`

	// What is made of what the server and the feed say about how often to ask.
	// respect: Spool does not ask again before the server says that there can be
	// something new (max-age, Expires), and where no schedule is given, not more
	// often than the feed suggests (ttl, skipHours and the like). ignore: the
	// schedule alone counts. Priority breaking ignores them in any case, and
	// nothing ignores Retry-After.
	Hints string `yaml:"hints" default:"respect" enum:"respect,ignore"`

	// Whether the server is asked for what is new only (ETag, Last-Modified).
	// false is for a server that says "not modified" when it should not.
	Conditional bool `yaml:"conditional" default:"true"`

	// The User-Agent to send instead of Spool's own, for a publisher that lets
	// in only robots it knows.
	UserAgent string `yaml:"user_agent" max:"300" check:"agent"`

	// false: HTTP/1.1 only, for old servers that break HTTP/2 connections off.
	HTTP2 bool `yaml:"http2" default:"true"`

	// The time zone of dates in the feed that name none.
	Timezone string `yaml:"timezone" default:"UTC" max:"64" check:"zone"`

	// auto: a feed that names a hub is pushed, if server.public_url is set; off:
	// it is only polled.
	WebSub string `yaml:"websub" default:"auto" enum:"auto,off"`

	// When a feed that usually has news has none for this long, a person is
	// told. 0s: Spool learns the feed's habit.
	Silence time.Duration `yaml:"silence" default:"0s" max:"8760h"`

	// The accounts that its items are posted on.
	Accounts []string `yaml:"accounts" min:"1" max:"100" check:"account"`

	// What goes first on an account. high and breaking may use the account's
	// reserve; breaking also ignores quiet hours and spacing.
	Priority string `yaml:"priority" default:"normal" enum:"low,normal,high,breaking"`

	// What happens to the items that are in the feed when it is read for the
	// very first time: skip, all, or "latest 5".
	FirstRun FirstRun `yaml:"first_run" default:"skip"`

	// Items older than this are not posted. 0s: any age.
	MaxAge time.Duration `yaml:"max_age" default:"48h" max:"87600h"`

	// How long a new item is kept back in case its words are still corrected. Alerts
	// are not, if this is not given.
	Settle time.Duration `yaml:"settle" default:"2m" max:"24h"`

	// true: a person must release each post.
	Approve bool `yaml:"approve" default:"false"`

	// When one reading brings more new items than this, their posts are held
	// for a person. 0: no limit.
	Burst int `yaml:"burst" default:"10" min:"0" max:"10000"`

	// Feeds of one group share what they have seen: a story that is in two of
	// them is posted once. A name like that of a feed.
	Group string `yaml:"group" max:"64" check:"group"`

	// What becomes of an item whose title says nearly the same as that of
	// another item of its group within a day: hold it for a person, skip it, or
	// post it.
	Duplicates string `yaml:"duplicates" default:"hold" enum:"hold,skip,post"`

	// Only items that match one of these are posted: regular expressions (RE2)
	// on title, summary and categories; one that begins with title:, summary:,
	// category:, author: or link: looks at that alone. None: all items.
	Include []Filter `yaml:"include" max:"100"`

	// Items that match one of these are not posted; written like include.
	Exclude []Filter `yaml:"exclude" max:"100"`

	// What happens when the feed changes an item whose post is live already.
	// ignore: nothing. reply: a correction answers the post, if what it says is
	// another thing than before. edit: the post is edited where the network can
	// do that, else as reply. replace: the post is taken away and posted anew
	// within its first hour, else as edit.
	OnChange string `yaml:"on_change" default:"ignore" enum:"ignore,reply,edit,replace"`

	// Whether an item that the feed dates in the future, or forbids to be shown
	// before a moment, waits for that. ignore is for feeds whose dates are those
	// of events.
	Embargo string `yaml:"embargo" default:"respect" enum:"respect,ignore"`

	// What a post looks like.
	Post Post `yaml:"post"`

	// What becomes of service alerts. A feed that has this section is read as a list
	// of alerts, whatever form it has; kind auto recognises GTFS-Realtime and CAP
	// without it.
	Alerts Alerts `yaml:"alerts"`
}

// Location is the time zone that Timezone names.
func (c *Config) Location() *time.Location {
	if c.location == nil {
		return time.UTC
	}
	return c.location
}
