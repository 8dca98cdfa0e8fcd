package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"spool/config"
	"spool/feeds"
	"spool/feeds/discover"
)

// askFeeds asks for the address of a site or a feed until there is a feed at
// it, and lets the person choose when there are several.
func (p *program) askFeeds(ctx context.Context, in *bufio.Reader, a *answers, offline bool) error {
	if offline {
		err := p.ask(ctx, in, &a.Feed, "Address of the feed", "", validURL)
		a.Feeds = []addedFeed{{Name: nameFrom(a.Feed), URL: a.Feed}}
		return err
	}
	for {
		asked := a.Feed == ""
		if err := p.ask(ctx, in, &a.Feed, "Address of your site or feed", "", discover.Check); err != nil {
			return err
		}
		report, err := p.find(ctx, a.Feed, &config.Config{})
		switch {
		case err != nil:
			return err
		case len(report.Candidates) > 0:
			a.Feeds, err = p.choose(ctx, in, report)
			return err
		case !asked:
			return fmt.Errorf("%s: no feed was found: %s; with --offline nothing is looked at", shownAddress(a.Feed), whyNone(report))
		}
		fmt.Fprintf(p.out, "  %s %s\n", p.paint("no", red), fold(p.out, "No feed was found: "+whyNone(report)+".", "     "))
		fmt.Fprintln(p.out, "  "+fold(p.out, "Try another address, or leave with Ctrl-C: spool init --offline looks at none.", "  "))
		a.Feed = ""
	}
}

// choose takes the one feed that there is, or asks which of several.
func (p *program) choose(ctx context.Context, in *bufio.Reader, r discover.Report) ([]addedFeed, error) {
	best := r.Candidates[0]
	if r.Itself {
		fmt.Fprintf(p.out, "  %s %s\n", p.paint("ok", green), p.heldBy(best))
		return pickFeeds(r, []int{0}), nil
	}
	fmt.Fprintln(p.out)
	p.printCandidates(r)
	p.printUnread(r)
	fmt.Fprintln(p.out)
	if len(r.Candidates) == 1 && best.Standing == discover.Good {
		fmt.Fprintf(p.out, "%s %s\n", p.paint("ok", green), fold(p.out, "It is the only one: "+best.URL, "   "))
		return pickFeeds(r, []int{0}), nil
	}
	answer := ""
	err := p.ask(ctx, in, &answer, "Which of them? A number, or several as 1,3 or 1-3", "1", func(s string) error {
		_, err := numbers(s, len(r.Candidates))
		return err
	})
	if err != nil {
		return nil, err
	}
	chosen, err := numbers(answer, len(r.Candidates))
	return pickFeeds(r, chosen), err
}

// heldBy says what a candidate holds, as check does.
func (p *program) heldBy(c discover.Candidate) string {
	says := fmt.Sprintf("%s, %s", c.Format, count(c.Items, "item", "items"))
	if !c.Last.IsZero() {
		says += ", the newest " + ago(c.Last, p.now())
	}
	if c.Note != "" {
		says += "; note: " + c.Note
	}
	return says
}

// pickFeeds are the chosen candidates as feeds of a configuration. One is called
// after its host, as people call a site. Several are called by their titles, and
// share a group, so that a story which is in two of them is posted once.
func pickFeeds(r discover.Report, chosen []int) []addedFeed {
	names := feedNames{}
	var out []addedFeed
	for _, i := range chosen {
		c := r.Candidates[i]
		f := addedFeed{URL: c.URL, Title: c.Title}
		if c.Kind != feeds.FeedKind {
			f.Kind = string(c.Kind)
		}
		if len(chosen) == 1 {
			f.Name, f.Title = nameFrom(c.URL), ""
		} else {
			f.Name, f.Group = names.of(c.Title, c.URL), nameFrom(r.Candidates[chosen[0]].URL)
		}
		out = append(out, f)
	}
	return out
}

// numbers reads a choice such as "2", "1,3", "1 3", "2-4" or "all", and returns
// the places, from 0, in the order of the list.
func numbers(s string, most int) ([]int, error) {
	wrong := fmt.Errorf("a number from 1 to %d is wanted, or several such as 1,3", most)
	if strings.EqualFold(strings.TrimSpace(s), "all") {
		s = fmt.Sprintf("1-%d", most)
	}
	var out []int
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if errors.Join(err, err2) != nil || from < 1 || to > most || from > to {
			return nil, wrong
		}
		for n := from; n <= to; n++ {
			out = append(out, n-1)
		}
	}
	if len(out) == 0 {
		return nil, wrong
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
