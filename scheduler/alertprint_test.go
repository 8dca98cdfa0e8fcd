package scheduler

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"spool"
	"spool/alerts"
	"spool/feeds"
)

// A ticker reads documents of a stamp and a headline, and counts them.
type ticker struct{ reads atomic.Int64 }

func (k *ticker) Read(doc alerts.Document) (alerts.Reading, error) {
	k.reads.Add(1)
	stamp, words, _ := strings.Cut(string(doc.Body), " ")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	return alerts.Reading{
		Format: "ticker", Stamp: time.Unix(seconds, 0).UTC(), Digest: words, Print: alerts.PrintText(doc, 0),
		Alerts:  []spool.Alert{{ID: words, Effect: spool.NoService, Severity: spool.Severe, Header: spool.Texts{{Text: words}}}},
		Skipped: []string{"one entry"}, Notes: []string{"a repair"},
	}, err
}

// A document that differs from the last one in its stamp alone is not read again, and
// is not taken for an old one; what else is in it, and another process, make it be read.
func TestOnlyTheStampIsAnother(t *testing.T) {
	onAgency(t, []string{"a"}, nil, func(t *testing.T, a *agency) {
		k, words := new(ticker), "Ferry: no sailings"
		a.Alerts = k
		a.web.fetch = func(_ context.Context, s feeds.Source) (feeds.Result, error) {
			body := []byte(strconv.FormatInt(a.now().Unix(), 10) + " " + words)
			return feeds.Result{Raw: &feeds.Raw{Body: body, URL: s.URL}, BodyHash: digestOf(body), Status: 200}, nil
		}
		reads := func(want int64, when string) {
			t.Helper()
			if got := k.reads.Load(); got != want {
				t.Errorf("%s: read %d times, want %d", when, got, want)
			}
		}
		a.minutes(60)
		settled := k.reads.Load()
		words = stopped
		a.minutes(45)
		after := k.reads.Load()
		if after < settled+1 || after > settled+6 { // what is missing is counted
			t.Errorf("read %d times for one change", after-settled)
		}
		a.minutes(90)
		reads(after, "an hour and a half later")
		m := a.feed("line").Memory
		if n := alertNotesOf(m); a.now().Sub(n.Stamp) > 2*time.Minute || n.Doubt != "" {
			t.Errorf("the last stamp is of %s: %s", n.Stamp, n.Doubt)
		}
		if len(m.Skipped) != 1 || len(m.Repairs) != 1 {
			t.Errorf("what was said of the document is forgotten: %q, %q", m.Skipped, m.Repairs)
		}
		a.anew()
		a.Alerts = k
		a.minutes(5)
		reads(after+1, "in another process")
		a.sees("a", "announce: Ferry: no sailings", "announce: "+stopped, "close: Ferry: no sailings <1")
	})
}
