package scheduler

import (
	"context"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/store"
)

// heads are the posts at the heads of threads on an account, the oldest first.
func (a *agency) posts(account string, purpose spool.Purpose) []spool.Post {
	a.t.Helper()
	all, err := a.db.Posts(a.t.Context(), store.Filter{Account: account})
	if err != nil {
		a.t.Fatal(err)
	}
	var found []spool.Post
	for _, p := range all {
		if p.Purpose == purpose {
			found = append(found, p)
		}
	}
	return found
}

// An answer waits while nobody can say whether its head still stands, and goes out then.
func TestAHeadThatNobodyCanSeeForAWhile(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.list("1", stopped, severe)
		a.minutes(12)
		blind := true
		a.boards["a"].fault = func(op string, _ spool.Post) (bool, error) {
			if op == "stands" && blind {
				return false, fail(spool.Unsure, 0)
			}
			return true, nil
		}
		a.list("1", delayed)
		a.minutes(5)
		a.sees("a", "announce: "+stopped)
		if waiting := a.posts("a", spool.Update); len(waiting) != 1 || waiting[0].State != spool.Waiting {
			t.Errorf("%+v", waiting)
		}
		blind = false
		a.minutes(10)
		a.sees("a", "announce: "+stopped, "update: "+delayed+" <1")
	})
}

// A network that can never tell is taken at its word, and the answer goes out.
func TestANetworkThatCannotTellWhetherAHeadStands(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		a.boards["a"].fault = func(op string, _ spool.Post) (bool, error) {
			if op == "stands" {
				return false, fail(spool.Permanent, 0)
			}
			return true, nil
		}
		a.list("1", stopped, severe)
		a.minutes(12)
		a.list("1", delayed)
		a.minutes(3)
		a.sees("a", "announce: "+stopped, "update: "+delayed+" <1")
	})
}

// A head that a person has tried again, while another one took its place, makes no
// second thread.
func TestTwoHeadsOfOneAlert(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		refuse := true
		a.boards["a"].fault = func(op string, _ spool.Post) (bool, error) {
			if op == "publish" && refuse {
				return false, fail(spool.Permanent, 0)
			}
			return true, nil
		}
		a.list("1", stopped, severe)
		a.minutes(2)
		failed := a.posts("a", spool.Announce)
		refuse = false
		a.list("1", delayed)
		a.minutes(15)
		a.sees("a", "announce: "+delayed)
		if len(failed) != 1 {
			t.Fatal(failed)
		}
		if _, err := a.db.Steer(t.Context(), failed[0].ID, spool.Event{What: spool.Retried, Who: "ana"}, spool.Rules{}); err != nil {
			t.Fatal(err)
		}
		a.minutes(5)
		a.sees("a", "announce: "+delayed)
		if p := a.post(failed[0].ID); p.State != spool.Dropped {
			t.Errorf("the other one is %s: %s", p.State, p.Reason)
		}
	})
}

// While nobody knows whether a head is live, nothing else is posted about the alert;
// once that is known, one update says what is the case then.
func TestAHeadInDoubt(t *testing.T) {
	takesLong(t)
	for name, lives := range map[string]bool{"it was live": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
				first, known := true, false
				b := a.boards["a"]
				b.fault = func(op string, _ spool.Post) (bool, error) {
					if op == "publish" && first {
						first = false
						return lives, fail(spool.Unsure, 0)
					}
					return true, nil
				}
				acct := a.plan0.Accounts["a"]
				acct.Publisher = blindfold{b, &known}
				a.plan0.Accounts["a"] = acct
				a.Replace(a.plan0)
				a.list("1", stopped, severe)
				a.minutes(5)
				a.list("1", delayed)
				a.minutes(5)
				known = true
				a.minutes(20)
				if lives {
					a.sees("a", "announce: "+stopped, "update: "+delayed+" <1")
				} else if got := strings.Join(b.thread(), " "); strings.Count(got, "announce") != 1 || !strings.Contains(got, delayed) {
					t.Errorf("readers see %q\n%s", got, a.tail())
				}
				a.unlist("1")
				a.minutes(20)
				if got := strings.Join(b.thread(), " "); strings.Count(got, "close") != 1 {
					t.Errorf("readers see %q\n%s", got, a.tail())
				}
			})
		})
	}
}

// A draft that was made of words that are old by now is not sent: what is the case is
// announced in its place.
func TestADraftThatWasOvertaken(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		ready := false
		acct := a.plan0.Accounts["a"]
		acct.Publisher = drafts{a.boards["a"], &ready}
		a.plan0.Accounts["a"] = acct
		a.Replace(a.plan0)
		a.list("1", stopped, severe)
		a.minutes(3)
		a.list("1", delayed)
		a.minutes(3)
		ready = true
		a.minutes(15)
		if got := strings.Join(a.boards["a"].thread(), " "); strings.Count(got, "announce") != 1 || !strings.Contains(got, delayed) {
			t.Errorf("readers see %q\n%s", got, a.tail())
		}
	})
}

// drafts is a board that wants posts prepared, which is not done before it is ready.
type drafts struct {
	*board
	ready *bool
}

func (d drafts) Prepare(context.Context, spool.Post) (spool.Draft, error) {
	if !*d.ready {
		return spool.Draft{State: "being made", Wait: 20 * time.Second}, nil
	}
	return spool.Draft{State: "made", Ready: true}, nil
}

// What becomes of a thread when its alert is over, where the network can do it.
func TestHowAlertsEnd(t *testing.T) {
	takesLong(t)
	tests := map[string]struct {
		how  alerts.OnEnd
		want []string
	}{
		"answered":    {alerts.EndReply, []string{"announce: " + stopped, "update: " + delayed + " <1", "close: " + delayed + " <1"}},
		"edited":      {alerts.EndEdit, []string{"close: " + delayed, "update: " + delayed + " <1"}},
		"taken away":  {alerts.EndDelete, nil},
		"nothing":     {alerts.EndNothing, []string{"announce: " + stopped, "update: " + delayed + " <1"}},
		"by its time": {alerts.EndReply, []string{"announce: " + stopped, "update: " + delayed + " <1", "close: " + delayed + " <1"}},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			onAgency(t, []string{"a"}, func(p *alerts.Policy) { p.OnEnd = c.how }, func(t *testing.T, a *agency) {
				end := a.now().Add(24 * time.Minute)
				a.list("1", stopped, severe, until(end))
				a.minutes(2)
				a.list("1", delayed, until(end))
				a.minutes(15)
				if name != "by its time" {
					a.unlist("1")
				}
				a.minutes(20)
				a.sees("a", c.want...)
			})
		})
	}
}

// What waits for the end of quiet hours does not when it becomes severe.
func TestAnAlertThatBecomesSevereWhileItWaits(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		acct := a.plan0.Accounts["a"]
		acct.Pace.Quiet = []Window{{From: 0, To: 8 * 60}}
		a.plan0.Accounts["a"] = acct
		a.Replace(a.plan0)
		a.list("1", delayed)
		a.minutes(3)
		a.sees("a")
		a.list("1", stopped, severe)
		a.minutes(2)
		a.sees("a", "announce: "+stopped)
	})
}

// A post that is sent between the moment at which a poll looks at it and the one at
// which the poll is recorded has the words of before, and is followed up all the same.
func TestAnAlertThatChangesTooLate(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		acct := a.plan0.Accounts["a"]
		acct.Pace.Quiet = []Window{{From: 0, To: 8 * 60}}
		a.plan0.Accounts["a"] = acct
		a.Replace(a.plan0)
		a.list("1", delayed)
		a.minutes(3)
		waiting := a.posts("a", spool.Announce)
		if len(waiting) != 1 || waiting[0].State != spool.Waiting {
			t.Fatal(waiting)
		}
		once := true
		a.FailPoint = func(name string) {
			if name == "feed decided" && once {
				once = false
				if _, err := a.db.Steer(t.Context(), waiting[0].ID, spool.Event{What: spool.Began}, spool.Rules{}); err != nil {
					t.Error(err)
				}
			}
		}
		acct.Pace.Quiet = nil
		a.plan0.Accounts["a"] = acct
		a.Replace(a.plan0)
		a.list("1", delayed2)
		a.minutes(25)
		if once {
			t.Error("the poll was not met")
		}
		a.sees("a", "announce: "+delayed, "update: "+delayed2+" <1")
	})
}
