// Package bluesky publishes on Bluesky, or on any other server of the AT
// Protocol: a PDS.
//
// A post is a record in the account's repository, under a key that the client
// chooses. [Client.Prepare] chooses it, makes sure that nothing is there,
// uploads the pictures, which no reader can see, and freezes the whole record
// into the draft. [Client.Publish] puts that very record there with one request,
// on condition that nothing is there yet. So the same request can be made again
// at will: it makes one post or none, and [Client.Find] says after an unclear
// answer that it is there, or that it may be sent once more.
//
// One rule is above the others: a post keeps its key for life. Whatever else has
// to be made anew, the second of two requests for one post can never make a
// second post.
//
// What cannot be told apart: a post that never arrived, and one that a person
// took away before anybody of ours had seen it. Within a day after the attempt
// it counts as never arrived and is sent again; after that a person is asked
// (see lateLook).
//
// Begin reading at publish.go. Sessions are in session.go and login.go. The facts
// are from the protocol's specification, its lexicons and its reference server;
// the stand-in in blueskytest can be set to each reading of what they leave open.
package bluesky

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// Network is the name of the network in the configuration.
const Network = "bluesky"

// DefaultBase is where one signs in to Bluesky, whose servers are many: which of
// them has the account is learned by signing in.
const DefaultBase = "https://bsky.social"

// DefaultApp is where readers see posts.
const DefaultApp = "https://bsky.app"

// The values of Options.Replies: who may answer a post.
const (
	Everyone  = "everyone"
	Followers = "followers" // those who follow the account
	Following = "following" // those whom the account follows
	Mentioned = "mentioned" // those whom the post names
	Nobody    = "nobody"
)

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Account     string               // required: its name in the configuration, for messages
	Handle      string               // required: the account's handle, such as paper.example.org
	AppPassword string               // a secret; without it only a session that is stored already can be used
	BaseURL     string               // where to sign in; default DefaultBase
	AppURL      string               // where readers see posts; default DefaultApp, or BaseURL where that is plain http
	Replies     string               // who may answer; default Everyone
	Transport   http.RoundTripper    // default publisher.NewTransport
	Tokens      publisher.TokenStore // required; the session is kept there as JSON
	Memory      publisher.Memory     // default: nothing is remembered beyond this process
	Files       publisher.Files      // the pictures; without it posts go out without them
	Now         func() time.Time     // required
	Log         *slog.Logger         // default: nothing is logged
	Timeout     time.Duration        // of one request that reads; default 30s
	Publish     time.Duration        // of one that writes or uploads; default twice Timeout
	AnyPDS      bool                 // for tests: take any address that the account's server is said to have
}

// Format keeps the password out of what is printed, whatever the verb.
func (o Options) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "<account %q, handle %q>", o.Account, o.Handle)
}

// A Client publishes on one account.
type Client struct {
	o       Options
	caller  publisher.Caller
	log     *slog.Logger
	door    door
	points  points
	lastKey int64 // the newest time in a key that this process made, in microseconds
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
	o.Handle = plainHandle(o.Handle)
	switch {
	case o.Account == "":
		return nil, errors.New("bluesky: Options.Account is required")
	case !isHandle(o.Handle):
		return nil, errors.New("bluesky: Options.Handle is not a handle such as paper.example.org")
	case o.Tokens == nil:
		return nil, errors.New("bluesky: Options.Tokens is required")
	case o.Now == nil:
		return nil, errors.New("bluesky: Options.Now is required")
	}
	if o.Replies == "" {
		o.Replies = Everyone
	}
	if !slices.Contains([]string{Everyone, Followers, Following, Mentioned, Nobody}, o.Replies) {
		return nil, errors.New("bluesky: Options.Replies is none of everyone, followers, following, mentioned, nobody")
	}
	var err error
	if o.BaseURL, err = publisher.Address(o.BaseURL, DefaultBase); err != nil {
		return nil, fmt.Errorf("bluesky: Options.BaseURL %w", err)
	}
	if o.AppURL, err = publisher.Address(o.AppURL, appOf(o.BaseURL)); err != nil {
		return nil, fmt.Errorf("bluesky: Options.AppURL %w", err)
	}
	return withDefaults(o), nil
}

// appOf is where readers see what is on a server. One without https is no public
// one: a stand-in, which shows its posts itself.
func appOf(base string) string {
	if strings.HasPrefix(base, "http://") {
		return base
	}
	return DefaultApp
}

func withDefaults(o Options) *Client {
	if o.Transport == nil {
		o.Transport = publisher.NewTransport()
	}
	if o.Memory == nil {
		o.Memory = publisher.Forgetful{}
	}
	if o.Files == nil {
		o.Files = publisher.NoFiles{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Timeout = cmp.Or(o.Timeout, 30*time.Second)
	o.Publish = cmp.Or(o.Publish, 2*o.Timeout)
	caller := publisher.Caller{Transport: o.Transport, Now: o.Now}
	return &Client{o: o, caller: caller, log: o.Log.With("account", o.Account)}
}

// plainHandle is a handle without what people write around it.
func plainHandle(s string) string {
	return strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "@"))
}

// handleForm is the protocol's syntax of a handle: a host name of two labels or more.
var handleForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

func isHandle(s string) bool { return len(s) <= 253 && handleForm.MatchString(s) }

// failure makes the one kind of error that leaves this package's methods.
func (c *Client) failure(op string, kind spool.Kind, code string, err error) *spool.Failure {
	return &spool.Failure{Op: "bluesky: " + op, Kind: kind, Code: code, Err: err}
}
