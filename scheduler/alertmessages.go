package scheduler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"spool"
	"spool/alerts"
	"spool/feeds"
)

// A Getter also fetches what an index of alerts points to; *feeds.Fetcher is one.
// Without it such messages are not read.
type Getter interface {
	Get(ctx context.Context, s feeds.Source, limit int64) (feeds.Page, error)
}

// Bounds of the messages that an index points to.
const (
	maxMessages     = 50               // fetched in one poll
	maxMessage      = 1 << 20          // bytes of one
	maxRemembered   = 32 << 20         // bytes of all that are kept in memory
	messagesTime    = 40 * time.Second // for those of one poll
	messagesAtOnce  = 2                // requests under way
	deadLink        = time.Hour        // for so long a message must not be there before the index is not believed
	acceptMessage   = "application/cap+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
	slowestBackward = 10 * time.Minute // between two tries of a message that is not there
)

// messages are those of the indexes of feeds, as they were fetched: an index lists
// them for days, and each is fetched once. They are in memory only: a new process
// fetches them anew.
type messages struct {
	mu    sync.Mutex
	feeds map[string]map[string]message // by feed and address
	size  int
}

// A message is what is known of an address that an index names.
type message struct {
	version string
	body    []byte    // of that version; nil: it could not be had
	dead    time.Time // since when its server says that it is not there; zero: it does not
	tried   time.Time // when it was last asked for
}

// kept are the messages of a feed that are known in the versions that are wanted. What
// the index does not name any more is forgotten.
func (m *messages) kept(feed string, wanted []alerts.Pointer) map[string]message {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, keep := m.feeds[feed], make(map[string]message, len(wanted))
	for _, p := range wanted {
		if c, ok := known[p.URL]; ok && (c.version == p.Version || c.body == nil) {
			keep[p.URL] = c
		}
	}
	m.replace(feed, keep)
	out := make(map[string]message, len(keep))
	for address, c := range keep {
		out[address] = c
	}
	return out
}

// replace puts messages in the place of those of a feed.
func (m *messages) replace(feed string, by map[string]message) {
	for _, c := range m.feeds[feed] {
		m.size -= len(c.body)
	}
	for _, c := range by {
		m.size += len(c.body)
	}
	if m.feeds == nil {
		m.feeds = map[string]map[string]message{}
	}
	m.feeds[feed] = by
}

// keep remembers a message, if there is room.
func (m *messages) keep(feed, address string, c message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	of := m.feeds[feed]
	if of == nil || m.size-len(of[address].body)+len(c.body) > maxRemembered {
		return
	}
	m.size += len(c.body) - len(of[address].body)
	of[address] = c
}

// forget lets go of the messages of feeds that are not in the plan any more.
func (m *messages) forget(p Plan) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for feed := range m.feeds {
		if _, planned := p.Feeds[feed]; !planned {
			m.replace(feed, nil)
			delete(m.feeds, feed)
		}
	}
}

// readMessages reads an index together with the messages that it points to. Those that
// could not be had stay among Missing, unless they have not been there for long.
func (s *Scheduler) readMessages(ctx context.Context, f Feed, state spool.FeedState, doc alerts.Document, wanted []alerts.Pointer) (alerts.Reading, error) {
	known := s.messages.kept(f.Name, wanted)
	failed := s.fetchMessages(ctx, f, state, wanted, known)
	doc.Messages = make(map[string][]byte, len(wanted))
	for address, c := range known {
		if c.body != nil {
			doc.Messages[address] = c.body
		}
	}
	reading, err := s.Alerts.Read(doc)
	if err != nil {
		return reading, err
	}
	now := s.Now()
	reading.Missing = slices.DeleteFunc(slices.Clone(reading.Missing), func(p alerts.Pointer) bool {
		dead := known[p.URL].dead
		return !dead.IsZero() && now.Sub(dead) >= deadLink
	})
	reading.Skipped = append(reading.Skipped, failed...)
	return reading, nil
}

// fetchMessages fetches what is not known, and adds it. It returns what could not be
// had, for people.
func (s *Scheduler) fetchMessages(ctx context.Context, f Feed, state spool.FeedState, wanted []alerts.Pointer, known map[string]message) []string {
	getter, ok := s.Fetcher.(Getter)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, messagesTime)
	defer cancel()
	now := s.Now()
	var open []alerts.Pointer
	for _, p := range wanted {
		if c := known[p.URL]; c.body == nil && now.Sub(c.tried).Abs() >= c.pause(now) && len(open) < maxMessages {
			open = append(open, p)
		}
	}
	var mu sync.Mutex
	var failed []string
	each(open, messagesAtOnce, func(p alerts.Pointer) {
		if ctx.Err() != nil {
			return
		}
		body, err := fetchMessage(ctx, getter, f.messageSource(state, p))
		mu.Lock()
		defer mu.Unlock()
		c := known[p.URL].after(p, body, err, now)
		known[p.URL] = c
		s.messages.keep(f.Name, p.URL, c)
		if err != nil && ctx.Err() == nil {
			failed = append(failed, fmt.Sprintf("the message at %s could not be fetched: %v", shown(p.URL), err))
		}
	})
	return failed
}

// pause is how long a message is left alone after it was asked for in vain.
func (c message) pause(now time.Time) time.Duration {
	if c.dead.IsZero() {
		return 0
	}
	return min(now.Sub(c.dead), slowestBackward)
}

// after is what is known of a message once it was asked for.
func (c message) after(p alerts.Pointer, body []byte, err error, now time.Time) message {
	c.version, c.body, c.tried = p.Version, body, now
	var e *feeds.Error
	gone := errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
	switch {
	case !gone:
		c.dead = time.Time{}
	case c.dead.IsZero():
		c.dead = now
	}
	return c
}

// messageSource is how a message is asked for. What the feed's own server is told goes
// to no other.
func (f Feed) messageSource(state spool.FeedState, p alerts.Pointer) feeds.Source {
	src := f.Access
	src.Name, src.URL, src.Home, src.Accept = f.Name, p.URL, f.URL, acceptMessage
	src.Kind = feeds.AnyKind
	if state.Memory.Address != "" && sameSite(f.URL, state.Memory.Address) {
		src.Home = state.Memory.Address
	}
	return src
}

func fetchMessage(ctx context.Context, g Getter, src feeds.Source) ([]byte, error) {
	page, err := g.Get(ctx, src, maxMessage)
	if err == nil {
		err = page.Err()
	}
	switch {
	case err != nil:
		return nil, err
	case page.Cut:
		return nil, fmt.Errorf("it is longer than %d bytes", maxMessage)
	case page.Body == nil:
		return []byte{}, nil // that it is empty is for the reader to say
	}
	return page.Body, nil
}

// each does something with every entry of a list, a few at a time.
func each[T any](list []T, atOnce int, do func(T)) {
	next := make(chan T)
	var all sync.WaitGroup
	for range min(atOnce, len(list)) {
		all.Go(func() {
			for one := range next {
				do(one)
			}
		})
	}
	for _, one := range list {
		next <- one
	}
	close(next)
	all.Wait()
}
