package config

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A signal is a channel with an entry for each time something happened.
type signal chan struct{}

func (s signal) send() {
	select {
	case s <- struct{}{}:
	default: // nobody waits for so many
	}
}

// start watches path until the test ends. It returns the changes and the looks.
func start(t *testing.T, path string) (changes, looks signal) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	changes, looks = make(signal, 100), make(signal, 100)
	go func() { done <- watch(ctx, path, slog.New(slog.DiscardHandler), changes.send, looks.send) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	<-looks
	return changes, looks
}

func wait(t *testing.T, s signal, after string) {
	t.Helper()
	select {
	case <-s:
	case <-time.After(20 * time.Second):
		t.Fatalf("nothing was seen after %s", after)
	}
}

// none waits for a look that begins after now and checks that no change came.
func none(t *testing.T, changes, looks signal, after string) {
	t.Helper()
	wait(t, looks, after)
	if n := len(changes); n > 0 {
		t.Errorf("%d changes too many after %s", n, after)
	}
}

// drain forgets the looks so far.
func drain(s signal) {
	for len(s) > 0 {
		<-s
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	write(t, path+".new", text)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	write(t, path, least)
	changes, looks := start(t, path)

	write(t, path, least+"# more\n")
	wait(t, changes, "writing into the file")
	put(t, path, least+"# another\n")
	wait(t, changes, "putting another file in its place")
	for what, harmless := range map[string]func(){
		"the same content":       func() { put(t, path, least+"# another\n") },
		"a file beside it":       func() { write(t, filepath.Join(dir, "other"), "xx") },
		"a file half written":    func() { write(t, path, "") },
		"a file that is missing": func() { _ = os.Remove(path) },
	} {
		drain(looks)
		harmless()
		none(t, changes, looks, what)
	}
	put(t, path, least)
	wait(t, changes, "putting it back")
	write(t, path, "broken: [")
	wait(t, changes, "breaking it")
}

func TestWatchSecretFile(t *testing.T) {
	dir, secrets := t.TempDir(), t.TempDir()
	path, token, second := filepath.Join(dir, "config.yaml"), filepath.Join(secrets, "token"), filepath.Join(t.TempDir(), "second")
	write(t, token, "one")
	write(t, second, "one")
	write(t, path, strings.Replace(least, "threads}", "threads, token_file: "+token+"}", 1))
	changes, _ := start(t, path)
	put(t, token, "two")
	wait(t, changes, "changing the secret")
	write(t, path, strings.Replace(least, "threads}", "threads, token_file: "+second+"}", 1))
	wait(t, changes, "naming another secret")
	put(t, second, "two")
	wait(t, changes, "changing the other secret")
}

// TestWatchConfigMap swaps a link to a folder, as Kubernetes does.
func TestWatchConfigMap(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"..1": least, "..2": least + "# more\n"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, "config.yaml"), text)
	}
	path := filepath.Join(dir, "config.yaml")
	link(t, "..1", filepath.Join(dir, "..data"))
	link(t, "..data/config.yaml", path)
	changes, _ := start(t, path)
	link(t, "..2", filepath.Join(dir, "..data_tmp"))
	if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	wait(t, changes, "swapping the link")
}

// TestWatchLink changes and swaps a file that the configuration is a link to.
func TestWatchLink(t *testing.T) {
	path, one, two := filepath.Join(t.TempDir(), "config.yaml"), filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	write(t, one, least)
	write(t, two, least+"# two\n")
	link(t, one, path)
	changes, _ := start(t, path)
	write(t, one, least+"# more\n")
	wait(t, changes, "writing into the target")
	link(t, two, path+".new")
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	wait(t, changes, "leading the link elsewhere")
	write(t, two, least+"# two, too\n")
	wait(t, changes, "writing into the new target")
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED, not passed: no symbolic links here:", err)
	}
}

func TestWatchNoFolder(t *testing.T) {
	err := Watch(context.Background(), filepath.Join(t.TempDir(), "none", "config.yaml"), slog.New(slog.DiscardHandler), func() {})
	if err == nil {
		t.Error("a folder that does not exist is watched")
	}
}

// A database in the folder of the configuration is written into many times a
// second: that is no reason to look at the files each time. What comes or goes
// may be a link that leads to them.
func TestWatchLeavesOtherFilesAlone(t *testing.T) {
	dir := t.TempDir()
	path, real := filepath.Join(dir, "config.yaml"), filepath.Join(t.TempDir(), "real.yaml")
	write(t, real, least)
	if err := os.Symlink(real, path); err != nil {
		t.Fatal(err)
	}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	defer notify.Close()
	w := &watcher{path: path, log: slog.New(slog.DiscardHandler), notify: notify, ours: map[string]bool{}}
	if err := w.follow([]string{path}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		op      fsnotify.Op
		strange bool
	}{
		{"spool.db-wal", fsnotify.Write, true},
		{"spool.db-wal", fsnotify.Chmod, true},
		{"spool.db-wal", fsnotify.Create, false},
		{"..data", fsnotify.Rename, false},
		{"..data", fsnotify.Remove, false},
		{"config.yaml", fsnotify.Write, false},
		{"./config.yaml", fsnotify.Write | fsnotify.Chmod, false},
	} {
		if got := w.strange(fsnotify.Event{Name: dir + "/" + tt.name, Op: tt.op}); got != tt.strange {
			t.Errorf("%s of %s: strange is %v", tt.op, tt.name, got)
		}
	}
	if w.strange(fsnotify.Event{Name: real, Op: fsnotify.Write}) {
		t.Error("what the file is a link to is strange")
	}
}

// The file is parsed for the names in it only when it is another than before.
func TestFingerprintParsesOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	write(t, path, least)
	w := &watcher{path: path}
	first, _, _ := w.fingerprint()
	w.named = []string{"as it was left"}
	if again, files, ok := w.fingerprint(); !ok || again == first || len(files) != 1 || files[0] != "as it was left" {
		t.Errorf("it was parsed again: %v", files)
	}
	write(t, path, least+"# more\n")
	if _, files, ok := w.fingerprint(); !ok || len(files) != 0 {
		t.Errorf("it was not parsed again: %v", files)
	}
}
