package threadstest

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"spool/publisher/standin"
)

// Op names what a request asks for.
type Op string

// The requests that the network knows.
const (
	OpAuthorize Op = "authorize"    // GET /oauth/authorize
	OpCode      Op = "code"         // POST /oauth/access_token
	OpExchange  Op = "exchange"     // GET /access_token
	OpRefresh   Op = "refresh"      // GET /refresh_access_token
	OpDebug     Op = "debug_token"  // GET /debug_token
	OpMe        Op = "me"           // GET /me
	OpCreate    Op = "create"       // POST /me/threads
	OpPublish   Op = "publish"      // POST /me/threads_publish
	OpList      Op = "list"         // GET /me/threads
	OpReplies   Op = "replies"      // GET /me/replies
	OpLimits    Op = "limits"       // GET /me/threads_publishing_limit
	OpMine      Op = "me_insights"  // GET /me/threads_insights
	OpStatus    Op = "status"       // GET /{container}
	OpMedia     Op = "media"        // GET /{media}, or an id that nothing has
	OpDelete    Op = "delete"       // DELETE /{media}
	OpThread    Op = "conversation" // GET /{media}/replies and /{media}/conversation
	OpInsights  Op = "insights"     // GET /{media}/insights
	OpUnknown   Op = "unknown"
)

// call is a request that has been understood.
type call struct {
	op      Op
	method  string
	path    string // without the version
	id      string // of the object that the path names
	token   string
	owner   string // the name of the token's account; empty: none
	header  http.Header
	form    url.Values
	queried bool // there were parameters in the query
}

// parameters are those of the query and of the body.
type parameters struct {
	query, body url.Values
}

// maxBody bounds what is read of a request.
const maxBody = 1 << 20

func readForm(w http.ResponseWriter, r *http.Request) (parameters, error) {
	p := parameters{query: r.URL.Query()}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		if err := r.ParseMultipartForm(maxBody); err != nil {
			return p, fmt.Errorf("threadstest: form: %w", err)
		}
		p.body = r.MultipartForm.Value
		return p, nil
	}
	if err := r.ParseForm(); err != nil {
		return p, fmt.Errorf("threadstest: form: %w", err)
	}
	p.body = r.PostForm
	return p, nil
}

// all merges the parameters; those of the body go first.
func (p parameters) all() url.Values {
	all := url.Values{}
	for _, from := range []url.Values{p.body, p.query} {
		for k, v := range from {
			all[k] = append(all[k], v...)
		}
	}
	return all
}

var version = regexp.MustCompile(`^/v\d+\.\d+(/|$)`)

// route understands a request. s.mu is held.
func (s *Server) route(r *http.Request, p parameters) *call {
	c := &call{method: r.Method, header: r.Header, form: p.all(), queried: len(p.query) > 0}
	c.token = c.form.Get("access_token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && c.token == "" {
		c.token = bearer
	}
	c.owner = s.ownerOf(c.token)
	c.path = "/" + strings.Trim(version.ReplaceAllString(r.URL.Path, "/"), "/")
	s.resolve(c)
	return c
}

// ownerOf is the account that a token belongs to, valid or not.
func (s *Server) ownerOf(value string) string {
	if t := s.state.Tokens[value]; t != nil {
		return t.User
	}
	return ""
}

var fixed = map[string]Op{
	"GET /oauth/authorize":             OpAuthorize,
	"POST /oauth/access_token":         OpCode,
	"GET /oauth/access_token":          OpCode,
	"GET /access_token":                OpExchange,
	"GET /refresh_access_token":        OpRefresh,
	"GET /debug_token":                 OpDebug,
	"GET /me":                          OpMe,
	"POST /me/threads":                 OpCreate,
	"GET /me/threads":                  OpList,
	"POST /me/threads_publish":         OpPublish,
	"GET /me/replies":                  OpReplies,
	"GET /me/threads_publishing_limit": OpLimits,
	"GET /me/threads_insights":         OpMine,
}

// resolve finds what the path names. The id of the token's own account counts
// as "me".
func (s *Server) resolve(c *call) {
	if op, ok := fixed[c.method+" "+c.path]; ok {
		c.op = op
		return
	}
	id, rest, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	if u := s.state.Users[c.owner]; u != nil && u.ID == id {
		c.path = strings.TrimSuffix("/me/"+rest, "/")
		c.op = OpUnknown
		if op, ok := fixed[c.method+" "+c.path]; ok {
			c.op = op
			s.desk.Violation("%s %s with the account's number in place of me", c.method, c.path)
		}
		return
	}
	c.id, c.op = id, s.objectOp(c.method, id, rest)
}

func (s *Server) objectOp(method, id, rest string) Op {
	switch {
	case method == http.MethodGet && rest == "" && s.state.Containers[id] != nil:
		return OpStatus
	case method == http.MethodGet && rest == "":
		return OpMedia
	case method == http.MethodDelete && rest == "":
		return OpDelete
	case method == http.MethodGet && (rest == "replies" || rest == "conversation"):
		return OpThread
	case method == http.MethodGet && rest == "insights":
		return OpInsights
	}
	return OpUnknown
}

// handle carries a request out. s.mu is held.
func (s *Server) handle(c *call, at time.Time) standin.Reply {
	r, err := s.dispatch(c, at)
	if err != nil {
		var e *apiError
		if !errors.As(err, &e) {
			e = failure(1, 0, "An unknown error occurred")
		}
		r = e.reply(&s.knobs)
	}
	s.usage(r.Header, c.owner)
	return r
}

func (s *Server) dispatch(c *call, at time.Time) (standin.Reply, error) {
	switch c.op {
	case OpAuthorize:
		return s.authorize(c, at)
	case OpCode:
		return s.redeem(c, at)
	case OpExchange:
		return s.exchangeToken(c, at)
	case OpRefresh:
		return s.refresh(c, at)
	case OpUnknown:
		return standin.Reply{}, failure(2500, 0, "Unknown path components: "+c.path)
	}
	if c.op == OpDebug {
		o, err := s.debugToken(c, at)
		return orError(o, err)
	}
	u, err := s.authenticate(c, at)
	if err != nil {
		return standin.Reply{}, err
	}
	return orError(s.serve(c, u, at))
}

// orError is the usual answer of an endpoint.
func orError(o object, err error) (standin.Reply, error) {
	if err != nil {
		return standin.Reply{}, err
	}
	return jsonReply(http.StatusOK, o), nil
}

// serve answers for an account.
func (s *Server) serve(c *call, u *User, at time.Time) (object, error) {
	switch c.op {
	case OpMe:
		return s.me(c, u)
	case OpCreate:
		return s.create(c, u, at)
	case OpPublish:
		return s.publish(c, u, at)
	case OpStatus:
		return s.status(c, u, at)
	case OpList, OpReplies:
		return s.list(c, u, at)
	case OpLimits:
		return s.limits(c, u, at)
	case OpMedia:
		return s.media(c, u)
	case OpDelete:
		return s.remove(c, u, at)
	case OpThread:
		return s.conversation(c, u, at)
	case OpInsights:
		return s.insights(c, u)
	default:
		return s.profileInsights(c, u, at)
	}
}
