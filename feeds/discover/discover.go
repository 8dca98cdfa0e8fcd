// Package discover finds the feeds of a site: from the site's address, from one
// of its pages, or from a feed's own address.
//
// It looks in this order, and stops when it has enough: the address itself;
// what the page announces in its head and its headers; what it links to, and
// the page of feeds that it links to; where the program that runs the site puts
// its feeds; paths that many sites use; and for sites without a feed the news
// sitemaps that robots.txt names. Whatever it finds is read once and judged, so
// that a person can choose: title, items a day, last item.
//
// It asks one thing at a time, at most [Options.MaxRequests] things, and nothing
// twice. It remembers nothing. Begin at [Finder.Find].
package discover

import (
	"context"
	"errors"
	"time"

	"spool/feeds"
)

// Defaults of Options.
const (
	defaultMaxRequests = 15
	defaultTimeout     = time.Minute
)

// A Web answers requests. It keeps to the bounds of size, time, redirects and
// addresses, and to the manners, that reading feeds has; *feeds.Fetcher does.
type Web interface {
	// Get returns the first limit bytes of what is at the address of a source,
	// whatever the status.
	Get(ctx context.Context, s feeds.Source, limit int64) (feeds.Page, error)
}

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Web         Web              // required
	Now         func() time.Time // required: ages and items a day count from it
	MaxRequests int              // for one site, redirects not counted; default 15
	Timeout     time.Duration    // for one site; default a minute. What is found by then is kept
}

// A Finder finds feeds. Its methods may be called from several goroutines.
type Finder struct{ Options }

// New returns a Finder, or an error that names the option at fault.
func New(o Options) (*Finder, error) {
	switch {
	case o.Web == nil:
		return nil, errors.New("discover: Options.Web is required")
	case o.Now == nil:
		return nil, errors.New("discover: Options.Now is required")
	case o.MaxRequests < 0:
		return nil, errors.New("discover: Options.MaxRequests is negative")
	case o.Timeout < 0:
		return nil, errors.New("discover: Options.Timeout is negative")
	}
	if o.MaxRequests == 0 {
		o.MaxRequests = defaultMaxRequests
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	return &Finder{o}, nil
}

// A Report is what a search came to. Its addresses are complete: whoever shows
// one to others takes the query off.
type Report struct {
	Candidates []Candidate // the best first; none: nothing was found
	Itself     bool        // the address was a feed's own
	Unread     []Link      // that look like feeds and were not read, because there are so many
	Tried      []Try       // every request, in order
	Notes      []string    // for people: what cut the search short
	Problem    error       // why the address itself could not be looked at; nil: it could
}

// A Candidate is a feed, or a news sitemap, that was read.
type Candidate struct {
	URL      string      // to be put into a configuration
	Kind     feeds.Kinds // feeds.FeedKind, SitemapKind, GTFSKind or CAPKind
	Title    string      // its own, or what the page calls it; may be empty
	Format   string      // such as "rss 2.0"
	Language string      // as the feed says; may be empty
	Items    int         // in the document
	PerDay   float64     // items a day, by their dates; 0: unknown
	Last     time.Time   // date of the newest item; zero: none has one
	Hub      string      // that pushes it; empty: none
	Found    string      // for people: how it was found
	Also     []string    // other addresses with the same items
	Standing Standing
	Note     string // for people: why it ranks where it does; empty: nothing speaks against it
}

// Standing is what speaks for or against a candidate. Lower ranks first.
type Standing int

// The standings, the best first.
const (
	Good     Standing = iota
	Stale             // nothing new for a long time
	Empty             // no items
	Comments          // what readers say, not what the site publishes
)

// A Link is an address with what it is called where it was found.
type Link struct {
	URL      string
	Title    string // may be empty
	Comments bool   // it seems to be what readers say
}

// A Try is a request that was made.
type Try struct {
	URL    string
	Result string // for people: what was there
}

// Find looks for the feeds of a site. Finding none is no error: the report says
// what was tried. An error means that site is no address, or that the caller
// gave up.
func (f *Finder) Find(ctx context.Context, site string) (Report, error) {
	starts, err := addresses(site)
	if err != nil {
		return Report{}, err
	}
	limited, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	s := &search{Finder: f, asked: map[string]bool{}, trouble: map[string]int{}}
	s.run(limited, starts)
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	return s.report(limited.Err() != nil), nil
}
