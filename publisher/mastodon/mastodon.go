// Package mastodon publishes on an instance of Mastodon, or of another server
// that speaks its API: GoToSocial, Pleroma, Akkoma, Pixelfed.
//
// A post is prepared with what makes nothing visible: [Client.Prepare] notes the
// newest status that the account has, fits the words into the instance's limits
// and uploads the pictures. [Client.Publish] makes the status with one request.
// That request carries an idempotency key, but a repeated key may be honoured,
// answered with an error, or ignored, depending on the server. So whatever
// happened to it is found out from the account's list of statuses, from the
// noted one on, by [Client.Find]; the key is a second guard, never the first.
// What is known of a post travels in its draft, see notes.go; nothing that
// matters is kept in memory.
//
// Begin reading at publish.go. The facts about the API are from Mastodon's
// documentation and source and from field reports; where servers differ the
// code holds under every reading, and the stand-in in mastodontest can be set to
// each of them. Decisions go by status codes and numbers, never by prose.
package mastodon

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
const Network = "mastodon"

// Token is what an account signs in with.
type Token = publisher.Token

// TokenStore keeps the account's token.
type TokenStore = publisher.TokenStore

// Memory keeps what was learned about the instance.
type Memory = publisher.Memory

// ErrNoToken says that the account has never been signed in.
var ErrNoToken = publisher.ErrNoToken

// The visibilities of a status.
const (
	Public   = "public"
	Unlisted = "unlisted" // not in the public timelines
	Private  = "private"  // for followers
)

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Account    string            // required: its name in the configuration, for messages
	BaseURL    string            // required: the instance, "https://newsie.example"
	Transport  http.RoundTripper // default publisher.NewTransport
	Tokens     TokenStore        // required
	Memory     Memory            // default: nothing is remembered
	Files      publisher.Files   // the bytes of pictures; default: there are none
	Now        func() time.Time  // required
	Log        *slog.Logger      // default: nothing is logged
	Visibility string            // default Public
	Timeout    time.Duration     // of one request that reads; default 30s
	Publish    time.Duration     // of the request that publishes; default three times Timeout
	Upload     time.Duration     // of one upload; default four times Timeout
}

// A Client publishes on one account.
type Client struct {
	o      Options
	caller publisher.Caller
	log    *slog.Logger
	skew   atomic.Int64 // how far the instance's clock is ahead, in nanoseconds
	who    whoami
	limits knowledge
	keeper keeper
}

var (
	_ publisher.Publisher  = (*Client)(nil)
	_ publisher.Preparer   = (*Client)(nil)
	_ publisher.Keeper     = (*Client)(nil)
	_ publisher.Historian  = (*Client)(nil)
	_ publisher.Withdrawer = (*Client)(nil)
	_ publisher.Witness    = (*Client)(nil)
	_ publisher.Editor     = (*Client)(nil)
	_ publisher.Measurer   = (*Client)(nil)
	_ publisher.Previewer  = (*Client)(nil)
)

// New returns a client, or an error that names the option at fault.
func New(o Options) (*Client, error) {
	switch {
	case o.Account == "":
		return nil, errors.New("mastodon: Options.Account is required")
	case o.Tokens == nil:
		return nil, errors.New("mastodon: Options.Tokens is required")
	case o.Now == nil:
		return nil, errors.New("mastodon: Options.Now is required")
	case o.BaseURL == "":
		return nil, errors.New("mastodon: Options.BaseURL is required: the address of the instance")
	}
	base, err := publisher.Address(o.BaseURL, "")
	if err != nil {
		return nil, fmt.Errorf("mastodon: Options.BaseURL %w", err)
	}
	o.BaseURL = base
	switch o.Visibility {
	case "":
		o.Visibility = Public
	case Public, Unlisted, Private:
	default:
		return nil, errors.New("mastodon: Options.Visibility is not public, unlisted or private")
	}
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
	o.Publish = cmp.Or(o.Publish, 3*o.Timeout)
	o.Upload = cmp.Or(o.Upload, 4*o.Timeout)
	caller := publisher.Caller{Transport: o.Transport, Now: o.Now}
	return &Client{o: o, caller: caller, log: o.Log.With("account", o.Account)}, nil
}

// failure makes the one kind of error that leaves this package's methods.
func (c *Client) failure(op string, kind spool.Kind, code string, err error) *spool.Failure {
	return &spool.Failure{Op: "mastodon: " + op, Kind: kind, Code: code, Err: err}
}
