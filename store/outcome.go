package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"spool"
)

// An outcome is what one poll has made of one item.
type outcome struct {
	verdict  spool.Verdict // for each of audience; empty: nothing was said
	reason   string
	at       time.Time
	audience []string     // the accounts; one empty name: the feed has none
	number   int64        // of the audience; 0: it is empty
	own      []spool.Fate // of single accounts
	later    []spool.Fate // of an item that was known: edits
}

// outcomesOf sorts a poll's fates by item.
func outcomesOf(in spool.Ingest) map[string]*outcome {
	all := make(map[string]*outcome, len(in.Fates))
	for _, f := range in.Fates {
		f.Item, f.Feed, f.Reason = text(f.Item), in.Feed.Name, text(f.Reason)
		o := all[f.Item]
		if o == nil {
			o = &outcome{}
			all[f.Item] = o
		}
		switch {
		case f.Verdict == spool.Changed:
			o.later = append(o.later, f)
		case f.Account != "":
			o.own = append(slices.DeleteFunc(o.own, func(other spool.Fate) bool { return other.Account == f.Account }), f)
		default:
			o.verdict, o.reason, o.at, o.audience = f.Verdict, f.Reason, f.Time, f.Accounts
		}
	}
	accounts := audienceOf(in.Accounts)
	for _, o := range all {
		if len(o.audience) > 0 { // not every item is for all accounts of its feed
			o.address(audienceOf(o.audience))
			continue
		}
		o.address(accounts)
	}
	return all
}

// audienceOf are accounts as they are recorded; one empty name: there are none.
func audienceOf(accounts []string) []string {
	if len(accounts) == 0 {
		return []string{""}
	}
	return slices.Compact(slices.Sorted(slices.Values(accounts)))
}

// address makes the verdict one for those accounts that have none of their own.
func (o *outcome) address(accounts []string) {
	switch {
	case o.verdict == "":
		return
	case o.verdict == spool.ToPost && accounts[0] == "":
		o.verdict = spool.Nowhere
	}
	o.audience = accounts
	for _, f := range o.own {
		o.audience = slices.DeleteFunc(slices.Clone(o.audience), func(a string) bool { return a == f.Account })
	}
}

// numberAudiences gives the outcomes the numbers of their audiences. Nearly all
// polls have one for all items.
func numberAudiences(ctx context.Context, q *queries, all map[string]*outcome) error {
	known := map[string]int64{}
	for _, o := range all {
		if len(o.audience) == 0 {
			continue
		}
		b, err := json.Marshal(o.audience)
		if err != nil {
			return fmt.Errorf("encode names of accounts: %w", err)
		}
		n, ok := known[string(b)]
		if !ok {
			if n, err = audience(ctx, q, string(b)); err != nil {
				return err
			}
			known[string(b)] = n
		}
		o.number = n
	}
	return nil
}

// audience is the number of a set of accounts, which is given one if need be.
func audience(ctx context.Context, q *queries, accounts string) (n int64, err error) {
	const lookUp = "SELECT n FROM audiences WHERE accounts = $1"
	if err = q.one(ctx, []any{&n}, lookUp, accounts); !none(err) {
		return n, err
	}
	if err := q.exec(ctx, "INSERT INTO audiences (accounts) VALUES ($1) ON CONFLICT (accounts) DO NOTHING", accounts); err != nil {
		return 0, err
	}
	err = q.one(ctx, []any{&n}, lookUp, accounts)
	return n, err
}

// maxLater is how many edits of an item are remembered, the latest.
const maxLater = 20

// recordFates records what the rows of items and listed have no room for. Counted
// are the items that the feed has listed for the first time.
func recordFates(ctx context.Context, q *queries, all map[string]*outcome, counted map[string]bool) error {
	var fates []spool.Fate
	for item, o := range all {
		fates = append(fates, o.later...)
		if counted[item] {
			fates = append(fates, o.own...)
		}
	}
	if len(fates) == 0 {
		return nil
	}
	slices.SortFunc(fates, byItem)
	if err := insertFates(ctx, q, fates); err != nil {
		return err
	}
	return trimFates(ctx, q, fates)
}

func insertFates(ctx context.Context, q *queries, fates []spool.Fate) error {
	rows := make([][]any, len(fates))
	for i, f := range fates {
		rows[i] = []any{f.Item, f.Feed, f.Account, ms(f.Time), string(f.Verdict), f.Reason}
	}
	list, err := rowsOf(rows)
	if err != nil {
		return err
	}
	return q.exec(ctx, `INSERT INTO fates (item, feed, account, at, verdict, reason)
		SELECT i.n, t.value ->> 1, t.value ->> 2, CAST(t.value ->> 3 AS BIGINT), t.value ->> 4, t.value ->> 5
		FROM {{rows $1}} JOIN items i ON i.id = t.value ->> 0 WHERE true`, list)
}

// trimFates forgets the oldest edits of items that have many: there are feeds
// that change all their items with each poll.
func trimFates(ctx context.Context, q *queries, fates []spool.Fate) error {
	for _, f := range fates {
		if f.Verdict != spool.Changed {
			continue
		}
		if err := q.exec(ctx, `DELETE FROM fates WHERE item = (SELECT n FROM items WHERE id = $1) AND verdict = 'edited' AND n <= (
				SELECT f.n FROM fates f JOIN items i ON i.n = f.item WHERE i.id = $1 AND f.verdict = 'edited' ORDER BY f.n DESC LIMIT 1 OFFSET $2)`,
			f.Item, maxLater); err != nil {
			return err
		}
	}
	return nil
}
