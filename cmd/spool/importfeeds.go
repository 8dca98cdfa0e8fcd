package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"spool/config"
	"spool/dedupe"
	"spool/feeds/opml"
)

// importOptions are the flags of import.
type importOptions struct {
	account         string
	write, noGroups bool
	check           bool
}

// An importing is what is to be done with a list of feeds.
type importing struct {
	feeds []addedFeed
	notes []string // for people: what was left out, and what was decided
	there int      // feeds that are configured already
	items int      // that the feeds have now; only when they were read
	read  bool
}

// groups is how many groups the feeds are in.
func (in importing) groups() int {
	names := map[string]bool{}
	for _, f := range in.feeds {
		if f.Group != "" {
			names[f.Group] = true
		}
	}
	return len(names)
}

func (p *program) importFeeds(ctx context.Context, file string, o importOptions) error {
	cfg, err := p.loadConfig()
	switch {
	case err == nil:
	case o.write || p.configSet || fileExists(p.configPath):
		return err
	default:
		cfg = nil
	}
	accounts, err := importAccounts(cfg, o.account)
	if err != nil {
		return err
	}
	list, err := p.readList(file)
	if err != nil {
		return err
	}
	in := planImport(cfg, list, accounts, !o.noGroups)
	if o.check {
		if err := p.checkImport(ctx, cfg, &in); err != nil {
			return err
		}
	}
	p.printNotes(in)
	switch {
	case len(in.feeds) == 0 && in.there > 0 && in.there == len(list.Feeds):
		fmt.Fprintln(p.err, "Nothing is left to import: every feed of the list is there already.")
		return nil
	case len(in.feeds) == 0:
		return fmt.Errorf("%s: there is no feed to import", file)
	}
	if o.write {
		return p.writeImport(cfg, in, file)
	}
	fmt.Fprint(p.out, "# "+importHeading(file)+"; put it under \"feeds:\"\n"+yamlOf(in.feeds, 2))
	p.sum(in, "printed; nothing was changed. --write adds them to "+p.configPath)
	return nil
}

// importHeading is a comment above imported feeds.
func importHeading(file string) string {
	name := filepath.Base(file)
	if file == "-" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "Imported"
	}
	return "Imported from " + cut(name, 60)
}

// importAccounts are the accounts to write into each feed; none when defaults
// have them.
func importAccounts(cfg *config.Config, account string) ([]string, error) {
	switch {
	case cfg == nil && account == "":
		return nil, misuse{errors.New("there is no configuration that names an account: say with --account on which one the items are posted, or begin with spool init")}
	case cfg == nil:
		return []string{account}, validName(account)
	case account != "":
		if _, ok := cfg.Accounts[account]; !ok {
			return nil, misuse{fmt.Errorf("the configuration has no account %q; it has %s", account, strings.Join(sortedKeys(cfg.Accounts), ", "))}
		}
		return []string{account}, nil
	case len(cfg.Defaults.Accounts) > 0:
		return nil, nil
	case len(cfg.Accounts) == 1:
		return sortedKeys(cfg.Accounts), nil
	}
	return nil, misuse{fmt.Errorf("say with --account on which of the accounts %s the items are posted", strings.Join(sortedKeys(cfg.Accounts), ", "))}
}

// planImport decides what becomes of each feed of a list. cfg may be nil.
func planImport(cfg *config.Config, list opml.List, accounts []string, groups bool) importing {
	in := importing{notes: slices.Clone(list.Notes)}
	taken, have := feedNames{}, map[string]string{} // names, and by canonical address the name
	first := ""
	if cfg != nil {
		for _, name := range sortedKeys(cfg.Feeds) {
			taken[name] = 1
			have[dedupe.Canonical(cfg.Feeds[name].URL)] = name
		}
		if cfg.Defaults.FirstRun.Mode != "skip" {
			first = "skip" // whatever holds for others, what was posted elsewhere is not posted again
		}
	}
	for _, f := range list.Feeds {
		key := dedupe.Canonical(f.URL)
		if name, known := have[key]; known {
			in.there++
			in.notes = append(in.notes, fmt.Sprintf("left out: %s: it is there already, as %s", titleOf(f), name))
			continue
		}
		feed := addedFeed{Name: taken.of(f.Title, f.URL), URL: f.URL, Accounts: accounts, FirstRun: first, Title: f.Title}
		if f.Type == "sitemap" {
			feed.Kind = "sitemap"
		}
		if groups {
			feed.Group = in.group(f)
		}
		have[key] = feed.Name
		in.feeds = append(in.feeds, feed)
	}
	return in
}

// group is the name of a feed's first folder as a group.
func (in *importing) group(f opml.Feed) string {
	if len(f.Folders) == 0 {
		return ""
	}
	group := slug(f.Folders[0], 64)
	switch {
	case group == "":
		in.notes = append(in.notes, fmt.Sprintf("%s: no group can be called like its folder %s", titleOf(f), f.Folders[0]))
	case len(f.Folders) > 1:
		in.notes = append(in.notes, fmt.Sprintf("%s: is in the folders %s, and comes into the group of the first, %s", titleOf(f), strings.Join(f.Folders, ", "), group))
	}
	return group
}

func titleOf(f opml.Feed) string {
	if f.Title != "" {
		return f.Title
	}
	return shownAddress(f.URL)
}

func (p *program) printNotes(in importing) {
	for _, note := range in.notes {
		fmt.Fprintf(p.err, "%s\n", fold(p.err, note, "  "))
	}
}

// sum says in a line or two what came of an import. It goes to standard error,
// since the feeds themselves may go to a file.
func (p *program) sum(in importing, what string) {
	says := count(len(in.feeds), "feed", "feeds")
	if n := in.groups(); n > 0 {
		says += " in " + count(n, "group", "groups")
	}
	says += " " + what + ". "
	if in.read {
		says += fmt.Sprintf("They have %s now; what they have when Spool first reads them is taken as known and not posted.", count(in.items, "item", "items"))
	} else {
		says += "What they have when Spool first reads them is taken as known and not posted."
	}
	fmt.Fprintln(p.err, fold(p.err, says, ""))
}

func (p *program) writeImport(cfg *config.Config, in importing, file string) error {
	err := p.addFeeds(cfg, in.feeds, importHeading(file))
	switch {
	case errors.Is(err, errNoPlace):
		return fmt.Errorf("%s: %w; without --write they are printed for you to put there", p.configPath, err)
	case errors.As(err, new(*os.LinkError)) || errors.As(err, new(*fs.PathError)): // a mounted file, or no right to write
		return fmt.Errorf("%s is not changed: %w; without --write the feeds are printed for you to put there", p.configPath, err)
	case err != nil:
		return fmt.Errorf("%s is not changed: %w", p.configPath, err)
	}
	for _, f := range in.feeds {
		fmt.Fprintln(p.out, f.Name)
	}
	p.sum(in, "added to "+p.configPath+", which a running Spool takes over by itself")
	return nil
}
