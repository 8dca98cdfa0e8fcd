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
			in.New = append(in.New, spool.NewItem{Item: spool.Item{ID: a.Item, Feed: "lines", Title: a.Alert.Header[0].Text, Seen: at}, Keys: []spool.Key{spool.Key("alert:" + a.Item)}})
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
		alert("cccccccc", "lmm:alert:3", "Line 6: no service", func(a *spool.Tracked) { a.Recorded, a.Open, a.Closed = true, false, noon }))
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
	const second = "Ligne\nalert bbbbbbbb of feed lines, first listed 2026-03-01 13:00:00; times are Europe/Berlin\nnothing has been told of it: not due yet\n2 answers have not listed it since\n"
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
