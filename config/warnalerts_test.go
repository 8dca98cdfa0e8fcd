package config

import (
	"strings"
	"testing"
)

// A table of names may stand where the address of a GTFS would, as in a file there is
// one of the two as a rule.
func TestATableOfNames(t *testing.T) {
	c := mustLoad(t, `
accounts: {desk: {network: threads, token: x}}
feeds:
  lines:
    url: https://transit.example.org/alerts.pb
    kind: gtfs-rt
    accounts: [desk]
    alerts: {names: {routes: {R: {name: Red Line, mode: metro}}, stops: {s1: North Station}}}
`)
	a := c.Feeds["lines"].Alerts
	if a.Names != "" || a.Table.Routes["R"] != (RouteName{Name: "Red Line", Mode: "metro"}) || a.Table.Stops["s1"] != "North Station" {
		t.Errorf("%+v", a)
	}
	if _, err := loadText(t, "accounts: {desk: {network: threads, token: x}}\nfeeds: {lines: {url: \"https://transit.example.org/a\", kind: gtfs-rt, accounts: [desk], alerts: {names: {route: {}}}}}"); err == nil || !strings.Contains(err.Error(), "routes") {
		t.Errorf("%v", err)
	}
}

// What has no effect on alerts is warned of, and what holds for articles is not.
func TestWarnAlerts(t *testing.T) {
	c := mustLoad(t, `
accounts: {desk: {network: threads, token: x}}
defaults: {exclude: ['(?i)sponsored']}
feeds:
  news: {url: "https://www.example.org/rss.xml", accounts: [desk], priority: high, burst: 5}
  lines: {url: "https://transit.example.org/alerts.pb", kind: gtfs-rt, accounts: [desk], priority: high, burst: 5, post: {text: "{{ .Title }}"}}
`)
	var got []string
	for _, w := range c.Warnings() {
		got = append(got, w.Path)
	}
	want := "defaults.exclude feeds.lines.priority feeds.lines.burst feeds.lines.post.text"
	for _, path := range strings.Fields(want) {
		if !strings.Contains(strings.Join(got, " "), path) {
			t.Errorf("%s is not warned of: %v", path, c.Warnings())
		}
	}
	if strings.Contains(strings.Join(got, " "), "news") {
		t.Errorf("%v", c.Warnings())
	}
}
