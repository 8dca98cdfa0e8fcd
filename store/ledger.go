package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"spool"
)

// The ledger counts, for each feed and each of its accounts, the items that the
// feed has listed and those of them that led to no post. What led to one is
// counted from the posts. All of it changes in the transaction of the poll.
//
// Two verdicts are the ledger's own. An item for which the account had a post
// already counts as spool.Elsewhere although its verdict is spool.ToPost.
const (
	seenItems    = "seen"
	carriedItems = "carried" // see migrations/0002_reading.sql
)

// A sum is what a poll adds to the ledger of its feed.
type sum map[account]int

type account struct{ name, verdict string }

// keepLedger counts what a poll has made of the items that its feed listed for
// the first time, once its posts are recorded.
func keepLedger(ctx context.Context, q *queries, feed string, all map[string]*outcome, counted map[string]bool, recorded []spool.Post) error {
	add := sum{}
	awaited := map[[2]string]bool{} // item and account that are to have a post
	count := func(item, name string, v spool.Verdict) {
		add[account{name, seenItems}]++
		if v == spool.ToPost {
			awaited[[2]string{item, name}] = true
			return
		}
		add[account{name, string(v)}]++
	}
	for item := range counted {
		o := all[item]
		if o == nil {
			continue
		}
		for _, name := range o.audience {
			count(item, name, o.verdict)
		}
		for _, f := range o.own {
			count(item, f.Account, f.Verdict)
		}
	}
	for _, p := range recorded {
		if p.Purpose != spool.Announce {
			continue
		}
		if key := [2]string{p.Item, p.Account}; p.Feed == feed && awaited[key] {
			delete(awaited, key)
		} else if err := keepLate(ctx, q, p, feed, add); err != nil {
			return err
		}
	}
	for key := range awaited {
		add[account{key[1], string(spool.Elsewhere)}]++
	}
	return addToLedger(ctx, q, feed, add)
}

// keepLate counts a post about an item that its feed had listed before, or that
// nothing was said about: the item leaves the verdict that it had.
func keepLate(ctx context.Context, q *queries, p spool.Post, feed string, add sum) error {
	if p.Feed != feed {
		own := sum{}
		if err := keepLate(ctx, q, p, p.Feed, own); err != nil {
			return err
		}
		return addToLedger(ctx, q, p.Feed, own)
	}
	was, err := standing(ctx, q, p.Item, p.Feed, p.Account)
	switch {
	case err != nil:
		return err
	case was == "":
		add[account{p.Account, seenItems}]++
		add[account{p.Account, carriedItems}]++
		return nil
	case was == spool.ToPost:
		add[account{p.Account, string(spool.Elsewhere)}]--
		return nil
	}
	add[account{p.Account, string(was)}]--
	return insertFates(ctx, q, []spool.Fate{{
		Time: p.Created, Item: p.Item, Feed: p.Feed, Account: p.Account, Verdict: spool.ToPost, Reason: "posted after all",
	}})
}

// standing is the verdict that an item has for an account of a feed; empty: the
// ledger does not count it.
func standing(ctx context.Context, q *queries, item, feed, name string) (spool.Verdict, error) {
	fates, err := fatesOf(ctx, q, item)
	if err != nil {
		return "", err
	}
	var was spool.Verdict
	for _, f := range fates {
		if f.Feed == feed && f.Verdict != spool.Changed && (f.Account == name || f.Account == "" && slices.Contains(f.Accounts, name)) {
			was = f.Verdict
		}
	}
	return was, nil
}

func addToLedger(ctx context.Context, q *queries, feed string, add sum) error {
	var rows [][]any
	for a, n := range add {
		if n != 0 {
			rows = append(rows, []any{feed, a.name, a.verdict, n})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	list, err := rowsOf(rows)
	if err != nil {
		return err
	}
	return q.exec(ctx, `INSERT INTO ledger (feed, account, verdict, n)
		SELECT t.value ->> 0, t.value ->> 1, t.value ->> 2, CAST(t.value ->> 3 AS BIGINT) FROM {{rows $1}} WHERE true
		ON CONFLICT (feed, account, verdict) DO UPDATE SET n = ledger.n + excluded.n`, list)
}

// readLedger is one statement, so that what it reads is of one moment.
const readLedger = `SELECT feed, account, verdict, '', n FROM ledger
	UNION ALL
	SELECT feed, account, '', state, count(*) FROM posts WHERE purpose = 'announce' GROUP BY feed, account, state`

// Ledger returns the ledger, by feed and account, also of feeds and accounts that
// the configuration no longer names. It reads an index of all posts there ever
// were: not for every second.
func (db *DB) Ledger(ctx context.Context) ([]spool.Entry, error) {
	rows, err := collect(ctx, db.readers, scanLedger, readLedger)
	if err != nil {
		return nil, db.explain("read the ledger", err)
	}
	return entries(rows), nil
}

// A ledgerRow is a counter of the ledger or a count of posts.
type ledgerRow struct {
	feed, account, verdict string
	state                  spool.State
	n                      int
}

func scanLedger(row scanner) (ledgerRow, error) {
	var r ledgerRow
	err := row.Scan(&r.feed, &r.account, &r.verdict, &r.state, &r.n)
	return r, err
}

func entries(rows []ledgerRow) []spool.Entry {
	type key struct{ feed, account string }
	found := map[key]*spool.Entry{}
	for _, r := range rows {
		e := found[key{r.feed, r.account}]
		if e == nil {
			e = &spool.Entry{Feed: r.feed, Account: r.account, Fates: map[spool.Verdict]int{}, Posts: map[spool.State]int{}}
			found[key{r.feed, r.account}] = e
		}
		switch {
		case r.state != "":
			e.Posts[r.state] += r.n
		case r.verdict == seenItems:
			e.Seen += r.n
		case r.verdict != carriedItems && r.n != 0:
			e.Fates[spool.Verdict(r.verdict)] += r.n
		}
	}
	all := make([]spool.Entry, 0, len(found))
	for _, e := range found {
		all = append(all, *e)
	}
	slices.SortFunc(all, func(a, b spool.Entry) int {
		return cmp.Or(strings.Compare(a.Feed, b.Feed), strings.Compare(a.Account, b.Account))
	})
	return all
}
