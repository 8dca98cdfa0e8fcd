package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startLimit is how long making and starting a server may take.
const startLimit = time.Minute

// Postgres makes an empty database on a private server and returns its address.
// The server starts with the first test that asks and stops when the last of
// those running has ended, so a parent test that asks first keeps it for its
// subtests. It listens on a Unix socket only.
//
// Where PostgreSQL is not installed the test is skipped; with CI set in the
// environment it fails instead.
func Postgres(t testing.TB) string {
	t.Helper()
	s, err := shared.acquire()
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") == "" {
		t.Skipf("SKIPPED, not passed: %v: install PostgreSQL to run the tests of shared databases", err)
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(shared.release)
	dsn, err := s.database(t.Context())
	if err != nil {
		t.Fatalf("create a database: %v", err)
	}
	return dsn
}

// shared is the one server of a test program.
var shared holder

type holder struct {
	mu     sync.Mutex
	users  int
	server *server
}

func (h *holder) acquire() (*server, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.server == nil {
		s, err := startServer()
		if err != nil {
			return nil, err
		}
		h.server = s
	}
	h.users++
	return h.server, nil
}

func (h *holder) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users--; h.users == 0 {
		h.server.stop()
		h.server = nil
	}
}

// A server is a running cluster of its own in a temporary folder.
type server struct {
	dir  string
	cmd  *exec.Cmd
	mu   sync.Mutex
	made int
}

func startServer() (*server, error) {
	initdb, err := find("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := find("postgres")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "spool-pg-") // short: a socket's path has 108 bytes at most
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.start(initdb, postgres); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

// find looks for one of PostgreSQL's programs on the path and where Debian puts
// them.
func find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + program) // the pattern is fixed and sound
	if len(found) == 0 {
		return "", err
	}
	return found[len(found)-1], nil
}

func (s *server) start(initdb, postgres string) error {
	who, err := s.ordinaryUser()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	data := filepath.Join(s.dir, "data")
	create := exec.CommandContext(ctx, initdb, "--pgdata="+data, "--username=spool", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
	create.SysProcAttr, create.Dir = who, s.dir
	if out, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	s.cmd = exec.Command(postgres, "-D", data, "-k", s.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB")
	s.cmd.SysProcAttr, s.cmd.Dir = who, s.dir
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	return s.ready(ctx, log)
}

// ordinaryUser gives the folder to a user that is not root, as whom PostgreSQL
// does not run, and returns what makes a process that user's.
func (s *server) ordinaryUser() (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("no user to run PostgreSQL as: %w", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	cred := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return &syscall.SysProcAttr{Credential: cred}, os.Chown(s.dir, uid, gid)
}

// ready waits for the line with which the server says so, and keeps reading, so
// that it never waits for us.
func (s *server) ready(ctx context.Context, log io.Reader) error {
	up := make(chan error, 1)
	go func() {
		var said []string
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			said = append(said, lines.Text())
			if strings.Contains(lines.Text(), "ready to accept connections") {
				up <- nil
				_, _ = io.Copy(io.Discard, log) // ends with the server
				return
			}
		}
		up <- fmt.Errorf("the server ended: %s", strings.Join(said, "\n"))
	}()
	select {
	case err := <-up:
		return err
	case <-ctx.Done():
		s.stop()
		return ctx.Err()
	}
}

// stop ends the server without waiting for clients, and forgets its data.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGINT) // it may have ended by itself
	_ = s.cmd.Wait()                         // how it ended matters to nobody
	_ = os.RemoveAll(s.dir)                  // the system's cleaner takes what is left
}

func (s *server) dsn(name string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + name, RawQuery: url.Values{"host": {s.dir}, "user": {"spool"}}.Encode()}
	return u.String()
}

// database makes a new one and returns its address.
func (s *server) database(ctx context.Context) (dsn string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	conn, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	s.made++
	name := fmt.Sprintf("t%d", s.made)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return s.dsn(name), nil
}
