package spool

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write docs/states.md anew")

const statesFile = "docs/states.md"

// TestStatesDocument compares docs/states.md with what Next does. The document
// is made by trying every event in every state.
func TestStatesDocument(t *testing.T) {
	want := statesDocument()
	if *update {
		if err := os.WriteFile(statesFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(statesFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what Next does; \"make generate\" writes it anew", statesFile)
	}
}

var stateMeaning = map[State]string{
	Waiting: "It is due at its `not before`. A network may be preparing it meanwhile, which no reader can see.",
	Sending: "A request that makes it visible may be under way.",
	Doubt:   "It may or may not be live. Spool looks at the network until it knows.",
	Held:    "It waits for a person: for approval, after a burst, for credentials, or because nobody can tell whether it is live.",
	Live:    "Readers can see it.",
	Failed:  "The network refused it for good. A person may retry it.",
	Dropped: "It was cancelled, its deadline passed, or it was withdrawn after it had been live.",
}

var purposeMeaning = map[Purpose]string{
	Announce: "the first post about an item; of each item and account there is one",
	Continue: "goes on where the text of its parent ends",
	Correct:  "says what has changed in an article",
	Edit:     "gives its parent other words in place",
	Withdraw: "takes its parent off the account",
	Replace:  "comes in the place of a post that was withdrawn",
	Renew:    "announces an alert anew, when the announcement before came to nothing or somebody took it away",
	Update:   "says what has become of an alert",
	Close:    "says that an alert is over",
}

var eventMeaning = map[What]string{
	Prepared:  "the network holds a draft that readers cannot see",
	Began:     "a request that could make it visible is about to start",
	Delivered: "the network says that it is live",
	Refused:   "a request ended without success",
	Lapsed:    "whoever was sending it is gone",
	Found:     "somebody looked, and it is live",
	Absent:    "somebody looked, and it is not there",
	Unclear:   "somebody looked and could not tell",
	Checked:   "a live post was looked at again",
	Reworded:  "its item changed before anything was sent",
	Raised:    "a feed of higher priority brings its item, or its alert becomes worse, before anything was sent",
	Pictured:  "somebody went to fetch its pictures",
	Amended:   "a live post was given other words",
	Withdrawn: "a live post was taken off the account",
	Expired:   "its deadline passed",
	Orphaned:  "what it follows from is not live any more",
	Holding:   "a person holds it back",
	Approved:  "a person releases it",
	Resumed:   "what kept the account from posting is mended",
	Cancelled: "a person does not want it, its item was taken down, or its alert is another by now",
	Retried:   "a person wants it tried again",
	Hurried:   "a person wants it now",
}

func statesDocument() string {
	var b strings.Builder
	b.WriteString(`# The states of a post

This page is made from the code that decides (` + "`Next`" + ` in next.go) by ` + "`make generate`" + `;
do not edit it.

| State | Meaning |
|---|---|
`)
	for _, s := range States() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", s, stateMeaning[s])
	}
	b.WriteString(`
Nothing else moves a post than the events below, and each is kept in its history
with the time, the cause and who. What is not in the table cannot happen.

| In | When | Then |
|---|---|---|
`)
	for _, s := range States() {
		for _, what := range allEvents() {
			if _, ok := table[s][what]; ok {
				fmt.Fprintf(&b, "| `%s` | `%s`: %s | %s |\n", s, what, eventMeaning[what], outcomes(Announce, s, what))
			}
		}
	}
	b.WriteString(steersDocument())
	b.WriteString(purposesDocument())
	return b.String()
}

// purposesDocument is what posts are for.
func purposesDocument() string {
	var b strings.Builder
	b.WriteString(`
## What a post is for

| Purpose | Meaning | In the thread |
|---|---|---|
`)
	for _, p := range Purposes() {
		place := ""
		switch {
		case p.Heads():
			place = "begins one"
		case p.Replies():
			place = "answers its parent"
		case p.Steers():
			place = "changes its parent"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", p, purposeMeaning[p], place)
	}
	b.WriteString(`
Updates and the end of an alert answer the head of its thread, the live announcement,
and not one another: a reply that somebody took away breaks nothing. Nothing is closed
that was not announced. The states and events are the same for all purposes.
`)
	return b.String()
}

// steersDocument is about posts that change another one: what is different.
func steersDocument() string {
	var b strings.Builder
	b.WriteString(`
An edit or a withdrawal is a post that changes another one. Its request may be made
again at will, so nobody ever has to look whether it was made; it is "live" when it
is done. Nothing becomes visible by it, and in these cases it goes another way:

| In | When | Then |
|---|---|---|
`)
	for _, s := range States() {
		for _, what := range allEvents() {
			if _, ok := table[s][what]; !ok || s == Doubt {
				continue
			}
			if got := outcomes(Withdraw, s, what); got != outcomes(Announce, s, what) {
				fmt.Fprintf(&b, "| `%s` | `%s`: %s | %s |\n", s, what, eventMeaning[what], got)
			}
		}
	}
	b.WriteString(`
What follows from a post is recorded together with the event that makes it live:
the next part of a text that goes on (` + "`continue`" + `), and what takes the place of a
post that was withdrawn (` + "`replace`" + `).
`)
	return b.String()
}

// A trial is one way in which an event can happen.
type trial struct {
	when   string
	event  Event
	change func(*Post)
	after  time.Duration
}

func trials(s State, what What) []trial {
	switch what {
	case Refused:
		var out []trial
		for k := Unsure; k <= Permanent; k++ {
			out = append(out, trial{when: k.String(), event: Event{Failure: &Failure{Op: "x", Kind: k, Err: errors.New("x")}}})
		}
		return out
	case Absent:
		return []trial{
			{when: "it may still appear"},
			{when: "sending the very same again cannot make a second one", event: Event{Again: true}},
			{when: "nothing sent can appear any more, or the grace time is over", event: Event{Gone: true}},
			{when: "the same for the third time", event: Event{Gone: true}, change: func(p *Post) { p.Resent = 2 }},
		}
	case Raised:
		if s != Held {
			return []trial{{event: Event{Priority: High}}}
		}
		return []trial{
			{when: "it is held for a burst", event: Event{Priority: High}, change: func(p *Post) { p.Hold = HoldBurst }},
			{when: "it is held for another reason", event: Event{Priority: High}},
		}
	case Pictured:
		return []trial{{}, {when: "one of them has no description, and its feed wants one", event: Event{Hold: "no description"}}}
	case Unclear:
		return []trial{{}, {when: "for longer than an hour, or six times the grace time", after: 48 * time.Hour, change: func(p *Post) { p.Looks = 9 }}}
	}
	return []trial{{}}
}

// outcomes says where an event leads, trial by trial.
func outcomes(purpose Purpose, s State, what What) string {
	var to []string
	whens := map[string][]string{}
	for _, trial := range trials(s, what) {
		p := postIn(s)
		p.Purpose = purpose
		if trial.change != nil {
			trial.change(&p)
		}
		trial.event.What = what
		tr, err := Next(p, trial.event, Rules{}, start.Add(trial.after))
		if err != nil {
			return "**" + err.Error() + "**"
		}
		result := fmt.Sprintf("`%s`", tr.Post.State)
		if tr.Post.Hold != "" && tr.Post.Hold != p.Hold {
			result += " (" + string(tr.Post.Hold) + ")"
		}
		if !slices.Contains(to, result) {
			to = append(to, result)
		}
		if trial.when != "" {
			whens[result] = append(whens[result], trial.when)
		}
	}
	var out []string
	for _, result := range to {
		if list := whens[result]; len(list) > 0 {
			result = strings.Join(list, ", ") + " → " + result
		}
		out = append(out, result)
	}
	return strings.Join(out, "; ")
}
