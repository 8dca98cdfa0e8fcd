package feedstest

import (
	"context"
	"fmt"
	"time"
)

// Sample returns the nth story of a made-up newsroom, with its picture: the
// same story for the same n, and others for all others.
func Sample(n int64, published time.Time) Article {
	who := []string{"City council", "Harbour office", "Line 4", "Central library", "Fire brigade", "Riverside school", "Botanical garden", "Night market", "Weather service", "Old Town theatre", "Tram depot"}
	does := []string{"opens its doors on Sundays", "asks residents for ideas", "reports a record month", "moves to a new home", "tests a quieter timetable", "says thank you to volunteers", "publishes its plans for spring"}
	where := []string{"on the east bank", "in the harbour quarter", "near the main station", "at Mill Square", "along the canal"}
	a := pick(who, n)
	title := fmt.Sprintf("%s %s %s", a, pick(does, n), pick(where, n))
	guid := fmt.Sprintf("sample-%d", n)
	return Article{
		GUID: guid, Title: title, Author: "Sample Desk", Categories: []string{"Local"},
		Summary: fmt.Sprintf("<p>%s. What it means for those who live there, and what comes next, in story number %d of this sample newsroom.</p>", title, n),
		Image:   Picture(guid), Alt: "A plain coloured card that stands in for a photograph",
		Published: published,
	}
}

// pick takes the nth of a list that begins again at its end. The lists of
// Sample have no common divisor, so that it takes 385 stories to repeat.
func pick(list []string, n int64) string {
	return list[((n%int64(len(list)))+int64(len(list)))%int64(len(list))]
}

// Grow writes a story into a feed at the start of every period of time, and
// the latest few at once, until ctx ends. Which story it is depends on the time
// alone: a newsroom that is started anew has the same stories as before.
func (p *Publisher) Grow(ctx context.Context, name string, every time.Duration, backlog int) {
	next := p.now().UnixNano()/int64(every) - int64(backlog) + 1
	for {
		for ; !p.now().Before(time.Unix(0, next*int64(every))); next++ {
			p.Add(name, Sample(next, time.Unix(0, next*int64(every)).UTC()))
		}
		wait := time.NewTimer(time.Unix(0, next*int64(every)).Sub(p.now()))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return
		}
	}
}
