package feeds

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// sane checks what must hold for every item, whatever the feed.
func sane(t *testing.T, i item) {
	t.Helper()
	texts := map[string]string{"title": i.Title, "summary": i.Summary, "author": i.Author, "guid": i.GUID, "language": i.Language}
	for _, c := range i.Categories {
		texts["category"] = c
	}
	for _, m := range i.Media {
		texts["alt"] = m.Alt
		saneAddress(t, m.URL)
		if m.URL == "" {
			t.Errorf("a medium without an address: %+v", m)
		}
	}
	for name, s := range texts {
		saneText(t, name, s)
	}
	for _, s := range []string{i.Title, i.Summary, i.Author} {
		if !norm.NFC.IsNormalString(s) {
			t.Errorf("not NFC: %q", s)
		}
	}
	saneAddress(t, i.Link)
	if utf8.RuneCountInString(i.Title) > maxTitle || utf8.RuneCountInString(i.Summary) > maxSummary || len(i.GUID) > maxGUID || len(i.Media) > maxMedia {
		t.Errorf("longer than allowed: %.100q", i.Title)
	}
	if !i.Published.IsZero() && !plausible(i.Published) {
		t.Errorf("published %v", i.Published)
	}
}

func saneText(t *testing.T, name, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.TrimSpace(s) != s {
		t.Errorf("%s is not clean: %q", name, s)
	}
	for _, r := range s {
		if unicode.IsControl(r) && !(r == '\n' && name == "summary") {
			t.Errorf("%s has a control character: %q", name, s)
			return
		}
	}
}

func saneAddress(t *testing.T, s string) {
	t.Helper()
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || !strings.HasPrefix(strings.ToLower(u.Scheme), "http") || u.Host == "" || strings.ContainsAny(s, " \n\t<>\"") {
		t.Errorf("not an address: %q %v", s, err)
	}
}
