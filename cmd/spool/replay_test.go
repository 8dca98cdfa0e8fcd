package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/alerts/gtfsrt"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// A series is a recorded folder that a test writes.
type series struct {
	t   *testing.T
	dir string
}

func newSeries(t *testing.T) series {
	t.Helper()
	return series{t, t.TempDir()}
}

// record writes what the agency lists at a moment.
func (s series) record(at time.Time, list ...spool.Alert) {
	s.t.Helper()
	name := filepath.Join(s.dir, at.UTC().Format("20060102T150405Z")+".pb")
	if err := os.WriteFile(name, gtfsrttest.Encode(at, list), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

const replayConfig = `
timezone: America/New_York
accounts:
  riders: {network: mastodon, base_url: "https://mastodon.example", token: x}
  short: {network: bluesky, handle: riders.example.org, app_password: aaaa-bbbb-cccc-dddd}
feeds:
  lines:
    url: https://transit.example.org/alerts.pb
    kind: gtfs-rt
    accounts: [riders, short]
`

// replay runs the command on the series and returns what it prints.
func (s series) replay(config string, args ...string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		s.t.Fatal(err)
	}
	var out bytes.Buffer
	status := run(s.t.Context(), append([]string{"--config", path, "alerts", "replay", s.dir}, args...),
		world{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) (string, bool) { return "", false }})
	if status != 0 {
		s.t.Fatalf("status %d: %s", status, out.String())
	}
	return out.String()
}

// plays are the posts that a replay prints for programs.
func (s series) plays(config string) []played {
	s.t.Helper()
	var all []played
	for line := range strings.Lines(s.replay(config, "--json")) {
		var p played
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			s.t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func lineAlert(id, route string, effect spool.Effect, header string) spool.Alert {
	return spool.Alert{ID: id, Effect: effect, Affected: []spool.Affected{{Route: route}}, Header: spool.Texts{{Language: "en", Text: header}}}
}

// A day on which one line has trouble: what readers see is the thread of it, and the
// day is over in a moment.
func TestReplayOfADay(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	at := time.Date(2026, 1, 14, 13, 0, 0, 0, time.UTC) // eight o'clock
	old := lineAlert("old", "Blue", spool.Detour, "Blue Line: a stop has moved")
	ten := lineAlert("red", "Red", spool.SignificantDelays, "Red Line: delays of 10 minutes")
	forty := lineAlert("red", "Red", spool.SignificantDelays, "Red Line: delays of 40 minutes")
	for i := range 60 {
		switch {
		case i < 5:
			s.record(at, old)
		case i < 20:
			s.record(at, old, ten)
		case i < 40:
			s.record(at, old, forty)
		default:
			s.record(at, old)
		}
		at = at.Add(time.Minute)
	}
	var got []string
	for _, p := range s.plays(replayConfig) {
		got = append(got, fmt.Sprintf("%s %s %s", p.At.Format("15:04"), p.Account, p.Does))
	}
	want := "08:05 riders announce|08:05 short announce|08:20 riders update|08:20 short update|08:50 riders close|08:50 short close"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	text := s.replay(replayConfig)
	for _, part := range []string{
		"Wednesday, 14 January 2026", "08:05", "Red Line: delays of 10 minutes", "Update 08:20", "Red Line: delays of 40 minutes", "Ended 08:40",
		"2 alerts, of which 1 told on their own, 0 digests; 1 open at the end", "not told: 1, there at the beginning",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not said in:\n%s", part, text)
		}
	}
}

// A storm: forty lines within half an hour. Nobody's timeline has forty posts, nobody is
// left without word, and when it is over that is said.
func TestReplayOfAStorm(t *testing.T) {
	t.Parallel()
	s := newSeries(t)
	at := time.Date(2026, 1, 14, 13, 0, 0, 0, time.UTC)
	var list []spool.Alert
	for i := range 180 {
		if i >= 5 && i < 35 && len(list) < 40 {
			for range 2 {
				n := len(list)
				list = append(list, lineAlert(fmt.Sprint("storm", n), fmt.Sprint(100+n), spool.Detour, fmt.Sprintf("Route %d: detour because of snow", 100+n)))
			}
		}
		if i >= 120 && len(list) > 0 {
			list = list[:max(0, len(list)-4)]
		}
		s.record(at, list...)
		at = at.Add(time.Minute)
	}
	heads, closings, last := 0, 0, played{}
	for _, p := range s.plays(replayConfig) {
		if p.Account != "riders" {
			continue
		}
		switch {
		case p.Does.Heads():
			heads++
		case p.Does == spool.Close:
			closings++
		}
		last = p
	}
	if heads < 2 || heads > 11 || closings != heads || last.Does != spool.Close {
		t.Errorf("%d posts and %d closings, the last is %+v\n%s", heads, closings, last, s.replay(replayConfig))
	}
}

// The alerts of a real agency, as they were, with some leaving and one changing: what
// is told is told once, and what stays is left alone.
func TestReplayOfTheCorpus(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile(filepath.Join(corpusOfAlerts(t), "gtfs-rt", "mbta", "alerts.pb"))
	if err != nil {
		t.Fatal(err)
	}
	reading, err := gtfsrt.Read(alerts.Document{Body: body})
	if err != nil {
		t.Fatal(err)
	}
	s := newSeries(t)
	at := reading.Stamp
	for i := range 90 {
		list := reading.Alerts
		if i < 10 {
			list = list[:len(list)-6] // six are new after ten minutes
		}
		if i >= 50 {
			list = list[3:] // three of the old ones leave
		}
		s.record(at, list...)
		at = at.Add(time.Minute)
	}
	told := map[string]int{}
	for _, p := range s.plays(replayConfig) {
		told[fmt.Sprint(p.Account, " ", p.Item, " ", p.Does, " ", p.Phase)]++
		if p.Does == spool.Update {
			t.Errorf("nothing has changed, but it says: %s", p.Text)
		}
	}
	for what, n := range told {
		if n != 1 {
			t.Errorf("%s: %d times", what, n)
		}
	}
	if len(told) == 0 || len(told) > 2*(6+6) {
		t.Errorf("%d posts: %v", len(told), told)
	}
}

// corpusOfAlerts is the folder of recorded alerts of real agencies.
func corpusOfAlerts(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SPOOL_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	dir = filepath.Join(dir, "alerts")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
		}
		t.Skipf("SKIPPED, NOTHING TESTED: the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
	}
	return dir
}

func TestMomentsInNames(t *testing.T) {
	zone := time.FixedZone("there", -5*3600)
	for name, want := range map[string]string{
		"2026-01-14T08:00:00Z.pb":      "2026-01-14T08:00:00Z",
		"alerts-20260114-080000.json":  "2026-01-14T13:00:00Z",
		"20260114_0800.pb":             "2026-01-14T13:00:00Z",
		"1768377600.pb":                "2026-01-14T08:00:00Z",
		"alerts_1768377600123.json":    "2026-01-14T08:00:00Z",
		"2026-01-14 08.00.59.xml":      "2026-01-14T13:00:59Z",
		"alerts.pb":                    "",
		"v2-12345.pb":                  "",
		"20261350-990000.pb":           "",
		"lines-0000000000-nothing.txt": "1970-01-01T00:00:00Z",
	} {
		at, ok := momentIn(name, zone)
		got := ""
		if ok {
			got = at.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
