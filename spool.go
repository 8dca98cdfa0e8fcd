// Package spool is the vocabulary of Spool, a daemon that carries a publisher's
// feeds to social networks: each item once on each account, or a person is told
// why not.
//
// A feed yields items. A [Post] is the intention to publish one [Item] on one
// account. Its life is a small set of states, and [Next] is the only code that
// moves a post from one to another: begin reading there. A [Failure] says what
// is known about a request that did not end well; its zero [Kind] is Unsure,
// because the expensive mistake is to believe that nothing happened.
//
// The package decides and names things. It does no input or output, and it
// imports nothing but the standard library.
package spool

import "errors"

var (
	// ErrConflict says that a row changed since it was read, or that a lease
	// has passed to another holder. Nothing was written.
	ErrConflict = errors.New("changed by another process meanwhile")

	// ErrTransition says that an event cannot happen to a post in its state.
	ErrTransition = errors.New("not possible in this state")

	// ErrNotFound says that nothing is known under a name or an id.
	ErrNotFound = errors.New("not found")

	// ErrTaken says that the id a network gave for a post already belongs to
	// another post of the account. Nothing was written.
	ErrTaken = errors.New("the network's id belongs to another post")
)
