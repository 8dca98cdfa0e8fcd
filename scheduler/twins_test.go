package scheduler

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
)

// Only what has a post on the account can be repeated there, and only what may
// still be seen there is a reason to say nothing.
func TestATwinIsOneWithAPost(t *testing.T) {
	takesLong(t)
	const words = "Council votes on the plan for the harbour"
	tests := map[string]struct {
		twin       func(r *rig, docs map[string][]spool.Item) // brings the item "a"
		hold, skip string                                     // what becomes of its repetition
	}{
		"there at the first reading": {func(r *rig, docs map[string][]spool.Item) {
			docs["city"] = []spool.Item{told("a", words, r.now().Add(-time.Hour))}
			r.run(90 * time.Second)
		}, "live", "live"},
		"too old": {func(r *rig, docs map[string][]spool.Item) {
			r.run(90 * time.Second)
			docs["city"] = []spool.Item{told("a", words, r.now().Add(-13*time.Hour))}
			r.run(90 * time.Second)
		}, "live", "live"},
		"filtered, in the same document": {func(r *rig, docs map[string][]spool.Item) {
			r.run(90 * time.Second)
			docs["city"] = []spool.Item{told("a", "Advert: "+words, r.now())}
		}, "live", "live"},
		"live": {func(r *rig, docs map[string][]spool.Item) {
			r.run(90 * time.Second)
			docs["city"] = []spool.Item{told("a", words, r.now())}
			r.run(90 * time.Second)
		}, "held", ""},
		"in the same document": {func(r *rig, docs map[string][]spool.Item) {
			r.run(90 * time.Second)
			docs["city"] = []spool.Item{told("a", words, r.now())}
		}, "held", ""},
		"failed": {func(r *rig, docs map[string][]spool.Item) {
			r.net.publish = func(context.Context, spool.Post) (spool.Receipt, error) {
				return spool.Receipt{}, fail(spool.Permanent, 0)
			}
			r.run(90 * time.Second)
			docs["city"] = []spool.Item{told("a", words, r.now())}
			r.run(90 * time.Second)
			r.net.publish = nil
		}, "held, failed", "held, failed"},
	}
	for name, tt := range tests {
		for policy, want := range map[string]string{"hold": tt.hold, "skip": tt.skip} {
			t.Run(name+", "+policy, func(t *testing.T) {
				onRig(t, func(t *testing.T, r *rig) {
					f := r.plan.Feeds["city"]
					f.Duplicates, f.MaxAge = policy, 12*time.Hour
					f.Filters.Exclude = []Pattern{{On: "title", Regexp: regexp.MustCompile("^Advert: ")}}
					r.plan.Feeds["city"] = f
					docs := map[string][]spool.Item{}
					r.shelves(docs)
					tt.twin(r, docs)
					docs["city"] = append([]spool.Item{told("b", "Update: "+words, r.now())}, docs["city"]...)
					r.run(90 * time.Second)
					if got := r.became("desk: Update: " + words); got != want {
						t.Errorf("it is %q, want %q: %s", got, want, r.fates("b"))
					}
					r.balanced()
				})
			})
		}
	}
}

// became is the state of a post, and that of its twin if it is held for one that
// came to nothing; empty: there is no post.
func (r *rig) became(text string) string {
	switch {
	case slices.Contains(r.all(spool.Live), text):
		return "live"
	case slices.Contains(r.all(spool.Held), text) && strings.HasSuffix(r.held(), "whose own post here is failed"):
		return "held, failed"
	case slices.Contains(r.all(spool.Held), text):
		return "held"
	}
	return ""
}
