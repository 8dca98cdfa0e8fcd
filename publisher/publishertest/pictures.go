package publishertest

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sync"
	"time"

	"spool"
	"spool/publisher"
)

// Files holds the bytes of pictures in memory, as publisher.Files. The suite
// puts them there.
type Files struct {
	mu    sync.Mutex
	files map[string][]byte
}

// NewFiles returns an empty store of pictures.
func NewFiles() *Files { return &Files{files: map[string][]byte{}} }

// File implements publisher.Files. All of them are PNG.
func (f *Files) File(_ context.Context, name string) (data []byte, mime string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	data, ok := f.files[name]
	if !ok {
		return nil, "", fmt.Errorf("file %s: %w", name, spool.ErrNotFound)
	}
	return data, "image/png", nil
}

func (f *Files) put(name string, data []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[name] = data
}

func (f *Files) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.files)
}

var _ publisher.Files = (*Files)(nil)

func pictures() []test {
	return []test{
		{"posts a picture", func(s *suite) { s.illustrated(1) }},
		{"posts as many pictures as the network takes", func(s *suite) { s.illustrated(s.Text.Media.Images) }},
		{"posts a picture once when the answer is lost", (*suite).brokenPicture},
		{"goes without a picture that is refused", (*suite).refusedPicture},
		{"goes without a picture, and not on with parts of something else", (*suite).dividedPicture},
		{"goes without a picture whose bytes are gone", (*suite).lostPicture},
		{"shows a picture of the post's own page", (*suite).thumb},
	}
}

func (s *suite) needPictures() {
	s.t.Helper()
	switch m := s.Text.Media; {
	case m.Images == 0:
		s.skip("the network takes no pictures (Account.Text.Media)")
	case !m.ByURL && s.Files == nil:
		s.skip("there is no Account.Files to take pictures from")
	}
}

// pixels is a picture that no other number has.
func pixels(n int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			img.Set(x, y, color.RGBA{uint8(x * 4), uint8(y * 5), uint8(n * 20), 255})
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // it cannot fail: the picture has a size and the buffer takes all
	return b.Bytes()
}

// picture is the nth picture, kept where the client will read it.
func (s *suite) picture(n int) spool.Attachment {
	data := pixels(n)
	a := spool.Attachment{
		URL: fmt.Sprintf("https://news.example.org/pictures/%d.png", n), Type: "image/png", Alt: fmt.Sprintf("The bridge, seen from the %d. floor — “über” 橋", n),
		Width: 64, Height: 48, Size: len(data),
	}
	if s.Text.Media.ByURL {
		a.Public = a.URL
	}
	if s.Files != nil {
		a.File = fmt.Sprintf("file-%d", n)
		s.Files.put(a.File, data)
	}
	return a
}

// pictured is a post with so many pictures, and what is posted if it can have
// none: the same with a link that a reader sees.
func (s *suite) pictured(n int) spool.Post {
	p := s.post("The new bridge in the morning")
	instead := p.Content.Clone()
	instead.Text = "Without a picture: " + instead.Text
	p.Content.Text, p.Content.Link, p.Content.Card = "The new bridge in the morning", "", spool.Card{}
	p.Content.Instead = &instead
	for i := range n {
		p.Content.Media = append(p.Content.Media, s.picture(i+1))
	}
	return p
}

// shows asserts that a reader sees just the pictures of a content.
func (s *suite) shows(seen Seen, want []spool.Attachment) {
	s.t.Helper()
	if len(seen.Media) != len(want) {
		s.t.Errorf("a reader sees %d pictures, want %d", len(seen.Media), len(want))
		return
	}
	for i, a := range want {
		got := seen.Media[i]
		if got.Alt != a.Alt {
			s.t.Errorf("picture %d is described as %q, want %q", i+1, got.Alt, a.Alt)
		}
		if s.Text.Media.ByURL && got.URL != a.Public {
			s.t.Errorf("picture %d is at %q, want %q", i+1, got.URL, a.Public)
		}
		if !s.Text.Media.ByURL && !bytes.Equal(got.Data, pixels(i+1)) {
			s.t.Errorf("picture %d has %d bytes that are not those of its file", i+1, len(got.Data))
		}
	}
}

func (s *suite) illustrated(n int) {
	s.needPictures()
	p := s.live(s.pictured(n))
	s.visible(1)
	seen := s.reader(p)
	s.shows(seen, p.Content.Media)
	if !same(seen.Text, p.Content.Text) || p.Receipt.Note != "" {
		s.t.Errorf("a reader sees %q, want %q; the note is %q", seen.Text, p.Content.Text, p.Receipt.Note)
	}
}

// brokenPicture: losing the answer of a post with a picture makes neither a
// second post nor one without it.
func (s *suite) brokenPicture() {
	s.needPictures()
	for _, fault := range []Fault{CutAfter, CutBefore} {
		n := len(s.Visible())
		p := s.ready(s.pictured(1))
		if !s.Break(fault) {
			s.skip("the stand-in cannot do %q", fault)
		}
		r, f := s.publish(s.t.Context(), p)
		if f == nil {
			p = s.next(p, spool.Event{What: spool.Delivered, Receipt: r})
		} else {
			p = s.next(p, spool.Event{What: spool.Refused, Failure: f})
		}
		if p = s.recovered(p, n+1); p.State == spool.Live && p.Receipt.ID != "" {
			s.shows(s.reader(p), p.Content.Media)
		}
	}
}

// fallback asserts that a post went out as its Instead, and says so.
func (s *suite) fallback(p spool.Post) {
	s.t.Helper()
	p = s.patient(p)
	s.visible(1)
	seen := s.reader(p)
	s.shows(seen, nil)
	if want := p.Content.Instead; !same(seen.Text, want.Text) || seen.Link != want.Link {
		s.t.Errorf("a reader sees %q with the link %q, want what there is instead: %q, %q", seen.Text, seen.Link, want.Text, want.Link)
	}
	if p.Receipt.Note == "" {
		s.t.Error("nothing says that the picture is missing (Receipt.Note)")
	}
}

func (s *suite) refusedPicture() {
	s.needPictures()
	if s.RefusePicture == nil {
		s.skip("the stand-in cannot refuse a picture (Account.RefusePicture)")
	}
	s.RefusePicture()
	s.fallback(s.pictured(1))
}

// dividedPicture: what there is instead is not posted when it ends in other parts than
// those that follow.
func (s *suite) dividedPicture() {
	s.needPictures()
	if s.RefusePicture == nil {
		s.skip("the stand-in cannot refuse a picture (Account.RefusePicture)")
	}
	p := s.pictured(1)
	p.Content.Instead.More = []string{"And this is how it ends."}
	s.RefusePicture()
	p = s.patient(p)
	seen := s.reader(p)
	s.shows(seen, nil)
	if !same(seen.Text, p.Content.Text) || p.Receipt.Note == "" {
		s.t.Errorf("a reader sees %q, want %q; the note is %q", seen.Text, p.Content.Text, p.Receipt.Note)
	}
}

func (s *suite) lostPicture() {
	s.needPictures()
	if s.Text.Media.ByURL {
		s.skip("the network fetches pictures itself")
	}
	p := s.pictured(1)
	s.Files.clear()
	s.fallback(p)
}

// thumb: a card's own picture arrives, and a card without one is a card.
func (s *suite) thumb() {
	if !s.Text.Own || s.Text.Media.Thumb == 0 || s.Files == nil {
		s.skip("cards of this network have no picture from us (Account.Text.Own, Media.Thumb, Account.Files)")
	}
	p := s.post("With a card")
	thumb := s.picture(1)
	p.Content.Card.Thumb = &thumb
	s.live(p)
	s.Files.clear()
	q := s.post("With a card whose picture is gone")
	q.Content.Card.Thumb = &thumb
	q = s.patient(q)
	if seen := s.reader(q); seen.Link != q.Content.Link {
		s.t.Errorf("without its picture the card is gone too: %+v", seen)
	}
}

// patient publishes a post that may be refused for passing reasons on the way,
// as long as nothing is in doubt.
func (s *suite) patient(p spool.Post) spool.Post {
	s.t.Helper()
	for range 20 {
		f := s.attempt(&p)
		if f == nil {
			return p
		}
		if p.State != spool.Waiting {
			s.t.Fatalf("the post is %s: %v", p.State, f)
		}
		wait(time.Until(p.NotBefore))
	}
	s.t.Fatal("the post was refused twenty times")
	return p
}
