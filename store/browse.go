package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spool"
)

// A Filter says which posts to list; a zero field means any.
type Filter struct {
	States  []spool.State
	Account string
	Feed    string
	Hold    spool.Hold // held for this reason
	Text    string     // in the words, the link or the reason, whatever the case
	Before  time.Time  // recorded before
	Limit   int        // default 50
}

// Posts lists posts, the newest first.
func (db *DB) Posts(ctx context.Context, f Filter) ([]spool.Post, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	posts, err := db.browse(ctx, f)
	return posts, db.explain("list posts", err)
}

// browse reads until it has enough: the words are compared here, because the
// databases do not agree on what upper and lower case are.
func (db *DB) browse(ctx context.Context, f Filter) ([]spool.Post, error) {
	where, args := f.where()
	rows, err := db.readers.rows(ctx, "SELECT "+postColumns+" FROM posts "+where+" ORDER BY created DESC, id DESC", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	want := strings.ToLower(f.Text)
	var posts []spool.Post
	for len(posts) < f.Limit && rows.Next() {
		p, err := scanPost(rows)
		if err != nil {
			return nil, err
		}
		if want == "" || strings.Contains(strings.ToLower(p.Content.Text+"\n"+p.Content.Link+"\n"+p.Reason), want) {
			posts = append(posts, p)
		}
	}
	return posts, rows.Err()
}

// where is the part of the filter that the database answers. A state is one of
// few words, so that there are few texts to prepare.
func (f Filter) where() (string, []any) {
	var terms []string
	var args []any
	add := func(term string, arg any) {
		args = append(args, arg)
		terms = append(terms, fmt.Sprintf(term, len(args)))
	}
	if f.Account != "" {
		add("account = $%d", f.Account)
	}
	if f.Feed != "" {
		add("feed = $%d", f.Feed)
	}
	if f.Hold != "" {
		add("hold = $%d", string(f.Hold))
	}
	if !f.Before.IsZero() {
		add("created < $%d", ms(f.Before))
	}
	var states []string
	for _, s := range spool.States() { // only what is known gets into the text
		for _, wanted := range f.States {
			if s == wanted {
				states = append(states, "'"+string(s)+"'")
			}
		}
	}
	if len(states) > 0 {
		terms = append(terms, "state IN ("+strings.Join(states, ", ")+")")
	}
	if len(terms) == 0 {
		return "", nil
	}
	return "WHERE " + strings.Join(terms, " AND "), args
}

// Post returns the post with an id, or with the only id that begins so. Its
// error wraps spool.ErrNotFound when there is none.
func (db *DB) Post(ctx context.Context, id string) (spool.Post, error) {
	if id == "" {
		return spool.Post{}, missing("post", id)
	}
	posts, err := db.posts(ctx, "read post "+id, "WHERE id = $1", id)
	if err != nil || len(posts) == 1 {
		return first(posts), err
	}
	// U+10FFFF sorts behind everything that an id is made of.
	posts, err = db.posts(ctx, "read post "+id, "WHERE id > $1 AND id < $2 LIMIT 2", id, id+"\U0010FFFF")
	switch {
	case err != nil:
		return spool.Post{}, err
	case len(posts) == 0:
		return spool.Post{}, missing("post", id)
	case len(posts) > 1:
		return spool.Post{}, fmt.Errorf("more than one post's id begins with %q: give more of it: %w", id, spool.ErrNotFound)
	}
	return posts[0], nil
}

func first(posts []spool.Post) spool.Post {
	if len(posts) == 0 {
		return spool.Post{}
	}
	return posts[0]
}

// History returns everything that has happened to a post, oldest first.
func (db *DB) History(ctx context.Context, id string) ([]spool.Change, error) {
	lines, err := collect(ctx, db.readers, scanChange,
		"SELECT at, from_state, to_state, what, cause, who FROM changes WHERE post = $1 ORDER BY n", id)
	return lines, db.explain("read the history of post "+id, err)
}

func scanChange(row scanner) (spool.Change, error) {
	var c spool.Change
	var at int64
	err := row.Scan(&at, &c.From, &c.To, &c.What, &c.Cause, &c.Who)
	c.Time = moment(at)
	return c, err
}
