package scheduler

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"spool"
	"spool/feeds"
)

// How much of a document's oddities is remembered.
const (
	maxNotes      = 20  // of each sort
	longestNote   = 300 // runes
	longestTitled = 200 // runes of a feed's title
)

// described is what is remembered of a document besides its items.
func described(m spool.FeedMemory, doc feeds.Document) spool.FeedMemory {
	m.Format, m.Title = short(doc.Format, longestTitled), short(doc.Title, longestTitled)
	m.Degraded, m.Hints = doc.Degraded, doc.Hints
	m.Repairs, m.Skipped = bounded(doc.Notes), bounded(doc.Skipped)
	return m
}

func bounded(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, 0, min(len(list), maxNotes+1))
	for _, s := range list[:min(len(list), maxNotes)] {
		out = append(out, short(s, longestNote))
	}
	if more := len(list) - maxNotes; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return out
}

func short(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes-1]) + "…"
}

// tell logs what a poll has changed in what is known of a feed. It compares two
// states, so that nothing is said twice, nor again after a restart.
func (s *Scheduler) tell(f Feed, before, after spool.FeedState, items int) {
	log := s.Log.With("feed", f.Name)
	was, is := before.Memory, after.Memory
	switch {
	case after.Failures > before.Failures && !is.Ended.IsZero():
		log.Error("feed is gone for good", "problem", after.Problem, "do", "spool feeds retry "+f.Name+" asks once more")
	case after.Failures > before.Failures && dayLong(after) && !dayLong(before):
		log.Error("feed has not been readable for a day", "err", after.Problem, "failures", after.Failures, "next", after.NextPoll)
	case after.Failures > before.Failures:
		log.Warn("feed cannot be read", "err", after.Problem, "failures", after.Failures, "next", after.NextPoll)
	case before.Problem != "" && after.Problem == "":
		log.Info("feed can be read again", "failures", before.Failures)
	}
	tellMove(log, f, before, after)
	if is.Slowed != "" && was.Slowed == "" {
		log.Info("feed is asked less often than its schedule says", "why", is.Slowed, "do", `"hints: ignore" goes by the schedule alone`)
	}
	switch {
	case is.Alarm != "" && was.Alarm == "":
		log.Warn("feed is not as it used to be", "alarm", is.Alarm)
	case is.Alarm == "" && was.Alarm != "":
		log.Info("feed is as it used to be again", "alarm", was.Alarm)
	}
	tellRepairs(log, was, is, items)
}

// dayLong reports whether a feed that could once be read could not be for a day,
// when it was last tried.
func dayLong(state spool.FeedState) bool {
	return !state.LastGood.IsZero() && state.LastPoll.Sub(state.LastGood) >= 24*time.Hour
}

func tellMove(log *slog.Logger, f Feed, before, after spool.FeedState) {
	was, is := f.address(before.Memory), f.address(after.Memory)
	switch {
	case was == is:
		// Not at once: some servers send a redirect now and then, or elsewhere each time.
		if before.Memory.MovedPolls < stablePolls && after.Memory.MovedPolls >= stablePolls {
			log.Info("feed redirects for good; the new address is asked once that has been so for a week", "to", shown(after.Moved))
		}
	case is == f.URL && after.Failures > 0:
		log.Warn("feed is asked at its configured address again: where it had moved, it is no more", "was", shown(was))
	case !sameSite(f.URL, is):
		log.Warn("feed has moved to another site and is asked there from now on: if that is right, set its url to the new address; if not, ask the publisher", "host", hostOf(is), "url", shown(is))
	default:
		log.Info("feed has moved and is asked at its new address from now on: set its url to that", "url", shown(is))
	}
}

// tellRepairs says what had to be repaired or left out, when that is not what it
// was at the last reading.
func tellRepairs(log *slog.Logger, was, is spool.FeedMemory, items int) {
	if alike(was.Repairs, is.Repairs) && alike(was.Skipped, is.Skipped) && was.Degraded == is.Degraded {
		return
	}
	if len(is.Repairs)+len(is.Skipped) == 0 && !is.Degraded {
		log.Info("feed needs no repairs any more")
		return
	}
	log.Warn("feed was read with repairs", "items", items, "degraded", is.Degraded, "skipped", len(is.Skipped), "notes", some(is.Repairs), "reasons", some(is.Skipped))
}

// alike compares notes but for their numbers: an item that cannot be used moves
// down a place with each new one above it, which is no news.
func alike(a, b []string) bool {
	kinds := func(list []string) []string {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return -1
				}
				return r
			}, s)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(kinds(a), kinds(b))
}

// shown is an address as it may be logged: its query may be a secret.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	u.User = nil
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.String()
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// sameSite reports whether two addresses are of one registrable domain.
func sameSite(a, b string) bool {
	site := func(host string) string {
		if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
			return domain
		}
		return host
	}
	return site(hostOf(a)) == site(hostOf(b))
}

// roughly is a length of time for people.
func roughly(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Round(time.Hour).Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
