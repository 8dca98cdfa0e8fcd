package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) postsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "posts",
		Short: "List posts and steer them",
		Long: `Lists posts and steers them. It works beside a running daemon, which takes
notice at once. A post is named by its id, or by the beginning of it.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		p.postsListCommand(), p.postsShowCommand(),
		p.steerCommand("hold", "Keep waiting posts back until they are approved", spool.Holding),
		p.approveCommand(),
		p.steerCommand("retry", "Try failed posts again", spool.Retried),
		p.cancelCommand(), p.postEditCommand(), p.withdrawCommand(),
		p.steerCommand("now", "Send waiting posts next, without spacing and quiet hours", spool.Hurried),
	)
	return cmd
}

func (p *program) postsListCommand() *cobra.Command {
	var f store.Filter
	var states []string
	var hold string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List posts, the newest first", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if f.States, err = parseStates(states); err != nil {
				return err
			}
			if f.Hold, err = parseHold(hold); err != nil {
				return err
			}
			return p.withStore(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				posts, err := db.Posts(cmd.Context(), f)
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(postViews(posts))
				}
				accounts, err := db.Accounts(cmd.Context())
				if err != nil {
					return err
				}
				p.printPosts(posts, p.closed(accounts))
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&states, "state", nil, "only these `states`: "+joinStates())
	flags.StringVar(&hold, "hold", "", "only posts held for this `reason`: "+joinHolds(spool.Holds()))
	flags.StringVar(&f.Account, "account", "", "only posts of this `account`")
	flags.StringVar(&f.Feed, "feed", "", "only posts of this `feed`")
	flags.IntVar(&f.Limit, "limit", 50, "at most this `number`")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// stateName is a post's state for people: an edit or a withdrawal is not live, it
// is done.
func stateName(post spool.Post) string {
	if post.State == spool.Live && post.Purpose.Steers() {
		return "done"
	}
	return string(post.State)
}

func joinStates() string {
	var names []string
	for _, s := range spool.States() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func parseStates(names []string) ([]spool.State, error) {
	var out []spool.State
	for _, name := range names {
		if !slices.Contains(spool.States(), spool.State(name)) {
			return nil, misuse{fmt.Errorf("no state is called %q; there are %s", name, joinStates())}
		}
		out = append(out, spool.State(name))
	}
	return out, nil
}

func parseHold(name string) (spool.Hold, error) {
	if name != "" && !slices.Contains(spool.Holds(), spool.Hold(name)) {
		return "", misuse{fmt.Errorf("no post is held for %q; the reasons are %s", name, joinHolds(spool.Holds()))}
	}
	return spool.Hold(name), nil
}

// closed are the accounts that nothing is posted on now, and the word for it.
func (p *program) closed(accounts []spool.AccountState) map[string]string {
	words := map[string]string{}
	for _, a := range accounts {
		if state, _, _ := accountState(a, p.now()); state != "posting" && state != "new" {
			words[a.Name] = "account " + state
		}
	}
	return words
}

func (p *program) printPosts(posts []spool.Post, closed map[string]string) {
	if len(posts) == 0 {
		fmt.Fprintln(p.out, "no posts")
		return
	}
	t := table{head: []string{"ID", "STATE", "ACCOUNT", "FEED", "WHEN", "TEXT"}}
	for _, post := range posts {
		t.rows = append(t.rows, []cell{
			{text: shortID(post.ID)}, {stateName(post), stateColour(post.State)}, {text: post.Account}, {text: post.Feed},
			{p.when(post, closed[post.Account]), dim}, {text: listText(post)},
		})
	}
	t.print(p)
}

// shortID is enough of an id to name a post.
func shortID(id string) string { return id[:min(len(id), 10)] }

// listText is the text of a post; of one that did not go out also why.
func listText(post spool.Post) string {
	if post.Reason != "" && post.State != spool.Live {
		return firstLine(post.Content.Text) + " [" + post.Reason + "]"
	}
	return firstLine(post.Content.Text)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func stateColour(s spool.State) colour {
	switch s {
	case spool.Live:
		return green
	case spool.Held, spool.Doubt:
		return yellow
	case spool.Failed, spool.Dropped:
		return red
	}
	return cyan
}

// when is the moment that matters in a post's state, or what it waits for.
func (p *program) when(post spool.Post, closed string) string {
	now := p.now()
	switch {
	case post.State == spool.Live:
		return ago(post.LiveAt, now)
	case post.State == spool.Waiting && post.Embargo.After(now):
		return "embargoed, " + ago(post.Embargo, now)
	case post.State == spool.Waiting && closed != "":
		return closed
	case post.State == spool.Waiting && post.NotBefore.After(now):
		return "due " + ago(post.NotBefore, now)
	case post.State == spool.Waiting:
		return "due"
	}
	return ago(post.Created, now)
}

func (p *program) postsShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show ID", Short: "Show a post with its history", Args: oneArg("id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				post, err := findPost(cmd.Context(), db, args[0])
				if err != nil {
					return err
				}
				accounts, err := db.Accounts(cmd.Context())
				if err != nil {
					return err
				}
				history, err := db.History(cmd.Context(), post.ID)
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(struct {
						postView
						History []spool.Change `json:"history"`
					}{viewPost(post), history})
				}
				p.printPost(post, history, p.closed(accounts)[post.Account])
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// findPost is the post of an id, or of the beginning of one.
func findPost(ctx context.Context, db *store.DB, id string) (spool.Post, error) {
	post, err := db.Post(ctx, id)
	if errors.Is(err, spool.ErrNotFound) {
		return post, fmt.Errorf("%w; \"spool posts list\" shows the ids", err)
	}
	return post, err
}

func (p *program) printPost(post spool.Post, history []spool.Change, closed string) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(p.out, "%s %s\n", p.paint(pad(name, 10), dim), value)
		}
	}
	line("post", post.ID)
	line("state", p.paint(stateName(post), stateColour(post.State)))
	line("why", post.Reason)
	line("account", post.Account)
	line("feed", post.Feed)
	switch {
	case post.Parent != "":
		line("purpose", string(post.Purpose)+" post "+shortID(post.Parent))
	case post.Purpose != spool.Announce:
		line("purpose", string(post.Purpose))
	}
	line("priority", post.Priority.String())
	line("live at", post.Receipt.URL)
	if post.State == spool.Waiting {
		if closed != "" {
			line("waits", closed+`; "spool accounts" says why`)
		}
		if post.Embargo.After(p.now()) {
			line("embargo", "until "+moment(post.Embargo)+"; nothing shows it before")
		}
		line("due", moment(post.NotBefore))
		line("deadline", moment(post.Deadline))
	}
	line("link", post.Content.Link)
	for _, m := range post.Content.Media {
		line("image", m.URL)
		line("alt", m.Alt)
	}
	line("topic", post.Content.Topic)
	line("warning", post.Content.Warning)
	fmt.Fprintf(p.out, "\n%s\n\n", post.Content.Text)
	for i, part := range post.Content.More {
		line("goes on", fmt.Sprintf("in reply %d of %d", i+1, len(post.Content.More)))
		fmt.Fprintf(p.out, "\n%s\n\n", part)
	}
	t := table{head: []string{"TIME", "STATE", "WHAT", "WHO", "CAUSE"}}
	for _, c := range history {
		t.rows = append(t.rows, []cell{{moment(c.Time), dim}, {string(c.To), stateColour(c.To)}, {text: string(c.What)}, {text: c.Who}, {text: c.Cause}})
	}
	t.print(p)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05 MST")
}

// steerCommand is a command that sends an event to posts.
func (p *program) steerCommand(name, short string, what spool.What) *cobra.Command {
	var cause string
	cmd := &cobra.Command{
		Use: name + " ID...", Short: short, Args: someIDs,
		RunE: func(cmd *cobra.Command, ids []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				return p.steer(cmd.Context(), cfg, db, ids, spool.Event{What: what, Cause: cause})
			})
		},
	}
	cmd.Flags().StringVar(&cause, "reason", "", "a `text` for the post's history")
	return cmd
}

func someIDs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return misuse{fmt.Errorf("%s wants the id of a post, or several; \"spool posts list\" shows them", cmd.CommandPath())}
	}
	return nil
}

// steer sends an event to each post and says what came of it. One that cannot
// be steered does not keep the others from it.
func (p *program) steer(ctx context.Context, cfg *config.Config, db *store.DB, ids []string, e spool.Event) error {
	e.Who = person()
	failed := 0
	for _, id := range ids {
		post, err := p.steerOne(ctx, cfg, db, id, e)
		if err != nil {
			failed++
			fmt.Fprintln(p.err, "spool:", err)
			continue
		}
		fmt.Fprintf(p.out, "%s  %s  %s\n", shortID(post.ID), p.paint(string(post.State), stateColour(post.State)), firstLine(post.Content.Text))
	}
	if len(ids) == 0 {
		fmt.Fprintln(p.out, "no posts")
	}
	if failed > 0 {
		return errSaid
	}
	return nil
}

func (p *program) steerOne(ctx context.Context, cfg *config.Config, db *store.DB, id string, e spool.Event) (spool.Post, error) {
	post, err := findPost(ctx, db, id)
	if err != nil {
		return spool.Post{}, err
	}
	rules := spool.Rules{Deadline: cfg.Accounts[post.Account].Deadline}
	if e.What == spool.Retried && post.Content.Text == "" {
		return spool.Post{}, fmt.Errorf("post %s has no words that could be sent: %s", shortID(post.ID), post.Reason)
	}
	post, err = db.Steer(ctx, post.ID, e, rules)
	if errors.Is(err, spool.ErrTransition) {
		return spool.Post{}, fmt.Errorf("post %s is %s: %s", shortID(post.ID), post.State, hint(post.State, e.What))
	}
	return post, err
}

// hint says why a post cannot be steered so.
func hint(s spool.State, what spool.What) string {
	switch {
	case s == spool.Sending || s == spool.Doubt:
		return "it may be live already; Spool is finding out, try again in a moment"
	case s == spool.Live:
		return "readers can see it already"
	case s == spool.Dropped:
		return "it was given up"
	case s == spool.Failed:
		return `only "spool posts retry" is possible`
	case s == spool.Held:
		return `"spool posts approve" releases it, "spool posts cancel" gives it up`
	case what == spool.Approved:
		return "it is not held"
	}
	return "only failed posts are tried again; this one still waits"
}

// person is who types, for the history.
func person() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "command line"
}

// A postView is a post for programs.
type postView struct {
	ID        string        `json:"id"`
	State     spool.State   `json:"state"`
	Hold      spool.Hold    `json:"hold,omitempty"`
	Reason    string        `json:"reason,omitempty"`
	Account   string        `json:"account"`
	Feed      string        `json:"feed"`
	Item      string        `json:"item"`
	Purpose   spool.Purpose `json:"purpose"`
	Parent    string        `json:"parent,omitempty"`
	Priority  string        `json:"priority"`
	Content   spool.Content `json:"content"`
	URL       string        `json:"url,omitempty"`
	NetworkID string        `json:"network_id,omitempty"`
	Attempts  int           `json:"attempts"`
	Created   time.Time     `json:"created"`
	NotBefore time.Time     `json:"not_before,omitzero"`
	Deadline  time.Time     `json:"deadline,omitzero"`
	Embargo   time.Time     `json:"embargo,omitzero"`
	LiveAt    time.Time     `json:"live_at,omitzero"`
}

func viewPost(p spool.Post) postView {
	return postView{
		ID: p.ID, State: p.State, Hold: p.Hold, Reason: p.Reason, Account: p.Account, Feed: p.Feed, Item: p.Item,
		Purpose: p.Purpose, Parent: p.Parent, Priority: p.Priority.String(), Content: p.Content, URL: p.Receipt.URL, NetworkID: p.Receipt.ID,
		Attempts: p.Attempts, Created: p.Created.UTC(), NotBefore: p.NotBefore.UTC(), Deadline: p.Deadline.UTC(), Embargo: p.Embargo.UTC(), LiveAt: p.LiveAt.UTC(),
	}
}

func postViews(posts []spool.Post) []postView {
	out := make([]postView, len(posts))
	for i, p := range posts {
		out[i] = viewPost(p)
	}
	return out
}
