package scheduler

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/dedupe"
	"spool/feeds"
	"spool/store"
)

// shelves puts a document for each feed on the rig's shelf.
func (r *rig) shelves(docs map[string][]spool.Item) {
	r.web.fetch = func(_ context.Context, s feeds.Source) (feeds.Result, error) {
		return feeds.Result{Document: feeds.Document{Items: docs[s.Name]}}, nil
	}
}

func told(guid, title string, published time.Time) spool.Item {
	return spool.Item{GUID: guid, Link: "https://paper.example/" + guid, Title: title, Published: published}
}

// fates are what became of an item, in words.
func (r *rig) fates(guid string) string {
	r.t.Helper()
	known, err := r.db.Seen(r.t.Context(), "paper", []spool.Key{dedupe.KeysOf([]spool.Item{{GUID: guid}})[0][0]})
	if err != nil || len(known) != 1 {
		r.t.Fatalf("item %s: %v, %v", guid, known, err)
	}
	var out []string
	for _, k := range known {
		fates, err := r.db.Fates(r.t.Context(), k.Item)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, f := range fates {
			out = append(out, strings.Trim(fmt.Sprintf("%s %s %s", f.Feed, f.Account, f.Verdict), " "))
		}
	}
	return strings.Join(out, "; ")
}

func (r *rig) balanced() {
	r.t.Helper()
	a, err := r.db.Audit(r.t.Context())
	if err != nil || len(a.Miscounts) > 0 {
		r.t.Errorf("the ledger: %+v, %v", a.Miscounts, err)
	}
}

// A duplicate is one on the accounts that have the other item, and on no others.
func TestDuplicatesByAccount(t *testing.T) {
	takesLong(t)
	const words = "Council votes on the plan for the harbour"
	tests := map[string]struct {
		accounts []string // of the second feed
		policy   string
		held     []string
		skipped  []string // accounts
		fates    string
	}{
		"the same account, hold":  {[]string{"desk"}, "hold", []string{"desk: Live: " + words}, nil, "sport  post"},
		"the same account, skip":  {[]string{"desk"}, "skip", nil, []string{"desk"}, "sport  duplicate"},
		"another account, hold":   {[]string{"night"}, "hold", nil, nil, "sport  post"},
		"another account, skip":   {[]string{"night"}, "skip", nil, nil, "sport  post"},
		"one of two, hold":        {[]string{"desk", "night"}, "hold", []string{"desk: Live: " + words}, nil, "sport  post"},
		"one of two, skip":        {[]string{"desk", "night"}, "skip", nil, []string{"desk"}, "sport  post; sport desk duplicate"},
		"the same account, post":  {[]string{"desk"}, "post", nil, nil, "sport  post"},
		"the policy says nothing": {[]string{"desk"}, "", nil, nil, "sport  post"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				night := r.plan.Accounts["desk"]
				night.Name = "night"
				r.plan.Accounts["night"] = night
				r.addFeed("sport", func(f *Feed) { f.Accounts, f.Duplicates = tt.accounts, tt.policy })
				docs := map[string][]spool.Item{}
				r.shelves(docs)
				r.run(90 * time.Second)
				now := r.now()
				docs["city"] = []spool.Item{told("a", words, now)}
				r.run(90 * time.Second)
				docs["sport"] = []spool.Item{told("b", "Live: "+words, now)}
				r.run(90 * time.Second)
				if got := r.all(spool.Held); !slices.Equal(got, tt.held) {
					t.Errorf("held %q, want %q", got, tt.held)
				}
				var want []string
				for _, account := range tt.accounts {
					if text := account + ": Live: " + words; !slices.Contains(tt.held, text) && !slices.Contains(tt.skipped, account) {
						want = append(want, text)
					}
				}
				want = append(want, "desk: "+words)
				slices.Sort(want)
				if got := r.all(spool.Live); !slices.Equal(got, want) {
					t.Errorf("live %q, want %q", got, want)
				}
				if got := r.fates("b"); strings.ReplaceAll(got, "  ", " ") != strings.ReplaceAll(tt.fates, "  ", " ") {
					t.Errorf("fates %q, want %q", got, tt.fates)
				}
				if held := r.held(); held != "" && held != `duplicate: nearly the same title as "`+words+`" https://paper.example/a` {
					t.Errorf("held for %s", held)
				}
				r.balanced()
			})
		})
	}
}

// held is why the first held post is.
func (r *rig) held() string {
	posts, err := r.db.Posts(r.t.Context(), store.Filter{States: []spool.State{spool.Held}})
	if err != nil || len(posts) == 0 {
		return ""
	}
	return string(posts[0].Hold) + ": " + posts[0].Reason
}

// What filters keep out is neither a duplicate nor what others are one of.
func TestFilteredItemsAreNotCompared(t *testing.T) {
	const words = "Council votes on the plan for the harbour"
	onRig(t, func(t *testing.T, r *rig) {
		f := r.plan.Feeds["city"]
		f.Filters.Exclude = []Pattern{{On: "category", Regexp: regexp.MustCompile("advert")}}
		f.Duplicates = "hold"
		r.plan.Feeds["city"] = f
		docs := map[string][]spool.Item{}
		r.shelves(docs)
		r.run(90 * time.Second)
		advert := told("a", words, r.now())
		advert.Categories = []string{"advert"}
		docs["city"] = []spool.Item{advert}
		r.run(90 * time.Second)
		docs["city"] = []spool.Item{told("b", words, r.now()), advert}
		r.run(90 * time.Second)
		if got := r.all(spool.Live); !slices.Equal(got, []string{"desk: " + words}) {
			t.Errorf("live %q, held %s", got, r.held())
		}
		r.balanced()
	})
}

// A person is told once of a batch that is held, with what to do.
func TestAChangeOfNamesIsToldOnce(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.addFeed("sport", nil)
		docs := map[string][]spool.Item{}
		r.shelves(docs)
		old := r.now().Add(-48 * time.Hour)
		for i := range 12 {
			docs["city"] = append(docs["city"], told(fmt.Sprint("old", i), fmt.Sprint("Story ", i), old.Add(time.Duration(i)*time.Minute)))
		}
		r.run(90 * time.Second)
		for i := range docs["city"] {
			docs["city"][i].GUID, docs["city"][i].Link = fmt.Sprint("new", i), fmt.Sprint("https://new.example/", i)
		}
		r.run(5 * time.Minute)
		if got := r.all(spool.Held); len(got) != 12 {
			t.Errorf("held %q", got)
		}
		if n := strings.Count(r.log.String(), "posts held for a person"); n != 1 {
			t.Errorf("told %d times", n)
		}
		for _, want := range []string{"all 12 items of feed city came under new names", "spool posts approve --hold churn --feed city", "posts=12"} {
			if !strings.Contains(r.log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, r.tail())
			}
		}
		r.wantSent()
		r.balanced()
	})
}

// A feed of higher priority takes over what waits; whatever it may not take, it
// lists as well.
func TestTakingOver(t *testing.T) {
	takesLong(t)
	tests := map[string]struct {
		change func(front *Feed)
		want   string // feed, priority and words of the post
	}{
		"higher priority":       {func(*Feed) {}, "front high Front words"},
		"the same priority":     {func(f *Feed) { f.Priority = spool.Normal }, "city normal City words"},
		"lower priority":        {func(f *Feed) { f.Priority = spool.Low }, "city normal City words"},
		"it wants approval":     {func(f *Feed) { f.Approve = true }, "city normal City words"},
		"its filters refuse it": {func(f *Feed) { f.Filters.Exclude = []Pattern{{On: "title", Regexp: regexp.MustCompile("words")}} }, "city normal City words"},
		"it is too old for it":  {func(f *Feed) { f.MaxAge = time.Minute }, "city normal City words"},
		"another account":       {func(f *Feed) { f.Accounts = []string{"night"} }, "city normal City words"},
		"another group":         {func(f *Feed) { f.Group = "elsewhere" }, "city normal City words"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			onRig(t, func(t *testing.T, r *rig) {
				night := r.plan.Accounts["desk"]
				night.Name = "night"
				r.plan.Accounts["night"] = night
				city := r.plan.Feeds["city"]
				city.Settle = time.Hour
				r.plan.Feeds["city"] = city
				r.addFeed("front", func(f *Feed) {
					f.Priority, f.Settle = spool.High, 0
					tt.change(f)
				})
				docs := map[string][]spool.Item{}
				r.shelves(docs)
				r.run(90 * time.Second)
				published := r.now().Add(-10 * time.Minute)
				docs["city"] = []spool.Item{told("a", "City words", published)}
				r.run(90 * time.Second)
				docs["front"] = []spool.Item{told("a", "Front words", published)}
				r.run(90 * time.Second)
				posts, err := r.db.Posts(t.Context(), store.Filter{Account: "desk", Feed: strings.Fields(tt.want)[0]})
				if err != nil || len(posts) != 1 {
					t.Fatalf("posts %+v, %v", posts, err)
				}
				p := posts[0]
				if got := fmt.Sprint(p.Feed, " ", p.Priority, " ", p.Content.Text); got != tt.want {
					t.Errorf("the post is %s, want %s", got, tt.want)
				}
				history, err := r.db.History(t.Context(), p.ID)
				if raised := slices.ContainsFunc(history, func(c spool.Change) bool { return c.What == spool.Raised }); err != nil || raised != (p.Feed == "front") {
					t.Errorf("history %+v, %v", history, err)
				}
				if n := r.net.count("publish " + p.ID); (n > 0) != (p.Feed == "front") {
					t.Errorf("sent %d times", n)
				}
				r.balanced()
			})
		})
	}
}

// A database that cannot be asked is a poll that is given up, not one that
// posts without a look.
func TestReviewNeedsTheMemory(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		f := r.plan.Feeds["city"]
		f.Duplicates = "skip"
		r.plan.Feeds["city"] = f
		docs := map[string][]spool.Item{}
		r.shelves(docs)
		r.run(90 * time.Second)
		docs["city"] = []spool.Item{told("a", "Words", r.now())}
		real := r.Store
		r.Store = forgetful{real}
		r.run(3 * time.Minute)
		if got := r.all(); len(got) != 0 {
			t.Errorf("recorded %q", got)
		}
		r.Store = real
		r.run(10 * time.Minute)
		if got := r.all(spool.Live); len(got) != 1 {
			t.Errorf("live %q", got)
		}
	})
}

// forgetful is a store that cannot say what was seen lately.
type forgetful struct{ Store }

func (forgetful) Recent(context.Context, []string, time.Time, int) ([]spool.Item, error) {
	return nil, errDisk
}
