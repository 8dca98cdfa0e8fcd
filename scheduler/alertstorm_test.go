package scheduler

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/alerts"
)

// phases is how many lines of what readers see begin with a word.
func (a *agency) phases(account, phase string) int {
	n := 0
	for _, line := range a.boards[account].thread() {
		if strings.HasPrefix(line, phase+":") {
			n++
		}
	}
	return n
}

// When much happens at once, the most of it is told by one post, which is kept up to
// date and closed. What turns severe leaves it, and has a post of its own.
func TestAStorm(t *testing.T) {
	storm := func(p *alerts.Policy) { p.DigestAbove, p.DigestWithin = 3, 30*time.Minute }
	onAgency(t, []string{"a", "b"}, storm, func(t *testing.T, a *agency) {
		ids := make([]string, 12)
		for i := range ids {
			ids[i] = fmt.Sprint("bus", i)
			a.list(ids[i], fmt.Sprintf("Bus %d: detour", i))
		}
		a.minutes(5)
		if a.phases("a", "announce") != 3 || a.phases("a", "digest") != 1 || len(a.boards["b"].thread()) != 4 {
			t.Errorf("readers see %q\n%s", a.boards["a"].thread(), a.tail())
		}
		a.balanced()
		summed := ""
		for i := range ids {
			if header := fmt.Sprintf("Bus %d: detour", i); a.fatesOf(header) == "a summed; b summed" {
				summed = header
			}
		}
		if summed == "" || a.verdicts("line", "a")[spool.Summed] != 9 {
			t.Fatalf("%q; the ledger says %v", summed, a.verdicts("line", "a"))
		}
		id := "bus" + strings.TrimSuffix(strings.TrimPrefix(summed, "Bus "), ": detour")
		a.list(id, "Bus of "+id+": no service", severe)
		a.minutes(15)
		if got := a.fatesOf("Bus of " + id + ": no service"); !strings.Contains(got, "a post") || !strings.Contains(got, "b post") {
			t.Errorf("fates: %s\n%q", got, a.boards["a"].thread())
		}
		a.balanced()
		a.unlist(ids...)
		a.minutes(60)
		for _, name := range []string{"a", "b"} {
			if heads := a.phases(name, "announce") + a.phases(name, "digest"); heads != 5 || a.phases(name, "close") != heads {
				t.Errorf("account %s: %d heads, %d closings: %q", name, heads, a.phases(name, "close"), a.boards[name].thread())
			}
		}
	})
}

// A storm on an account that is down leads to what is the case when it is up again.
func TestAStormOnAnAccountThatIsDown(t *testing.T) {
	takesLong(t)
	storm := func(p *alerts.Policy) { p.DigestAbove, p.DigestWithin = 3, 30*time.Minute }
	onAgency(t, []string{"a"}, storm, func(t *testing.T, a *agency) {
		down := true
		a.boards["a"].fault = func(string, spool.Post) (bool, error) {
			if down {
				return false, fail(spool.Temporary, 0)
			}
			return true, nil
		}
		ids := make([]string, 10)
		for i := range ids {
			ids[i] = fmt.Sprint("bus", i)
			a.list(ids[i], fmt.Sprintf("Bus %d: detour", i))
		}
		a.minutes(20)
		a.unlist(ids[:6]...)
		a.minutes(30)
		down = false
		a.minutes(62)
		seen := strings.Join(a.boards["a"].thread(), "\n")
		for i, id := range ids {
			if told := strings.Contains(seen, fmt.Sprintf("Bus %d:", i)); told && i < 6 {
				t.Errorf("%s is told though it is over:\n%s", id, seen)
			}
		}
		if seen == "" || strings.Contains(seen, "close") {
			t.Errorf("readers see\n%s\n%s", seen, a.tail())
		}
		a.unlist(ids...)
		a.minutes(40)
		if heads := a.phases("a", "announce") + a.phases("a", "digest"); a.phases("a", "close") != heads {
			t.Errorf("readers see %q", a.boards["a"].thread())
		}
	})
}

// What was taken down is not told by a digest either.
func TestADigestWithoutWhatWasTakenDown(t *testing.T) {
	storm := func(p *alerts.Policy) { p.DigestAbove, p.DigestWithin, p.Debounce = 1, 30*time.Minute, 4*time.Minute }
	onAgency(t, []string{"a"}, storm, func(t *testing.T, a *agency) {
		for i := range 4 {
			a.list(fmt.Sprint("bus", i), fmt.Sprintf("Bus %d: detour", i))
		}
		a.minutes(2)
		book, err := a.db.TrackedAlerts(t.Context(), "line", a.now())
		if err != nil {
			t.Fatal(err)
		}
		gone := ""
		for _, tracked := range book {
			if tracked.Alert.ID == "bus2" {
				gone = tracked.Item
				a.takeDownItem(spool.Post{Item: gone})
			}
		}
		a.minutes(8)
		if a.phases("a", "announce") != 1 || a.phases("a", "digest") != 1 {
			t.Errorf("readers see %q\n%s", a.boards["a"].thread(), a.tail())
		}
		book, err = a.db.TrackedAlerts(t.Context(), "line", a.now())
		if err != nil || gone == "" {
			t.Fatal(gone, err)
		}
		for _, tracked := range book {
			if slices.Contains(tracked.Alert.Members, gone) {
				t.Error("the digest tells what was taken down")
			}
		}
	})
}
