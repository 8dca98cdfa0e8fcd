package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/dedupe"
	"spool/store"
)

func (p *program) takedownCommand() *cobra.Command {
	var r removal
	var yes bool
	cmd := &cobra.Command{
		Use: "takedown URL|ITEM", Short: "Take everything about an article away, and keep it from coming back",
		Long: `Finds every post about an article on every account: by its address in any form, by
the address of a post about it, or by the id of the item. What waits is given up,
what readers see is taken away as soon as the networks allow, and the article is
blocked: no feed leads to a post about it any more. A post that is just being sent
is taken away once it is live. "spool items show" tells how far it is.

An address that no feed has brought yet is blocked for the future.`,
		Args: oneArg("address or item"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.who, r.now = cmp.Or(r.who, person()), p.now()
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				return p.takedown(cmd.Context(), cfg, db, strings.TrimSpace(args[0]), &r, yes)
			})
		},
	}
	removalFlags(cmd, &r.reason, &r.who)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (p *program) takedown(ctx context.Context, cfg *config.Config, db *store.DB, query string, r *removal, yes bool) error {
	items, err := everyItem(ctx, db, query)
	if err != nil {
		return err
	}
	if len(items) == 0 && addressOf(query) == "" {
		return fmt.Errorf("no item and no post is known under %q", cut(query, 200))
	}
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.ID
		fmt.Fprintf(p.out, "item %s  %s  %s\n", it.ID, it.Feed, cmp.Or(oneLine(it.Title), it.Link))
	}
	if !yes {
		if err := p.confirm(ctx, "Take every post about this away and block it?"); err != nil {
			return err
		}
	}
	blocks, err := blocksFor(ctx, db, query, items, r)
	if err != nil {
		return err
	}
	r.able, r.kind = p.withdrawers(cfg, db), spool.ByTakedown
	recorded, changed, err := db.TakeDown(ctx, store.Takedown{Items: ids, Blocks: blocks, Decide: func(posts []spool.Post) store.Decision {
		r.reset()
		return r.decide(posts)
	}})
	if err != nil {
		return err
	}
	p.tellRemoval(recorded, changed, r)
	return p.tellTakedown(ctx, db, items, recorded, r)
}

// tellTakedown says what is not done yet, and what only a person can do.
func (p *program) tellTakedown(ctx context.Context, db *store.DB, items []spool.Item, recorded []spool.Post, r *removal) error {
	for _, post := range r.underWay {
		fmt.Fprintf(p.out, "%s  %s  %s  %s\n", shortID(post.ID), p.paint("was sent just now, or is being sent; once it is found to be live it is taken away", yellow), post.Account, firstLine(post.Content.Text))
	}
	if len(items) == 0 {
		fmt.Fprintln(p.out, "no feed has brought this address; it is blocked for the future")
		return nil
	}
	fmt.Fprintln(p.out, p.paint("blocked: no feed leads to a post about it any more", dim))
	if err := p.tellClosed(ctx, db, recorded); err != nil {
		return err
	}
	for _, post := range r.hands {
		fmt.Fprintln(p.err, "spool:", byHand(post))
	}
	if len(r.hands) > 0 {
		return errSaid
	}
	return nil
}

// tellClosed says on which accounts nothing is taken away now, although it is to be.
func (p *program) tellClosed(ctx context.Context, db *store.DB, recorded []spool.Post) error {
	accounts, err := db.Accounts(ctx)
	if err != nil {
		return err
	}
	closed := p.closed(accounts)
	for _, name := range accountsOf(recorded) {
		if word := closed[name]; word != "" {
			fmt.Fprintf(p.err, "spool: on %s nothing is taken away yet: %s\n", name, word)
		}
	}
	return nil
}

func accountsOf(posts []spool.Post) []string {
	var names []string
	for _, post := range posts {
		names = append(names, post.Account)
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

// confirm asks on a terminal. Anything but yes changes nothing.
func (p *program) confirm(ctx context.Context, question string) error {
	if !isTerminal(p.in) {
		return misuse{errors.New("this changes what readers see: add --yes to do it without being asked")}
	}
	fmt.Fprint(p.out, question+" [y/N] ")
	line, err := readLine(ctx, bufio.NewReader(p.in))
	if err != nil && line == "" {
		return err
	}
	if line = strings.ToLower(line); line != "y" && line != "yes" {
		return errors.New("nothing was changed")
	}
	return nil
}

// everyItem finds all items that an address or an id names, in every group of
// feeds: by their names, by posts that are found there or that show the address,
// and those that share an address with one of these.
func everyItem(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	var items []spool.Item
	add := func(more []spool.Item) {
		for _, it := range more {
			if !slices.ContainsFunc(items, func(have spool.Item) bool { return have.ID == it.ID }) {
				items = append(items, it)
			}
		}
	}
	for _, find := range []func(context.Context, *store.DB, string) ([]spool.Item, error){findWholeID, findNames, findPosts, findLinking} {
		more, err := find(ctx, db, query)
		if err != nil {
			return nil, err
		}
		add(more)
	}
	for i := 0; i < len(items) && i < maxStories*10; i++ {
		names, err := db.NamesOf(ctx, items[i].ID)
		if err != nil {
			return nil, err
		}
		more, err := db.ItemsKnownAs(ctx, dedupe.Blockable(items[i], names))
		if err != nil {
			return nil, err
		}
		add(more)
	}
	return items, nil
}

// findWholeID finds the item of an id, or of a beginning that is the only one: what
// is taken down must not be guessed.
func findWholeID(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	items, err := findID(ctx, db, query)
	if err != nil || len(items) < 2 {
		return items, err
	}
	return nil, fmt.Errorf("more than one item's id begins with %q: give more of it", query)
}

// findLinking finds the items whose posts show a link to the address.
func findLinking(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	address := addressOf(query)
	if address == "" {
		return nil, nil
	}
	bare, _, _ := strings.Cut(address, "#")
	posts, err := db.PostsLinking(ctx, []string{address, bare, strings.TrimSuffix(bare, "/"), bare + "/"})
	if err != nil {
		return nil, err
	}
	return itemsOf(ctx, db, posts)
}

// itemsOf are the items that posts are about.
func itemsOf(ctx context.Context, db *store.DB, posts []spool.Post) ([]spool.Item, error) {
	var items []spool.Item
	for _, post := range posts {
		if slices.ContainsFunc(items, func(it spool.Item) bool { return it.ID == post.Item }) {
			continue
		}
		it, err := db.Item(ctx, post.Item)
		if errors.Is(err, spool.ErrNotFound) {
			it, err = spool.Item{ID: post.Item, Feed: post.Feed}, nil // a database of before items were kept for good
		}
		if err != nil {
			return nil, err
		}
		items = append(items, it)
	}
	return items, nil
}

// blocksFor are the blocks of items by all their names, and of an address.
func blocksFor(ctx context.Context, db *store.DB, query string, items []spool.Item, r *removal) ([]spool.Block, error) {
	var blocks []spool.Block
	add := func(item string, keys ...spool.Key) {
		for _, k := range keys {
			if !slices.ContainsFunc(blocks, func(b spool.Block) bool { return b.Key == k }) {
				blocks = append(blocks, spool.Block{Key: k, Item: item, URL: cut(query, 500), Time: r.now, Who: r.who, Reason: r.reason})
			}
		}
	}
	for _, it := range items {
		names, err := db.NamesOf(ctx, it.ID)
		if err != nil {
			return nil, err
		}
		add(it.ID, append([]spool.Key{spool.ItemKey(it.ID)}, dedupe.Blockable(it, names)...)...)
	}
	if len(items) == 0 {
		add("", keysOf(query, "page:", "link:")...)
	}
	return blocks, nil
}
