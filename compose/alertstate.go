package compose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
)

// beginning is what a post begins with that is not a first one: "Update 14:20: ".
func (n *notice) beginning() string {
	at := n.news.At
	if at.IsZero() {
		at = n.when.now
	}
	clock := ""
	if !at.IsZero() {
		clock = n.when.time(at)
	}
	switch n.phase() {
	case spool.Changes:
		return n.when.mend(strings.TrimSpace(fmt.Sprintf(n.update, clock))) + n.colon
	case spool.Ends:
		if clock == "" {
			return n.endedNow + n.colon
		}
		return n.when.mend(fmt.Sprintf(n.ended, clock)) + n.colon
	case spool.Ahead:
		return n.planned + n.colon
	}
	return ""
}

// time is since and until when. What has no end is not said to have one, and what
// has neither beginning nor end is told as of now, so that no two posts of a line say
// the same.
func (n *notice) time(a *spool.Alert) string {
	c := n.when
	if n.phase() == spool.Ends {
		return ""
	}
	list := c.ahead(a.Periods)
	if n.phase() == spool.Ahead || len(list) > 1 {
		if s := c.schedule(a.Periods); s != "" {
			return s
		}
	}
	start, end := a.Start(), a.End()
	if len(list) == 1 {
		start, end = list[0].Start, list[0].End
	}
	until := c.untilWords(end, a.Guess)
	if until != "" && untilSaid(n.header) && !slices.Contains(n.news.Changed, "until") {
		until = ""
	}
	since := ""
	if n.phase() == spool.Begins && until == "" && !start.IsZero() && !start.After(c.now) && c.now.Sub(start) < 365*oneDay {
		since = c.sinceWords(start)
	}
	if n.phase() == spool.Begins && start.After(c.now) && !c.now.IsZero() {
		return c.schedule(a.Periods) // it is announced before it begins
	}
	if since+until == "" && n.phase() == spool.Begins && !c.now.IsZero() {
		return n.when.mend(fmt.Sprintf(n.asOf, c.short(c.now)))
	}
	return since + until
}

// changes words what is different for those who read the posts above, beside what
// is the case now.
func (n *notice) changes() {
	if n.phase() != spool.Changes || n.digest {
		return
	}
	before := n.news.Before
	for _, what := range n.news.Changed {
		switch what {
		case "effect":
			if was, _ := n.effects(before.Effect); was != "" && n.effect != "" && before.Effect != n.alert.Effect {
				n.effect += " " + fmt.Sprintf(n.before, was)
			}
		case "until":
			n.untilChanged(before.Until)
		case "lines":
			n.linesChanged(before.Lines)
		case "severity":
			n.severityChanged(before.Severity)
		}
	}
	if !slices.Contains(n.news.Changed, "text") {
		n.description, n.instruction = "", ""
	}
}

func (n *notice) untilChanged(was time.Time) {
	end := n.alert.End()
	switch {
	case end.IsZero() && !was.IsZero():
		n.changed = append(n.changed, n.endless)
	case !end.IsZero() && !was.IsZero() && !was.Equal(end) && n.lasts != "":
		n.lasts += " " + fmt.Sprintf(n.before, n.when.short(was))
	}
}

// linesChanged names the lines that came and went. What readers know may have been
// noted by id or by name.
func (n *notice) linesChanged(was []string) {
	if len(was) == 0 || len(n.lines) == 0 {
		return
	}
	known := map[string]bool{}
	for _, name := range was {
		known[strings.ToLower(name)] = true
	}
	now := map[string]bool{}
	var came, went []string
	for _, e := range n.alert.Affected {
		if now[strings.ToLower(e.Route)] && e.Route != "" {
			continue
		}
		name := n.lineNames(&spool.Alert{Affected: []spool.Affected{e}})
		now[strings.ToLower(e.Route)], now[strings.ToLower(e.RouteName)] = true, true
		if len(name) == 1 && !known[strings.ToLower(e.Route)] && !known[strings.ToLower(e.RouteName)] && !slices.Contains(came, name[0]) {
			came = append(came, name[0])
		}
	}
	for _, name := range was {
		if !now[strings.ToLower(name)] && (publicID(name) != "" || strings.Contains(name, " ")) {
			went = append(went, shortName(name))
		}
	}
	if len(came) > 0 && len(came) < len(n.lines) {
		n.changed = append(n.changed, fmt.Sprintf(n.also, n.shortList(came, maxLines)))
	}
	if len(went) > 0 {
		n.changed = append(n.changed, fmt.Sprintf(n.gone, n.shortList(went, maxLines)))
	}
}

func (n *notice) severityChanged(was spool.Severity) {
	order := spool.Severities()
	from, to := slices.Index(order, was), slices.Index(order, n.alert.Severity)
	switch {
	case from < 0 || to < 0:
	case to > from:
		n.changed = append(n.changed, n.worse)
	case to < from:
		n.changed = append(n.changed, n.better)
	}
}

// ends words how it is known that an alert is over. That service has resumed is said
// only where the agency's own words say so.
func (n *notice) ends() {
	if n.phase() != spool.Ends || n.digest {
		return
	}
	resumed := n.alert.Resumed
	if !resumed {
		n.description = ""
	} else {
		n.endings = append(n.endings, n.resumed)
		n.description = worthSaying(n.description, n.resumed, n.header)
	}
	n.instruction = ""
	switch n.news.Ending {
	case spool.ByGone:
		switch {
		case resumed:
		case n.sender == "":
			n.endings = append(n.endings, n.unlistedNow)
		default:
			n.endings = append(n.endings, n.upper(fmt.Sprintf(n.unlisted, n.sender)))
		}
	case spool.ByTime:
		if n.alert.Guess {
			n.endings = append(n.endings, n.expectedOver)
		} else if !resumed {
			n.endings = append(n.endings, n.asAnnounced)
		}
	}
}

// lineTags are the hashtags that the settings have for lines, and no others.
func (c *composition) lineTags() string {
	w, n := c.wording, c.notice
	if phase := n.phase(); phase != spool.Begins && phase != spool.Ahead {
		return ""
	}
	var mapped []string
	for _, name := range n.lines {
		if w.tags[fold(name)] != "" {
			mapped = append(mapped, name)
		}
	}
	if len(mapped) == 0 {
		return ""
	}
	return c.saying().hashtag(mapped)
}
