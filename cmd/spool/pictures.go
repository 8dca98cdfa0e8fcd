package main

import (
	"context"
	"errors"
	"log/slog"

	"spool/config"
	"spool/feeds"
	"spool/media"
)

// newStudio makes what fetches the pictures of posts, by the rules that feeds are
// fetched by.
func (p *program) newStudio(cfg *config.Config, fetcher *feeds.Fetcher, files media.Store, log *slog.Logger) (*media.Studio, error) {
	return media.New(media.Options{
		Getter: pictureGetter{fetcher}, Store: files, PublicURL: publicURL(cfg), Log: log, Now: p.now,
	})
}

// A pictureGetter fetches pictures and pages as feeds are fetched.
type pictureGetter struct{ fetcher *feeds.Fetcher }

func (g pictureGetter) Get(ctx context.Context, r media.Request) (media.Answer, error) {
	source := feeds.Source{URL: r.URL, Accept: r.Accept}
	var page feeds.Page
	var err error
	if r.Head {
		page, err = g.fetcher.Head(ctx, source)
	} else {
		page, err = g.fetcher.Get(ctx, source, r.Limit)
	}
	var trouble *feeds.Error
	if errors.As(err, &trouble) {
		return media.Answer{}, &media.Trouble{Reason: trouble.Message, Passing: trouble.Passing()}
	}
	if err != nil {
		return media.Answer{}, err
	}
	return media.Answer{URL: page.URL, Status: page.Status, Header: page.Header, Body: page.Body, Cut: page.Cut}, nil
}

var _ media.Getter = pictureGetter{}
