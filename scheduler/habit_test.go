package scheduler

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/feeds"
)

// A newsroom says how many new items there are in the hour that ends at a
// moment.
type newsroom func(at time.Time, dice *rand.Rand) int

// withOdds is a newsroom that publishes so many articles an hour, as luck has it,
// at moments that open lets.
func withOdds(perHour float64, open func(time.Time) bool) newsroom {
	return func(at time.Time, dice *rand.Rand) int {
		if open(at) && dice.Float64() < perHour {
			return 1
		}
		return 0
	}
}

func always(time.Time) bool { return true }

func office(at time.Time) bool {
	return at.Weekday() != time.Saturday && at.Weekday() != time.Sunday && at.Hour() >= 8 && at.Hour() < 18
}

// onceA publishes at a set hour of a day of the week, give or take some hours.
func onceA(day time.Weekday) newsroom {
	return func(at time.Time, dice *rand.Rand) int {
		_, week := at.ISOWeek()
		hour := 6 + (week*7)%9
		if at.Weekday() == day && at.Hour() == hour && at.Minute() == 0 {
			return 1
		}
		return 0
	}
}

// bursts are sixty items on one poll, a few times a year.
func bursts(at time.Time, dice *rand.Rand) int {
	if dice.IntN(24*40) == 0 {
		return 60
	}
	return 0
}

// A watched feed is one that is polled every hour for some time.
type watched struct {
	alarms int
	raised time.Time // the alarm that there is at the end
}

// watch polls a feed from noon on for so many days. It dies after some of them.
func watch(t *testing.T, f Feed, room newsroom, seed uint64, days, dies int) watched {
	t.Helper()
	const step = time.Hour
	dice := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test that runs the same each time
	state := spool.FeedState{Name: "city", Baselined: noon, LastGood: noon, NextPoll: noon, Items: 20}
	same := feeds.Result{Unchanged: true}
	var w watched
	for now := noon; now.Before(noon.Add(time.Duration(days) * 24 * time.Hour)); now = now.Add(step) {
		news := now.Before(noon.Add(time.Duration(dies)*24*time.Hour)) && room(now, dice) > 0
		after := state
		after.LastGood, after.NextPoll = now, now.Add(step)
		if news {
			after.LastNew = now
		}
		after.Memory = f.observe(state, after, same, news, now)
		switch was, is := state.Memory.Alarm, after.Memory.Alarm; {
		case is == "":
			w.raised = time.Time{}
		case was == "":
			w.alarms++
			w.raised = now
		}
		if len(after.Memory.Habit) > 700 {
			t.Fatalf("the habit takes %d bytes", len(after.Memory.Habit))
		}
		state = after
	}
	return w
}

func TestNobodyCriesWolf(t *testing.T) {
	seeds := 2
	if testing.Short() {
		seeds = 1 // one process, no goroutines: the race detector has nothing to see
	}
	tests := map[string]struct {
		room newsroom
		most int // alarms in two years
	}{
		"a newsroom by day":                   {withOdds(2, office), 0},
		"a small newsroom by day":             {withOdds(0.4, office), 1},
		"around the clock":                    {withOdds(6, always), 0},
		"around the clock, seldom":            {withOdds(0.5, always), 1},
		"but for nights":                      {withOdds(3, func(at time.Time) bool { return at.Hour() >= 6 && at.Hour() < 22 }), 0},
		"a weekly magazine":                   {onceA(time.Thursday), 0},
		"twice a week":                        {func(at time.Time, d *rand.Rand) int { return onceA(time.Monday)(at, d) + onceA(time.Friday)(at, d) }, 0},
		"a blog, every third day by the dice": {withOdds(1.0/72, always), 6},
		"a blog, once a month by the dice":    {withOdds(1.0/720, always), 4},
		"bursts":                              {bursts, 2},
		"dead from the start":                 {func(time.Time, *rand.Rand) int { return 0 }, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			total := 0
			for seed := range uint64(seeds) {
				total += watch(t, Feed{Name: "city", Schedule: every(t, "@every 15m")}, test.room, seed, 365, 365).alarms
			}
			if total > test.most {
				t.Errorf("%d alarms in two years, want %d at most", total, test.most)
			}
		})
	}
}

// A feed that dies on a Wednesday noon, after six weeks.
func TestSilenceIsNoticed(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	tests := map[string]struct {
		room newsroom
		edit func(*Feed)
		soon time.Duration // the alarm comes no sooner …
		late time.Duration // … and no later
	}{
		"a newsroom by day": {withOdds(2, office), nil, 15 * hour, 36 * hour},
		"around the clock":  {withOdds(6, always), nil, hour, 6 * hour},
		"a weekly magazine": {onceA(time.Thursday), nil, 7 * day, 19 * day},
		"by configuration":  {withOdds(2, office), func(f *Feed) { f.Silence = 3 * hour }, 2 * hour, 4 * hour},
		"dead from the start": {func(time.Time, *rand.Rand) int { return 0 },
			func(f *Feed) { f.Silence = 60 * day }, 17 * day, 19 * day},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Feed{Name: "city", Schedule: every(t, "@every 15m")}
			if test.edit != nil {
				test.edit(&f)
			}
			dead := noon.Add(42 * day)
			w := watch(t, f, test.room, 7, 75, 42)
			if d := w.raised.Sub(dead); w.raised.IsZero() || d < test.soon || d > test.late {
				t.Errorf("the alarm came %v after the end (%v)", d, w.raised)
			}
		})
	}
}

// The time in which nobody could look is neither a silence nor part of a habit.
func TestABlindTimeIsNoSilence(t *testing.T) {
	tests := map[string]spool.FeedState{
		"it could not be read":  {Failures: 9, LastGood: noon, NextPoll: noon.Add(6*24*time.Hour - time.Hour)},
		"the program was ended": {LastGood: noon, NextPoll: noon.Add(15 * time.Minute)},
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			f := Feed{Name: "city", Schedule: every(t, "@every 15m")}
			h := habit{First: noon.Add(-20 * 24 * time.Hour), Last: noon.Add(-time.Hour), Days: [][2]int{{20600, 120}, {20601, 120}, {20602, 120}, {20603, 120}}}
			raw, err := json.Marshal(h)
			if err != nil {
				t.Fatal(err)
			}
			before.Memory.Habit, before.Baselined = raw, noon.Add(-21*24*time.Hour)
			now := noon.Add(6 * 24 * time.Hour)
			m := f.observe(before, before, feeds.Result{Unchanged: true}, false, now)
			if m.Alarm != "" {
				t.Errorf("alarm %q at the first look after six days", m.Alarm)
			}
			m = f.observe(before, before, feeds.Result{Unchanged: true}, true, now)
			var got habit
			if err := json.Unmarshal(m.Habit, &got); err != nil {
				t.Fatal(err)
			}
			if last := got.Days[len(got.Days)-1]; last[1] > 120 {
				t.Errorf("a silence of %d minutes was learnt", last[1])
			}
			if !got.Last.Equal(now) {
				t.Errorf("the last news were at %v", got.Last)
			}
		})
	}
}

func TestNewsEndTheAlarm(t *testing.T) {
	f := Feed{Name: "city", Schedule: every(t, "@every 15m"), Silence: time.Hour}
	state := spool.FeedState{Baselined: noon, LastGood: noon, NextPoll: noon.Add(2 * time.Hour)}
	now := noon.Add(2 * time.Hour)
	state.Memory = f.observe(state, state, feeds.Result{Unchanged: true}, false, now)
	if !strings.Contains(state.Memory.Alarm, "10 June 12:00") {
		t.Fatalf("alarm %q", state.Memory.Alarm)
	}
	state.LastGood = now
	after := state
	after.LastNew = now
	if m := f.observe(state, after, feeds.Result{}, true, now); m.Alarm != "" {
		t.Errorf("alarm %q although there is news", m.Alarm)
	}
}

func TestABrokenHabitIsLearntAnew(t *testing.T) {
	f := Feed{Name: "city", Schedule: every(t, "@every 15m")}
	state := spool.FeedState{Memory: spool.FeedMemory{Habit: json.RawMessage(`{"days": "of yore"}`)}}
	m := f.observe(state, state, feeds.Result{Unchanged: true}, true, noon)
	if !strings.Contains(string(m.Habit), "2026-06-10") || m.Alarm != "" {
		t.Errorf("habit %s, alarm %q", m.Habit, m.Alarm)
	}
}

// A reading is what one poll of a feed yields.
type reading struct {
	items     int
	skipped   int
	unchanged bool
	format    string
}

func (r reading) result() feeds.Result {
	if r.unchanged {
		return feeds.Result{Unchanged: true}
	}
	d := feeds.Document{Format: r.format, Items: make([]spool.Item, r.items)}
	for range r.skipped {
		d.Skipped = append(d.Skipped, "item 1: it has no link, no title, no guid and no text")
	}
	return feeds.Result{Document: d}
}

func TestReadableButEmpty(t *testing.T) {
	full, none, same := reading{items: 20}, reading{}, reading{unchanged: true}
	bad := reading{skipped: 20}
	sitemap := reading{format: "sitemap news"}
	tests := map[string]struct {
		every    time.Duration
		readings []reading
		want     string
	}{
		"it has items":               {time.Hour, []reading{full, full, full, full}, ""},
		"it lost all":                {time.Hour, []reading{full, none, none, none}, "no items since"},
		"it lost all, and says 304":  {time.Hour, []reading{full, none, same, same}, "no items since"},
		"it lost all, twice":         {time.Hour, []reading{full, none, none}, ""},
		"it lost all, within a hour": {10 * time.Minute, []reading{full, none, none, none, none}, ""},
		"it has them again":          {time.Hour, []reading{full, none, none, none, full}, ""},
		"it has them in between":     {time.Hour, []reading{full, none, none, full, none, none}, ""},
		"none can be used":           {time.Hour, []reading{full, bad, bad, bad}, "none of its items can be used"},
		"none could ever be used":    {time.Hour, []reading{bad, same, same}, "it has no link"},
		"it never had any":           {time.Hour, []reading{none, same, same, same, same}, ""},
		"it changes, but has none":   {time.Hour, []reading{none, none, same, none}, "never had an item"},
		"a sitemap without news":     {time.Hour, []reading{{items: 3, format: "sitemap news"}, sitemap, same, sitemap, sitemap, sitemap}, ""},
		"a sitemap of rubbish":       {time.Hour, []reading{{skipped: 3, format: "sitemap news"}, same, same}, "none of its items can be used"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := Feed{Name: "city", Schedule: every(t, "@every 15m")}
			state := spool.FeedState{Name: "city"}
			now := noon
			for _, r := range test.readings {
				after := goodPoll(f, state, r.result(), now)
				if !r.unchanged {
					after.Items = r.items
				}
				after.Memory = f.observe(state, after, r.result(), false, now)
				state, now = after, now.Add(test.every)
			}
			if got := state.Memory.Alarm; !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
				t.Errorf("alarm %q, want %q", got, test.want)
			}
		})
	}
}

// FuzzHabit has notes that this program did not write.
func FuzzHabit(f *testing.F) {
	for _, s := range []string{``, `{}`, `null`, `[]`, `{"days":[[1,2],[-9,9223372036854775807]],"last":"2026-06-01T00:00:00Z","first":"2026-01-01T00:00:00Z"}`, `{"days":[[20613,5],[20614,5],[20615,5]],"empty":3,"full":true}`} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	schedule, err := ParseSchedule("@every 15m", time.UTC)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, notes []byte, news bool) {
		feed := Feed{Name: "city", Schedule: schedule}
		state := spool.FeedState{Baselined: noon.AddDate(0, -1, 0), Memory: spool.FeedMemory{Habit: notes}}
		m := feed.observe(state, state, feeds.Result{Unchanged: true}, news, noon)
		var h habit
		if err := json.Unmarshal(m.Habit, &h); err != nil {
			t.Fatalf("%s is remembered: %v", m.Habit, err)
		}
		if len(h.Days) > habitDays {
			t.Errorf("%d days are remembered", len(h.Days))
		}
	})
}
