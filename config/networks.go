package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// The networks, as the configuration names them.
const (
	Threads  = "threads"
	Mastodon = "mastodon"
	Bluesky  = "bluesky"
	Webhook  = "webhook"
)

func networks() []string { return []string{Threads, Mastodon, Bluesky, Webhook} }

// A networkKey is a key of an account that only some networks have.
type networkKey struct {
	key      string
	networks []string // that have it
	needs    []string // and that cannot do without; the reason is in why
	why      func(network string) string
}

func networkKeys() []networkKey {
	return []networkKey{
		{"token", []string{Threads, Mastodon}, nil, nil},
		{"base_url", []string{Threads, Mastodon, Bluesky, Webhook}, []string{Mastodon, Webhook}, whichAddress},
		{"handle", []string{Bluesky}, []string{Bluesky}, saying("the account's handle, such as paper.example.org")},
		{"app_password", []string{Bluesky}, []string{Bluesky}, saying("an app password, made in the settings of the account")},
		{"secret", []string{Webhook}, nil, nil},
		{"format", []string{Webhook}, nil, nil},
		{"visibility", []string{Mastodon}, nil, nil},
		{"replies", []string{Threads, Bluesky}, nil, nil},
		{"app", []string{Threads}, nil, nil},
	}
}

func saying(s string) func(string) string { return func(string) string { return s } }

func whichAddress(network string) string {
	if network == Mastodon {
		return "the address of the instance, such as https://newsie.example"
	}
	return "the address that posts are sent to"
}

// networkRules says which keys an account's network is missing, and which of
// those that it was given belong to others.
func (w *walker) networkRules(path string, a Account) {
	if !w.given(path+".network") || !slices.Contains(networks(), a.Network) {
		return // said already
	}
	for _, k := range networkKeys() {
		here := path + "." + k.key
		switch given := w.given(here); {
		case given && !slices.Contains(k.networks, a.Network):
			w.wrong(here, "is a key of "+strings.Join(k.networks, " and ")+" accounts, not of "+a.Network)
		case !given && slices.Contains(k.needs, a.Network):
			w.wrong(here, "is required for "+a.Network+": "+k.why(a.Network))
		}
	}
	switch {
	case a.Network == Webhook && a.Format == "json" && !w.given(path+".secret"):
		w.wrong(path+".secret", "is required for webhook with format json: what messages are signed with")
	case a.Network == Webhook && a.Format != "json" && w.given(path+".secret"):
		w.wrong(path+".secret", fmt.Sprintf("is not used with format %s: the address itself is the secret there", a.Format))
	case a.Network == Webhook && a.Secret.Reveal() != "":
		if err := w.checks.WebhookSecret(a.Secret.Reveal()); err != nil {
			w.wrong(path+".secret", "is of no use: "+err.Error())
		}
	case a.Network == Mastodon && profile(a.BaseURL) != "":
		w.wrong(path+".base_url", "is the address of a profile; the instance is "+profile(a.BaseURL))
	case a.Network == Threads && a.Replies == "nobody":
		w.wrong(path+".replies", "nobody is not possible on Threads: everyone, followers, following or mentioned")
	}
}

// profile is the instance that an address of a profile there is on, as people copy it
// from a browser; empty: it is none.
func profile(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, "/@") && !strings.HasPrefix(u.Path, "/users/") {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
