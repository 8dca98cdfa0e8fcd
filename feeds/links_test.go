package feeds

import (
	"net/http"
	"strings"
	"testing"
)

func TestHubLinks(t *testing.T) {
	tests := map[string]struct {
		lines      []string
		hub, topic string
	}{
		"none":                      {nil, "", ""},
		"both in one":               {[]string{`<https://hub.example/>; rel="hub", <https://x.example/feed>; rel="self"`}, "https://hub.example/", "https://x.example/feed"},
		"one each":                  {[]string{`<https://hub.example/>;rel=hub`, `<https://x.example/feed>;rel=self;type="application/rss+xml"`}, "https://hub.example/", "https://x.example/feed"},
		"relative":                  {[]string{`</hub>; rel=hub, <?feed>; rel=self`}, "https://x.example/hub", "https://x.example/a/b?feed"},
		"several relations":         {[]string{`<https://hub.example/>; title="a, b; c \"d\""; rel="next HUB"`}, "https://hub.example/", ""},
		"the first hub counts":      {[]string{`<https://one.example/>; rel=hub, <https://two.example/>; rel=hub`}, "https://one.example/", ""},
		"the first rel counts":      {[]string{`<https://one.example/>; rel=next; rel=hub`}, "", ""},
		"about something else":      {[]string{`<https://one.example/>; rel=hub; anchor="/other"`}, "", ""},
		"others before":             {[]string{`<https://x.example/wp-json/>; rel="https://api.w.org/", <https://hub.example/>; rel="hub"`}, "https://hub.example/", ""},
		"in between is rubbish":     {[]string{`rubbish, <https://hub.example/>; rel=hub, <unclosed`}, "https://hub.example/", ""},
		"commas within the address": {[]string{`<https://hub.example/?a,b;c>; rel=hub`}, "https://hub.example/?a,b;c", ""},
		"not the web":               {[]string{`<ftp://hub.example/>; rel=hub, <javascript:alert(1)>; rel=self`}, "", ""},
		"not for us":                {[]string{`<http://user:pw@hub.example/>; rel=hub, <http://0x7f.1/>; rel=self`}, "", ""},
		"a better one after it":     {[]string{`<ftp://hub.example/>; rel=hub, <https://hub.example/>; rel=hub`}, "https://hub.example/", ""},
		"too long":                  {[]string{`<https://hub.example/` + strings.Repeat("x", 3000) + `>; rel=hub`}, "", ""},
		"too many":                  {[]string{strings.Repeat("<https://x.example/>; rel=next, ", 100) + "<https://hub.example/>; rel=hub"}, "", ""},
		"an open quotation":         {[]string{`<https://hub.example/>; rel="hub`}, "https://hub.example/", ""},
		"nothing in it":             {[]string{"", ",,,", "<>; rel=hub", "<", ";", "<>"}, "", ""},
	}
	base := mustAddress(t, "https://x.example/a/b")
	for name, test := range tests {
		hub, topic := hubLinks(http.Header{"Link": test.lines}, base)
		if hub != test.hub || topic != test.topic {
			t.Errorf("%s: %q %q", name, hub, topic)
		}
	}
}

func FuzzHubLinks(f *testing.F) {
	f.Add(`<https://hub.example/>; rel="hub"; x="\"", </feed>; rel=self`)
	f.Add(`<;;,,">\`)
	f.Fuzz(func(t *testing.T, line string) {
		base := mustAddress(t, "https://x.example/a/b")
		for _, got := range func() []string { a, b := hubLinks(http.Header{"Link": {line}}, base); return []string{a, b} }() {
			if got == "" {
				continue
			}
			if u, err := parseAddress(got); err != nil || u.User != nil {
				t.Errorf("%q of %q", got, line)
			}
		}
	})
}
