package blueskytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"spool/publisher/standin"
)

// Op names what a request asks for.
type Op string

// The requests that the stand-in knows. Puts of posts are apart: they are what
// readers see.
const (
	OpSignIn   Op = "sign_in"  // POST com.atproto.server.createSession
	OpRefresh  Op = "refresh"  // POST com.atproto.server.refreshSession
	OpSession  Op = "session"  // GET com.atproto.server.getSession
	OpSignOut  Op = "sign_out" // POST com.atproto.server.deleteSession
	OpPut      Op = "put"      // POST com.atproto.repo.putRecord, of a post
	OpPutOther Op = "put_other"
	OpCreate   Op = "create"  // POST com.atproto.repo.createRecord
	OpGet      Op = "get"     // GET com.atproto.repo.getRecord
	OpList     Op = "list"    // GET com.atproto.repo.listRecords
	OpDelete   Op = "delete"  // POST com.atproto.repo.deleteRecord
	OpUpload   Op = "upload"  // POST com.atproto.repo.uploadBlob
	OpResolve  Op = "resolve" // GET com.atproto.identity.resolveHandle
	OpUnknown  Op = "unknown"
)

const (
	postCollection = "app.bsky.feed.post"
	gateCollection = "app.bsky.feed.threadgate"
)

// call is a request that has been understood.
type call struct {
	op     Op
	method string
	path   string
	host   string // where it was sent, with its scheme
	token  string
	owner  string // the handle of the token's account; empty: none
	header http.Header
	query  url.Values
	raw    []byte
	in     input
}

// input is what requests bring as JSON.
type input struct {
	Identifier string          `json:"identifier"`
	Password   string          `json:"password"`
	Repo       string          `json:"repo"`
	Collection string          `json:"collection"`
	Key        string          `json:"rkey"`
	Validate   *bool           `json:"validate"`
	Record     json.RawMessage `json:"record"`
	Swap       json.RawMessage `json:"swapRecord"` // nil: not sent
}

// maxBody bounds what is read of a request: more than any picture a post may have.
const maxBody = 8 << 20

func isAPI(path string) bool { return strings.HasPrefix(path, "/xrpc/") }

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("blueskytest: body: %w", err)
	}
	return b, nil
}

var names = map[string]Op{
	"POST com.atproto.server.createSession":   OpSignIn,
	"POST com.atproto.server.refreshSession":  OpRefresh,
	"GET com.atproto.server.getSession":       OpSession,
	"POST com.atproto.server.deleteSession":   OpSignOut,
	"POST com.atproto.repo.putRecord":         OpPut,
	"POST com.atproto.repo.createRecord":      OpCreate,
	"GET com.atproto.repo.getRecord":          OpGet,
	"GET com.atproto.repo.listRecords":        OpList,
	"POST com.atproto.repo.deleteRecord":      OpDelete,
	"POST com.atproto.repo.uploadBlob":        OpUpload,
	"GET com.atproto.identity.resolveHandle":  OpResolve,
	"HEAD com.atproto.identity.resolveHandle": OpResolve,
}

// route understands a request. s.mu is held.
func (s *Server) route(r *http.Request, body []byte) *call {
	c := &call{method: r.Method, path: r.URL.Path, header: r.Header, query: r.URL.Query(), raw: body, op: OpUnknown}
	scheme := r.URL.Scheme
	if scheme == "" {
		scheme = "http"
	}
	c.host = scheme + "://" + r.Host
	if op, ok := names[r.Method+" "+strings.TrimPrefix(r.URL.Path, "/xrpc/")]; ok {
		c.op = op
	}
	c.token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if g := s.state.Grants[c.token]; g != nil {
		c.owner = g.User
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") && c.op != OpUpload {
		_ = json.Unmarshal(body, &c.in) // what is not there is missed where it is needed
	}
	if c.op == OpPut && c.in.Collection != postCollection {
		c.op = OpPutOther
	}
	if c.op == OpSignIn {
		if u := s.state.find(c.in.Identifier); u != nil {
			c.owner = u.Handle
		}
	}
	return c
}

// handle carries a request out. s.mu is held.
func (s *Server) handle(c *call, at time.Time) standin.Reply {
	v, err := s.dispatch(c, at)
	r := orError(v, err)
	s.rateHeaders(r.Header, c, at)
	return r
}

func (s *Server) dispatch(c *call, at time.Time) (any, error) {
	switch c.op {
	case OpSignIn:
		return s.signIn(c, at)
	case OpRefresh:
		return s.refresh(c, at)
	case OpSignOut:
		return s.signOut(c)
	case OpUnknown:
		return nil, failure(http.StatusNotImplemented, "MethodNotImplemented", "Method Not Implemented")
	}
	u, err := s.authenticate(c, at)
	if err != nil {
		return nil, err
	}
	return s.serve(c, u, at)
}

// serve answers for an account.
func (s *Server) serve(c *call, u *User, at time.Time) (any, error) {
	switch c.op {
	case OpSession:
		return s.describe(c, u), nil
	case OpResolve:
		return s.resolve(c)
	case OpGet:
		return s.get(c, at)
	case OpList:
		return s.list(c, at)
	case OpUpload:
		return s.upload(c, u, at)
	}
	if err := s.mayWrite(c, u, at); err != nil {
		return nil, err
	}
	switch c.op {
	case OpDelete:
		return s.remove(c, u, at)
	case OpCreate:
		return s.create(c, u, at)
	default:
		return s.put(c, u, at)
	}
}
