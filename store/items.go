package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"spool"
)

// An item's moments go into the columns; the JSON has them as well, to the
// second that the feed gave.
func itemRow(it spool.Item) ([]any, error) {
	body, err := json.Marshal(it)
	if err != nil {
		return nil, fmt.Errorf("encode item %s: %w", it.ID, err)
	}
	return []any{it.ID, it.Feed, it.Digest, ms(it.Published), ms(it.Seen), string(body)}, nil
}

const itemColumns = 9

// insertItems has parameters where others pass rows as JSON: items are the bulk
// of what is recorded, and their bodies would be encoded and decoded twice. The
// powers of two keep the statements few. It returns the ids of those that there
// were none of yet.
func insertItems(ctx context.Context, q *queries, in spool.Ingest, outcomes map[string]*outcome) (map[string]bool, error) {
	const most = 64 // rows at once
	if len(in.New) == 0 {
		return map[string]bool{}, nil
	}
	var before, added int64
	if err := q.one(ctx, []any{&before}, "SELECT coalesce(max(n), 0) FROM items"); err != nil {
		return nil, err
	}
	for rest := in.New; len(rest) > 0; {
		size := most
		for size > len(rest) {
			size /= 2
		}
		n, err := insertSome(ctx, q, rest[:size], outcomes)
		if err != nil {
			return nil, err
		}
		added, rest = added+n, rest[size:]
	}
	if err := q.exec(ctx, "UPDATE feeds SET known = known + $1 WHERE name = $2", added, in.Feed.Name); err != nil {
		return nil, err
	}
	return insertedItems(ctx, q, in.New, before, added)
}

// insertedItems are the ids of the items that were added to those up to number
// before. Nearly always that is all of them; having the statement that adds them
// return them would cost as much again. An item of the same group cannot have
// been added by anybody else meanwhile: see lockGroup.
func insertedItems(ctx context.Context, q *queries, items []spool.NewItem, before, added int64) (map[string]bool, error) {
	ids := make(map[string]bool, len(items))
	for _, n := range items {
		ids[text(n.Item.ID)] = true
	}
	if int(added) == len(ids) {
		return ids, nil
	}
	list, err := listOf(slices.Collect(maps.Keys(ids)))
	if err != nil {
		return nil, err
	}
	rows, err := collect(ctx, q, scanString, "SELECT id FROM items WHERE n > $1 AND id IN ({{list $2}})", before, list)
	if err != nil {
		return nil, err
	}
	inserted := make(map[string]bool, len(rows))
	for _, id := range rows {
		inserted[id] = true
	}
	return inserted, nil
}

// insertSome returns how many of the items there were none of yet.
func insertSome(ctx context.Context, q *queries, items []spool.NewItem, outcomes map[string]*outcome) (int64, error) {
	args := make([]any, 0, len(items)*itemColumns)
	for _, n := range items {
		row, err := itemRow(cleanItem(n.Item))
		if err != nil {
			return 0, err
		}
		o := outcomes[text(n.Item.ID)]
		if o == nil {
			o = &outcome{}
		}
		args = append(append(args, row...), string(o.verdict), o.reason, o.number)
	}
	return q.affect(ctx, insertOf(len(items), q.numbered), args...)
}

// insertOf is the statement for so many items.
func insertOf(items int, numbered bool) string {
	b := []byte("INSERT INTO items (id, feed, digest, published, seen, body, verdict, reason, audience) VALUES ")
	for i := range items * itemColumns {
		switch {
		case i == 0:
			b = append(b, '(')
		case i%itemColumns == 0:
			b = append(b, "), ("...)
		default:
			b = append(b, ", "...)
		}
		if numbered {
			b = strconv.AppendInt(append(b, '$'), int64(i+1), 10)
		} else {
			b = append(b, '?')
		}
	}
	return string(append(b, ") ON CONFLICT (id) DO NOTHING"...))
}

// updateItems keeps the feed that an item was first seen in, and when.
func updateItems(ctx context.Context, q *queries, items []spool.NewItem, outcomes map[string]*outcome) error {
	for _, n := range items {
		it := cleanItem(n.Item)
		row, err := itemRow(it)
		if err != nil {
			return err
		}
		if o := outcomes[it.ID]; o != nil {
			if err := o.compare(ctx, q, it); err != nil {
				return err
			}
		}
		if err := q.exec(ctx, "UPDATE items SET digest = $1, published = $2, body = $3 WHERE id = $4", row[2], row[3], row[5], row[0]); err != nil {
			return err
		}
	}
	return nil
}

// compare adds to the reason of an edit what is about to be overwritten.
func (o *outcome) compare(ctx context.Context, q *queries, it spool.Item) error {
	if len(o.later) == 0 {
		return nil
	}
	var body string
	var old spool.Item
	switch err := q.one(ctx, []any{&body}, "SELECT body FROM items WHERE id = $1", it.ID); {
	case none(err), err == nil && body == "":
		return nil
	case err != nil:
		return err
	}
	if err := json.Unmarshal([]byte(body), &old); err != nil {
		return fmt.Errorf("item %s is stored in a form that cannot be read: %w", it.ID, err)
	}
	last := &o.later[len(o.later)-1]
	last.Reason = strings.TrimPrefix(last.Reason+"; "+edit(old, it), "; ")
	return nil
}

// edit says what changed between two forms of an item.
func edit(old, now spool.Item) string {
	const most = 200 // bytes of a former title or link that are worth keeping
	var changes []string
	if old.Title != now.Title {
		changes = append(changes, "the title was “"+clip(old.Title, most)+"”")
	}
	if old.Link != now.Link {
		changes = append(changes, "the link was "+clip(old.Link, most))
	}
	if old.Summary != now.Summary {
		changes = append(changes, "the text changed")
	}
	if len(changes) == 0 {
		return "a detail changed"
	}
	return strings.Join(changes, "; ")
}

// clip shortens a text to at most so many bytes, between characters.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// insertKeys adds names to items. A name that another item has stays with it.
func insertKeys(ctx context.Context, q *queries, group int64, items []spool.NewItem) error {
	owners := map[string]string{}
	for _, n := range items {
		for _, key := range n.Keys {
			if name := text(string(key)); owners[name] == "" {
				owners[name] = text(n.Item.ID)
			}
		}
	}
	if len(owners) == 0 {
		return nil
	}
	pairs, err := rowsOf(owners)
	if err != nil {
		return err
	}
	return q.exec(ctx, `INSERT INTO keys (grp, key, item)
		SELECT CAST($1 AS BIGINT), t.key, i.n FROM {{pairs $2}} JOIN items i ON i.id = t.value WHERE true
		ON CONFLICT (grp, key) DO NOTHING`, group, pairs)
}

// insertListed records the items that are not of this feed and that it lists for
// the first time, and adds them to counted. An item that was taken for new, but
// is there under its id, is one of them.
func insertListed(ctx context.Context, q *queries, in spool.Ingest, outcomes map[string]*outcome, counted map[string]bool) error {
	var rows [][]any
	list := func(id string) {
		o := outcomes[id]
		if o == nil {
			o = &outcome{}
		}
		rows = append(rows, []any{id, ms(o.at), string(o.verdict), o.reason, o.number})
	}
	for _, id := range in.Listed {
		list(text(id))
	}
	for _, n := range in.New {
		if id := text(n.Item.ID); !counted[id] {
			list(id)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	param, err := rowsOf(rows)
	if err != nil {
		return err
	}
	ids, err := collect(ctx, q, scanString, `INSERT INTO listed (item, feed, at, verdict, reason, audience)
		SELECT i.n, $2, CAST(t.value ->> 1 AS BIGINT), t.value ->> 2, t.value ->> 3, CAST(t.value ->> 4 AS BIGINT)
		FROM {{rows $1}} JOIN items i ON i.id = t.value ->> 0 WHERE i.feed <> $2
		ON CONFLICT (item, feed) DO NOTHING
		RETURNING (SELECT id FROM items WHERE n = listed.item)`, param, in.Feed.Name)
	for _, id := range ids {
		counted[id] = true
	}
	return err
}
