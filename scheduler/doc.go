// Package scheduler does the work: it polls each feed when its schedule says
// so, and gives each account its turns to post.
//
// A poll ([Scheduler] poll.go) fetches a feed, lets package dedupe decide what
// is new and package compose word it, and records the outcome in one
// transaction. A turn (turn.go) holds the lease on an account: it first settles
// what a holder before left unfinished, then looks for posts in doubt, then
// sends what is due at the pace that pace.go allows. What follows from another post
// is sent once that one is where it should be (follow.go), edits and withdrawals
// change another one (steer.go), and pictures are fetched right before a post is
// first prepared (illustrate.go). What happens to a post is decided by spool.Next,
// never here; what a network answers is judged by its client, never here.
//
// The package knows no database and no network: both come in as interfaces.
package scheduler
