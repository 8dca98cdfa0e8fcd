package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"spool"
	"spool/config"
	"spool/media"
)

// planPictures lets a preview fetch the pictures that would be posted. What it
// returns is to be called when nothing more is fetched.
func (p *program) planPictures(ctx context.Context, plan *plannedPreview) (done func(), err error) {
	cfg := plan.cfg
	if cfg == nil {
		cfg = &config.Config{}
	}
	log := slog.New(slog.DiscardHandler)
	fetcher, err := p.newFetcher(cfg, log)
	if err != nil {
		return nil, err
	}
	studio, err := p.newStudio(cfg, fetcher, &drawer{files: map[string]spool.File{}, pages: map[string]noted{}}, log)
	if err != nil {
		fetcher.Close()
		return nil, err
	}
	plan.illustrate = func(c spool.Content, l spool.MediaLimits) (spool.Illustration, error) {
		return studio.Illustrate(ctx, c, l)
	}
	return fetcher.Close, nil
}

// pictured is a content with its pictures fetched, where that is asked for. A
// picture that cannot be had now may be had later, when it is posted.
func (plan plannedPreview) pictured(c spool.Content, a previewAccount, post *previewPost) spool.Content {
	if plan.illustrate == nil || !c.Open {
		return c
	}
	got, err := plan.illustrate(c, a.limits.Media)
	if err != nil {
		post.Notes = append(post.Notes, "its pictures could not be fetched: "+err.Error())
		return c
	}
	post.Notes = append(post.Notes, got.Notes...)
	if got.Hold != "" {
		post.Notes = append(post.Notes, "it would wait for a person: "+got.Hold)
	}
	return got.Content
}

// A drawer keeps pictures for the time of a preview.
type drawer struct {
	mu    sync.Mutex
	files map[string]spool.File
	pages map[string]noted
}

type noted struct {
	body string
	at   time.Time
}

var _ media.Store = (*drawer)(nil)

func (d *drawer) SaveFile(_ context.Context, f spool.File) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f.Data = nil // nobody uploads it
	d.files[f.Name] = f
	return nil
}

func (d *drawer) SweepFiles(context.Context, time.Time) (int, error) { return 0, nil }

func (d *drawer) SweepPages(context.Context, time.Time) (int, error) { return 0, nil }

func (d *drawer) Page(_ context.Context, url string) (string, time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n, ok := d.pages[url]; ok {
		return n.body, n.at, nil
	}
	return "", time.Time{}, fmt.Errorf("page: %w", spool.ErrNotFound)
}

func (d *drawer) ClaimPage(_ context.Context, url string, now, since time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n, ok := d.pages[url]; ok && !n.at.Before(since) {
		return fmt.Errorf("page: %w", spool.ErrConflict)
	}
	d.pages[url] = noted{at: now}
	return nil
}

func (d *drawer) SavePage(_ context.Context, url, body string, fetched time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pages[url] = noted{body, fetched}
	return nil
}
