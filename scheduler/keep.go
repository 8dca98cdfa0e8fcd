package scheduler

import (
	"sync"
	"time"

	"spool"
	"spool/publisher"
)

// How often an account is looked after, and how far back its profile is read
// when this process meets it first.
const (
	keepEvery    = time.Hour
	keepWhenDown = 10 * time.Minute // an account that cannot post: has somebody mended it?
	quotaEvery   = 15 * time.Minute
	historyReach = 72 * time.Hour
	historyTries = 3
	historyPause = 20 * time.Second
)

// An acquaintance is what this process has learned of an account. It is kept in
// memory only: a new process asks anew.
type acquaintance struct {
	turn     sync.Mutex // held by the turn on the account, of which a process has one at a time
	kept     time.Time
	soon     bool              // there was no answer to go by then: ask again soon
	quota    time.Time         // when the network's count was last asked for
	history  publisher.History // nil: unknown, or the network cannot say
	read     time.Time         // when history was
	tries    int               // at the history; historyTries: done with it
	warned   string            // the last warning about its credentials, said once
	removals time.Time         // until when the network lets no posts be removed
	refused  time.Time         // when it said so
	sentThen int               // posts in the last day when the quota was asked for
}

func (s *Scheduler) acquaintance(account string) *acquaintance {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.met[account] == nil {
		s.met[account] = &acquaintance{}
	}
	return s.met[account]
}

// nextKeep is when the account's credentials want looking after again.
func (m *acquaintance) nextKeep(state spool.AccountState, now time.Time) time.Time {
	if m.kept.IsZero() || m.kept.After(now) { // after now: the clock was set back
		return now
	}
	switch {
	case m.soon:
		return m.kept.Add(historyPause)
	case state.Stopped != "":
		return m.kept.Add(keepWhenDown)
	}
	return m.kept.Add(keepEvery)
}

// keep looks after the account's credentials, when it is time, and reads what
// is on the account when this process meets it first.
func (t *turn) keep() {
	now := t.Now()
	if t.stopped() || t.state.PausedUntil.After(now) || t.met.nextKeep(t.state, now).After(now) {
		return
	}
	t.met.kept, t.met.soon = now, false
	keeper, ok := t.acct.Publisher.(publisher.Keeper)
	if ok && !t.keepCredentials(keeper, now) {
		return
	}
	t.readHistory(now)
}

// keepCredentials reports whether the account can be used.
func (t *turn) keepCredentials(keeper publisher.Keeper, now time.Time) bool {
	ctx, cancel := t.request()
	c, err := keeper.Keep(ctx)
	cancel()
	defer t.warnExpiry(now) // whatever came of it: what is known of the end stays known
	if err != nil {
		f := asFailure("look after credentials", err)
		switch {
		case f.Kind == spool.Throttled, f.Kind == spool.Credentials && t.state.Stopped == "":
			t.consequences(f)
			return false
		case f.Kind == spool.Credentials:
			return false
		}
		// A passing trouble: what is known of the account stays true, and it
		// may post. Ask again soon.
		t.met.soon = true
		t.log.Warn("credentials could not be verified; trying again", "err", err)
		return t.state.Stopped == ""
	}
	if t.state.Stopped != "" {
		t.log.Info("the account can post again")
	}
	t.state.Stopped, t.state.Kept, t.state.Expires = "", now, c.Expires
	t.saveAccount()
	t.Metrics.Credential(t.acct.Name, c.Expires)
	if c.Renewed {
		t.log.Info("token renewed", "expires", c.Expires)
	}
	if c.Warning != "" && c.Warning != t.met.warned {
		t.log.Warn("the account's credentials need attention", "warning", c.Warning, "expires", c.Expires)
		t.tellOnce(t.acct.Name, expiryLevel(c.Expires, now))
	}
	t.met.warned = c.Warning
	return true
}

// warnExpiry tells a person that the account's credentials are about to expire, once
// for each level that is reached, unless the network's package has just done so.
// Networks renew theirs in time: what comes this far does not renew itself.
func (t *turn) warnExpiry(now time.Time) {
	if t.state.Expires.IsZero() {
		return
	}
	if t.tellOnce(t.acct.Name, expiryLevel(t.state.Expires, now)) {
		t.log.Warn("the account's credentials expire soon; after that it cannot post", "expires", t.state.Expires,
			"days_left", max(int(t.state.Expires.Sub(now).Round(day)/day), 0), "do", t.acct.Mend)
	}
}

// tellOnce reports whether a person is to be told of a level of expiry, and notes
// that it was done: a new plan does not repeat it.
func (s *Scheduler) tellOnce(account string, level int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.told[account]
	s.told[account] = level
	return level > 0 && (last == 0 || level < last)
}

// expiryLevel is the number of days, of those at which a person is told, that are
// left at most; 0: there are more, or nothing expires.
func expiryLevel(expires, now time.Time) int {
	if expires.IsZero() {
		return 0
	}
	for _, days := range []int{2, 7, 14, 30} {
		if expires.Sub(now) <= time.Duration(days)*day {
			return days
		}
	}
	return 0
}

// readHistory reads what the account has posted lately. Without it posting goes
// on after a few tries: a network that cannot list must not silence the account.
func (t *turn) readHistory(now time.Time) {
	historian, ok := t.acct.Publisher.(publisher.Historian)
	if !ok || t.met.history != nil || t.met.tries >= historyTries {
		return
	}
	t.met.tries++
	ctx, cancel := t.request()
	h, err := historian.History(ctx, now.Add(-historyReach))
	cancel()
	if err == nil {
		t.met.history, t.met.read = h, now
		return
	}
	f := asFailure("read the profile", err)
	t.consequences(f)
	again := t.met.tries < historyTries && !t.blocked()
	if again && t.once { // no turn comes after this one
		if t.sleep(historyPause) {
			t.readHistory(t.Now())
		}
		return
	}
	if again {
		t.state.PausedUntil = now.Add(historyPause)
		t.met.kept = time.Time{}
		t.saveAccount()
	}
	t.log.Warn("the account's latest posts could not be read; they are a safeguard when a database is new or restored", "try", t.met.tries, "of", historyTries, "err", err)
}

// quotaSpent asks, now and then, how much the network still lets the account
// post, and says until when to wait if nothing is left for the priority.
func (t *turn) quotaSpent(priority spool.Priority, sent int) (time.Time, bool) {
	now := t.Now()
	if now.Sub(t.met.quota) >= quotaEvery || t.met.quota.After(now) {
		t.askQuota(now, sent)
	}
	used := t.state.QuotaUsed + max(sent-t.met.sentThen, 0)
	if !t.acct.Pace.Spent(used, t.state.QuotaTotal, priority) {
		return time.Time{}, false
	}
	t.log.Warn("the network's own quota is used up; waiting", "used", used, "of", t.state.QuotaTotal, "reserve", t.acct.Pace.Reserve)
	return t.met.quota.Add(quotaEvery), true
}

func (t *turn) askQuota(now time.Time, sent int) {
	t.met.quota, t.met.sentThen = now, sent
	ctx, cancel := t.request()
	limits, err := t.acct.Publisher.Limits(ctx)
	cancel()
	if err != nil {
		t.log.Info("the network did not say how much may be posted; going by the configured limits", "err", err)
		t.state.QuotaUsed, t.state.QuotaTotal = 0, 0 // an old answer says nothing about today
		return
	}
	t.state.QuotaUsed, t.state.QuotaTotal = limits.Used, limits.Total
	t.Metrics.Quota(t.acct.Name, limits.Used, limits.Total)
	t.saveAccount()
}
