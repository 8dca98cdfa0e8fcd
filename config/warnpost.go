package config

import (
	"maps"
	"slices"
)

// warnPosts tells of wordings that nothing is posted with, and of posts that would
// never name a language.
func (w *walker) warnPosts() {
	w.warnOverlay("defaults.post", w.config.Defaults.Post, nil)
	for _, name := range slices.Sorted(maps.Keys(w.config.Feeds)) {
		f, path := w.config.Feeds[name], Path("feeds", name, "post")
		w.warnOverlay(path, f.Post, f.Accounts)
		if w.config.Given(path+".language_from") && f.Post.LanguageFrom == "config" && f.Post.Language == "" && len(f.Post.Networks)+len(f.Post.Accounts) == 0 {
			w.warning(path+".language_from", "config without a language: posts will name none; give it in language")
		}
	}
}

// warnOverlay looks at what differs on networks and accounts. Accounts may be nil:
// then any of the file's will do.
func (w *walker) warnOverlay(path string, p Post, accounts []string) {
	none := "the feed is posted on no account of this network, so it has no effect"
	among := accounts
	if accounts == nil {
		none = "there is no account on this network, so it has no effect"
		among = slices.Collect(maps.Keys(w.config.Accounts))
	}
	for _, network := range slices.Sorted(maps.Keys(p.Networks)) {
		if !slices.ContainsFunc(among, func(name string) bool { return w.config.Accounts[name].Network == network }) {
			w.warning(join(path+".networks", network), none)
		}
	}
	for _, account := range slices.Sorted(maps.Keys(p.Accounts)) {
		if accounts != nil && !slices.Contains(accounts, account) {
			w.warning(join(path+".accounts", account), "the feed is not posted on this account, so it has no effect")
		}
	}
}
