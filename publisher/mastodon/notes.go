package mastodon

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"spool"
)

// The bounds of what is tried for one post.
const (
	maxFetches = 4  // uploads of one medium that ended in a server error
	maxReworks = 4  // changes of what is sent after a refusal
	maxOthers  = 20 // ids remembered that look like the post and are not

	// keyLife is how long the key of a request whose outcome is unknown is used
	// again. Mastodon remembers a key for an hour after the status was made.
	keyLife = 50 * time.Minute

	// mediaLife is how long an upload is relied upon before it is attached;
	// instances clear those away that nobody uses, after about a day.
	mediaLife = 6 * time.Hour
)

// notes are what is known of a post. They are the draft's State, saved before
// anything is published, so that they survive a crash.
type notes struct {
	Version int    `json:"v"`
	Noted   bool   `json:"noted,omitempty"`   // Since is known
	Since   string `json:"since,omitempty"`   // the account's newest status before the first request; empty: it had none
	ReplyTo string `json:"reply,omitempty"`   // the status that it answers
	Key     int    `json:"key,omitempty"`     // serial of the idempotency key
	KeyAt   int64  `json:"key_at,omitempty"`  // when the first request of unknown outcome carried it, Unix seconds
	Unknown bool   `json:"unknown,omitempty"` // the outcome of a request was not known

	Seen      int  `json:"seen,omitempty"`      // attempts of the post that ended with an outcome saved here
	Throttles int  `json:"throttles,omitempty"` // refusals in a row for lack of quota
	Reworks   int  `json:"reworks,omitempty"`   // changes after a refusal
	Instead   bool `json:"instead,omitempty"`   // Content.Instead is what is posted
	Full      bool `json:"full,omitempty"`      // addresses are counted in full, as a refusal suggests

	Worded  bool     `json:"worded,omitempty"` // Text is fixed; it may be empty where there is a picture
	Text    string   `json:"text,omitempty"`   // the words as they are sent
	Media   []upload `json:"media,omitempty"`
	Made    int64    `json:"made,omitempty"` // when the oldest upload was made, Unix seconds
	Others  []string `json:"others,omitempty"`
	Remarks []string `json:"remarks,omitempty"` // what differs from what was asked, for the history
}

// upload is a medium on its way to the instance, one for each of the content's.
type upload struct {
	ID    string `json:"id,omitempty"`    // the instance's; empty: it is not uploaded
	Ready bool   `json:"ready,omitempty"` // it is processed
	Polls int    `json:"polls,omitempty"`
	Tries int    `json:"tries,omitempty"` // uploads that ended in a server error
	Gone  bool   `json:"gone,omitempty"`  // it is posted without it
}

// readNotes reads a draft's state. A state that is not ours cannot be judged:
// whether something was sent would be anybody's guess.
func readNotes(p spool.Post) (notes, error) {
	n := notes{Version: 1}
	if p.Draft.State == "" {
		return n, nil
	}
	if err := json.Unmarshal([]byte(p.Draft.State), &n); err != nil || n.Version != 1 {
		return notes{}, fmt.Errorf("the notes on post %s cannot be read: they may be from a newer version of Spool", p.ID)
	}
	return n, nil
}

// draft is the notes as they are saved.
func (n notes) draft(ready bool, wait time.Duration) *spool.Draft {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // a struct of strings, numbers and booleans
	}
	return &spool.Draft{State: string(b), Ready: ready, Wait: wait}
}

// kept is the draft as it is.
func (n notes) kept() *spool.Draft { return n.draft(n.ready(), 0) }

// ready reports whether all is prepared.
func (n notes) ready() bool {
	if !n.Noted || !n.Worded {
		return false
	}
	return !slices.ContainsFunc(n.Media, func(u upload) bool { return !u.Ready && !u.Gone })
}

// attached are the ids of the media that go with the status.
func (n notes) attached() []string {
	var ids []string
	for _, u := range n.Media {
		if u.Ready && !u.Gone {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// content is what is posted of a content, by what was learned meanwhile.
func (n notes) content(c spool.Content) spool.Content {
	if instead := c.Fallback(); n.Instead && instead != nil {
		return *instead
	}
	return c
}

// account takes notice of attempts that ended without saving an outcome: the
// process died, or the post came into doubt before anything was known.
func (n *notes) account(attempts int, begun time.Time) {
	if attempts > n.Seen {
		n.doubt(begun)
	}
	n.Seen = max(n.Seen, attempts)
}

// doubt notes that a request may have taken effect.
func (n *notes) doubt(begun time.Time) {
	n.Unknown = true
	if n.KeyAt == 0 {
		n.KeyAt = begun.Unix()
	}
}

// key is the idempotency key. It is the same for each request of unknown
// outcome until it would be forgotten, and never the same for other words.
func (n notes) key(p spool.Post) string {
	sum := sha256.Sum256([]byte("spool\x00" + p.Account + "\x00" + p.ID + "\x00" + strconv.Itoa(n.Key)))
	return hex.EncodeToString(sum[:])
}

// age gives the key up once the server may have forgotten it: from then on it
// guards nothing, and on a server that errs on known keys it is in the way.
// Uploads are made anew with it.
func (n *notes) age(now time.Time) {
	if n.KeyAt != 0 && now.Sub(time.Unix(n.KeyAt, 0)) >= keyLife {
		n.renew()
	}
}

// renew begins again under another key.
func (n *notes) renew() {
	n.Key++
	n.KeyAt = 0
	n.dropUploads()
}

// dropUploads forgets what was uploaded, so that it is uploaded again.
func (n *notes) dropUploads() {
	n.Made = 0
	for i := range n.Media {
		n.Media[i].ID, n.Media[i].Ready, n.Media[i].Polls = "", false, 0
	}
}

// rework begins again with other words or other media, after a refusal.
func (n *notes) rework() {
	n.Reworks++
	n.Worded, n.Text = false, ""
	n.Key++
	n.KeyAt = 0
}

// afresh is what is kept when the post has failed for good: a person who retries
// it gets the full number of tries, under another key.
func (n notes) afresh() *spool.Draft {
	return notes{Version: 1, Seen: n.Seen, Key: n.Key + 1, Noted: n.Unknown && n.Noted, Since: n.Since, Unknown: n.Unknown, ReplyTo: n.ReplyTo}.draft(false, 0)
}

func (n *notes) remark(text string) {
	if !slices.Contains(n.Remarks, text) {
		n.Remarks = append(n.Remarks, text)
	}
}

// note is the receipt's remark.
func (n notes) note() string { return strings.Join(n.Remarks, "; ") }
