package config

import (
	"maps"
	"slices"
)

// warnPosts tells of wordings that nothing is posted with, and of posts that would
// never name a language.
func (w *walker) warnPosts() {
	used := map[string]bool{}
	for _, a := range w.config.Accounts {
		used[a.Network] = true
	}
	w.warnOverlay("defaults.post", w.config.Defaults.Post, used, nil)
	for _, name := range slices.Sorted(maps.Keys(w.config.Feeds)) {
		f, path := w.config.Feeds[name], Path("feeds", name, "post")
		w.warnOverlay(path, f.Post, used, f.Accounts)
		if w.config.Given(path+".language_from") && f.Post.LanguageFrom == "config" && f.Post.Language == "" && len(f.Post.Networks)+len(f.Post.Accounts) == 0 {
			w.warning(path+".language_from", "config without a language: posts will name none; give it in language")
		}
	}
}

// warnOverlay looks at what differs on networks and accounts. Accounts may be nil:
// then any of the file's will do.
func (w *walker) warnOverlay(path string, p Post, used map[string]bool, accounts []string) {
	for _, network := range slices.Sorted(maps.Keys(p.Networks)) {
		if !used[network] {
			w.warning(join(path+".networks", network), "there is no account on this network, so it has no effect")
		}
	}
	for _, account := range slices.Sorted(maps.Keys(p.Accounts)) {
		if accounts != nil && !slices.Contains(accounts, account) {
			w.warning(join(path+".accounts", account), "the feed is not posted on this account, so it has no effect")
		}
	}
}
