package bluesky

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"spool"
)

// The names of errors that more than one place knows.
const (
	recordNotFound = "RecordNotFound"
	rateLimited    = "RateLimitExceeded"
	invalidRequest = "InvalidRequest"
)

// A verdict is what a refusal means. Names decide, never the message.
type verdict struct {
	kind  spool.Kind
	token bool   // the access token is not accepted: a new one may be
	swap  bool   // something is there, or the repository changed meanwhile
	blob  bool   // a picture that was uploaded is gone
	media bool   // a picture cannot be used
	open  bool   // after a write the outcome is open
	hint  string // for people: what it is and what to do
}

const (
	wrongPassword = "Bluesky does not accept the handle and app password: make an app password in the app's settings under Privacy and security, and put it into the configuration"
	needsFactor   = "Bluesky wants a code sent by e-mail, which the main password of an account leads to: use an app password"
	unequipped    = "there is no app password: make one in the app's settings under Privacy and security, and put it into the configuration"
	takenDown     = "Bluesky has taken the account down: open the app and see what it says"
	deactivated   = "the account is deactivated: open the app and activate it again"
	forbidden     = "the server forbids the account to do this: open the app and see what it says"
	wrongServer   = "the server does not know this request: base_url has to be the address of a Bluesky server"
	tooMuch       = "Bluesky wants a pause"
)

// judge says what a refusal means, by its name and then by the HTTP status.
func judge(r *refusal) verdict {
	switch r.Name {
	case "ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "BadJwt", "BadJwtSignature":
		return verdict{kind: spool.Temporary, token: true}
	case "AuthFactorTokenRequired":
		return verdict{kind: spool.Credentials, hint: needsFactor}
	case "AccountTakedown", "RepoTakendown", "AccountSuspended", "RepoSuspended":
		return verdict{kind: spool.Credentials, hint: takenDown}
	case "AccountDeactivated", "RepoDeactivated":
		return verdict{kind: spool.Credentials, hint: deactivated}
	case rateLimited:
		return verdict{kind: spool.Throttled, hint: tooMuch}
	case "InvalidSwap":
		return verdict{kind: spool.Permanent, swap: true}
	case "BlobNotFound":
		return verdict{kind: spool.Temporary, blob: true, hint: "the server has lost a picture that was uploaded"}
	case "InvalidMimeType", "BlobTooLarge", "PayloadTooLarge":
		return verdict{kind: spool.Permanent, media: true, hint: "Bluesky does not take the picture"}
	case "MethodNotImplemented", "XRPCNotSupported", "InvalidMethod":
		return verdict{kind: spool.Permanent, hint: wrongServer}
	}
	return byStatus(r)
}

func byStatus(r *refusal) verdict {
	switch {
	case r.HTTP == http.StatusUnauthorized:
		return verdict{kind: spool.Temporary, token: true}
	case r.HTTP == http.StatusForbidden:
		return verdict{kind: spool.Credentials, hint: forbidden}
	case r.HTTP == http.StatusRequestEntityTooLarge:
		return verdict{kind: spool.Permanent, media: true, hint: "it is larger than Bluesky takes"}
	case r.HTTP == http.StatusRequestTimeout || r.HTTP >= 500:
		return verdict{kind: spool.Temporary, open: true}
	}
	return verdict{kind: spool.Permanent, hint: "Bluesky refuses the post as it is"}
}

// words are what a person is told about a refusal.
func (r *refusal) words(v verdict) error {
	if v.hint == "" {
		return r
	}
	return fmt.Errorf("%s: %w", v.hint, r)
}

// absent reports whether an error says that there is no such record. Older
// servers have no name of its own for that. Were the message to mislead, the
// same put would be made again, which does no harm.
func absent(err error) bool {
	ref, ok := errors.AsType[*refusal](err)
	return ok && (ref.Name == recordNotFound ||
		ref.Name == invalidRequest && strings.HasPrefix(ref.Message, "Could not locate record"))
}

// judged is what an error means when the API itself answered.
func judged(err error) (*refusal, verdict, bool) {
	ref, ok := errors.AsType[*refusal](err)
	if !ok {
		return nil, verdict{}, false
	}
	return ref, judge(ref), true
}

// defaultPause is how long a throttled account rests when the server does not say.
const defaultPause = 5 * time.Minute

// explain turns an error of a request that could make nothing visible into a Failure.
func (c *Client) explain(op string, err error) *spool.Failure {
	if b, ok := errors.AsType[*shut](err); ok {
		f := c.failure(op, b.kind, b.code, b.err)
		f.Wait = b.wait
		return f
	}
	ref, v, ok := judged(err)
	if !ok {
		return c.failure(op, spool.Temporary, "", err)
	}
	f := c.failure(op, v.kind, ref.Name, ref.words(v))
	f.Wait = ref.Wait
	if v.kind == spool.Throttled && f.Wait <= 0 {
		f.Wait = defaultPause
	}
	return f
}

// passing is explain for requests that only look or prepare: that a server
// refuses such a one says nothing for good about the post.
func (c *Client) passing(op string, err error) *spool.Failure {
	f := c.explain(op, err)
	if _, _, refused := judged(err); refused && f.Kind == spool.Permanent {
		f.Kind = spool.Temporary
	}
	return f
}
