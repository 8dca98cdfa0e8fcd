package mastodontest

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"spool/publisher/standin"
)

// Op names what a request asks for.
type Op string

// The requests that an instance knows.
const (
	OpApp       Op = "app"          // POST /api/v1/apps
	OpAuthorize Op = "authorize"    // GET /oauth/authorize
	OpToken     Op = "token"        // POST /oauth/token
	OpRevoke    Op = "revoke"       // POST /oauth/revoke
	OpVerify    Op = "verify"       // GET /api/v1/accounts/verify_credentials
	OpInstance  Op = "instance"     // GET /api/v2/instance
	OpInstance1 Op = "instance_v1"  // GET /api/v1/instance
	OpPost      Op = "post"         // POST /api/v1/statuses
	OpGet       Op = "get"          // GET /api/v1/statuses/{id}
	OpSource    Op = "source"       // GET /api/v1/statuses/{id}/source
	OpHistory   Op = "history"      // GET /api/v1/statuses/{id}/history
	OpEdit      Op = "edit"         // PUT /api/v1/statuses/{id}
	OpDelete    Op = "delete"       // DELETE /api/v1/statuses/{id}
	OpList      Op = "list"         // GET /api/v1/accounts/{id}/statuses
	OpUpload    Op = "upload"       // POST /api/v2/media
	OpMedia     Op = "media"        // GET /api/v1/media/{id}
	OpDescribe  Op = "describe"     // PUT /api/v1/media/{id}
	OpUnattach  Op = "delete_media" // DELETE /api/v1/media/{id}
	OpUnknown   Op = "unknown"
)

// writes reports whether a request may be made by one at a time only. A deletion
// may be made as often as one likes: the second finds nothing.
func (o Op) writes() bool { return o == OpPost || o == OpEdit }

// call is a request that has been understood.
type call struct {
	op     Op
	method string
	path   string
	id     string // of the object that the path names
	token  string
	owner  string // the name of the token's account; empty: none
	header http.Header
	form   *parameters
	known  *keyEntry // what the instance knew of the key when the request arrived
	lock   string    // the key that is locked for this request
}

// route understands a request. s.mu is held.
func (s *Server) route(r *http.Request, p *parameters) *call {
	c := &call{method: r.Method, header: r.Header, form: p, path: strings.TrimSuffix(r.URL.Path, "/")}
	c.token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if t := s.state.Tokens[c.token]; t != nil {
		c.owner = t.User
	}
	c.op, c.id = resolve(c.method, c.path)
	return c
}

var fixed = map[string]Op{
	"POST /api/v1/apps":                       OpApp,
	"GET /oauth/authorize":                    OpAuthorize,
	"POST /oauth/token":                       OpToken,
	"POST /oauth/revoke":                      OpRevoke,
	"GET /api/v1/accounts/verify_credentials": OpVerify,
	"GET /api/v2/instance":                    OpInstance,
	"GET /api/v1/instance":                    OpInstance1,
	"POST /api/v1/statuses":                   OpPost,
	"POST /api/v2/media":                      OpUpload,
}

var objects = map[string]Op{
	"GET statuses":          OpGet,
	"PUT statuses":          OpEdit,
	"DELETE statuses":       OpDelete,
	"GET statuses/source":   OpSource,
	"GET statuses/history":  OpHistory,
	"GET accounts/statuses": OpList,
	"GET media":             OpMedia,
	"PUT media":             OpDescribe,
	"DELETE media":          OpUnattach,
}

// resolve finds what a path names.
func resolve(method, path string) (op Op, id string) {
	if op, ok := fixed[method+" "+path]; ok {
		return op, ""
	}
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	parts := strings.Split(rest, "/")
	if !ok || len(parts) < 2 || len(parts) > 3 {
		return OpUnknown, ""
	}
	name := parts[0]
	if len(parts) == 3 {
		name += "/" + parts[2]
	}
	if op, ok := objects[method+" "+name]; ok {
		return op, parts[1]
	}
	return OpUnknown, ""
}

// handle carries a request out. s.mu is held.
func (s *Server) handle(c *call, at time.Time) standin.Reply {
	r, err := s.dispatch(c, at)
	if c.lock != "" {
		delete(s.locks, c.lock)
	}
	if err != nil {
		var e *apiError
		if !errors.As(err, &e) {
			e = failure(http.StatusInternalServerError, "This should not have happened")
		}
		r = e.reply()
	}
	r.Header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.rates(r.Header, c, at)
	return r
}

func (s *Server) dispatch(c *call, at time.Time) (standin.Reply, error) {
	switch c.op {
	case OpApp:
		return s.register(c)
	case OpAuthorize:
		return s.authorize(c, at)
	case OpToken:
		return s.redeem(c, at)
	case OpRevoke:
		return s.revoke(c)
	case OpInstance, OpInstance1:
		return s.instance(c)
	case OpUnknown:
		return standin.Reply{}, failure(http.StatusNotFound, "Not Found")
	}
	u, err := s.authenticate(c)
	if err != nil {
		return standin.Reply{}, err
	}
	if err := s.charge(c, u, at); err != nil {
		return standin.Reply{}, err
	}
	return s.serve(c, u, at)
}

// serve answers for an account.
func (s *Server) serve(c *call, u *User, at time.Time) (standin.Reply, error) {
	switch c.op {
	case OpVerify:
		return standin.JSON(http.StatusOK, s.accountView(u)), nil
	case OpPost:
		return s.post(c, u, at)
	case OpEdit:
		return s.edit(c, u, at)
	case OpDelete:
		return s.remove(c, u)
	case OpGet, OpSource, OpHistory:
		return s.read(c, at)
	case OpList:
		return s.list(c, at)
	case OpUpload:
		return s.upload(c, u, at)
	case OpMedia:
		return s.media(c, u, at)
	case OpDescribe:
		return s.describe(c, u, at)
	default:
		return s.unattach(c, u)
	}
}
