package blueskytest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// state is what the snapshot keeps.
type state struct {
	Users   map[string]*User   `json:"users"` // by handle
	Grants  map[string]*grant  `json:"grants"`
	Records map[string]*entry  `json:"records"` // by name: at://…
	Blobs   map[string]*blob   `json:"blobs"`   // by CID
	Deleted map[string]bool    `json:"deleted"` // posts that were there, by name
	Serial  int                `json:"serial"`
	Spent   map[string][]spent `json:"spent"` // points, by handle
}

func newState() state {
	return state{
		Users: map[string]*User{}, Grants: map[string]*grant{}, Records: map[string]*entry{}, Blobs: map[string]*blob{},
		Deleted: map[string]bool{}, Spent: map[string][]spent{},
	}
}

// A User is an account on the network.
type User struct {
	Handle   string      `json:"handle"`
	DID      string      `json:"did"`
	Password string      `json:"password"` // an app password, good for this stand-in only
	Status   string      `json:"status,omitempty"`
	SignIns  []time.Time `json:"sign_ins,omitempty"` // of the last day, let in or not
}

// spent are points of a moment.
type spent struct {
	At     time.Time `json:"at"`
	Points int       `json:"points"`
}

// entry is a record in a repository.
type entry struct {
	Owner      string          `json:"owner"` // handle
	Collection string          `json:"collection"`
	Key        string          `json:"rkey"`
	Value      json.RawMessage `json:"value"`
	CID        string          `json:"cid"`
	Time       time.Time       `json:"time"`   // when it first appeared
	Serial     int             `json:"serial"` // of its first appearance
}

// blob is a picture.
type blob struct {
	Owner string    `json:"owner"`
	Mime  string    `json:"mime"`
	Data  []byte    `json:"data"`
	Time  time.Time `json:"time"` // of its latest upload
}

// find finds an account by its handle or identity.
func (st state) find(name string) *User {
	if u := st.Users[strings.ToLower(name)]; u != nil {
		return u
	}
	for _, u := range st.Users {
		if u.DID == name && name != "" {
			return u
		}
	}
	return nil
}

var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return lower32.EncodeToString(sum[:])
}

// didOf is the identity of an account: the same for a handle in every run.
func didOf(handle string) string { return "did:plc:" + digest([]byte(handle))[:24] }

// cidOf names a record by its words, whatever the order and spacing of its JSON.
func cidOf(value json.RawMessage) (string, error) {
	canonical, err := canonicalJSON(value)
	if err != nil {
		return "", err
	}
	return "bafyrei" + digest(canonical), nil
}

func canonicalJSON(value []byte) ([]byte, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("blueskytest: record: %w", err)
	}
	return json.Marshal(v)
}

func (e *entry) uri(st state) string { return uriOf(st.Users[e.Owner].DID, e.Collection, e.Key) }

func uriOf(did, collection, key string) string { return "at://" + did + "/" + collection + "/" + key }

// AddUser opens an account, or finds it and gives it the password. The returned
// account is a copy.
func (s *Server) AddUser(handle, password string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	handle = strings.ToLower(handle)
	u := s.state.Users[handle]
	if u == nil {
		u = &User{Handle: handle, DID: didOf(handle)}
		s.state.Users[handle] = u
	}
	u.Password = password
	s.save()
	copied := *u
	return &copied
}

// Rename gives an account another handle, as people do.
func (s *Server) Rename(handle, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.state.Users[handle]
	if u == nil {
		return
	}
	delete(s.state.Users, handle)
	u.Handle = to
	s.state.Users[to] = u
	for _, g := range s.state.Grants {
		if g.User == handle {
			g.User = to
		}
	}
	for _, e := range s.state.Records {
		if e.Owner == handle {
			e.Owner = to
		}
	}
	s.save()
}

// SetStatus is the network taking an account down ("takendown"), or its owner
// deactivating it ("deactivated"); empty: it is active.
func (s *Server) SetStatus(handle, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.state.Users[handle]; u != nil {
		u.Status = status
		s.save()
	}
}

// AddManualPost is a person posting by hand, with a card for link unless it is
// empty. It returns the post's name.
func (s *Server) AddManualPost(handle, text, link string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.desk.Settle(now)
	u := s.state.Users[handle]
	if u == nil {
		return ""
	}
	value := object{"$type": postCollection, "text": text, "createdAt": now.UTC().Format("2006-01-02T15:04:05.000Z")}
	if link != "" {
		value["embed"] = object{"$type": "app.bsky.embed.external", "external": object{"uri": link, "title": "", "description": ""}}
	}
	b, err := json.Marshal(value)
	if err != nil {
		return "" // strings always marshal
	}
	e, err := s.write(u, postCollection, tidAt(now, s.state.Serial), b, now)
	if err != nil {
		return ""
	}
	s.save()
	return e.uri(s.state)
}

// DeletePost is a person deleting a post by hand. It reports whether it was there.
func (s *Server) DeletePost(uri string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	e := s.state.Records[uri]
	if e == nil {
		return false
	}
	s.erase(e)
	s.save()
	return true
}

// Record returns a record as it is kept; nil: it is not there.
func (s *Server) Record(uri string) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	if e := s.state.Records[uri]; e != nil {
		return slices.Clone(e.Value)
	}
	return nil
}

// sorted are the records of an account's collection, newest key first.
func (s *Server) sorted(handle, collection string) []*entry {
	var list []*entry
	for _, e := range s.state.Records {
		if e.Owner == handle && e.Collection == collection {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return cmp.Compare(b.Key, a.Key) })
	return list
}

// appear counts what appears, for the order of what appears in one moment.
func (s *Server) appear() int {
	s.state.Serial++
	return s.state.Serial
}

// Plant puts a post of these words under a key by hand, in the place of what is
// there.
func (s *Server) Plant(handle, key, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.desk.Settle(now)
	b, err := json.Marshal(object{"$type": postCollection, "text": text, "createdAt": now.UTC().Format(time.RFC3339)})
	if u := s.state.Users[handle]; u != nil && err == nil {
		_, _ = s.write(u, postCollection, key, b, now) // JSON that was just made
		s.save()
	}
}

// Amend gives a post other words, as some programs let people do.
func (s *Server) Amend(uri, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk.Settle(s.now())
	e := s.state.Records[uri]
	var value map[string]any
	if e == nil || json.Unmarshal(e.Value, &value) != nil {
		return
	}
	value["text"] = text
	delete(value, "facets")
	if b, err := json.Marshal(value); err == nil {
		_, _ = s.write(s.state.Users[e.Owner], e.Collection, e.Key, b, e.Time) // JSON that was just made
		s.save()
	}
}
