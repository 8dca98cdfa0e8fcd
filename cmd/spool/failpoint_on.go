//go:build failpoints

package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// failPoint ends the process with SIGKILL at the step that $SPOOL_FAILPOINT
// names, as "post began:3": the third time that it comes by there. Tests of
// crashes are built with it.
func failPoint(getenv func(string) (string, bool)) func(string) {
	spec, ok := getenv("SPOOL_FAILPOINT")
	if !ok || spec == "" {
		return nil
	}
	name, times, _ := strings.Cut(spec, ":")
	n, err := strconv.ParseInt(times, 10, 64)
	if err != nil {
		n = 1
	}
	var left atomic.Int64
	left.Store(n)
	return func(at string) {
		if at == name && left.Add(-1) == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // the signal is on its way
		}
	}
}
