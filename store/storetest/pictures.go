package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"spool"
)

// testFiles keeps bytes that are no text, and tells what is for everybody.
func testFiles(t *testing.T, f *fixture) {
	ctx := t.Context()
	data := []byte{0, 0xff, 0xd8, '\'', 0, 0x80, '"'}
	want := spool.File{Name: "k2", Type: "image/jpeg", Data: data, Width: 40, Height: 30, Public: true, Created: start, Expires: start.Add(time.Hour)}
	private := want
	private.Name, private.Public = "k3", false
	for _, file := range []spool.File{want, private} {
		if err := f.SaveFile(ctx, file); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveFile(ctx, spool.File{Name: "k2", Type: "text/html", Data: []byte("<p>"), Expires: start.Add(time.Hour)}); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("another file of the same name: %v", err)
	}
	for _, name := range []string{"k2", "k3"} {
		got, mime, err := f.File(ctx, name)
		if err != nil || mime != "image/jpeg" || !bytes.Equal(got, data) {
			t.Errorf("file %s is %v of type %s, %v", name, got, mime, err)
		}
	}
	got := must(f.PublicFile(ctx, "k2"))(t)
	if !bytes.Equal(got.Data, data) || got.Type != want.Type || got.Width != 40 || got.Height != 30 || !got.Public || got.Expires != want.Expires {
		t.Errorf("the public file is %+v", got)
	}
	for _, name := range []string{"k3", "k", "", "K2", "%", "k_"} {
		if _, err := f.PublicFile(ctx, name); !errors.Is(err, spool.ErrNotFound) {
			t.Errorf("whoever asks for %q gets %v", name, err)
		}
	}
	f.clock.advance(time.Hour)
	if _, _, err := f.File(ctx, "k3"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("an expired file: %v", err)
	}
	if _, err := f.PublicFile(ctx, "k2"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("an expired public file: %v", err)
	}
}

// testSweepFiles removes what has expired, but nothing that a post waits with.
func testSweepFiles(t *testing.T, f *fixture) {
	ctx := t.Context()
	f.configure(t, []string{"news"}, []string{"desk"})
	pictured := func(item, name string) spool.Post {
		p := newPost(item, "desk")
		p.Content.Media = []spool.Attachment{{URL: "https://www.example.org/i.jpg", Type: "image/jpeg", File: name}}
		return p
	}
	thumb := newPost("card", "desk")
	thumb.Content.Card.Thumb = &spool.Attachment{URL: "https://www.example.org/i.jpg", Public: "https://spool.example/media/served.jpg", File: "served"}
	posts := f.record(t, pictured("waits", "waiting"), pictured("sends", "sending"), pictured("lives", "live"), thumb)
	for _, name := range []string{"waiting", "sending", "live", "served", "nobodys", "wait"} {
		if err := f.SaveFile(ctx, spool.File{Name: name, Type: "image/jpeg", Data: []byte(name), Public: true, Created: start, Expires: start.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SaveFile(ctx, spool.File{Name: "young", Type: "image/jpeg", Data: []byte("x"), Created: start, Expires: start.Add(3 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if n := must(f.SweepFiles(ctx, f.clock.Now()))(t); n != 0 {
		t.Errorf("%d files swept before they expired", n)
	}
	now := f.clock.advance(2 * time.Hour)
	l := f.claimAccount(t, "desk").Lease
	f.step(t, l, posts[1], spool.Event{What: spool.Began})
	f.live(t, l, posts[2], "n1")
	if n := must(f.SweepFiles(ctx, now))(t); n != 3 {
		t.Errorf("%d files swept, want those of nobody, of a live post, and with a name like another's", n)
	}
	for name, kept := range map[string]bool{"waiting": true, "sending": true, "served": true, "young": true, "live": false, "nobodys": false, "wait": false} {
		if _, _, err := f.File(ctx, name); (err == nil) != kept {
			t.Errorf("file %s: %v", name, err)
		}
	}
	if _, err := f.PublicFile(ctx, "served"); err != nil {
		t.Errorf("a file that a waiting post needs: %v", err)
	}
}

// testSweepMany removes more than one statement does.
func testSweepMany(t *testing.T, f *fixture) {
	for i := range 230 {
		if err := f.SaveFile(t.Context(), spool.File{Name: fmt.Sprintf("f%d", i), Type: "image/png", Data: []byte{1}, Expires: start}); err != nil {
			t.Fatal(err)
		}
		if err := f.SavePage(t.Context(), fmt.Sprintf("https://www.example.org/%d", i), "{}", start.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	if n := must(f.SweepFiles(t.Context(), start))(t); n != 230 {
		t.Errorf("%d files swept", n)
	}
	if n := must(f.SweepPages(t.Context(), start.Add(200*time.Second)))(t); n != 200 {
		t.Errorf("%d pages swept", n)
	}
}

// testPages lets one asker at a time go to a page.
func testPages(t *testing.T, f *fixture) {
	ctx, url := t.Context(), "https://www.example.org/a?b='c'"
	if _, _, err := f.Page(ctx, url); !errors.Is(err, spool.ErrNotFound) {
		t.Fatalf("nothing was noted: %v", err)
	}
	if err := f.ClaimPage(ctx, url, start, start.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if body, at, err := f.Page(ctx, url); err != nil || body != "" || at != start {
		t.Errorf("claimed: %q at %v, %v", body, at, err)
	}
	now := f.clock.advance(time.Minute)
	if err := f.another(t).ClaimPage(ctx, url, now, start.Add(-time.Second)); !errors.Is(err, spool.ErrConflict) {
		t.Errorf("a second claim: %v", err)
	}
	if err := f.SavePage(ctx, url, `{"image":"ü"}`, now); err != nil {
		t.Fatal(err)
	}
	if body, at, err := f.Page(ctx, url); err != nil || body != `{"image":"ü"}` || at != now {
		t.Errorf("noted: %q at %v, %v", body, at, err)
	}
	if err := f.ClaimPage(ctx, url, now.Add(time.Hour), now); err != nil {
		t.Errorf("a claim of what is old: %v", err)
	}
	if body, _, err := f.Page(ctx, url); err != nil || body != "" {
		t.Errorf("claimed again: %q, %v", body, err)
	}
}
