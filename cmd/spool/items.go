package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) itemsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "items",
		Short: "Look at articles with all their posts, and take them down",
		Long: `Looks at articles with all their posts on all accounts, and takes them down. An
article is named by its address, by the address of a post about it, or by the id
of the item. "spool why" explains the decisions about one.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.itemsListCommand(), p.itemsShowCommand(), p.takedownCommand(), p.unblockCommand())
	return cmd
}

func (p *program) itemsListCommand() *cobra.Command {
	var feed string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the latest articles and what became of them, at most 20", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				items, err := db.SearchItems(cmd.Context(), func(it spool.Item) bool { return feed == "" || it.Feed == feed })
				if err != nil {
					return err
				}
				listed, err := listedItems(cmd.Context(), db, items)
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(listed)
				}
				p.printItems(listed)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&feed, "feed", "", "only articles of this `feed`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A listedItem is an article and what became of it.
type listedItem struct {
	ID      string                 `json:"id"`
	Feed    string                 `json:"feed"`
	Title   string                 `json:"title"`
	Link    string                 `json:"link"`
	Seen    string                 `json:"seen"`
	Posts   map[string]spool.State `json:"posts"` // by account
	Blocked bool                   `json:"blocked,omitempty"`

	seen time.Time
}

func listedItems(ctx context.Context, db *store.DB, items []spool.Item) ([]listedItem, error) {
	ids := make([]string, len(items))
	keys := make([]spool.Key, len(items))
	for i, it := range items {
		ids[i], keys[i] = it.ID, spool.ItemKey(it.ID)
	}
	states, err := db.StatesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	blocks, err := db.Blocks(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make([]listedItem, len(items))
	for i, it := range items {
		_, blocked := blocks[keys[i]]
		out[i] = listedItem{ID: it.ID, Feed: it.Feed, Title: it.Title, Link: it.Link, Seen: rfc3339(it.Seen), Posts: states[it.ID], Blocked: blocked, seen: it.Seen}
		if out[i].Posts == nil {
			out[i].Posts = map[string]spool.State{}
		}
	}
	return out, nil
}

func (p *program) printItems(items []listedItem) {
	if len(items) == 0 {
		fmt.Fprintln(p.out, "no items")
		return
	}
	t := table{head: []string{"ITEM", "FEED", "SEEN", "POSTS", "TITLE"}}
	for _, it := range items {
		posts := postsInShort(it.Posts)
		if it.Blocked {
			posts = strings.TrimPrefix(posts+", blocked", ", ")
		}
		t.rows = append(t.rows, []cell{{text: it.ID}, {text: it.Feed}, {ago(it.seen, p.now()), dim}, {text: cmp.Or(posts, "none")}, {text: cmp.Or(oneLine(it.Title), it.Link)}})
	}
	t.print(p)
}

// postsInShort are the accounts that have a post, by its state: "live desk, night".
func postsInShort(states map[string]spool.State) string {
	var says []string
	for _, state := range spool.States() {
		var names []string
		for _, name := range sortedKeys(states) {
			if states[name] == state {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			says = append(says, string(state)+" "+strings.Join(names, ", "))
		}
	}
	return strings.Join(says, "; ")
}

func (p *program) itemsShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "show URL|ITEM", Short: "Show an article with all its posts, as evidence with --json",
		Long: `Shows an article with all posts about it on all accounts: where they are, what
state they are in, their addresses and times, and what blocks it. With --json it
shows the words of each post and everything that has happened to it, and who had
it happen: that is what to keep as evidence.`,
		Args: oneArg("address or item"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				dossiers, err := dossiersOf(cmd.Context(), db, strings.TrimSpace(args[0]))
				if err != nil {
					return err
				}
				if asJSON {
					return p.printJSON(dossiers)
				}
				for i, d := range dossiers {
					if i > 0 {
						fmt.Fprintln(p.out)
					}
					p.printDossier(d)
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A dossier is all that is kept about an article.
type dossier struct {
	spool.Item
	Fates  []spool.Fate  `json:"fates"`
	Posts  []told        `json:"posts"`
	Blocks []spool.Block `json:"blocks"`
}

func dossiersOf(ctx context.Context, db *store.DB, query string) ([]dossier, error) {
	items, err := everyItem(ctx, db, query)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		blocks, err := db.Blocks(ctx, keysOf(query, "page:", "link:"))
		if err != nil {
			return nil, err
		}
		if len(blocks) == 0 {
			return nil, fmt.Errorf("no item and no post is known under %q; \"spool why\" looks for words of titles, too", cut(query, 200))
		}
		d := dossier{Posts: []told{}, Fates: []spool.Fate{}, Item: spool.Item{Link: query}}
		for _, key := range slices.Sorted(maps.Keys(blocks)) {
			d.Blocks = append(d.Blocks, blocks[key])
		}
		return []dossier{d}, nil
	}
	var all []dossier
	for _, it := range items {
		d, err := dossierOf(ctx, db, it)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

func dossierOf(ctx context.Context, db *store.DB, it spool.Item) (dossier, error) {
	d := dossier{Item: it, Posts: []told{}}
	var err error
	if d.Fates, err = db.Fates(ctx, it.ID); err != nil {
		return d, err
	}
	if d.Blocks, err = db.BlocksOf(ctx, it.ID); err != nil {
		return d, err
	}
	posts, err := db.AllPosts(ctx, []string{it.ID})
	if err != nil {
		return d, err
	}
	for _, post := range posts {
		history, err := db.History(ctx, post.ID)
		if err != nil {
			return d, err
		}
		d.Posts = append(d.Posts, told{viewPost(post), history, post})
	}
	return d, nil
}

func (p *program) printDossier(d dossier) {
	fmt.Fprintln(p.out, p.paint(cmp.Or(oneLine(d.Title), "(its words are not kept any more)"), bold))
	if d.Link != "" {
		fmt.Fprintln(p.out, d.Link)
	}
	if d.ID == "" {
		fmt.Fprintln(p.out, "no feed has brought it")
	} else {
		fmt.Fprintln(p.out, p.paint("item "+d.ID+", feed "+d.Feed+", seen "+moment(d.Seen), dim))
	}
	if len(d.Blocks) > 0 {
		b := d.Blocks[0]
		fmt.Fprintf(p.out, "%s by %s on %s%s\n", p.paint("blocked", red), b.Who, moment(b.Time), strings.TrimSuffix(": "+b.Reason, ": "))
	}
	if len(d.Posts) == 0 {
		fmt.Fprintln(p.out, "no posts")
		return
	}
	fmt.Fprintln(p.out)
	t := table{head: []string{"POST", "ACCOUNT", "PURPOSE", "STATE", "WHEN", "WHERE AND WHY"}}
	for _, post := range d.Posts {
		says := strings.TrimPrefix(strings.TrimSuffix(post.URL+"  "+post.Reason, "  "), "  ")
		when := cmp.Or(moment(post.post.LiveAt), moment(post.post.Created))
		t.rows = append(t.rows, []cell{
			{text: shortID(post.ID)}, {text: post.Account}, {text: string(post.Purpose)}, {stateName(post.post), stateColour(post.State)}, {when, dim}, {text: says},
		})
	}
	t.print(p)
}

func (p *program) unblockCommand() *cobra.Command {
	return &cobra.Command{
		Use: "unblock URL|ITEM", Short: "Let an article that was taken down be posted again",
		Long: `Lets an article that was taken down be posted again. What was given up or taken
away stays so, and an article that a feed has listed before is not news any more:
only feeds that bring it for the first time lead to posts about it.`,
		Args: oneArg("address or item"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				query := strings.TrimSpace(args[0])
				items, err := everyItem(cmd.Context(), db, query)
				if err != nil {
					return err
				}
				var ids []string
				for _, it := range items {
					ids = append(ids, it.ID)
				}
				n, err := db.Unblock(cmd.Context(), slices.Clip(ids), keysOf(query, "page:", "link:"))
				if err != nil {
					return err
				}
				if n == 0 {
					return fmt.Errorf("nothing is blocked under %q", cut(query, 200))
				}
				fmt.Fprintln(p.out, "not blocked any more")
				return nil
			})
		},
	}
}
