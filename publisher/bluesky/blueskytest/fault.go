package blueskytest

import (
	"net/http"
	"time"

	"spool/publisher/standin"
)

// A Rule says which requests an [Action] befalls. Its path is a pattern such as
// "/xrpc/com.atproto.repo.*", its user a handle.
type Rule = standin.Rule[Op]

// An Action is what goes wrong with a request.
type Action = standin.Action

// A Fault is an action with a name, for test matrices.
type Fault = standin.Fault

// Status is [standin.Status].
func Status(code int, body string) Action { return standin.Status(code, body) }

// Delay is [standin.Delay].
func Delay(d time.Duration) Action { return standin.Delay(d) }

// Refuse is [standin.Refuse].
func Refuse() Action { return standin.Refuse() }

// DropBefore is [standin.DropBefore].
func DropBefore() Action { return standin.DropBefore() }

// CommitThenDrop is [standin.CommitThenDrop].
func CommitThenDrop() Action { return standin.CommitThenDrop() }

// CommitThenStatus is [standin.CommitThenStatus].
func CommitThenStatus(code int, body string) Action { return standin.CommitThenStatus(code, body) }

// CommitLate is [standin.CommitLate].
func CommitLate(d time.Duration) Action { return standin.CommitLate(d) }

// CommitLateStatus is [standin.CommitLateStatus].
func CommitLateStatus(d time.Duration, code int, body string) Action {
	return standin.CommitLateStatus(d, code, body)
}

// CommitLateHang is [standin.CommitLateHang].
func CommitLateHang(d time.Duration) Action { return standin.CommitLateHang(d) }

// Garbage is [standin.Garbage].
func Garbage() Action { return standin.Garbage() }

// Truncated is [standin.Truncated].
func Truncated() Action { return standin.Truncated() }

// SlowBody is [standin.SlowBody].
func SlowBody(d time.Duration) Action { return standin.SlowBody(d) }

// Hang is [standin.Hang].
func Hang() Action { return standin.Hang() }

// CommitThenHang is [standin.CommitThenHang].
func CommitThenHang() Action { return standin.CommitThenHang() }

// Error answers with an error of that name; the request has no effect.
func Error(status int, name, message string) Action {
	return Status(status, ErrorBody(name, message))
}

// Throttle is HTTP 429 with headers such as Retry-After; no effect.
func Throttle(headers map[string]string) Action {
	return standin.Throttle(ErrorBody("RateLimitExceeded", "Rate Limit Exceeded"), headers)
}

// AllFaults lists the accidents that a client must live with, before and after
// the effect. Late effects come after late; keep it below the client's grace.
func AllFaults(late time.Duration) []Fault {
	return append(standin.CommonFaults(late), []Fault{
		{Name: "502 html", Action: Status(http.StatusBadGateway, "<html>")},
		{Name: "commit then 504 html", Action: CommitThenStatus(http.StatusGatewayTimeout, "<html>")},
		{Name: "commit then 503", Action: CommitThenStatus(http.StatusServiceUnavailable, ErrorBody("NotEnoughResources", "busy"))},
		{Name: "400 html", Action: Status(http.StatusBadRequest, "<html>")},
		{Name: "expired token", Action: Error(http.StatusBadRequest, "ExpiredToken", "Token has expired")},
		{Name: "invalid token", Action: Error(http.StatusBadRequest, "InvalidToken", "Token could not be verified")},
		{Name: "401", Action: Error(http.StatusUnauthorized, "AuthMissing", "Authentication Required")},
		{Name: "swap", Action: Error(http.StatusBadRequest, "InvalidSwap", "Record was at another version")},
		{Name: "commit then swap", Action: CommitThenStatus(http.StatusBadRequest, ErrorBody("InvalidSwap", "Record was at another version"))},
		{Name: "blob not found", Action: Error(http.StatusBadRequest, "BlobNotFound", "Could not find blob")},
		{Name: "throttle", Action: Throttle(map[string]string{"Retry-After": "30"})},
		{Name: "garbage before", Action: Garbage().WithoutEffect()},
		{Name: "empty", Action: CommitThenStatus(http.StatusOK, " ")},
		{Name: "slow body", Action: SlowBody(late)},
	}...)
}
