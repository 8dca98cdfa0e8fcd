package webhooktest

import (
	"net/http"
	"time"

	"spool/publisher/standin"
)

// A Rule says which messages an [Action] befalls. Its user is a hook's name.
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

// Hang is [standin.Hang].
func Hang() Action { return standin.Hang() }

// CommitThenHang is [standin.CommitThenHang].
func CommitThenHang() Action { return standin.CommitThenHang() }

// Throttle is HTTP 429 with headers such as Retry-After; no effect.
func Throttle(headers map[string]string) Action {
	return standin.Throttle("too many messages", headers)
}

// AllFaults lists the accidents that a client must live with, before and after
// the effect. Late effects come after late; keep it below the client's grace. A
// 2xx without the effect is not among them: a receiver that says so lies.
func AllFaults(late time.Duration) []Fault {
	return append(standin.CommonFaults(late), []Fault{
		{Name: "503", Action: Status(http.StatusServiceUnavailable, "<html>")},
		{Name: "commit then 504", Action: CommitThenStatus(http.StatusGatewayTimeout, "<html>")},
		{Name: "throttle", Action: Throttle(map[string]string{"Retry-After": "30"})},
		{Name: "empty", Action: CommitThenStatus(http.StatusOK, "")},
	}...)
}
