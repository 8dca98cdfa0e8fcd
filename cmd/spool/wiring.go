package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"time"

	"spool"
	"spool/alerts"
	"spool/compose"
	"spool/config"
	"spool/dedupe"
	"spool/feeds"
	"spool/publisher/webhook"
	"spool/scheduler"
	"spool/store"
)

// loadConfig reads the configuration, with the rules that belong to others.
func (p *program) loadConfig() (*config.Config, error) {
	cfg, err := config.Load(p.configPath, p.checks())
	if errors.Is(err, fs.ErrNotExist) && !p.configSet {
		return nil, misuse{fmt.Errorf("there is no %s here: \"spool init\" writes one, --config names another, \"spool demo\" needs none", p.configPath)}
	}
	if err != nil && !isInvalid(err) {
		return nil, misuse{err}
	}
	return cfg, err
}

// checks are the rules that the configuration does not know itself.
func (p *program) checks() config.Checks {
	return config.Checks{
		Schedule: func(spec, zone string) error {
			location, err := time.LoadLocation(zone)
			if err != nil {
				location = time.UTC // reported at its own place
			}
			_, err = scheduler.ParseSchedule(spec, location)
			return err
		},
		Template: compose.Check,
		AlertTemplate: func(text string) error {
			return compose.CheckAlert(string(spool.Begins), text) // what they can say does not depend on the phase
		},
		WebhookSecret: func(secret string) error {
			_, err := webhook.Secrets(secret)
			return err
		},
		Getenv: p.getenv,
	}
}

func isInvalid(err error) bool {
	var invalid config.Errors
	return errors.As(err, &invalid)
}

// withStore runs a command that works on the database of the configuration,
// beside a running daemon or without one.
func (p *program) withStore(ctx context.Context, work func(*config.Config, *store.DB) error) (err error) {
	cfg, err := p.loadConfig()
	if err != nil {
		return err
	}
	log, err := p.logger()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, cfg.Database.Reveal(), store.Options{Now: p.now, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return work(cfg, db)
}

// syncNames tells the database which feeds and accounts there are. Only the
// daemon does so: a command that read a newer file must not take a feed away
// from it.
func syncNames(ctx context.Context, db *store.DB, cfg *config.Config) error {
	var feedStates []spool.FeedState
	for _, name := range sortedKeys(cfg.Feeds) {
		f := cfg.Feeds[name]
		feedStates = append(feedStates, spool.FeedState{Name: name, URL: f.URL, Group: group(name, f)})
	}
	var accounts []spool.AccountState
	for _, name := range sortedKeys(cfg.Accounts) {
		accounts = append(accounts, spool.AccountState{Name: name, Network: cfg.Accounts[name].Network})
	}
	return db.Sync(ctx, feedStates, accounts)
}

// group is the name under which a feed's identities are kept. A feed without a
// group is alone in one that no group can be called.
func group(name string, f config.Feed) string {
	if f.Group != "" {
		return f.Group
	}
	return "feed:" + name
}

// newFetcher makes the fetcher that the configuration asks for.
func (p *program) newFetcher(cfg *config.Config, log *slog.Logger) (*feeds.Fetcher, error) {
	return feeds.New(feeds.Options{
		Contact: cfg.Fetch.Contact, Version: version, PerHost: cfg.Fetch.PerHost,
		AllowNetworks: cfg.Fetch.AllowNetworks, Now: p.now, Log: log, Transport: p.feedTransport,
	})
}

// newPlan is what the scheduler takes from the configuration.
func (p *program) newPlan(cfg *config.Config, public *names, db *store.DB, log *slog.Logger) (scheduler.Plan, error) {
	plan := scheduler.Plan{Feeds: map[string]scheduler.Feed{}, Accounts: map[string]scheduler.Account{}, Location: cfg.Location()}
	words := wordings{}
	for name, f := range cfg.Feeds {
		feed, err := newFeed(cfg, name, f, words, public.forFeed(f))
		if err != nil {
			return scheduler.Plan{}, fmt.Errorf("feed %s: %w", name, err)
		}
		plan.Feeds[name] = feed
	}
	for name, a := range cfg.Accounts {
		account, err := p.newAccount(name, a, cfg.Location(), db, log)
		if err != nil {
			return scheduler.Plan{}, fmt.Errorf("account %s: %w", name, err)
		}
		plan.Accounts[name] = account
	}
	return plan, nil
}

func newFeed(cfg *config.Config, name string, f config.Feed, words wordings, public alerts.Directory) (scheduler.Feed, error) {
	spec, expected, accounts, alertSettle := f.Schedule, forAlerts(cfg, name, f), f.Accounts, time.Duration(0)
	if cfg.Given(config.Path("feeds", name, "settle")) {
		alertSettle = f.Settle
	}
	if expected {
		accounts = alertAccounts(f)
		if !cfg.Given(config.Path("feeds", name, "schedule")) {
			spec = everyMinute
		}
	}
	schedule, err := scheduler.ParseSchedule(spec, cfg.Location())
	if err != nil {
		return scheduler.Feed{}, err
	}
	wording, others, err := words.forFeed(cfg, name, accounts)
	if err != nil {
		return scheduler.Feed{}, err
	}
	return scheduler.Feed{
		Name: name, URL: f.URL, Group: group(name, f), Schedule: schedule, Accounts: accounts,
		Priority: priority(f.Priority), FirstRun: firstRun(f.FirstRun), MaxAge: f.MaxAge, Settle: f.Settle,
		Approve: f.Approve, Burst: f.Burst,
		Filters: scheduler.Filters{Include: patterns(f.Include), Exclude: patterns(f.Exclude)},
		Wording: wording, Wordings: others,
		OnChange: f.OnChange, IgnoreEmbargo: f.Embargo == "ignore",
		Scheduled:   cfg.Given(config.Path("feeds", name, "schedule")),
		IgnoreHints: f.Hints == "ignore", Access: access(f, expected), Whole: !f.Conditional,
		Duplicates: f.Duplicates, Push: f.WebSub == "auto" && publicURL(cfg) != "", Silence: f.Silence,
		Alerts: newPolicy(cfg, name, f, public), ForAlerts: expected, AlertSettle: alertSettle,
	}, nil
}

// everyMinute is the schedule of alerts where the configuration names none.
const everyMinute = "@every 1m"

// access is how a feed is asked for. Name, address and validators are filled in
// by whoever asks.
func access(f config.Feed, listsAlerts bool) feeds.Source {
	header := http.Header{}
	for name, h := range f.Headers {
		header.Set(name, h.Value.Reveal())
	}
	if f.Auth.User != "" {
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(f.Auth.User+":"+f.Auth.Password.Reveal())))
	}
	zone, err := time.LoadLocation(f.Timezone)
	if err != nil {
		zone = time.UTC // the configuration is checked for this
	}
	kind := feeds.Kinds(f.Kind)
	if f.Kind == "auto" {
		kind = feeds.AnyKind
	}
	return feeds.Source{Kind: kind, Alerts: listsAlerts, Articles: len(f.Include)+len(f.Exclude) > 0, Header: header, UserAgent: f.UserAgent, HTTP1: !f.HTTP2, Location: zone}
}

// source is what a command that reads one feed asks for.
func source(cfg *config.Config, name string, f config.Feed) feeds.Source {
	s := access(f, forAlerts(cfg, name, f))
	s.Name, s.URL, s.Patient = name, f.URL, true
	return s
}

// wordings has the compiled templates by their settings. Most feeds have those
// of the defaults, and thousands of copies would be most of an idle daemon.
type wordings map[*config.PostOptions]*compose.Wording

func (w wordings) of(post *config.PostOptions) (*compose.Wording, error) {
	if known, ok := w[post]; ok {
		return known, nil
	}
	made, err := newWording(post)
	if err == nil {
		w[post] = made
	}
	return made, err
}

// forFeed are the words of a feed, and those of the accounts that have others.
func (w wordings) forFeed(cfg *config.Config, name string, accounts []string) (scheduler.Wording, map[string]scheduler.Wording, error) {
	base, err := w.of(cfg.PostFor(name, ""))
	if err != nil {
		return nil, nil, err
	}
	var others map[string]scheduler.Wording
	for _, account := range accounts {
		own, err := w.of(cfg.PostFor(name, account))
		if err != nil {
			return nil, nil, fmt.Errorf("account %s: %w", account, err)
		}
		if own != base {
			if others == nil {
				others = map[string]scheduler.Wording{}
			}
			others[account] = own
		}
	}
	return base, others, nil
}

func newWording(post *config.PostOptions) (*compose.Wording, error) {
	return compose.New(compose.Settings{
		Text: post.Text, Link: post.Link, Image: post.Image, Images: post.Images, Video: post.Video, Alt: spool.AltPolicy(post.Alt),
		Chain: post.Chain, Topic: post.Topic, Hashtags: post.Hashtags, Handles: post.Handles, Warning: post.Warning,
		Correction: post.Correction, Alerts: phases(post.Alerts), Query: post.Query, Language: post.Language, LanguageFrom: post.LanguageFrom,
	})
}

func phases(templates map[string]string) map[spool.Phase]string {
	var out map[spool.Phase]string
	for phase, text := range templates {
		if out == nil {
			out = map[spool.Phase]string{}
		}
		out[spool.Phase(phase)] = text
	}
	return out
}

func priority(name string) spool.Priority {
	for _, p := range []spool.Priority{spool.Low, spool.High, spool.Breaking} {
		if p.String() == name {
			return p
		}
	}
	return spool.Normal
}

func firstRun(f config.FirstRun) dedupe.FirstRun {
	return dedupe.FirstRun{All: f.Mode == "all", Latest: f.N}
}

func patterns(filters []config.Filter) []scheduler.Pattern {
	var out []scheduler.Pattern
	for _, f := range filters {
		out = append(out, scheduler.Pattern{On: f.On, Regexp: f.Regexp})
	}
	return out
}

// newAccount is what the scheduler takes of an account, with its client.
func (p *program) newAccount(name string, a config.Account, location *time.Location, db *store.DB, log *slog.Logger) (scheduler.Account, error) {
	account := scheduler.Account{
		Name: name, Network: a.Network, Grace: a.Grace, Deadline: a.Deadline, Mend: mend(name, a.Network),
		Pace: scheduler.Pace{
			Spacing: a.Limits.Spacing, PerHour: a.Limits.PerHour, PerDay: a.Limits.PerDay, Reserve: a.Limits.Reserve,
			Quiet: windows(a.Quiet), Location: location,
		},
	}
	n, err := networkOf(a)
	if err != nil {
		return account, err
	}
	const read, publish = 30 * time.Second, 90 * time.Second
	account.Text = n.limits(a)
	account.Publisher, err = n.open(p, opening{
		name: name, account: a, tokens: p.tokensOf(db, name, a), memory: &memory{db: db, account: name}, files: db, log: log,
		read: min(read, account.RequestTimeout()), publish: min(publish, account.RequestTimeout()),
	})
	return account, err
}

func windows(quiet []config.Window) []scheduler.Window {
	var out []scheduler.Window
	for _, w := range quiet {
		out = append(out, scheduler.Window{From: w.From, To: w.To})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// owner names this process among those that work on one database.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%d", host, os.Getpid(), time.Now().UnixNano()) //nolint:forbidigo // makes it unique, decides nothing
}
