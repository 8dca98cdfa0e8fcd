package mastodontest

import (
	"net/http"
	"time"

	"spool/publisher/standin"
)

// A Rule says which requests an [Action] befalls. Its path is a pattern such as
// "/api/v1/statuses".
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

// Error answers with an error as instances send it; the request has no effect.
func Error(status int, message string) Action { return Status(status, ErrorBody(message)) }

// Throttle is HTTP 429 with the moment at which the limit is lifted; no effect.
func Throttle(wait time.Duration) Action {
	return standin.ThrottleFor(wait, ErrorBody("Too many requests"))
}

// AllFaults lists the accidents that a client must live with, before and after
// the effect. Late effects come after late; keep it below the client's grace.
func AllFaults(late time.Duration) []Fault {
	return append(standin.CommonFaults(late), []Fault{
		{Name: "502 html", Action: Status(http.StatusBadGateway, "<html>")},
		{Name: "commit then 504 html", Action: CommitThenStatus(http.StatusGatewayTimeout, "<html>")},
		{Name: "503", Action: Status(http.StatusServiceUnavailable, "")},
		{Name: "commit then 403 html", Action: CommitThenStatus(http.StatusForbidden, "<html>")},
		{Name: "throttle", Action: Throttle(30 * time.Second)},
		{Name: "garbage before", Action: Garbage().WithoutEffect()},
		{Name: "empty", Action: CommitThenStatus(http.StatusOK, " ")},
		{Name: "slow body", Action: SlowBody(late)},
	}...)
}
