//go:build failpoints

package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"spool"
	"spool/alerts/gtfsrt/gtfsrttest"
	"spool/publisher/threads/threadstest"
	"spool/store"
)

// The agency of a siege. Its alerts have an account of their own on each network.
const (
	linesFeed     = "lines"
	linesUser     = "lines"
	linesHandle   = "lines.example.org"
	linesToken    = "THQVJlinestoken1234567890"
	linesPassword = "efgh-ijkl-mnop-qrst"

	lineEvery   = 4 * time.Second // another line is disturbed,
	lineChanges = 4 * time.Second // which changes after this,
	lineEnds    = 9 * time.Second // and is over after this
	lineLasting = 3               // lines are disturbed from the first to the last, so that no document is doubtful
)

// A besiegedAgency lists alerts by the clock, from when it is begun until it is calm.
type besiegedAgency struct {
	mu          sync.Mutex
	begun, calm time.Time // zero: not yet
}

func (a *besiegedAgency) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	_, _ = w.Write(gtfsrttest.Encode(now, a.at(now)))
}

// begin has the agency list alerts from now on, unless it does so already.
func (a *besiegedAgency) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.begun.IsZero() {
		a.begun = time.Now()
	}
}

// end ends all alerts but those that last.
func (a *besiegedAgency) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calm = time.Now()
}

// at is what the agency lists at a moment. Lines 1 to lineLasting are those that last.
func (a *besiegedAgency) at(now time.Time) []spool.Alert {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.begun.IsZero() {
		return nil
	}
	var out []spool.Alert
	disturbed := func(n int, effect spool.Effect, what string) {
		out = append(out, lineAlert(fmt.Sprint("line-", n), fmt.Sprint("L", n), effect, fmt.Sprintf("Line %d: %s", n, what)))
	}
	for n := range lineLasting {
		disturbed(n+1, spool.Detour, fmt.Sprintf("detour by way of street %d", n+1))
	}
	for n, begins := lineLasting+1, a.begun; a.calm.IsZero() && !begins.After(now); n, begins = n+1, begins.Add(lineEvery) {
		switch age := now.Sub(begins); {
		case age >= lineEnds:
		case age < lineChanges:
			disturbed(n, spool.SignificantDelays, fmt.Sprintf("delays at stop %d", n))
		default:
			disturbed(n, spool.NoService, fmt.Sprintf("no trains from stop %d", n))
		}
	}
	return out
}

var lineNumber = regexp.MustCompile(`(?i)\bline (\d+)`)

// lineOf is the line that a post names; 0: none.
func lineOf(text string) int {
	m := lineNumber.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1]) // digits
	return n
}

// linesComplete reports whether nothing is to come any more about alerts.
func (s *siege) linesComplete(posts []spool.Post) bool {
	for _, p := range posts {
		if !p.State.Final() && p.State != spool.Held {
			return false
		}
	}
	lasting := 0
	for _, t := range s.tracked() {
		switch n := lineOf(t.Alert.Header[0].Text); {
		case n <= lineLasting:
			lasting++
		case t.Open:
			return false
		}
		if !t.Look.IsZero() && t.Look.Before(time.Now().Add(time.Minute)) {
			return false // something is to come of its posts
		}
	}
	return s.agency.begun.IsZero() || lasting == lineLasting && s.openThreads(posts) == 0
}

// openThreads counts the live announcements of alerts that are over, but for those
// that are closed, or about which a person was asked.
func (s *siege) openThreads(posts []spool.Post) int {
	open, closed := map[string]bool{}, map[string]bool{}
	for _, p := range posts {
		thread := fmt.Sprint(p.Account, lineOf(p.Content.Text))
		switch {
		case p.State == spool.Held, p.Purpose == spool.Close && p.State == spool.Live:
			closed[thread] = true
		case p.Purpose.Heads() && p.State == spool.Live && lineOf(p.Content.Text) > lineLasting:
			open[thread] = true
		}
	}
	n := 0
	for thread := range open {
		if !closed[thread] {
			n++
		}
	}
	return n
}

func (s *siege) tracked() (all []spool.Tracked) {
	s.t.Helper()
	s.read(func(db *store.DB) {
		var err error
		all, err = db.TrackedAlerts(context.Background(), linesFeed, time.Time{})
		s.must(err)
	})
	return all
}

// verdictOnLines looks at what riders see on a network: each alert in one thread,
// with at most one update, closed if it is over and open if it lasts, unless a person
// was asked about it.
func (s *siege) verdictOnLines(h *house, posts []spool.Post) {
	s.t.Helper()
	asked, live := map[int]string{}, map[int]bool{}
	for _, p := range posts {
		switch {
		case p.Account != linesUser+"-"+h.name:
		case p.State == spool.Held:
			asked[lineOf(p.Content.Text)] = p.Reason
		case p.State == spool.Live && p.Purpose.Heads():
			live[lineOf(p.Content.Text)] = true
		}
	}
	threads := s.lineThreads(h)
	closed := 0
	for n, thread := range threads {
		over := n > lineLasting
		ends := slices.IndexFunc(thread, func(text string) bool { return strings.HasPrefix(text, "Ended") })
		if ends >= 0 {
			closed++
		}
		switch {
		case ends >= 0 && !over:
			s.t.Errorf("%s: riders read that line %d is as usual, and it is not: %q", h.name, n, thread)
		case over && ends < 0 && asked[n] == "":
			s.t.Errorf("OPEN on %s: line %d is over: %q", h.name, n, thread)
		case len(thread) > 3, len(thread) == 3 && ends < 0, ends >= 0 && ends != len(thread)-1:
			s.t.Errorf("DOUBLED or out of order on %s: %q", h.name, thread)
		}
	}
	for n := 0; n < lineLasting && !s.agency.begun.IsZero(); n++ {
		live[n+1] = true // or it is to be
	}
	for n := range live {
		if threads[n] == nil && asked[n] == "" {
			s.t.Errorf("LOST on %s: nothing is seen of line %d", h.name, n)
		}
	}
	s.t.Logf("%s: %d threads about lines, %d of them closed, %d held for a person", h.name, len(threads), closed, len(asked))
}

// lineThreads are the threads that riders see on a network, oldest post first. Two
// that are about the same alert are an error, and so is a reply that is not in its thread.
func (s *siege) lineThreads(h *house) map[int][]string {
	s.t.Helper()
	threads, heads := map[int][]string{}, map[string]int{}
	for _, p := range slices.Backward(h.alerts()) {
		n := lineOf(p.Text)
		switch head, known := heads[p.ReplyTo]; {
		case p.ReplyTo == "" && threads[n] != nil:
			s.t.Errorf("DOUBLED on %s: line %d has a second thread: %q", h.name, n, firstLine(p.Text))
		case p.ReplyTo == "":
			heads[p.ID] = n
		case !known || head != n:
			s.t.Errorf("WRONG THREAD on %s: %q answers a post about line %d", h.name, firstLine(p.Text), head)
		}
		threads[n] = append(threads[n], firstLine(p.Text))
	}
	return threads
}

// announced lets the program run until riders on Threads read of a line, and returns
// the post.
func (s *siege) announced(line int) sightedPost {
	s.t.Helper()
	var seen sightedPost
	cmd := s.run("")
	for deadline := time.Now().Add(20 * time.Second); seen.ID == "" && time.Now().Before(deadline); {
		<-time.After(100 * time.Millisecond) // a real process is watched
		for _, p := range s.houses[0].alerts() {
			if lineOf(p.Text) == line {
				seen = p
			}
		}
	}
	s.wait(cmd, 0, syscall.SIGTERM)
	if seen.ID == "" {
		s.t.Fatalf("nothing is seen of line %d", line)
	}
	return seen
}

// forHead prepares what is asked of a head: an alert that is announced is going to
// change, and, if it is to be gone, somebody takes the post away meanwhile.
func (s *siege) forHead(net *threadstest.Server, gone bool) {
	s.t.Helper()
	s.agency.begin()
	p := s.announced(lineLasting + 1)
	if gone && !net.DeletePost(p.ID) {
		s.t.Fatalf("post %s cannot be taken away", p.ID)
	}
}
