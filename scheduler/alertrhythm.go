package scheduler

import (
	"time"

	"github.com/robfig/cron/v3"

	"spool/feeds"
)

// alertInterval is how often a feed of alerts is asked that has no schedule of its own,
// and how long one that fails rests at most.
const alertInterval = time.Minute

// slowestThrottled is how long a feed of alerts rests at most whose server says that it
// is asked too often, without a word of how often it may be.
const slowestThrottled = 15 * time.Minute

// listingAlerts is a feed as it is asked when it lists alerts: each minute, unless the
// configuration says otherwise. What its document says of when to ask is not about
// news that somebody waits for at a stop.
func (f Feed) listingAlerts() Feed {
	f.urgent = true
	if !f.Scheduled {
		f.Schedule = Schedule{spec: "@every 1m", cron: cron.Every(alertInterval), location: time.UTC}
	}
	return f
}

// alertBackoff is how long a feed of alerts rests after so many failures in a row.
func (f Feed) alertBackoff(failures int, kind feeds.Kind, now time.Time) time.Duration {
	interval := f.Schedule.Interval(now)
	wait, most := f.Schedule.Next(now).Sub(now), max(alertInterval, interval)
	if kind == feeds.KindThrottled {
		most = max(slowestThrottled, interval)
	}
	for range min(failures-1, 20) {
		wait = min(2*max(wait, time.Second), most)
	}
	return wait
}
