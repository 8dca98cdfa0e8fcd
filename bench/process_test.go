package bench

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A cost is what a child process has used.
type cost struct {
	cpu  time.Duration // user and system, of all its threads
	wall time.Duration
	peak int64 // bytes resident; 0: it ended before anybody could look
}

// spend runs a command to its end and returns what it cost.
func spend(b *testing.B, cmd *exec.Cmd) cost {
	b.Helper()
	c, said, err := measure(b, cmd, 10*time.Millisecond)
	if err != nil {
		b.Fatalf("%v\n%s", err, tail(said))
	}
	return c
}

// measure runs a command to its end and returns what it cost, what it printed,
// and how it ended. Its memory is read so often.
func measure(tb testing.TB, cmd *exec.Cmd, every time.Duration) (c cost, said string, err error) {
	tb.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	watch := watchPeak(cmd.Process.Pid, every)
	err = cmd.Wait()
	c = cost{wall: time.Since(start), peak: watch.end()}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && c.peak == 0 && runtime.GOOS != "linux" {
		c.peak = maxRSS(usage)
	}
	return c, out.String(), err
}

// maxRSS is in kilobytes everywhere but on macOS. On Linux it counts what the
// parent had resident when it started the child: it is not used there.
func maxRSS(usage *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss << 10
}

// A peakWatch reads the highest resident size of a process from /proc, again and
// again, since it is gone when the process is. The figure only ever grows, so
// that no more is missed than the last moment's growth.
type peakWatch struct {
	stop chan struct{}
	peak chan int64
}

func watchPeak(pid int, every time.Duration) peakWatch {
	w := peakWatch{stop: make(chan struct{}), peak: make(chan int64, 1)}
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		var peak int64
		for {
			select {
			case <-w.stop:
				w.peak <- peak
				return
			case <-tick.C:
				peak = max(peak, procStatus(pid, "VmHWM"))
			}
		}
	}()
	return w
}

func (w peakWatch) end() int64 {
	close(w.stop)
	return <-w.peak
}

// procStatus reads a size in bytes from /proc; 0 where there is none.
func procStatus(pid int, name string) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), name+":")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return 0
	}
	return n << 10
}

// procCPU reads what a running process has used so far from /proc, in ticks of
// ten milliseconds; ok is false where there is none.
func procCPU(pid int) (d time.Duration, ok bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, false
	}
	s := string(text)
	fields := strings.Fields(s[strings.LastIndexByte(s, ')')+1:])
	if len(fields) < 13 {
		return 0, false
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, err1 == nil && err2 == nil
}

func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(len(lines)-15, 0):], "\n")
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
