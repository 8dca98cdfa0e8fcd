//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/alerts/gtfsrt/gtfsrttest"
	alertsource "spool/alerts/source"
	"spool/feeds"
	"spool/scheduler"
	"spool/store"
)

// BenchmarkAlertPoll is one poll of 400 alerts that are as they were, with everything
// that a poll has: request, reading, tracking, database. cpu-ms is processor time of the
// process, user and system; of-decode is that as a share of reading the document alone,
// in the same run: "same" are polls that bring the same bytes, "stamp" those that say
// that they were made at another moment. What the document is made of is gtfsrt's benchmark's: two languages,
// HTML beside the plain text, a dozen stops and periods each.
func BenchmarkAlertPoll(b *testing.B) {
	for name, form := range map[string]func(time.Time) []byte{
		"protobuf": func(at time.Time) []byte { return gtfsrttest.Encode(at, fourHundred()) },
		"json":     func(at time.Time) []byte { return gtfsrttest.EncodeJSON(at, fourHundred()) },
		"cap":      warningIndex,
	} {
		b.Run(name+"/same", func(b *testing.B) { alertPoll(b, form, false) })
		b.Run(name+"/stamp", func(b *testing.B) { alertPoll(b, form, true) })
	}
}

// pollStart is when the clock of the benchmark begins.
var pollStart = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func alertPoll(b *testing.B, form func(time.Time) []byte, stamped bool) {
	b.Helper()
	now := pollStart
	body := form(now)
	web := onlyBody(func() []byte { return body })
	s := pollScheduler(b, func() time.Time { return now }, web)
	poll := func() {
		if err := s.Once(b.Context()); err != nil {
			b.Fatal(err)
		}
		now = now.Add(61 * time.Second)
	}
	for range 4 {
		body = form(now)
		poll()
	}
	first := now.Add(-61 * time.Second)
	var spent, bare time.Duration
	for b.Loop() {
		b.StopTimer()
		if body = form(first); stamped {
			body = form(now)
		}
		start := cpuTime(b)
		if _, err := (alertsource.Reader{}).Read(alerts.Document{Body: body, URL: "https://transit.example/alerts"}); err != nil {
			b.Fatal(err)
		}
		bare += cpuTime(b) - start
		b.StartTimer()
		start = cpuTime(b)
		poll()
		spent += cpuTime(b) - start
	}
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "cpu-ms")
	b.ReportMetric(float64(spent)/float64(bare), "of-decode")
	b.ReportMetric(float64(len(body))/1e6, "MB")
}

// pollScheduler polls one feed of alerts, once a minute by a clock.
func pollScheduler(b *testing.B, now func() time.Time, web http.RoundTripper) *scheduler.Scheduler {
	b.Helper()
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "spool.db"), store.Options{Now: now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	fetcher, err := feeds.New(feeds.Options{Transport: web, Now: now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(fetcher.Close)
	every, err := scheduler.ParseSchedule("@every 1m", time.UTC)
	if err != nil {
		b.Fatal(err)
	}
	f := scheduler.Feed{
		Name: "line", URL: "https://transit.example/alerts", Group: "line", Schedule: every, Scheduled: true, ForAlerts: true, Access: feeds.Source{Alerts: true},
		Alerts: alerts.Policy{Feed: "line", Group: "line", GoneFetches: 3, GoneTime: 10 * time.Minute, Stale: 100 * 24 * time.Hour, Planned: alerts.Planned{Never: true}},
	}
	if err := db.Sync(b.Context(), []spool.FeedState{{Name: f.Name, URL: f.URL, Group: f.Group}}, nil); err != nil {
		b.Fatal(err)
	}
	s, err := scheduler.New(scheduler.Options{
		Store: db, Fetcher: fetcher, Alerts: alertsource.Reader{}, Plan: scheduler.Plan{Feeds: map[string]scheduler.Feed{"line": f}},
		Owner: "bench", Now: now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// onlyBody answers every request with the same document, without validators.
type onlyBody func() []byte

func (o onlyBody) RoundTrip(req *http.Request) (*http.Response, error) {
	body := o()
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}, context.Cause(req.Context())
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Skip(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fourHundred are alerts as a large agency has them.
func fourHundred() []spool.Alert {
	var all []spool.Alert
	for i := range 400 {
		id := strconv.Itoa(100_000 + i)
		a := spool.Alert{
			ID: "lmm:alert:" + id + ":31", Cause: spool.Maintenance, Effect: spool.Detour, Severity: spool.Warning,
			Header: spool.Texts{{Language: "en", Text: "[F] No service between 4 Av and Church Av"}, {Language: "en-html", Text: "<p>[F] No <b>service</b></p>"}},
			Description: spool.Texts{
				{Language: "en", Text: strings.Repeat("Take the bus from the station\u2019s main entrance.\r\n", 12)},
				{Language: "en-html", Text: strings.Repeat("<p>Take the <b>bus</b> from the station&rsquo;s main entrance.</p>", 12)},
				{Language: "es", Text: strings.Repeat("Tome el autob\u00fas. ", 30)},
			},
			URL: spool.Texts{{Text: "https://agency.example/alerts/" + id}},
		}
		for n := range 12 {
			begin := pollStart.Add(time.Duration(n) * 24 * time.Hour)
			a.Periods = append(a.Periods, spool.Period{Start: begin, End: begin.Add(23 * time.Hour)})
			a.Affected = append(a.Affected, spool.Affected{Agency: "MTASBWY", Route: "F", Mode: spool.Metro, Stop: fmt.Sprintf("F%02dN", n)})
		}
		all = append(all, a)
	}
	return all
}

// warningIndex is an index of 400 warnings that says when it was made.
func warningIndex(at time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:cap='urn:oasis:names:tc:emergency:cap:1.2'><id>x</id><title>Warnings</title><updated>%s</updated>`, at.Format(time.RFC3339))
	for i := range 400 {
		fmt.Fprintf(&b, `<entry><id>urn:oid:9.%[1]d</id><updated>2026-03-01T10:00:00-05:00</updated><title>High Wind Warning %[1]d</title><summary>%[2]s</summary>
<cap:event>High Wind Warning</cap:event><cap:sent>2026-03-01T10:00:00-05:00</cap:sent><cap:expires>2026-03-20T07:00:00-05:00</cap:expires><cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType>
<cap:urgency>Expected</cap:urgency><cap:severity>Severe</cap:severity><cap:certainty>Likely</cap:certainty><cap:areaDesc>County %[1]d</cap:areaDesc></entry>`, i, strings.Repeat("Southwest 30 to 40 mph with gusts to 60 mph. ", 12))
	}
	b.WriteString("</feed>")
	return b.Bytes()
}
