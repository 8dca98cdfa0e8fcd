package feedstest

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Sample returns the nth story of a made-up newsroom, with its picture: the
// same story for the same n, and others for all others.
func Sample(n int64, published time.Time) Article {
	who := []string{"City council", "Harbour office", "Line 4", "Central library", "Fire brigade", "Riverside school", "Botanical garden", "Night market", "Weather service", "Old Town theatre", "Tram depot"}
	does := []string{"opens its doors on Sundays", "asks residents for ideas", "reports a record month", "moves to a new home", "tests a quieter timetable", "says thank you to volunteers", "publishes its plans for spring"}
	where := []string{"on the east bank", "in the harbour quarter", "near the main station", "at Mill Square", "along the canal"}
	more := []string{"What it means for those who live there, and what comes next", "The council will talk about it in public on Thursday", "Neighbours had waited for it since last spring", "How it came about, and what it will cost", "Three people who know it well tell what they expect", "Our reporter went to look, and met many who are glad of it", "What was promised, and what has become of it", "The whole conversation, with pictures"}
	a := pick(who, n)
	title := fmt.Sprintf("%s %s %s", a, pick(does, n), pick(where, n))
	guid := fmt.Sprintf("sample-%d", n)
	return Article{
		GUID: guid, Title: title, Link: pagePath(guid) + "/" + strings.ReplaceAll(strings.ToLower(title), " ", "-"), Author: "Sample Desk", Categories: []string{"Local"},
		Summary: fmt.Sprintf("<p>%s. %s.</p>", title, pick(more, n)),
		Image:   Picture(guid), Alt: "A plain coloured card that stands in for a photograph",
		Published: published,
	}
}

// pick takes the nth of a list that begins again at its end. The lists of
// Sample have no common divisor, so that it takes 385 stories until a title comes
// again, and 3080 until a whole story does.
func pick(list []string, n int64) string {
	return list[((n%int64(len(list)))+int64(len(list)))%int64(len(list))]
}

// Grow writes a story into a feed at the start of every period of time, and
// the latest few at once, until ctx ends. Which story it is depends on the time
// alone: a newsroom that is started anew has the same stories as before.
func (p *Publisher) Grow(ctx context.Context, name string, every time.Duration, backlog int) {
	p.Begin(name, every, backlog)(ctx)
}

// Begin writes the latest few stories and returns what writes those to come: for
// whoever needs a feed that is there before anybody asks for it.
func (p *Publisher) Begin(name string, every time.Duration, backlog int) (grow func(context.Context)) {
	return p.begin(every, backlog, func(n int64) {
		p.Add(name, Sample(n, time.Unix(0, n*int64(every)).UTC()))
	})
}

// BeginRestless is Begin for a newsroom that tells every fifth story at length, and
// corrects every fourth when the second one after it comes.
func (p *Publisher) BeginRestless(name string, every time.Duration, backlog int) (grow func(context.Context)) {
	return p.begin(every, backlog, func(n int64) {
		a := Sample(n, time.Unix(0, n*int64(every)).UTC())
		if n%5 == 0 {
			a.Summary = atLength(a.Title)
		}
		p.Add(name, a)
		if (n-2)%4 == 0 {
			p.Edit(name, Sample(n-2, time.Time{}).GUID, correct)
		}
	})
}

// correct has a story say another thing than before.
func correct(a *Article) {
	for _, place := range [][2]string{
		{"on the east bank", "on the west bank"}, {"in the harbour quarter", "in the university quarter"},
		{"near the main station", "near the south station"}, {"at Mill Square", "at Market Square"}, {"along the canal", "along the river"},
	} {
		a.Title = strings.ReplaceAll(a.Title, place[0], place[1])
		a.Summary = strings.ReplaceAll(a.Summary, place[0], place[1])
	}
	a.Updated = a.Published.Add(time.Minute)
}

// atLength is a story that no network takes in one post.
func atLength(title string) string {
	var b strings.Builder
	for _, part := range []string{
		"It was decided late in the evening, after two hours in which everybody who wanted to speak was heard.",
		"Those who had asked for it say that it comes at the right time; others would have waited for another year.",
		"The work begins in spring and takes until the first leaves fall, as far as anybody can tell today.",
		"Until then the side door is open, and whoever needs help with the steps finds a bell beside it.",
		"What it costs is known to the last coin, since the plans were made by people who had done the same before.",
		"The neighbours are invited to a walk on Saturday at ten, with tea for all, and to ask whatever they like.",
		"Our desk will be there, and will tell how it went.",
	} {
		b.WriteString("<p>" + part + "</p>")
	}
	return "<p>" + title + ".</p>" + b.String() + "<p>This was about: " + title + ".</p>"
}

func (p *Publisher) begin(every time.Duration, backlog int, write func(n int64)) (grow func(context.Context)) {
	next := p.now().UnixNano()/int64(every) - int64(backlog) + 1
	catchUp := func() {
		for ; !p.now().Before(time.Unix(0, next*int64(every))); next++ {
			write(next)
		}
	}
	catchUp()
	return func(ctx context.Context) {
		for ; ctx.Err() == nil; catchUp() {
			wait := time.NewTimer(time.Unix(0, next*int64(every)).Sub(p.now()))
			select {
			case <-wait.C:
			case <-ctx.Done():
				wait.Stop()
			}
		}
	}
}
