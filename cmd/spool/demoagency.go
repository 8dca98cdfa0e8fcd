package main

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"spool"
	"spool/alerts/gtfsrt/gtfsrttest"
)

// The transit agency of the demonstration.
const (
	agencyProfile  = "transit"
	agencyHandle   = "transit.example.org"
	agencyToken    = "sample-transit-token"
	agencyPassword = "tram-rail-road-boat" //nolint:gosec // it opens a stand-in
	agencyFeed     = "line-alerts"
	agencyRound    = 3 * time.Minute // after which the same begins anew
)

// demoAgency serves the agency's alerts, and returns its address.
func (p *program) demoAgency(ctx context.Context, g *errgroup.Group) (string, error) {
	page, err := template.New("agency").Parse(agencyPage)
	if err != nil {
		return "", err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /alerts.pb", func(w http.ResponseWriter, _ *http.Request) {
		now := p.now()
		w.Header().Set("Content-Type", "application/x-protobuf")
		_, _ = w.Write(gtfsrttest.Encode(now, agencyAlerts(now))) // a reader that has left needs nothing
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, agencyAlerts(p.now())) // as above
	})
	return p.demoServe(ctx, g, 8086, mux)
}

const agencyPage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="3"><title>Sample transit agency</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}li{margin:1rem 0}</style></head>
<body><h1>Sample transit agency</h1>
<p>Its alerts as they are now. The same ones come again every three minutes. <a href="/alerts.pb">alerts.pb</a> has them as GTFS-Realtime.</p>
<ul>{{ range . }}<li><strong>{{ (index .Header 0).Text }}</strong>{{ with .Description }}<br>{{ (index . 0).Text }}{{ end }}</li>{{ else }}<li>Good service on all lines.</li>{{ end }}</ul>
</body></html>
`

// A scene is an alert while it is as it is: from and to are since the beginning of
// the round.
type scene struct {
	from, to time.Duration
	alert    spool.Alert
}

// agencyAlerts are those of a moment. They depend on nothing but the clock, so that a
// demonstration that is started again finds the agency as it would be.
func agencyAlerts(now time.Time) []spool.Alert {
	round := now.Truncate(agencyRound)
	at := now.Sub(round)
	var out []spool.Alert
	for _, s := range agencyScenes(round) {
		if s.from <= at && at < s.to {
			out = append(out, s.alert)
		}
	}
	return out
}

func agencyScenes(round time.Time) []scene {
	id := func(name string) string { return fmt.Sprintf("%s-%d", name, round.Unix()) }
	on := func(route string, stops ...string) []spool.Affected {
		if len(stops) == 0 {
			return []spool.Affected{{Route: route}}
		}
		var out []spool.Affected
		for _, stop := range stops {
			out = append(out, spool.Affected{Route: route, Stop: stop})
		}
		return out
	}
	says := func(name string, effect spool.Effect, cause spool.Cause, about []spool.Affected, header, description string) spool.Alert {
		a := spool.Alert{ID: id(name), Effect: effect, Cause: cause, Affected: about, Header: spool.Texts{{Language: "en", Text: header}}}
		if description != "" {
			a.Description = spool.Texts{{Language: "en", Text: description}}
		}
		return a
	}
	red := func(effect spool.Effect, header, description string) spool.Alert {
		return says("red", effect, spool.TechnicalProblem, on("R"), header, description)
	}
	bus := says("b46", spool.SignificantDelays, spool.Weather, on("B46"), "Bus 46: delays of 15 minutes", "The road along the river is flooded in places.")
	detour := says("t4", spool.Detour, spool.Demonstration, on("T4"), "Tram 4 runs by way of Mill Lane", "Market Square is closed for a march. Trams stop at Mill Lane instead.")
	detour.Periods = []spool.Period{{Start: round, End: round.Add(80 * time.Second)}}
	night := says("n1", spool.ReducedService, spool.Construction, on("N1"), "Night bus N1 every 60 minutes", "The bridge is being repaired.")
	night.Periods = []spool.Period{{Start: round.Add(30 * time.Hour), End: round.Add(35 * time.Hour)}, {Start: round.Add(54 * time.Hour), End: round.Add(59 * time.Hour)}}
	second := time.Second
	return []scene{
		{5 * second, 35 * second, red(spool.SignificantDelays, "Red Line: delays of 10 minutes", "A signal at Central Station has failed.")},
		{35 * second, 70 * second, red(spool.SignificantDelays, "Red Line: delays of 25 minutes", "A signal at Central Station has failed. Trains hold at stations.")},
		{70 * second, 110 * second, red(spool.NoService, "Red Line: no trains between Central Station and Mill Lane", "Shuttle buses run every 10 minutes.")},
		{15 * second, 90 * second, detour},
		{25 * second, 31 * second, bus}, {34 * second, 40 * second, bus}, {43 * second, 100 * second, bus}, // it flaps
		{50 * second, 140 * second, says("lift", spool.AccessibilityIssue, spool.Maintenance, []spool.Affected{{Stop: "central"}}, "Central Station: lift to platform 2 out of service", "Please use the lift at the north entrance.")},
		{10 * second, 170 * second, night},
	}
}
