//go:build failpoints

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"spool"
	"spool/feeds/feedstest"
	"spool/publisher/threads/threadstest"
	"spool/store"
	"spool/store/storetest"
)

// failPoints are the names of all steps at which the program can be made to
// end itself.
func failPoints() []string {
	return []string{
		"feed claimed", "feed fetched", "feed decided", "feed ingested",
		"account claimed", "unfinished settled", "draft answered", "draft saved",
		"post began", "post answered", "post saved", "refusal saved",
		"look answered", "look saved", "account done",
		"pictures answered", "pictures saved", "takedown recorded",
		"head answered", "head saved",
	}
}

// Every third story is long: it goes on in replies. Mastodon gets their pictures. The
// values are the database, the networks and the publisher.
const crashConfig = `
database: %[1]s
server: {listen: ""}
fetch: {allow_networks: [127.0.0.0/8]}
accounts:
  threads: {network: threads, base_url: "%[2]s", token: ` + stageToken + crashLimits + `
  mastodon: {network: mastodon, base_url: "%[3]s", token: ` + ensembleToken + crashLimits + `
  bluesky: {network: bluesky, base_url: "%[4]s", handle: ` + ensembleHandle + `, app_password: ` + ensemblePassword + crashLimits + `
  webhook: {network: webhook, base_url: "%[5]s/hooks/desk", secret: ` + ensembleSecret + crashLimits + `
  lines-threads: {network: threads, base_url: "%[2]s", token: ` + linesToken + crashLimits + `
  lines-mastodon: {network: mastodon, base_url: "%[3]s", token: ` + linesToken + crashLimits + `
  lines-bluesky: {network: bluesky, base_url: "%[4]s", handle: ` + linesHandle + `, app_password: ` + linesPassword + crashLimits + `
  lines-webhook: {network: webhook, base_url: "%[5]s/hooks/lines", secret: ` + ensembleSecret + crashLimits + `
feeds:
  city:
    url: %[6]s/feeds/city.rss
    schedule: "@every 1s"
    accounts: [threads, mastodon, bluesky, webhook]
    first_run: all
    settle: 0s
    max_age: 0s
    burst: 0
    duplicates: post
    post: {image: none, text: "{{ .Title }}\n\n{{ .Summary }}", chain: 4, networks: {mastodon: {image: first}}}
  lines:
    url: %[6]s/alerts.pb
    kind: gtfs-rt
    schedule: "@every 1s"
    accounts: [lines-threads, lines-mastodon, lines-bluesky, lines-webhook]
    first_run: all
    alerts: {update_every: 1s, gone_after: {fetches: 1, time: 0s}, digest: {above: 0}}
`

const crashLimits = `, limits: {spacing: 0s, per_day: 0, reserve: 0}, grace: 3s, deadline: 0s}`

// A siege is the real program, killed again and again, between stand-ins that
// outlive it.
type siege struct {
	t       *testing.T
	room    *feedstest.Publisher
	houses  []*house
	net     *threadstest.Server
	agency  *besiegedAgency
	program string
	config  string
	dice    *rand.Rand
	site    string // of the publisher
	titles  []string
	long    map[string]bool // the titles of stories that go on in replies
	gone    map[string]bool // of stories that were taken down
	kills   int
	log     *os.File
}

// kills is how often the program is killed: $SPOOL_KILLS, or a few.
func siegeKills(t *testing.T) int {
	text := os.Getenv("SPOOL_KILLS")
	if text == "" {
		return 40
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("SPOOL_KILLS: %v", err)
	}
	return n
}

func newSiege(t *testing.T, program, database string) *siege {
	t.Helper()
	dir := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	s := &siege{t: t, dice: rand.New(rand.NewPCG(seed, 1)), config: filepath.Join(dir, "config.yaml"), program: program}
	s.room, s.long, s.gone = feedstest.New(feedstest.Options{}), map[string]bool{}, map[string]bool{}
	s.agency = &besiegedAgency{}
	mux := http.NewServeMux()
	mux.Handle("/", s.room.Handler())
	mux.Handle("/alerts.pb", s.agency)
	feed := httptest.NewServer(mux)
	t.Cleanup(feed.Close)
	s.site = feed.URL
	if database == "" {
		database = filepath.Join(dir, "spool.db")
	}
	places := []any{database}
	for _, h := range s.build(seed) {
		api := httptest.NewServer(h.handler)
		t.Cleanup(func() { api.CloseClientConnections(); api.Close() })
		places = append(places, api.URL)
		s.houses = append(s.houses, h)
	}
	if err := os.WriteFile(s.config, []byte(fmt.Sprintf(crashConfig, append(places, feed.URL)...)), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			s.showLog()
		}
		if err := s.log.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *siege) showLog() {
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		s.t.Log(err)
		return
	}
	lines := strings.Split(string(text), "\n")
	s.t.Logf("the end of the log:\n%s", strings.Join(lines[max(len(lines)-60, 0):], "\n"))
}

// buildProgram builds the real program with its fail points.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "spool")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "failpoints", "-o", path, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// run starts the program. It ends by itself at the fail point, if one is named.
func (s *siege) run(failPoint string) *exec.Cmd {
	s.t.Helper()
	cmd := exec.CommandContext(context.Background(), s.program, "run", "--config", s.config, "--log-format", "json")
	cmd.Env = append(os.Environ(), "SPOOL_FAILPOINT="+failPoint)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return cmd
}

// publish adds some stories, unless there is enough to do.
func (s *siege) publish() {
	fewest := len(s.titles)
	for _, h := range s.houses {
		fewest = min(fewest, len(h.titles()))
	}
	if len(s.titles)-fewest > 8 {
		return
	}
	for range 1 + s.dice.IntN(3) {
		n := len(s.titles) + 1
		title := fmt.Sprintf("Story %d of the city", n)
		article := feedstest.Article{GUID: guidOf(n), Title: title, Image: feedstest.Picture(guidOf(n))}
		if n%3 == 0 {
			s.long[title] = true
			article.Summary = strings.Repeat(fmt.Sprintf("What is known of story %d is told at length, and then some more. ", n), 16)
		}
		s.room.Add("city", article)
		s.titles = append(s.titles, title)
	}
}

func guidOf(n int) string { return fmt.Sprintf("story-%d", n) }

// only leaves one account to the feed. It is to be called before anything is run.
func (s *siege) only(account string) {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	s.must(err)
	all := []byte("accounts: [threads, mastodon, bluesky, webhook]")
	if !bytes.Contains(text, all) {
		s.t.Fatal("the feed has other accounts")
	}
	s.must(os.WriteFile(s.config, bytes.Replace(text, all, []byte("accounts: ["+account+"]"), 1), 0o600))
	s.houses = slices.DeleteFunc(s.houses, func(h *house) bool { return h.name != account })
}

// takeDown has the nth story taken down.
func (s *siege) takeDown(n int) {
	s.t.Helper()
	s.gone[s.titles[n-1]] = true
	cmd := exec.CommandContext(s.t.Context(), s.program, "items", "takedown", s.site+"/articles/"+guidOf(n), "--yes", "--as", "anna", "--config", s.config)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Errorf("takedown: %v\n%s", err, out)
	}
}

// disturb lets requests to every network fail at random, before and after their
// effect, and turns a knob of each.
func (s *siege) disturb() {
	for _, h := range s.houses {
		h.disturb()
	}
}

// calm ends that.
func (s *siege) calm() {
	for _, h := range s.houses {
		h.calm()
	}
}

// round kills the program once: at a fail point, at random, or by SIGTERM.
func (s *siege) round(i int) {
	s.agency.begin()
	s.publish()
	s.disturb()
	points := failPoints()
	switch {
	case i%3 == 0: // by name
		cmd := s.run(fmt.Sprintf("%s:%d", points[i/3%len(points)], 1+s.dice.IntN(2)))
		s.wait(cmd, 2500*time.Millisecond, syscall.SIGKILL)
	case i%7 == 0:
		cmd := s.run("")
		s.wait(cmd, s.moment(), syscall.SIGTERM)
	default:
		cmd := s.run("")
		s.wait(cmd, s.moment(), syscall.SIGKILL)
	}
	s.kills++
}

func (s *siege) moment() time.Duration {
	return 20*time.Millisecond + time.Duration(s.dice.IntN(2000))*time.Millisecond
}

// watch tells when a process has ended, and how.
func watch(cmd *exec.Cmd) <-chan *os.ProcessState {
	ended := make(chan *os.ProcessState, 1)
	go func() {
		_ = cmd.Wait() // the state says it all
		ended <- cmd.ProcessState
	}()
	return ended
}

// wait lets the program run for at most d, and then sends it the signal.
func (s *siege) wait(cmd *exec.Cmd, d time.Duration, signal syscall.Signal) {
	s.t.Helper()
	ended := watch(cmd)
	select {
	case <-ended:
		return
	case <-time.After(d):
	}
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	select {
	case state := <-ended:
		if signal == syscall.SIGTERM && !state.Success() {
			s.t.Errorf("SIGTERM: %v", state)
		}
	case <-time.After(10 * time.Second):
		s.t.Errorf("still running ten seconds after %v", signal)
		_ = cmd.Process.Kill()
		<-ended
	}
}

// settle lets the program run undisturbed until readers see every story, or
// nothing changes any more.
func (s *siege) settle(procs int) {
	s.calm()
	s.agency.end()
	var cmds []*exec.Cmd
	for range procs {
		cmds = append(cmds, s.run(""))
	}
	deadline := time.Now().Add(4 * time.Minute)
	for first := true; first || time.Now().Before(deadline) && !s.complete(); first = false {
		<-time.After(300 * time.Millisecond) // a real process is watched
	}
	for _, cmd := range cmds {
		s.wait(cmd, 0, syscall.SIGTERM)
	}
}

// complete reports whether each story is settled in the database, on each network,
// with all its parts.
func (s *siege) complete() bool {
	announced := 0
	stories, lines := s.posts()
	if !s.linesComplete(lines) {
		return false
	}
	for _, p := range stories {
		switch {
		case s.gone[firstLine(p.Content.Text)] || p.Purpose.Steers():
			if !p.State.Final() && p.State != spool.Held || p.State == spool.Live && !p.Purpose.Steers() {
				return false
			}
		case p.State != spool.Live && p.State != spool.Held:
			return false
		case p.Purpose == spool.Announce:
			announced++
		}
	}
	return announced == (len(s.titles)-len(s.gone))*len(s.houses)
}

// posts are those about stories, and those about alerts.
func (s *siege) posts() (stories, lines []spool.Post) {
	s.t.Helper()
	s.read(func(db *store.DB) {
		wantBalance(s.t, db)
		posts, err := db.Posts(context.Background(), store.Filter{Limit: 100_000})
		s.must(err)
		for _, p := range posts {
			if p.Feed == linesFeed {
				lines = append(lines, p)
			} else {
				stories = append(stories, p)
			}
		}
	})
	return stories, lines
}

// read opens the database beside the program.
func (s *siege) read(see func(*store.DB)) {
	s.t.Helper()
	text, err := os.ReadFile(s.config)
	s.must(err)
	dsn, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(text)), "database: "), "\n")
	db, err := store.Open(context.Background(), dsn, store.Options{ReadOnly: true})
	s.must(err)
	defer db.Close()
	see(db)
}

// verdict counts what readers see on each network.
func (s *siege) verdict() {
	s.t.Helper()
	held := map[string]map[string]string{} // by account and first line
	stories, lines := s.posts()
	for _, p := range stories {
		switch {
		case p.State == spool.Held:
			if held[p.Account] == nil {
				held[p.Account] = map[string]string{}
			}
			held[p.Account][firstLine(p.Content.Text)] = p.Reason
		case s.gone[firstLine(p.Content.Text)], p.Purpose.Steers(): // readers tell
		case p.State != spool.Live:
			s.t.Errorf("%s: %q ended as %s: %s", p.Account, firstLine(p.Content.Text), p.State, p.Reason)
		}
	}
	for _, h := range s.houses {
		s.verdictOn(h, held[h.name])
		s.verdictOnLines(h, lines)
	}
}

func (s *siege) verdictOn(h *house, held map[string]string) {
	s.t.Helper()
	posts := h.visible()
	seen := map[string]int{}
	for _, title := range h.titles() {
		seen[title]++
	}
	for _, title := range s.titles {
		switch n := seen[title]; {
		case s.gone[title]:
			if n > 0 && held[title] == "" {
				s.t.Errorf("NOT GONE on %s: %q was taken down", h.name, title)
			}
		case n > 1:
			s.t.Errorf("DOUBLED on %s: %q is seen %d times", h.name, title, n)
		case n == 0 && held[title] == "":
			s.t.Errorf("LOST on %s: %q", h.name, title)
		}
	}
	replies := s.wantThreads(h, posts, len(held) > 0)
	if n := h.inFlight(); n > 1 {
		s.t.Errorf("%s: %d requests that could publish were in flight at once", h.name, n)
	}
	s.t.Logf("%s: %d kills, %d stories, %d seen with %d replies, %d held for a person", h.name, s.kills, len(s.titles), len(seen), replies, len(held))
}

// TestS6CrashLosesAndDoublesNothing kills the real program at every step and at random, and counts what
// readers see in the end.
func TestS6CrashLosesAndDoublesNothing(t *testing.T) {
	const sieges = 3 // at a time: a program that waits to be killed needs no processor
	program := buildProgram(t)
	for n := range sieges {
		t.Run(fmt.Sprintf("siege %d", n+1), func(t *testing.T) {
			t.Parallel()
			s := newSiege(t, program, "")
			for i := range siegeKills(t) / sieges {
				s.round(i + n) // each begins at another fail point
			}
			s.settle(1)
			s.verdict()
		})
	}
}

// TestCrashReplicas does the same with two processes on one PostgreSQL
// database, of which one is killed.
func TestCrashReplicas(t *testing.T) {
	s := newSiege(t, buildProgram(t), storetest.Postgres(t))
	other := s.run("")
	for i := range max(siegeKills(t)/6, 10) {
		s.round(i)
	}
	s.wait(other, 0, syscall.SIGTERM)
	s.settle(2)
	s.verdict()
}

// TestCrashPointsAreAllReached makes sure that no fail point is a name only.
func TestCrashPointsAreAllReached(t *testing.T) {
	program := buildProgram(t)
	for _, point := range failPoints() {
		t.Run(point, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			s := newSiege(t, program, "")
			s.publish()
			switch point {
			case "unfinished settled", "look answered", "look saved":
				s.wait(s.run("post began"), 20*time.Second, syscall.SIGKILL)
			case "takedown recorded":
				s.only("threads")
				s.wait(s.run("post answered"), 20*time.Second, syscall.SIGKILL)
				for n := range s.titles {
					s.takeDown(n + 1)
				}
			case "head answered", "head saved":
				s.forHead(s.net, point == "head saved")
			case "refusal saved":
				s.net.Plan(threadstest.Rule{Op: threadstest.OpPublish, Times: 1, Action: threadstest.Status(500, "")})
			}
			cmd := s.run(point)
			ended := watch(cmd)
			select {
			case <-ended:
				if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
					t.Errorf("ended as %v", cmd.ProcessState)
				}
			case <-time.After(20 * time.Second):
				t.Error("never reached")
				_ = cmd.Process.Kill()
				<-ended
			}
			s.settle(1)
			s.verdict()
		})
	}
}
