package bluesky

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
	maxLost    = 3  // times that pictures which were uploaded are gone
	maxResolve = 3  // times that a handle cannot be asked about
	maxMade    = 10 // moments remembered
	maxFetches = 5  // times that a picture cannot be uploaded for passing reasons
)

// blobLife is how long an upload that no record names yet is counted on. The
// specification asks servers to keep it for an hour at least.
const blobLife = 30 * time.Minute

// notes are what is known of a post's record. They are the draft's State, saved
// before anything is published, so that they survive a crash.
type notes struct {
	Version int             `json:"v"`
	Key     string          `json:"rkey,omitempty"`   // for life, once it was sent
	Repo    string          `json:"repo,omitempty"`   // the account's identity, whose repository it is for
	Record  json.RawMessage `json:"record,omitempty"` // frozen: exactly what is sent
	Blobs   []upload        `json:"blobs,omitempty"`
	Looked  int64           `json:"looked,omitempty"` // when nothing was found under Key, Unix seconds

	Seen    int  `json:"seen,omitempty"`    // attempts of the post that ended with an outcome saved here
	Unknown bool `json:"unknown,omitempty"` // the outcome of one was not known
	Sent    bool `json:"sent,omitempty"`    // something was put under Key: it is never given up

	// Made are the moments in the records that were frozen, newest last. Whatever
	// under Key has one of them is this post.
	Made []string `json:"made,omitempty"`

	Instead  bool     `json:"instead,omitempty"` // without the pictures
	NoThumb  bool     `json:"nothumb,omitempty"`
	Lost     int      `json:"lost,omitempty"`
	Resolves int      `json:"resolves,omitempty"`
	Fetches  int      `json:"fetches,omitempty"`
	Remarks  []string `json:"remarks,omitempty"` // what differs from what was asked, for the history
}

// An upload is a picture that the server has.
type upload struct {
	File string          `json:"file"`
	Blob json.RawMessage `json:"blob"`
	At   int64           `json:"at"` // Unix seconds
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
func (n notes) draft(ready bool) *spool.Draft {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // strings, numbers, booleans, and JSON that was read or made here
	}
	return &spool.Draft{State: string(b), Ready: ready}
}

// kept is the draft as it is: ready when the record is frozen.
func (n notes) kept() *spool.Draft { return n.draft(len(n.Record) > 0) }

// account takes notice of attempts that ended without saving an outcome: the
// process died, or the post came into doubt before anything was known.
func (n *notes) account(attempts int) {
	if attempts > n.Seen && len(n.Record) > 0 {
		n.Unknown, n.Sent = true, true
	}
	n.Seen = max(n.Seen, attempts)
}

// thaw lets the record be made anew, with the moment of then, unless an attempt
// with it may have had an effect. The key stays.
func (n *notes) thaw() {
	if !n.Unknown {
		n.Record = nil
	}
}

// made notes the moment of a record that was frozen.
func (n *notes) made(moment string) {
	n.Made = append(n.Made, moment)
	n.Made = n.Made[max(0, len(n.Made)-maxMade):]
}

// move forgets a key under which something of others is, or that was for
// another account.
func (n *notes) move() {
	n.Key, n.Repo, n.Record, n.Blobs, n.Looked = "", "", nil, nil, 0
	n.Unknown, n.Sent, n.Made = false, false, nil
}

// blob returns a picture that was uploaded lately.
func (n *notes) blob(file string, now time.Time) json.RawMessage {
	for _, u := range n.Blobs {
		if u.File == file && now.Sub(time.Unix(u.At, 0)) < blobLife {
			return u.Blob
		}
	}
	return nil
}

func (n *notes) uploaded(file string, blob json.RawMessage, now time.Time) {
	n.Blobs = slices.DeleteFunc(n.Blobs, func(u upload) bool { return u.File == file })
	n.Blobs = append(n.Blobs, upload{File: file, Blob: blob, At: now.Unix()})
}

// blobs are the pictures by the names of their files.
func (n *notes) blobs() map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for _, u := range n.Blobs {
		m[u.File] = u.Blob
	}
	return m
}

func (n *notes) remark(text string) {
	if !slices.Contains(n.Remarks, text) {
		n.Remarks = append(n.Remarks, text)
	}
}

// note is the receipt's remark.
func (n notes) note() string { return strings.Join(n.Remarks, "; ") }

// frozen reads the record back.
func (n notes) frozen() record {
	var r record
	_ = json.Unmarshal(n.Record, &r) // of our own making; the zero record equals nothing
	return r
}
