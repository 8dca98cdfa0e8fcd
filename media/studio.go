// Package media fetches the pictures of posts and makes them fit for networks.
//
// A [Studio] is what the scheduler asks while a post waits: it fetches the
// candidates that the post was worded with, or looks on the article's own page for
// one (page.go, pageread.go), reads them within bounds (header.go, room.go,
// decode.go), scales and encodes them anew where a network's limits or their
// metadata want it (fit.go, scale.go), and keeps the bytes under names that nobody
// can guess. For networks that fetch pictures themselves it finds an address that
// such a fetcher gets along with (address.go, robots.go). Films are passed on as
// they are (film.go).
//
// A picture never stops a post: what cannot be had is left out, with the reason,
// and when nothing is left the post goes out as it was worded for that case. Begin
// at [Studio.Illustrate].
package media

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"spool"
)

// A Getter makes one request; the program's fetcher of feeds does it, with its
// rules for addresses, its turns for each host and its limits.
type Getter interface {
	// Get asks for what is at an address and follows redirects. That a server
	// answers with an error is no error. An error that is a *Trouble says what it
	// was; any other is taken for a passing one, and its text is shown to nobody.
	Get(ctx context.Context, r Request) (Answer, error)
}

// A Request is for what is at an address.
type Request struct {
	URL    string
	Head   bool   // only what the server says of it is wanted
	Accept string // the types that are wanted, as in the header
	Limit  int64  // as many bytes of the body are read
}

// An Answer is what a server said.
type Answer struct {
	URL    string // where redirects ended
	Status int
	Header http.Header
	Body   []byte // unpacked; empty unless Status is from 200 to 299
	Cut    bool   // there are more bytes than the limit
}

// Trouble is why a request had no answer.
type Trouble struct {
	Reason  string // for people, without what an address may hide in its query
	Passing bool   // it may be over within minutes
}

func (t *Trouble) Error() string { return t.Reason }

// Store keeps bytes, and what pages say.
type Store interface {
	// SaveFile keeps a file; spool.ErrConflict: there is another of that name.
	SaveFile(ctx context.Context, f spool.File) error

	// SweepFiles removes the files that have expired at now and that no post that
	// has yet to go out names.
	SweepFiles(ctx context.Context, now time.Time) (int, error)

	// Page returns what was noted of an address and when, or an error that wraps
	// spool.ErrNotFound. An empty body: somebody is asking for it since then.
	Page(ctx context.Context, url string) (body string, fetched time.Time, err error)

	// ClaimPage notes that somebody asks for an address, unless somebody else does
	// or anything was noted of it after a moment: then it is spool.ErrConflict.
	ClaimPage(ctx context.Context, url string, now, since time.Time) error

	// SavePage notes what was found at an address.
	SavePage(ctx context.Context, url, body string, fetched time.Time) error

	// SweepPages forgets what was noted before a moment.
	SweepPages(ctx context.Context, before time.Time) (int, error)
}

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Getter    Getter           // required
	Store     Store            // required
	PublicURL string           // where the world reaches this server, as https://spool.example.org; empty: nowhere
	AltLength int              // the longest description of a picture from a page, in code points; default 1,000
	Log       *slog.Logger     // default: nothing is logged
	Now       func() time.Time // default: time.Now
	NewName   func() string    // names a file, so that nobody can guess it; default: 26 random letters and digits
}

// A Studio illustrates posts. Its methods may be called from several goroutines.
type Studio struct {
	Options
	room      *room
	originals *originals
}

// New returns a Studio, or an error that names the option at fault.
func New(o Options) (*Studio, error) {
	switch {
	case o.Getter == nil:
		return nil, errors.New("media: Options.Getter is required")
	case o.Store == nil:
		return nil, errors.New("media: Options.Store is required")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewName == nil {
		o.NewName = func() string { return strings.ToLower(rand.Text()) }
	}
	o.AltLength = cmp.Or(o.AltLength, 1000)
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	return &Studio{Options: o, room: newRoom(), originals: newOriginals()}, nil
}

// How long things are kept.
const (
	fileLife = 48 * time.Hour      // a file; longer while a post that has yet to go out names it
	pageLife = 30 * 24 * time.Hour // what a page says
)

// Sweep removes what is not needed any more. It is to be called at the start and
// once an hour.
func (s *Studio) Sweep(ctx context.Context) error {
	now := s.Now()
	files, err := s.Store.SweepFiles(ctx, now)
	if err != nil {
		return err
	}
	pages, err := s.Store.SweepPages(ctx, now.Add(-pageLife))
	if err != nil {
		return err
	}
	if files+pages > 0 {
		s.Log.Debug("pictures and pages swept", "pictures", files, "pages", pages)
	}
	return nil
}
