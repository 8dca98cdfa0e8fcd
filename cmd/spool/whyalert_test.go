package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/config"
	"spool/store"
)

const whyAlertConfig = `
database: %s/spool.db
timezone: Europe/Berlin
accounts: {riders: {network: threads, token: ` + stageToken + `}}
feeds: {lines: {url: "https://transit.example.org/alerts.pb", kind: gtfs-rt, accounts: [riders]}}
`

// rememberAlerts makes a database in which alerts are remembered as a poll leaves
// them, and one of them has been recorded.
func rememberAlerts(t *testing.T, path string, at time.Time, alerts ...spool.Tracked) {
	t.Helper()
	db, err := store.Open(t.Context(), path, store.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Sync(t.Context(), []spool.FeedState{{Name: "lines", URL: "u", Group: "feed:lines"}}, nil); err != nil {
		t.Fatal(err)
	}
	claimed, err := db.ClaimFeeds(t.Context(), "test", at, time.Minute, 1)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	in := spool.Ingest{Feed: claimed[0], Tracked: alerts, Accounts: []string{"riders"}}
	for _, a := range alerts {
		if a.Recorded {
			in.New = append(in.New, spool.NewItem{Item: spool.Item{Alert: &a.Alert, ID: a.Item, Feed: "lines", Title: a.Alert.Header[0].Text, Seen: at}, Keys: []spool.Key{spool.Key("alert:" + a.Item)}})
			in.Fates = append(in.Fates, spool.Fate{Time: at, Item: a.Item, Feed: "lines", Verdict: spool.Over, Reason: "it ended by itself"})
		}
	}
	if _, err := db.Ingest(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// TestWhyOfAlerts asks for alerts that nothing has been told of, and for one that was,
// by each of their names.
func TestWhyOfAlerts(t *testing.T) {
	dir, noon := t.TempDir(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	alert := func(item, id, header string, change func(*spool.Tracked)) spool.Tracked {
		a := spool.Tracked{Item: item, Open: true, First: noon, Alert: spool.Alert{ID: id, Header: spool.Texts{{Language: "fr", Text: "Ligne"}, {Language: "en", Text: header}}}}
		change(&a)
		return a
	}
	rememberAlerts(t, filepath.Join(dir, "spool.db"), noon,
		alert("aaaaaaaa", "lmm:alert:1", "Line 4: detour", func(a *spool.Tracked) { a.Muted = "exclude: effect DETOUR" }),
		alert("bbbbbbbb", "lmm:alert:2", "Line 5: detour", func(a *spool.Tracked) { a.Missing = 2 }),
		alert("cccccccc", "lmm:alert:3", "Line 6: no service", func(a *spool.Tracked) { a.Recorded, a.Open, a.Closed = true, false, noon }),
		alert("dddddddd", "lmm:alert:7", "Line 7: lift closed", func(a *spool.Tracked) {
			a.Recorded, a.Open, a.Last, a.Closed, a.Ending, a.Alert.Planned = true, false, noon.Add(-time.Hour), noon, spool.ByGone, true
		}),
		alert("eeeeeeee", "lmm:alert:8", "Line 8: works", func(a *spool.Tracked) {
			a.Alert.Planned, a.Alert.Periods = true, []spool.Period{{Start: noon.Add(48 * time.Hour)}}
		}))
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte(strings.Replace(whyAlertConfig, "%s", dir, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func(args ...string) (string, int) {
		var out bytes.Buffer
		w := world{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) (string, bool) { return "", false }}
		code := (&program{world: w, now: func() time.Time { return noon }}).run(t.Context(), append([]string{"--config", config, "why"}, args...))
		return out.String(), code
	}
	const first = "Ligne\nalert aaaaaaaa of feed lines, first listed 2026-03-01 13:00:00; times are Europe/Berlin\nnothing has been told of it: exclude: effect DETOUR\n"
	const second = "Ligne\nalert bbbbbbbb of feed lines, first listed 2026-03-01 13:00:00; times are Europe/Berlin\nnothing has been told of it: it is about to be told\n2 answers have not listed it since\n"
	for query, want := range map[string]string{
		"lmm:alert:1": first, "aaaaaa": first, "aaaaaaaa": first, "line 4:": first, "lmm:alert:2": second, "Detour": second + "\n" + first,
	} {
		if got, code := ask(query); got != want || code != 0 {
			t.Errorf("%q: status %d\n%s\nwant\n%s", query, code, got, want)
		}
	}
	if got, code := ask("lmm:alert:3"); code != 0 || !strings.Contains(got, "item cccccccc") || !strings.Contains(got, "it ended by itself") {
		t.Errorf("the recorded one: status %d\n%s", code, got)
	}
	const over = "the alert is over since 2026-03-01 13:00:00: it was last listed 2026-03-01 12:00:00\n"
	if got, _ := ask("lmm:alert:7"); !strings.Contains(got, over) {
		t.Errorf("of a planned one that is over:\n%s\nwant\n%s", got, over)
	}
	if got, _ := ask("lmm:alert:8"); !strings.Contains(got, "nothing has been told of it: it is told from 2026-03-02T12:00:00Z on") {
		t.Errorf("of one that is to be told:\n%s", got)
	}
	for _, nothing := range []string{"lmm:alert:4", "aaaa", "https://transit.example.org/lmm:alert:1"} {
		if got, code := ask(nothing); code != 1 || strings.Contains(got, "told") {
			t.Errorf("%q: status %d\n%s", nothing, code, got)
		}
	}
	got, _ := ask("--json", "lmm:alert:1")
	var a answer
	if err := json.Unmarshal([]byte(got), &a); err != nil || a.Found != "alert" || len(a.Alerts) != 1 || a.Alerts[0].Untold != "exclude: effect DETOUR" {
		t.Errorf("%v: %s", err, got)
	}
}

// TestWhyNoEndIsTold: a thread that stays open by the configuration says by which key.
func TestWhyNoEndIsTold(t *testing.T) {
	for _, c := range []struct {
		planned bool
		a       config.Alerts
		want    string
	}{
		{false, config.Alerts{OnEnd: "reply", OnEndPlanned: "nothing"}, ""},
		{true, config.Alerts{OnEnd: "reply", OnEndPlanned: "nothing"}, "; it was planned, and on_end_planned: nothing tells no end"},
		{true, config.Alerts{OnEnd: "nothing", OnEndPlanned: "reply"}, ""},
		{false, config.Alerts{OnEnd: "nothing", OnEndPlanned: "reply"}, "; on_end: nothing tells no end"},
	} {
		if got := noEndBy(c.a, spool.Tracked{Alert: spool.Alert{Planned: c.planned}}); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// TestListedHeadersAreShort: a headline without end leaves the list readable.
func TestListedHeadersAreShort(t *testing.T) {
	var out bytes.Buffer
	p := &program{world: world{out: &out, getenv: func(string) (string, bool) { return "", false }}, now: time.Now}
	p.printAlerts([]listedAlert{{Item: "aaaaaaaa", Header: strings.Repeat("x", 5000)}})
	if out.Len() > 400 {
		t.Errorf("%d characters are listed", out.Len())
	}
}
