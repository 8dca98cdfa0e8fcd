package scheduler

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds"
)

func TestWhatIsToldOfAPoll(t *testing.T) {
	const day = 24 * time.Hour
	moved := spool.FeedMemory{Address: "https://www.paper.example/rss?key=hidden"}
	away := spool.FeedMemory{Address: "https://elsewhere.example.org/rss?key=hidden"}
	failing := func(n int, since time.Duration) spool.FeedState {
		return spool.FeedState{Failures: n, Problem: "it hurts", LastGood: noon, LastPoll: noon.Add(since)}
	}
	redirected := func(to string, polls int) spool.FeedState {
		return spool.FeedState{Moved: to, Memory: spool.FeedMemory{MovedPolls: polls}}
	}
	gone := failing(9, 2*day)
	gone.Memory.Ended = noon
	tests := map[string]struct {
		before, after spool.FeedState
		want          string // level and the beginning of the message; empty: nothing is said
	}{
		"nothing":                {spool.FeedState{LastPoll: noon}, spool.FeedState{LastPoll: noon.Add(day)}, ""},
		"a failure":              {spool.FeedState{}, failing(1, time.Hour), "WARN feed cannot be read"},
		"a day of failures":      {failing(5, day-time.Hour), failing(6, day+time.Hour), "ERROR feed has not been readable for a day"},
		"more than a day":        {failing(6, day+time.Hour), failing(7, 2*day), "WARN feed cannot be read"},
		"gone":                   {failing(8, day), gone, "ERROR feed is gone for good"},
		"back":                   {failing(5, day), spool.FeedState{LastPoll: noon.Add(day)}, "INFO feed can be read again"},
		"a redirect":             {spool.FeedState{}, redirected(newHome, 1), ""},
		"a redirect, five times": {redirected(newHome, 4), redirected(newHome, 5), "INFO feed redirects for good"},
		"the redirect, failing":  {redirected(newHome, 5), redirected(newHome, 5), ""},
		"the redirect, again":    {redirected(newHome, 5), redirected(newHome, 6), ""},
		"moved":                  {spool.FeedState{Moved: newHome}, spool.FeedState{Memory: moved}, "INFO feed has moved and is asked at its new address"},
		"moved to another site":  {spool.FeedState{}, spool.FeedState{Memory: away}, "WARN feed has moved to another site"},
		"moved, but it failed":   {spool.FeedState{Memory: moved, Failures: 1, Problem: "x"}, spool.FeedState{Failures: 1, Problem: "x"}, "WARN feed is asked at its configured address again"},
		"slowed":                 {spool.FeedState{}, spool.FeedState{Memory: spool.FeedMemory{Slowed: "why"}}, "INFO feed is asked less often"},
		"slowed as before":       {spool.FeedState{Memory: spool.FeedMemory{Slowed: "why"}}, spool.FeedState{Memory: spool.FeedMemory{Slowed: "why else"}}, ""},
		"an alarm":               {spool.FeedState{}, spool.FeedState{Memory: spool.FeedMemory{Alarm: "silent"}}, "WARN feed is not as it used to be"},
		"the alarm goes on":      {spool.FeedState{Memory: spool.FeedMemory{Alarm: "silent"}}, spool.FeedState{Memory: spool.FeedMemory{Alarm: "silent"}}, ""},
		"the alarm is over":      {spool.FeedState{Memory: spool.FeedMemory{Alarm: "silent"}}, spool.FeedState{}, "INFO feed is as it used to be again"},
		"repairs":                {spool.FeedState{}, spool.FeedState{Memory: spool.FeedMemory{Repairs: []string{"3 bytes"}}}, "WARN feed was read with repairs"},
		"the same repairs":       {spool.FeedState{Memory: spool.FeedMemory{Repairs: []string{"3 bytes"}}}, spool.FeedState{Memory: spool.FeedMemory{Repairs: []string{"5 bytes"}}}, ""},
		"an item, a place lower": {spool.FeedState{Memory: spool.FeedMemory{Skipped: []string{"item 1: bad"}}}, spool.FeedState{Memory: spool.FeedMemory{Skipped: []string{"item 2: bad", "item 3: bad"}}}, ""},
		"repaired":               {spool.FeedState{Memory: spool.FeedMemory{Degraded: true, Repairs: []string{"cut"}}}, spool.FeedState{}, "INFO feed needs no repairs"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var log lockedBuffer
			s := &Scheduler{Options: Options{Log: slog.New(slog.NewTextHandler(&log, nil))}}
			s.tell(Feed{Name: "city", URL: oldHome}, test.before, test.after, 3)
			got := log.String()
			level, message, _ := strings.Cut(test.want, " ")
			if test.want == "" && got != "" || !strings.Contains(got, "level="+level) && test.want != "" || !strings.Contains(got, `msg="`+message) && test.want != "" || strings.Count(got, "\n") > 1 {
				t.Errorf("the log says\n%swant %q", got, test.want)
			}
			if strings.Contains(got, "hidden") {
				t.Errorf("the log shows the query of an address: %s", got)
			}
		})
	}
}

func TestWhatIsRememberedOfADocumentIsBounded(t *testing.T) {
	var doc feeds.Document
	doc.Title = strings.Repeat("ä", 10_000)
	for i := range 1000 {
		doc.Skipped = append(doc.Skipped, fmt.Sprint(i, strings.Repeat("x", 5000)))
	}
	m := described(spool.FeedMemory{Hub: "kept"}, doc)
	if len([]rune(m.Title)) != longestTitled || len(m.Skipped) != maxNotes+1 || m.Skipped[maxNotes] != "and 980 more" || len([]rune(m.Skipped[0])) != longestNote {
		t.Errorf("title of %d, %d notes, the last %q", len([]rune(m.Title)), len(m.Skipped), m.Skipped[len(m.Skipped)-1])
	}
	if m.Hub != "kept" || m.Repairs != nil {
		t.Errorf("%+v", m)
	}
}

// Asked in another manner, a server may have another document: what it gave for
// the former is not sent.
func TestAnotherMannerDropsValidators(t *testing.T) {
	base := Feed{Name: "city", URL: oldHome, Schedule: every(t, "@every 1h")}
	base.Access.Header = http.Header{"Authorization": {"Basic c2VjcmV0"}, "X-Key": {"1"}}
	state := goodPoll(base, spool.FeedState{}, feeds.Result{Validators: spool.Validators{ETag: `"it"`}, BodyHash: "hash"}, noon)
	for name, test := range map[string]struct {
		edit func(*Feed)
		kept bool
	}{
		"nothing":    {func(*Feed) {}, true},
		"HTTP/1.1":   {func(f *Feed) { f.Access.HTTP1 = true }, true},
		"a header":   {func(f *Feed) { f.Access.Header = http.Header{"X-Key": {"2"}} }, false},
		"the agent":  {func(f *Feed) { f.Access.UserAgent = "Reader" }, false},
		"the kind":   {func(f *Feed) { f.Access.Kind = feeds.SitemapKind }, false},
		"the zone":   {func(f *Feed) { f.Access.Location = time.FixedZone("X", 3600) }, false},
		"all of it":  {func(f *Feed) { f.Access = feeds.Source{} }, false},
		"not at all": {func(f *Feed) { f.Whole = true }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := base
			test.edit(&f)
			src := f.source(state)
			if got := src.Validators.ETag == `"it"`; got != test.kept {
				t.Errorf("asked with %+v", src.Validators)
			}
		})
	}
	if len(state.Memory.Manner) != 6 {
		t.Errorf("the digest %q has room for a secret", state.Memory.Manner)
	}
	old := state
	old.Memory.Manner = "" // of a database from before
	if src := base.source(old); src.Validators.ETag == "" {
		t.Error("a first start of this version asks for everything")
	}
}

// A feed that was not asked stays as it was and is asked when its host may be.
func TestAFeedWhoseHostRestsHasNotFailed(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		until := time.Time{}
		r.web.fetch = func(_ context.Context, s feeds.Source) (feeds.Result, error) {
			if until.IsZero() {
				until = time.Now().Add(10 * time.Minute)
				return feeds.Result{}, &feeds.Error{Kind: feeds.KindResting, RetryAfter: until, Message: "not now"}
			}
			if time.Now().Before(until) {
				t.Error("asked too early")
			}
			return document("one"), nil
		}
		r.run(9 * time.Minute)
		all, err := r.db.Feeds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if f := all[0]; f.Failures != 0 || f.Problem != "" || !f.LastPoll.IsZero() || !f.RetryAfter.Equal(until.Truncate(time.Millisecond)) {
			t.Errorf("%+v", f)
		}
		if got := r.log.String(); strings.Contains(got, "WARN") {
			t.Errorf("the log complains:\n%s", got)
		}
		r.restart()
		r.run(3 * time.Minute)
		if n := r.web.polls("city"); n < 2 {
			t.Errorf("%d polls", n)
		}
	})
}

// A single pass waits for its turn with a crowded host.
func TestOnceIsPatient(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.once()
		if len(r.web.asked) != 1 || !r.web.asked[0].Patient {
			t.Errorf("asked %+v", r.web.asked)
		}
	})
}

// A server that always says "not modified" is noticed as well.
func TestSilenceIsNoticedThoughNothingIsModified(t *testing.T) {
	takesLong(t)
	onRig(t, func(t *testing.T, r *rig) {
		f := r.plan.Feeds["city"]
		f.Silence, f.Schedule = 6*time.Hour, every(t, "@every 10m")
		r.plan.Feeds["city"] = f
		first := true
		r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) {
			if first {
				first = false
				return document("one"), nil
			}
			return feeds.Result{Unchanged: true}, nil
		}
		r.run(5 * time.Hour)
		if strings.Contains(r.log.String(), "not as it used to be") {
			t.Error("an alarm after five hours")
		}
		r.run(20 * time.Hour)
		if n := strings.Count(r.log.String(), "not as it used to be"); n != 1 {
			t.Errorf("%d alarms, want one\n%s", n, r.tail())
		}
		r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) { return document("one", "two"), nil }
		r.run(time.Hour)
		all, err := r.db.Feeds(t.Context())
		if err != nil || all[0].Memory.Alarm != "" {
			t.Errorf("alarm %q, %v", all[0].Memory.Alarm, err)
		}
	})
}
