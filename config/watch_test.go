package config

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// start watches path until the test ends and returns a channel that has an
// entry for each change.
func start(t *testing.T, path string) <-chan struct{} {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done, changes := make(chan struct{}), make(chan error, 1), make(chan struct{}, 100)
	go func() {
		done <- watch(ctx, path, slog.New(slog.DiscardHandler), func() { changes <- struct{}{} }, func() { close(ready) })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	<-ready
	return changes
}

func wait(t *testing.T, changes <-chan struct{}, after string) {
	t.Helper()
	select {
	case <-changes:
	case <-time.After(20 * time.Second):
		t.Fatalf("no change was seen after %s", after)
	}
}

// none checks that no change is pending, once one that came later was seen.
func none(t *testing.T, changes <-chan struct{}, after string) {
	t.Helper()
	if n := len(changes); n > 0 {
		t.Errorf("%d changes too many after %s", n, after)
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
	changes := start(t, path)

	write(t, path, least+"# more\n")
	wait(t, changes, "writing into the file")
	put(t, path, least+"# another\n")
	wait(t, changes, "putting another file in its place")
	put(t, path, least+"# another\n")           // the same content
	write(t, filepath.Join(dir, "other"), "xx") // a file that is none of ours
	write(t, path, "")                          // caught in the middle of writing
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put(t, path, least)
	wait(t, changes, "removing it and putting another there")
	none(t, changes, "changes that are none")
	write(t, path, "broken: [")
	wait(t, changes, "breaking it")
}

func TestWatchSecretFile(t *testing.T) {
	dir, secrets := t.TempDir(), t.TempDir()
	path, token, second := filepath.Join(dir, "config.yaml"), filepath.Join(secrets, "token"), filepath.Join(t.TempDir(), "second")
	write(t, token, "one")
	write(t, second, "one")
	write(t, path, strings.Replace(least, "threads}", "threads, token_file: "+token+"}", 1))
	changes := start(t, path)
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
	changes := start(t, path)
	link(t, "..2", filepath.Join(dir, "..data_tmp"))
	if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
		t.Fatal(err)
	}
	wait(t, changes, "swapping the link")
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skip("no symbolic links here:", err)
	}
}

func TestWatchNoFolder(t *testing.T) {
	err := Watch(context.Background(), filepath.Join(t.TempDir(), "none", "config.yaml"), slog.New(slog.DiscardHandler), func() {})
	if err == nil {
		t.Error("a folder that does not exist is watched")
	}
}
