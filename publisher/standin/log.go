package standin

import (
	"net/http"
	"slices"
	"time"
)

// maxRequests bounds the log.
const maxRequests = 10000

// A Line is what the log of requests says on every network. A network's Request
// embeds it, fills in Path and adds its own; a log holds no secret.
type Line[O ~string] struct {
	Serial int       `json:"serial"` // from 1
	Time   time.Time `json:"time"`
	Op     O         `json:"op"`
	Method string    `json:"method"`
	Path   string    `json:"path"` // as it was sent, but for secrets
	User   string    `json:"user,omitempty"`
	Fault  string    `json:"fault,omitempty"`  // what the plan did to it
	Status int       `json:"status,omitempty"` // 0: not answered, or not yet
}

// Requests returns the latest requests, oldest first.
func (d *Desk[O, C, R]) Requests() []R {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.requests)
}

// note adds a request to the log and returns the line's serial number. The mutex is
// held.
func (d *Desk[O, C, R]) note(r *http.Request, c C, t Target[O], a Action, now time.Time) int {
	d.serial++
	request := d.net.Note(r, c)
	l := d.net.Line(&request)
	l.Serial, l.Time, l.Op, l.Method, l.User, l.Fault = d.serial, now, t.Op, t.Method, t.User, a.Do
	if len(d.requests) >= maxRequests {
		d.requests = slices.Delete(d.requests, 0, maxRequests/10)
	}
	d.requests = append(d.requests, request)
	return d.serial
}

// answered notes the status that a request got.
func (d *Desk[O, C, R]) answered(serial, status int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := serial - d.serial + len(d.requests) - 1
	if i < 0 {
		return
	}
	r := &d.requests[i]
	d.net.Line(r).Status = status
	if d.net.Answered != nil {
		d.net.Answered(r)
	}
}
