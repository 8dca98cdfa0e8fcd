package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"spool"
	"spool/alerts"
	"spool/alerts/gtfs"
	"spool/config"
	"spool/feeds"
	"spool/store"
)

// How often the public names of lines and stops are read.
const (
	namesEvery     = 24 * time.Hour   // from a server
	namesAfterFail = time.Hour        // after a failure, while others are in force
	namesAtFirst   = 5 * time.Minute  // after a failure, while none are
	namesLook      = 10 * time.Minute // how often a file or a folder is looked at for a change
	namesOnce      = 30 * time.Second // how long a command waits for them
	namesRecall    = 5 * time.Second  // how long a start waits for the database's copy
	namesAtOnce    = 2                // sources that are read at the same time
)

// names are the public names that the feeds of the configuration ask for. Each source
// is read once, however many feeds share it, and what it says comes into force whole.
// What is kept in the database stands in until then, so that neither a start nor a
// poll waits for a server.
type names struct {
	fetcher downloader
	kept    namesKeeper // nil: nothing is kept
	log     *slog.Logger
	now     func() time.Time
	temp    []string // folders for large archives, in the order in which they are tried
	wake    chan struct{}

	mu      sync.Mutex
	sources map[string]*namesSource // by what the configuration calls them
}

// A downloader fetches files; *feeds.Fetcher is one.
type downloader interface {
	Download(ctx context.Context, s feeds.Source, dst io.Writer, limit int64) (feeds.Download, error)
}

// A namesKeeper keeps names; *store.DB is one.
type namesKeeper interface {
	Names(ctx context.Context, source string) (store.Names, error)
	SaveNames(ctx context.Context, n store.Names) error
	NoteNames(ctx context.Context, source, problem string, now time.Time) error
}

// A namesSource is where names come from. It is the directory of the feeds that ask
// for it: one that knows nothing until names have been read.
type namesSource struct {
	place   string // as the configuration calls it
	current atomic.Pointer[gtfs.Names]

	// What follows is guarded by names.mu, or belongs to whoever has made it busy.
	access  feeds.Source // how it is asked; without URL: place is a path
	wanted  bool         // a feed asks for it
	busy    bool
	next    time.Time   // when it is to be read again
	state   store.Names // without the body
	noted   time.Time   // when the database was last told how it went
	problem string      // why it could not be read the last time; empty: it could
}

// newNames returns the names that a configuration asks for, as they were kept. db may
// be nil: then nothing is kept.
func (p *program) newNames(ctx context.Context, cfg *config.Config, fetcher downloader, db *store.DB, log *slog.Logger) *names {
	n := &names{
		fetcher: fetcher, log: log, now: p.now, temp: []string{os.TempDir()},
		wake: make(chan struct{}, 1), sources: map[string]*namesSource{},
	}
	if db != nil {
		n.kept = db
	}
	if dsn := cfg.Database.Reveal(); dsn != "" && !strings.Contains(dsn, "://") {
		n.temp = append([]string{filepath.Dir(dsn)}, n.temp...) // there is more room than in /tmp of a container
	}
	n.replace(ctx, cfg)
	return n
}

// directory returns the names of a source; nil if the source is "".
func (n *names) directory(source string) alerts.Directory {
	if source == "" {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.source(source)
}

// forFeed returns the names that the alerts of a feed are told with: those that its
// table has go before those of its source. nil: it has neither.
func (n *names) forFeed(f config.Feed) alerts.Directory {
	return gtfs.Join(nameTable(f.Alerts.Table), n.directory(f.Alerts.Names))
}

// nameTable is the table of a configuration as a directory; nil if it is empty.
func nameTable(t config.NameTable) alerts.Directory {
	if len(t.Routes)+len(t.Stops)+len(t.Agencies) == 0 {
		return nil
	}
	routes := make(map[string]alerts.Route, len(t.Routes))
	for id, r := range t.Routes {
		routes[id] = alerts.Route{Name: r.Name, Mode: spool.Mode(r.Mode), Colour: r.Colour}
	}
	return gtfs.Table{Routes: routes, Stops: t.Stops, Agencies: t.Agencies}
}

// source finds a source, or makes one that is not wanted yet. The caller holds mu.
func (n *names) source(place string) *namesSource {
	s := n.sources[place]
	if s == nil {
		s = &namesSource{place: place, state: store.Names{Source: digestOf(place)}}
		n.sources[place] = s
	}
	return s
}

// digestOf names a source in the database, since its address may hold a key.
func digestOf(place string) string {
	sum := sha256.Sum256([]byte(place))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// replace puts another configuration in force: sources that it asks for anew are read
// soon, and those that it does not name any more are forgotten.
func (n *names) replace(ctx context.Context, cfg *config.Config) {
	var fresh []*namesSource
	n.mu.Lock()
	wanted := map[string]feeds.Source{}
	for _, name := range sortedKeys(cfg.Feeds) {
		f := cfg.Feeds[name]
		if _, known := wanted[f.Alerts.Names]; f.Alerts.Names != "" && !known {
			wanted[f.Alerts.Names] = namesAccess(name, f)
		}
	}
	for place, access := range wanted {
		s := n.source(place)
		if !s.busy {
			s.access = access
		}
		if !s.wanted {
			s.wanted, s.busy = true, true
			fresh = append(fresh, s)
		}
	}
	for place, s := range n.sources {
		if _, ok := wanted[place]; !ok {
			s.wanted = false
			delete(n.sources, place)
		}
	}
	n.mu.Unlock()
	for _, s := range fresh {
		next := n.recall(ctx, s)
		n.mu.Lock()
		s.busy, s.next = false, next
		n.mu.Unlock()
	}
	n.nudge()
}

// nudge makes run look again for what is to be done.
func (n *names) nudge() {
	select {
	case n.wake <- struct{}{}:
	default: // it is going to look
	}
}

// namesAccess is how a feed's source of names is asked: with what the feed is asked
// with, which reaches only the feed's own server.
func namesAccess(name string, f config.Feed) feeds.Source {
	place := f.Alerts.Names
	if !strings.Contains(place, "://") {
		return feeds.Source{Name: name}
	}
	s := access(f, false)
	s.Name, s.URL, s.Home, s.Kind, s.Patient = name, place, f.URL, feeds.AnyKind, true
	if u, err := url.Parse(place); err == nil && u.User != nil {
		s.Home, s.Header = "", nil // it has credentials of its own
	}
	return s
}

// recall takes over what the database keeps of a source that is busy, and says when
// the source is to be read.
func (n *names) recall(ctx context.Context, s *namesSource) (next time.Time) {
	if n.kept == nil {
		return time.Time{}
	}
	ctx, cancel := context.WithTimeout(ctx, namesRecall)
	defer cancel()
	kept, err := n.kept.Names(ctx, s.state.Source)
	if err != nil {
		if !errors.Is(err, spool.ErrNotFound) {
			n.log.Warn("the public names that were kept could not be read", "names", shownPlace(s.place), "err", err)
		}
		return time.Time{}
	}
	n.adopt(s, kept)
	s.problem, s.noted = kept.Problem, kept.Tried
	switch {
	case s.access.URL == "": // to look at a file costs nothing
	case kept.Problem != "" && s.current.Load() != nil:
		next = kept.Tried.Add(namesAfterFail)
	case kept.Problem != "":
		next = kept.Tried.Add(namesAtFirst)
	case s.current.Load() != nil:
		next = kept.Fetched.Add(namesEvery)
	}
	if next.After(n.now().Add(namesEvery)) {
		return time.Time{} // the clock was set back
	}
	return next
}

// adopt puts kept names in force, and reports whether it did. What cannot be read any
// more, because another version of the program kept it, is as good as not there.
func (n *names) adopt(s *namesSource, kept store.Names) bool {
	known := new(gtfs.Names)
	if len(kept.Body) == 0 || known.UnmarshalBinary(kept.Body) != nil {
		return false
	}
	s.current.Store(known)
	kept.Body = nil
	s.state = kept
	return true
}

// Route is that of alerts.Directory.
func (s *namesSource) Route(agency, id string) (alerts.Route, bool) {
	if known := s.current.Load(); known != nil {
		return known.Route(agency, id)
	}
	return alerts.Route{}, false
}

// Stop is that of alerts.Directory.
func (s *namesSource) Stop(id string) (string, bool) {
	if known := s.current.Load(); known != nil {
		return known.Stop(id)
	}
	return "", false
}

// Agency is that of alerts.Directory.
func (s *namesSource) Agency(id string) (string, bool) {
	if known := s.current.Load(); known != nil {
		return known.Agency(id)
	}
	return "", false
}

// Version tells the names that are in force from those before; empty: none are. It is
// that of the names themselves, so that reading the same ones again changes nothing.
func (s *namesSource) Version() string {
	if known := s.current.Load(); known != nil {
		return known.Version()
	}
	return ""
}

// shownPlace is a source for people, without what may be a secret.
func shownPlace(place string) string {
	if strings.Contains(place, "://") {
		return shownAddress(place)
	}
	return place
}
