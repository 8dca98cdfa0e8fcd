package scheduler

import (
	"context"
	"regexp"
	"slices"
	"testing"
	"time"

	"spool"
	"spool/publisher"
)

var daysLeft = regexp.MustCompile(`expire soon.*days_left=(\d+)`)

// warned are the days that people were told are left.
func (r *rig) warned() []string {
	var all []string
	for _, m := range daysLeft.FindAllStringSubmatch(r.log.String(), -1) {
		all = append(all, m[1])
	}
	return all
}

// Credentials that nobody renews: a person is told 30, 14, 7 and 2 days before
// they end, once each, whatever comes in between; and the account posts until then.
func TestAPersonIsToldBeforeCredentialsExpire(t *testing.T) {
	takesLong(t)
	onRig(t, func(t *testing.T, r *rig) {
		end := r.now().Add(45 * day)
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			switch n := r.net.count("keep"); {
			case r.now().After(end):
				return publisher.Credential{}, fail(spool.Credentials, 0)
			case n%7 == 3: // a blip
				return publisher.Credential{}, fail(spool.Kind(n/7%3), time.Minute)
			}
			return publisher.Credential{Expires: end}, nil
		}
		r.record(spool.Post{ID: "first"})
		for range 40 {
			r.lively(12 * time.Hour)
			r.Replace(r.plan) // as a reload does
			r.lively(12 * time.Hour)
		}
		r.record(spool.Post{ID: "late"})
		r.lively(day)
		r.wantState("late", spool.Live)
		if !r.state().Expires.Equal(end.Truncate(time.Millisecond)) || r.state().Stopped != "" {
			t.Errorf("the account is %+v", r.state())
		}
		r.lively(4 * day)
		if got := r.warned(); !slices.Equal(got, []string{"30", "14", "7", "2"}) {
			t.Errorf("told at %v days", got)
		}
		r.lively(day)
		if r.state().Stopped == "" {
			t.Error("the account goes on with credentials that the network refuses")
		}
	})
}

// Credentials that are renewed in time are nothing to tell of; when renewing fails
// from some day on, the count begins anew.
func TestCredentialsThatAreRenewedAgain(t *testing.T) {
	takesLong(t)
	onRig(t, func(t *testing.T, r *rig) {
		begun := r.now()
		end := begun.Add(20 * day)
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			if r.now().Sub(begun) > 10*day && r.now().Sub(begun) < 11*day {
				end = r.now().Add(60 * day)
			}
			return publisher.Credential{Expires: end}, nil
		}
		r.lively(90 * day)
		if got := r.warned(); !slices.Equal(got, []string{"20", "14", "30", "14", "7", "2"}) {
			t.Errorf("told at %v days", got)
		}
	})
}

// What the network's package says itself is not said twice.
func TestANetworkThatWarnsItself(t *testing.T) {
	onRig(t, func(t *testing.T, r *rig) {
		r.net.keep = func(context.Context) (publisher.Credential, error) {
			return publisher.Credential{Expires: r.now().Add(13 * day), Warning: "it ends soon"}, nil
		}
		r.run(3 * time.Hour)
		if got := r.warned(); got != nil {
			t.Errorf("told at %v days", got)
		}
	})
}

// lively gives the account its turns for so long, every half hour.
func (r *rig) lively(d time.Duration) {
	r.t.Helper()
	for range d / (30 * time.Minute) {
		r.turns()
		pass(30 * time.Minute)
	}
}
