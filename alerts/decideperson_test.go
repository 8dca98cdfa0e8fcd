package alerts_test

import (
	"slices"
	"testing"

	"spool"
	"spool/alerts"
)

// TestDecideKeepsWhatPeopleDo has the words of spool.Next, which Decide goes by.
func TestDecideKeepsWhatPeopleDo(t *testing.T) {
	start := spool.Post{ID: "head", Item: "item", Account: "riders", Purpose: spool.Announce, State: spool.Waiting, Created: at(-60), Deadline: at(-30), Content: spool.Content{Told: telling(slow(first), spool.Begins)}}
	live := start
	live.State, live.LiveAt = spool.Live, at(-50)
	for _, c := range []struct {
		post  spool.Post
		event spool.Event
		want  string
	}{
		{start, spool.Event{What: spool.Expired}, "renew head as announce"},
		{start, spool.Event{What: spool.Orphaned}, "renew head as announce"},
		{start, spool.Event{What: spool.Cancelled, Who: "ana"}, "post head was given up by somebody: cancelled"},
		{start, spool.Event{What: spool.Cancelled, Who: "ana", Cause: "not on my watch"}, "post head was given up by somebody: not on my watch"},
		{live, spool.Event{What: spool.Withdrawn, Cause: alerts.TakenAway}, "renew head as announce"},
		{live, spool.Event{What: spool.Withdrawn}, "post head was given up by somebody: withdrawn"},
		{live, spool.Event{What: spool.Withdrawn, Cause: "withdrawn by post x"}, "post head was given up by somebody: withdrawn by post x"},
	} {
		after, err := spool.Next(c.post, c.event, spool.Rules{}, at(-10))
		if err != nil {
			t.Fatal(err)
		}
		a := slow(first)
		got := said(alerts.Policy{}.Decide(spool.Tracked{Open: true, Alert: a}, *telling(a, spool.Begins), []spool.Post{after.Post}, alerts.Abilities{}, noon))
		if got != c.want {
			t.Errorf("%s %q: %s", c.event.What, c.event.Cause, got)
		}
	}
}

// TestDecideDropsForItsOwnReasons sees that each reason that Decide gives is one that
// it knows as its own, so that the alert can be announced again.
func TestDecideDropsForItsOwnReasons(t *testing.T) {
	waiting := head(spool.Waiting, -5, slow(first)).post()
	for _, with := range []func(*spool.Tracked){
		func(t *spool.Tracked) { t.Closed = at(-1) },
		func(t *spool.Tracked) { t.Muted = "exclude: effect DETOUR" },
		func(t *spool.Tracked) { t.Digest = "d" },
	} {
		tracked := spool.Tracked{Alert: slow(first)}
		with(&tracked)
		told := *telling(slow(first), spool.Begins)
		d := alerts.Policy{}.Decide(tracked, told, []spool.Post{waiting}, alerts.Abilities{}, noon)
		if len(d.Deeds) != 1 || d.Deeds[0].Do != alerts.DoDrop || d.Again.IsZero() {
			t.Fatalf("%+v", d)
		}
		dropped, err := spool.Next(waiting, spool.Event{What: spool.Cancelled, Cause: d.Deeds[0].Why}, spool.Rules{}, noon)
		if err != nil {
			t.Fatal(err)
		}
		d = alerts.Policy{}.Decide(spool.Tracked{Alert: slow(first), Open: true}, told, []spool.Post{dropped.Post}, alerts.Abilities{}, noon)
		if said(d) != "renew head as announce" {
			t.Errorf("after %q: %s", dropped.Post.Reason, said(d))
		}
	}
}

func TestDecideDoesNotTouchWhatItIsGiven(t *testing.T) {
	posts := []spool.Post{head(spool.Live, -30, slow(first)).post(), answer("close", spool.Close, spool.Waiting, -1, slow(first)).post()}
	kept := slices.Clone(posts)
	alerts.Policy{}.Decide(spool.Tracked{Open: true, Alert: slow(second)}, *telling(slow(second), spool.Begins), posts, alerts.Abilities{}, noon)
	for i := range posts {
		if posts[i].ID != kept[i].ID || posts[i].State != kept[i].State {
			t.Error("the posts were changed")
		}
	}
}
