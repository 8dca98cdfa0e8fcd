package mastodon

import (
	"slices"
	"strings"
	"testing"

	"spool/publisher"
)

func TestReadHTML(t *testing.T) {
	const link = "https://news.example.org/2026/a-rather-long-address"
	tests := map[string]struct {
		content string
		text    string
		linked  string
		links   []string
	}{
		"spans of Mastodon": {
			`<p>One &amp; two<br />three</p><p><a href="` + link + `" target="_blank" rel="nofollow noopener"><span class="invisible">https://</span><span class="ellipsis">news.example.org/2026/a-rather</span><span class="invisible">-long-address</span></a></p>`,
			"One & two\nthree\n\n" + link, "One & two\nthree\n\n" + link, []string{link},
		},
		"shortened for good": {
			`<p>One <a href="` + link + `">news.example.org/…</a> two</p>`, "One news.example.org/… two", "One " + link + " two", []string{link},
		},
		"mentions and hashtags": {
			`<p><span class="h-card"><a href="https://other.example/@anna" class="u-url mention">@<span>anna</span></a></span> <a href="https://x.example/tags/a" class="mention hashtag" rel="tag">#<span>a</span></a></p>`,
			"@anna #a", "@anna #a", nil,
		},
		"not a link":       {`<a href="javascript:alert(1)">x</a> <a>y</a>`, "x y", "x y", nil},
		"scripts":          {`a<script>b</script><style>c</style>d`, "ad", "ad", nil},
		"broken":           {`<p>a <a href="` + link + `">b`, "a b", "a " + link, []string{link}},
		"plain text":       {"a < b & c", "a < b & c", "a < b & c", nil},
		"nested paragraph": {`<div><p>a</p><p>b</p></div>`, "a\n\nb", "a\n\nb", nil},
	}
	for name, tt := range tests {
		p := readHTML(tt.content)
		if p.text != tt.text || p.linked != tt.linked || !slices.Equal(p.links, tt.links) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func FuzzReadHTML(f *testing.F) {
	f.Add(`<p>a <a href="https://example.org">b</a><br></p>`)
	f.Add(`<script><a href=x></script></a></p><!--`)
	f.Fuzz(func(t *testing.T, s string) {
		p := readHTML(s)
		if len(p.text) > 4*len(s)+10 || len(p.links) > maxLinks {
			t.Errorf("%d bytes made %d and %d links", len(s), len(p.text), len(p.links))
		}
		for _, l := range p.links {
			if !webAddress(l) {
				t.Errorf("%q is no address", l)
			}
		}
		plain(p.text)
	})
}

func TestMatchPlaces(t *testing.T) {
	const link = "https://news.example.org/a"
	list := []status{
		{ID: "1", Content: "<p>Words</p>", Created: "2026-09-01T10:00:00.000Z"},
		{ID: "2", Content: "<p>Words</p>", ReplyTo: "9", Created: "2026-09-01T10:01:00.000Z"},
		{ID: "3", Content: `<p>Other words <a href="https://NEWS.example.org/a/?utm_source=x#top">a</a></p>`, Created: "2026-09-01T10:02:00.000Z"},
		{ID: "4", Content: "<p>Words</p>", Created: "2026-09-01T09:00:00.000Z"},
		{ID: "5", Content: "<p>Wo\u200brds</p>", Created: "2026-09-01T10:03:00.000Z"},
	}
	tests := map[string]struct {
		w    wanted
		want string
	}{
		"words, oldest first":     {wanted{text: "Words"}, "4 1 5"},
		"a reply":                 {wanted{text: "Words", reply: "9"}, "2"},
		"a reply to anything":     {wanted{text: "Words", anyOf: true}, "2"},
		"its own link":            {wanted{text: "Gone", link: plainLink(link)}, "3"},
		"words before the link":   {wanted{text: "Words", link: plainLink(link)}, "4 1 5"},
		"no words prove nothing":  {wanted{}, ""},
		"others are not ours":     {wanted{text: "Words", others: map[string]bool{"4": true, "5": true}}, "1"},
		"a link in another place": {wanted{text: "Gone", link: plainLink(link), reply: "9"}, ""},
	}
	for name, tt := range tests {
		found, _, _ := match(list, tt.w)
		var ids []string
		for _, s := range found {
			ids = append(ids, string(s.ID))
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%s: found %q, want %q", name, got, tt.want)
		}
	}
}

// TestLinkAlone: the link proves a post only where no other has it, and never a
// reply, which may repeat its parent's.
func TestLinkAlone(t *testing.T) {
	p := newPost()
	p.Content.Link = "https://news.example.org/a"
	if w := wants(publisher.Query{Post: p}, notes{}, "x"); w.link == "" {
		t.Error("its own link proves nothing")
	}
	if w := wants(publisher.Query{Post: p, LinkShared: true}, notes{}, "x"); w.link != "" {
		t.Error("a shared link proves something")
	}
	p.Purpose = "correct"
	if w := wants(publisher.Query{Post: p}, notes{}, "x"); w.link != "" || !w.anyOf {
		t.Errorf("a correction is looked for as %+v", w)
	}
}
