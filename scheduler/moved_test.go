package scheduler

import (
	"testing"
	"time"

	"spool"
	"spool/feeds"
)

const (
	oldHome = "https://paper.example/rss.xml"
	newHome = "https://www.paper.example/feed"
)

// An answer is one poll's result in the tables of moves.
type answerOf struct {
	after   time.Duration // since the one before
	moved   string
	upgrade bool
	err     *feeds.Error
}

func (a answerOf) apply(f Feed, state spool.FeedState, now time.Time) spool.FeedState {
	if a.err != nil {
		return f.failedPoll(state, a.err, now)
	}
	return goodPoll(f, state, feeds.Result{Moved: a.moved, Upgrade: a.upgrade, Validators: spool.Validators{ETag: `"it"`}}, now)
}

// weekOf are polls a day apart that are all redirected to the same address.
func weekOf(to string, days int) []answerOf {
	out := make([]answerOf, days)
	for i := range out {
		out[i] = answerOf{after: 24 * time.Hour, moved: to}
	}
	return out
}

func TestMovedForGood(t *testing.T) {
	const day = 24 * time.Hour
	notFound := &feeds.Error{Kind: feeds.KindStatus, Status: 404, Message: "404"}
	tests := map[string]struct {
		url     string
		answers []answerOf
		want    string // the address that is asked then; empty: its url
	}{
		"a week of the same":            {oldHome, weekOf(newHome, 8), newHome},
		"six days of the same":          {oldHome, weekOf(newHome, 7), ""},
		"a week, but four answers":      {oldHome, []answerOf{{0, newHome, false, nil}, {3 * day, newHome, false, nil}, {3 * day, newHome, false, nil}, {day, newHome, false, nil}}, ""},
		"a week, and five":              {oldHome, []answerOf{{0, newHome, false, nil}, {3 * day, newHome, false, nil}, {3 * day, newHome, false, nil}, {day, newHome, false, nil}, {day, newHome, false, nil}}, newHome},
		"hundreds within a day":         {oldHome, hourly(newHome, 20), ""},
		"with failures between":         {oldHome, append(weekOf(newHome, 5), append([]answerOf{{day, "", false, notFound}}, weekOf(newHome, 3)...)...), newHome},
		"interrupted by none":           {oldHome, append(weekOf(newHome, 6), append([]answerOf{{day, "", false, nil}}, weekOf(newHome, 3)...)...), ""},
		"never the same twice":          {oldHome, mixed(), ""},
		"another site":                  {oldHome, weekOf("https://elsewhere.example.org/rss", 8), "https://elsewhere.example.org/rss"},
		"to http":                       {oldHome, weekOf("http://paper.example/rss.xml", 9), ""},
		"https of the same, at once":    {"http://paper.example/rss.xml", []answerOf{{0, oldHome, true, nil}}, oldHome},
		"a page instead, then":          {oldHome, append(weekOf(newHome, 8), answerOf{day, "", false, &feeds.Error{Kind: feeds.KindNotFeed}}), ""},
		"not found there":               {oldHome, append(weekOf(newHome, 8), answerOf{day, "", false, notFound}), ""},
		"gone there":                    {oldHome, append(weekOf(newHome, 8), answerOf{day, "", false, &feeds.Error{Kind: feeds.KindGone}}), ""},
		"unwell there":                  {oldHome, append(weekOf(newHome, 8), answerOf{day, "", false, &feeds.Error{Kind: feeds.KindStatus, Status: 503}}), newHome},
		"its name does not resolve":     {oldHome, append(weekOf(newHome, 8), unresolved(2)...), newHome},
		"its name never resolves":       {oldHome, append(weekOf(newHome, 8), unresolved(3)...), ""},
		"it moves on":                   {oldHome, append(weekOf(newHome, 8), weekOf(newHome+"/2", 8)...), newHome + "/2"},
		"it moves back":                 {oldHome, append(weekOf(newHome, 8), weekOf(oldHome, 8)...), ""},
		"a clock set back counts again": {oldHome, append(weekOf(newHome, 6), append([]answerOf{{-30 * day, newHome, false, nil}}, weekOf(newHome, 3)...)...), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Feed{Name: "city", URL: test.url, Schedule: every(t, "@every 15m")}
			state := spool.FeedState{Name: "city", URL: test.url}
			now := noon
			for _, a := range test.answers {
				now = now.Add(a.after)
				before := state.Memory.Address
				state = a.apply(f, state, now)
				moved := before != state.Memory.Address
				if empty := state.Validators == (spool.Validators{}); moved && !a.upgrade && !empty {
					t.Errorf("validators %+v are kept for another address", state.Validators)
				}
				if moved && a.upgrade && state.Validators.ETag == "" {
					t.Error("the validators that came over https are dropped")
				}
			}
			if state.Memory.Address != test.want {
				t.Errorf("asked at %q, want %q; %+v", state.Memory.Address, test.want, state.Memory)
			}
			if src := f.source(state); src.URL != f.address(state.Memory) || test.want != "" && src.Home != test.url {
				t.Errorf("source %+v", src)
			}
		})
	}
}

func hourly(to string, n int) []answerOf {
	out := weekOf(to, n)
	for i := range out {
		out[i].after = time.Hour
	}
	return out
}

func mixed() []answerOf {
	var out []answerOf
	for range 10 {
		out = append(out, answerOf{24 * time.Hour, newHome + "?session=1", false, nil}, answerOf{24 * time.Hour, newHome + "?session=2", false, nil})
	}
	return out
}

func unresolved(n int) []answerOf {
	out := make([]answerOf, n)
	for i := range out {
		out[i] = answerOf{time.Hour, "", false, &feeds.Error{Kind: feeds.KindDNS, Message: "no such name"}}
	}
	return out
}

// The address that was given up is not believed again before it has been right
// for a week.
func TestAnAddressThatFailedHasToProveItselfAnew(t *testing.T) {
	f := Feed{Name: "city", URL: oldHome, Schedule: every(t, "@every 15m")}
	state, now := spool.FeedState{}, noon
	steps := append(weekOf(newHome, 8), answerOf{time.Hour, "", false, &feeds.Error{Kind: feeds.KindGone}}, answerOf{time.Hour, newHome, false, nil})
	for _, a := range steps {
		now = now.Add(a.after)
		state = a.apply(f, state, now)
	}
	if state.Memory.Address != "" || state.Memory.MovedPolls != 1 || !state.Memory.GoneSince.IsZero() {
		t.Errorf("%+v", state.Memory)
	}
}

func TestGoneHasADaysGrace(t *testing.T) {
	is := &feeds.Error{Kind: feeds.KindGone, Status: 410, Message: "paper.example answered 410 (Gone)"}
	f := Feed{Name: "city", URL: oldHome, Schedule: every(t, "@every 15m")}
	state, now, asked := spool.FeedState{}, noon, 0
	for state.Memory.Ended.IsZero() {
		if asked++; asked > 20 {
			t.Fatal("it never ends")
		}
		state = f.failedPoll(state, is, now)
		if next := state.NextPoll; state.Memory.Ended.IsZero() && next.Sub(noon) > 24*time.Hour+time.Minute {
			t.Fatalf("asked again after %v only", next.Sub(noon))
		}
		if state.Memory.Ended.IsZero() {
			now = state.NextPoll
		}
	}
	if d := now.Sub(noon); d < 24*time.Hour || d > 24*time.Hour+time.Minute || asked > 9 {
		t.Errorf("given up after %v and %d requests", d, asked)
	}
	if state.NextPoll.Sub(now) < 50*365*24*time.Hour {
		t.Errorf("asked again at %v", state.NextPoll)
	}
	// A person has it asked once more.
	again := f.failedPoll(state, is, now.Add(48*time.Hour))
	if again.Memory.Ended.IsZero() || again.NextPoll.Sub(now) < 50*365*24*time.Hour {
		t.Errorf("still gone, and asked again at %v", again.NextPoll)
	}
	if other := f.failedPoll(state, &feeds.Error{Kind: feeds.KindTimeout}, now); !other.Memory.Ended.IsZero() || other.NextPoll.Sub(now) > 25*time.Hour {
		t.Errorf("something else than gone: %+v, asked again at %v", other.Memory, other.NextPoll)
	}
	if back := goodPoll(f, state, feeds.Result{}, now); !back.Memory.Ended.IsZero() || !back.Memory.GoneSince.IsZero() {
		t.Errorf("back again: %+v", back.Memory)
	}
}

// One slip of a server is forgotten by its next good answer.
func TestGoneCountsAnewAfterAGoodAnswer(t *testing.T) {
	is := &feeds.Error{Kind: feeds.KindGone, Status: 410}
	f := Feed{Name: "city", URL: oldHome, Schedule: every(t, "@every 15m")}
	state := f.failedPoll(spool.FeedState{}, is, noon)
	state = goodPoll(f, state, feeds.Result{}, noon.Add(12*time.Hour))
	state = f.failedPoll(state, is, noon.Add(30*time.Hour))
	if !state.Memory.Ended.IsZero() {
		t.Error("given up at the second 410 of a day")
	}
}
