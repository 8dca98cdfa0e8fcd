// Package feeds turns a feed's address into items: it fetches politely and
// within bounds, makes valid text of whatever bytes arrive, parses RSS, RDF,
// Atom, JSON Feed and news sitemaps, and cleans what was parsed.
//
// [Fetcher.Fetch] does all of it over HTTP; [Parse] does all but the fetching.
// Parse works in this order, and each step has a file of its own: find the
// encoding (charset.go, twice.go), repair what stops a parser (repair.go),
// refuse documents that are built to exhaust it (scan.go) and note what it will
// not keep (detail.go), parse with gofeed, and if that fails parse item by item
// (salvage.go); then clean each item (item.go). Sitemaps have a reader of their
// own (sitemap.go).
//
// [Fetcher.Get] looks at whatever is at an address, and [Fetcher.Client] is for
// requests to hubs; both keep to the same rules.
//
// The package remembers nothing between two calls but how busy each host is, and
// which of them want a rest (hosts.go, rest.go).
// Every error is an [*Error] that says in plain words what happened and what
// can be done about it, and that never holds credentials.
package feeds

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"spool"
)

// Defaults of Options, and bounds that cannot be configured.
const (
	defaultTimeout  = 30 * time.Second
	defaultMaxBytes = 8 << 20
	defaultPerHost  = 2
	connectTimeout  = 10 * time.Second
	headerTimeout   = 15 * time.Second
	maxRedirects    = 5
	maxRetryAfter   = 24 * time.Hour
	hostGap         = 100 * time.Millisecond
)

// Options for New. The zero value of a field means its default.
type Options struct {
	Contact string // URL or address of whoever answers for the requests; goes into the User-Agent
	Version string // goes into the User-Agent; default "dev"
	PerHost int    // requests at a time to one registrable domain; default 2

	// AllowNetworks are the address ranges that are not public and that feeds
	// may be on all the same, on any port.
	AllowNetworks []netip.Prefix

	Now       func() time.Time  // default time.Now
	Log       *slog.Logger      // default: none
	Transport http.RoundTripper // for tests only: replaces dialing, and the address filter with it
	Timeout   time.Duration     // for a whole fetch with its redirects; default 30 s
	MaxBytes  int64             // of a document, decompressed; default 8 MiB

	names *net.Resolver // for tests of this package
}

func (o Options) withDefaults() (Options, error) {
	switch {
	case o.PerHost < 0:
		return o, errors.New("feeds: Options.PerHost is negative")
	case o.Timeout < 0:
		return o, errors.New("feeds: Options.Timeout is negative")
	case o.MaxBytes < 0:
		return o, errors.New("feeds: Options.MaxBytes is negative")
	}
	for _, p := range o.AllowNetworks {
		if !p.IsValid() {
			return o, errors.New("feeds: Options.AllowNetworks has an invalid network")
		}
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.PerHost == 0 {
		o.PerHost = defaultPerHost
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

// A Source is what is to be fetched, with what is remembered of the last time.
type Source struct {
	Name       string
	URL        string
	Validators spool.Validators // sent back to the letter; empty: an unconditional request
	Issuer     string           // of Validators, as the Result named it; empty: URL
	BodyHash   string

	Kind      Kinds          // what to expect at the address; empty: whatever is there
	Alerts    bool           // a feed of the address lists service alerts: its Result has Raw in any case
	Articles  bool           // what is a feed is read as articles, also if its items look like alerts: somebody filters them as such
	Accept    string         // of Get and Head: the types that are wanted, as in the header; empty: pages and feeds
	Header    http.Header    // sent along, to the server of Home only; may be nil
	Home      string         // the address that Header and credentials belong to, when URL is where that one has moved; empty: URL
	UserAgent string         // instead of the fetcher's; empty: the fetcher's
	HTTP1     bool           // HTTP/1.1 only
	Location  *time.Location // of dates that name no zone; nil: UTC
	Patient   bool           // wait for a turn however many others do; false: with many waiting, a KindResting error at once
}

// Kinds are what can be at an address.
type Kinds string

// What can be at an address.
const (
	AnyKind     Kinds = ""
	FeedKind    Kinds = "feed"    // RSS, RDF, Atom or JSON Feed
	SitemapKind Kinds = "sitemap" // a news sitemap
	GTFSKind    Kinds = "gtfs-rt" // GTFS-Realtime alerts, as protobuf or JSON
	CAPKind     Kinds = "cap"     // a CAP message, or an index of such in Atom or RSS
)

// Raw is an answer as it came.
type Raw struct {
	Body []byte
	Kind Kinds  // GTFSKind or CAPKind; empty: a feed whose items are alerts, or what only a reader of alerts can tell
	Mime string // as the server calls it
	URL  string // at the end of all redirects
}

// A Result is an answer that was a feed, or that said that nothing changed.
// Validators and BodyHash are to be kept together with the items, so that no
// item is lost behind a later "not modified".
type Result struct {
	Unchanged  bool // Document is empty
	Raw        *Raw // the answer holds service alerts: the bytes that they are to be read from; Document has the items if it is a feed as well
	Status     int
	Document   Document
	Validators spool.Validators
	Issuer     string // a digest of the address that gave Validators, at the end of all redirects
	BodyHash   string
	Moved      string    // where a chain of nothing but permanent redirects ended; empty: nowhere else
	Upgrade    bool      // Moved is the address that was asked, but with https in the place of http
	Fresh      time.Time // the server said that its answer holds until then (max-age less Age, or Expires); zero: it did not
	Hub        string    // that the headers or the document name; empty: none. Of an unchanged document only the headers are known
	Topic      string    // the feed's name at the hub; empty: none
	Bytes      int64     // of the document, decompressed; 0 when there was none
}

// A Document is a feed, cleaned. ID, Feed, Seen and Digest of its items are
// left to others.
type Document struct {
	Format   string // "rss 2.0", "rdf 1.0", "atom 1.0", "json 1.1", "sitemap news"
	Title    string
	Link     string
	Language string
	Items    []spool.Item
	Skipped  []string // one reason per item that could not be used
	Notes    []string // repairs that were needed, one sentence each
	Degraded bool     // items may be missing: nothing may be concluded from what is not there
	Hints    spool.Hints
	Hub      string // that the document names; empty: none
	Topic    string // what the document calls itself (rel=self); empty: nothing
}
