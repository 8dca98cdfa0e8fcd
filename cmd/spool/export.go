package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) exportEverythingCommand() *cobra.Command {
	var asCSV bool
	cmd := &cobra.Command{
		Use: "export", Short: "Write all items, posts and their links as JSON lines, or CSV",
		Long: `Writes everything that is remembered to standard output, the oldest first: a line
of JSON for each item, with its posts; or with --csv a row for each post, and
one for each item that led to none. It works beside a running daemon. Tokens are
not in it.

In CSV a text that a spreadsheet would take for a formula begins with an
apostrophe.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withStore(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				out := bufio.NewWriter(p.out)
				write, flush := jsonLines(out)
				if asCSV {
					write, flush = csvRows(out)
				}
				err := db.Export(cmd.Context(), write)
				return errors.Join(err, flush(), out.Flush())
			})
		},
	}
	cmd.Flags().BoolVar(&asCSV, "csv", false, "write CSV, with a head")
	return cmd
}

// An exportLine is an item with its posts, for programs.
type exportLine struct {
	spool.Item
	Verdict spool.Verdict `json:"verdict,omitempty"`
	Reason  string        `json:"reason,omitempty"`
	Posts   []postView    `json:"posts"`
}

func jsonLines(w io.Writer) (write func(store.Remembered) error, flush func() error) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	write = func(r store.Remembered) error {
		return enc.Encode(exportLine{r.Item, r.Verdict, r.Reason, postViews(r.Posts)})
	}
	return write, func() error { return nil }
}

var exportHead = []string{"item", "feed", "seen", "published", "title", "link", "verdict", "reason", "post", "account", "state", "live_at", "url", "network_id", "text", "purpose", "parent"}

func csvRows(out io.Writer) (write func(store.Remembered) error, flush func() error) {
	w := csv.NewWriter(out)
	head := false
	begin := func() error {
		if head {
			return nil
		}
		head = true
		return w.Write(exportHead)
	}
	write = func(r store.Remembered) error {
		if err := begin(); err != nil {
			return err
		}
		row := []string{r.Item.ID, r.Item.Feed, stamp(r.Item.Seen), stamp(r.Item.Published), r.Item.Title, r.Item.Link, string(r.Verdict), r.Reason}
		if len(r.Posts) == 0 {
			return w.Write(inert(append(row, "", "", "", "", "", "", "", "", "")))
		}
		for _, p := range r.Posts {
			cells := append(row[:8:8], p.ID, p.Account, string(p.State), stamp(p.LiveAt), p.Receipt.URL, p.Receipt.ID, p.Content.Text, string(p.Purpose), p.Parent)
			if err := w.Write(inert(cells)); err != nil {
				return err
			}
		}
		return nil
	}
	return write, func() error {
		err := begin() // there may be no items
		w.Flush()
		return errors.Join(err, w.Error())
	}
}

// stamp is a moment as programs read it; empty when it is unknown.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// inert keeps spreadsheets from computing what a feed said.
func inert(row []string) []string {
	for i, text := range row {
		if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
			row[i] = "'" + text
		}
	}
	return row
}
