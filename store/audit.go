package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"spool"
)

// An Audit is what a recount of the ledger has found.
type Audit struct {
	Items     int // that feeds have listed, each once per feed
	Feeds     int // that have listed any
	Entries   []spool.Entry
	Miscounts []Miscount // empty: the ledger is right
}

// A Miscount is a figure of the ledger that is not what a recount finds.
type Miscount struct {
	Feed    string
	Account string
	Verdict string // "seen", or a verdict; "balance": what is seen less what is accounted for
	Counted int    // by the ledger; of a balance: 0, which it should be
	Found   int
}

// audit asks for the ledger and for all that it is recounted from, in one
// statement, so that both are of one moment. The columns are: what the row is,
// the feed, the account, the verdict or state, the number of the audience, how
// many, and for a fate the item and the verdict of its row.
const audit = `SELECT 'counter', feed, account, verdict, 0, n, 0, '' FROM ledger
	UNION ALL
	SELECT 'post', feed, account, state, 0, count(*), 0, '' FROM posts WHERE purpose = 'announce' GROUP BY feed, account, state
	UNION ALL
	SELECT 'audience', '', accounts, '', n, 0, 0, '' FROM audiences
	UNION ALL
	SELECT 'items', feed, '', verdict, audience, count(*), 0, '' FROM items GROUP BY feed, verdict, audience
	UNION ALL
	SELECT 'items', feed, '', verdict, audience, count(*), 0, '' FROM listed GROUP BY feed, verdict, audience
	UNION ALL
	SELECT 'fate', f.feed, f.account, f.verdict, CASE WHEN i.feed = f.feed THEN i.audience ELSE coalesce(l.audience, 0) END,
		f.n, f.item, CASE WHEN i.feed = f.feed THEN i.verdict ELSE coalesce(l.verdict, '') END
	FROM fates f JOIN items i ON i.n = f.item LEFT JOIN listed l ON l.item = f.item AND l.feed = f.feed WHERE f.account <> ''`

// Audit counts the ledger anew, from the items, their fates and the posts, and
// compares. It reads an index of all items and posts: a matter of seconds when
// there are millions.
func (db *DB) Audit(ctx context.Context) (Audit, error) {
	rows, err := collect(ctx, db.readers, scanAudit, audit)
	if err != nil {
		return Audit{}, db.explain("recount the ledger", err)
	}
	r := recount{audiences: map[int][]string{}, found: map[place]sum{}, counted: map[place]sum{}, posts: map[place]int{}}
	if err := r.read(rows); err != nil {
		return Audit{}, db.explain("recount the ledger", err)
	}
	a := Audit{Items: r.items, Feeds: len(r.feeds), Entries: entries(r.ledger)}
	a.Miscounts = r.compare()
	for _, e := range a.Entries {
		if n := e.Balance(); n != 0 {
			a.Miscounts = append(a.Miscounts, Miscount{Feed: e.Feed, Account: e.Account, Verdict: "balance", Found: n})
		}
	}
	return a, nil
}

type auditRow struct {
	what, feed, account, verdict string
	audience, n, item            int
	was                          string
}

func scanAudit(row scanner) (auditRow, error) {
	var r auditRow
	err := row.Scan(&r.what, &r.feed, &r.account, &r.verdict, &r.audience, &r.n, &r.item, &r.was)
	return r, err
}

// A recount is the ledger counted twice.
type recount struct {
	audiences map[int][]string
	ledger    []ledgerRow
	found     map[place]sum // what items and fates say, before it is known which have posts
	counted   map[place]sum // what the ledger says
	posts     map[place]int
	items     int
	feeds     map[string]bool
}

type place struct{ feed, account string }

func (p place) in(sums map[place]sum) sum {
	if sums[p] == nil {
		sums[p] = sum{}
	}
	return sums[p]
}

func (r *recount) read(rows []auditRow) error {
	r.feeds = map[string]bool{}
	var fates []auditRow
	for _, row := range rows {
		at := place{row.feed, row.account}
		switch row.what {
		case "counter":
			r.ledger = append(r.ledger, ledgerRow{feed: row.feed, account: row.account, verdict: row.verdict, n: row.n})
			at.in(r.counted)[account{row.account, row.verdict}] += row.n
		case "post":
			r.ledger = append(r.ledger, ledgerRow{feed: row.feed, account: row.account, state: spool.State(row.verdict), n: row.n})
			r.posts[at] += row.n
		case "audience":
			var names []string
			if err := json.Unmarshal([]byte(row.account), &names); err != nil {
				return fmt.Errorf("accounts are stored in a form that cannot be read: %w", err)
			}
			r.audiences[row.audience] = names
		case "fate":
			fates = append(fates, row)
		}
	}
	for _, row := range rows {
		if row.what == "items" {
			r.addItems(row)
		}
	}
	r.addFates(fates)
	return nil
}

func (r *recount) addItems(row auditRow) {
	r.items += row.n
	r.feeds[row.feed] = true
	for _, name := range r.audiences[row.audience] {
		r.add(place{row.feed, name}, seenItems, row.n)
		r.add(place{row.feed, name}, row.verdict, row.n)
	}
}

func (r *recount) add(at place, verdict string, n int) {
	at.in(r.found)[account{at.account, verdict}] += n
}

// addFates adds verdicts for single accounts. One that comes after another moves
// the item.
func (r *recount) addFates(fates []auditRow) {
	slices.SortFunc(fates, func(a, b auditRow) int { return cmp.Compare(a.n, b.n) })
	type key struct {
		item int
		place
	}
	latest := map[key]string{}
	for _, f := range fates {
		k := key{f.item, place{f.feed, f.account}}
		was, ok := latest[k]
		if !ok && slices.Contains(r.audiences[f.audience], f.account) {
			was, ok = f.was, true
		}
		if ok {
			r.add(k.place, was, -1)
		} else {
			r.add(k.place, seenItems, 1)
		}
		r.add(k.place, f.verdict, 1)
		latest[k] = f.verdict
	}
}

// compare returns where the ledger and the recount differ. Of the items that
// were to have a post, those have found one elsewhere that the feed brought none
// for.
func (r *recount) compare() []Miscount {
	places := map[place]bool{}
	for _, sums := range []map[place]sum{r.found, r.counted} {
		for at := range sums {
			places[at] = true
		}
	}
	for at := range r.posts {
		places[at] = true
	}
	var all []Miscount
	for at := range places {
		all = append(all, r.compareAt(at)...)
	}
	slices.SortFunc(all, func(a, b Miscount) int {
		return cmp.Or(strings.Compare(a.Feed, b.Feed), strings.Compare(a.Account, b.Account), strings.Compare(a.Verdict, b.Verdict))
	})
	return all
}

func (r *recount) compareAt(at place) []Miscount {
	found, counted := at.in(r.found), at.in(r.counted)
	name := func(verdict string) account { return account{at.account, verdict} }
	carried := counted[name(carriedItems)] // nothing else tells of these
	found[name(carriedItems)] = carried
	found[name(seenItems)] += carried
	found[name(string(spool.Elsewhere))] += found[name(string(spool.ToPost))] + carried - r.posts[at]
	delete(found, name(string(spool.ToPost)))
	for v := range counted {
		found[v] += 0 // so that it is compared
	}
	var all []Miscount
	for v, n := range found {
		if n != counted[v] {
			all = append(all, Miscount{Feed: at.feed, Account: at.account, Verdict: v.verdict, Counted: counted[v], Found: n})
		}
	}
	return all
}
