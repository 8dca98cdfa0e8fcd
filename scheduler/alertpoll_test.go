package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/feeds"
	"spool/store"
)

// bookless counts how often the book of a feed's alerts is read.
type bookless struct {
	Store
	mu sync.Mutex
	n  int
}

func (s *bookless) TrackedAlerts(ctx context.Context, feed string, since time.Time) ([]spool.Tracked, error) {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	return s.Store.TrackedAlerts(ctx, feed, since)
}

func (s *bookless) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// A document that says what it said before, under another stamp, costs no look at the
// book once everything is told.
func TestUnchangedAlertsAreNotLookedUp(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(5)
		counter := &bookless{Store: a.Store}
		a.Store = counter
		asks := a.asks()
		a.minutes(30)
		if n := a.asks() - asks; n < 28 || counter.count() > 1 {
			t.Errorf("%d polls read the book %d times", n, counter.count())
		}
	})
}

// What the source says of how it changes reaches readers within its interval and two
// seconds.
func TestAnAlertIsLiveWithinAMinute(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		for i := range 400 {
			a.list(fmt.Sprint("p", i), fmt.Sprintf("Stop %d is closed", i), func(al *spool.Alert) { al.Effect, al.Severity = spool.NoEffect, spool.Info })
		}
		f := a.plan0.Feeds["line"]
		f.Alerts.Exclude = []alerts.Match{{Effect: []spool.Effect{spool.NoEffect}}}
		a.plan0.Feeds["line"] = f
		a.Replace(a.plan0)
		a.run(3 * time.Minute)
		for i, wait := range []time.Duration{7 * time.Second, 31 * time.Second, 59 * time.Second} {
			pass(wait)
			head := fmt.Sprintf("Tram %d: no service", i)
			a.list(fmt.Sprint("t", i), head, severe)
			listed := a.now()
			a.run(62 * time.Second)
			p := a.announcement(head)
			if late := p.LiveAt.Sub(listed); p.State != spool.Live || late > 62*time.Second {
				t.Errorf("%q is %s after %s\n%s", head, p.State, late, a.tail())
			}
		}
	})
}

func (a *agency) announcement(text string) spool.Post {
	a.t.Helper()
	posts, err := a.db.Posts(a.t.Context(), store.Filter{Text: text})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, p := range posts {
		if p.Purpose.Heads() {
			return p
		}
	}
	return spool.Post{}
}

// A document of alerts that cannot be read is a failed poll, with the reader's words.
// The feed is asked again each minute, and nothing is closed meanwhile.
func TestADocumentThatIsNoneOfAlerts(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(3)
		a.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.asked++
			return feeds.Result{Raw: &feeds.Raw{Body: []byte("<html>")}, BodyHash: "h", Status: 200}, nil
		}
		asks := a.asks()
		a.minutes(30)
		if n := a.asks() - asks; n < 28 {
			t.Errorf("asked %d times in half an hour", n)
		}
		if state := a.feed("line"); state.Problem != "this is no sheet" || state.Failures < 28 {
			t.Errorf("%q, %d failures", state.Problem, state.Failures)
		}
		a.sees("a", "announce: "+stopped)
	})
}

func (a *agency) feed(name string) spool.FeedState {
	a.t.Helper()
	all, err := a.db.Feeds(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	for _, f := range all {
		if f.Name == name {
			return f
		}
	}
	a.t.Fatalf("there is no feed %s", name)
	return spool.FeedState{}
}

// Messages that an index points to are fetched once, fifty in a poll; while some are
// not there, nothing that is missing is over.
func TestMessagesOfAnIndex(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		p := &post{broken: map[string]bool{}, got: map[string]int{}}
		for i := range 70 {
			p.pointers = append(p.pointers, alerts.Pointer{URL: fmt.Sprintf("https://transit.example/%d.cap", i), Version: "1"})
		}
		a.web.fetch = p.index
		a.Fetcher = struct {
			Fetcher
			Getter
		}{a.web, p}
		a.minutes(2)
		if n := p.fetched(); n != 70 {
			t.Errorf("%d messages fetched in two polls", n)
		}
		a.minutes(5)
		if n := p.fetched(); n != 70 {
			t.Errorf("%d messages fetched in the end", n)
		}
		p.change("https://transit.example/3.cap", "2")
		a.minutes(2)
		if n := p.fetched(); n != 71 {
			t.Errorf("%d messages fetched after one has changed", n)
		}
		p.change("https://transit.example/4.cap", "2")
		p.broken["https://transit.example/4.cap"] = true
		a.minutes(40)
		if state := a.feed("line"); !alertNotesOf(state.Memory).Partial || !strings.Contains(strings.Join(state.Memory.Skipped, " "), "4.cap") {
			t.Errorf("%+v\n%s", state.Memory.Skipped, a.tail())
		}
	})
}

// A post is a server of messages and of their index.
type post struct {
	mu       sync.Mutex
	pointers []alerts.Pointer
	broken   map[string]bool
	got      map[string]int
	stamp    int
}

func (p *post) index(context.Context, feeds.Source) (feeds.Result, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stamp++
	body, err := json.Marshal(sheet{Missing: p.pointers})
	return feeds.Result{Raw: &feeds.Raw{Body: body}, BodyHash: fmt.Sprint(p.stamp), Status: 200}, err
}

func (p *post) Get(_ context.Context, s feeds.Source, _ int64) (feeds.Page, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got[s.URL]++
	if p.broken[s.URL] {
		return feeds.Page{}, errors.New("no answer")
	}
	body, err := json.Marshal(spool.Alert{ID: s.URL, Names: []string{alerts.Name(alerts.NameID, s.URL)}, Header: spool.Texts{{Text: "Message " + s.URL}}})
	return feeds.Page{Body: body, Status: 200}, err
}

func (p *post) change(url, version string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.pointers, func(q alerts.Pointer) bool { return q.URL == url })
	p.pointers = slices.Clone(p.pointers)
	p.pointers[i].Version = version
}

func (p *post) fetched() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, times := range p.got {
		n += times
	}
	return n
}

// BenchmarkPollOf400Alerts is a poll that finds 400 alerts as they were, under another
// stamp: what it costs besides reading the document is reported as a share of that.
func BenchmarkPollOf400Alerts(b *testing.B) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "spool.db"), store.Options{Now: clock})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var listed []spool.Alert
	for i := range 400 {
		listed = append(listed, spool.Alert{
			ID: fmt.Sprint(i), Names: []string{alerts.Name(alerts.NameID, fmt.Sprint(i))}, Effect: spool.Detour, Severity: spool.Warning,
			Header:      spool.Texts{{Language: "en", Text: fmt.Sprintf("Bus %d: detour", i)}},
			Description: spool.Texts{{Language: "en", Text: strings.Repeat("Buses go by the mill instead. ", 20)}},
			Affected:    []spool.Affected{{Route: fmt.Sprint(i)}},
		})
	}
	body := func() []byte {
		text, err := json.Marshal(sheet{Stamp: now, Alerts: listed})
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	every, err := ParseSchedule("@every 1m", time.UTC)
	if err != nil {
		b.Fatal(err)
	}
	f := Feed{
		Name: "line", URL: "https://transit.example/alerts", Group: "line", Schedule: every, Wording: titles{}, ForAlerts: true,
		Alerts: alerts.Policy{Feed: "line", Group: "line", GoneFetches: 3, GoneTime: 10 * time.Minute, Stale: 30 * time.Minute},
	}
	if err := db.Sync(b.Context(), []spool.FeedState{{Name: f.Name, URL: f.URL, Group: f.Group}}, nil); err != nil {
		b.Fatal(err)
	}
	var doc []byte
	web := &shelf{fetch: func(context.Context, feeds.Source) (feeds.Result, error) {
		return feeds.Result{Raw: &feeds.Raw{Body: doc}, BodyHash: digestOf(doc[:200]), Status: 200}, nil
	}}
	s, err := New(Options{Store: db, Fetcher: web, Alerts: paper{}, Plan: Plan{Feeds: map[string]Feed{"line": f}}, Owner: "bench", Now: clock})
	if err != nil {
		b.Fatal(err)
	}
	poll := func() {
		var all sync.WaitGroup
		if s.startPolls(b.Context(), b.Context(), newGang(1, &all)) == 0 {
			b.Fatal("the feed is not due")
		}
		all.Wait()
		now = now.Add(61 * time.Second)
	}
	for range 3 {
		doc = body()
		poll()
	}
	var reading time.Duration
	for b.Loop() {
		b.StopTimer()
		doc = body()
		start := time.Now()
		if _, err := (paper{}).Read(alerts.Document{Body: doc}); err != nil {
			b.Fatal(err)
		}
		reading += time.Since(start)
		b.StartTimer()
		poll()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(reading), "of-reading")
}

// A document that is older than it may be says nothing, though it lists other alerts
// than before; once the source is itself again, what it says counts, also when that is
// what the old document said.
func TestAStaleDocumentSaysNothing(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(3)
		a.stamp = a.now().Add(-time.Hour)
		a.unlist("1")
		a.list("2", "Bus 7: detour")
		a.minutes(20)
		a.sees("a", "announce: "+stopped)
		if state := a.feed("line"); state.Memory.Alarm == "" {
			t.Error("nobody is told of a document that is old")
		}
		a.stamp = time.Time{}
		a.minutes(3)
		a.sees("a", "announce: "+stopped, "announce: Bus 7: detour")
		if state := a.feed("line"); state.Memory.Alarm != "" {
			t.Errorf("still said to be odd: %s", state.Memory.Alarm)
		}
		a.minutes(20)
		a.sees("a", "announce: "+stopped, "announce: Bus 7: detour", "close: "+stopped+" <1")
	})
}

// The same bytes again, by whatever the server says of them, count as a reading: what
// is missing from them is over in the end.
func TestUnchangedBytesCountAsReadings(t *testing.T) {
	onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.Stale = 0 }, func(t *testing.T, a *agency) {
		a.stamp = a.now()
		a.list("1", stopped, severe)
		a.minutes(3)
		a.unlist("1")
		a.minutes(15)
		a.sees("a", "announce: "+stopped, "close: "+stopped+" <1")
	})
}

// Other rules in the configuration are for the alerts that are there already, too: the
// document is read once more for them, though it has not changed.
func TestNewRulesForOldAlerts(t *testing.T) {
	exclude := func(p *alerts.Policy) { p.Exclude = []alerts.Match{{Route: []string{"R1"}}} }
	onAgency(t, []string{"a"}, exclude, func(t *testing.T, a *agency) {
		a.stamp = a.now()
		a.list("1", stopped, severe)
		a.minutes(5)
		a.sees("a")
		f := a.plan0.Feeds["line"]
		f.Alerts.Exclude = nil
		a.plan0.Feeds["line"] = f
		a.Replace(a.plan0)
		a.minutes(3)
		a.sees("a", "announce: "+stopped)
	})
}

// A clock that was wrong for a while does not keep an alert from being closed.
func TestAnEndByAClockThatWasWrong(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		end := a.now().Add(30 * time.Minute)
		a.list("1", stopped, severe, until(end))
		a.minutes(3)
		a.setClock(-48 * time.Hour)
		a.minutes(3)
		a.setClock(0)
		a.setDown(errors.New("no answer"))
		a.minutes(30)
		a.sees("a", "announce: "+stopped, "close: "+stopped+" <1")
	})
}

// A feed of articles that turns out to list alerts is asked each minute from then on,
// whatever its document says of when to ask; and one that fails rests no longer.
func TestTheRhythmOfAlerts(t *testing.T) {
	takesLong(t)
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		seldom, err := ParseSchedule("@every 15m", time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		f := a.plan0.Feeds["line"]
		f.ForAlerts, f.Scheduled, f.Schedule = false, false, seldom
		a.plan0.Feeds["line"] = f
		a.Replace(a.plan0)
		a.minutes(2)
		for name, err := range map[string]error{
			"well": nil, "failing": errors.New("no answer"),
			"refused": &feeds.Error{Kind: feeds.KindStatus, Status: 500, Message: "it broke"},
		} {
			a.setDown(err)
			a.minutes(2)
			asks := a.asks()
			a.minutes(20)
			if n := a.asks() - asks; n < 18 || n > 21 {
				t.Errorf("%s: asked %d times in 20 minutes", name, n)
			}
		}
		a.setDown(&feeds.Error{Kind: feeds.KindThrottled, Status: 429, Message: "too often"})
		a.minutes(2)
		asks := a.asks()
		a.minutes(60)
		if n := a.asks() - asks; n < 4 || n > 9 {
			t.Errorf("throttled: asked %d times in an hour", n)
		}
	})
}
