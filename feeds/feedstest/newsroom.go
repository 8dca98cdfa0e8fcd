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
	next := p.now().UnixNano()/int64(every) - int64(backlog) + 1
	catchUp := func() {
		for ; !p.now().Before(time.Unix(0, next*int64(every))); next++ {
			p.Add(name, Sample(next, time.Unix(0, next*int64(every)).UTC()))
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
