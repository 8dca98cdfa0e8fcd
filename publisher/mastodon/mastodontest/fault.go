package mastodontest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"time"
)

// A Rule says which requests an [Action] befalls. A field left out matches all.
// The first rule of the plan that matches and is not used up decides.
type Rule struct {
	Op     Op     `json:"op,omitempty"`
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"` // pattern of path.Match: "/api/v1/statuses"
	User   string `json:"user,omitempty"` // the account's name

	Nth   int `json:"nth,omitempty"`   // only the nth request that matches, from 1
	From  int `json:"from,omitempty"`  // only from the nth on
	Times int `json:"times,omitempty"` // at most so often

	Probability float64 `json:"probability,omitempty"` // 0: always; the dice are seeded by Options.Seed

	Action Action `json:"action"`
}

// armed is a rule with its counters.
type armed struct {
	Rule
	seen, used int
}

// Plan replaces the plan of faults; without rules nothing goes wrong.
func (s *Server) Plan(rules ...Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = nil
	for _, r := range rules {
		s.plan = append(s.plan, &armed{Rule: r})
	}
}

// fault picks what befalls a request.
func (s *Server) fault(c *call) Action {
	var act Action
	for _, a := range s.plan {
		if !a.matches(c) {
			continue
		}
		a.seen++
		if act.Do == "" && a.fires(s.dice.Float64) {
			a.used++
			act = a.Action
		}
	}
	return act
}

func (r Rule) matches(c *call) bool {
	if r.Path != "" {
		if ok, err := path.Match(r.Path, c.path); err != nil || !ok {
			return false
		}
	}
	return (r.Op == "" || r.Op == c.op) && (r.Method == "" || r.Method == c.method) && (r.User == "" || r.User == c.owner)
}

func (a *armed) fires(roll func() float64) bool {
	switch {
	case a.Nth > 0 && a.seen != a.Nth, a.seen < a.From, a.Times > 0 && a.used >= a.Times:
		return false
	}
	return a.Probability <= 0 || roll() < a.Probability
}

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
// below.
type Action struct {
	Do      string            // empty: nothing goes wrong
	Effect  bool              // the request takes effect all the same
	Status  int               // of the answer; of "late" 0: the connection is cut
	Body    string            // of the answer; empty: an error that suits the status
	Headers map[string]string // of the answer
	After   time.Duration     // of delay, late, slow_body and throttle
	Hang    bool              // of "late": no answer until the client gives up
}

// Status answers in place of the network; the request has no effect.
func Status(code int, body string) Action { return Action{Do: doStatus, Status: code, Body: body} }

// Error answers with an error as instances send it; the request has no effect.
func Error(status int, message string) Action { return Status(status, ErrorBody(message)) }

// Throttle is HTTP 429 with the moment at which the limit is lifted; no effect.
func Throttle(wait time.Duration) Action {
	return Action{Do: doThrottle, Status: http.StatusTooManyRequests, Body: ErrorBody("Too many requests"), After: wait}
}

// Delay does all as usual after a while.
func Delay(d time.Duration) Action { return Action{Do: doDelay, After: d} }

// Refuse fails before a byte is sent, as if nobody listened. Only
// [Server.Transport] can do it; over HTTP it is [DropBefore].
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

// AllFaults lists the accidents that a client must live with, before and after
// the effect. Late effects come after late; keep it below the client's grace.
func AllFaults(late time.Duration) []Fault {
	return []Fault{
		{"refuse", Refuse()},
		{"drop before", DropBefore()},
		{"commit then drop", CommitThenDrop()},
		{"500", Status(http.StatusInternalServerError, "")},
		{"commit then 500", CommitThenStatus(http.StatusInternalServerError, "")},
		{"502 html", Status(http.StatusBadGateway, "<html>")},
		{"commit then 504 html", CommitThenStatus(http.StatusGatewayTimeout, "<html>")},
		{"503", Status(http.StatusServiceUnavailable, "")},
		{"commit then 403 html", CommitThenStatus(http.StatusForbidden, "<html>")},
		{"throttle", Throttle(30 * time.Second)},
		{"commit late, cut", CommitLate(late)},
		{"commit late, 500", CommitLateStatus(late, http.StatusInternalServerError, "")},
		{"commit late, hang", CommitLateHang(late)},
		{"garbage", Garbage()},
		{"garbage before", Garbage().WithoutEffect()},
		{"truncated", Truncated()},
		{"empty", CommitThenStatus(http.StatusOK, " ")},
		{"slow body", SlowBody(late)},
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
		return fmt.Errorf("mastodontest: unknown action %q", j.Do)
	}
	if j.After == "" {
		return nil
	}
	d, err := time.ParseDuration(j.After)
	if err != nil {
		return fmt.Errorf("mastodontest: action %s: after: %w", j.Do, err)
	}
	a.After = d
	return nil
}
