package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/dedupe"
	"spool/store"
)

func (p *program) whyCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "why ADDRESS|ID|WORDS", Short: "Explain what became of an article: posted or not, and why",
		Long: `Explains every decision that was taken about an article: which feeds listed it
and when, whether a filter, its age or another article kept it from being
posted, and everything that has happened to its posts.

It is named by its address, in any form that leads to the same article; by the
address or the id of a post; by the id or guid of the item; or by words of its
title. A service alert is also named by what its agency calls it. Of an address
that no feed has brought it says which feeds could have, and how they are. The
exit status is 1 when nothing is known.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(strings.Join(args, "")) == "" {
				return misuse{fmt.Errorf("%s wants an address, an id, or words of a title; see %s --help", cmd.CommandPath(), cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				a, err := p.explain(cmd.Context(), cfg, db, strings.TrimSpace(strings.Join(args, " ")))
				if err != nil {
					return err
				}
				if asJSON {
					err = p.printJSON(a)
				} else {
					p.printAnswer(cfg, a)
				}
				if err == nil && a.Found == "" {
					err = errSaid
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// An answer is everything that is known about what somebody named.
type answer struct {
	Query      string        `json:"query"`
	Found      string        `json:"found"` // what the query is: "id", "post", "address", "path", "alert" or "title"; empty: nothing that is known
	Stories    []story       `json:"items"`
	Candidates []candidate   `json:"candidates,omitempty"` // when it fits too many
	Alerts     []listedAlert `json:"alerts,omitempty"`     // when it is one that nothing has been told of so far
	Feeds      []nearFeed    `json:"feeds,omitempty"`      // when nothing is known: those that could bring it
	Block      *spool.Block  `json:"block,omitempty"`      // when nothing is known: somebody has blocked it beforehand

	closed map[string]string // accounts that nothing is posted on now
}

// A story is an item with what became of it.
type story struct {
	spool.Item
	Fates []spool.Fate `json:"fates"`
	Posts []told       `json:"posts"`

	alert *spool.Tracked // of a service alert: how it is now; nil: that is not remembered
}

// told is a post with its history.
type told struct {
	postView
	History []spool.Change `json:"history"`

	post spool.Post
}

// A candidate is an item that may be meant.
type candidate struct {
	ID    string `json:"id"`
	Feed  string `json:"feed"`
	Title string `json:"title"`
	Link  string `json:"link,omitempty"`
}

// maxStories is how many items are told in full; of more there is a list.
const maxStories = 3

// explain finds what the query names, and tells it.
func (p *program) explain(ctx context.Context, cfg *config.Config, db *store.DB, query string) (answer, error) {
	a := answer{Query: query, Stories: []story{}}
	accounts, err := db.Accounts(ctx)
	if err != nil {
		return a, err
	}
	a.closed = p.closed(accounts)
	var items []spool.Item
	for _, s := range searches {
		if items, err = s.find(ctx, db, query); err != nil {
			return a, err
		}
		if len(items) > 0 {
			a.Found = s.as
			break
		}
	}
	if len(items) == 0 {
		if a.Alerts, err = p.untold(ctx, cfg, db, query); err != nil || len(a.Alerts) > 0 {
			a.Found = byAlert
			return a, err
		}
		if a.Block, err = blockOf(ctx, db, query); err != nil {
			return a, err
		}
		a.Feeds, err = p.nearFeeds(ctx, cfg, db, query)
		return a, err
	}
	if len(items) > maxStories || len(items) > 1 && a.Found == byTitle {
		for _, it := range items {
			a.Candidates = append(a.Candidates, candidate{it.ID, it.Feed, oneLine(it.Title), it.Link})
		}
		return a, nil
	}
	for _, it := range items {
		s, err := tell(ctx, db, it)
		if err != nil {
			return a, err
		}
		a.Stories = append(a.Stories, s)
	}
	return a, nil
}

// blockOf is what keeps an address out that no feed has brought yet; nil: nothing.
func blockOf(ctx context.Context, db *store.DB, query string) (*spool.Block, error) {
	blocks, err := db.Blocks(ctx, keysOf(query, "page:", "link:"))
	for _, b := range blocks {
		return &b, err // under whatever key
	}
	return nil, err
}

// tell collects what became of an item.
func tell(ctx context.Context, db *store.DB, it spool.Item) (story, error) {
	s := story{Item: it, Posts: []told{}}
	var err error
	if s.alert, err = standingOf(ctx, db, it); err != nil {
		return s, err
	}
	if s.Fates, err = db.Fates(ctx, it.ID); err != nil {
		return s, err
	}
	posts, err := db.AllPosts(ctx, []string{it.ID})
	if err != nil {
		return s, err
	}
	for _, post := range posts {
		history, err := db.History(ctx, post.ID)
		if err != nil {
			return s, err
		}
		s.Posts = append(s.Posts, told{viewPost(post), history, post})
	}
	return s, nil
}

// A search is one way to understand a query.
type search struct {
	as   string
	find func(context.Context, *store.DB, string) ([]spool.Item, error)
}

// What a query can turn out to be.
const (
	byID      = "id"
	byPost    = "post"
	byAddress = "address"
	byPath    = "path"
	byAlert   = "alert"
	byTitle   = "title"
)

// searches are tried in this order, until one finds something.
var searches = []search{
	{byID, findID}, {byAddress, findNames}, {byPost, findPosts}, {byPath, findPath}, {byAlert, findAlert}, {byTitle, findTitle},
}

// leastID is how much of an id is enough to be taken for one.
const leastID = 6

// findID finds an item by its id, or the beginning of it.
func findID(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	if len(query) < leastID || strings.Trim(query, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		return nil, nil
	}
	return db.ItemsBeginning(ctx, query)
}

// findNames finds items by a guid, or by an address in any form that is the same
// for the recognition of items.
func findNames(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	return db.ItemsKnownAs(ctx, keysOf(query, "guid:", "page:", "link:"))
}

// findPath finds items whose address has the same path: on another host, as that
// of a mobile site or before a move, without a host, or without parameters.
func findPath(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	bare, _, _ := strings.Cut(query, "?")
	bare, _, _ = strings.Cut(bare, "#")
	path, site := pathOf(addressOf(bare)), siteOf(addressOf(bare))
	if strings.HasPrefix(bare, "/") {
		path = pathOf("https://localhost" + bare)
	}
	if path == "" {
		return nil, nil
	}
	items, err := db.ItemsKnownAs(ctx, keysOf("https://localhost"+path, "path:"))
	if err != nil || len(items) > 0 {
		return items, err
	}
	return db.SearchItems(ctx, func(it spool.Item) bool {
		return pathOf(it.Link) == path && (site == "" || siteOf(it.Link) == site)
	})
}

// pathOf is the path of an address in the form for comparison; empty for a
// site's front page.
func pathOf(address string) string {
	bare, _, _ := strings.Cut(dedupe.Canonical(address), "?")
	bare, _, _ = strings.Cut(bare, "#")
	_, rest, _ := strings.Cut(bare, "://")
	_, path, ok := strings.Cut(rest, "/")
	if !ok || path == "" {
		return ""
	}
	return "/" + path
}

// keysOf are the keys of those kinds under which an item would be remembered that
// has the query as its guid or its link.
func keysOf(query string, kinds ...string) []spool.Key {
	names := []spool.Item{{GUID: query}}
	if address := addressOf(query); address != "" {
		page, _, _ := strings.Cut(address, "#") // a reader may be anywhere on it
		names = append(names, spool.Item{GUID: address}, spool.Item{Link: address}, spool.Item{GUID: page}, spool.Item{Link: page})
	}
	var keys []spool.Key
	for _, it := range names {
		for _, list := range dedupe.KeysOf([]spool.Item{it}) {
			for _, key := range list {
				ours := slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(string(key), kind) })
				if ours && !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// addressOf is the query as a web address; empty when it is none. People leave
// out what a browser does not show.
func addressOf(query string) string {
	if strings.ContainsAny(query, " \t\n") {
		return ""
	}
	bare := !strings.Contains(query, "://")
	if bare {
		host, _, _ := strings.Cut(query, "/")
		if !strings.Contains(strings.Trim(host, "."), ".") || strings.Contains(host, "@") {
			return ""
		}
		query = "https://" + query
	}
	u, err := url.Parse(query)
	if err != nil && (bare || dedupe.Canonical(query) == "") || err == nil && (u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return query
}

// findPosts finds the items of posts: by the id of a post or the beginning of it,
// by the network's id, or by the address that readers find it at.
func findPosts(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	var posts []spool.Post
	if len(query) >= leastID {
		post, err := db.Post(ctx, query)
		switch {
		case err == nil:
			posts = append(posts, post)
		case !errors.Is(err, spool.ErrNotFound):
			return nil, err
		}
	}
	bare, _, _ := strings.Cut(query, "?") // what apps add to an address that is shared
	for _, name := range []string{query, bare, strings.TrimRight(bare, "/")} {
		if len(posts) > 0 {
			break
		}
		var err error
		if posts, err = db.PostsAt(ctx, name); err != nil {
			return nil, err
		}
	}
	var items []spool.Item
	for _, post := range posts {
		it, err := db.Item(ctx, post.Item)
		if err != nil && !errors.Is(err, spool.ErrNotFound) {
			return nil, err
		}
		if err == nil && !slices.ContainsFunc(items, func(other spool.Item) bool { return other.ID == it.ID }) {
			items = append(items, it)
		}
	}
	return items, nil
}

// findTitle is the last resort: words of a title, whatever their case.
func findTitle(ctx context.Context, db *store.DB, query string) ([]spool.Item, error) {
	if addressOf(query) != "" {
		return nil, nil
	}
	words := strings.ToLower(oneLine(query))
	return db.SearchItems(ctx, func(it spool.Item) bool {
		return strings.Contains(strings.ToLower(oneLine(it.Title)), words)
	})
}
