package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"spool"
	"spool/alerts"
	"spool/compose"
	"spool/config"
	"spool/feeds"
	"spool/scheduler"
)

// namesFor are the public names that the alerts of a feed are told with; nil: none.
func (p *program) namesFor(ctx context.Context, cfg *config.Config, feed string) (alerts.Directory, error) {
	f, ok := cfg.Feeds[feed]
	if !ok || !forAlerts(cfg, feed, f) {
		return nil, nil //nolint:nilnil // there are none, and nothing went wrong
	}
	silent := slog.New(slog.DiscardHandler)
	fetcher, err := p.newFetcher(cfg, silent)
	if err != nil {
		return nil, err
	}
	defer fetcher.Close()
	one := *cfg
	one.Feeds = map[string]config.Feed{feed: f}
	public := p.newNames(ctx, &one, fetcher, nil, silent)
	public.once(ctx)
	p.warnOfNames(public)
	return public.forFeed(f), nil
}

// alertItems is a document whose items stand for the alerts that it lists; one that
// lists none stays as it is.
func (p *program) alertItems(r feeds.Result, plan plannedPreview) (feeds.Document, error) {
	if r.Raw == nil {
		return r.Document, nil
	}
	reading, err := p.alertReader().Read(alerts.Document{
		Body: r.Raw.Body, Mime: r.Raw.Mime, URL: r.Raw.URL, Items: r.Document.Items, Log: plan.policy.Log, Location: plan.source.Location,
	})
	if err != nil {
		return feeds.Document{}, err
	}
	doc := feeds.Document{Format: reading.Format, Notes: reading.Notes, Skipped: reading.Skipped}
	for _, a := range reading.Alerts {
		a = plan.policy.Classify(a)
		it := plan.policy.Item(spool.Tracked{Feed: plan.feed, Item: a.ID, Alert: a, First: plan.now}, "")
		doc.Items = append(doc.Items, it)
	}
	return doc, nil
}

// alertSight is what would become of an alert. What must not be published was taken
// out of it before, and may be what a filter looks at; so filters are shown as they
// judge what is left.
func (plan plannedPreview) alertSight(it spool.Item) sight {
	s := sight{item: it}
	if ok, why := plan.policy.Passes(*it.Alert); !ok {
		s.ruling = scheduler.Ruling{Rule: scheduler.Exclude, Reason: why}
	}
	to := plan.policy.To(*it.Alert)
	for _, a := range plan.accounts {
		if len(to) == 0 || slices.Contains(to, a.name) {
			s.posts = append(s.posts, plan.post(it, a, s.ruling))
		}
	}
	return s
}

// word words an item for an account, an alert as its announcement.
func (plan plannedPreview) word(it spool.Item, a previewAccount) (spool.Content, compose.Report, error) {
	values := compose.Values{Account: a.name, Network: a.network, Feed: plan.feed, Location: plan.location}
	if it.Alert == nil {
		return a.wording.Compose(it, values, a.limits)
	}
	news := compose.News{Phase: spool.Begins, At: plan.now}
	if it.Alert.Start().After(plan.now) {
		news.Phase = spool.Ahead
	}
	return a.wording.Alert(it, news, values, a.limits)
}

// checkAlerts says what alerts a feed lists, and what of them would be told.
func (p *program) checkAlerts(cfg *config.Config, name string, r feeds.Result) bool {
	f := cfg.Feeds[name]
	policy := newPolicy(cfg, name, f, nil)
	reading, err := p.alertReader().Read(alerts.Document{
		Body: r.Raw.Body, Mime: r.Raw.Mime, URL: r.Raw.URL, Items: r.Document.Items, Log: policy.Log, Location: source(cfg, name, f).Location,
	})
	if err != nil {
		p.verdict(false, "feed", name, err.Error())
		return false
	}
	wanted := 0
	for _, a := range reading.Alerts {
		if ok, _ := policy.Passes(policy.Classify(a)); ok {
			wanted++
		}
	}
	says := fmt.Sprintf("%s, %s, of which %d pass the filters", reading.Format, count(len(reading.Alerts), "alert", "alerts"), wanted)
	if !reading.Stamp.IsZero() {
		says += ", made " + ago(reading.Stamp, p.now())
	}
	if len(reading.Missing) > 0 {
		says += fmt.Sprintf("; %s to be fetched", count(len(reading.Missing), "message", "messages"))
	}
	for _, note := range reading.Notes {
		says += "; " + note
	}
	if len(reading.Skipped) > 0 {
		says += fmt.Sprintf("; %s left out: %s", count(len(reading.Skipped), "entry", "entries"), reading.Skipped[0])
	}
	p.verdict(true, "feed", name, says)
	return true
}
