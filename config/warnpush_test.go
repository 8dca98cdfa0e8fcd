package config

import (
	"strings"
	"testing"
)

func TestWarnsOfAPublicAddressThatHubsCannotUse(t *testing.T) {
	for server, want := range map[string]string{
		`{public_url: "https://spool.example.org"}`:             "",
		`{public_url: "https://203.0.113.7/spool"}`:             "",
		`{public_url: "http://spool.example.org"}`:              "is http://",
		`{listen: "", public_url: "https://spool.example.org"}`: "does nothing while server.listen is empty",
		`{public_url: "https://localhost:8080"}`:                "do not reach",
		`{public_url: "https://10.0.0.7"}`:                      "do not reach",
		`{public_url: "https://[::1]"}`:                         "do not reach",
		`{listen: "127.0.0.1:8080"}`:                            "",
	} {
		c := mustLoad(t, "fetch: {contact: a@example.org}\nserver: "+server+`
accounts: {desk: {network: threads}}
feeds: {news: {url: "https://example.org/rss", accounts: [desk]}}
`)
		var got []string
		for _, w := range c.Warnings() {
			got = append(got, w.String())
		}
		all := strings.Join(got, "\n")
		if want == "" && all != "" || want != "" && (len(got) != 1 || !strings.Contains(all, "server.public_url: ") || !strings.Contains(all, want)) {
			t.Errorf("%s: %q, want %q", server, all, want)
		}
	}
}
