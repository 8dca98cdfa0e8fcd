package config

import (
	"fmt"
	"maps"
	"slices"
)

// rules checks what concerns more than one key.
func (w *walker) rules() {
	for _, name := range slices.Sorted(maps.Keys(w.config.Accounts)) {
		w.accountRules(Path("accounts", name), w.config.Accounts[name])
	}
	for _, name := range slices.Sorted(maps.Keys(w.config.Feeds)) {
		w.feedRules(Path("feeds", name), w.config.Feeds[name])
	}
}

func (w *walker) accountRules(path string, a Account) {
	w.networkRules(path, a)
	if l := a.Limits; l.PerDay > 0 && l.Reserve >= l.PerDay {
		w.wrong(path+".limits.reserve", fmt.Sprintf("%d%s is not less than per_day (%d), so only posts of priority high and breaking would ever go out",
			l.Reserve, w.isDefault(path+".limits.reserve"), l.PerDay))
	}
	if wholeDay(a.Quiet) {
		w.wrong(path+".quiet", "covers the whole day, so only posts of priority breaking would ever go out")
	}
}

func (w *walker) feedRules(path string, f Feed) {
	if !w.given(path+".accounts") && len(f.Alerts.To) == 0 {
		w.wrong(path+".accounts", "is required, here or in defaults")
	}
	if sorted := slices.Sorted(slices.Values(f.Accounts)); len(slices.Compact(sorted)) < len(f.Accounts) {
		w.wrong(path+".accounts", "lists an account twice")
	}
	w.alertRules(path, f)
	if f.MaxAge > 0 && f.Settle >= f.MaxAge {
		w.wrong(path+".settle", fmt.Sprintf("%s%s is not less than max_age (%s), so every item would be too old to be posted",
			short(f.Settle), w.isDefault(path+".settle"), short(f.MaxAge)))
	}
}

// wrong notes a problem at the place that a path's value has or comes from.
func (w *walker) wrong(path, message string) {
	w.problem(w.config.Position(path), path, message, "")
}

// given reports whether the file has a value for a key, be it wrong.
func (w *walker) given(path string) bool {
	return w.config.Given(path)
}

// isDefault says so of a value that the file does not give.
func (w *walker) isDefault(path string) string {
	if w.given(path) {
		return ""
	}
	return ", the default,"
}

// wholeDay reports whether windows leave no minute of the day.
func wholeDay(windows []Window) bool {
	var quiet [24 * 60]bool
	for _, q := range windows {
		for m := q.From; m%(24*60) != q.To%(24*60); m++ {
			quiet[m%(24*60)] = true
		}
	}
	return len(windows) > 0 && !slices.Contains(quiet[:], false)
}
