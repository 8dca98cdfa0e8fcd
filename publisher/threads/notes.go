package threads

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"spool"
)

// The bounds of what is tried for one post.
const (
	maxCreated   = 10 // containers asked for of a network that is there: whether they count against a quota is not known
	maxContainer = 3  // containers that a publish was refused of
	maxRefusals  = 6  // "not found" answers to publishing one container, about a minute
	maxErrors    = 3  // containers of text that ended in ERROR
	maxRebuilt   = 2  // times all children of a carousel are made anew since it would not take them
	maxRetired   = 10 // remembered
)

// The shapes of a post.
const (
	shapeText     = "text"
	shapeImage    = "image"
	shapeVideo    = "video"
	shapeCarousel = "carousel"
	shapeAny      = "any" // of a search: whatever it was posted as
)

// notes are what is known of a post's containers. They are the draft's State,
// saved before anything is published, so that they survive a crash.
type notes struct {
	Version int    `json:"v"`
	ID      string `json:"id,omitempty"`   // the one container that may be published; empty: none
	Made    int64  `json:"made,omitempty"` // when it was asked for, Unix seconds
	Shape   string `json:"shape,omitempty"`
	ReplyTo string `json:"reply_to,omitempty"` // the post that it answers; kept for as long as the notes are
	Since   int64  `json:"since,omitempty"`    // when that went live, Unix seconds; 0: not known yet
	Polls   int    `json:"polls,omitempty"`    // answers to "is it ready" that said no
	Sent    int    `json:"sent,omitempty"`     // publishes of it
	Refused int    `json:"refused,omitempty"`  // publishes of it that were refused for certain
	Barred  int    `json:"barred,omitempty"`   // publishes of it that were answered with code 10
	Unknown bool   `json:"unknown,omitempty"`  // the outcome of a publish of it was not known
	Live    bool   `json:"live,omitempty"`     // its status said PUBLISHED

	Seen      int       `json:"seen,omitempty"`      // attempts of the post that ended with an outcome saved here
	Created   int       `json:"created,omitempty"`   // containers asked for
	Worn      int       `json:"worn,omitempty"`      // containers given up after refusals
	Errors    int       `json:"errors,omitempty"`    // containers that ended in ERROR
	Throttles int       `json:"throttles,omitempty"` // refusals in a row for lack of quota
	Orphaned  int       `json:"orphaned,omitempty"`  // times in a row that what it answers was not there
	Rebuilt   int       `json:"rebuilt,omitempty"`   // times a carousel would not take its children
	Fetches   int       `json:"fetches,omitempty"`   // times the image could not be fetched
	Children  []child   `json:"children,omitempty"`  // of a carousel, in the order of the post
	Lost      []int     `json:"lost,omitempty"`      // the places in Content.Media of what is not posted
	Short     bool      `json:"short,omitempty"`     // the text is the one that keeps to bytes
	NoCard    bool      `json:"nocard,omitempty"`    // the link stands in the text
	NoTopic   bool      `json:"notopic,omitempty"`
	NoControl bool      `json:"nocontrol,omitempty"` // who may reply is not said
	FewLinks  bool      `json:"fewlinks,omitempty"`  // the text has maxLinks links at most
	Remarks   []string  `json:"remarks,omitempty"`   // what differs from what was asked, for the history
	Retired   []retired `json:"retired,omitempty"`   // newest last
}

// child is one picture or film of a carousel on its way. It is a container of
// its own that cannot be published.
type child struct {
	Of      int    `json:"of"`                // its place in Content.Media
	ID      string `json:"id,omitempty"`      // empty: it is still to be made
	Made    int64  `json:"made,omitempty"`    // Unix seconds
	Polls   int    `json:"polls,omitempty"`   // answers to "is it ready" that said no
	Done    bool   `json:"done,omitempty"`    // it is ready
	Tries   int    `json:"tries,omitempty"`   // containers asked for
	Fetches int    `json:"fetches,omitempty"` // times it could not be fetched
}

func (c child) age(now time.Time) time.Duration { return now.Sub(time.Unix(c.Made, 0)) }

// afresh is the child before its container was made. How often that was tried
// is not forgotten.
func (c child) afresh() child { return child{Of: c.Of, Tries: c.Tries, Fetches: c.Fetches} }

// retired is a container that is not to be published any more.
type retired struct {
	ID  string `json:"id"`
	Why string `json:"why"`
	At  int64  `json:"at"`
}

// readNotes reads a draft's state. A state that is not ours cannot be judged:
// whether something was sent would be anybody's guess.
func readNotes(p spool.Post) (notes, error) {
	if p.Draft.State == "" {
		return notes{Version: 1}, nil
	}
	var n struct {
		notes
		NoImage bool `json:"noimage"` // of versions that knew of one image: it is lost
	}
	if err := json.Unmarshal([]byte(p.Draft.State), &n); err != nil || n.Version != 1 {
		return notes{}, fmt.Errorf("the notes on post %s cannot be read: they may be from a newer version of Spool", p.ID)
	}
	if n.NoImage {
		n.Lost = append(n.Lost, 0)
	}
	return n.notes, nil
}

// draft is the notes as they are saved.
func (n notes) draft(ready bool, wait time.Duration) *spool.Draft {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // a struct of strings, numbers and booleans
	}
	return &spool.Draft{State: string(b), Ready: ready, Wait: wait}
}

// kept is the draft as it is: ready when there is a container.
func (n notes) kept() *spool.Draft { return n.draft(n.ID != "", 0) }

// account takes notice of attempts that ended without saving an outcome: the
// process died, or the post came into doubt before anything was known.
func (n *notes) account(attempts int) {
	if attempts > n.Seen && n.ID != "" {
		n.Unknown = true
	}
	n.Seen = max(n.Seen, attempts)
}

// retire gives the container up. The next one is a new beginning, with new
// children: whether those of a dead carousel can be used again is not known.
func (n *notes) retire(why string, now time.Time) {
	if n.ID != "" {
		n.Retired = append(n.Retired, retired{ID: n.ID, Why: why, At: now.Unix()})
		if extra := len(n.Retired) - maxRetired; extra > 0 {
			n.Retired = n.Retired[extra:]
		}
	}
	n.ID, n.Made, n.Polls, n.Sent, n.Refused, n.Barred = "", 0, 0, 0, 0, 0
	n.Unknown, n.Live = false, false
	n.orphans()
}

// orphans gives the children up that were made.
func (n *notes) orphans() {
	n.Children = slices.Clone(n.Children)
	for i, c := range n.Children {
		n.Children[i] = c.afresh()
	}
}

// afresh is what is kept when the post has failed for good: a person who
// retries it gets the full number of tries.
func (n notes) afresh(now time.Time) *spool.Draft {
	n.retire("the post failed", now)
	return notes{Version: 1, Seen: n.Seen, ReplyTo: n.ReplyTo, Retired: n.Retired}.draft(false, 0)
}

func (n *notes) remark(text string) {
	if !slices.Contains(n.Remarks, text) {
		n.Remarks = append(n.Remarks, text)
	}
}

// note is the receipt's remark.
func (n notes) note() string { return strings.Join(n.Remarks, "; ") }

func (n notes) age(now time.Time) time.Duration { return now.Sub(time.Unix(n.Made, 0)) }

// doubtful reports whether a container that the network does not know any more
// may have been published: a publish of it had no known outcome, or one was
// refused and it vanished long before its time, as containers that were
// published do on a network that forgets them.
func (n notes) doubtful(now time.Time) bool {
	return n.Unknown || n.Sent > 0 && n.age(now) < lifetime
}
