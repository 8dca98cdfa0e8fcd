package compose

import "testing"

// BenchmarkAlert words all samples for Mastodon.
func BenchmarkAlert(b *testing.B) {
	all, v := alertSamples(), alertVenues()[1]
	w, err := New(v.settings)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, s := range all {
			if _, _, err := w.Alert(s.item, s.news, zoned(v.name), v.limits); err != nil {
				b.Fatal(err)
			}
		}
	}
}
