package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
	"spool/config"
)

// printAnswer tells a person what became of what they asked for. Moments are in
// the time zone of the configuration, which is that of the newsroom.
func (p *program) printAnswer(cfg *config.Config, a answer) {
	w := teller{p, cfg.Location()}
	switch {
	case a.Found == "":
		w.nothing(a)
	case len(a.Alerts) > 0:
		w.alerts(a.Alerts)
	case len(a.Candidates) > 0:
		w.candidates(a)
	default:
		if a.Found == byPath && addressOf(a.Query) != "" {
			w.say("No feed has listed this address. An article with the same path:", "", plain)
			fmt.Fprintln(p.out)
		}
		for i, s := range a.Stories {
			if i > 0 {
				fmt.Fprintln(p.out)
			}
			w.story(cfg, s, a.closed)
		}
	}
}

// A teller writes an answer.
type teller struct {
	*program
	zone *time.Location
}

func (w teller) at(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.In(w.zone).Format("2006-01-02 15:04:05")
}

// say writes a text in lines that fit, each after the indent.
func (w teller) say(text, indent string, c colour) {
	lines := []string{text}
	if isTerminal(w.out) {
		lines = wrap(text, terminalWidth(w.out)-width(indent))
	}
	for _, line := range lines {
		fmt.Fprintln(w.out, w.paint(indent, dim)+w.paint(line, c))
	}
}

func (w teller) story(cfg *config.Config, s story, closed map[string]string) {
	title := cmp.Or(oneLine(s.Title), firstLine(s.Summary))
	if title == "" {
		title = "(its words are not kept any more)"
		for _, post := range s.Posts {
			title = "(its words are not kept any more; posted as) " + firstLine(post.post.Content.Text)
		}
	}
	w.say(title, "", bold)
	if s.Link != "" {
		fmt.Fprintln(w.out, s.Link)
	}
	facts := "item " + s.ID
	if !s.Published.IsZero() {
		facts += ", published " + w.at(s.Published)
	}
	w.say(facts+"; times are "+w.zone.String(), "", dim)
	if s.alert != nil {
		w.alert(cfg, s)
	}
	w.fates(s)
	for _, post := range s.Posts {
		w.post(s, post, closed)
	}
}

func (w teller) fates(s story) {
	fmt.Fprintln(w.out)
	t := table{head: []string{"SEEN", "FEED", "WHAT BECAME OF IT"}}
	fates := slices.Clone(s.Fates)
	slices.SortStableFunc(fates, func(a, b spool.Fate) int { return a.Time.Compare(b.Time) })
	for _, f := range fates {
		text, c := fateText(f, s)
		t.rows = append(t.rows, []cell{{w.at(f.Time), dim}, {text: f.Feed}, {text, c}})
	}
	t.print(w.program)
}

// fateText is a fate in words.
func fateText(f spool.Fate, s story) (string, colour) {
	text, c := fateWords(f, s)
	if f.Verdict != "" && f.Verdict != spool.Changed && f.Feed != s.Feed {
		text = "listed it too: " + text
	}
	if f.Account != "" {
		text = "on " + f.Account + ": " + text
	}
	return text, c
}

func fateWords(f spool.Fate, s story) (string, colour) {
	because := func(text string) string {
		if f.Reason == "" {
			return text
		}
		return text + ": " + f.Reason
	}
	switch f.Verdict {
	case spool.ToPost:
		return because(postedText(f, s)), plain
	case spool.Changed:
		return because("changed it"), cyan
	case spool.FirstRun:
		return because("not posted"), yellow
	case spool.TooOld:
		return because("not posted, too old"), yellow
	case spool.Filtered:
		return because("not posted, filtered out"), yellow
	case spool.Duplicate:
		return because("not posted, a duplicate"), yellow
	case spool.Elsewhere:
		return because("not posted again"), yellow
	case spool.Blocked:
		return because("not posted: it was taken down"), red
	case spool.Nowhere:
		return because("not posted: the feed has no account"), yellow
	case spool.Over:
		return because("not posted: it was over before there was anything to tell"), yellow
	case spool.Summed:
		return because("told by a digest"), green
	case "":
		return "listed it, before spool kept the reasons", dim
	}
	return because(string(f.Verdict)), plain
}

// postedText says on which accounts the feed brought a post, and where another
// feed had been quicker.
func postedText(f spool.Fate, s story) string {
	var own, others []string
	accounts := f.Accounts
	if f.Account != "" {
		accounts = []string{f.Account}
	}
	for _, name := range accounts {
		i := slices.IndexFunc(s.Posts, func(post told) bool { return post.Account == name })
		switch {
		case i >= 0 && s.Posts[i].Feed != f.Feed:
			others = append(others, name+" has it from feed "+s.Posts[i].Feed)
		default:
			own = append(own, name)
		}
	}
	var says []string
	if len(own) > 0 {
		says = append(says, "accepted for "+strings.Join(own, ", "))
	}
	if len(others) > 0 {
		says = append(says, "not posted again: "+strings.Join(others, ", "))
	}
	return cmp.Or(strings.Join(says, "; "), "accepted")
}

func (w teller) post(s story, post told, closed map[string]string) {
	p := post.post
	headline := purposeText(p.Purpose) + " on " + p.Account
	if p.Feed != s.Feed {
		headline += ", from feed " + p.Feed
	}
	fmt.Fprintf(w.out, "\n%s %s\n", w.paint(headline+":", bold), w.paint(stateName(p), stateColour(p.State)))
	w.say(w.standing(p, closed[p.Account]), "  ", plain)
	if p.Receipt.URL != "" {
		fmt.Fprintln(w.out, "  "+p.Receipt.URL)
	}
	ids := "post " + p.ID
	if p.Receipt.ID != "" {
		ids += ", at the network " + p.Receipt.ID
	}
	fmt.Fprintln(w.out, "  "+w.paint(ids, dim))
	for _, line := range strings.Split(p.Content.Text, "\n") {
		w.say(line, "  │ ", plain)
	}
	fmt.Fprintln(w.out)
	w.history(post.History)
}

// purposeText is what a post is for its item.
func purposeText(p spool.Purpose) string {
	switch p {
	case spool.Continue:
		return "Next part"
	case spool.Correct:
		return "Correction"
	case spool.Edit:
		return "Edit"
	case spool.Withdraw:
		return "Withdrawal"
	case spool.Replace:
		return "Replacement"
	case spool.Renew:
		return "Fresh post"
	case spool.Update:
		return "Update"
	case spool.Close:
		return "Closing"
	}
	return "Post"
}

// history tells what happened to a post. What happens again and again, as looking
// for it does, is told once.
func (w teller) history(changes []spool.Change) {
	t := table{head: []string{"WHEN", "STATE", "WHAT HAPPENED"}}
	sent, times, before := 0, 0, ""
	for _, c := range changes {
		if c.What == spool.Began {
			sent++
		}
		text := changeText(c, sent)
		times++
		if same := text + string(c.To); same != before {
			times, before = 1, same
			t.rows = append(t.rows, []cell{{w.at(c.Time), dim}, {string(c.To), stateColour(c.To)}, {text: text}})
			continue
		}
		t.rows[len(t.rows)-1][2].text = fmt.Sprintf("%s (%d times, last at %s)", text, times, c.Time.In(w.zone).Format("15:04:05"))
	}
	t.print(w.program)
}

// standing says in one sentence where a post is, and what a person can do.
func (w teller) standing(p spool.Post, closed string) string {
	id := shortID(p.ID)
	switch p.State {
	case spool.Live:
		if p.Purpose.Steers() {
			return "done at " + w.at(p.LiveAt)
		}
		return "readers can see it since " + w.at(p.LiveAt)
	case spool.Held:
		return "it waits for a person: " + cmp.Or(p.Reason, string(p.Hold)) + ". \"spool posts approve " + id + "\" releases it, \"spool posts cancel " + id + "\" gives it up"
	case spool.Failed:
		return "it was refused for good: " + p.Reason + ". \"spool posts retry " + id + "\" tries again"
	case spool.Dropped:
		return "it was given up: " + p.Reason
	case spool.Doubt, spool.Sending:
		return "it may or may not be live; spool looks for it on the account before it does anything else"
	}
	text := "it waits for its turn"
	if p.NotBefore.After(w.now()) {
		text = "it is due at " + w.at(p.NotBefore)
	}
	if p.Embargo.After(w.now()) {
		text = "it is under embargo until " + w.at(p.Embargo)
	}
	if closed != "" {
		text += ", but the " + closed + ": \"spool accounts list\" says why"
	}
	if p.Reason != "" {
		text += "; the last obstacle: " + p.Reason
	}
	if !p.Deadline.IsZero() {
		text += "; it is given up at " + w.at(p.Deadline)
	}
	return text
}

// changeText is a line of a post's history in words; sent is how many requests
// had begun by then.
func changeText(c spool.Change, sent int) string {
	text := whatText(c, sent)
	if c.Who != "" && c.Who != "spool" {
		text += ", by " + c.Who
	}
	if c.Cause != "" {
		text += ": " + c.Cause
	}
	return text
}

func whatText(c spool.Change, sent int) string {
	switch c.What {
	case spool.Recorded:
		switch c.To {
		case spool.Held:
			return "accepted and worded, but held"
		case spool.Failed:
			return "accepted, but there were no words for it"
		}
		return "accepted and worded"
	case spool.Prepared:
		return "prepared at the network, where readers cannot see it"
	case spool.Began:
		if sent > 1 {
			return fmt.Sprintf("sent for the %s time", ordinal(sent))
		}
		return "sent"
	case spool.Delivered:
		return "the network says that it is live"
	case spool.Refused:
		return refusedText(c.To)
	case spool.Lapsed:
		return "whoever sent it is gone, and whether it is live is not known"
	case spool.Found:
		return "looked for it on the account, and found it"
	case spool.Absent:
		if c.To == spool.Waiting {
			return "looked for it on the account, and it is not there: to be sent again"
		}
		return "looked for it on the account, and it is not there"
	case spool.Unclear:
		return "looked for it on the account, without a clear answer"
	case spool.Checked:
		return "looked at it again"
	}
	return steeredText(c.What)
}

func refusedText(to spool.State) string {
	switch to {
	case spool.Doubt:
		return "the answer does not tell whether it is live"
	case spool.Held:
		return "the network does not let the account in"
	case spool.Failed:
		return "the network refused it for good"
	}
	return "it did not go out, and will be tried again"
}

// steeredText are the things that the feed, the clock or a person do to a post.
func steeredText(what spool.What) string {
	switch what {
	case spool.Amended:
		return "it was edited where readers see it"
	case spool.Withdrawn:
		return "it was taken off the account"
	case spool.Orphaned:
		return "what it follows from is gone, so it was given up"
	case spool.Reworded:
		return "it got new words"
	case spool.Raised:
		return "it was given a higher priority: another feed took it over, or its alert became graver"
	case spool.Expired:
		return "its deadline passed, so it was given up"
	case spool.Holding:
		return "held back"
	case spool.Approved:
		return "released"
	case spool.Resumed:
		return "released, since the account can post again"
	case spool.Cancelled:
		return "given up"
	case spool.Retried:
		return "to be tried again"
	case spool.Hurried:
		return "to be sent next"
	}
	return string(what)
}

func ordinal(n int) string {
	if n < 5 {
		return [...]string{"", "first", "second", "third", "fourth"}[n]
	}
	return fmt.Sprintf("%dth", n)
}

// manyItems is how many items the database names at most.
const manyItems = 20

func (w teller) candidates(a answer) {
	fits := count(len(a.Candidates), "item", "items")
	if len(a.Candidates) >= manyItems {
		fits = fmt.Sprintf("%d items or more, and these are the latest", manyItems)
	}
	w.say(fmt.Sprintf("%q fits %s. Ask for one by its id: spool why ID", a.Query, fits), "", plain)
	fmt.Fprintln(w.out)
	t := table{head: []string{"ID", "FEED", "TITLE"}}
	for _, c := range a.Candidates {
		t.rows = append(t.rows, []cell{{text: c.ID}, {text: c.Feed}, {text: cmp.Or(c.Title, c.Link)}})
	}
	t.print(w.program)
}

// nothing says what is known all the same about what nobody has seen.
func (w teller) nothing(a answer) {
	const longest = 200 // of what was typed, or pasted by mistake
	if address := addressOf(a.Query); siteOf(address) != "" {
		w.say(shownAddress(address)+" was never in a feed that spool has read.", "", plain)
	} else {
		w.say(fmt.Sprintf("Nothing is known under %q: no item, no post, and no title has these words.", cut(a.Query, longest)), "", plain)
	}
	if b := a.Block; b != nil {
		w.say(fmt.Sprintf("It was blocked by %s on %s%s. No feed leads to a post about it; \"spool items unblock\" lets it in again.",
			b.Who, moment(b.Time), strings.TrimSuffix(": "+b.Reason, ": ")), "", plain)
		return
	}
	if len(a.Feeds) == 0 {
		w.strangers(a.Query)
		return
	}
	fmt.Fprintln(w.out)
	t := table{head: []string{"FEED", "NEXT READ", "HOW IT IS"}}
	for _, f := range a.Feeds {
		says, c := f.Standing, plain
		if f.state.Failures > 0 {
			c = red
		}
		if f.Unread != "" {
			says += "; an entry could not be used: " + f.Unread
		}
		t.rows = append(t.rows, []cell{{text: f.Name}, {nextPoll(f.state, w.now()), dim}, {says, c}})
	}
	t.print(w.program)
	fmt.Fprintln(w.out)
	if !slices.ContainsFunc(a.Feeds, func(f nearFeed) bool { return f.state.Failures == 0 }) {
		w.say("Once the feed can be read again, what it still lists then is taken up.", "", plain)
		return
	}
	w.say(fmt.Sprintf("\"spool preview %s\" shows what the feed holds now. If the article is in it, it is taken up when the feed is read next; if it is not, the publisher has not put it there.", a.Feeds[0].Name), "", plain)
}

// strangers is for an address of a site that no feed is of.
func (w teller) strangers(query string) {
	site := siteOf(addressOf(query))
	switch {
	case site == "":
	case strings.Trim(site, "abcdefghijklmnopqrstuvwxyz0123456789.-:") != "": // nothing to be put into a command line
		w.say(fmt.Sprintf("No feed of the configuration is of %s.", site), "", plain)
	default:
		w.say(fmt.Sprintf("No feed of the configuration is of %s. \"spool feeds discover %s\" looks for one there.", site, site), "", plain)
	}
}
