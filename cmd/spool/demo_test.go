package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spool/store"
)

// A second demonstration must not touch the folder of one that runs: neither
// its configuration, which names the ports, nor its timeline.
func TestDemoLeavesAFolderThatIsInUse(t *testing.T) {
	for _, reset := range []string{"--reset=false", "--reset"} {
		t.Run(reset, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range []string{"config.yaml", "timeline.json"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte("of the first"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			first, err := store.Open(t.Context(), filepath.Join(dir, "spool.db"), store.Options{Now: time.Now, Exclusive: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = first.Close() }()
			var out bytes.Buffer
			status := run(t.Context(), []string{"demo", "--dir", dir, reset}, world{in: strings.NewReader(""), out: &out, err: &out, getenv: func(string) (string, bool) { return "", false }})
			if status != exitFailed || !strings.Contains(out.String(), "--dir") {
				t.Errorf("status %d, and it says %q", status, out.String())
			}
			for _, name := range []string{"config.yaml", "timeline.json"} {
				if text, err := os.ReadFile(filepath.Join(dir, name)); string(text) != "of the first" {
					t.Errorf("%s is %q, %v", name, text, err)
				}
			}
		})
	}
}

func TestAQuestionEndsWithCtrlC(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	asked, release := make(chan bool), make(chan bool)
	defer close(release)
	go func() {
		<-asked
		cancel()
	}()
	_, err := interruptible(ctx, func() (string, error) {
		close(asked)
		<-release // as a terminal at which nobody types
		return "", nil
	})
	if !errors.Is(err, errInterrupted) {
		t.Errorf("%v", err)
	}
}
