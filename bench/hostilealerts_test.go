package bench

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// mostOfAlerts is what two polls of 5,000 alerts, which is the most that is read, may take
// at once: the reading, the book, and what the database is told of both. It is reached
// when all are new, and each names dozens of lines.
const mostOfAlerts = 384 << 20

// manyLines is the document that takes more memory than others to be looked at as well.
const manyLines = "alerts: many with some lines"

// TestHostileAlerts gives the real program service alerts that are built to take time
// and memory: to look at, as TestHostileDocuments does, and to run by, over two polls.
func TestHostileAlerts(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real program some hundred times")
	}
	if procStatus(os.Getpid(), "VmHWM") == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("what a process uses is read from /proc, which is not here")
		}
		t.Skip("SKIPPED, not passed: what a process uses is read from /proc, which is not here")
	}
	r := newReadings(t)
	r.run(t, "an index that leads everywhere", leadsEverywhere())
	for _, h := range hostileAlerts() {
		path := r.write(t, h.make())
		if h.name != manyLines {
			r.check(t, h.name+", a file", path)
		}
		r.run(t, h.name, func(w http.ResponseWriter, req *http.Request) { http.ServeFile(w, req, path) })
	}
	if testing.Verbose() {
		t.Logf("slowest: %s (%v); most memory: %s (%.0f MiB)", r.slow, r.slowest.cpu, r.large, mib(r.largest.peak))
	}
}

// run has the program poll a feed of alerts twice.
func (r *readings) run(tb testing.TB, name string, answer http.HandlerFunc) {
	tb.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/posts" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, req)
	}))
	defer server.Close()
	defer server.CloseClientConnections()
	config := "database: alerts.db\nserver: {listen: \"\"}\nfetch: {allow_networks: [127.0.0.0/8]}\naccounts: {desk: {network: webhook, base_url: '" + server.URL + "/posts', format: slack}}\n" +
		"feeds: {f: {url: '" + server.URL + "/alerts', first_run: all, accounts: [desk], alerts: {rules: [{when: {text: ['no (.*) between (.*) and (.*)']}, effect: NO_SERVICE}]}}}\n"
	for _, old := range []string{"alerts.db", "alerts.db-wal", "alerts.db-shm"} {
		if err := os.Remove(r.path(old)); err != nil && !errors.Is(err, os.ErrNotExist) {
			tb.Fatal(err)
		}
	}
	if err := os.WriteFile(r.path("alerts.yaml"), []byte(config), 0o600); err != nil {
		tb.Fatal(err)
	}
	for _, poll := range []string{"first", "second"} {
		cmd := exec.CommandContext(tb.Context(), r.binary, "run", "--once", "--config", r.path("alerts.yaml"))
		cmd.Dir = r.dir
		c, said, err := measure(tb, cmd, time.Millisecond)
		var exit *exec.ExitError
		if strings.Contains(said, "goroutine ") || strings.Contains(said, "panic") || err != nil && !errors.As(err, &exit) {
			tb.Errorf("%s: it crashed at the %s poll: %v: %.2000s", name, poll, err, said)
		}
		beyond := cost{cpu: c.cpu - r.least.cpu, peak: c.peak - r.least.peak}
		if beyond.peak > mostOfAlerts {
			tb.Errorf("%s: at the %s poll %.0f MiB more than the smallest document, %.0f are allowed", name, poll, mib(beyond.peak), mib(mostOfAlerts))
		}
		if beyond.cpu > mostTime || testing.Verbose() {
			tb.Logf("%-45s %5.2f s  %4.0f MiB  %s poll  %.200s", name, beyond.cpu.Seconds(), mib(beyond.peak), poll, lastLine(said))
		}
		if beyond.cpu > r.slowest.cpu {
			r.slowest, r.slow = beyond, name
		}
		if beyond.peak > r.largest.peak {
			r.largest, r.large = beyond, name
		}
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// part is a field of a protobuf message with a length.
func part(number protowire.Number, b string) string {
	return string(protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), b))
}

func number(number protowire.Number, n uint64) string {
	return string(protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), n))
}

// feedMessage is a document of GTFS-Realtime with this after its header.
func feedMessage(entities string) string {
	return part(1, part(1, "2.0")+number(2, 0)+number(3, uint64(time.Now().Unix()))) + entities
}

func entityOf(id, alert string) string { return part(2, part(1, id)+part(5, alert)) }

func translated(field protowire.Number, text, language string) string {
	return part(field, part(1, part(1, text)+part(2, language)))
}

// hostileAlerts are documents of all forms of alerts.
func hostileAlerts() []hostile { return append(hostileWire(), hostileAlertTexts()...) }

func hostileWire() []hostile {
	selector := func(n int) string { return part(5, part(2, fmt.Sprint("r", n))+part(5, fmt.Sprint("s", n))) }
	many := func(n int, of func(i int) string) string {
		var b strings.Builder
		for i := 0; i < n && b.Len() < 7*mebi; i++ {
			b.WriteString(of(i))
		}
		return feedMessage(b.String())
	}
	return []hostile{
		{"alerts: a length of a gigabyte", func() string { return feedMessage("\x12\x80\x80\x80\x80\x04ab") }},
		{"alerts: a length of all there is", func() string { return feedMessage("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") }},
		{"alerts: a header of a gigabyte", func() string { return "\x0a\x80\x80\x80\x80\x04\x0a\x032.0" }},
		{"alerts: groups in groups", func() string { return feedMessage(entityOf("1", full("\x0b"))) }},
		{"alerts: empty entities", func() string { return feedMessage(full("\x12\x00")) }},
		{"alerts: empty alerts", func() string { return feedMessage(full("\x12\x02\x2a\x00")) }},
		{"alerts: many", func() string {
			return many(100_000, func(i int) string { return entityOf(fmt.Sprint(i), translated(10, fmt.Sprint("Delays ", i), "en")) })
		}},
		{"alerts: many with many lines", func() string {
			lines := new(strings.Builder)
			for i := range 10_000 {
				lines.WriteString(selector(i))
			}
			return many(10_000, func(i int) string {
				return entityOf(fmt.Sprint(i), lines.String()+translated(10, fmt.Sprint("Delays ", i), "en"))
			})
		}},
		{manyLines, func() string {
			lines := new(strings.Builder)
			for i := range 40 {
				lines.WriteString(selector(i))
			}
			return many(5_000, func(i int) string {
				return entityOf(fmt.Sprint(i), lines.String()+translated(10, fmt.Sprint("Delays ", i), "en"))
			})
		}},
		{"alerts: an id of a megabyte", func() string {
			return many(7, func(i int) string {
				return entityOf(strings.Repeat(fmt.Sprint(i), mebi), translated(10, "Delays", "en"))
			})
		}},
		{"alerts: texts in many languages", func() string {
			var texts string
			for i := range 50 {
				texts += part(1, part(1, times("<b>Delays &amp; more</b> ", mebi/8))+part(2, fmt.Sprintf("a%c", 'a'+i%26)))
			}
			return feedMessage(entityOf("1", part(10, texts)))
		}},
		{"alerts: periods", func() string {
			return feedMessage(entityOf("1", full(part(1, number(1, 1_760_000_000)+number(2, 1_760_003_600)))+translated(10, "Delays", "en")))
		}},
		{"alerts: absurd times", func() string {
			return many(4_000, func(i int) string {
				return entityOf(fmt.Sprint(i), part(1, number(1, ^uint64(0))+number(2, 1))+part(1, number(1, 1<<62)+number(2, 1<<63))+translated(10, fmt.Sprint("Delays ", i), "en"))
			})
		}},
		{"alerts: pictures", func() string {
			return feedMessage(entityOf("1", part(15, full(part(1, part(1, "https://a.example/b.png"))))))
		}},
		{"alerts: the same id", func() string {
			return many(5_000, func(i int) string { return entityOf("1", translated(10, fmt.Sprint("Delays of line ", i), "en")) })
		}},
		{"alerts: nearly the same words", func() string {
			return many(5_000, func(i int) string {
				return entityOf(fmt.Sprint(i), translated(10, times("a b c d e f ", 1000)+fmt.Sprint(i), "en")+part(5, part(2, "r")))
			})
		}},
	}
}

func hostileAlertTexts() []hostile {
	json := func(alert string) string {
		return `{"header":{"gtfs_realtime_version":"2.0","timestamp":` + fmt.Sprint(time.Now().Unix()) + `},"entity":[` + alert + `]}`
	}
	capped := func(inner string) string {
		return `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a@example.org</sender><sent>2026-03-01T10:00:00Z</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>` + inner + `</alert>`
	}
	index := func(entries string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><title>x</title>` + entries + `</feed>`
	}
	return []hostile{
		{"alerts in JSON: deep", func() string { return json(`{"id":"1","alert":` + full(`{"a":`)) }},
		{"alerts in JSON: texts in texts", func() string {
			return json(`{"id":"1","alert":{"header_text":` + strings.Repeat(`{"translation":[`, 40) + strings.Repeat("]}", 40) + `}}`)
		}},
		{"alerts in JSON: empty ones", func() string { return json(full(`{},`) + `{}`) }},
		{"alerts in JSON: many", func() string {
			return json(full(`{"id":"1","alert":{"effect":1,"header_text":"Delays"}},`) + `{}`)
		}},
		{"alerts in JSON: lines", func() string {
			return json(`{"id":"1","alert":{"header_text":"x","informed_entity":[` + full(`{"route_id":"1"},`) + `{}]}}`)
		}},
		{"alerts in JSON: numbers", func() string {
			return json(`{"id":"1","alert":{"header_text":"x","active_period":[{"start":` + full("9") + `,"end":1e999999}]}}`)
		}},
		{"alerts in JSON: escapes", func() string { return json(`{"id":"1","alert":{"header_text":"` + full(`\u0041`) + `"}}`) }},
		{"cap: elements", func() string { return capped("<info>" + full("<a/>") + "</info>") }},
		{"cap: deep", func() string { return capped(full("<info>")) }},
		{"cap: a billion laughs", func() string {
			return `<!DOCTYPE alert [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + capped("<info><event>&b;</event></info>")
		}},
		{"cap: a text without end", func() string { return capped("<info><event>" + full("Storm ") + "</event></info>") }},
		{"cap: blocks", func() string { return capped(full("<info><event>Storm</event></info>")) }},
		{"cap: areas", func() string {
			return capped("<info><event>Storm</event>" + full("<area><areaDesc>Mill</areaDesc></area>") + "</info>")
		}},
		{"cap: references in a circle", func() string {
			var b strings.Builder
			for i := range 4_000 {
				fmt.Fprintf(&b, `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>%d</identifier><sender>a</sender><sent>2026-03-01T10:00:00Z</sent><status>Actual</status><msgType>Update</msgType><scope>Public</scope><references>`, i)
				for n := range 20 {
					fmt.Fprintf(&b, "a,%d,2026-03-01T10:00:00Z ", (i+n+1)%4_000)
				}
				b.WriteString(`</references><info><event>Storm</event></info></alert>`)
			}
			return "<alerts>" + b.String() + "</alerts>"
		}},
		{"cap: an index of itself", func() string {
			return index(strings.Repeat(`<entry><id>1</id><link type="application/cap+xml" href="/alerts"/></entry>`, 4_000))
		}},
		{"cap: an index of many links", func() string {
			var b strings.Builder
			for i := 0; b.Len() < 7*mebi; i++ {
				fmt.Fprintf(&b, `<entry><link type="application/cap+xml" href="/m/%d"/></entry>`, i)
			}
			return index(b.String())
		}},
		{"alerts as RSS", func() string {
			var b strings.Builder
			for i := 0; i < 4_900; i++ {
				fmt.Fprintf(&b, "<item><title>Line %d</title><description>%s</description></item>", i, times("Delays, of ", 1300))
			}
			return rss(b.String())
		}},
	}
}

// leadsEverywhere serves an index whose messages are where no feed may lead, on slow
// servers, packed, or not there.
func leadsEverywhere() http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.URL.Path == "/alerts":
			_, _ = fmt.Fprint(w, `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><title>x</title>`)
			for i, to := range []string{"http://10.0.0.1/a.cap", "http://169.254.169.254/latest/meta-data/a.cap", "http://[::1]:22/a.cap", "file:///etc/passwd.xml", "http://user:pass@a.example/a.cap", "/away/a.cap", "/long/a.cap", "/round/a.cap"} {
				_, _ = fmt.Fprintf(w, `<entry><id>%d</id><title>Storm %d</title><link type="application/cap+xml" href="%s"/></entry>`, i, i, to)
			}
			_, _ = fmt.Fprint(w, `</feed>`)
		case strings.HasPrefix(req.URL.Path, "/away"):
			http.Redirect(w, req, "http://192.168.0.1/a.cap", http.StatusFound)
		case strings.HasPrefix(req.URL.Path, "/round"):
			http.Redirect(w, req, req.URL.Path+"x", http.StatusFound)
		case strings.HasPrefix(req.URL.Path, "/long"):
			for range 64 {
				if _, err := w.Write(make([]byte, mebi)); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, req)
		}
	}
}
