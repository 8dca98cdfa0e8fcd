package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// What an action does; the names are those of POST /_plan.
const (
	doStatus    = "status"
	doDelay     = "delay"
	doRefuse    = "refuse"
	doDrop      = "drop"
	doLate      = "late"
	doGarbage   = "garbage"
	doTruncated = "truncated"
	doSlowBody  = "slow_body"
	doHang      = "hang"
	doThrottle  = "throttle"
)

// An Action is what goes wrong with a request. Make one with the functions
// below, or with those of a network.
type Action struct {
	Do      string            // empty: nothing goes wrong
	Effect  bool              // the request takes effect all the same
	Status  int               // of the answer; of "late" 0: the connection is cut
	Body    string            // of the answer; empty: an error of the network that suits the status
	Headers map[string]string // of the answer
	After   time.Duration     // of delay, late, slow_body and throttle
	Hang    bool              // of "late": no answer until the client gives up
}

// Status answers in place of the network; the request has no effect.
func Status(code int, body string) Action { return Action{Do: doStatus, Status: code, Body: body} }

// Throttle is HTTP 429 with that body, and with headers such as Retry-After; no
// effect.
func Throttle(body string, headers map[string]string) Action {
	return Action{Do: doStatus, Status: http.StatusTooManyRequests, Body: body, Headers: headers}
}

// ThrottleFor is HTTP 429 with that body, and with the moment at which the limit is
// lifted as the network tells it (Network.Lifted); no effect.
func ThrottleFor(wait time.Duration, body string) Action {
	return Action{Do: doThrottle, Status: http.StatusTooManyRequests, Body: body, After: wait}
}

// Delay does all as usual after a while.
func Delay(d time.Duration) Action { return Action{Do: doDelay, After: d} }

// Refuse fails before a byte is sent, as if nobody listened. Only [Transport] can do
// it; over HTTP it is [DropBefore].
func Refuse() Action { return Action{Do: doRefuse} }

// DropBefore cuts the connection; nothing has happened.
func DropBefore() Action { return Action{Do: doDrop} }

// CommitThenDrop cuts the connection after the effect.
func CommitThenDrop() Action { return Action{Do: doDrop, Effect: true} }

// CommitThenStatus lets the request take effect and answers something else.
func CommitThenStatus(code int, body string) Action {
	return Action{Do: doStatus, Status: code, Body: body, Effect: true}
}

// CommitLate cuts the connection now; the effect comes after d.
func CommitLate(d time.Duration) Action { return Action{Do: doLate, After: d, Effect: true} }

// CommitLateStatus answers an error now; the effect comes after d.
func CommitLateStatus(d time.Duration, code int, body string) Action {
	return Action{Do: doLate, After: d, Effect: true, Status: code, Body: body}
}

// CommitLateHang answers nothing until the client gives up; the effect comes after d.
func CommitLateHang(d time.Duration) Action {
	return Action{Do: doLate, After: d, Effect: true, Hang: true}
}

// Garbage answers 200 with a page of HTML, after the effect.
func Garbage() Action { return Action{Do: doGarbage, Effect: true} }

// Truncated cuts the connection in the middle of the body, after the effect.
func Truncated() Action { return Action{Do: doTruncated, Effect: true} }

// SlowBody sends the answer over the time d, after the effect.
func SlowBody(d time.Duration) Action { return Action{Do: doSlowBody, After: d, Effect: true} }

// Hang answers nothing until the client gives up; nothing has happened.
func Hang() Action { return Action{Do: doHang} }

// CommitThenHang takes effect and answers nothing until the client gives up.
func CommitThenHang() Action { return Action{Do: doHang, Effect: true} }

// WithoutEffect is the same accident before the request took effect.
func (a Action) WithoutEffect() Action {
	a.Effect = false
	return a
}

// A Fault is an action with a name, for test matrices.
type Fault struct {
	Name   string
	Action Action
}

// CommonFaults lists the accidents that can befall the client of any network,
// before and after the effect. Late effects come after late; keep it below the
// client's grace. A network adds its own (AllFaults).
func CommonFaults(late time.Duration) []Fault {
	return []Fault{
		{"refuse", Refuse()},
		{"drop before", DropBefore()},
		{"commit then drop", CommitThenDrop()},
		{"500", Status(http.StatusInternalServerError, "")},
		{"commit then 500", CommitThenStatus(http.StatusInternalServerError, "")},
		{"commit late, cut", CommitLate(late)},
		{"commit late, 500", CommitLateStatus(late, http.StatusInternalServerError, "")},
		{"commit late, hang", CommitLateHang(late)},
		{"garbage", Garbage()},
		{"truncated", Truncated()},
		{"hang", Hang()},
		{"commit then hang", CommitThenHang()},
		{"delay", Delay(late)},
	}
}

// actionJSON is an Action as POST /_plan takes it.
type actionJSON struct {
	Do      string            `json:"do"`
	Effect  bool              `json:"effect,omitempty"`
	Status  int               `json:"status,omitempty"`
	Body    string            `json:"body,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	After   string            `json:"after,omitempty"` // "2s"
	Hang    bool              `json:"hang,omitempty"`
}

// MarshalJSON writes the action for POST /_plan.
func (a Action) MarshalJSON() ([]byte, error) {
	return json.Marshal(actionJSON{a.Do, a.Effect, a.Status, a.Body, a.Headers, a.After.String(), a.Hang})
}

// UnmarshalJSON reads what MarshalJSON writes; an unknown action is an error.
func (a *Action) UnmarshalJSON(b []byte) error {
	var j actionJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*a = Action{Do: j.Do, Effect: j.Effect, Status: j.Status, Body: j.Body, Headers: j.Headers, Hang: j.Hang}
	switch j.Do {
	case doStatus, doDelay, doRefuse, doDrop, doLate, doGarbage, doTruncated, doSlowBody, doHang, doThrottle:
	default:
		return fmt.Errorf("stand-in: unknown action %q", j.Do)
	}
	if j.After == "" {
		return nil
	}
	d, err := time.ParseDuration(j.After)
	if err != nil {
		return fmt.Errorf("stand-in: action %s: after: %w", j.Do, err)
	}
	a.After = d
	return nil
}
