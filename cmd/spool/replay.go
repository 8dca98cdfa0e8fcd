package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/feeds"
)

// What a recorded series may be at most: as many documents as a month has minutes, and
// each as large as a feed may be.
const (
	maxTakes    = 45_000
	maxTakeSize = 8 << 20
)

func (p *program) replayCommand() *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay FOLDER",
		Short: "Try the policy on recorded documents: what would have been posted when",
		Long: `Runs a recorded series of a feed's documents on a virtual clock, with the
configuration as it is, and prints what would have been posted when. Nothing is
posted, and what Spool remembers is left alone.

FOLDER has one file for each moment at which the feed was fetched. The moment is
taken from the file's name, such as 2026-01-14T08:00:00Z.pb, 20260114-080000.json
or 1768377600.pb; times without a zone are in that of the configuration. A name
without one counts as the moment that the document itself was made, and if it does
not say, as the moment at which the file was written. Between two files the feed
stays as it was.`,
		Args: oneArg("folder"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.replay(cmd.Context(), args[0], o) },
	}
	cmd.Flags().StringVar(&o.feed, "feed", "", "whose policy to try: a `feed` of the configuration; needed if several list alerts")
	cmd.Flags().BoolVar(&o.json, "json", false, "print JSON lines")
	return cmd
}

type replayOptions struct {
	feed string
	json bool
}

// A take is a document as it was at a moment.
type take struct {
	at   time.Time
	path string
}

func (p *program) replay(ctx context.Context, folder string, o replayOptions) (err error) {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	name, err := alertFeed(cfg, o.feed)
	if err != nil {
		return err
	}
	takes, err := p.readSeries(folder, cfg.Location())
	if err != nil {
		return err
	}
	r, err := p.newReplay(ctx, cfg, name, takes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.run(ctx); err != nil {
		return err
	}
	if o.json {
		return p.printReplayJSON(r)
	}
	return p.printReplay(ctx, r)
}

// alertFeed is the feed whose policy is meant.
func alertFeed(cfg *config.Config, name string) (string, error) {
	if name != "" {
		if _, ok := cfg.Feeds[name]; !ok {
			return "", misuse{fmt.Errorf("the configuration has no feed %s", name)}
		}
		return name, nil
	}
	var with []string
	for _, name := range sortedKeys(cfg.Feeds) {
		if forAlerts(cfg, name, cfg.Feeds[name]) {
			with = append(with, name)
		}
	}
	switch len(with) {
	case 0:
		return "", misuse{errors.New("no feed of the configuration lists alerts: name one with --feed")}
	case 1:
		return with[0], nil
	}
	return "", misuse{fmt.Errorf("several feeds of the configuration list alerts: name one of %v with --feed", with)}
}

// readSeries lists the documents of a folder, the earliest first.
func (p *program) readSeries(folder string, zone *time.Location) ([]take, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var takes []take
	for _, e := range entries {
		if e.IsDir() || e.Name()[0] == '.' || filepath.Ext(e.Name()) == ".md" {
			continue
		}
		if len(takes) == maxTakes {
			return nil, fmt.Errorf("%s has more than %d documents", folder, maxTakes)
		}
		t := take{path: filepath.Join(folder, e.Name())}
		if t.at, err = p.takenAt(t.path, e, zone); err != nil {
			return nil, err
		}
		takes = append(takes, t)
	}
	if len(takes) == 0 {
		return nil, fmt.Errorf("%s has no documents", folder)
	}
	slices.SortStableFunc(takes, func(a, b take) int { return a.at.Compare(b.at) })
	return takes, nil
}

// takenAt is the moment of a document.
func (p *program) takenAt(path string, e fs.DirEntry, zone *time.Location) (time.Time, error) {
	if at, ok := momentIn(e.Name(), zone); ok {
		return at, nil
	}
	body, err := readTake(path)
	if err != nil {
		return time.Time{}, err
	}
	if r, err := p.readAlerts(body, feeds.Source{Alerts: true}, path); err == nil && !r.Stamp.IsZero() {
		return r.Stamp, nil
	}
	info, err := e.Info()
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// momentIn finds a moment in the name of a file: a date with a time of day, or Unix
// seconds or milliseconds.
func momentIn(name string, zone *time.Location) (time.Time, bool) {
	dated := regexp.MustCompile(`(\d{4})-?(\d{2})-?(\d{2})[T_ -]?(\d{2})[:.-]?(\d{2})(?:[:.-]?(\d{2}))?(Z)?`).FindStringSubmatch(name)
	if dated != nil {
		var n [6]int
		for i := range n {
			n[i], _ = strconv.Atoi(dated[i+1]) // none is 0
		}
		if dated[7] == "Z" {
			zone = time.UTC
		}
		at := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, zone)
		if n[0] >= 1990 && n[0] < 2200 && at.Day() == n[2] && at.Hour() == n[3] {
			return at, true
		}
	}
	unix := regexp.MustCompile(`(?:^|\D)(\d{10})(\d{3})?(?:\D|$)`).FindStringSubmatch(name)
	if unix == nil {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseInt(unix[1], 10, 64)
	millis, _ := strconv.ParseInt(unix[2], 10, 64) // none is 0
	return time.Unix(seconds, millis*int64(time.Millisecond)), err == nil
}

func readTake(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxTakeSize {
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxTakeSize>>20)
	}
	return os.ReadFile(path)
}

// A tape is a fetcher that answers with the document of the moment.
type tape struct {
	takes []take
	now   func() time.Time
	zone  *time.Location
}

// Fetch answers as a server that had the document of now.
func (t *tape) Fetch(_ context.Context, s feeds.Source) (feeds.Result, error) {
	now := t.now()
	i, exact := slices.BinarySearchFunc(t.takes, now, func(t take, at time.Time) int { return t.at.Compare(at) })
	if !exact {
		i--
	}
	for i+1 < len(t.takes) && !t.takes[i+1].at.After(now) {
		i++ // of several of one moment the last
	}
	if i < 0 {
		return feeds.Result{}, &feeds.Error{Kind: feeds.KindConnect, Message: "the series has not begun yet"}
	}
	body, err := readTake(t.takes[i].path)
	if err != nil {
		return feeds.Result{}, &feeds.Error{Kind: feeds.KindConnect, Message: err.Error(), Err: err}
	}
	in := feeds.Input{Base: s.URL, Kind: s.Kind, Location: s.Location, Now: now}
	result, err := feeds.Read(body, s, in)
	if err == nil && result.BodyHash == s.BodyHash {
		return feeds.Result{Unchanged: true, BodyHash: s.BodyHash, Bytes: result.Bytes}, nil
	}
	return result, err
}

// A played post is one that would have gone out, or what would have become of one.
type played struct {
	At      time.Time     `json:"at"`
	Account string        `json:"account"`
	Network string        `json:"network"`
	Does    spool.Purpose `json:"does"`
	Phase   spool.Phase   `json:"phase,omitempty"`
	Item    string        `json:"item"`
	Text    string        `json:"text"`
	Link    string        `json:"link,omitempty"`
	Parent  string        `json:"answers,omitempty"` // the post above it
	Post    string        `json:"post"`
}
