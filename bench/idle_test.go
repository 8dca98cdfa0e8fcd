package bench

import (
	"bytes"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A running daemon, as a child process.
type running struct {
	b   *testing.B
	cmd *exec.Cmd
	log said
}

// said is what a child process has written so far.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *site) start() *running {
	s.b.Helper()
	r := &running{b: s.b, cmd: s.command("run")}
	r.cmd.Stdout, r.cmd.Stderr = &r.log, &r.log
	if err := r.cmd.Start(); err != nil {
		s.b.Fatal(err)
	}
	return r
}

// stop ends the daemon as an operator does.
func (r *running) stop() {
	r.b.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.b.Error(err)
	}
	if err := r.cmd.Wait(); err != nil {
		r.b.Errorf("%v\n%s", err, tail(r.log.String()))
	}
}

// BenchmarkIdle runs the daemon with 100 feeds, each of which it has read once,
// and reports what it holds and uses per second of waiting. With a schedule of
// 15 minutes nothing is due meanwhile; with one of a minute each feed is.
func BenchmarkIdle(b *testing.B) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		b.Skip("what a running process uses is read from /proc, which is not here")
	}
	for _, c := range []struct {
		schedule string
		watch    time.Duration
	}{{"15m", 20 * time.Second}, {"1m", time.Minute}} {
		b.Run("every="+c.schedule, func(b *testing.B) {
			for range b.N {
				idle(b, c.schedule, c.watch)
			}
		})
	}
}

func idle(b *testing.B, schedule string, watch time.Duration) {
	b.Helper()
	const feeds = 100
	n := openNewsroom(b)
	s := newSite(b, setup{feeds: feeds, url: n.url, listen: "127.0.0.1:0", schedule: schedule})
	r := s.start()
	defer r.stop()
	for deadline := time.Now().Add(time.Minute); n.requests.Load() < feeds; <-time.After(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("only %d feeds were read", n.requests.Load())
		}
	}
	<-time.After(5 * time.Second) // what the first reading took is given back
	pid := r.cmd.Process.Pid
	before, _ := procCPU(pid)
	asked := n.requests.Load()
	start, resident := time.Now(), int64(0)
	for time.Since(start) < watch {
		<-time.After(time.Second)
		resident = max(resident, procStatus(pid, "VmRSS"))
	}
	after, ok := procCPU(pid)
	if !ok {
		b.Fatalf("the daemon is gone\n%s", tail(r.log.String()))
	}
	seconds := time.Since(start).Seconds()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mib(resident), "resident-MiB")
	b.ReportMetric(mib(procStatus(pid, "VmHWM")), "peak-MiB")
	b.ReportMetric((after-before).Seconds()*1000/seconds, "cpu-ms/s")
	b.ReportMetric(float64(n.requests.Load()-asked)/seconds, "polls/s")
}
