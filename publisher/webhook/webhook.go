// Package webhook carries posts to a server of the publisher's own, or to a
// chat: each is one signed HTTP POST.
//
// A [Client] speaks JSON, as docs/webhook.md describes it: all of the post, and
// later its edits and its withdrawal. Every message has an id that stays the
// same however often it is sent, and whoever receives one twice has to count it
// once. So a message whose answer was lost is sent again, under the same id.
//
// A [Chat] speaks what Slack, Mattermost and Discord take. Those remember no id
// and cannot be asked what they have shown, so after an unclear outcome a person
// decides; and what they show cannot be changed. That is why a Chat is a type of
// its own: it is no publisher.Editor and no publisher.Withdrawer.
//
// Begin reading at send.go. The headers and the signature are those of the
// Standard Webhooks specification, version 1.
package webhook

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"spool"
	"spool/publisher"
)

// Network is the name in the configuration.
const Network = "webhook"

// A Format is what a message looks like.
type Format string

// The formats.
const (
	JSON    Format = "json"    // all of the post; docs/webhook.md
	Slack   Format = "slack"   // Slack's incoming webhooks, which Mattermost takes too
	Discord Format = "discord" // Discord's webhooks
)

// Formats lists them all.
func Formats() []Format { return []Format{JSON, Slack, Discord} }

// Options for New. The zero value of an optional field means its default.
type Options struct {
	Account   string            // required: its name in the configuration
	URL       string            // required: where messages go; its path and query are kept secret, since a chat's are its password
	Format    Format            // default JSON
	Secret    string            // what messages are signed with: one or several secrets, see Secrets; empty: they are not signed
	Transport http.RoundTripper // default publisher.NewTransport
	Now       func() time.Time  // required
	Log       *slog.Logger      // default: nothing is logged
	Timeout   time.Duration     // of one request; default 30s
}

// A Client posts to a receiver that understands the format JSON.
type Client struct{ *hook }

// A Chat posts to a chat.
type Chat struct{ *hook }

var (
	_ publisher.Publisher  = (*Client)(nil)
	_ publisher.Keeper     = (*Client)(nil)
	_ publisher.Editor     = (*Client)(nil)
	_ publisher.Withdrawer = (*Client)(nil)
	_ publisher.Previewer  = (*Client)(nil)
	_ publisher.Publisher  = (*Chat)(nil)
	_ publisher.Keeper     = (*Chat)(nil)
	_ publisher.Previewer  = (*Chat)(nil)
)

// A hook is one address and how messages get there.
type hook struct {
	o       Options
	shown   string // the address without what is secret
	hidden  []string
	keys    [][]byte
	caller  publisher.Caller
	log     *slog.Logger
	barrier barrier
}

// New returns a *Client or a *Chat, by the format, or an error that names the
// option at fault. No error has the address or a secret in it.
func New(o Options) (publisher.Publisher, error) {
	h, err := newHook(o)
	if err != nil {
		return nil, err
	}
	switch h.o.Format {
	case JSON:
		return &Client{h}, nil
	case Slack, Discord:
		return &Chat{h}, nil
	}
	return nil, fmt.Errorf("webhook: Options.Format %q is none of %v", o.Format, Formats())
}

func newHook(o Options) (*hook, error) {
	switch {
	case o.Account == "":
		return nil, errors.New("webhook: Options.Account is required")
	case o.Now == nil:
		return nil, errors.New("webhook: Options.Now is required")
	}
	address, err := url.Parse(o.URL)
	if err != nil || address.Host == "" || (address.Scheme != "http" && address.Scheme != "https") {
		return nil, errors.New("webhook: Options.URL is not an http or https address")
	}
	keys, err := Secrets(o.Secret)
	if err != nil {
		return nil, err
	}
	if o.Transport == nil {
		o.Transport = publisher.NewTransport()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Format == "" {
		o.Format = JSON
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	return &hook{
		o: o, shown: shown(address), hidden: hidden(address, o.Secret, keys), keys: keys,
		caller: publisher.Caller{Transport: o.Transport, Now: o.Now}, log: o.Log.With("account", o.Account),
	}, nil
}

// shown is an address as people may see it: the host. A chat's path is as good as
// a password.
func shown(u *url.URL) string {
	s := u.Scheme + "://" + u.Host + "/"
	if len(u.Path) > 1 || u.RawQuery != "" {
		s += "…"
	}
	return s
}

// longSegment is the length from which a part of an address's path is taken for a
// password: Slack's has 24 letters, Mattermost's 26, Discord's 68.
const longSegment = 16

// hidden are the parts of the address and of the configuration that must not be
// seen in messages. A receiver knows the secrets and may write them in its own
// ways: without what fills them up at the end, or as the bytes that they stand for.
func hidden(u *url.URL, secret string, keys [][]byte) []string {
	var all []string
	for _, segment := range append(strings.Split(u.Path, "/"), strings.Split(u.EscapedPath(), "/")...) {
		if len(segment) >= longSegment {
			all = append(all, segment)
		}
	}
	for _, values := range u.Query() {
		all = append(all, values...)
	}
	if u.RawQuery != "" {
		all = append(all, u.RawQuery)
	}
	if password, ok := u.User.Password(); ok {
		all = append(all, password, u.User.String())
	}
	for _, word := range separate(secret) {
		text := strings.TrimPrefix(word, secretPrefix)
		all = append(all, word, text, strings.TrimRight(text, "="))
	}
	for _, key := range keys {
		all = append(all, string(key), base64.URLEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key), hex.EncodeToString(key))
	}
	return all
}

// Limits says that nobody knows how much may be posted: such an address has no
// quota that could be asked for.
func (h *hook) Limits(context.Context) (publisher.Limits, error) { return publisher.Limits{}, nil }

// failure makes the one kind of error that leaves this package's methods.
func (h *hook) failure(op string, kind spool.Kind, code string, err error) *spool.Failure {
	return &spool.Failure{Op: "webhook: " + op, Kind: kind, Code: code, Err: err}
}
