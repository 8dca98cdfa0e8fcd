package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool/config"
)

// TestNamesOfFiles takes a zip file and a folder, and notices that they change, or go.
func TestNamesOfFiles(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		dir := t.TempDir()
		file, folder, deep := filepath.Join(dir, "gtfs.zip"), filepath.Join(dir, "gtfs"), filepath.Join(dir, "deep")
		write := func(path, text string) {
			t.Helper()
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		lines := func(line string) {
			write(file, string(gtfsOf(line, 0)))
			write(filepath.Join(folder, "routes.txt"), "route_id,route_long_name\nr,"+line+"\n")
			write(filepath.Join(deep, "a", "routes.txt"), "route_id,route_long_name\nr,"+line+"\n")
		}
		places := []string{file, folder, deep}
		wantAll := func(d time.Duration, want string) {
			t.Helper()
			for _, place := range places {
				s.after(d, place, want)
				d = 0
			}
		}
		lines("One")
		s.start(places...)
		s.during(func() {
			wantAll(time.Second, "One")
			wantAll(time.Hour, "One")
			s.wantLogged("were read", 3)
			lines("Second")
			wantAll(namesLook, "Second")
			for _, path := range places {
				if err := os.RemoveAll(path); err != nil {
					t.Fatal(err)
				}
			}
			wantAll(time.Hour, "Second")
			s.wantLogged("there is no such file or folder", 3)
			s.start(places...)
		})
		s.start(places...)
		wantAll(0, "Second")
		s.during(func() {
			lines("Third")
			wantAll(namesLook, "Third")
		})
		s.wantRequests(0)
	})
}

// TestNamesKeepSecrets wants no key of an address in the log, nor in the database's
// problem, and a feed's headers at the feed's own server only.
func TestNamesKeepSecrets(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		const keyed, own = "https://agency.example/gtfs.zip?key=k33per", "https://who:passw0rd@agency.example/own.zip"
		s.site.down = true
		s.start()
		cfg := asking(keyed, own, "https://elsewhere.example/gtfs.zip")
		for name, f := range cfg.Feeds {
			f.Headers = map[string]config.Header{"X-Api-Key": {Value: config.NewSecret("h3ader")}}
			cfg.Feeds[name] = f
		}
		s.replace(t.Context(), cfg)
		s.during(func() { s.pass(time.Minute) })
		s.wantRequests(3)
		for _, r := range s.site.asked {
			here := r.URL.Path == "/gtfs.zip" && r.URL.Host == "agency.example"
			if got := r.Header.Get("X-Api-Key"); (got != "") != here {
				t.Errorf("%s%s got the key %q", r.URL.Host, r.URL.Path, got)
			}
			if _, password, _ := r.BasicAuth(); (password == "passw0rd") != (r.URL.Path == "/own.zip") {
				t.Errorf("%s%s got the password %q", r.URL.Host, r.URL.Path, password)
			}
		}
		said := s.log.String()
		for _, place := range []string{keyed, own} {
			kept, err := s.db.Names(t.Context(), digestOf(place))
			if err != nil || kept.Problem == "" {
				t.Errorf("kept: %+v, %v", kept, err)
			}
			said += kept.Problem + kept.Source
		}
		for _, secret := range []string{"k33per", "passw0rd", "h3ader"} {
			if strings.Contains(said, secret) {
				t.Errorf("%s is told:\n%s", secret, said)
			}
		}
	})
}

// TestNamesOfALargeArchive goes over a temporary file, which is gone afterwards.
func TestNamesOfALargeArchive(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		dir := t.TempDir()
		s.site.pad = spilled + 1
		s.start(gtfsURL)
		s.temp = []string{filepath.Join(dir, "nowhere"), dir}
		s.during(func() { s.after(time.Minute, gtfsURL, "Harbour Line") })
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left are %v, %v", left, err)
		}
		s.temp = []string{filepath.Join(dir, "nowhere")}
		s.site.set(func() { s.site.line = "Market Line" })
		s.pass(25 * time.Hour)
		s.during(func() { s.after(time.Minute, gtfsURL, "Harbour Line") })
		s.wantLogged("the archive cannot be written to a temporary file: no such file or directory", 1)
	})
}

func TestNamesOfNothing(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		s.start()
		s.during(func() { s.pass(time.Hour) })
		if s.directory("") != nil || s.forFeed(config.Feed{}) != nil {
			t.Error("there are names of nothing")
		}
		f := config.Feed{}
		f.Alerts.Table.Routes = map[string]config.RouteName{"r": {Name: "Own Line", Mode: "bus"}}
		if got, ok := s.forFeed(f).Route("", "r"); !ok || got.Name != "Own Line" || got.Mode != "bus" {
			t.Errorf("the table says %+v", got)
		}
		s.wantRequests(0)
	})
}

// TestNamesAreChecked tells a person what names there are, and where there are none.
func TestNamesAreChecked(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		dir := t.TempDir()
		folder := filepath.Join(dir, "gtfs")
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "routes.txt"), []byte("route_id\nr\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		s.prog.out = &out
		s.prog.getenv = func(string) (string, bool) { return "", false }
		good, err := s.prog.checkNames(t.Context(), asking(gtfsURL, gtfsURL+"?key=k33per", folder, filepath.Join(dir, "nothing"), gtfsURL))
		if err != nil || good {
			t.Errorf("it is good: %v, %v", good, err)
		}
		want := []string{
			"ok   names " + gtfsURL + ": 1 line, 1 stop, 0 agencies",
			"ok   names " + gtfsURL + "?…: 1 line",
			"FAIL names " + folder + ": routes.txt: line 1: there is neither a column route_short_name nor route_long_name among route_id",
			"FAIL names " + filepath.Join(dir, "nothing") + ": there is no such file or folder",
		}
		for _, w := range want {
			if got := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(got, strings.Join(strings.Fields(w), " ")) {
				t.Errorf("it does not say %q:\n%s", w, out.String())
			}
		}
		if strings.Contains(out.String(), "k33per") {
			t.Errorf("it tells a key: %s", out.String())
		}
	})
}

// TestNamesAreShown tells a person how reading the names of a feed goes.
func TestNamesAreShown(t *testing.T) {
	playNames(t, func(t *testing.T, s *namesStage) {
		f := asking(gtfsURL).Feeds["f0"]
		want := func(want string) {
			t.Helper()
			if got, err := namesOf(t.Context(), s.db, f, time.Now()); err != nil || got != want {
				t.Errorf("it says %q, %v; want %q", got, err, want)
			}
		}
		want(gtfsURL + ", not read yet")
		s.site.down = true
		s.start(gtfsURL)
		s.once(t.Context())
		var out bytes.Buffer
		s.prog.err = &out
		s.prog.warnOfNames(s.names)
		if got := out.String(); got != "warning: the public names could not be read from "+gtfsURL+": agency.example answered 502 (Bad Gateway): it is tried again later\n" {
			t.Errorf("the warning is %q", got)
		}
		want(gtfsURL + ", never read, tried 0 s ago: agency.example answered 502 (Bad Gateway): it is tried again later")
		s.site.down = false
		s.pass(time.Hour)
		s.start(gtfsURL)
		s.once(t.Context())
		s.pass(time.Hour)
		want(gtfsURL + ", read 60 min ago")
		s.site.down = true
		s.pass(24 * time.Hour)
		s.once(t.Context())
		want(gtfsURL + ", read 25 h ago, tried 0 s ago: agency.example answered 502 (Bad Gateway): it is tried again later")
		f.Alerts.Names = ""
		want("")
	})
}
