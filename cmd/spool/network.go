package main

import (
	"fmt"
	"log/slog"
	"time"

	"spool"
	"spool/config"
	"spool/publisher"
	"spool/publisher/threads"
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
	}
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
		Account: o.name, BaseURL: o.account.BaseURL, Tokens: o.tokens, Memory: o.memory, Now: p.now, Log: o.log,
		Transport: p.apiTransport, Timeout: o.read, Publish: o.publish,
	})
}
