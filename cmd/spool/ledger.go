package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"spool"
	"spool/config"
	"spool/store"
)

// openPatience is how long a server that does not answer is waited for.
const openPatience = 10 * time.Second

// checkBooks counts the ledger anew and looks at how the feeds are, without
// changing anything. It reports whether the ledger is right. A database that
// there is not yet has none; one that cannot be read is for "spool health" to
// complain of, since a configuration may be checked far from it.
func (p *program) checkBooks(ctx context.Context, cfg *config.Config) bool {
	dsn := cfg.Database.Reveal()
	if absent(dsn) {
		return true
	}
	opening, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	db, err := store.Open(opening, dsn, store.Options{Now: p.now, ReadOnly: true})
	if err != nil {
		p.warn("the ledger was not checked: " + err.Error())
		return true
	}
	defer db.Close() //nolint:errcheck // nothing was written
	states, err := db.Feeds(ctx)
	if err == nil {
		p.warnOfFeeds(cfg, states)
		var audit store.Audit
		if audit, err = db.Audit(ctx); err == nil {
			return p.printAudit(audit)
		}
	}
	p.warn("the ledger was not checked: " + err.Error())
	return true
}

// absent reports whether a database is a file that there is not yet.
func absent(dsn string) bool {
	_, err := os.Stat(dsn)
	return !strings.Contains(dsn, "://") && errors.Is(err, fs.ErrNotExist)
}

func (p *program) warn(text string) {
	fmt.Fprintf(p.out, "%s %s\n", p.paint("warning", yellow), fold(p.out, text, "        "))
}

// warnOfFeeds tells what is odd about feeds when they were last read.
func (p *program) warnOfFeeds(cfg *config.Config, states []spool.FeedState) {
	for _, f := range states {
		if _, ok := cfg.Feeds[f.Name]; !ok {
			continue
		}
		if f.Failures > 0 {
			p.warn(fmt.Sprintf("feed %s: it could not be read%s: %s", f.Name, lastTimes(f.Failures), f.Problem))
		}
		if f.Memory.Degraded {
			text := "its document is damaged, and items may have been missed"
			if len(f.Memory.Repairs) > 0 {
				text += ": " + f.Memory.Repairs[0]
			}
			p.warn("feed " + f.Name + ": " + text)
		}
		if f.Memory.Alarm != "" {
			p.warn("feed " + f.Name + ": " + f.Memory.Alarm)
		}
	}
}

// maxMiscounts is how many are told: one mistake shows in several figures.
const maxMiscounts = 12

func (p *program) printAudit(a store.Audit) bool {
	if len(a.Miscounts) == 0 {
		if a.Items > 0 {
			fmt.Fprintf(p.out, "%s the ledger balances: %s of %s\n", p.paint("ok", green),
				thousands(a.Items)+" "+plural(a.Items, "item", "items"), count(a.Feeds, "feed", "feeds"))
		}
		return true
	}
	for i, m := range a.Miscounts {
		if i == maxMiscounts {
			p.fail(fmt.Sprintf("ledger: and %d more", len(a.Miscounts)-i))
			break
		}
		p.fail("ledger: " + miscount(m))
	}
	p.warn("this is a mistake in spool, worth reporting; \"spool why\" shows what became of single articles")
	return false
}

func (p *program) fail(text string) {
	fmt.Fprintf(p.out, "%s %s\n", p.paint("FAIL", red), fold(p.out, text, "     "))
}

// miscount is a figure that is not right, in words.
func miscount(m store.Miscount) string {
	where := "feed " + m.Feed
	if m.Account != "" {
		where += ", account " + m.Account
	}
	switch {
	case m.Verdict == "balance" && m.Found > 0:
		return fmt.Sprintf("%s: nothing accounts for %s", where, count(m.Found, "item", "items"))
	case m.Verdict == "balance":
		return fmt.Sprintf("%s: %s more than were seen", where, count(-m.Found, "item is accounted for", "items are accounted for"))
	}
	return fmt.Sprintf("%s: it says %d %s, and %d are found", where, m.Counted, strings.ReplaceAll(m.Verdict, "_", " "), m.Found)
}

// thousands is a number with a comma after each three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// lastTimes says how often in a row something has happened.
func lastTimes(n int) string {
	if n == 1 {
		return " the last time"
	}
	return fmt.Sprintf(" the last %d times", n)
}
