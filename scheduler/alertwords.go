package scheduler

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/alerts"
	"spool/compose"
)

// content words a deed about the alert. head is the post at the head of the thread
// that it belongs to; empty: it begins one.
func (v *view) content(d alerts.Deed, head string) (spool.Content, string, error) {
	told := v.telling(d.Phase)
	news := compose.News{Phase: d.Phase, Ending: v.t.Ending}
	if head != "" {
		news.Before = v.known(head)
		news.Changed = alerts.Tells(news.Before, told)
	}
	news.At = v.since(d.Phase)
	if v.t.Account != "" {
		news.Members = v.members()
	}
	c, report, err := v.feed.wording(v.acct.Name).Alert(v.item(), news, v.values(), v.acct.limits())
	c.Told = &told
	if c.Instead != nil {
		c.Instead.Told = &told
	}
	return c, strings.Join(append([]string{d.Why}, report.Notes...), "; "), err
}

func (v *view) values() compose.Values {
	values := v.Scheduler.values(v.feed, v.acct)
	if v.feed.Alerts.Location != nil {
		values.Location = v.feed.Alerts.Location
	}
	return values
}

// known is what readers of a thread know by now.
func (v *view) known(head string) spool.Telling {
	var known spool.Telling
	var at time.Time
	for _, p := range v.posts {
		inThread := p.ID == head || p.Parent == head && p.Purpose.Replies()
		if inThread && p.State == spool.Live && p.Content.Told != nil && !p.LiveAt.Before(at) {
			known, at = *p.Content.Told, p.LiveAt
		}
	}
	return known
}

// since is when the alert became what a phase tells.
func (v *view) since(phase spool.Phase) time.Time {
	if phase != spool.Ends {
		if u := v.t.Alert.Updated; !u.IsZero() && !u.After(v.now) && v.now.Sub(u) < time.Hour {
			return u
		}
		return v.now
	}
	at := v.t.Closed
	switch v.t.Ending {
	case spool.ByTime:
		at = v.t.Alert.End()
	case spool.BySource:
		at = v.t.Alert.Ended
	case spool.ByGone:
		at = v.t.Since
	}
	if at.IsZero() || at.After(v.now) {
		return v.t.Closed
	}
	return at
}

// item is what stands for the alert, in the language of the account.
func (v *view) item() spool.Item { return v.feed.Alerts.Item(v.t, v.language()) }

// members are the alerts that a digest sums up, the gravest first.
func (v *view) members() []spool.Item {
	var members []spool.Tracked
	for _, item := range v.t.Alert.Members {
		if i, ok := v.at[item]; ok {
			members = append(members, v.book[i])
		}
	}
	policy := v.feed.Alerts
	slices.SortStableFunc(members, func(a, b spool.Tracked) int {
		return cmp.Or(cmp.Compare(policy.Priority(b.Alert), policy.Priority(a.Alert)), a.First.Compare(b.First))
	})
	all := make([]spool.Item, len(members))
	for i, t := range members {
		all[i] = policy.Item(t, v.language())
	}
	return all
}

// telling is what a post of a phase tells: of the alert as it is published.
func (v *view) telling(phase spool.Phase) spool.Telling {
	published := v.t.Alert
	if it := v.item(); it.Alert != nil {
		published = *it.Alert
	}
	return alerts.TellingOf(published, phase, v.language())
}

// language is the one that the account's posts are in; empty: the source's first.
func (v *view) language() string { return languageOf(v.feed.wording(v.acct.Name)) }

// A speaker is a wording that has one language for all of its posts.
type speaker interface{ Language() string }

func languageOf(w Wording) string {
	if s, ok := w.(speaker); ok {
		return s.Language()
	}
	return ""
}

// languages are those that a feed's accounts are told of alerts in, each once.
func (f Feed) languages() []string {
	var all []string
	for _, name := range f.Accounts {
		if l := languageOf(f.wording(name)); l != "" && !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	return all
}
