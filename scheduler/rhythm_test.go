package scheduler

import (
	"errors"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds"
)

// noon is a Wednesday.
var noon = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

func every(t *testing.T, spec string) Schedule {
	t.Helper()
	s, err := ParseSchedule(spec, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wantAbout fails unless a moment is at, or up to a tenth of the interval and
// half a minute later.
func wantAbout(t *testing.T, got, at time.Time) {
	t.Helper()
	if got.Before(at) || got.Sub(at) >= 30*time.Second {
		t.Errorf("the next poll is at %v, want %v or half a minute later at most", got.UTC(), at.UTC())
	}
}

func TestTheNextPoll(t *testing.T) {
	hours := func(from, to int) (all []int) {
		for h := from; h < to; h++ {
			all = append(all, h)
		}
		return all
	}
	everyDay := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	const own, dflt = true, false // whether the configuration names the schedule
	tests := map[string]struct {
		schedule  string
		scheduled bool
		edit      func(*Feed)
		fresh     time.Duration
		hints     spool.Hints
		want      time.Duration
		slowed    string
	}{
		"the schedule alone":              {"@every 15m", dflt, nil, 0, spool.Hints{}, 15 * time.Minute, ""},
		"fresh for less than the pause":   {"@every 15m", own, nil, 10 * time.Minute, spool.Hints{}, 15 * time.Minute, ""},
		"fresh for longer":                {"@every 5m", own, nil, 12 * time.Minute, spool.Hints{}, 12 * time.Minute, ""},
		"fresh for much longer":           {"@every 5m", own, nil, 6 * time.Hour, spool.Hints{}, 6 * time.Hour, "server"},
		"fresh for long, but not so much": {"@every 10m", own, nil, 29 * time.Minute, spool.Hints{}, 29 * time.Minute, ""},
		"fresh for a year":                {"@every 5m", own, nil, 365 * 24 * time.Hour, spool.Hints{}, 24 * time.Hour, "server"},
		"fresh for longer than news is":   {"@every 5m", own, func(f *Feed) { f.MaxAge = 2 * time.Hour }, 6 * time.Hour, spool.Hints{}, time.Hour, "server"},
		"ttl is longer than news is":      {"@every 15m", dflt, func(f *Feed) { f.MaxAge = 2 * time.Hour }, 0, spool.Hints{Every: 24 * time.Hour}, time.Hour, "feed itself"},
		"max_age is shorter than all":     {"@every 15m", own, func(f *Feed) { f.MaxAge = 10 * time.Minute }, 6 * time.Hour, spool.Hints{}, 15 * time.Minute, ""},
		"fresh, ignored":                  {"@every 5m", own, func(f *Feed) { f.IgnoreHints = true }, 6 * time.Hour, spool.Hints{Every: time.Hour}, 5 * time.Minute, ""},
		"fresh, but breaking":             {"@every 5m", dflt, func(f *Feed) { f.Priority = spool.Breaking }, 6 * time.Hour, spool.Hints{Every: time.Hour}, 5 * time.Minute, ""},
		"ttl":                             {"@every 15m", dflt, nil, 0, spool.Hints{Every: time.Hour}, time.Hour, "feed itself"},
		"ttl is shorter":                  {"@every 15m", dflt, nil, 0, spool.Hints{Every: time.Minute}, 15 * time.Minute, ""},
		"ttl and a schedule":              {"@every 15m", own, nil, 0, spool.Hints{Every: time.Hour}, 15 * time.Minute, ""},
		"ttl of a month":                  {"@every 15m", dflt, nil, 0, spool.Hints{Every: 30 * 24 * time.Hour}, 24 * time.Hour, "feed itself"},
		"the longer of ttl and fresh":     {"@every 15m", dflt, nil, 40 * time.Minute, spool.Hints{Every: 30 * time.Minute}, 40 * time.Minute, ""},
		"an hour without news":            {"@every 15m", dflt, nil, 0, spool.Hints{Hours: []int{12}}, time.Hour, "hours"},
		"an hour without news, later":     {"@every 15m", dflt, nil, 0, spool.Hints{Hours: []int{13}}, 15 * time.Minute, ""},
		"the rest of the day":             {"@every 15m", dflt, nil, 0, spool.Hints{Hours: hours(12, 24)}, 12 * time.Hour, "hours"},
		"no hour is left":                 {"@every 15m", dflt, nil, 0, spool.Hints{Hours: hours(0, 24)}, 15 * time.Minute, ""},
		"hours and a schedule":            {"@every 15m", own, nil, 0, spool.Hints{Hours: []int{12}}, 15 * time.Minute, ""},
		"two days without news":           {"@every 15m", dflt, nil, 0, spool.Hints{Days: []time.Weekday{time.Wednesday, time.Thursday}}, 24 * time.Hour, "days"},
		"no day is left":                  {"@every 15m", dflt, nil, 0, spool.Hints{Days: everyDay}, 15 * time.Minute, ""},
		"ttl ends in an hour to skip":     {"@every 15m", dflt, nil, 0, spool.Hints{Every: 90 * time.Minute, Hours: []int{13}}, 2 * time.Hour, "hours"},
		"a schedule that is rarer":        {"0 6 * * 1", own, nil, 6 * time.Hour, spool.Hints{}, 4*24*time.Hour + 18*time.Hour, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Feed{Name: "city", Schedule: every(t, test.schedule), Scheduled: test.scheduled}
			if test.edit != nil {
				test.edit(&f)
			}
			r := feeds.Result{Document: feeds.Document{Hints: test.hints}}
			if test.fresh > 0 {
				r.Fresh = noon.Add(test.fresh)
			}
			state := goodPoll(f, spool.FeedState{LastPoll: noon}, r, noon)
			wantAbout(t, state.NextPoll, noon.Add(test.want))
			if !strings.Contains(state.Memory.Slowed, test.slowed) || (test.slowed == "") != (state.Memory.Slowed == "") {
				t.Errorf("slowed: %q, want something of %q", state.Memory.Slowed, test.slowed)
			}
		})
	}
}

// What a document said about when to ask is known after a "not modified" too,
// while what the server said holds for one answer.
func TestHintsOutliveNotModifiedAndFreshnessDoesNot(t *testing.T) {
	f := Feed{Name: "city", Schedule: every(t, "@every 15m")}
	state := goodPoll(f, spool.FeedState{LastPoll: noon}, feeds.Result{
		Fresh: noon.Add(2 * time.Hour), Document: feeds.Document{Hints: spool.Hints{Every: time.Hour}},
	}, noon)
	wantAbout(t, state.NextPoll, noon.Add(2*time.Hour))
	then := noon.Add(2 * time.Hour)
	state.LastPoll = then
	state = goodPoll(f, state, feeds.Result{Unchanged: true}, then)
	wantAbout(t, state.NextPoll, then.Add(time.Hour))
}

// Looked at again later, with nothing asked meanwhile, the next poll is where
// it was; and where it belongs when the clock turns out to have been wrong.
func TestTheNextPollCountsFromTheLast(t *testing.T) {
	f := Feed{Name: "city", Schedule: every(t, "@every 5m"), Scheduled: true}
	state := goodPoll(f, spool.FeedState{LastPoll: noon}, feeds.Result{Fresh: noon.Add(time.Hour)}, noon)
	at, _ := f.next(state, noon.Add(30*time.Minute))
	if !at.Equal(state.NextPoll) {
		t.Errorf("half an hour later the next poll is at %v, want %v", at, state.NextPoll)
	}
	at, _ = f.next(state, noon.Add(-72*time.Hour)) // the clock was three days ahead
	wantAbout(t, at, noon.Add(-71*time.Hour))
}

func TestBackoff(t *testing.T) {
	broken := &feeds.Error{Kind: feeds.KindTimeout, Message: "no answer"}
	throttled := &feeds.Error{Kind: feeds.KindThrottled, Message: "too many requests"}
	const h = time.Hour
	tests := map[string]struct {
		schedule string
		err      error
		want     []time.Duration
	}{
		"doubles to a day":             {"@every 1h", broken, []time.Duration{h, 2 * h, 4 * h, 8 * h, 16 * h, 24 * h, 24 * h}},
		"throttled, to six hours":      {"@every 1h", throttled, []time.Duration{h, 2 * h, 4 * h, 6 * h, 6 * h}},
		"throttled, and rare anyhow":   {"@every 12h", throttled, []time.Duration{12 * h, 12 * h}},
		"once a week":                  {"@every 168h", broken, []time.Duration{24 * h, 24 * h}},
		"when the schedule says first": {"30 * * * *", broken, []time.Duration{30 * time.Minute, 2 * h, 4 * h}},
		"an error of another sort":     {"@every 1h", errors.New("a surprise"), []time.Duration{h, 2 * h}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Feed{Name: "city", Schedule: every(t, test.schedule)}
			var state spool.FeedState
			for i, want := range test.want {
				state = f.failedPoll(state, test.err, noon)
				wantAbout(t, state.NextPoll, noon.Add(want))
				if state.Failures != i+1 || state.Problem == "" {
					t.Fatalf("state %+v", state)
				}
			}
		})
	}
}

func TestRetryAfterIsAFloorAndNoCeiling(t *testing.T) {
	for name, test := range map[string]struct{ asked, want time.Duration }{
		"longer":  {3 * time.Hour, 3 * time.Hour},
		"shorter": {time.Minute, 15 * time.Minute},
		"over":    {-time.Minute, 15 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			f := Feed{Name: "city", Schedule: every(t, "@every 15m"), IgnoreHints: true, Priority: spool.Breaking}
			err := &feeds.Error{Kind: feeds.KindStatus, Status: 503, RetryAfter: noon.Add(test.asked)}
			state := f.failedPoll(spool.FeedState{}, err, noon)
			wantAbout(t, state.NextPoll, noon.Add(test.want))
			if got := state.RetryAfter.After(noon); got != (test.asked > 0) {
				t.Errorf("asked not to be asked before %v", state.RetryAfter)
			}
		})
	}
}

// A feed whose turn it was not has not failed.
func TestRestingIsNoFailure(t *testing.T) {
	f := Feed{Name: "city", Schedule: every(t, "@every 15m")}
	before := spool.FeedState{Name: "city", Failures: 2, Problem: "as before", LastPoll: noon.Add(-time.Hour), NextPoll: noon}
	state := f.resting(before, noon.Add(time.Hour), noon)
	wantAbout(t, state.NextPoll, noon.Add(time.Hour))
	if state.Failures != 2 || state.Problem != "as before" || !state.LastPoll.Equal(before.LastPoll) || !state.RetryAfter.Equal(noon.Add(time.Hour)) {
		t.Errorf("state %+v", state)
	}
	wantAbout(t, f.resting(before, time.Time{}, noon).NextPoll, noon.Add(15*time.Minute))
}

func TestSpreadIsSteadyAndBounded(t *testing.T) {
	seen := map[time.Duration]bool{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		off := spread(name, noon, time.Minute).Sub(noon)
		if off < 0 || off >= 6*time.Second || off != spread(name, noon, time.Minute).Sub(noon) {
			t.Errorf("%s is moved by %v", name, off)
		}
		if far := spread(name, noon, 24*time.Hour).Sub(noon); far >= 30*time.Second {
			t.Errorf("%s is moved by %v", name, far)
		}
		seen[off] = true
	}
	if len(seen) < 4 {
		t.Errorf("five feeds share %d moments", len(seen))
	}
}
