package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool/alerts"
	"spool/alerts/gtfs"
	"spool/config"
	"spool/feeds"
	"spool/store"
)

const gtfsURL = "https://agency.example/gtfs.zip"

// An agencySite is a server with static GTFS, which knows what it was asked.
type agencySite struct {
	mu    sync.Mutex
	line  string // the name of route "r"
	down  bool
	hangs bool
	pad   int // bytes that the archive holds besides
	asked []*http.Request
}

func (a *agencySite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, r)
	etag := `"` + a.line + `"`
	w.Header().Set("ETag", etag)
	switch {
	case a.hangs:
		a.mu.Unlock()
		<-r.Context().Done()
		a.mu.Lock()
	case a.down:
		w.WriteHeader(http.StatusBadGateway)
	case r.Header.Get("If-None-Match") == etag:
		w.WriteHeader(http.StatusNotModified)
	default:
		_, _ = w.Write(gtfsOf(a.line, a.pad))
	}
}

func (a *agencySite) set(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *agencySite) requests() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.asked)
}

// gtfsOf is an archive that names route "r" and stop "1".
func gtfsOf(line string, pad int) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"routes.txt": "route_id,route_long_name,route_type\nr," + line + ",3\n", "stops.txt": "stop_id,stop_name\n1,Market\n",
		"shapes.txt": strings.Repeat("x", pad),
	} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name})
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// A namesStage is names between a server and a database, in a bubble of virtual time.
type namesStage struct {
	t    *testing.T
	site *agencySite
	prog *program
	db   *store.DB
	log  *bytes.Buffer
	*names
}

func playNames(t *testing.T, scene func(t *testing.T, s *namesStage)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &namesStage{t: t, site: &agencySite{line: "Harbour Line"}, log: new(bytes.Buffer)}
		s.prog = &program{now: time.Now, feedTransport: inProcess{s.site}}
		var err error
		if s.db, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "spool.db"), store.Options{}); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.db.Close(); err != nil {
				t.Error(err)
			}
		}()
		scene(t, s)
	})
}

// asking is a configuration with a feed for each source.
func asking(places ...string) *config.Config {
	cfg := &config.Config{Feeds: map[string]config.Feed{}}
	for i, place := range places {
		f := config.Feed{URL: "https://agency.example/alerts.pb"}
		f.Alerts.Names = place
		cfg.Feeds[fmt.Sprintf("f%d", i)] = f
	}
	return cfg
}

// start makes names of a configuration, as a start of the program does.
func (s *namesStage) start(places ...string) {
	s.t.Helper()
	fetcher, err := feeds.New(feeds.Options{Now: time.Now, Transport: s.prog.feedTransport})
	if err != nil {
		s.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelInfo}))
	s.names = s.prog.newNames(s.t.Context(), asking(places...), fetcher, s.db, log)
}

// during runs names while something happens, and then ends them.
func (s *namesStage) during(what func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	what()
	cancel()
	if err := <-done; err != nil {
		s.t.Error(err)
	}
}

// after lets time pass, and wants the line to have a name then.
func (s *namesStage) after(d time.Duration, place, want string) {
	s.t.Helper()
	time.Sleep(d)
	synctest.Wait()
	if got, _ := s.directory(place).Route("", "r"); got.Name != want {
		s.t.Errorf("after %s the line is %q, want %q\n%s", d, got.Name, want, s.log)
	}
}

func (s *namesStage) wantRequests(n int) {
	s.t.Helper()
	if got := s.site.requests(); got != n {
		s.t.Errorf("%d requests were made, want %d\n%s", got, n, s.log)
	}
}

// wantLogged wants a text in the log so many times.
func (s *namesStage) wantLogged(text string, n int) {
	s.t.Helper()
	if got := strings.Count(s.log.String(), text); got != n {
		s.t.Errorf("the log says %d times %q, want %d:\n%s", got, text, n, s.log)
	}
}

func TestNamesAreReadDaily(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		s.start(gtfsURL, gtfsURL)
		s.during(func() {
			s.after(time.Second, gtfsURL, "Harbour Line")
			s.wantRequests(1)
			s.after(23*time.Hour, gtfsURL, "Harbour Line")
			s.wantRequests(1)
			s.after(time.Hour, gtfsURL, "Harbour Line")
			s.wantRequests(2)
			if got := s.site.asked[1].Header.Get("If-None-Match"); got != `"Harbour Line"` {
				t.Errorf("the condition was %q", got)
			}
			s.site.set(func() { s.site.line = "Market Line" })
			s.after(24*time.Hour, gtfsURL, "Market Line")
			s.wantRequests(3)
		})
		s.wantLogged("names of lines and stops were read", 2)
		s.wantLogged("lines=1 stops=1", 2)
		if name, ok := s.directory(gtfsURL).Stop("1"); !ok || name != "Market" {
			t.Errorf("the stop is %q", name)
		}
	})
}

// The version of a source's names is empty until there are some; a table before them changes
// nothing of that.
func TestNamesHaveVersions(t *testing.T) {
	s := &namesSource{}
	if v := s.Version(); v != "" {
		t.Errorf("no names have the version %q", v)
	}
	for _, d := range []alerts.Directory{s, gtfs.Join(gtfs.Table{Stops: map[string]string{"1": "Mill"}}, s)} {
		if _, ok := d.(interface{ Version() string }); !ok {
			t.Errorf("%T has no version: alerts that are tracked would keep the names they have", d)
		}
	}
}

// TestNamesAreKept starts anew while the server is down: what was read last holds, and
// of the trouble the log tells once.
func TestNamesAreKept(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		s.start(gtfsURL)
		s.during(func() { s.after(time.Second, gtfsURL, "Harbour Line") })
		s.site.set(func() { s.site.down = true })
		before := s.source(gtfsURL).Version()
		s.start(gtfsURL)
		s.after(0, gtfsURL, "Harbour Line")
		if now := s.source(gtfsURL).Version(); now == "" || now != before {
			t.Errorf("after a start the same names have the version %q, not %q", now, before)
		}
		s.during(func() {
			s.after(23*time.Hour, gtfsURL, "Harbour Line")
			s.wantRequests(1)
			s.after(2*time.Hour, gtfsURL, "Harbour Line")
			s.wantRequests(3) // after a day, and an hour later
			s.wantLogged("could not be read", 1)
			s.wantLogged("the names hold that were read 24 h ago", 1)
			if got := s.problemOf(gtfsURL); !strings.Contains(got, "agency.example answered 502") || !strings.Contains(got, "tried again later") {
				t.Errorf("the problem is %q", got)
			}
		})
		s.start(gtfsURL)
		s.site.set(func() { s.site.down = false })
		s.during(func() {
			s.after(time.Minute, gtfsURL, "Harbour Line")
			s.wantRequests(3) // the start does not make it earlier
			s.after(time.Hour, gtfsURL, "Harbour Line")
			s.wantRequests(4)
			s.wantLogged("can be read again", 1)
			if got := s.problemOf(gtfsURL); got != "" {
				t.Errorf("the problem is %q", got)
			}
		})
	})
}

// TestNamesAtFirst begins while the server is down, with nothing kept.
func TestNamesAtFirst(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		s.site.down = true
		s.start(gtfsURL)
		s.during(func() {
			s.after(14*time.Minute, gtfsURL, "")
			s.wantRequests(3)
			s.wantLogged("could not be read", 1)
			s.wantLogged("lines and stops are told by the ids of the source", 1)
			s.site.set(func() { s.site.down = false })
			s.after(time.Minute, gtfsURL, "Harbour Line")
		})
	})
}

func TestNamesOfAnotherConfiguration(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		const other = "https://other.example/gtfs.zip"
		s.start(gtfsURL)
		s.during(func() {
			s.after(time.Second, gtfsURL, "Harbour Line")
			old := s.directory(gtfsURL)
			fresh := s.directory(other) // as the plan asks for it, before it is in force
			time.Sleep(time.Hour)
			s.wantRequests(1)
			s.replace(t.Context(), asking(other))
			s.after(time.Second, other, "Harbour Line")
			if got, _ := fresh.Route("", "r"); got.Name != "Harbour Line" {
				t.Errorf("the plan's directory says %q", got.Name)
			}
			if got, _ := old.Route("", "r"); got.Name != "Harbour Line" {
				t.Errorf("a poll under way finds %q", got.Name)
			}
			s.wantRequests(2)
			time.Sleep(25 * time.Hour)
			synctest.Wait()
			s.wantRequests(3) // the first is not asked any more
			s.replace(t.Context(), asking(gtfsURL, other))
			s.after(0, gtfsURL, "Harbour Line")
			s.replace(t.Context(), asking())
			time.Sleep(100 * time.Hour)
			synctest.Wait()
			s.wantRequests(4) // the first, whose copy was older than a day
		})
	})
}

// TestNamesOnce asks no more often from cron than a daemon would, and does not wait long.
func TestNamesOnce(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		s.site.hangs = true
		s.start(gtfsURL)
		begun := time.Now()
		s.once(t.Context())
		if took := time.Since(begun); took > namesOnce {
			t.Errorf("it took %s", took)
		}
		s.start(gtfsURL)
		s.once(t.Context())
		s.wantRequests(1)
		s.site.hangs = false
		time.Sleep(namesAtFirst)
		for range 5 {
			s.start(gtfsURL)
			s.once(t.Context())
			s.after(time.Hour, gtfsURL, "Harbour Line")
		}
		s.wantRequests(2)
		s.after(20*time.Hour, gtfsURL, "Harbour Line")
		s.start(gtfsURL)
		s.once(t.Context())
		s.wantRequests(3)
	})
}

// TestNamesOfReplicas wants one of two daemons that share a database to ask.
func TestNamesOfReplicas(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		s.start(gtfsURL)
		first := s.names
		s.start(gtfsURL)
		s.during(func() {
			s.after(time.Minute, gtfsURL, "Harbour Line")
			first.once(t.Context())
			if got, _ := first.directory(gtfsURL).Route("", "r"); got.Name != "Harbour Line" {
				t.Errorf("the other has %q", got.Name)
			}
		})
		s.wantRequests(1)
	})
}

// pass lets virtual time go by, within the bubble that playNames makes.
func (s *namesStage) pass(d time.Duration) { time.Sleep(d) }
