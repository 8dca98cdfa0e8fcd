package mastodon

import (
	"context"
	"errors"
	"time"

	"spool"
	"spool/publisher"
)

// History reads what the account has posted since a moment, its newest 320
// statuses at most.
func (c *Client) History(ctx context.Context, since time.Time) (publisher.History, error) {
	list, err := c.until(ctx, c.onClock(since), historyPages)
	if err != nil && !errors.Is(err, errTooMany) {
		return nil, c.explain("read the profile", err, publisher.ThrottleWait(1))
	}
	return newHistory(list, c.known(ctx)), nil
}

// history is what is on a profile, with how many statuses there are for each
// link: one that several share proves nothing by itself.
type history struct {
	list  []status
	links map[string]int
	inst  instance
}

func newHistory(list []status, inst instance) *history {
	h := &history{list: list, links: map[string]int{}, inst: inst}
	for _, s := range list {
		met := map[string]bool{}
		for _, l := range readHTML(s.Content).links {
			if l = plainLink(l); !met[l] {
				met[l] = true
				h.links[l]++
			}
		}
	}
	return h
}

// Match finds p by its words, or by its link where no other status has it. Its
// words may have been made otherwise by a database that is gone. The link of an alert
// is that of many, and of what people write by hand: it proves nothing.
func (h *history) Match(p spool.Post, taken map[string]bool) (spool.Receipt, bool) {
	if p.Purpose.Steers() {
		return spool.Receipt{}, false
	}
	for _, content := range []*spool.Content{&p.Content, p.Content.Instead} {
		if content == nil {
			continue
		}
		text, _ := h.inst.words(*content, false)
		q := publisher.Query{Post: p, Taken: taken}
		q.Post.Content = *content
		if q.Post.Content.Link == "" {
			_, q.Post.Content.Link = lastLink(text)
		}
		follows := p.Purpose != spool.Announce && p.Purpose != "" // its parent had the same link
		q.LinkShared = follows || p.Content.Told != nil || h.links[plainLink(q.Post.Content.Link)] > 1
		if found, _, _ := match(h.list, wants(q, notes{}, text)); found.matched() {
			return found[0].receipt(""), true
		}
	}
	return spool.Receipt{}, false
}
