package mastodontest

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // pictures that accounts upload
	_ "image/jpeg" // and these
	_ "image/png"  // and these
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"spool/publisher/standin"
)

// The limits of an upload.
const (
	maxDescription = 1500
	maxImage       = 16777216
	maxFilm        = 103809024
	maxKept        = 64 << 20 // bytes of uploads that are kept for the page
)

// upload takes a picture or a film.
func (s *Server) upload(c *call, u *User, at time.Time) (standin.Reply, error) {
	f := c.form.file
	if f == nil {
		return standin.Reply{}, invalid("File can't be blank")
	}
	if c.form.typeless {
		s.desk.Violation("an upload without a MIME type")
	}
	if err := s.checkFile(f); err != nil {
		return standin.Reply{}, err
	}
	if utf8.RuneCountInString(c.form.Get("description")) > maxDescription {
		s.desk.Violation("a description of more than %d characters", maxDescription)
		return standin.Reply{}, invalid(fmt.Sprintf("Description is too long (maximum is %d characters)", maxDescription))
	}
	m := &medium{
		ID: s.next(at), Owner: u.Name, Kind: f.kind, Description: c.form.Get("description"), Focus: c.form.Get("focus"),
		Size: len(f.data), Made: at,
	}
	if cfg, _, err := image.DecodeConfig(bytes.NewReader(f.data)); err == nil {
		m.Width, m.Height = cfg.Width, cfg.Height
	}
	s.state.Media[m.ID] = m
	s.keep(m.ID, f.data)
	s.save()
	code, done := http.StatusOK, s.knobs.MediaProcessing <= 0
	if !done {
		code = http.StatusAccepted
	}
	return standin.JSON(code, s.mediumView(m, done)), nil
}

func (s *Server) checkFile(f *file) error {
	film := slices.Contains(filmKinds, f.kind)
	switch {
	case !film && !slices.Contains(imageKinds, f.kind):
		return invalid("File content type is invalid, File is invalid")
	case film && len(f.data) > maxFilm, !film && len(f.data) > maxImage:
		return invalid("File size must be less than the limit")
	case len(f.data) == 0:
		return invalid("File size must not be zero")
	}
	if s.opts.MediaStatus == nil {
		return nil
	}
	if why := s.opts.MediaStatus(f.kind, f.data); why != "" {
		return invalid(why)
	}
	return nil
}

// keep holds the bytes of an upload for the page, as long as there is room.
func (s *Server) keep(id string, data []byte) {
	total := len(data)
	for _, d := range s.files {
		total += len(d)
	}
	if total <= maxKept {
		s.files[id] = data
	}
}

func (s *Server) mediumView(m *medium, done bool) object {
	kind, _, _ := strings.Cut(m.Kind, "/")
	o := object{
		"id": m.ID, "type": kind, "description": orNull(m.Description), "blurhash": nil, "url": nil,
		"preview_url": s.base() + "/_media/" + m.ID,
		"meta":        object{"original": object{"width": m.Width, "height": m.Height}},
	}
	if done {
		o["url"] = s.base() + "/_media/" + m.ID
	}
	return o
}

// media tells how far an upload is. One that a status has is not found.
func (s *Server) media(c *call, u *User, at time.Time) (standin.Reply, error) {
	m := s.state.Media[c.id]
	switch {
	case m == nil || m.Owner != u.Name || m.Status != "":
		return standin.Reply{}, missing()
	case at.Sub(m.Made) < s.knobs.MediaProcessing:
		return standin.JSON(http.StatusPartialContent, s.mediumView(m, false)), nil
	}
	return standin.JSON(http.StatusOK, s.mediumView(m, true)), nil
}

// describe changes the description of an upload that no status has.
func (s *Server) describe(c *call, u *User, _ time.Time) (standin.Reply, error) {
	m := s.state.Media[c.id]
	if m == nil || m.Owner != u.Name || m.Status != "" {
		return standin.Reply{}, missing()
	}
	m.Description = c.form.Get("description")
	s.save()
	return standin.JSON(http.StatusOK, s.mediumView(m, true)), nil
}

// unattach removes an upload that no status has.
func (s *Server) unattach(c *call, u *User) (standin.Reply, error) {
	m := s.state.Media[c.id]
	if m == nil || m.Owner != u.Name || m.Status != "" {
		return standin.Reply{}, missing()
	}
	delete(s.state.Media, c.id)
	delete(s.files, c.id)
	s.save()
	return standin.JSON(http.StatusOK, object{}), nil
}

// ForgetMedia is the instance clearing away uploads that no status has.
func (s *Server) ForgetMedia() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, m := range s.state.Media {
		if m.Status == "" {
			delete(s.state.Media, id)
		}
	}
}

// File returns the bytes of an upload, as a reader gets them.
func (s *Server) File(id string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[id]
}
