package standin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"spool/publisher/standin"
)

// note is a post that may answer another.
type note struct{ id, user, text, to string }

type shown struct {
	note
	standin.Sight
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func layout(threads bool) standin.Layout[note, shown] {
	return standin.Layout[note, shown]{
		Name: "Gazette", Threads: threads,
		Traits: func(n note) standin.Traits {
			return standin.Traits{ID: n.id, ReplyTo: n.to, User: n.user, Text: n.text, Key: "k" + n.id, Here: "/" + n.id, Same: n.text, Time: noon}
		},
		View: func(n note, s standin.Sight) shown { return shown{n, s} },
	}
}

// sketch writes a page as one line: "-" stands before what is below its thread's
// first post, "<" before what it answers, "!" after what is there twice.
func sketch(t *standin.Timeline[shown]) string {
	if t == nil {
		return "nothing"
	}
	var all []string
	for _, p := range t.Posts {
		line := p.id
		if p.Below {
			line = "-" + line
		}
		if p.Reply != nil {
			line += "<" + p.Reply.Here
		}
		if p.Twice {
			line += "!"
		}
		all = append(all, line)
	}
	return strings.Join(all, " ")
}

func TestTimelines(t *testing.T) {
	notes := []note{ // newest first
		{"7", "radio", "again", ""},
		{"6", "paper", "lost", "0"},
		{"5", "paper", "two, more", "3"},
		{"4", "radio", "again", ""},
		{"8", "paper", "again", ""},
		{"3", "paper", "two", "1"},
		{"2", "paper", "beside", "1"},
		{"1", "paper", "one", ""},
	}
	for _, tt := range []struct {
		name         string
		threads      bool
		account, key string
		want         string
	}{
		{"in threads", true, "", "", "7! 6</ 4 8 1 -2 -3</1 -5"},
		{"as they came", false, "", "", "7! 6</ 5</3 4 8 3</1 2</1 1"},
		{"one of a thread", true, "", "k3", "3</1 -5"},
		{"one", false, "", "k3", "3</1"},
		{"none", true, "", "k0", "nothing"},
		{"an account", true, "paper", "", "7! 6</ 4 8 1 -2 -3</1 -5"}, // posts are chosen by the caller
		{"an account that is none", true, "nobody", "", "nothing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := layout(tt.threads).Timeline([]string{"paper", "radio"}, tt.account, tt.key, notes, noon)
			if sketch(got) != tt.want {
				t.Errorf("got  %s\nwant %s", sketch(got), tt.want)
			}
			if got != nil && (got.Count != 8 || got.Twice != 1 || got.More != 0) {
				t.Errorf("%d posts, %d twice, %d more", got.Count, got.Twice, got.More)
			}
		})
	}
}

func TestTimelineOfAnAccount(t *testing.T) {
	got := layout(true).Timeline([]string{"paper", "über"}, "über", "", nil, noon)
	if got.Title != "@über on Gazette" || got.Account.Initial != "Ü" || len(got.Accounts) != 2 || got.Accounts[0].Current || !got.Accounts[1].Current {
		t.Errorf("%+v, %+v", got, got.Account)
	}
	if all := layout(true).Timeline([]string{"paper"}, "", "", nil, noon); all.Title != "Gazette" || all.Account != nil || all.Accounts[0].Current {
		t.Errorf("%+v", all)
	}
}

func TestTimelinesAreBounded(t *testing.T) {
	var notes []note
	for i := range standin.MaxShown + 7 {
		notes = append(notes, note{id: fmt.Sprint(i), user: "paper", text: fmt.Sprint(i)})
	}
	if got := layout(false).Timeline(nil, "", "", notes, noon); len(got.Posts) != standin.MaxShown || got.More != 7 || got.Count != standin.MaxShown+7 {
		t.Errorf("%d shown, %d more of %d", len(got.Posts), got.More, got.Count)
	}
}

func TestSights(t *testing.T) {
	for age, want := range map[time.Duration]string{
		0: "now", 5 * time.Second: "5s", time.Minute: "1m", 59*time.Minute + 59*time.Second: "59m", time.Hour: "1h", 24 * time.Hour: "1d", 90 * 24 * time.Hour: "90d",
	} {
		got := layout(false).Timeline(nil, "", "", []note{{"1", "paper", "x", ""}}, noon.Add(age)).Posts[0]
		if got.Ago != want || got.Full != "22 November 2026, 12:00:00 UTC" || got.Stamp != "2026-11-22T12:00:00Z" || got.Here != "/1" || got.Initial != "P" || got.Hue < 0 || got.Hue > 5 {
			t.Errorf("after %v: %+v", age, got.Sight)
		}
	}
}

func TestCards(t *testing.T) {
	for link, want := range map[string]string{
		"https://www.a.example/news/bridge-is-closed.html": "a.example: Bridge is closed",
		"https://a.example/çà_et+là":                       "a.example: Çà et là",
		"https://a.example/":                               ": a.example",
		"https://a.example":                                ": a.example",
		"":                                                 "",
		"https://a.example/%":                              "",
	} {
		got := ""
		if c := standin.CardOf(link); c != nil {
			got = c.Host + ": " + c.Title
		}
		if got != want {
			t.Errorf("%q shows %q, want %q", link, got, want)
		}
	}
}
