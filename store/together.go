package store

import (
	"context"
	"sync"
)

// maxTogether bounds how many writes one transaction has: nobody else can write
// until it is over.
const maxTogether = 64

// A convoy lets writes that come while another one waits for the disk go in one
// transaction after it: they wait once for all of them, and a page that several
// of them change is written once. Each is still recorded whole or not at all,
// and is lasting when its caller hears so.
type convoy struct {
	turn  sync.Mutex // held by the caller who writes for all that wait
	mu    sync.Mutex // guards queue
	queue []*passenger
}

// A passenger is one write; done and err belong to the holder of the turn.
type passenger struct {
	op   string
	f    func(context.Context, *queries) error
	done bool
	err  error
}

// together is write for what many do at once. Once begun it is not called off:
// the others must not fail because this caller is told to stop. On PostgreSQL it
// is write, since the server itself syncs for many at once.
func (db *DB) together(ctx context.Context, op string, f func(context.Context, *queries) error) error {
	if db.sqlite == nil || db.writer == nil {
		return db.write(ctx, op, func(q *queries) error { return f(ctx, q) })
	}
	if err := ctx.Err(); err != nil {
		return db.explain(op, err)
	}
	p := &passenger{op: op, f: f}
	c := &db.sqlite.convoy
	c.mu.Lock()
	c.queue = append(c.queue, p)
	c.mu.Unlock()
	c.turn.Lock()
	defer c.turn.Unlock()
	for !p.done { // again only when more than maxTogether were before it
		db.depart(context.WithoutCancel(ctx), c.board())
	}
	return p.err
}

// board takes those who have waited longest.
func (c *convoy) board() []*passenger {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.queue), maxTogether)
	all := c.queue[:n:n]
	c.queue = c.queue[n:]
	return all
}

// depart runs the writes in one transaction. When that fails as a whole nothing
// of it is recorded, and all of them fail.
func (db *DB) depart(ctx context.Context, all []*passenger) {
	op := all[0].op
	if len(all) > 1 {
		op = "record several polls"
	}
	err := db.write(ctx, op, func(q *queries) error {
		for _, p := range all {
			if err := p.ride(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	for _, p := range all {
		p.done = true
		if p.err = db.explain(p.op, p.err); err != nil {
			p.err = err
		}
	}
}

// ride runs one write so that its failing leaves no trace. The error it returns
// is one that ends the whole transaction.
func (p *passenger) ride(ctx context.Context, q *queries) error {
	if err := q.exec(ctx, "SAVEPOINT passenger"); err != nil {
		return err
	}
	if p.err = p.f(ctx, q); p.err == nil {
		return q.exec(ctx, "RELEASE passenger")
	}
	if err := q.exec(ctx, "ROLLBACK TO passenger"); err != nil {
		return p.err // SQLite has rolled back all, as when the disk is full: this is why
	}
	return q.exec(ctx, "RELEASE passenger")
}
