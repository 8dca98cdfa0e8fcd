package main

import (
	"regexp"
	"slices"
	"strings"

	"spool"
	"spool/alerts"
	"spool/config"
)

// forAlerts reports whether the configuration expects a feed to list service alerts.
func forAlerts(cfg *config.Config, name string, f config.Feed) bool {
	return f.Kind == "gtfs-rt" || f.Kind == "cap" || cfg.GivenHere(config.Path("feeds", name, "alerts"))
}

// newPolicy is what becomes of the alerts of a feed. names are the public
// ones of lines and stops; nil: none are known.
func newPolicy(cfg *config.Config, name string, f config.Feed, names alerts.Directory) alerts.Policy {
	a := f.Alerts
	return alerts.Policy{
		Feed: name, Group: group(name, f), Accounts: f.Accounts, Routing: routing(a.To),
		Include: match(a.Include), Exclude: exclusions(cfg, name, a), Rules: alertRules(a.Rules),
		Planned: alerts.Planned{Never: a.Planned.Mode == "skip", Listed: a.Planned.Mode == "publish", Ahead: a.Planned.Ahead},
		MinLeft: a.MinRemaining, Debounce: a.Debounce, UpdateEvery: a.UpdateEvery,
		GoneFetches: a.GoneAfter.Fetches, GoneTime: a.GoneAfter.Time, ReopenWithin: a.ReopenWithin, Stale: a.Stale,
		OnEnd: alerts.OnEnd(a.OnEnd), OnEndPlanned: alerts.OnEnd(a.OnEndPlanned),
		Log: a.Style == "log", Resumed: expressions(a.Resumed),
		DigestAbove: a.Digest.Above, DigestWithin: a.Digest.Within, Inhibit: a.Inhibit, Fields: publishable(a.Publish),
		FirstRun: alerts.FirstRun{All: f.FirstRun.Mode == "all", Latest: f.FirstRun.N}, SevereAtStart: a.SevereAtStart,
		Priorities: alerts.Priorities{
			Severe: priority(a.Priorities.Severe), Warning: priority(a.Priorities.Warning),
			Info: priority(a.Priorities.Info), Planned: priority(a.Priorities.Planned),
		},
		Directory: names, Location: cfg.Location(),
	}
}

// alertAccounts are all accounts that a feed's alerts may go to.
func alertAccounts(f config.Feed) []string {
	all := slices.Clone(f.Accounts)
	for _, r := range f.Alerts.To {
		for _, name := range r.Accounts {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// exclusions are those of the configuration, of which each key excludes by itself.
func exclusions(cfg *config.Config, name string, a config.Alerts) []alerts.Match {
	if !cfg.Given(config.Path("feeds", name, "alerts", "exclude")) {
		if slices.Contains(a.Include.Effect, string(spool.NoEffect)) {
			return nil
		}
		return []alerts.Match{{Effect: []spool.Effect{spool.NoEffect}}}
	}
	m := match(a.Exclude)
	var each []alerts.Match
	add := func(given bool, one alerts.Match) {
		if given {
			each = append(each, one)
		}
	}
	add(len(m.Effect) > 0, alerts.Match{Effect: m.Effect})
	add(len(m.Cause) > 0, alerts.Match{Cause: m.Cause})
	add(len(m.Severity) > 0, alerts.Match{Severity: m.Severity})
	add(len(m.Route) > 0, alerts.Match{Route: m.Route})
	add(len(m.Agency) > 0, alerts.Match{Agency: m.Agency})
	add(len(m.Mode) > 0, alerts.Match{Mode: m.Mode})
	add(len(m.Stop) > 0, alerts.Match{Stop: m.Stop})
	add(len(m.Text) > 0, alerts.Match{Text: m.Text})
	add(len(m.IDPattern) > 0, alerts.Match{IDPattern: m.IDPattern})
	add(m.Planned != nil, alerts.Match{Planned: m.Planned})
	return each
}

func match(m config.AlertMatch) alerts.Match {
	return alerts.Match{
		Agency: m.Agency, Route: m.Route, Stop: m.Stop, Mode: words[spool.Mode](m.Mode),
		Effect: words[spool.Effect](m.Effect), Cause: words[spool.Cause](m.Cause), Severity: words[spool.Severity](m.Severity),
		Planned: yesOrNo(m.Planned), Text: expressions(m.Text), IDPattern: expressions(m.ID),
	}
}

// words are those of the configuration in the vocabulary; of an unknown one there is
// none.
func words[T ~string](list []string) []T {
	var out []T
	for _, word := range list {
		out = append(out, meant[T](word))
	}
	return out
}

// meant is a word of the configuration in the vocabulary.
func meant[T ~string](word string) T {
	if strings.HasPrefix(word, "UNKNOWN_") {
		return ""
	}
	return T(word)
}

func yesOrNo(a config.Answer) *bool {
	if !a.Given {
		return nil
	}
	return &a.Yes
}

func expressions(list []config.Expression) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, e := range list {
		out = append(out, e.Regexp)
	}
	return out
}

func publishable(list []string) []alerts.Field {
	var out []alerts.Field
	for _, word := range list {
		out = append(out, alerts.Field(word))
	}
	return out
}

func alertRules(list []config.AlertRule) []alerts.Rule {
	var out []alerts.Rule
	for _, r := range list {
		out = append(out, alerts.Rule{
			Match: match(r.When), Effect: meant[spool.Effect](r.Effect), Cause: meant[spool.Cause](r.Cause),
			Severity: meant[spool.Severity](r.Severity), Planned: yesOrNo(r.Planned), Always: r.Always,
		})
	}
	return out
}

func routing(list []config.AlertRoute) []alerts.Routing {
	var out []alerts.Routing
	for _, r := range list {
		out = append(out, alerts.Routing{Match: match(r.When), Accounts: r.Accounts})
	}
	return out
}
