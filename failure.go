package spool

import (
	"fmt"
	"time"
)

// Kind says what is known after a request to a network did not succeed, and so
// what must follow.
type Kind int

// The kinds of failure. The zero value is the careful one.
const (
	Unsure      Kind = iota // it may have taken effect: look before anything else
	Temporary               // it did not take effect; trying again later may help
	Throttled               // it did not; the account must wait
	Credentials             // it did not; the account cannot post until a person acts
	Permanent               // it did not, and this post never will
)

// String is the kind's name in logs, metrics and the database.
func (k Kind) String() string {
	switch k {
	case Unsure:
		return "unsure"
	case Temporary:
		return "temporary"
	case Throttled:
		return "throttled"
	case Credentials:
		return "credentials"
	case Permanent:
		return "permanent"
	}
	return fmt.Sprintf("kind %d", int(k))
}

// A Failure is an error whose consequences are known. No field holds a secret.
type Failure struct {
	Op    string        // "threads: publish container"
	Kind  Kind          // the zero Kind is Unsure
	Code  string        // the network's own code, for example "24/4279009"
	Wait  time.Duration // asked for by the network; zero when it did not say
	Draft *Draft        // what is to be kept of the preparation; nil leaves it as it is
	Err   error         // the cause
}

// Error says what a person has to know first, and what the network calls it last.
func (f *Failure) Error() string {
	what := fmt.Sprintf("%s: %s", f.Op, f.Kind)
	if f.Code != "" {
		what += " " + f.Code
	}
	return fmt.Sprintf("%v [%s]", f.Err, what)
}

func (f *Failure) Unwrap() error { return f.Err }
