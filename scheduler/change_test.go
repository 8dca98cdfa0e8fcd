package scheduler

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"spool"
	"spool/compose"
	"spool/feeds"
	"spool/publisher"
	"spool/store"
)

// A desk writes the feed "city", whose articles it may change.
type desk struct {
	*rig
	board *board
	mu    sync.Mutex
	items []spool.Item
}

// onDesk runs a test on a board whose feed handles changes in a way. What edits
// says is whether the network can edit posts.
func onDesk(t *testing.T, onChange string, edits bool, test func(t *testing.T, d *desk)) {
	t.Helper()
	onBoard(t, func(t *testing.T, r *rig, b *board) {
		d := &desk{rig: r, board: b}
		f := r.plan.Feeds["city"]
		f.OnChange, f.Settle = onChange, 2*time.Minute
		r.plan.Feeds["city"] = f
		if !edits {
			r.change(func(a *Account) {
				a.Publisher = struct {
					publisher.Publisher
					publisher.Withdrawer
				}{b, b}
			})
		}
		r.web.fetch = func(context.Context, feeds.Source) (feeds.Result, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			return feeds.Result{Document: feeds.Document{Items: append([]spool.Item(nil), d.items...)}}, nil
		}
		d.write("old", "An old story")
		r.run(90 * time.Second)
		test(t, d)
	})
}

// write publishes an article, or changes it.
func (d *desk) write(guid, title string, edits ...func(*spool.Item)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	it := spool.Item{GUID: guid, Link: "https://paper.example/" + guid, Title: title}
	for _, edit := range edits {
		edit(&it)
	}
	for i := range d.items {
		if d.items[i].GUID == guid {
			d.items[i] = it
			return
		}
	}
	d.items = append(d.items, it)
}

// announced is the post that announces the article with a title.
func (d *desk) announced(text string) spool.Post {
	d.t.Helper()
	posts, err := d.db.Posts(d.t.Context(), store.Filter{Text: text})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, p := range posts {
		if p.Purpose == spool.Announce {
			return p
		}
	}
	d.t.Fatalf("no post says %q", text)
	return spool.Post{}
}

// fates are the reasons noted for edits of the post's item.
func (d *desk) edits(item string) string {
	d.t.Helper()
	fates, err := d.db.Fates(d.t.Context(), item)
	if err != nil {
		d.t.Fatal(err)
	}
	var all []string
	for _, f := range fates {
		if f.Verdict == spool.Changed {
			all = append(all, f.Reason)
		}
	}
	return strings.Join(all, "\n")
}

const (
	twoDead   = "Two dead after fire in Leeds"
	threeDead = "Three dead after fire in Leeds"
	fourDead  = "Four dead after fire in Leeds"
)

func TestOnChange(t *testing.T) {
	takesLong(t)
	tests := map[string]struct {
		mode  string
		edits bool
		then  []string // titles, each for ten minutes
		want  string   // what readers see in the end
		note  string   // in what is told of the edits
	}{
		"ignored":                         {"ignore", true, []string{threeDead}, twoDead, "on_change: ignore"},
		"a correction answers":            {"reply", true, []string{threeDead}, twoDead + " Correction: " + threeDead + "<", "desk: a correction answers the post: the headline said “Two” and says “Three” now"},
		"cosmetic, nobody is told":        {"reply", true, []string{"Two dead, after fire in Leeds!"}, twoDead, "left as it is: its headline says the same"},
		"edited":                          {"edit", true, []string{threeDead}, threeDead, "desk: the post is edited"},
		"edited for a comma":              {"edit", true, []string{"Two dead, after fire in Leeds!"}, "Two dead, after fire in Leeds!", "the post is edited"},
		"edit where nobody can":           {"edit", false, []string{threeDead}, twoDead + " Correction: " + threeDead + "<", "a correction answers"},
		"cosmetic where nobody can edit":  {"edit", false, []string{"Two dead, after fire in Leeds!"}, twoDead, "left as it is"},
		"replaced in its first hour":      {"replace", false, []string{threeDead}, threeDead, "the post is replaced"},
		"cosmetic, nothing is replaced":   {"replace", false, []string{"Two dead, after fire in Leeds!"}, twoDead, "left as it is"},
		"marked":                          {"reply", true, []string{"Corrected: " + twoDead}, twoDead + " Correction: Corrected: " + twoDead + "<", "marked as corrected"},
		"back within the time to settle":  {"reply", true, []string{"1m", threeDead, twoDead, "10m"}, twoDead, "taken back"},
		"edited back in time":             {"edit", true, []string{"1m", threeDead, twoDead, "10m"}, twoDead, "taken back"},
		"the newest of several":           {"reply", true, []string{"1m", threeDead, fourDead, "10m"}, twoDead + " Correction: " + fourDead + "<", "has the newest words"},
		"the newest of several, edited":   {"edit", true, []string{"1m", threeDead, fourDead, "10m"}, fourDead, "has the newest words"},
		"twice, an hour apart":            {"reply", true, []string{threeDead, fourDead, "70m"}, twoDead + " Correction: " + threeDead + "< Correction: " + fourDead + "<", ""},
		"there and back, and told of":     {"reply", true, []string{threeDead, twoDead, "70m"}, twoDead + " Correction: " + threeDead + "< Correction: " + twoDead + "<", ""},
		"there and back, and there again": {"edit", true, []string{threeDead, "70m", twoDead, "70m", threeDead, "70m"}, threeDead, ""},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			onDesk(t, c.mode, c.edits, func(t *testing.T, d *desk) {
				d.write("fire", twoDead)
				d.run(5 * time.Minute)
				p := d.announced(twoDead)
				d.wantState(p.ID, spool.Live)
				d.during(c.then)
				if got := strings.ReplaceAll(d.board.visible(), "<"+p.ID, "<"); got != c.want {
					t.Errorf("readers see %q, want %q\n%s\n%s", got, c.want, d.edits(p.Item), d.tail())
				}
				if got := d.edits(p.Item); !strings.Contains(got, c.note) {
					t.Errorf("of the edits is told %q, want %q", got, c.note)
				}
			})
		})
	}
}

// during has the fire retitled, each time for a while.
func (d *desk) during(titles []string) {
	each := 10 * time.Minute
	for _, title := range titles {
		if pause, err := time.ParseDuration(title); err == nil {
			if each = pause; pause >= 10*time.Minute {
				d.run(pause)
			}
			continue
		}
		d.write("fire", title)
		d.run(each)
	}
}

// An hour lies between two corrections of one post, however often it changes.
func TestCorrectionsAreAnHourApart(t *testing.T) {
	takesLong(t)
	onDesk(t, "reply", false, func(t *testing.T, d *desk) {
		d.write("fire", twoDead)
		d.run(5 * time.Minute)
		for _, title := range []string{threeDead, fourDead, "Five dead after fire in Leeds", "Six dead after fire in Leeds"} {
			d.write("fire", title)
			d.run(12 * time.Minute)
		}
		if got := strings.Count(d.board.visible(), "Correction"); got != 1 {
			t.Errorf("%d corrections within an hour: %s", got, d.board.visible())
		}
		d.run(time.Hour)
		if got := d.board.visible(); strings.Count(got, "Correction") != 2 || !strings.Contains(got, "Six dead") {
			t.Errorf("an hour later: %s", got)
		}
	})
}

// The replacement of a post is too late after an hour: then it is answered.
func TestNothingIsReplacedAfterAnHour(t *testing.T) {
	takesLong(t)
	onDesk(t, "replace", false, func(t *testing.T, d *desk) {
		d.write("fire", twoDead)
		d.run(70 * time.Minute)
		d.write("fire", threeDead)
		d.run(10 * time.Minute)
		if got := d.board.visible(); !strings.HasPrefix(got, twoDead+" Correction: "+threeDead) {
			t.Errorf("readers see %q", got)
		}
	})
}

// What a feed changes while nobody knows whether the post is live is told once that
// is known, also when the process dies meanwhile; and never of a post that is not.
func TestAnEditWhileThePostIsInDoubt(t *testing.T) {
	takesLong(t)
	for name, lives := range map[string]bool{"it was live": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			onDesk(t, "reply", false, func(t *testing.T, d *desk) {
				first, known := true, false
				d.board.fault = func(op string, _ spool.Post) (bool, error) {
					if op == "publish" && first {
						first = false
						return lives, fail(spool.Unsure, 0)
					}
					return true, nil
				}
				d.change(func(a *Account) {
					a.Publisher = blindfold{d.board, &known}
				})
				d.write("fire", twoDead)
				d.run(5 * time.Minute)
				p := d.announced(twoDead)
				d.wantState(p.ID, spool.Doubt)
				d.write("fire", threeDead)
				d.run(3 * time.Minute)
				d.wantState(p.ID, spool.Doubt)
				known = true
				d.run(30 * time.Minute)
				d.wantState(p.ID, spool.Live)
				if got := d.board.visible(); !strings.HasPrefix(got, twoDead+" Correction: "+threeDead) {
					t.Errorf("readers see %q\n%s", got, d.tail())
				}
			})
		})
	}
}

// blindfold is a board on which for a while nobody can look for a post.
type blindfold struct {
	*board
	sees *bool
}

func (b blindfold) Find(ctx context.Context, q publisher.Query) (publisher.Sighting, error) {
	if !*b.sees {
		return publisher.Sighting{}, fail(spool.Temporary, 0)
	}
	return b.board.Find(ctx, q)
}

// A post that is sent between the moment at which a poll looks at it and the one at
// which the poll is recorded has the words of before, and is corrected all the same.
func TestAnEditThatComesTooLate(t *testing.T) {
	onDesk(t, "reply", false, func(t *testing.T, d *desk) {
		f := d.plan.Feeds["city"]
		f.Settle = 10 * time.Minute
		d.plan.Feeds["city"] = f
		d.write("fire", twoDead)
		d.run(2 * time.Minute)
		p := d.announced(twoDead)
		d.wantState(p.ID, spool.Waiting)
		once := true
		d.FailPoint = func(name string) {
			if name == "feed decided" && once {
				once = false
				if _, err := d.db.Steer(t.Context(), p.ID, spool.Event{What: spool.Began}, spool.Rules{}); err != nil {
					t.Error(err)
				}
			}
		}
		d.write("fire", threeDead)
		d.run(40 * time.Minute)
		if got := d.board.visible(); once || !strings.HasPrefix(got, twoDead+" Correction: "+threeDead) {
			t.Errorf("readers see %q\n%s", got, d.tail())
		}
	})
}

// An edit that is met while the post is just being replaced is met again when what
// stands in its place is there.
func TestAnEditDuringAReplacement(t *testing.T) {
	takesLong(t)
	onDesk(t, "replace", false, func(t *testing.T, d *desk) {
		refuse := true
		d.board.fault = func(op string, _ spool.Post) (bool, error) {
			if op == "withdraw" && refuse {
				return false, fail(spool.Temporary, 0)
			}
			return true, nil
		}
		d.write("fire", twoDead)
		d.run(5 * time.Minute)
		d.write("fire", threeDead)
		d.run(8 * time.Minute)
		d.write("fire", fourDead)
		d.run(3 * time.Minute)
		refuse = false
		d.run(3 * time.Hour)
		got := d.board.visible()
		if strings.Contains(got, twoDead) || !strings.HasPrefix(got, threeDead+" Correction: "+fourDead) {
			t.Errorf("readers see %q\n%s", got, d.tail())
		}
	})
}

// A feed that changes all its headlines at once corrects nothing by itself.
func TestAFloodOfCorrectionsIsHeld(t *testing.T) {
	onDesk(t, "reply", false, func(t *testing.T, d *desk) {
		f := d.plan.Feeds["city"]
		f.Burst = 3
		d.plan.Feeds["city"] = f
		for _, name := range []string{"a", "b", "c"} {
			d.write(name, "Council meets about matter "+name+" in Leeds")
		}
		d.run(4 * time.Minute)
		d.write("d", "Council meets about matter d in Leeds")
		d.run(4 * time.Minute)
		for _, name := range []string{"a", "b", "c", "d"} {
			d.write(name, "Council meets about matter "+name+" in Bristol")
		}
		d.run(10 * time.Minute)
		held, err := d.db.Posts(t.Context(), store.Filter{Hold: spool.HoldBurst})
		if err != nil || len(held) != 4 || strings.Contains(d.board.visible(), "Correction") {
			t.Errorf("%d are held, readers see %q: %v", len(held), d.board.visible(), err)
		}
	})
}

// Of an article without a title the beginning of its text is what readers know:
// more text below is nothing, another figure in it is.
func TestAnEditOfAnArticleWithoutATitle(t *testing.T) {
	text := func(s string) func(*spool.Item) { return func(it *spool.Item) { it.Summary = s } }
	onDesk(t, "reply", false, func(t *testing.T, d *desk) {
		plain := d.plan.Feeds["city"]
		plain.Wording = summaries{}
		d.plan.Feeds["city"] = plain
		d.write("fire", "", text("The bridge is closed until 5 May."))
		d.run(5 * time.Minute)
		d.write("fire", "", text("The bridge is closed until 5 May. "+strings.Repeat("Buses go by the mill instead. ", 30)))
		d.run(5 * time.Minute)
		if got := d.board.visible(); got != "The bridge is closed until 5 May." {
			t.Errorf("readers see %q", got)
		}
		d.write("fire", "", text("The bridge is closed until 9 May."))
		d.run(10 * time.Minute)
		if got := d.board.visible(); !strings.Contains(got, "Correction: The bridge is closed until 9 May.") {
			t.Errorf("readers see %q\n%s", got, d.tail())
		}
	})
}

// summaries words an item with its text.
type summaries struct{ titles }

func (summaries) Compose(it spool.Item, _ compose.Values, _ spool.TextLimits) (spool.Content, compose.Report, error) {
	return spool.Content{Text: it.Summary[:min(len(it.Summary), 60)]}, compose.Report{}, nil
}

func (summaries) Correct(it spool.Item, _ compose.Values, _ spool.TextLimits) (spool.Content, compose.Report, error) {
	return spool.Content{Text: "Correction: " + it.Summary}, compose.Report{}, nil
}

// A post is replaced just while its item is edited again: the poll has looked for
// posts whose words it may change before there was one, and finds none that readers
// see afterwards. What replaces it says the newest all the same.
func TestAnEditAtTheMomentOfAReplacement(t *testing.T) {
	onDesk(t, "replace", false, func(t *testing.T, d *desk) {
		d.write("fire", twoDead)
		d.run(5 * time.Minute)
		p := d.announced(twoDead)
		d.change(func(a *Account) { a.Pace = Pace{Spacing: 30 * time.Minute} }) // what replaces it waits
		d.write("fire", threeDead)
		d.run(5 * time.Minute)
		d.wantState(p.ID, spool.Dropped)
		early := &tooEarly{Store: d.Store}
		d.Store = early
		d.write("fire", fourDead)
		d.run(time.Hour)
		if got := d.board.visible(); !early.asked || got != "An old story "+fourDead && got != fourDead {
			t.Errorf("readers see %q\n%s", got, d.tail())
		}
	})
}

// tooEarly is a store that is asked for posts that wait a moment before there is one.
type tooEarly struct {
	Store
	asked bool
}

func (s *tooEarly) PostsOf(ctx context.Context, items []string) ([]spool.Post, error) {
	all, err := s.Store.PostsOf(ctx, items)
	if !s.asked && len(all) > 0 {
		s.asked = true
		return nil, err
	}
	return all, err
}

// A correction that a person has worded while it waits keeps those words, whatever the
// feed changes then; and one that the feed takes back is not told all the same.
func TestACorrectionThatAPersonHasWorded(t *testing.T) {
	takesLong(t)
	for name, c := range map[string]struct{ then, want string }{
		"changed again": {fourDead, twoDead + " Sorry, three<"},
		"taken back":    {twoDead, twoDead},
	} {
		t.Run(name, func(t *testing.T) {
			onDesk(t, "reply", false, func(t *testing.T, d *desk) {
				f := d.plan.Feeds["city"]
				f.Settle = 10 * time.Minute
				d.plan.Feeds["city"] = f
				d.write("fire", twoDead)
				d.run(15 * time.Minute)
				p := d.announced(twoDead)
				d.write("fire", threeDead)
				d.run(3 * time.Minute)
				waits := d.followersOf(p.ID, spool.Correct)
				if len(waits) != 1 {
					t.Fatal(len(waits), d.tail())
				}
				said := waits[0].Content
				said.Text, said.ByHand = "Sorry, three", true
				if _, err := d.db.Steer(t.Context(), waits[0].ID, spool.Event{What: spool.Reworded, Content: said, Who: "ana"}, spool.Rules{}); err != nil {
					t.Fatal(err)
				}
				d.write("fire", c.then)
				d.run(20 * time.Minute)
				if got := strings.ReplaceAll(d.board.visible(), "<"+p.ID, "<"); got != c.want {
					t.Errorf("readers see %q, want %q\n%s", got, c.want, d.edits(p.Item))
				}
			})
		})
	}
}
