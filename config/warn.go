package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Warnings are what works and is probably not meant, in the order of the file.
func (c *Config) Warnings() []Warning { return slices.Clone(c.warnings) }

// The figures that warnings go by.
const (
	shortGrace    = 4 * time.Minute // Threads may show a post minutes after a publish without answer
	shortSchedule = 20 * time.Second
	threadsPerDay = 250 // what Threads allows an account within 24 hours
)

// warn fills the warnings of a configuration that has no problems.
func (w *walker) warn() {
	w.warnFetch()
	w.warnPush()
	w.warnFeeds()
	w.warnPosts()
	w.warnAccounts()
	w.warnReadable()
	w.problems.sort()
	for _, p := range w.problems {
		w.config.warnings = append(w.config.warnings, Warning(p))
	}
	w.problems = nil
}

// warning notes one; until all are there they are kept among the problems.
func (w *walker) warning(path, message string) { w.wrong(path, message) }

func (w *walker) warnFeeds() {
	addresses := map[string]string{}
	w.warnFilters("defaults", w.config.Defaults)
	for _, name := range slices.Sorted(maps.Keys(w.config.Feeds)) {
		f := w.config.Feeds[name]
		w.warnFeed(Path("feeds", name), f)
		w.warnFilters(Path("feeds", name), f.FeedOptions)
		w.warnAlerts(Path("feeds", name), f)
		if other := addresses[f.URL]; other != "" {
			w.warning(Path("feeds", name, "url"), "is the same as that of feed "+other)
		} else {
			addresses[f.URL] = name
		}
	}
}

func (w *walker) warnAccounts() {
	used, tokens := map[string]bool{}, map[string]string{}
	for _, f := range w.config.Feeds {
		for _, a := range f.Accounts {
			used[a] = true
		}
		for _, to := range f.Alerts.To {
			for _, a := range to.Accounts {
				used[a] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.config.Accounts)) {
		if !used[name] {
			w.warning(Path("accounts", name), "no feed posts on this account")
		}
		a := w.config.Accounts[name]
		w.warnAccount(Path("accounts", name), a)
		token := signsInWith(a)
		if other := tokens[token]; other != "" && token != "" {
			w.warning(Path("accounts", name), "signs in with the same as account "+other+": what goes to both is posted twice")
		} else {
			tokens[token] = name
		}
	}
}

// signsInWith is equal for two accounts that are the same one on their network.
func signsInWith(a Account) string {
	switch a.Network {
	case Bluesky:
		return Bluesky + " " + strings.ToLower(a.Handle)
	case Webhook:
		return Webhook + " " + a.BaseURL
	}
	if token := a.Token.Reveal(); token != "" {
		return a.Network + " " + token
	}
	return ""
}

func (w *walker) warnFetch() {
	if w.config.Fetch.Contact == "" {
		w.warning("fetch.contact", "is not given: publishers who cannot reach the owner of a robot often lock it out")
	}
}

func (w *walker) warnFeed(path string, f Feed) {
	every, ok := strings.CutPrefix(f.Schedule, "@every ")
	d, err := time.ParseDuration(strings.TrimSpace(every))
	if ok && err == nil && d < shortSchedule {
		w.warning(path+".schedule", fmt.Sprintf("%s is very often: below %s publishers may lock the robot out", short(d), short(shortSchedule)))
	}
}

func (w *walker) warnAccount(path string, a Account) {
	if a.Grace < shortGrace {
		w.warning(path+".grace", fmt.Sprintf("%s is short: below %s a post that shows up late may be posted twice", short(a.Grace), short(shortGrace)))
	}
	if a.Network == Threads && a.Limits.PerDay > threadsPerDay {
		w.warning(path+".limits.per_day", fmt.Sprintf("%d is more than the %d posts that Threads allows", a.Limits.PerDay, threadsPerDay))
	}
	if u, err := url.Parse(a.BaseURL); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
		w.warning(path+".base_url", "is http://, so what the account signs in with travels for anyone on the way to read")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// warnReadable warns of secrets that every user of the machine can read.
func (w *walker) warnReadable() {
	if len(w.literals) > 0 && w.readable(w.file) {
		w.warning(w.literals[0], fmt.Sprintf("stands in a file that every user of this machine can read: chmod 600 %s", w.file))
	}
	for _, path := range slices.Sorted(maps.Keys(w.files)) {
		if w.readable(w.files[path]) {
			w.warning(path, fmt.Sprintf("names a file that every user of this machine can read: chmod 600 %s", w.files[path]))
		}
	}
}

// readable reports whether others can read a file. Container engines mount
// secrets below /run/secrets that way for the one user in there.
func (w *walker) readable(name string) bool {
	if runtime.GOOS == "windows" || strings.HasPrefix(name, "/run/secrets/") || strings.HasPrefix(name, "/var/run/secrets/") {
		return false
	}
	info, err := w.checks.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o004 != 0
}
