package threads

import (
	"context"
	"errors"
	"time"

	"spool"
	"spool/publisher"
)

// History reads what the account has posted since a moment, the newest three
// hundred posts and as many replies at most.
func (c *Client) History(ctx context.Context, since time.Time) (publisher.History, error) {
	list, err := c.profile(ctx, c.onClock(since), historyPages, true)
	if err != nil && !errors.Is(err, errTooMany) && !errors.Is(err, errNoReplies) {
		return nil, c.explain("read the profile", err, publisher.ThrottleWait(1))
	}
	return newHistory(list), nil
}

// history is what is on a profile, with how many different texts there are for
// each link: one that several posts share proves nothing by itself.
type history struct {
	list  []media
	texts map[string]map[string]bool
}

func newHistory(list []media) *history {
	h := &history{list: list, texts: map[string]map[string]bool{}}
	for _, m := range list {
		if m.Link == "" || m.RepliedTo.ID != "" { // a correction has the link of what it corrects
			continue
		}
		link := plainLink(m.Link)
		if h.texts[link] == nil {
			h.texts[link] = map[string]bool{}
		}
		h.texts[link][plain(m.Text)] = true
	}
	return h
}

// Match finds p by its link, or by its words where the link is shared or
// missing; a reply by its words and what it answers. The post may have been made
// in any of the ways that Prepare falls back to, by a database that is gone. The link
// of an alert is that of many, and of what people write by hand: it proves nothing.
func (h *history) Match(p spool.Post, taken map[string]bool) (spool.Receipt, bool) {
	for _, w := range ways(p.Content) {
		q := publisher.Query{Post: p, Taken: taken}
		q.Post.Content = w.content
		q.LinkShared = p.Content.Told != nil || len(h.texts[plainLink(w.notes.card(w.content))]) > 1
		if seen := match(h.list, q, w.notes); seen.matched() {
			return seen[0].receipt(w.notes), true
		}
	}
	return spool.Receipt{}, false
}

// way is one in which a content may have been posted.
type way struct {
	content spool.Content
	notes   notes
}

// ways are all of them: with whatever was left of its pictures, which do not
// show in the words, or with what stands in their place; shorter; without a card.
func ways(c spool.Content) []way {
	contents := []way{{c, notes{Shape: shapeText}}}
	if len(c.Media) > 0 {
		contents[0].notes.Shape = shapeAny
		contents[0].content.Media = nil
	}
	if c.Instead != nil {
		contents = append(contents, way{*c.Instead, notes{Shape: shapeText}})
	}
	var all []way
	for _, w := range contents {
		for _, short := range []bool{false, true} {
			if short && w.content.Short == "" {
				continue
			}
			for _, noCard := range []bool{false, true} {
				w.notes.Short, w.notes.NoCard = short, noCard
				all = append(all, w)
			}
		}
	}
	return all
}
