package main

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"spool"
	"spool/publisher/threads/threadstest"
)

// Accounts that cannot post, disks that are full, clocks that jump.

// command runs a command line beside the daemon on the stage, as a person
// would in another terminal, and returns what it printed and its exit status.
func (s *stage) command(input string, args ...string) (string, int) {
	s.t.Helper()
	var out lockedBuffer
	p := &program{
		world: world{in: strings.NewReader(input), out: &out, err: &out, getenv: s.prog.getenv},
		now:   s.prog.now, feedTransport: s.prog.feedTransport, apiTransport: s.prog.apiTransport,
	}
	code := p.run(s.t.Context(), append([]string{"--config", s.prog.configPath, "--log-level", "debug"}, args...))
	return out.String(), code
}

// must is command, and fails unless the command succeeds.
func (s *stage) must(input string, args ...string) string {
	s.t.Helper()
	out, code := s.command(input, args...)
	if code != exitDone {
		s.t.Fatalf("spool %s: status %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

func TestMissingTokenStopsTheAccountUntilSomebodyLogsIn(t *testing.T) {
	config := strings.Replace(pairConfig, "    token: "+nightToken+"\n", "", 1)
	playPair(t, config, func(t *testing.T, s *stage) {
		s.atNight("Nobody has logged in")
		titles := s.publish(2)
		s.wait(20 * time.Minute)
		s.wantLive(titles)
		s.wantLiveAt(nightUser)
		s.wantLogged("account=late-desk", "its posts are kept", "spool login late-desk")
		out := s.must("", "accounts")
		for _, want := range []string{"late-desk\tthreads\tstopped", "there is no token", "spool login late-desk"} {
			if !strings.Contains(out, want) {
				t.Errorf("spool accounts does not say %q:\n%s", want, out)
			}
		}
		if a := s.account("desk"); a.Stopped != "" {
			t.Errorf("the other account is stopped: %s", a.Stopped)
		}
		s.must(nightToken+"\n", "login", "late-desk", "--token")
		s.wait(2 * time.Minute)
		s.wantLiveAt(nightUser, "Nobody has logged in")
		s.wantLive(titles)
		s.wantClean()
	})
}

func TestRevokedTokenOfOneAccountLeavesTheOthersAlone(t *testing.T) {
	playPair(t, pairConfig, func(t *testing.T, s *stage) {
		s.net.Revoke(nightToken, 190, 460)
		s.atNight("Written while locked out")
		titles := s.publish(3)
		s.wait(20 * time.Minute)
		s.wantLive(titles)
		s.wantLiveAt(nightUser)
		s.wantLogged("account=late-desk", "the account cannot post until somebody acts")
		if a := s.account("late-desk"); a.Stopped == "" {
			t.Error("the account is not stopped")
		}
		titles = append(titles, s.publish(2)...)
		s.wait(3 * time.Minute)
		s.wantLive(titles)
		s.net.Revoke(nightToken, 0, 0)
		s.wait(15 * time.Minute)
		s.wantLiveAt(nightUser, "Written while locked out")
		s.wantClean()
	})
}

// writer is the one connection on which the daemon writes. What befalls a disk
// can be told to SQLite only there.
func (s *stage) writer() *sql.DB {
	s.t.Helper()
	field := reflect.ValueOf(s.d.db).Elem().FieldByName("writer")
	return *(**sql.DB)(unsafe.Pointer(field.UnsafeAddr()))
}

func (s *stage) pragma(text string) {
	s.t.Helper()
	if _, err := s.writer().ExecContext(s.t.Context(), "PRAGMA "+text); err != nil {
		s.t.Fatal(err)
	}
}

// TestDiskFullLosesNothingAndWorkGoesOnByItself limits the size of the database, which to SQLite is a full disk.
func TestDiskFullLosesNothingAndWorkGoesOnByItself(t *testing.T) {
	playPair(t, pairConfig, func(t *testing.T, s *stage) {
		s.pragma("max_page_count = 1")
		var titles []string
		for range 40 { // more than fits into the pages that are there
			titles = append(titles, s.publish(1)...)
			s.atNight(fmt.Sprintf("Night %d %s", len(titles), strings.Repeat("far into the night ", 20)))
		}
		s.wait(5 * time.Minute)
		s.wantLogged("the database does not answer as it should", "city", "the disk is full", "make room", "nothing that was recorded is lost")
		seen := len(s.live())
		if seen == len(titles) {
			t.Fatal("the disk was not full")
		}
		if n := strings.Count(s.logs.String(), "the disk is full"); n > 2000 {
			t.Errorf("%d lines in the log about a full disk within five minutes", n)
		}
		s.pragma("max_page_count = 1000000")
		s.wait(15 * time.Minute)
		got := s.live()
		slices.Sort(got)
		slices.Sort(titles)
		if !slices.Equal(got, titles) {
			t.Errorf("readers see %d posts %q, want %d\n%s", len(got), got, len(titles), s.tail())
		}
		if n := len(s.liveAt(nightUser)); n != 40 {
			t.Errorf("%d posts of the other account are live", n)
		}
		s.wantClean()
	})
}

// A database that takes nothing any more between a post's being sent and its
// being saved is what doubles posts elsewhere.
func TestReadOnlyDatabaseInTheMiddleOfAPostDoublesNothing(t *testing.T) {
	playPair(t, pairConfig, func(t *testing.T, s *stage) {
		s.net.Plan(threadstest.Rule{Op: threadstest.OpPublish, Action: threadstest.Delay(5 * time.Second)})
		titles := s.publish(3)
		for range 300 { // until a publish is under way
			if s.wait(time.Second); publishes(s) > 0 {
				break
			}
		}
		s.pragma("query_only = 1") // to SQLite a file that may only be read
		s.wait(10 * time.Minute)
		if n := publishes(s); n != 1 {
			t.Errorf("%d publishes though nothing can be recorded", n)
		}
		s.wantLogged("the database does not answer as it should", "it cannot be written", "must be able to write the file and its folder")
		s.pragma("query_only = 0")
		s.net.Plan()
		s.wait(30 * time.Minute)
		s.wantLive(titles)
		s.wantStates(map[spool.State]int{spool.Live: 3})
		s.wantClean()
	})
}

// machineTime is how the operating system tells a moment whose wall clock was
// set wrong by so much: a wall clock that is off, and a monotonic one that is
// not. Moments in a bubble of testing/synctest have no monotonic clock, and
// time.Time has no function that gives them one; this is its own layout.
func machineTime(t time.Time, off time.Duration) time.Time {
	type layout struct {
		wall uint64 // a mark, seconds since 1885 in 33 bits, nanoseconds in 30
		ext  int64  // the monotonic clock in nanoseconds
		loc  *time.Location
	}
	wall := t.Add(off)
	seconds := wall.Unix() - time.Date(1885, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	made := layout{wall: 1<<63 | uint64(seconds)<<30 | uint64(wall.Nanosecond()), ext: t.UnixNano(), loc: time.UTC}
	return *(*time.Time)(unsafe.Pointer(&made))
}

func TestMachineTimeTellsWallAndMonotonicClockApart(t *testing.T) {
	before := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	a, b := machineTime(before, 0), machineTime(before.Add(time.Second), time.Hour)
	if d := b.Sub(a); d != time.Second {
		t.Errorf("%v passed by the monotonic clock", d)
	}
	if d := b.Round(0).Sub(a.Round(0)); d != time.Hour+time.Second {
		t.Errorf("%v passed by the wall clock", d)
	}
}

// setClock makes the program's clock wrong by so much.
func (s *stage) setClock(by time.Duration) { s.offset.Store(int64(by)) }

func TestClockAheadDropsNothing(t *testing.T) {
	playPair(t, pairConfig, func(t *testing.T, s *stage) {
		s.net.Plan(threadstest.Rule{Op: threadstest.OpCreate, Action: threadstest.Status(503, "")})
		titles := s.publish(3)
		s.wait(2 * time.Minute)
		s.setClock(30 * 24 * time.Hour) // far beyond every deadline
		s.wait(9 * time.Minute)
		s.wantLogged("the clock jumped ahead")
		if n := len(s.posts(spool.Dropped)); n != 0 {
			t.Fatalf("%d posts dropped\n%s", n, s.tail())
		}
		s.setClock(0) // somebody put it right
		s.net.Plan()
		s.wait(40 * time.Minute)
		got := s.live()
		slices.Sort(got)
		if !slices.Equal(got, titles) {
			t.Errorf("readers see %q\n%s", got, s.tail())
		}
		s.wantStates(map[spool.State]int{spool.Live: 3})
		s.wantClean()
	})
}

// To a machine whose clock was set back by a day, what is published now is dated in
// the future: with embargoes kept, it would wait for that.
func TestClockSetBackPollsAndPostsGoOn(t *testing.T) {
	config := strings.ReplaceAll(pairConfig, "settle: 0s", "settle: 0s\n    embargo: ignore")
	playPair(t, config, func(t *testing.T, s *stage) {
		titles := s.publish(1)
		s.wait(2 * time.Minute)
		s.setClock(-24 * time.Hour)
		s.wait(10 * time.Second)
		s.wantLogged("the clock was set back", "check the machine's time service")
		titles = append(titles, s.publish(2)...)
		s.atNight("After the change")
		s.wait(3 * time.Minute)
		got := s.live()
		slices.Sort(got) // to this machine they are all of one moment, in the future
		if !slices.Equal(got, titles) {
			t.Errorf("readers see %q, want %q\n%s", got, titles, s.tail())
		}
		s.wantLiveAt(nightUser, "After the change")
		s.wantClean()
	})
}

func TestClockSetBackDoesNotKeepWaitingPostsForADay(t *testing.T) {
	config := strings.Replace(pairConfig, "settle: 0s", "settle: 5m", 1)
	playPair(t, config, func(t *testing.T, s *stage) {
		titles := s.publish(1)
		s.wait(2 * time.Minute)
		s.setClock(-24 * time.Hour)
		s.wait(20 * time.Minute)
		s.wantLive(titles)
	})
}

func TestClockAheadWhenAPostIsInDoubt(t *testing.T) {
	playPair(t, pairConfig, func(t *testing.T, s *stage) {
		s.net.Plan(
			threadstest.Rule{Op: threadstest.OpPublish, Nth: 1, Action: threadstest.CommitLate(3 * time.Minute)},
		)
		titles := s.publish(1)
		for range 300 {
			if s.wait(time.Second); publishes(s) > 0 {
				break
			}
		}
		s.setClock(time.Hour) // the grace is over by the wall clock alone
		s.wait(30 * time.Minute)
		s.wantLive(titles)
		if n := publishes(s); n != 1 {
			t.Errorf("%d publishes: the grace ended with the jump", n)
		}
		s.wantClean()
	})
}
