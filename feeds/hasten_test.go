package feeds

import "testing"

func TestHastenDates(t *testing.T) {
	tests := map[string]string{
		"<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate>":   "<pubDate>2026-03-01T10:00:00Z         </pubDate>",
		"<pubDate>Sun, 01 Mar 2026 10:00:00 MSK\n</pubDate>": "<pubDate>2026-03-01T07:00:00Z          </pubDate>",
		"<pubDate>Sun, 01 Mar 2026 10:00:00 +0100</pubDate>": "",
		"<pubDate>2026-03-01T10:00:00Z</pubDate>":            "",
		"<pubDate>Sunday at ten, more or less</pubDate>":     "",
		"<pubDate><![CDATA[Sun, 01 Mar 2026 10:00:00 GMT]]>": "",
		"<pubDate>Sun, 01 Mar 2026 10:00:00.5 GMT</pubDate>": "",
		"<pubDate>1 Mar 26 10:00 GMT</pubDate>":              "",
		"<pubDate>":                                          "",
	}
	for in, want := range tests {
		if want == "" {
			want = in
		}
		given := []byte(in + in)
		if got := hastenDates(given, dating{now: testNow}); string(got) != want+want {
			t.Errorf("hastenDates(%q) = %q", in+in, got)
		}
		if string(given) != in+in {
			t.Errorf("what was given is changed to %q", given)
		}
	}
}
