package threadstest

import (
	"net/http"
	"time"

	"spool/publisher/standin"
)

// A Rule says which requests an [Action] befalls. Its path has no version:
// "/me/threads", "/*".
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

// Error answers with an error envelope; the request has no effect.
func Error(status, code, subcode int, message string) Action {
	return Status(status, ErrorBody(code, subcode, message))
}

// Throttle is code 4 with HTTP 429 and headers such as Retry-After; no effect.
func Throttle(headers map[string]string) Action {
	return standin.Throttle(ErrorBody(4, 0, "Application request limit reached"), headers)
}

// AllFaults lists the accidents that a client must live with, before and after
// the effect. Late effects come after late; keep it below the client's grace.
func AllFaults(late time.Duration) []Fault {
	return append(standin.CommonFaults(late), []Fault{
		{Name: "502 html", Action: Status(http.StatusBadGateway, "<html>")},
		{Name: "commit then 504 html", Action: CommitThenStatus(http.StatusGatewayTimeout, "<html>")},
		{Name: "commit then code 10", Action: CommitThenStatus(http.StatusInternalServerError, ErrorBody(10, 0, "Permission denied"))},
		{Name: "commit then 24/4279009", Action: CommitThenStatus(http.StatusBadRequest, ErrorBody(24, 4279009, "The requested resource does not exist"))},
		{Name: "24/4279009", Action: Error(http.StatusBadRequest, 24, 4279009, "The requested resource does not exist")},
		{Name: "throttle", Action: Throttle(map[string]string{"Retry-After": "30"})},
		{Name: "garbage before", Action: Garbage().WithoutEffect()},
		{Name: "empty", Action: CommitThenStatus(http.StatusOK, " ")},
		{Name: "slow body", Action: SlowBody(late)},
	}...)
}
