// Package threads publishes on Threads, Meta's network.
//
// A post is made in two steps. [Client.Prepare] makes a container, which no
// reader can see, and asks until it is ready; [Client.Publish] makes that very
// container visible with one request. The network has no idempotency key, so
// whatever happened to a publish is found out from two witnesses: the
// container's status, which says whether it is live, and the account's list of
// posts, which says under which id. [Client.Find] asks both. What is known of a
// post's containers travels in its draft, see notes.go; nothing that matters
// is kept in memory.
//
// A post with several pictures or films is a carousel, whose items are containers
// of their own that are made and become ready one by one; what the network cannot
// use is left out, and without any the post is what its content says instead. A
// reply is a container that names its parent, made once that has been live for a
// while. The network cannot edit; it deletes, a hundred posts a day.
//
// One rule is above the others: once the outcome of a publish was unknown, its
// container is the only one that may be published for that post, until the
// network says that it is dead or a person has looked.
//
// Begin reading at publish.go. The facts about the API are from Meta's
// documentation and from field reports; where they contradict one another the
// code holds under every reading, and the stand-in in threadstest can be set to
// each of them.
package threads

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"spool"
	"spool/publisher"
)

// Network is the name of the network in the configuration.
const Network = "threads"

// DefaultBase is where the API is.
const DefaultBase = "https://graph.threads.net"

// version is the prefix of all paths but those that give tokens.
const version = "/v1.0"

// A Token is what an account signs in with.
type Token = publisher.Token

// A TokenStore keeps the account's token.
type TokenStore = publisher.TokenStore

// A Memory keeps small facts that were learned about the account.
type Memory = publisher.Memory

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Account   string            // required: its name in the configuration, for messages
	BaseURL   string            // default DefaultBase
	Transport http.RoundTripper // default publisher.NewTransport
	Tokens    TokenStore        // required
	Memory    Memory            // default: nothing is remembered
	Now       func() time.Time  // required
	Log       *slog.Logger      // default: nothing is logged
	Timeout   time.Duration     // of one request that reads or prepares; default 30s
	Replies   string            // who may reply: everyone, followers, following or mentioned; default everyone
	Publish   time.Duration     // of the request that publishes; default three times Timeout: one was measured at 222 s, and waiting that long proves nothing
}

// A Client publishes on one account.
type Client struct {
	o       Options
	caller  publisher.Caller
	log     *slog.Logger
	control string       // who may reply, in the network's words; empty: everyone
	skew    atomic.Int64 // how far the network's clock is ahead, in nanoseconds
	keeper  keeper
}

var (
	_ publisher.Publisher  = (*Client)(nil)
	_ publisher.Preparer   = (*Client)(nil)
	_ publisher.Keeper     = (*Client)(nil)
	_ publisher.Historian  = (*Client)(nil)
	_ publisher.Withdrawer = (*Client)(nil)
	_ publisher.Witness    = (*Client)(nil)
	_ publisher.Previewer  = (*Client)(nil)
)

// New returns a client, or an error that names the option at fault.
func New(o Options) (*Client, error) {
	switch {
	case o.Account == "":
		return nil, errors.New("threads: Options.Account is required")
	case o.Tokens == nil:
		return nil, errors.New("threads: Options.Tokens is required")
	case o.Now == nil:
		return nil, errors.New("threads: Options.Now is required")
	}
	base, err := publisher.Address(o.BaseURL, DefaultBase)
	if err != nil {
		return nil, fmt.Errorf("threads: Options.BaseURL %w", err)
	}
	control, ok := controls[o.Replies]
	if !ok {
		return nil, fmt.Errorf("threads: Options.Replies is %q, which is none of everyone, followers, following, mentioned", o.Replies)
	}
	o.BaseURL = base
	if o.Transport == nil {
		o.Transport = publisher.NewTransport()
	}
	if o.Memory == nil {
		o.Memory = publisher.Forgetful{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.Publish = cmp.Or(o.Publish, 3*o.Timeout)
	caller := publisher.Caller{Transport: o.Transport, Now: o.Now}
	return &Client{o: o, caller: caller, control: control, log: o.Log.With("account", o.Account)}, nil
}

// failure makes the one kind of error that leaves this package's methods.
func (c *Client) failure(op string, kind spool.Kind, code string, err error) *spool.Failure {
	return &spool.Failure{Op: "threads: " + op, Kind: kind, Code: code, Err: err}
}
