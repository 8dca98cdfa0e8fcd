package config

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
	"gopkg.in/yaml.v3"
)

// settling is how long a change is left alone before it is looked at: an
// editor writes a file in several steps.
const settling = 250 * time.Millisecond

// Watch calls changed whenever the content of the configuration at path, or of
// a file that one of its …_file keys names, is another than before, and returns
// nil when ctx ends. An error means that nothing is watched; a reload then
// needs a signal. The content at the time of the call counts as known, and
// changed is never called twice at the same time.
//
// It watches the folders, since editors and Kubernetes do not write into a
// file but put another one in its place. A file that is missing or empty for a
// moment is waited for.
func Watch(ctx context.Context, path string, log *slog.Logger, changed func()) error {
	return watch(ctx, path, log, changed, func() {})
}

// watch is Watch with a hook that is called when everything is in place, and
// after each look at the files.
func watch(ctx context.Context, path string, log *slog.Logger, changed, looked func()) (err error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch configuration: %w", err)
	}
	defer func() { err = errors.Join(err, notify.Close()) }()
	w := &watcher{path: path, log: log, notify: notify, ours: map[string]bool{}}
	if err := w.follow([]string{path}); err != nil {
		return fmt.Errorf("watch configuration: %w", err)
	}
	if sum, files, ok := w.fingerprint(); ok {
		w.known = sum
		w.followAll(files)
	}
	looked()
	w.run(ctx, changed, looked)
	return nil
}

// A watcher waits for changes of the configuration and the files it names.
type watcher struct {
	path   string
	log    *slog.Logger
	notify *fsnotify.Watcher
	known  [sha256.Size]byte
	ours   map[string]bool // the files whose content counts, and what they are links to

	read  [sha256.Size]byte // the content of path that named is about
	named []string
}

// run looks at the files a little after the first event. Further events do not
// put that off, because the database may be in the same folder and be written
// to all the time.
func (w *watcher) run(ctx context.Context, changed, looked func()) {
	var look <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case event, ok := <-w.notify.Events:
			if !ok {
				return
			}
			if look == nil && !w.strange(event) {
				look = time.After(settling)
			}
		case err, ok := <-w.notify.Errors:
			if !ok {
				return
			}
			w.log.Warn("watching the configuration: a change may have been missed", "error", err)
			if look == nil {
				look = time.After(settling)
			}
		case <-look:
			look = nil
			w.look(changed)
			looked()
		}
	}
}

// strange reports whether an event is that another file in a folder was written
// into, as a database beside the configuration is, many times a second. What
// comes, goes or gets another name may be a link that leads to our files.
func (w *watcher) strange(event fsnotify.Event) bool {
	return !event.Has(fsnotify.Create) && !event.Has(fsnotify.Rename) && !event.Has(fsnotify.Remove) && !w.ours[filepath.Clean(event.Name)]
}

func (w *watcher) look(changed func()) {
	sum, files, ok := w.fingerprint()
	if !ok {
		return
	}
	w.followAll(append(files, w.path)) // it may be a link that leads elsewhere now
	if sum != w.known {
		w.known = sum
		changed()
	}
}

// followAll watches further files as far as possible.
func (w *watcher) followAll(files []string) {
	if err := w.follow(files); err != nil {
		w.log.Warn("a file that the configuration names is not watched", "error", err)
	}
}

// follow watches the folders of files, and of what they are links to.
func (w *watcher) follow(files []string) error {
	var errs []error
	for _, name := range files {
		folders := []string{filepath.Dir(name)}
		w.ours[filepath.Clean(name)] = true
		if target, err := filepath.EvalSymlinks(name); err == nil {
			folders = append(folders, filepath.Dir(target))
			w.ours[filepath.Clean(target)] = true
		}
		for _, folder := range folders {
			if !slices.Contains(w.notify.WatchList(), folder) {
				errs = append(errs, w.notify.Add(folder))
			}
		}
	}
	return errors.Join(errs...)
}

// fingerprint sums up the content of the configuration and of the files that
// it names. It reports false when there is nothing to read just now.
func (w *watcher) fingerprint() (sum [sha256.Size]byte, files []string, ok bool) {
	content, err := readFile(w.path)
	if err != nil || len(bytes.TrimSpace(content)) == 0 {
		return sum, nil, false
	}
	hash := sha256.New()
	hash.Write(content)
	if read := sha256.Sum256(content); read != w.read {
		w.read, w.named = read, named(w.path, content) // parsing ten thousand feeds takes a while
	}
	files = slices.Clone(w.named)
	for _, name := range files {
		secret, err := readFile(name)
		one := sha256.Sum256(secret)
		fmt.Fprintf(hash, "%q %t %x", name, err == nil, one)
	}
	hash.Sum(sum[:0])
	return sum, files, true
}

// mostNamed bounds the files that are watched beside the configuration.
const mostNamed = 1000

// named lists the files that …_file keys name, in a configuration that may be
// broken otherwise.
func named(path string, content []byte) []string {
	root, problem := parse(path, content)
	if problem != nil {
		return nil
	}
	var files []string
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for i, child := range n.Content {
			walk(child)
			if n.Kind == yaml.MappingNode && i%2 == 1 && child.Kind == yaml.ScalarNode &&
				strings.HasSuffix(n.Content[i-1].Value, fileSuffix) && len(files) < mostNamed {
				files = append(files, beside(path, child.Value))
			}
		}
	}
	walk(root)
	return files
}
