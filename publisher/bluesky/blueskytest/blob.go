package blueskytest

import (
	"encoding/json"
	"mime"
	"net/http"
	"regexp"
	"time"
)

// maxBlob is the reference server's default, in bytes.
const maxBlob = 5 << 20

// upload takes a picture. The same bytes get the same name.
func (s *Server) upload(c *call, u *User, at time.Time) (any, error) {
	kind, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	switch {
	case u.Status != "":
		return nil, failure(http.StatusBadRequest, "AccountDeactivated", "Account is deactivated")
	case err != nil:
		return nil, invalid("Request encoding (Content-Type) required but not provided")
	case len(c.raw) > maxBlob:
		return nil, tooLarge()
	}
	cid := "bafkrei" + digest(c.raw)
	s.state.Blobs[cid] = &blob{Owner: u.Handle, Mime: kind, Data: c.raw, Time: at}
	s.collect(at)
	s.save()
	return object{"blob": object{"$type": "blob", "ref": object{"$link": cid}, "mimeType": kind, "size": len(c.raw)}}, nil
}

// collected reports whether a picture is gone since no record names it.
func (s *Server) collected(cid string, b *blob, at time.Time) bool {
	life := s.knobs.BlobLife
	if life <= 0 {
		life = 6 * time.Hour
	}
	return at.Sub(b.Time) >= life && !s.referenced(cid)
}

func (s *Server) collect(at time.Time) {
	for cid, b := range s.state.Blobs {
		if s.collected(cid, b, at) {
			delete(s.state.Blobs, cid)
		}
	}
}

var link = regexp.MustCompile(`"\$link":\s*"([a-z0-9]+)"`)

func blobRefs(value json.RawMessage) []string {
	var all []string
	for _, m := range link.FindAllSubmatch(value, -1) {
		all = append(all, string(m[1]))
	}
	return all
}

func (s *Server) referenced(cid string) bool {
	for _, e := range s.state.Records {
		for _, r := range blobRefs(e.Value) {
			if r == cid {
				return true
			}
		}
	}
	return false
}

// Blob returns a picture by its name.
func (s *Server) Blob(cid string) (data []byte, kind string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.state.Blobs[cid]
	if b == nil {
		return nil, "", false
	}
	return b.Data, b.Mime, true
}

// LosePictures forgets what was uploaded and is in no post.
func (s *Server) LosePictures() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for cid := range s.state.Blobs {
		if !s.referenced(cid) {
			delete(s.state.Blobs, cid)
		}
	}
}
