package spool

import "testing"

// What networks fetch has a name that tells its type; nothing else is served.
func TestFileExtension(t *testing.T) {
	for mime, want := range map[string]string{
		"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "video/quicktime": ".mov",
		"": "", "text/html": "", "image/svg+xml": "", "IMAGE/JPEG": "",
	} {
		if got := (File{Type: mime}).Extension(); got != want {
			t.Errorf("%q: %q, want %q", mime, got, want)
		}
	}
}
