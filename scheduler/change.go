package scheduler

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"spool"
	"spool/dedupe"
)

// What the configuration says of items that change after they were posted. Any
// other word leaves the posts as they are.
const (
	onChangeReply   = "reply"
	onChangeEdit    = "edit"
	onChangeReplace = "replace"
)

// correctionEvery is how far apart two corrections of one post are at least, and
// replaceable for how long after it went live a post may be replaced.
const (
	correctionEvery = time.Hour
	replaceable     = time.Hour
)

// amend adds to a poll what follows from edits of items whose posts are out, or on
// their way so that their words cannot be changed any more. Whether the words of a
// guest have changed shows in the headline that its post was made of.
func (s *Scheduler) amend(ctx context.Context, in *spool.Ingest, plan Plan, f Feed, verdicts []dedupe.Verdict, now time.Time) error {
	edited := itemsOf(verdicts, func(v dedupe.Verdict) bool {
		return !v.Blocked && (v.Kind == dedupe.Edited || v.Guest && f.corrects())
	})
	if len(edited) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(edited))
	posts, err := s.Store.AllPosts(ctx, ids)
	if err != nil {
		return err
	}
	in.Reworded = append(in.Reworded, s.justRecorded(in, plan, f, posts, edited, now)...)
	revisions := s.revisions(plan, f, posts, now)
	if len(revisions) == 0 {
		return nil
	}
	before, err := s.Store.Bodies(ctx, ids)
	if err != nil {
		return err
	}
	guests := itemsOf(verdicts, func(v dedupe.Verdict) bool { return v.Guest })
	notes, recorded := map[string][]string{}, len(in.Posts)
	for _, r := range revisions {
		r.after = edited[r.target.Item]
		_, r.guest = guests[r.target.Item]
		r.before, r.known = before[r.target.Item]
		if note := r.decide(in); note != "" {
			notes[r.target.Item] = append(notes[r.target.Item], r.target.Account+": "+note)
		}
	}
	f.flood(in, recorded)
	for i := range in.Fates {
		if fate := &in.Fates[i]; fate.Verdict == spool.Changed && len(notes[fate.Item]) > 0 {
			fate.Reason = strings.TrimPrefix(fate.Reason+"; "+strings.Join(notes[fate.Item], "; "), "; ")
		}
	}
	return nil
}

// justRecorded gives the newest words to those posts that nothing was sent of and that
// were not there yet, or not waiting, when the poll looked for such: what replaces a
// post is recorded at the moment at which that one is withdrawn.
func (s *Scheduler) justRecorded(in *spool.Ingest, plan Plan, f Feed, posts []spool.Post, edited map[string]spool.Item, now time.Time) []spool.Transition {
	var out []spool.Transition
	for _, p := range posts {
		a, planned := plan.Accounts[p.Account]
		waits := (p.State == spool.Waiting || p.State == spool.Held) && !underWay(p)
		if !planned || !waits || p.Feed != f.Name || p.Purpose != spool.Announce && p.Purpose != spool.Replace ||
			slices.ContainsFunc(in.Reworded, func(t spool.Transition) bool { return t.Post.ID == p.ID }) {
			continue
		}
		if t, ok := s.newWords(p, f, a, edited[p.Item], true, now); ok {
			out = append(out, t)
		}
	}
	return out
}

// corrects reports whether the feed's edits lead to anything once a post is out.
func (f Feed) corrects() bool {
	return f.OnChange == onChangeReply || f.OnChange == onChangeEdit || f.OnChange == onChangeReplace
}

// flood holds the corrections of a poll, which are all behind so many posts, when
// there are more of them than the feed may have new items at once: then somebody has
// changed how it is written, and not what it says.
func (f Feed) flood(in *spool.Ingest, behind int) {
	n := len(in.Posts) - behind
	if f.Burst <= 0 || n <= f.Burst {
		return
	}
	for i := range in.Posts[behind:] {
		p := &in.Posts[behind+i]
		p.State, p.Hold = spool.Held, spool.HoldBurst
		p.Reason = strconv.Itoa(n) + " posts are to be corrected at once, more than burst allows"
		in.Causes[behind+i] += "; " + p.Reason
	}
}

// A revision is an item that its feed has changed, and one account's post about it.
type revision struct {
	*Scheduler
	feed   Feed
	acct   Account
	now    time.Time
	before spool.Item // as it is remembered, if known
	after  spool.Item
	known  bool
	guest  bool // the words that are remembered are another feed's

	target    spool.Post   // readers see it, or are about to
	headline  string       // that readers know: of target, or of its latest correction; empty: it is not known
	open      *spool.Post  // what was to change target and nothing was sent of
	leaving   bool         // target is just being replaced
	followers []spool.Post // all that ever were to change target
	last      time.Time    // when target was last changed or corrected
}

// revisions finds, per item and account, what there is to be changed or corrected.
func (s *Scheduler) revisions(plan Plan, f Feed, posts []spool.Post, now time.Time) []*revision {
	var all []*revision
	byTarget := map[string]*revision{}
	at := map[[2]string]int{}
	for _, p := range posts {
		acct, planned := plan.Accounts[p.Account]
		if !planned || p.Feed != f.Name || p.Purpose != spool.Announce && p.Purpose != spool.Replace || !underWay(p) {
			continue
		}
		r := &revision{Scheduler: s, feed: f, acct: acct, now: now, target: p, headline: p.Content.Headline}
		if p.Purpose == spool.Replace {
			r.last = p.LiveAt
		}
		key := [2]string{p.Item, p.Account}
		if i, twice := at[key]; twice { // a replacement comes after what it replaces
			all[i] = r
		} else {
			at[key] = len(all)
			all = append(all, r)
		}
		byTarget[p.ID] = r
	}
	for _, p := range posts {
		if r := byTarget[p.Parent]; r != nil && p.Parent != "" {
			r.follow(p)
		}
	}
	return all
}

// underWay reports whether readers see a post, or its words cannot be changed any
// more because something was prepared or sent with them.
func underWay(p spool.Post) bool {
	switch p.State {
	case spool.Live, spool.Sending, spool.Doubt:
		return true
	case spool.Waiting, spool.Held:
		return p.Attempts > 0 || p.Draft.State != ""
	}
	return false
}

// follow takes in what was to change the target, the oldest first.
func (r *revision) follow(p spool.Post) {
	replaces := p.Purpose == spool.Withdraw && p.Content.Next != nil
	if p.Purpose != spool.Correct && p.Purpose != spool.Edit && !replaces {
		return
	}
	r.followers = append(r.followers, p)
	if p.State == spool.Failed || p.State == spool.Dropped {
		return
	}
	if !underWay(p) {
		r.open = &p
		return
	}
	if p.State != spool.Live {
		r.leaving = r.leaving || replaces
	}
	if h := p.Content.Headline; h != "" {
		r.headline = h
	}
	for _, t := range []time.Time{p.Begun, p.LiveAt} {
		if t.After(r.last) {
			r.last = t
		}
	}
}

// decide adds to a poll what follows from the edit, and says it for people.
func (r *revision) decide(in *spool.Ingest) string {
	if r.leaving {
		// What stands in its place is about to be recorded with the words of before:
		// the edit is not taken note of yet, so that it is met again then.
		in.Edited = slices.DeleteFunc(in.Edited, func(n spool.NewItem) bool { return n.Item.ID == r.target.Item })
		in.Fates = slices.DeleteFunc(in.Fates, func(f spool.Fate) bool { return f.Item == r.target.Item && f.Verdict == spool.Changed })
		in.Feed.Validators, in.Feed.BodyHash = spool.Validators{}, ""
		return ""
	}
	change := r.change()
	if r.guest && change.Degree == dedupe.Unchanged {
		return ""
	}
	if !r.feed.corrects() {
		return "the post is left as it is (on_change: ignore)"
	}
	if r.open != nil {
		return r.reconsider(in, change)
	}
	purpose := r.purpose(change)
	if purpose == "" {
		return "the post is left as it is: " + cmp.Or(change.Why, "it says the same")
	}
	content, err := r.content(purpose)
	if err != nil {
		return "the post is left as it is: " + err.Error()
	}
	if purpose == spool.Edit && r.shows(content) {
		return "the post says so already"
	}
	p := r.post(purpose, content)
	cause := "the feed changed the item"
	if change.Why != "" {
		cause += ": " + change.Why
	}
	if p.Reason != "" {
		cause += "; " + p.Reason
	}
	in.Posts, in.Causes = append(in.Posts, p), append(in.Causes, cause)
	return strings.TrimSuffix(deeds[purpose]+": "+change.Why, ": ")
}

var deeds = map[spool.Purpose]string{
	spool.Correct:  "a correction answers the post",
	spool.Edit:     "the post is edited",
	spool.Withdraw: "the post is replaced",
}

// change says how much the item differs from what readers of the post know. A mark
// counts when it appears, so it is looked for in what is remembered of the item.
func (r *revision) change() dedupe.Change {
	var edit dedupe.Change
	if r.known && !r.guest {
		if edit = dedupe.Classify(r.before, r.after); edit.Degree == dedupe.Marked {
			return edit
		}
	}
	untitled := r.after.Title == ""
	switch {
	case r.headline == "" && (r.known || r.guest):
		return edit // nobody noted what the post was made of: what was remembered counts
	case r.known && !r.guest && untitled != (r.before.Title == ""):
		return edit // what was told is of another kind
	}
	known := r.headline
	if known == "" {
		known = first(r.target.Content.Text)
	}
	told := dedupe.Classify(toldBy(known, untitled), toldBy(headlineOf(r.after), untitled))
	if !told.Tells() && edit.Degree > dedupe.Unchanged {
		return dedupe.Change{Degree: dedupe.Cosmetic, Why: "its headline says the same"}
	}
	return told
}

// toldBy is an item of which readers know nothing but a headline. Of one without a
// title that is the beginning of its text, which may be longer in the other form.
func toldBy(headline string, untitled bool) spool.Item {
	if untitled {
		return spool.Item{Summary: headline}
	}
	return spool.Item{Title: headline}
}

// headlineOf is what of an item its readers are told: its title, or the beginning
// of its text, in whole words as long as they have spaces between them.
func headlineOf(it spool.Item) string {
	words := strings.Fields(cmp.Or(strings.TrimSpace(it.Title), it.Summary))
	length := 0
	for i, w := range words {
		if length += utf8.RuneCountInString(w) + 1; length > longestTitled && i > 0 {
			words = words[:i]
			break
		}
	}
	headline := strings.Join(words, " ")
	if r := []rune(headline); len(r) > longestTitled {
		return string(r[:longestTitled])
	}
	return headline
}
