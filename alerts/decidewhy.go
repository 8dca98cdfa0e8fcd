package alerts

import (
	"slices"
	"strings"
)

// TakenAway is the reason of a post that was live and is found gone from its network:
// somebody took it away there, by hand. It begins the reason that the post is dropped
// with, to the letter.
const TakenAway = "somebody took it away"

// WhyEnded is why a thread is taken away, or its head edited: it is the reason of the
// withdrawal too, so that a thread that is gone for it may begin anew.
const WhyEnded = "the alert is over"

// The reasons for which posts are dropped that nobody has seen. They become the reasons
// of the posts to the letter: by them Decide tells what it gave up itself, and may begin
// again, from what a person did, which holds.
const (
	whyOver      = "the alert is over, or was before this could be posted"
	whyKnown     = "readers know it already"
	whyBack      = "the alert is there again, before it was told that it was over"
	whyMuted     = "it is not to be told any more: "
	whySummed    = "a digest tells of it"
	whyAway      = "it is not for this account any more"
	whyWorse     = "it has become worse, which is told at once"
	whyOvertaken = "overtaken before it was sent"
	whyHeadless  = "there is nothing to answer any more"
)

// beingTaken is why nothing answers a post that somebody is taking away.
const beingTaken = "somebody is taking it away, by post "

// ours reports whether a post was given up, or taken away, for a reason that is no
// person's. The others are those of spool.Next and of an account's turn.
func ours(reason string) bool {
	return slices.ContainsFunc([]string{
		TakenAway, WhyEnded, whyOver, whyKnown, whyBack, whyMuted, whySummed, whyAway, whyWorse, whyOvertaken, whyHeadless,
		"not live by its deadline", "what it follows from is not live any more", "there is nothing to ",
	}, func(known string) bool { return strings.HasPrefix(reason, known) }) ||
		strings.HasPrefix(reason, "post ") && (strings.HasSuffix(reason, " tells of the alert already") ||
			strings.HasSuffix(reason, " says something newer already") || strings.HasSuffix(reason, " says already that it is over"))
}
