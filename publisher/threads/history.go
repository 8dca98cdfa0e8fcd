package threads

import (
	"context"
	"errors"
	"time"

	"spool"
	"spool/publisher"
)

// History reads what the account has posted since a moment, the newest three
// hundred posts at most.
func (c *Client) History(ctx context.Context, since time.Time) (publisher.History, error) {
	list, err := c.list(ctx, c.onClock(since), historyPages)
	if err != nil && !errors.Is(err, errTooMany) {
		return nil, c.explain("read the profile", err, throttleWaits[0])
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
		if m.Link == "" {
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
// missing. The post may have been made in any of the shapes that Prepare falls
// back to, by a database that is gone.
func (h *history) Match(p spool.Post, taken map[string]bool) (spool.Receipt, bool) {
	shared := len(h.texts[plainLink(p.Content.Link)]) > 1
	q := publisher.Query{Post: p, Taken: taken, LinkShared: shared}
	for _, n := range shapes(p.Content) {
		if seen := match(h.list, q, n); seen.matched() {
			return seen[0].receipt(""), true
		}
	}
	return spool.Receipt{}, false
}

// shapes are the ways in which a content may have been posted.
func shapes(c spool.Content) []notes {
	var all []notes
	for _, image := range []bool{false, true} {
		if image && picture(c).URL == "" {
			continue
		}
		for _, short := range []bool{false, true} {
			if short && c.Short == "" {
				continue
			}
			for _, noCard := range []bool{false, true} {
				n := notes{Short: short, NoCard: noCard, NoImage: !image, Shape: shapeText}
				if image {
					n.Shape = shapeImage
				}
				all = append(all, n)
			}
		}
	}
	return all
}
