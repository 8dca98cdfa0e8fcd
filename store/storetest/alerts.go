package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"spool"
)

// tracked is an alert that has just been listed.
func tracked(item string) spool.Tracked {
	return spool.Tracked{
		Feed: "news", Item: item, Open: true, First: start, Last: start,
		Alert: spool.Alert{ID: item, Header: spool.Texts{{Language: "en", Text: "Line 4: no service"}}},
	}
}

// over is an alert that was closed at a moment.
func over(t spool.Tracked, at time.Time) spool.Tracked {
	t.Open, t.Closed, t.Ending = false, at, spool.ByGone
	return t
}

// track lets a poll remember alerts.
func (f *fixture) track(t *testing.T, feed string, alerts ...spool.Tracked) {
	t.Helper()
	fs := f.claimFeed(t, feed)
	fs.LastPoll, fs.Baselined = f.clock.Now(), start.Add(-time.Hour)
	must(f.Ingest(t.Context(), spool.Ingest{Feed: fs, Tracked: alerts}))(t)
}

func (f *fixture) tracked(t *testing.T, feed string, closedSince time.Time) []spool.Tracked {
	t.Helper()
	return must(f.TrackedAlerts(t.Context(), feed, closedSince))(t)
}

func names(alerts []spool.Tracked) string {
	all := []string{}
	for _, a := range alerts {
		all = append(all, a.Item)
	}
	return fmt.Sprint(all)
}

// fullyTracked is an alert about which everything is remembered that can be.
func fullyTracked(t *testing.T) spool.Tracked {
	t.Helper()
	var all spool.Tracked
	fill(t, reflect.ValueOf(&all).Elem())
	all.Feed, all.Item, all.Open = "news", "everything", true
	return all
}

// fill gives every field a value that is not its zero one.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch value := v.Addr().Interface().(type) {
	case *time.Time:
		*value = start.Add(time.Millisecond)
		return
	case *json.RawMessage:
		*value = json.RawMessage(`{"a":[1,"<é"]}`)
		return
	}
	switch v.Kind() { //nolint:exhaustive // what there is none of is named below
	case reflect.String:
		v.SetString("é <b> & \"c\"\n🚇")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.Map:
		name, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, name)
		fill(t, value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(name, value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	default:
		t.Fatalf("a %s is to be filled, and nobody has said with what", v.Type())
	}
}

// testTracked: an alert comes back as it was, the open ones and those closed since a
// moment, in the order in which they came.
func testTracked(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "other"}, []string{"desk"})
	all := fullyTracked(t)
	f.track(t, "news", tracked("z"), all, tracked("a"))
	f.track(t, "other", spool.Tracked{Item: "z", Open: true, Account: "night"})
	if got := f.tracked(t, "news", start); names(got) != "[z everything a]" || !reflect.DeepEqual(got[1], all) {
		t.Errorf("remembered is %s\n%+v, want\n%+v", names(got), got[1], all)
	}
	if got := f.tracked(t, "other", start); len(got) != 1 || got[0].Feed != "other" || got[0].Account != "night" {
		t.Errorf("of the other feed: %+v", got)
	}

	closed := over(tracked("z"), start.Add(time.Minute))
	again := tracked("everything")
	again.Reopened = 7
	f.track(t, "news", tracked("b"), tracked("everything"), closed, again)
	for since, want := range map[time.Duration]string{0: "[z everything a b]", time.Minute: "[z everything a b]", time.Minute + time.Millisecond: "[everything a b]"} {
		if got := f.tracked(t, "news", start.Add(since)); names(got) != want || got[len(got)-3].Reopened != 7 {
			t.Errorf("closed since %v: %s, want %s; %+v", since, names(got), want, got)
		}
	}
	if got := f.tracked(t, "news", start)[0]; got.Open || !got.Closed.Equal(closed.Closed) || got.Ending != spool.ByGone {
		t.Errorf("the closed one is %+v", got)
	}
	f.track(t, "news", tracked("z"))
	if got := f.tracked(t, "news", start.Add(time.Hour)); names(got) != "[z everything a b]" {
		t.Errorf("after it came back: %s", names(got))
	}
	f.track(t, "news", spool.Tracked{Item: "a"}) // closed by somebody who does not say when
	if got := f.tracked(t, "news", start.Add(time.Millisecond)); names(got) != "[z everything b]" {
		t.Errorf("closed without a moment: %s", names(got))
	}
	if got := f.tracked(t, "nothing", time.Time{}); len(got) != 0 {
		t.Errorf("of a feed that there is not: %v", got)
	}
}

// testSearchAlerts: alerts are found whether they are open or not, told or not, in all
// feeds, the newest first and not too many.
func testSearchAlerts(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "other"}, nil)
	f.track(t, "news", tracked("one"), over(tracked("two"), start.Add(-time.Hour)))
	f.track(t, "other", tracked("three"))
	var seen []spool.Tracked
	all := must(f.SearchAlerts(t.Context(), func(a spool.Tracked) bool { seen = append(seen, a); return a.Item != "one" }))(t)
	if names(all) != "[three two]" || all[0].Feed != "other" || all[1].Open || all[1].Feed != "news" || names(seen) != "[three two one]" {
		t.Errorf("found %+v of %s", all, names(seen))
	}
	var many []spool.Tracked
	for i := range 30 {
		many = append(many, tracked(fmt.Sprint("many", i)))
	}
	f.track(t, "other", many...)
	if all := must(f.SearchAlerts(t.Context(), func(spool.Tracked) bool { return true }))(t); len(all) != 20 || all[0].Item != "many29" {
		t.Errorf("found %s", names(all))
	}
}

// testTrackedWhole: alerts are remembered together with the rest of their poll, or
// not at all, also by a poll that changes little about them.
func testTrackedWhole(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	f.track(t, "news", tracked("known"))
	bad := newPost("new", "desk")
	bad.State = "flying"
	missing := tracked("known")
	missing.Missing = 1
	held := must(f.ClaimFeeds(t.Context(), "me", f.clock.Now(), -time.Second, 1))(t)[0] // run out at once, and nobody else's yet
	for name, in := range map[string]spool.Ingest{
		"a post that cannot be":   {Tracked: []spool.Tracked{tracked("new"), missing}, New: []spool.NewItem{newItem("new")}, Posts: []spool.Post{bad}},
		"notes that are not JSON": {Tracked: []spool.Tracked{tracked("new"), missing, {Item: "odd", Open: true, Notes: json.RawMessage("{")}}},
	} {
		in.Feed = held
		if _, err := f.Ingest(t.Context(), in); err == nil {
			t.Errorf("%s: taken", name)
		}
		if got := f.tracked(t, "news", start); names(got) != "[known]" || got[0].Missing != 0 {
			t.Errorf("%s: remembered is %+v", name, got)
		}
	}
	f.track(t, "news")
	for what, alerts := range map[string][]spool.Tracked{"a new alert": {tracked("new")}, "a little": {missing}} {
		if _, err := f.Ingest(t.Context(), spool.Ingest{Feed: held, Tracked: alerts}); !errors.Is(err, spool.ErrConflict) {
			t.Errorf("%s after the lease had passed on: %v", what, err)
		}
	}
	if got := f.tracked(t, "news", start); names(got) != "[known]" || got[0].Missing != 0 {
		t.Errorf("remembered is %+v", got)
	}
	f.track(t, "news", missing)
	if got := f.tracked(t, "news", start); names(got) != "[known]" || got[0].Missing != 1 {
		t.Errorf("remembered is %+v", got)
	}
}

// testTrackedForgotten: what was closed more than thirty days ago is forgotten, a few
// hundred at once, and nothing that is open or of another feed.
func testTrackedForgotten(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "other"}, nil)
	alerts := []spool.Tracked{tracked("open"), over(tracked("late"), start.Add(time.Millisecond))}
	for i := range 250 {
		alerts = append(alerts, over(tracked(fmt.Sprint("old", i)), start.Add(-time.Duration(i)*time.Second)))
	}
	f.track(t, "news", alerts...)
	f.track(t, "other", over(tracked("theirs"), start))
	left := func() (int, int) {
		return len(f.tracked(t, "news", time.Time{})), len(f.tracked(t, "other", time.Time{}))
	}
	if n, others := left(); n != 252 || others != 1 {
		t.Fatalf("%d and %d are remembered", n, others)
	}
	f.clock.advance(30*24*time.Hour + time.Millisecond)
	for _, want := range []int{53, 3, 3} {
		f.track(t, "news", tracked("new"))
		if n, others := left(); n != want || others != 1 {
			t.Errorf("%d and %d are remembered, want %d and 1", n, others, want)
		}
	}
	if got := f.tracked(t, "news", time.Time{}); names(got) != "[open late new]" {
		t.Errorf("remembered are %s", names(got))
	}
}

// testTrackedResting: a feed that leaves the configuration, or gets another address,
// finds its alerts when it comes back, and is not counted meanwhile.
func testTrackedResting(t *testing.T, f *fixture) {
	f.configure(t, []string{"news", "other"}, []string{"desk"})
	digest := tracked("digest")
	digest.Account = "desk"
	f.track(t, "news", tracked("one"), tracked("two"), over(tracked("gone"), start), digest)
	open := func() string {
		all := map[string]int{}
		for _, figure := range must(f.FeedFigures(t.Context()))(t) {
			all[figure.Name] = figure.Alerts
		}
		return fmt.Sprint(all)
	}
	if got := open(); got != "map[news:2 other:0]" {
		t.Errorf("open are %s", got)
	}
	f.configure(t, []string{"other"}, []string{"desk"})
	if got := open(); got != "map[other:0]" {
		t.Errorf("without the feed, open are %s", got)
	}
	moved := feed("news", "paper")
	moved.URL += "?v=2"
	if err := f.Sync(t.Context(), []spool.FeedState{moved}, nil); err != nil {
		t.Fatal(err)
	}
	if got := f.tracked(t, "news", start); names(got) != "[one two gone digest]" || open() != "map[news:2]" {
		t.Errorf("when it is back: %s, open are %s", names(got), open())
	}
	if figures := must(f.FeedFigures(t.Context()))(t); len(figures) != 1 || !figures[0].Alerting {
		t.Errorf("its figures do not say that it lists alerts: %+v", figures)
	}
}

// testAlertLedger: alerts are counted when they are recorded, each once, however long
// after they were first listed and whatever follows from their posts.
func testAlertLedger(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk", "night"})
	f.track(t, "news", tracked("told"), tracked("over"), tracked("member"), tracked("shy"))
	f.balanced(t, "a poll that remembers alerts")
	if got := f.entry(t, "news", "desk"); got.Seen != 0 {
		t.Errorf("alerts that nothing became of are counted: %+v", got)
	}
	f.clock.advance(time.Hour)
	in := spool.Ingest{Feed: f.claimFeed(t, "news"), Accounts: []string{"desk", "night"}}
	add := func(id string, fates ...spool.Fate) {
		n := newItem(id)
		n.Item.Alert = &spool.Alert{ID: id, Effect: spool.NoService}
		in.New, in.Fates = append(in.New, n), append(in.Fates, fates...)
		done := tracked(id)
		done.Recorded = true
		in.Tracked = append(in.Tracked, done)
	}
	routed := fate("shy", "news", spool.ToPost, "") // it is for one of the accounts
	routed.Accounts = []string{"night"}
	add("told", fate("told", "news", spool.ToPost, ""))
	add("over", fate("over", "news", spool.Over, "it ended before there was anything to tell"))
	add("member", fate("member", "news", spool.Summed, "digest d tells of it"))
	add("shy", routed)
	in.Posts = []spool.Post{newPost("told", "desk"), newPost("told", "night"), newPost("shy", "night")}
	posts := must(f.Ingest(t.Context(), in))(t)
	want := spool.Entry{Feed: "news", Account: "desk", Seen: 3, Fates: map[spool.Verdict]int{spool.Over: 1, spool.Summed: 1}, Posts: map[spool.State]int{spool.Waiting: 1}}
	if got := f.entry(t, "news", "desk"); !reflect.DeepEqual(got, want) {
		t.Errorf("the ledger says\n%+v, want\n%+v", got, want)
	}
	if got := f.entry(t, "news", "night"); got.Seen != 4 || got.Posts[spool.Waiting] != 2 {
		t.Errorf("the ledger of the other account says %+v", got)
	}
	f.balanced(t, "recording them")
	if got := must(f.Fates(t.Context(), "shy"))(t); len(got) != 1 || !reflect.DeepEqual(got[0].Accounts, []string{"night"}) {
		t.Errorf("the one that is for one account: %+v", got)
	}
	if it := must(f.Bodies(t.Context(), []string{"over"}))(t)["over"]; it.Alert == nil || it.Alert.Effect != spool.NoService {
		t.Errorf("the item comes back as %+v", it)
	}

	// What follows is not counted; a member that is told after all leaves its verdict.
	var more []spool.Post
	for _, purpose := range []spool.Purpose{spool.Renew, spool.Update, spool.Close} {
		more = append(more, follower(posts[0], purpose))
	}
	f.record(t, append(more, newPost("member", "desk"))...)
	f.balanced(t, "what follows from them")
	want.Fates, want.Posts = map[spool.Verdict]int{spool.Over: 1}, map[spool.State]int{spool.Waiting: 2}
	if got := f.entry(t, "news", "desk"); !reflect.DeepEqual(got, want) {
		t.Errorf("the ledger says\n%+v, want\n%+v", got, want)
	}
}

// testRenewed: beside an announcement that failed there may be a renewed one, and only
// one announcement; which of them is the later says how the item stands.
func testRenewed(t *testing.T, f *fixture) {
	f.configure(t, []string{"news"}, []string{"desk"})
	first := f.record(t, newPost("one", "desk"))[0]
	second := first
	second.ID = "another announcement"
	renewed := follower(first, spool.Renew)
	renewed.Parent, renewed.Root, renewed.Content, renewed.Created = "", "", first.Content, start.Add(time.Minute)
	if got := ids(f.record(t, second, renewed)); got != "[renew of post-one-desk]" {
		t.Errorf("recorded %s", got)
	}
	l := f.claimAccount(t, "desk").Lease
	first = f.step(t, l, first, spool.Event{What: spool.Began})
	due := func() string { return ids(must(f.Due(t.Context(), "desk", start, 9))(t)) }
	if got := due(); got != "[]" {
		t.Errorf("while its twin is being sent, due: %s", got)
	}
	if got := fmt.Sprint(must(f.StatesOf(t.Context(), []string{"one"}))(t)); got != "map[one:map[desk:waiting]]" {
		t.Errorf("the states are %s", got)
	}
	first = f.step(t, l, first, spool.Event{What: spool.Lapsed})
	if got := due(); got != "[post-one-desk]" {
		t.Errorf("while its twin is in doubt, due: %s", got)
	}
	first = f.step(t, l, first, spool.Event{What: spool.Found, Receipt: spool.Receipt{ID: "n1"}})
	f.step(t, l, first, spool.Event{What: spool.Withdrawn, Cause: "somebody took it away"})
	if got := due(); got != "[renew of post-one-desk]" {
		t.Errorf("when the first was taken away, due: %s", got)
	}
	if shared := must(f.LinkShared(t.Context(), renewed))(t); shared {
		t.Error("its link is that of a post that nobody sees")
	}
	live := f.live(t, l, must(f.Post(t.Context(), renewed.ID))(t), "n2")
	update := follower(live, spool.Update)
	update.Content.Text = "Line 4: trains run again, with delays"
	f.record(t, update)
	if shared := must(f.LinkShared(t.Context(), update))(t); !shared {
		t.Error("its link is said to be its own, and is its head's too")
	}
	if got := due(); got != "[update of renew of post-one-desk]" {
		t.Errorf("after it was renewed, due: %s", got)
	}
	if got := fmt.Sprint(must(f.StatesOf(t.Context(), []string{"one"}))(t)); got != "map[one:map[desk:live]]" {
		t.Errorf("the states are %s", got)
	}
}
