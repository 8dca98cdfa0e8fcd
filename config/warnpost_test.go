package config

import (
	"strings"
	"testing"
)

func TestPostWarnings(t *testing.T) {
	c := mustLoad(t, `
accounts: {desk: {network: threads}, city: {network: threads}, sky: {network: bluesky, handle: a.example, app_password: b}}
defaults:
  accounts: [desk]
  post: {networks: {mastodon: {chain: 3}, bluesky: {chain: 3}, threads: {chain: 3}}, accounts: {city: {link: text}}}
feeds:
  news: {url: https://www.example.org/1, post: {language_from: config, accounts: {city: {link: text}, desk: {link: text}}, networks: {bluesky: {chain: 3}, threads: {chain: 3}}}}
  other: {url: https://www.example.org/2, accounts: [city], post: {language_from: config}}
  fine: {url: https://www.example.org/3, post: {language_from: config, language: de}}
`)
	var got []string
	for _, w := range c.Warnings() {
		if strings.Contains(w.Path, "post") {
			got = append(got, w.Path+": "+w.Message)
		}
	}
	want := []string{
		"defaults.post.networks.mastodon: there is no account on this network, so it has no effect",
		"feeds.news.post.accounts.city: the feed is not posted on this account, so it has no effect",
		"feeds.news.post.networks.bluesky: the feed is posted on no account of this network, so it has no effect",
		"feeds.other.post.language_from: config without a language: posts will name none; give it in language",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
