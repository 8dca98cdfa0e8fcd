package compose

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/alerts/cap"
	"spool/alerts/gtfsrt"
)

// A realAlert is one of the corpus.
type realAlert struct {
	name  string
	alert spool.Alert
	zone  *time.Location
	at    time.Time
}

// corpusAlerts are all alerts of the corpus that can be read without asking further.
func corpusAlerts(t *testing.T) []realAlert {
	t.Helper()
	dir := filepath.Join(cmp.Or(os.Getenv("SPOOL_CORPUS"), filepath.Join("..", "..", "shared", "corpus")), "alerts")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
		}
		t.Skipf("SKIPPED, NOTHING TESTED: the corpus is missing: set SPOOL_CORPUS to its folder: %v", err)
	}
	zone := time.FixedZone("EST", -5*3600)
	var all []realAlert
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc := alerts.Document{Body: body, URL: "https://corpus.example/alerts"}
		read := cap.Read
		if strings.Contains(path, "gtfs-rt") {
			read = gtfsrt.Read
		}
		reading, err := read(doc)
		if err != nil {
			return nil //nolint:nilerr // what cannot be read is tested where it is read
		}
		name, _ := filepath.Rel(dir, path)
		for i, a := range reading.Alerts {
			named(a.Affected)
			all = append(all, realAlert{fmt.Sprintf("%s %d", filepath.ToSlash(name), i), a, zone, reading.Stamp})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// named gives routes the public names that a directory has for them.
func named(affected []spool.Affected) {
	for i := range affected {
		switch e := &affected[i]; {
		case strings.HasPrefix(e.Route, "CR-"):
			e.RouteName = strings.TrimPrefix(e.Route, "CR-") + " Line"
		case e.Route == "Red" || e.Route == "Orange" || e.Route == "Blue":
			e.RouteName = e.Route + " Line"
		case strings.HasPrefix(e.Route, "Green-"):
			e.RouteName = "Green Line " + strings.TrimPrefix(e.Route, "Green-")
		}
	}
}

// TestCorpusAlerts words real alerts in all phases for all networks. The golden file
// has no words of theirs:
//
//	go test ./compose -run TestCorpusAlerts -v -print
func TestCorpusAlerts(t *testing.T) {
	all := corpusAlerts(t)
	if len(all) < 60 {
		t.Fatalf("only %d alerts", len(all))
	}
	var got strings.Builder
	for turn, v := range alertVenues() {
		for i, f := range all {
			if (i+turn)%2 > 0 && !*printPosts {
				continue
			}
			at := f.at
			if at.IsZero() {
				at = cmp.Or(f.alert.Updated, f.alert.Created, f.alert.Start(), noon())
			}
			for _, n := range []News{
				{Phase: spool.Begins, At: at}, {Phase: spool.Ahead, At: at}, {Phase: spool.Changes, At: at, Changed: []string{"text"}}, ending(at, spool.ByGone),
			} {
				c, r := wordAlert(t, alertSample{name: f.name, language: "en", item: alertItem(f.alert), news: n}, v)
				if planned := n.Phase == spool.Ahead; planned != (f.alert.Planned || f.alert.Start().After(at)) && n.Phase != spool.Ends {
					continue
				}
				if (i+turn)%2 == 0 {
					fmt.Fprintf(&got, "%s %s %s: %s\n", v.name, f.name, n.Phase, outline(t, c, r))
				}
				if *printPosts {
					fmt.Printf("══ %s · %s · %s %s\n%s\n", v.name, f.name, n.Phase, outline(t, c, r), inFull(c))
				}
			}
		}
	}
	golden(t, "testdata/alerts/corpus.golden", got.String())
}
