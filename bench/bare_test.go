package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/mmcdole/gofeed"
)

// The bare loop is the least that could be called reading feeds: 32 workers, an
// HTTP client, a parser. It keeps the validators that the servers gave it in one
// file, as the cheapest way to ask for changes only, and nothing else.

// A job is what the bare loop is to do.
type job struct {
	URLs  []string
	ETags string // the file for validators
	Items int    // that each document must have
}

const bareWorkers = 32

// bareCommand is the bare loop as a process of its own.
func bareCommand(b *testing.B, n *newsroom, feeds int, dir string) *exec.Cmd {
	b.Helper()
	j := job{ETags: filepath.Join(dir, "etags.json"), Items: listed}
	for i := range feeds {
		j.URLs = append(j.URLs, n.url(i))
	}
	text, err := json.Marshal(j)
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(dir, "job.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), self)
	cmd.Env = append(os.Environ(), bareJob+"="+path)
	return cmd
}

// runBare is what the process does.
func runBare(ctx context.Context, path string) error {
	var j job
	if err := readJSON(path, &j); err != nil {
		return err
	}
	etags := map[string]string{}
	if err := readJSON(j.ETags, &etags); err != nil && !os.IsNotExist(err) {
		return err
	}
	l := &bareLoop{job: j, etags: etags, client: &http.Client{Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 2}}}
	if err := l.run(ctx); err != nil {
		return err
	}
	text, err := json.Marshal(l.etags)
	if err != nil {
		return err
	}
	return os.WriteFile(j.ETags, text, 0o600)
}

func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

type bareLoop struct {
	job
	client *http.Client
	mu     sync.Mutex
	etags  map[string]string
	err    error
}

func (l *bareLoop) run(ctx context.Context) error {
	urls := make(chan string)
	var workers sync.WaitGroup
	for range bareWorkers {
		workers.Go(func() {
			parser := gofeed.NewParser()
			for url := range urls {
				if err := l.read(ctx, parser, url); err != nil {
					l.mu.Lock()
					l.err = err
					l.mu.Unlock()
				}
			}
		})
	}
	for _, url := range l.URLs {
		urls <- url
	}
	close(urls)
	workers.Wait()
	return l.err
}

func (l *bareLoop) read(ctx context.Context, parser *gofeed.Parser, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	l.mu.Lock()
	if etag := l.etags[url]; etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	l.mu.Unlock()
	resp, err := l.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified {
		return nil
	}
	feed, err := parser.Parse(resp.Body)
	if err != nil {
		return err
	}
	if len(feed.Items) != l.Items {
		return fmt.Errorf("%s has %d items", url, len(feed.Items))
	}
	l.mu.Lock()
	l.etags[url] = resp.Header.Get("ETag")
	l.mu.Unlock()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
