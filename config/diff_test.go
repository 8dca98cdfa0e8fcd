package config

import (
	"log/slog"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	const before = `
database: a.db
accounts: {desk: {network: threads, token: hunter2, quiet: ["23:00-06:00"]}, old: {network: threads}}
defaults: {accounts: [desk]}
feeds:
  news: {url: https://example.org/1, include: [a, b], post: {query: {a: b}}}
  gone: {url: https://example.org/2}
`
	const after = `
accounts:
  desk: {network: threads, token: hunter2hunter2, limits: {spacing: 3m}, quiet: ["23:00-07:00"]}
  old: {network: threads}
defaults: {accounts: [desk], max_age: 2d}
feeds:
  news: {url: https://example.org/1, include: [a, c], exclude: [], schedule: "@hourly", post: {query: {a: c}}, burst: 10}
  fresh.one: {url: https://example.org/3}
database: b.db
`
	x, y := mustLoad(t, before), mustLoad(t, after)
	got := Diff(x, y)
	want := `added feeds."fresh.one"; removed feeds.gone; changed accounts.desk.limits.spacing, accounts.desk.quiet, ` +
		`accounts.desk.token, database, feeds.news.include, feeds.news.post.query, feeds.news.schedule`
	if got.String() != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("reloaded", "changes", got)
	if strings.Contains(log.String(), password) || !strings.Contains(log.String(), "changes.removed=[feeds.gone]") {
		t.Error(log.String())
	}
	if d := Diff(x, mustLoad(t, "# moved\n\n"+before)); !d.Empty() || d.String() != "nothing changed" {
		t.Errorf("equal configurations: %s", d)
	}
}
