package main

import "time"

// A feedDetail is all that is known of a feed, for programs.
type feedDetail struct {
	feedView
	Accounts     []string  `json:"accounts"`
	Schedule     string    `json:"schedule"`
	Scheduled    bool      `json:"scheduled"` // the configuration names the schedule
	Hints        string    `json:"hints"`     // respect or ignore
	RetryAfter   time.Time `json:"retry_after,omitzero"`
	FreshUntil   time.Time `json:"fresh_until,omitzero"`
	ETag         bool      `json:"etag"` // the next request is conditional by it
	LastModified bool      `json:"last_modified"`
	MovedSince   time.Time `json:"moved_since,omitzero"`
	MovedPolls   int       `json:"moved_polls,omitempty"`
	GoneSince    time.Time `json:"gone_since,omitzero"`
	Ended        time.Time `json:"ended,omitzero"`
	Format       string    `json:"format,omitempty"`
	Title        string    `json:"title,omitempty"`
	Every        float64   `json:"hint_every_seconds,omitempty"`
	SkipHours    []int     `json:"hint_skip_hours,omitempty"`
	SkipDays     []string  `json:"hint_skip_days,omitempty"`
	Answers      int       `json:"answers"`         // good ones
	NotModified  int       `json:"not_modified"`    // those of them without a document
	Names        string    `json:"names,omitempty"` // where the names of its alerts are from, and how that goes, for people
	Repairs      []string  `json:"repairs"`
	Skipped      []string  `json:"skipped"`
	Hub          string    `json:"hub,omitempty"`
	Topic        string    `json:"topic,omitempty"`
	Subscription string    `json:"subscription,omitempty"` // its standing; absent: there is none
	Pushed       int       `json:"pushed"`                 // new items that pushes led to
	Polled       int       `json:"polled"`                 // and polls, while there was a subscription
}

func (f feedFile) view(now time.Time) feedDetail {
	s, m := f.state, f.state.Memory
	d := feedDetail{
		feedView: viewFeed(s, now), Accounts: f.conf.Accounts, Schedule: f.conf.Schedule, Scheduled: f.named, Hints: f.conf.Hints,
		RetryAfter: s.RetryAfter, FreshUntil: m.Fresh,
		ETag: f.conf.Conditional && s.Validators.ETag != "", LastModified: f.conf.Conditional && s.Validators.LastModified != "",
		MovedSince: m.MovedSince, MovedPolls: m.MovedPolls, GoneSince: m.GoneSince, Ended: m.Ended, Format: m.Format, Title: m.Title,
		Every: m.Hints.Every.Seconds(), SkipHours: m.Hints.Hours, Answers: m.Answers, NotModified: m.Spared, Names: f.names, Repairs: orEmpty(m.Repairs), Skipped: orEmpty(m.Skipped),
		Hub: shownAddress(m.Hub), Topic: shownAddress(m.Topic), Subscription: string(f.sub.Standing), Pushed: m.Pushed, Polled: m.Polled,
	}
	for _, day := range m.Hints.Days {
		d.SkipDays = append(d.SkipDays, day.String())
	}
	return d
}

// orEmpty is an empty list where there is none, so that programs find one.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
