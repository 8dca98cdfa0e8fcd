package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"spool"
)

// The order of these columns is that of scanPost and of postRow.
const postColumns = `id, item, feed, account, purpose, priority, content, link, fingerprint, state, hold, reason, not_before, deadline,
	draft_state, draft_ready, draft_wait, receipt_id, receipt_url, receipt_note, turn, created, begun, first_begun, live_at,
	attempts, refusals, looks, resent, version, parent, root, embargo, receipt_version`

func scanPost(row scanner) (spool.Post, error) {
	var p spool.Post
	var content, link, fingerprint string
	var notBefore, deadline, ready, wait, turn, created, begun, firstBegun, liveAt, embargo int64
	err := row.Scan(&p.ID, &p.Item, &p.Feed, &p.Account, &p.Purpose, &p.Priority, &content, &link, &fingerprint,
		&p.State, &p.Hold, &p.Reason, &notBefore, &deadline,
		&p.Draft.State, &ready, &wait, &p.Receipt.ID, &p.Receipt.URL, &p.Receipt.Note,
		&turn, &created, &begun, &firstBegun, &liveAt,
		&p.Attempts, &p.Refusals, &p.Looks, &p.Resent, &p.Version, &p.Parent, &p.Root, &embargo, &p.Receipt.Version)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(content), &p.Content); err != nil {
		return p, fmt.Errorf("post %s is stored in a form that cannot be read: %w", p.ID, err)
	}
	p.NotBefore, p.Deadline, p.Embargo = moment(notBefore), moment(deadline), moment(embargo)
	p.Draft.Ready, p.Draft.Wait = ready == 1, time.Duration(wait)*time.Millisecond
	p.Order, p.Created, p.LiveAt = moment(turn), moment(created), moment(liveAt)
	p.Begun, p.FirstBegun = moment(begun), moment(firstBegun)
	return p, nil
}

// postRow is a post as the values of postColumns, and their number is postWidth.
func postRow(p spool.Post) ([]any, error) {
	p = cleanPost(p)
	content, err := encode(p.Content)
	if err != nil {
		return nil, fmt.Errorf("encode post %s: %w", p.ID, err)
	}
	return []any{
		p.ID, p.Item, p.Feed, p.Account, string(p.Purpose), int64(p.Priority), content, p.Content.Link, p.Content.Fingerprint(),
		string(p.State), string(p.Hold), p.Reason, ms(p.NotBefore), ms(p.Deadline),
		p.Draft.State, bit(p.Draft.Ready), p.Draft.Wait.Milliseconds(), p.Receipt.ID, p.Receipt.URL, p.Receipt.Note,
		ms(p.Order), ms(p.Created), ms(p.Begun), ms(p.FirstBegun), ms(p.LiveAt),
		int64(p.Attempts), int64(p.Refusals), int64(p.Looks), int64(p.Resent), p.Version,
		p.Parent, p.Root, ms(p.Embargo), p.Receipt.Version,
	}, nil
}

// encode is JSON in which < and & stay as they are, so that it can be searched.
func encode(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), err
}

// cleanPost makes a post's text fit for both databases, and its moments what
// they will be when they are read again: see clean and moment.
func cleanPost(p spool.Post) spool.Post {
	p.Content = cleanContent(p.Content)
	for _, s := range []*string{
		&p.ID, &p.Item, &p.Feed, &p.Account, &p.Parent, &p.Root, &p.Reason, &p.Draft.State,
		&p.Receipt.ID, &p.Receipt.URL, &p.Receipt.Note, &p.Receipt.Version,
	} {
		*s = text(*s)
	}
	for _, t := range []*time.Time{&p.NotBefore, &p.Deadline, &p.Embargo, &p.Order, &p.Created, &p.Begun, &p.FirstBegun, &p.LiveAt} {
		*t = moment(ms(*t))
	}
	p.Draft.Wait = p.Draft.Wait.Truncate(time.Millisecond)
	return p
}

// cleanContent is content whose text is fit for both databases.
func cleanContent(c spool.Content) spool.Content {
	c = c.Clone()
	for _, s := range []*string{&c.Text, &c.Short, &c.Link, &c.Card.Title, &c.Card.Description, &c.Page, &c.Topic, &c.Warning, &c.Language, &c.Headline} {
		*s = text(*s)
	}
	for _, list := range [][]string{c.More, c.Tags, c.Mentions} {
		for i := range list {
			list[i] = text(list[i])
		}
	}
	for i := range c.Media {
		c.Media[i] = cleanAttachment(c.Media[i])
	}
	if c.Card.Thumb != nil {
		*c.Card.Thumb = cleanAttachment(*c.Card.Thumb)
	}
	for _, other := range []*spool.Content{c.Instead, c.Next} {
		if other != nil {
			*other = cleanContent(*other)
		}
	}
	return c
}

func cleanAttachment(a spool.Attachment) spool.Attachment {
	for _, s := range []*string{&a.URL, &a.Type, &a.Alt, &a.Credit, &a.File, &a.Public} {
		*s = text(*s)
	}
	return a
}

// One JSON array per post; the numbers are cast, since ->> gives text.
const insertPost = `INSERT INTO posts (` + postColumns + `)
	SELECT t.value ->> 0, t.value ->> 1, t.value ->> 2, t.value ->> 3, t.value ->> 4, CAST(t.value ->> 5 AS BIGINT),
		t.value ->> 6, t.value ->> 7, t.value ->> 8, t.value ->> 9, t.value ->> 10, t.value ->> 11,
		CAST(t.value ->> 12 AS BIGINT), CAST(t.value ->> 13 AS BIGINT), t.value ->> 14, CAST(t.value ->> 15 AS BIGINT),
		CAST(t.value ->> 16 AS BIGINT), t.value ->> 17, t.value ->> 18, t.value ->> 19, CAST(t.value ->> 20 AS BIGINT),
		CAST(t.value ->> 21 AS BIGINT), CAST(t.value ->> 22 AS BIGINT), CAST(t.value ->> 23 AS BIGINT), CAST(t.value ->> 24 AS BIGINT),
		CAST(t.value ->> 25 AS BIGINT), CAST(t.value ->> 26 AS BIGINT), CAST(t.value ->> 27 AS BIGINT), CAST(t.value ->> 28 AS BIGINT),
		CAST(t.value ->> 29 AS BIGINT), t.value ->> 30, t.value ->> 31, CAST(t.value ->> 32 AS BIGINT), t.value ->> 33
	FROM {{rows $1}} WHERE true
	ON CONFLICT DO NOTHING
	RETURNING id`

// insertPosts records those posts that there are none of yet, each with the first
// line of its history, and returns them. Causes go with the posts, as far as there
// are any.
func insertPosts(ctx context.Context, q *queries, posts []spool.Post, causes []string) ([]spool.Post, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	rows := make([][]any, 0, len(posts))
	for _, p := range posts {
		p.Version = 1
		row, err := postRow(p)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	list, err := rowsOf(rows)
	if err != nil {
		return nil, err
	}
	ids, err := collect(ctx, q, scanString, insertPost, list)
	if err != nil {
		return nil, err
	}
	return recordPosts(ctx, q, posts, causes, ids)
}

// recordPosts writes the first history line of the posts that were inserted.
func recordPosts(ctx context.Context, q *queries, posts []spool.Post, causes, ids []string) ([]spool.Post, error) {
	inserted := make(map[string]bool, len(ids))
	for _, id := range ids {
		inserted[id] = true
	}
	var recorded []spool.Post
	var lines []line
	for i, p := range posts {
		p = cleanPost(p)
		if !inserted[p.ID] {
			continue
		}
		delete(inserted, p.ID) // a second one of the same id was not recorded
		p.Version = 1
		change := spool.Change{Time: p.Created, To: p.State, What: spool.Recorded, Who: "spool"}
		if i < len(causes) {
			change.Cause = causes[i]
		}
		recorded, lines = append(recorded, p), append(lines, line{p.ID, 1, change})
		if err := count(ctx, q, p, ""); err != nil {
			return nil, err
		}
	}
	return recorded, insertLines(ctx, q, lines)
}

// rewordPosts saves transitions of a poll. A post that was to be taken over and has
// changed since it was read is left alone. One that was to get other words may have
// been sent with the old ones meanwhile: the whole poll is to be made anew, which then
// sees what has to be corrected. It returns the posts that another feed has taken over.
func rewordPosts(ctx context.Context, q *queries, all []spool.Transition) (raised []spool.Post, err error) {
	for _, t := range all {
		var from string
		if t.Change.What == spool.Raised {
			if err := q.one(ctx, []any{&from}, "SELECT feed FROM posts WHERE id = $1", t.Post.ID); err != nil {
				return nil, err
			}
		}
		switch p, err := savePost(ctx, q, t); {
		case err == spool.ErrConflict && t.Change.What == spool.Raised: //nolint:errorlint // savePost returns it bare
		case err == spool.ErrConflict: //nolint:errorlint // the same
			return nil, errSteered
		case err != nil:
			return nil, err
		case from != "" && from != p.Feed && p.Purpose == spool.Announce: // the ledger counts no others
			if err := addToLedger(ctx, q, from, sum{{p.Account, string(spool.Elsewhere)}: 1}); err != nil {
				return nil, err
			}
			raised = append(raised, p)
		}
	}
	return raised, nil
}

// What never changes is not written: identity, and when it was recorded. The feed
// does when another one takes the post over.
const updatePost = `UPDATE posts SET priority = $1, content = $2, link = $3, fingerprint = $4, state = $5, hold = $6, reason = $7,
		not_before = $8, deadline = $9, draft_state = $10, draft_ready = $11, draft_wait = $12,
		receipt_id = $13, receipt_url = $14, receipt_note = $15, turn = $16, begun = $17, first_begun = $18, live_at = $19,
		attempts = $20, refusals = $21, looks = $22, resent = $23, feed = $27, embargo = $28, receipt_version = $29, version = version + 1
	WHERE id = $24 AND version = $25 AND state = $26`

// savePost writes a transition, guarded by the version and the state that it
// starts from, its history line, the totals, and what follows from it. It returns
// the post as it is now.
func savePost(ctx context.Context, q *queries, t spool.Transition) (spool.Post, error) {
	p := cleanPost(t.Post)
	if err := notTaken(ctx, q, p); err != nil {
		return p, err
	}
	row, err := postRow(p)
	if err != nil {
		return p, err
	}
	args := append(row[5:21:21], row[22:29]...) // without id … purpose, created, version
	args = append(args, p.ID, p.Version, string(t.Change.From), p.Feed, ms(p.Embargo), p.Receipt.Version)
	if err := q.guarded(ctx, updatePost, args...); err != nil {
		return p, err
	}
	p.Version++
	if err := count(ctx, q, p, t.Change.From); err != nil {
		return p, err
	}
	if err := insertLines(ctx, q, []line{{p.ID, p.Version, t.Change}}); err != nil {
		return p, err
	}
	return p, follow(ctx, q, t)
}

// notTaken keeps two posts of an account from claiming one id of the network:
// one of them would be live without our knowing.
func notTaken(ctx context.Context, q *queries, p spool.Post) error {
	if p.Receipt.ID == "" {
		return nil
	}
	other, err := collect(ctx, q, scanString,
		"SELECT id FROM posts WHERE account = $1 AND receipt_id = $2 AND receipt_id <> '' AND id <> $3", p.Account, p.Receipt.ID, p.ID)
	if err != nil || len(other) == 0 {
		return err
	}
	return fmt.Errorf("post %s on account %s: the network's id %q is that of post %s: %w", p.ID, p.Account, p.Receipt.ID, other[0], spool.ErrTaken)
}

// A line is a change of a post's history; n is the version it led to.
type line struct {
	post string
	n    int64
	spool.Change
}

func insertLines(ctx context.Context, q *queries, lines []line) error {
	if len(lines) == 0 {
		return nil
	}
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{l.post, l.n, ms(l.Time), string(l.From), string(l.To), string(l.What), text(l.Cause), text(l.Who)}
	}
	list, err := rowsOf(rows)
	if err != nil {
		return err
	}
	return q.exec(ctx, `INSERT INTO changes (post, n, at, from_state, to_state, what, cause, who)
		SELECT t.value ->> 0, CAST(t.value ->> 1 AS BIGINT), CAST(t.value ->> 2 AS BIGINT), t.value ->> 3, t.value ->> 4, t.value ->> 5, t.value ->> 6, t.value ->> 7
		FROM {{rows $1}} WHERE true`, list)
}
