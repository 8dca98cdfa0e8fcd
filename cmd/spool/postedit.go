package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

func (p *program) postEditCommand() *cobra.Command {
	var text, reason, who string
	var alts []string
	cmd := &cobra.Command{
		Use: "edit ID", Short: "Reword a post that nobody has seen yet, or describe its pictures",
		Long: `Gives a waiting or held post other words, or its pictures descriptions, one --alt
for each picture in their order. Words that a person has written stay when the feed
changes the item. A held post stays held until it is approved. A post that was
begun keeps its words: see "spool posts withdraw" and on_change.`,
		Args: oneArg("id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if text == "" && len(alts) == 0 {
				return misuse{errors.New("spool posts edit wants --text, --alt or both")}
			}
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				post, err := p.editPost(cmd.Context(), cfg, db, args[0], text, alts, spool.Event{What: spool.Reworded, Who: orPerson(who), Cause: reason})
				if err != nil {
					return err
				}
				fmt.Fprintf(p.out, "%s  %s  %s\n", shortID(post.ID), p.paint(string(post.State), stateColour(post.State)), firstLine(post.Content.Text))
				if post.State == spool.Held {
					fmt.Fprintln(p.out, p.paint("it is still held: spool posts approve "+shortID(post.ID), dim))
				}
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&text, "text", "", "the new `words` of the post")
	flags.StringArrayVar(&alts, "alt", nil, "the `description` of a picture; again for the next one")
	removalFlags(cmd, &reason, &who)
	return cmd
}

func orPerson(who string) string {
	if who == "" {
		return person()
	}
	return who
}

func (p *program) editPost(ctx context.Context, cfg *config.Config, db *store.DB, id, text string, alts []string, e spool.Event) (spool.Post, error) {
	post, err := findPost(ctx, db, id)
	if err != nil {
		return post, err
	}
	switch {
	case post.State != spool.Waiting && post.State != spool.Held:
		return post, fmt.Errorf("post %s is %s: %s", shortID(post.ID), post.State, hint(post.State, spool.Reworded))
	case post.Attempts > 0 || post.Draft.State != "":
		return post, fmt.Errorf("post %s is on its way with the words that it has, and cannot be changed any more", shortID(post.ID))
	case post.Purpose == spool.Withdraw:
		return post, fmt.Errorf("post %s takes another one away: it has no words", shortID(post.ID))
	}
	e.Content, e.Embargo = post.Content.Clone(), post.Embargo
	limits := p.limitsOf(cfg, db, post.Account)
	if err := describePictures(&e.Content, alts, limits); err != nil {
		return post, fmt.Errorf("post %s: %w", shortID(post.ID), err)
	}
	if text != "" {
		if err := writeByHand(&e.Content, text, limits); err != nil {
			return post, fmt.Errorf("post %s: %w", shortID(post.ID), err)
		}
	}
	edited, err := db.Steer(ctx, post.ID, e, spool.Rules{Deadline: cfg.Accounts[post.Account].Deadline})
	if err == nil && !edited.Content.Equal(e.Content) {
		return edited, fmt.Errorf("post %s was begun meanwhile, and keeps its words", shortID(post.ID))
	}
	return edited, err
}

// limitsOf are the limits of the account's network, as far as they are known without
// asking it; none for an account that is not configured.
func (p *program) limitsOf(cfg *config.Config, db *store.DB, account string) spool.TextLimits {
	a, err := p.newAccount(account, cfg.Accounts[account], cfg.Location(), db, slog.New(slog.DiscardHandler))
	if err != nil {
		return spool.TextLimits{}
	}
	return limitsTold(a.Publisher, a.Text)
}

// describePictures gives the pictures of a content descriptions, in their order.
func describePictures(c *spool.Content, alts []string, l spool.TextLimits) error {
	if len(alts) > len(c.Media) {
		return fmt.Errorf("it has %s, and got %s", count(len(c.Media), "picture", "pictures"), count(len(alts), "description", "descriptions"))
	}
	for i, alt := range alts {
		alt = strings.TrimSpace(alt)
		if n := utf8.RuneCountInString(alt); l.Alt > 0 && n > l.Alt {
			return fmt.Errorf("the description of a picture has %d characters, and %s takes %d", n, l.Network, l.Alt)
		}
		c.Media[i].Alt = alt
	}
	return nil
}

// writeByHand gives a content the words of a person. The rest of a chain goes: it
// went on from other words.
func writeByHand(c *spool.Content, text string, l spool.TextLimits) error {
	text = strings.TrimSpace(text)
	length := utf8.RuneCountInString
	if l.Length != nil {
		length = l.Length
	}
	switch n := length(text); {
	case text == "":
		return errors.New("a post needs words")
	case !utf8.ValidString(text):
		return errors.New("the words are not valid UTF-8")
	case l.Max > 0 && n <= l.Max && n+length(c.Warning) > l.Max:
		return fmt.Errorf("the words and the warning have %d characters, and %s takes %d", n+length(c.Warning), l.Network, l.Max)
	case l.Max > 0 && n > l.Max:
		return fmt.Errorf("the words have %d characters, and %s takes %d", n, l.Network, l.Max)
	case l.Hard > 0 && len(text) > l.Hard:
		return fmt.Errorf("the words have %d bytes, and %s takes %d", len(text), l.Network, l.Hard)
	}
	for _, other := range []*spool.Content{c, c.Instead} {
		if other != nil {
			other.Text, other.Short, other.More, other.ByHand = text, "", nil, true
		}
	}
	if c.Instead != nil && c.Instead.Link == "" && c.Link != "" && !strings.Contains(text, c.Link) {
		c.Instead.Link = c.Link
	}
	return nil
}
