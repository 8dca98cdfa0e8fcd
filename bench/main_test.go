package bench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// bareJob names the file that tells a child process of these tests to be the
// bare loop.
const bareJob = "SPOOL_BENCH_BARE"

// TestMain runs the benchmarks, or the bare loop in a process of its own.
func TestMain(m *testing.M) {
	path := os.Getenv(bareJob)
	if path == "" {
		os.Exit(runAndClean(m))
	}
	if err := runBare(context.Background(), path); err != nil {
		fmt.Fprintln(os.Stderr, "bare loop:", err)
		os.Exit(1)
	}
}

func runAndClean(m *testing.M) int {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	return code
}

// built is the program, made once for all benchmarks as `make build` makes it.
var built struct {
	sync.Once
	dir string
	err error
}

// otherBinary names a program to be measured in the place of the one that is
// built from the sources, for comparing two versions.
const otherBinary = "SPOOL_BENCH_BINARY"

// spoolBinary returns the path of the real program.
func spoolBinary(b testing.TB) string {
	b.Helper()
	if path := os.Getenv(otherBinary); path != "" {
		return path
	}
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "spool-bench"); built.err != nil {
			return
		}
		cmd := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(built.dir, "spool"), "../cmd/spool")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		b.Fatal(built.err)
	}
	return filepath.Join(built.dir, "spool")
}
