package main

import (
	"fmt"
	"log/slog"
	"time"

	"spool"
	"spool/config"
	"spool/publisher"
	"spool/publisher/bluesky"
	"spool/publisher/mastodon"
	"spool/publisher/threads"
	"spool/publisher/webhook"
)

// A network is how the program deals with one of them. To add one: an entry in
// networks, and what docs/new-network.md says.
type network struct {
	name string

	// limits are what it takes, as far as that is known without asking its server.
	limits func(config.Account) spool.TextLimits

	// open makes the client of an account. It makes no request.
	open func(*program, opening) (publisher.Publisher, error)
}

// networks are all there are, in the order in which people are shown them.
func networks() []network {
	return []network{
		{config.Threads, func(config.Account) spool.TextLimits { return threads.TextLimits() }, (*program).openThreads},
		{config.Mastodon, func(config.Account) spool.TextLimits { return mastodon.TextLimits() }, (*program).openMastodon},
		{config.Bluesky, func(config.Account) spool.TextLimits { return bluesky.TextLimits() }, (*program).openBluesky},
		{config.Webhook, func(a config.Account) spool.TextLimits { return webhook.TextLimits(webhook.Format(a.Format)) }, (*program).openWebhook},
	}
}

// mend says what a person does when a network does not let an account in.
func mend(name, network string) string {
	switch network {
	case config.Bluesky:
		return "look at handle and app_password of account " + name + " in the configuration"
	case config.Webhook:
		return "look at base_url and secret of account " + name + " in the configuration"
	}
	return "spool login " + name
}

// limitsTold are what a client's server takes, as far as it has told the daemon, or else
// what is usual.
func limitsTold(client publisher.Publisher, usual spool.TextLimits) spool.TextLimits {
	if m, ok := client.(publisher.Measurer); ok {
		return m.TextLimits()
	}
	return usual
}

// networkOf is the network of an account.
func networkOf(a config.Account) (network, error) {
	for _, n := range networks() {
		if n.name == a.Network {
			return n, nil
		}
	}
	return network{}, fmt.Errorf("network %s is not supported in this version", a.Network)
}

// An opening is what the client of an account is made with.
type opening struct {
	name    string
	account config.Account
	tokens  publisher.TokenStore
	memory  publisher.Memory
	files   publisher.Files
	log     *slog.Logger

	// read and publish bound a request. None may outlast the lease on the account.
	read, publish time.Duration
}

func (p *program) openThreads(o opening) (publisher.Publisher, error) {
	return threads.New(threads.Options{
		Account: o.name, BaseURL: o.account.BaseURL, Replies: o.account.Replies, Tokens: o.tokens, Memory: o.memory,
		Now: p.now, Log: o.log, Transport: p.apiTransport, Timeout: o.read, Publish: o.publish,
	})
}

func (p *program) openMastodon(o opening) (publisher.Publisher, error) {
	return mastodon.New(mastodon.Options{
		Account: o.name, BaseURL: o.account.BaseURL, Visibility: o.account.Visibility, Tokens: o.tokens, Memory: o.memory,
		Files: o.files, Now: p.now, Log: o.log, Transport: p.apiTransport, Timeout: o.read, Publish: o.publish, Upload: o.publish,
	})
}

func (p *program) openBluesky(o opening) (publisher.Publisher, error) {
	return bluesky.New(bluesky.Options{
		Account: o.name, Handle: o.account.Handle, AppPassword: o.account.AppPassword.Reveal(), BaseURL: o.account.BaseURL,
		AppURL: p.blueskyApp, Replies: o.account.Replies, Tokens: o.tokens, Memory: o.memory, Files: o.files,
		Now: p.now, Log: o.log, Transport: p.apiTransport, Timeout: o.read, Publish: o.publish,
	})
}

func (p *program) openWebhook(o opening) (publisher.Publisher, error) {
	return webhook.New(webhook.Options{
		Account: o.name, URL: o.account.BaseURL, Format: webhook.Format(o.account.Format), Secret: o.account.Secret.Reveal(),
		Now: p.now, Log: o.log, Transport: p.apiTransport, Timeout: o.read,
	})
}
