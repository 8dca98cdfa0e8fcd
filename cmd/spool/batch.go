package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"spool"
	"spool/config"
	"spool/store"
)

// A batch says which of the held posts a command is about, when it is not given
// their ids.
type batch struct {
	all  bool
	hold string
	feed string
}

// batchHolds are the reasons for which posts may be steered together. One in
// doubt may be live, so that somebody has to look at each; one that is held for
// credentials is released once they are mended.
func batchHolds() []spool.Hold {
	return []spool.Hold{spool.HoldApproval, spool.HoldBurst, spool.HoldChurn, spool.HoldDuplicate, spool.HoldAlt, spool.HoldPerson}
}

func joinHolds(holds []spool.Hold) string {
	var names []string
	for _, h := range holds {
		names = append(names, string(h))
	}
	return strings.Join(names, ", ")
}

func (p *program) approveCommand() *cobra.Command {
	cmd := p.batchCommand("approve", "Release held posts", spool.Approved, true)
	cmd.Long = `Releases held posts: by id; with --hold those that are held for a reason; with
--all those that wait for an approval, came in a burst or were held by a person.
Posts whose fate is in doubt are released by id only.`
	return cmd
}

func (p *program) cancelCommand() *cobra.Command {
	cmd := p.batchCommand("cancel", "Give waiting or held posts up", spool.Cancelled, false)
	cmd.Long = `Gives posts up: waiting or held ones by id, or with --hold those that are held for
a reason.`
	return cmd
}

// batchCommand is a command that sends an event to posts that are given by id, or
// to held ones together.
func (p *program) batchCommand(name, short string, what spool.What, withAll bool) *cobra.Command {
	var cause string
	var b batch
	cmd := &cobra.Command{
		Use: name + " ID...", Short: short,
		Args: func(_ *cobra.Command, args []string) error { return b.check(name, len(args), withAll) },
		RunE: func(cmd *cobra.Command, ids []string) error {
			return p.withStore(cmd.Context(), func(cfg *config.Config, db *store.DB) error {
				if len(ids) == 0 {
					var err error
					if ids, err = b.ids(cmd.Context(), db); err != nil {
						return err
					}
				}
				return p.steer(cmd.Context(), cfg, db, ids, spool.Event{What: what, Cause: cause})
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&cause, "reason", "", "a `text` for the post's history")
	flags.StringVar(&b.hold, "hold", "", "instead of ids: all posts held for this `reason`: "+joinHolds(batchHolds()))
	flags.StringVar(&b.feed, "feed", "", "with --hold or --all: only posts of this `feed`")
	if withAll {
		flags.BoolVar(&b.all, "all", false, "instead of ids: all posts held for approval, by a burst or by a person")
	}
	return cmd
}

// check refuses what is not one way to name posts.
func (b batch) check(name string, ids int, withAll bool) error {
	ways := "ids, or --hold with a reason"
	if withAll {
		ways = "ids, or --hold with a reason, or --all"
	}
	switch {
	case b.hold != "" && !slices.Contains(batchHolds(), spool.Hold(b.hold)):
		return misuse{fmt.Errorf("posts cannot be steered together by the reason %q; there are %s", b.hold, joinHolds(batchHolds()))}
	case (ids > 0) == (b.hold != "" || b.all), b.hold != "" && b.all:
		return misuse{errors.New("spool posts " + name + " wants " + ways + `; "spool posts list" shows the ids`)}
	case b.feed != "" && ids > 0:
		return misuse{errors.New("spool posts " + name + " wants --feed with --hold or --all, not with ids")}
	}
	return nil
}

// ids are those of the posts of the batch, the oldest first.
func (b batch) ids(ctx context.Context, db *store.DB) ([]string, error) {
	holds := []spool.Hold{spool.HoldApproval, spool.HoldBurst, spool.HoldPerson}
	if b.hold != "" {
		holds = []spool.Hold{spool.Hold(b.hold)}
	}
	posts, err := db.Posts(ctx, store.Filter{States: []spool.State{spool.Held}, Feed: b.feed, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, post := range slices.Backward(posts) {
		if slices.Contains(holds, post.Hold) {
			ids = append(ids, post.ID)
		}
	}
	return ids, nil
}
