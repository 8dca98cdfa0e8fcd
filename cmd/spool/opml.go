package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/feeds/opml"
	"spool/store"
)

func (p *program) feedsImportCommand() *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Take feeds over from another program (OPML)",
		Long: `Reads the list of feeds that another program has exported as OPML, and prints
what belongs under "feeds:" in the configuration. With --write it is added to the
file: nothing else in it is touched, and nothing at all is written unless the
result is valid. FILE may be - for standard input.

Folders become groups: feeds of one group share what they have seen, so a story
that is in two of them is posted once. Feeds that are configured already are left
out. What is in the feeds when Spool first reads them is taken as known and not
posted.`,
		Args: oneArg("file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.importFeeds(cmd.Context(), args[0], o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.account, "account", "", "the `name` of the account that the items are posted on")
	flags.BoolVar(&o.write, "write", false, "add the feeds to the configuration file")
	flags.BoolVar(&o.noGroups, "no-groups", false, "do not make groups of folders")
	flags.BoolVar(&o.check, "check", false, "read each feed once, and leave out what cannot be read")
	return cmd
}

func (p *program) feedsExportCommand() *cobra.Command {
	var asJSON, asOPML bool
	cmd := &cobra.Command{
		Use: "export", Short: "Print the feeds as OPML, for another program",
		Long: `Prints the configured feeds as OPML, which nearly every program that reads feeds
can import: groups as folders, titles as the feeds have them. Passwords and
headers are not part of it. Addresses are complete, with any key that stands in
them: treat the output like the configuration.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON && asOPML {
				return misuse{errors.New("--json and --opml exclude each other")}
			}
			return p.exportFeeds(cmd.Context(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asOPML, "opml", false, "print OPML, as without a flag")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// An exportedFeed is a feed for other programs.
type exportedFeed struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	URL   string `json:"url"`
	Kind  string `json:"kind"`
	Group string `json:"group,omitempty"`
}

func (p *program) exportFeeds(ctx context.Context, asJSON bool) error {
	return p.withStore(ctx, func(cfg *config.Config, db *store.DB) error {
		states, err := db.Feeds(ctx)
		if err != nil {
			return err
		}
		list := exported(cfg, states)
		if asJSON {
			err = p.printJSON(list)
		} else {
			err = opml.Write(p.out, asList(list))
		}
		if locked := guarded(cfg); err == nil && len(locked) > 0 {
			fmt.Fprintln(p.err, fold(p.err, "spool: passwords and headers are not exported; they are needed for "+strings.Join(locked, ", "), "  "))
		}
		return err
	})
}

// exported are the configured feeds by name, with what is remembered of them.
func exported(cfg *config.Config, states []spool.FeedState) []exportedFeed {
	known := map[string]spool.FeedState{}
	for _, s := range states {
		known[s.Name] = s
	}
	out := []exportedFeed{}
	for _, name := range sortedKeys(cfg.Feeds) {
		f := cfg.Feeds[name]
		e := exportedFeed{Name: name, Title: name, URL: f.URL, Kind: f.Kind, Group: f.Group}
		if s := known[name]; s.URL == f.URL { // else it is of another feed
			e.Title = cmp.Or(s.Memory.Title, name)
			e.URL = cmp.Or(s.Memory.Address, f.URL)
			if strings.HasPrefix(s.Memory.Format, "sitemap") {
				e.Kind = "sitemap"
			}
		}
		out = append(out, e)
	}
	return out
}

func asList(feeds []exportedFeed) opml.List {
	l := opml.List{Title: "Feeds of Spool"}
	for _, e := range feeds {
		f := opml.Feed{URL: e.URL, Title: e.Title}
		if e.Group != "" {
			f.Folders = []string{e.Group}
		}
		if e.Kind == "sitemap" {
			f.Type = "sitemap"
		}
		l.Feeds = append(l.Feeds, f)
	}
	return l
}

// guarded are the feeds that cannot be read without what is not exported.
func guarded(cfg *config.Config) []string {
	var out []string
	for _, name := range sortedKeys(cfg.Feeds) {
		if f := cfg.Feeds[name]; f.Auth.User != "" || len(f.Headers) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// readList reads an OPML file; "-" is standard input.
func (p *program) readList(file string) (opml.List, error) {
	var content []byte
	var err error
	if file == "-" {
		content, err = readAtMost(p.in, opml.MaxBytes)
	} else {
		content, err = readBounded(file, opml.MaxBytes)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return opml.List{}, misuse{fmt.Errorf("%s: there is no such file", file)}
	case err != nil:
		return opml.List{}, err
	}
	list, err := opml.Parse(content)
	if err != nil {
		return list, fmt.Errorf("%s: %w", file, err)
	}
	return list, nil
}

// readBounded reads a file of at most so many bytes.
func readBounded(name string, most int64) (content []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return readAtMost(f, most)
}

// readAtMost reads one byte more than is allowed at most, so that whoever looks
// at the result can tell.
func readAtMost(r io.Reader, most int64) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, most+1))
}
