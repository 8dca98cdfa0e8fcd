package scheduler

import (
	"slices"
	"testing"
	"time"

	"spool"
)

// A feed that joins a group whose others have told its stories too, on other
// accounts, has told them already.
func TestAFeedThatChangesItsGroupRepeatsNothing(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		night := r.plan.Accounts["desk"]
		night.Name = "night"
		r.plan.Accounts["night"] = night
		r.addFeed("sport", func(f *Feed) { f.Group, f.Accounts = "other", []string{"night"} })
		docs := map[string][]spool.Item{}
		r.shelves(docs)
		r.run(90 * time.Second)
		docs["city"] = []spool.Item{told("a", "Story", r.now())}
		docs["sport"] = []spool.Item{told("a", "Story", r.now())}
		r.run(90 * time.Second)
		plan := r.clonePlan()
		f := plan.Feeds["city"]
		f.Group = "other"
		plan.Feeds["city"] = f
		r.sync(plan)
		r.Replace(plan)
		docs["city"] = append([]spool.Item{told("b", "Another one", r.now())}, docs["city"]...)
		r.run(5 * time.Minute)
		if got := r.all(); !slices.Equal(got, []string{"desk: Another one", "desk: Story", "night: Story"}) {
			t.Errorf("the posts are %q", got)
		}
		r.balanced()
	})
}
