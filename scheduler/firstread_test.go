package scheduler

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/dedupe"
	"spool/feeds"
)

// What a first reading did not show is no news later: an error page that passes
// for a feed, and a document that ends in the middle, are no reason to post what
// readers know. What is news is posted, and what may be is held.
func TestAFirstReadingThatDidNotShowAll(t *testing.T) {
	takesLong(t)
	ages := func(now time.Time, ages ...time.Duration) (items []spool.Item) {
		for i, age := range ages {
			it := told(fmt.Sprint("n", i), fmt.Sprint("Story ", i), now.Add(-age))
			if age == undated {
				it.Published = time.Time{}
			}
			items = append(items, it)
		}
		return items
	}
	whole, empty, broken := feeds.Document{}, feeds.Document{}, feeds.Document{Degraded: true}
	whole.Items = []spool.Item{told("seen", "A story that was seen", time.Time{})}
	broken.Items = whole.Items
	tests := map[string]struct {
		first feeds.Document
		rule  dedupe.FirstRun
		later []time.Duration // how old the items are that come then
		wait  time.Duration   // after the first reading
		want  string          // what becomes of each
	}{
		"empty, then old ones":            {empty, dedupe.FirstRun{}, []time.Duration{0, day, 2 * day}, 0, "live first_run first_run"},
		"broken, then old ones":           {broken, dedupe.FirstRun{}, []time.Duration{0, day, 2 * day}, 0, "live first_run first_run"},
		"whole, then old ones":            {whole, dedupe.FirstRun{}, []time.Duration{0, day, 2 * day}, 0, "live live live"},
		"of some hours":                   {empty, dedupe.FirstRun{}, []time.Duration{0, 5 * time.Hour}, 0, "live churn"},
		"long after, dated before":        {empty, dedupe.FirstRun{}, []time.Duration{0, 30 * day}, 20 * day, "live first_run"},
		"long after, dated after":         {empty, dedupe.FirstRun{}, []time.Duration{0, 5 * day}, 20 * day, "live live"},
		"all of it was wanted":            {empty, dedupe.FirstRun{All: true}, []time.Duration{0, day, 2 * day}, 0, "live live live"},
		"the latest were wanted":          {empty, dedupe.FirstRun{Latest: 1}, []time.Duration{0, day, 2 * day}, 0, "live live first_run"},
		"the latest were wanted and seen": {broken, dedupe.FirstRun{Latest: 1}, []time.Duration{0, day, 2 * day}, 0, "live first_run first_run"},
		"without dates":                   {empty, dedupe.FirstRun{}, []time.Duration{undated, undated, undated}, 0, "churn churn churn"},
		"broken, then without dates":      {broken, dedupe.FirstRun{}, []time.Duration{undated, undated, undated}, 0, "churn churn churn"},
		"a first article without a date":  {empty, dedupe.FirstRun{}, []time.Duration{undated}, 0, "live"},
		"some without dates, long after":  {empty, dedupe.FirstRun{}, []time.Duration{undated, undated, undated}, 2 * day, "live live live"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				f := r.plan.Feeds["city"]
				f.FirstRun, f.Schedule = tt.rule, schedule("@every 1h")
				r.plan.Feeds["city"] = f
				doc := tt.first
				r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) { return feeds.Result{Document: doc}, nil }
				r.run(tt.wait + 90*time.Minute)
				doc = feeds.Document{Items: append(ages(r.now(), tt.later...), tt.first.Items...)}
				r.run(2 * time.Hour)
				var got []string
				for i := range tt.later {
					got = append(got, r.outcome(fmt.Sprint("n", i)))
				}
				if strings.Join(got, " ") != tt.want {
					t.Errorf("they became %q, want %q", got, tt.want)
				}
				if all, err := r.db.Feeds(t.Context()); err != nil || all[0].Memory.Partial {
					t.Errorf("still partial: %+v, %v", all, err)
				}
				r.balanced()
			})
		})
	}
}

const undated = -1 // an age

// outcome is the state of the post about an item, the reason why it is held, or
// why there is none.
func (r *rig) outcome(guid string) string {
	r.t.Helper()
	keys := dedupe.KeysOf([]spool.Item{{GUID: guid}})[0]
	known, err := r.db.Seen(r.t.Context(), "paper", keys[:1])
	if err != nil || len(known) != 1 {
		return "unknown"
	}
	for _, k := range known {
		if p, err := r.db.Post(r.t.Context(), spool.PostID(k.Item, "desk", spool.Announce)); err == nil {
			if p.State == spool.Held && p.Reason != "" {
				return string(p.Hold)
			}
			return string(p.State)
		}
		fates, err := r.db.Fates(r.t.Context(), k.Item)
		if err == nil && len(fates) == 1 && fates[0].Reason != "" {
			return string(fates[0].Verdict)
		}
	}
	return "unexplained"
}

// A feed whose address was changed to another section has another past: what is
// in it is older than the last reading, and is not let loose on readers.
func TestAnotherSectionIsNotNewsAtOnce(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		docs := map[string][]spool.Item{"city": {told("seen", "A story of the city", r.now())}}
		r.shelves(docs)
		r.run(90 * time.Second)
		f := r.plan.Feeds["city"]
		f.URL = "https://feeds.example/sport.rss"
		plan := r.clonePlan()
		plan.Feeds["city"] = f
		r.sync(plan)
		r.Replace(plan)
		docs["city"] = nil
		for i := range 40 {
			docs["city"] = append(docs["city"], told(fmt.Sprint("n", i), fmt.Sprint("Story ", i), r.now().Add(-time.Duration(i+2)*time.Hour)))
		}
		r.run(90 * time.Second)
		for i := range docs["city"] {
			if got := r.outcome(fmt.Sprint("n", i)); got != "churn" {
				t.Fatalf("item %d became %s\n%s", i, got, r.tail())
			}
		}
		r.balanced()
	})
}

// A reading that a clock noted which was ahead does not make all that follows
// look old.
func TestAReadingInTheFutureCountsAsNow(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		f := r.plan.Feeds["city"]
		state := spool.FeedState{Baselined: r.now().Add(day), Memory: spool.FeedMemory{Read: r.now().Add(day), Partial: true}}
		review := f.reviewOf(state, false, r.now())
		if !review.Read.Equal(r.now()) || !review.Missed.Equal(r.now()) || !review.Unseen {
			t.Errorf("looked at with %+v", review)
		}
	})
}
