package scheduler

import (
	"net/http"
	"net/url"
	"time"

	"spool"
	"spool/feeds"
)

// When a redirect that calls itself permanent is believed: a captive portal, a
// forgotten domain and a broken cache send those too, but not for a week.
const (
	stableFor   = 7 * 24 * time.Hour
	stablePolls = 5
)

// How long a feed answers "gone" before it is not asked any more, and when it is
// asked then. The store takes what lies so far ahead for "never".
const (
	graceOfGone = 24 * time.Hour
	neverAgain  = 100 * 365 * 24 * time.Hour
)

// address is where the feed is asked: where it has moved for good, or its URL.
func (f Feed) address(m spool.FeedMemory) string {
	if m.Address != "" {
		return m.Address
	}
	return f.URL
}

// relocate notes where the feed has moved. A redirect that is permanent, and has
// been the same for long enough, becomes the address that is asked; one that
// only asks for https does so at once.
func (f Feed) relocate(state spool.FeedState, r feeds.Result, now time.Time) spool.FeedState {
	m := &state.Memory
	switch {
	case r.Moved == "":
		state.Moved, m.MovedSince, m.MovedPolls = "", time.Time{}, 0
	case r.Upgrade:
		return f.adopt(state, r.Moved) // what it answered with is of that address already
	case r.Moved != state.Moved || m.MovedSince.IsZero() || m.MovedSince.After(now):
		state.Moved, m.MovedSince, m.MovedPolls = r.Moved, now, 1
	default:
		m.MovedPolls++
		if now.Sub(m.MovedSince) >= stableFor && m.MovedPolls >= stablePolls && !downgrade(f.address(*m), r.Moved) {
			state = f.adopt(state, r.Moved)
			state.Validators = spool.Validators{} // the new address has to show all of itself once
		}
	}
	return state
}

// adopt makes an address the one that is asked.
func (f Feed) adopt(state spool.FeedState, address string) spool.FeedState {
	state.Moved, state.Memory.MovedSince, state.Memory.MovedPolls = "", time.Time{}, 0
	state.Memory.Address = address
	if address == f.URL {
		state.Memory.Address = "" // it has moved back
	}
	return state
}

// downgrade reports whether a move gives up the secure connection. That is
// followed, but never made a habit.
func downgrade(from, to string) bool {
	return scheme(from) == "https" && scheme(to) != "https"
}

func scheme(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme
}

// fallBack gives up the address that a feed had moved to, when that turns out
// not to be the feed's any more; its own URL is asked next. A host that cannot
// be reached gets two more chances.
func (f Feed) fallBack(state spool.FeedState, e *feeds.Error) spool.FeedState {
	const chances = 3
	lost := false
	switch e.Kind {
	case feeds.KindGone, feeds.KindNotFeed, feeds.KindAddress, feeds.KindRedirect:
		lost = true
	case feeds.KindStatus:
		lost = e.Status == http.StatusNotFound
	case feeds.KindDNS, feeds.KindConnect, feeds.KindTLS:
		lost = state.Failures >= chances
	}
	if lost {
		state = f.adopt(state, f.URL)
		state.Validators = spool.Validators{} // they are of the other address
	}
	return state
}

// gone notes that a feed answers 410. After a day of that it is not asked any
// more: a publisher who means it says so for longer than a slip lasts.
func gone(state spool.FeedState, now time.Time) spool.FeedState {
	m := &state.Memory
	switch {
	case m.GoneSince.IsZero() || m.GoneSince.After(now):
		m.GoneSince = now
	case now.Sub(m.GoneSince) >= graceOfGone:
		m.Ended = now
	}
	if m.Ended.IsZero() {
		state.NextPoll = earliest(state.NextPoll, latest(m.GoneSince.Add(graceOfGone), state.RetryAfter))
		return state
	}
	state.NextPoll = now.Add(neverAgain)
	state.Problem += ". It has said so for a day, so it is not asked any more: set another url for the feed, or remove it from the configuration"
	return state
}
