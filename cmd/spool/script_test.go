package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"spool/feeds/feedstest"
	"spool/publisher/bluesky/blueskytest"
	"spool/publisher/mastodon/mastodontest"
	"spool/publisher/threads/threadstest"
	"spool/publisher/webhook/webhooktest"
)

// The command line, as people and scripts meet it: each script in
// testdata/script runs the real program, in processes of its own, between
// stand-ins that listen on this machine.
//
// Scripts find the stand-ins at $FEEDS, $THREADS, $MASTODON, $BLUESKY and $WEBHOOK,
// what to sign in with in $TOKEN, $MASTODON_TOKEN, $APP_PASSWORD and
// $WEBHOOK_SECRET, and a free address at
// $LISTEN. Beside the commands of testscript they have those of scriptCommands.

var updateScripts = flag.Bool("update-scripts", false, "write what commands print into the scripts that compare it")

// main is the program when a script runs "spool".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"spool": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Setup: setUpScript, Cmds: scriptCommands(), UpdateScripts: *updateScripts,
		RequireExplicitExec: true, RequireUniqueNames: true,
	})
}

// scriptWorld is what a script has around it.
type scriptWorld struct {
	room  *feedstest.Publisher
	net   *threadstest.Server
	masto *mastodontest.Server
	sky   *blueskytest.Server
	hook  *webhooktest.Server
}

type worldKey struct{}

// The account that scripts sign in to.
const (
	scriptUser  = "gazette"
	scriptToken = "THQVJscripttoken5554443332"
)

func setUpScript(env *testscript.Env) error {
	w := &scriptWorld{
		room: feedstest.New(feedstest.Options{}), net: threadstest.New(threadstest.Options{}),
		masto: mastodontest.New(mastodontest.Options{}), sky: blueskytest.New(blueskytest.Options{}), hook: webhooktest.New(webhooktest.Options{}),
	}
	w.net.AddUser(scriptUser, scriptToken)
	w.masto.AddUser(scriptUser, ensembleToken)
	w.sky.AddUser(ensembleHandle, ensemblePassword)
	w.hook.AddUser(scriptUser, ensembleSecret)
	for name, h := range map[string]http.Handler{"FEEDS": w.room.Handler(), "THREADS": w.net, "MASTODON": w.masto, "BLUESKY": w.sky, "WEBHOOK": w.hook} {
		s := httptest.NewServer(h)
		env.Defer(func() { s.CloseClientConnections(); s.Close() })
		env.Setenv(name, s.URL)
	}
	listen, err := freeAddress(context.Background())
	if err != nil {
		return err
	}
	env.Values[worldKey{}] = w
	env.Setenv("MASTODON_TOKEN", ensembleToken)
	env.Setenv("APP_PASSWORD", ensemblePassword)
	env.Setenv("WEBHOOK_SECRET", ensembleSecret)
	env.Setenv("TOKEN", scriptToken)
	env.Setenv("LISTEN", listen)
	env.Setenv("TZ", "UTC")
	return nil
}

func freeAddress(ctx context.Context) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"status": scriptStatus, "publish": scriptPublish, "fail": scriptFail, "live": scriptLive,
		"await": scriptAwait, "sql": scriptSQL, "mode": scriptMode, "capture": scriptCapture, "revoke": scriptRevoke, "signal": scriptSignal,
		"guard": scriptGuard, "retitle": scriptRetitle,
	}
}

func worldOf(ts *testscript.TestScript) *scriptWorld {
	w, _ := ts.Value(worldKey{}).(*scriptWorld)
	return w
}

// status N COMMAND...: the command ends with exit status N.
func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// publish FEED TITLE...: the newsroom writes articles.
func scriptPublish(ts *testscript.TestScript, _ bool, args []string) {
	for _, title := range args[1:] {
		worldOf(ts).room.Add(args[0], feedstest.Article{GUID: title, Title: title, Summary: "What happened, and why.", Published: time.Now().UTC()})
	}
}

// retitle FEED TITLE TITLE: the newsroom gives an article another headline.
func scriptRetitle(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 || !worldOf(ts).room.Edit(args[0], args[1], func(a *feedstest.Article) { a.Title = args[2] }) {
		ts.Fatalf("usage: retitle feed title title, of an article that there is")
	}
}

// fail FEED STATUS: the feed answers with a status from now on; fail FEED: it
// is well again.
func scriptFail(ts *testscript.TestScript, _ bool, args []string) {
	room := worldOf(ts).room
	room.Recover(args[0])
	if len(args) == 2 {
		code, err := strconv.Atoi(args[1])
		ts.Check(err)
		room.Fail(args[0], slices.Repeat([]feedstest.Fault{feedstest.Status(code, "")}, 1000)...)
	}
}

// revoke [CODE SUBCODE]: the token is no good any more, or is again.
func scriptRevoke(ts *testscript.TestScript, neg bool, _ []string) {
	if neg {
		worldOf(ts).net.Revoke(scriptToken, 0, 0)
		return
	}
	worldOf(ts).net.Revoke(scriptToken, 190, 460)
}

// signal NAME: every process in the background gets the signal.
func scriptSignal(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]os.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM}
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(signals[args[0]]))
	}
}

// until asks again and again, for as long as a slow machine may need.
func until(ts *testscript.TestScript, what string, done func() bool) {
	end := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-end:
			ts.Fatalf("%s did not come about", what)
		}
	}
}

// live TITLE...: readers see exactly these posts, oldest first, before long.
func scriptLive(ts *testscript.TestScript, _ bool, args []string) {
	var seen []string
	defer func() {
		if !slices.Equal(seen, args) {
			ts.Logf("readers see %q", seen)
		}
	}()
	until(ts, "the timeline "+strings.Join(args, ", "), func() bool {
		seen = nil
		for _, p := range worldOf(ts).net.Visible(scriptUser) {
			seen = append(seen, firstLine(p.Text))
		}
		slices.Reverse(seen)
		return slices.Equal(seen, args)
	})
}

// await FILE REGEXP: a file that a background process writes has a match.
func scriptAwait(ts *testscript.TestScript, _ bool, args []string) {
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	path := ts.MkAbs(args[0])
	until(ts, args[1]+" in "+args[0], func() bool {
		text, err := os.ReadFile(path)
		return err == nil && re.Match(text)
	})
}

// sql FILE STATEMENT: changes a database past the program.
func scriptSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.ExecContext(context.Background(), args[1])
	ts.Check(errors.Join(err, db.Close()))
}

// mode FILE MODE: the file has this mode.
func scriptMode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

// capture NAME REGEXP: an environment variable gets the first group that
// matches in what was printed last.
func scriptCapture(ts *testscript.TestScript, _ bool, args []string) {
	m := regexp.MustCompile(`(?m)` + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(m) < 2 {
		ts.Fatalf("nothing matches %s", args[1])
	}
	ts.Setenv(args[0], m[1])
}
