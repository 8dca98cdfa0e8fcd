package storetest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"spool"
	"spool/store"
)

// testNames keeps what a source of names had, whatever becomes of the next tries.
func testNames(t *testing.T, f *fixture) {
	ctx := t.Context()
	want := store.Names{
		Source: "s1", Validators: spool.Validators{ETag: `"e"`, LastModified: "Sun"}, Issuer: "i", BodyHash: "h",
		Fetched: start, Tried: start, Body: []byte{0x1f, 0x8b, 0, 0xff, '\''},
	}
	other := store.Names{Source: "s2", Fetched: start, Tried: start, Body: []byte("x")}
	if _, err := f.Names(ctx, "s1"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("nothing was tried: %v", err)
	}
	for _, n := range []store.Names{want, other} {
		if err := f.SaveNames(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	wantNames(t, f, want)
	note := func(problem string, at time.Time) {
		if err := f.NoteNames(ctx, "s1", problem, at); err != nil {
			t.Fatal(err)
		}
	}
	want.Tried, want.Problem = start.Add(time.Hour), "the server is down: ü\xff"
	note(want.Problem, want.Tried)
	want.Problem = "the server is down: ü\ufffd"
	wantNames(t, f, want)
	want.Tried, want.Fetched, want.Problem = start.Add(2*time.Hour), start.Add(2*time.Hour), ""
	note("", want.Tried)
	wantNames(t, f, want)
	want.Body, want.Validators, want.BodyHash = []byte("new"), spool.Validators{}, "h2"
	if err := f.SaveNames(ctx, want); err != nil {
		t.Fatal(err)
	}
	wantNames(t, f, want)
	wantNames(t, f, other)
}

func wantNames(t *testing.T, f *fixture, want store.Names) {
	t.Helper()
	got := must(f.Names(t.Context(), want.Source))(t)
	if !bytes.Equal(got.Body, want.Body) {
		t.Errorf("the body of %s is %v, want %v", want.Source, got.Body, want.Body)
	}
	if got.Validators != want.Validators || got.Issuer != want.Issuer || got.BodyHash != want.BodyHash || got.Problem != want.Problem ||
		!got.Fetched.Equal(want.Fetched) || !got.Tried.Equal(want.Tried) {
		t.Errorf("names are %+v, want %+v", got, want)
	}
}

// testNamesForgotten notes a source that could never be read, and forgets those that
// nobody asks for any more.
func testNamesForgotten(t *testing.T, f *fixture) {
	ctx := t.Context()
	if err := f.NoteNames(ctx, "s1", "there is no such file", start); err != nil {
		t.Fatal(err)
	}
	wantNames(t, f, store.Names{Source: "s1", Tried: start, Problem: "there is no such file"})
	later := func(days int) {
		now := start.Add(time.Duration(days) * 24 * time.Hour)
		if err := f.SaveNames(ctx, store.Names{Source: "s2", Fetched: now, Tried: now, Body: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	later(89)
	wantNames(t, f, store.Names{Source: "s1", Tried: start, Problem: "there is no such file"})
	later(91)
	if _, err := f.Names(ctx, "s1"); !errors.Is(err, spool.ErrNotFound) {
		t.Errorf("after 91 days it is known: %v", err)
	}
}
