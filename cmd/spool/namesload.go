package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"spool/alerts/gtfs"
	"spool/feeds"
	"spool/store"
)

// maxNames bounds the archive of a source, and maxNamesKept what the database keeps.
const (
	maxNames     = 512 << 20
	maxNamesKept = 32 << 20
)

// load reads a source, puts what it says in force, and keeps it. It reports whether
// that is something else than before. Its errors hold no address and no path: whoever
// tells of them names the source.
func (n *names) load(ctx context.Context, s *namesSource) (fresh bool, err error) {
	defer func() {
		if p := recover(); p != nil { // names are not worth the daemon
			err = fmt.Errorf("it makes spool stumble (%v): please report this, with the file", p)
		}
	}()
	if known, fresh := n.readByAnother(ctx, s); known {
		return fresh, nil
	}
	was := s.state // without validators, unless names are in force
	var found *gtfs.Names
	if s.access.URL != "" {
		found, was, err = n.download(ctx, s.access, was)
	} else {
		found, was, err = readPlace(s.place, was)
	}
	if err != nil {
		return false, err
	}
	now := n.now()
	was.Fetched, was.Tried, was.Problem = now, now, ""
	s.state = was
	if found == nil {
		return false, nil
	}
	s.current.Store(found)
	n.keep(ctx, s, found)
	return true, nil
}

// readByAnother takes over what another process has read of a source meanwhile, and
// reports whether there is something, and whether it is new.
func (n *names) readByAnother(ctx context.Context, s *namesSource) (known, fresh bool) {
	if n.kept == nil || s.access.URL == "" {
		return false, false
	}
	now, before := n.now(), s.state
	kept, err := n.kept.Names(ctx, before.Source)
	if err != nil || kept.Problem != "" || !kept.Fetched.After(before.Fetched) || kept.Fetched.After(now) || now.Sub(kept.Fetched) > namesEvery/2 {
		return false, false
	}
	if s.current.Load() != nil && kept.BodyHash == before.BodyHash {
		s.state.Fetched = kept.Fetched
		return true, false
	}
	known = n.adopt(s, kept)
	return known, known
}

// download reads a source at an address; nil: it is as it was.
func (n *names) download(ctx context.Context, src feeds.Source, was store.Names) (*gtfs.Names, store.Names, error) {
	src.Validators, src.Issuer, src.BodyHash = was.Validators, was.Issuer, was.BodyHash
	archive := &spill{dirs: n.temp}
	defer archive.Close()
	d, err := n.fetcher.Download(ctx, src, archive, maxNames)
	if err != nil {
		return nil, was, namesTrouble(err)
	}
	was.Validators, was.Issuer, was.BodyHash = d.Validators, d.Issuer, d.BodyHash
	if d.Unchanged {
		return nil, was, nil
	}
	found, err := gtfs.ReadZip(archive, archive.size)
	return found, was, err
}

// namesTrouble is an error of a download with a remedy that fits: those of feeds speak
// of the address of the feed.
func namesTrouble(err error) error {
	var e *feeds.Error
	if !errors.As(err, &e) {
		return err
	}
	own := *e
	own.Hint = ""
	switch e.Kind {
	case feeds.KindAddress, feeds.KindDNS, feeds.KindRedirect, feeds.KindGone, feeds.KindStatus:
		own.Hint = "check the address under alerts.names"
		if e.Passing() {
			own.Hint = "it is tried again later"
		}
	case feeds.KindChallenge:
		own.Hint = "ask the agency to let Spool's User-Agent through"
	}
	return &own
}

// readPlace reads a zip file or a folder; nil: it is as it was.
func readPlace(path string, was store.Names) (*gtfs.Names, store.Names, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, was, placeTrouble(err)
	}
	if info.IsDir() {
		return readFolder(path, was)
	}
	sign := signOf(info)
	if sign == was.BodyHash {
		return nil, was, nil
	}
	was.BodyHash = sign
	if !info.Mode().IsRegular() {
		return nil, was, errors.New("it is neither a zip file nor a folder")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, was, placeTrouble(err)
	}
	defer f.Close()
	found, err := gtfs.ReadZip(f, info.Size())
	return found, was, placeTrouble(err)
}

// readFolder reads a folder; nil: it is as it was. Where no file can tell whether it
// has changed, the names do.
func readFolder(path string, was store.Names) (*gtfs.Names, store.Names, error) {
	sign := signOfFolder(path)
	if sign != "" && sign == was.BodyHash {
		return nil, was, nil
	}
	found, err := gtfs.Read(os.DirFS(path))
	if err != nil {
		return nil, was, placeTrouble(err)
	}
	if sign == "" {
		body, err := found.MarshalBinary()
		if err != nil {
			return nil, was, err
		}
		if sign = digestOf(string(body)); sign == was.BodyHash {
			return nil, was, nil
		}
	}
	was.BodyHash = sign
	return found, was, nil
}

// placeTrouble is an error of the file system without its path.
func placeTrouble(err error) error {
	var path *fs.PathError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file or folder")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("it may not be read: give the user that runs spool the right to")
	case errors.As(err, &path):
		return path.Err
	}
	return err
}

// signOf changes when a file does.
func signOf(info fs.FileInfo) string {
	return fmt.Sprintf("%d/%d", info.Size(), info.ModTime().UnixNano())
}

// signOfFolder changes when a file with names in a folder does; empty: those files are
// deeper in it, where nobody looks for a change.
func signOfFolder(path string) string {
	var signs []string
	for _, name := range []string{"agency.txt", "routes.txt", "stops.txt"} {
		if info, err := os.Stat(filepath.Join(path, name)); err == nil {
			signs = append(signs, name+" "+signOf(info))
		}
	}
	if len(signs) == 0 {
		return ""
	}
	return strings.Join(signs, " ")
}

// keep saves names for the next start.
func (n *names) keep(ctx context.Context, s *namesSource, found *gtfs.Names) {
	if n.kept == nil {
		return
	}
	body, err := found.MarshalBinary()
	if err == nil && len(body) > maxNamesKept {
		err = fmt.Errorf("they take %d MiB", len(body)>>20)
	}
	if err == nil {
		saved := s.state
		saved.Body = body
		err = n.kept.SaveNames(ctx, saved)
	}
	if err != nil && ctx.Err() == nil {
		n.log.Warn("the public names of lines and stops could not be kept; the next start has to read them anew", "names", shownPlace(s.place), "err", err)
	}
}

// note writes down how it went to read a source, unless that is known: of a file that
// is looked at all the time, once a day. It does so also when the time to read it is up.
func (n *names) note(ctx context.Context, s *namesSource, fresh bool) {
	now := n.now()
	if n.kept == nil || fresh || s.access.URL == "" && now.Sub(s.noted) < namesEvery {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), namesRecall)
	defer cancel()
	if err := n.kept.NoteNames(ctx, s.state.Source, s.problem, now); err != nil {
		n.log.Warn("how reading the public names went could not be noted", "names", shownPlace(s.place), "err", err)
		return
	}
	s.noted = now
}
