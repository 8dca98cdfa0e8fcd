package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) feedsShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show NAME", Short: "Show all that is known of a feed: how it is asked and why, repairs, oddities", Args: oneArg("name of a feed"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				known, err := knownFeed(cmd, cfg, db, args[0])
				if err != nil {
					return err
				}
				if known.names, err = namesOf(cmd.Context(), db, known.conf, p.now()); err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(known.view(p.now()))
				}
				known.print(p)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A feedFile is what is known of a feed, from the configuration and the database.
type feedFile struct {
	state    spool.FeedState
	conf     config.Feed
	named    bool // the configuration names its schedule
	pushable bool
	sub      spool.Subscription // zero: there is none
	names    string             // where the names of its alerts are from; empty: it asks for none
}

// knownFeed collects what is known of a feed that the configuration names.
func knownFeed(cmd *cobra.Command, cfg *config.Config, db *store.DB, name string) (feedFile, error) {
	conf, ok := cfg.Feeds[name]
	if !ok {
		return feedFile{}, misuse{fmt.Errorf("the configuration has no feed %q; \"spool feeds list\" lists those that there are", name)}
	}
	file := feedFile{
		state: spool.FeedState{Name: name, URL: conf.URL}, conf: conf,
		named:    cfg.Given(config.Path("feeds", name, "schedule")),
		pushable: conf.WebSub == "auto" && cfg.Server.PublicURL != "",
	}
	all, err := db.Feeds(cmd.Context())
	if err != nil {
		return feedFile{}, err
	}
	for _, f := range all {
		if f.Name == name && f.URL == conf.URL { // not so: the daemon has not taken the new address over yet
			file.state = f
		}
	}
	file.sub, err = db.SubscriptionOf(cmd.Context(), name)
	if errors.Is(err, spool.ErrNotFound) {
		err = nil
	}
	return file, err
}

// print shows a feed to a person.
func (f feedFile) print(p *program) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(p.out, "%s %s\n", p.paint(pad(name, 10), dim), fold(p.out, value, strings.Repeat(" ", 11)))
		}
	}
	s, m, now := f.state, f.state.Memory, p.now()
	state, c := feedState(s, now)
	line("feed", s.Name)
	line("state", p.paint(state, c))
	line("problem", s.Problem)
	line("alarm", m.Alarm)
	line("address", shownAddress(s.URL))
	line("moved", f.moved())
	line("accounts", strings.Join(f.conf.Accounts, ", "))
	line("schedule", f.schedule())
	line("read", dated(s.LastGood, now))
	if !s.LastPoll.Equal(s.LastGood) {
		line("tried", dated(s.LastPoll, now))
	}
	line("new item", dated(s.LastNew, now))
	line("next", f.next(now))
	line("slowed", m.Slowed)
	line("server", f.server(now))
	line("answers", spared(m))
	line("hints", f.hints())
	line("push", f.push(now))
	line("document", f.document())
	line("names", f.names)
	if m.Degraded {
		line("degraded", "items may be missing, and nothing is concluded from what is not there")
	}
	p.list("repairs", m.Repairs)
	p.list("items that could not be used", m.Skipped)
}

// list prints lines under a heading, if there are any.
func (p *program) list(heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(p.out, "\n%s\n", p.paint(heading, dim))
	for _, l := range lines {
		fmt.Fprintf(p.out, "  %s\n", fold(p.out, oneLine(l), "  "))
	}
}

// dated is a moment, and how long ago that was.
func dated(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return moment(t) + " (" + ago(t, now) + ")"
}

func (f feedFile) moved() string {
	s, m := f.state, f.state.Memory
	switch {
	case m.Address != "" && s.Moved != "":
		return "for good, and asked at " + shownAddress(m.Address) + " now, which redirects to " + shownAddress(s.Moved)
	case m.Address != "":
		return "for good, and asked at " + shownAddress(m.Address) + " now: set its url to that"
	case s.Moved != "":
		return fmt.Sprintf("it redirects for good to %s since %s (%s); it is asked there once that has been so for a week", shownAddress(s.Moved), moment(m.MovedSince), count(m.MovedPolls, "answer", "answers"))
	}
	return ""
}

func (f feedFile) schedule() string {
	out := f.conf.Schedule
	if !f.named {
		out += " (nothing else is set)"
	}
	if f.conf.Hints == "ignore" {
		out += ", and nothing else counts (hints: ignore)"
	} else if f.conf.Priority == spool.Breaking.String() {
		out += ", and nothing else counts (priority: breaking)"
	}
	return out
}

func (f feedFile) next(now time.Time) string {
	s := f.state
	switch {
	case !s.Memory.Ended.IsZero():
		return "never, since " + moment(s.Memory.Ended) + `; "spool feeds retry ` + s.Name + `" asks once more`
	case !s.NextPoll.After(now):
		return "due"
	case s.RetryAfter.After(now):
		return dated(s.NextPoll, now) + "; its server asked to be left alone until " + moment(s.RetryAfter)
	}
	return dated(s.NextPoll, now)
}

// server is what the server said with its last answer.
func (f feedFile) server(now time.Time) string {
	s := f.state
	if s.LastGood.IsZero() {
		return ""
	}
	parts := []string{f.validators()}
	if s.Memory.Fresh.After(now) {
		parts = append(parts, "its answer holds until "+moment(s.Memory.Fresh))
	}
	if !s.Memory.GoneSince.IsZero() {
		parts = append(parts, "it answers 410 (gone) since "+moment(s.Memory.GoneSince))
	}
	return strings.Join(parts, "; ")
}

// validators are what makes the next request conditional.
func (f feedFile) validators() string {
	v := f.state.Validators
	switch {
	case !f.conf.Conditional:
		return "asked for the whole feed each time (conditional: false)"
	case v.ETag != "" && v.LastModified != "":
		return "asked for changes only, by ETag and Last-Modified"
	case v.ETag != "":
		return "asked for changes only, by ETag"
	case v.LastModified != "":
		return "asked for changes only, by Last-Modified"
	}
	return "gives neither ETag nor Last-Modified, so the whole feed is asked for each time"
}

// spared is how much of what was asked for had to be sent.
func spared(m spool.FeedMemory) string {
	if m.Answers == 0 {
		return ""
	}
	return fmt.Sprintf("%s so far, %d of them \"not modified\"", count(m.Answers, "good one", "good ones"), m.Spared)
}

func (f feedFile) hints() string {
	h := f.state.Memory.Hints
	var parts []string
	if h.Every > 0 {
		parts = append(parts, "once in "+span(h.Every)+" is enough")
	}
	if len(h.Hours) > 0 {
		parts = append(parts, "no news in the hours "+strings.Trim(fmt.Sprint(h.Hours), "[]")+" (UTC)")
	}
	if len(h.Days) > 0 {
		parts = append(parts, "no news on "+strings.ReplaceAll(strings.Trim(fmt.Sprint(h.Days), "[]"), " ", ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	out := "the feed says: " + strings.Join(parts, "; ")
	if f.named || f.conf.Hints == "ignore" || f.conf.Priority == spool.Breaking.String() {
		out += ". That does not count: its schedule is set"
	}
	return out
}

// push is which of polls and pushes finds the items.
func (f feedFile) push(now time.Time) string {
	m := f.state.Memory
	if m.Hub == "" {
		return ""
	}
	out := "it names the hub " + shownAddress(m.Hub) + ", as " + shownAddress(m.Topic)
	switch {
	case f.conf.WebSub == "off":
		return out + "; that is not used (websub: off)"
	case !f.pushable:
		return out + "; that is not used, since server.public_url is not set"
	case f.sub.ID == "":
		return out + "; it is not subscribed to yet"
	case f.sub.Standing == spool.Active:
		out += "; subscribed until " + moment(f.sub.LeaseUntil)
	default:
		out += "; the subscription is " + string(f.sub.Standing)
	}
	if f.sub.Reason != "" {
		out += " (" + f.sub.Reason + ")"
	}
	if !f.sub.LastPush.IsZero() {
		out += "; last push " + ago(f.sub.LastPush, now)
	}
	out += fmt.Sprintf("; new items found by push: %d, by poll: %d", m.Pushed, m.Polled)
	if f.sub.Pushing(now) && !m.Proven.IsZero() {
		out += "; it can be relied on, so the feed is polled seldom"
	}
	return out
}

func (f feedFile) document() string {
	s, m := f.state, f.state.Memory
	if s.Baselined.IsZero() {
		return ""
	}
	out := count(s.Items, "item", "items")
	if m.Format != "" {
		out = m.Format + ", " + out
	}
	if m.Title != "" {
		out += ", called " + m.Title
	}
	return out
}
