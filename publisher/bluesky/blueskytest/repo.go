package blueskytest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const tidAlphabet = "234567abcdefghijklmnopqrstuvwxyz"

// tidAt is a key as servers make them.
func tidAt(at time.Time, clock int) string {
	v := uint64(at.UnixMicro())<<10 | uint64(clock&1023) //nolint:gosec // after 1970
	b := make([]byte, 13)
	for i := range b {
		b[12-i] = tidAlphabet[v&31]
		v >>= 5
	}
	return string(b)
}

func isTID(key string) bool {
	return len(key) == 13 && strings.ContainsRune(tidAlphabet[:16], rune(key[0])) && strings.Trim(key, tidAlphabet) == ""
}

// write puts a record under a key, in the place of what is there.
func (s *Server) write(u *User, collection, key string, value json.RawMessage, at time.Time) (*entry, error) {
	cid, err := cidOf(value)
	if err != nil {
		return nil, invalid("Bad record")
	}
	uri := uriOf(u.DID, collection, key)
	e := s.state.Records[uri]
	if e == nil {
		e = &entry{Owner: u.Handle, Collection: collection, Key: key, Time: at, Serial: s.appear()}
		s.state.Records[uri] = e
	}
	e.Value, e.CID = slices.Clone(value), cid
	return e, nil
}

// erase removes a record. Pictures that no record names any more go with it.
func (s *Server) erase(e *entry) {
	uri := e.uri(s.state)
	delete(s.state.Records, uri)
	if e.Collection == postCollection {
		s.state.Deleted[uri] = true
	}
	for _, cid := range blobRefs(e.Value) {
		if !s.referenced(cid) {
			delete(s.state.Blobs, cid)
		}
	}
}

// mayWrite judges a write before it is looked at.
func (s *Server) mayWrite(c *call, u *User, at time.Time) error {
	switch {
	case u.Status == "takendown":
		return failure(http.StatusUnauthorized, "AccountTakedown", "Account has been taken down")
	case u.Status != "":
		return failure(http.StatusBadRequest, "AccountDeactivated", "Account is deactivated")
	case s.state.find(c.in.Repo) != u:
		return failure(http.StatusUnauthorized, "AuthenticationRequired", "Unauthorized")
	case c.in.Collection == "":
		return invalid(`Input must have the property "collection"`)
	}
	return s.charge(c, u, at)
}

// put puts a record under a key of the client's choosing. The three outcomes are
// those of the reference server: the same is there already, nothing changes;
// something else is there, though nothing should be; or it is written.
func (s *Server) put(c *call, u *User, at time.Time) (any, error) {
	if err := s.check(c, u, at); err != nil {
		return nil, err
	}
	cid, err := cidOf(c.in.Record)
	if err != nil {
		return nil, invalid("Bad record")
	}
	uri := uriOf(u.DID, c.in.Collection, c.in.Key)
	old := s.state.Records[uri]
	if old != nil && old.CID == cid {
		return object{"uri": uri, "cid": cid, "validationStatus": "valid"}, nil
	}
	if err := s.swap(c, old); err != nil {
		return nil, err
	}
	if old != nil && c.in.Collection == postCollection {
		s.desk.Violation("%s: a put gives a post that is live other words", c.in.Key)
	}
	s.lookTwice(c, u, uri)
	e, err := s.write(u, c.in.Collection, c.in.Key, c.in.Record, at)
	if err != nil {
		return nil, err
	}
	s.save()
	return s.written(uri, e, at), nil
}

func (s *Server) written(uri string, e *entry, at time.Time) object {
	return object{
		"uri": uri, "cid": e.CID, "validationStatus": "valid",
		"commit": object{"cid": "bafyrei" + digest([]byte(uri+e.CID)), "rev": tidAt(at, s.state.Serial)},
	}
}

// swap judges what the client wants to be there.
func (s *Server) swap(c *call, old *entry) error {
	mismatch := failure(http.StatusBadRequest, "InvalidSwap", "Record was at another version")
	switch want := strings.TrimSpace(string(c.in.Swap)); {
	case want == "":
		return nil
	case want == "null":
		if old != nil && s.knobs.PutNullSwap != SwapIgnored {
			return mismatch
		}
		return nil
	case old == nil || strconv.Quote(old.CID) != want:
		return mismatch
	}
	return nil
}

// create makes a record under a key that the server chooses, or the client. What
// is there already leads to an error without meaning.
func (s *Server) create(c *call, u *User, at time.Time) (any, error) {
	if c.in.Collection == postCollection {
		s.desk.Violation("a post is created, which is not safe to repeat")
	}
	if c.in.Key == "" {
		c.in.Key = tidAt(at, s.state.Serial)
	}
	if err := s.check(c, u, at); err != nil {
		return nil, err
	}
	uri := uriOf(u.DID, c.in.Collection, c.in.Key)
	if s.state.Records[uri] != nil {
		if s.knobs.CreateExisting == CreateInvalid {
			return nil, invalid("Record already exists")
		}
		return nil, failure(http.StatusInternalServerError, "InternalServerError", "Internal Server Error")
	}
	s.lookTwice(c, u, uri)
	e, err := s.write(u, c.in.Collection, c.in.Key, c.in.Record, at)
	if err != nil {
		return nil, err
	}
	s.save()
	return s.written(uri, e, at), nil
}

// get reads a record. Anybody's can be read.
func (s *Server) get(c *call, at time.Time) (any, error) {
	u := s.state.find(c.query.Get("repo"))
	if u == nil {
		return nil, invalid("Could not find repo: " + c.query.Get("repo"))
	}
	uri := uriOf(u.DID, c.query.Get("collection"), c.query.Get("rkey"))
	e := s.state.Records[uri]
	if e == nil || at.Sub(e.Time) < s.knobs.GetLag {
		name := "RecordNotFound"
		if s.knobs.AbsentError == AbsentUnnamed {
			name = "InvalidRequest"
		}
		return nil, failure(http.StatusBadRequest, name, "Could not locate record: "+uri)
	}
	return object{"uri": uri, "cid": e.CID, "value": e.Value}, nil
}

// list reads a collection, the newest keys first.
func (s *Server) list(c *call, at time.Time) (any, error) {
	u := s.state.find(c.query.Get("repo"))
	if u == nil {
		return nil, invalid("Could not find repo: " + c.query.Get("repo"))
	}
	limit := 50
	if v := c.query.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 100 {
			return nil, invalid("Error: limit must be between 1 and 100")
		}
		limit = n
	}
	records := []object{}
	out := object{}
	for _, e := range s.sorted(u.Handle, c.query.Get("collection")) {
		after := c.query.Get("cursor")
		if after != "" && e.Key >= after || at.Sub(e.Time) < s.knobs.ListLag {
			continue
		}
		if len(records) == limit {
			break
		}
		records = append(records, object{"uri": e.uri(s.state), "cid": e.CID, "value": e.Value})
		out["cursor"] = e.Key
	}
	out["records"] = records
	return out, nil
}

// remove removes a record; that it is gone already is as good.
func (s *Server) remove(c *call, u *User, at time.Time) (any, error) {
	uri := uriOf(u.DID, c.in.Collection, c.in.Key)
	e := s.state.Records[uri]
	if e == nil {
		return object{}, nil
	}
	s.erase(e)
	s.save()
	return object{"commit": object{"cid": "bafyrei" + digest([]byte(uri)), "rev": tidAt(at, s.appear())}}, nil
}

func (s *Server) resolve(c *call) (any, error) {
	handle := c.query.Get("handle")
	u := s.state.Users[strings.ToLower(handle)]
	if u == nil {
		return nil, invalid("Unable to resolve handle")
	}
	return object{"did": u.DID}, nil
}
