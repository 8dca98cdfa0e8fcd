package config

// alertsInstead are the keys of a feed that have no say over alerts, and what has.
func alertsInstead() [][2]string {
	return [][2]string{
		{"priority", "the priority of alerts goes by how severe they are: see alerts.priorities"},
		{"max_age", "alerts have no age: see alerts.stale and alerts.min_remaining"},
		{"burst", "a storm of alerts is summed up: see alerts.digest"},
		{"duplicates", "alerts are told apart by their names and lines"},
		{"on_change", "alerts are followed up: see alerts.update_every"},
		{"embargo", "alerts are told by their periods: see alerts.planned"},
		{"silence", "a list of alerts may be empty for weeks"},
		{"post.text", "the words of alerts are in post.alerts"},
		{"post.correction", "alerts are followed up, not corrected: see post.alerts"},
	}
}

// listsAlerts reports whether the file says that a feed lists alerts.
func (w *walker) listsAlerts(path string, f Feed) bool {
	return f.Kind == "gtfs-rt" || f.Kind == "cap" || w.config.GivenHere(path+".alerts")
}

// alertRules checks what concerns alerts and more than one key. Filters for articles
// would keep nothing out, which somebody may rely on.
func (w *walker) alertRules(path string, f Feed) {
	if !w.listsAlerts(path, f) {
		return
	}
	if f.Kind == "sitemap" {
		w.wrong(path+".alerts", "a sitemap lists no alerts")
	}
	for _, key := range []string{"include", "exclude"} {
		if w.config.GivenHere(path + "." + key) {
			w.wrong(path+"."+key, "is for articles: alerts are filtered by alerts."+key+", whose text takes regular expressions")
		}
	}
	for i, r := range f.Alerts.Rules {
		if r.Effect == "" && r.Cause == "" && r.Severity == "" && !r.Planned.Given {
			w.wrong(index(path+".alerts.rules", i), "says nothing of the alerts that it is about: give it an effect, a cause, a severity or planned")
		}
	}
}

// warnAlerts tells of keys that have no effect on a feed of alerts.
func (w *walker) warnAlerts(path string, f Feed) {
	if !w.listsAlerts(path, f) {
		return
	}
	for _, key := range alertsInstead() {
		if w.config.GivenHere(path + "." + key[0]) {
			w.warning(path+"."+key[0], "has no effect: "+key[1])
		}
	}
	for _, key := range []string{"include", "exclude"} {
		if w.config.GivenHere("defaults." + key) {
			w.warning("defaults."+key, "is for articles, so it keeps none of the alerts of "+path+" out: see alerts."+key)
		}
	}
}
