package bluesky

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// told writes the facets of a text as "words=meaning".
func told(text string, list []facet) string {
	var out []string
	for _, f := range list {
		x := f.Features[0]
		out = append(out, text[f.Index.Start:f.Index.End]+"="+x.URI+x.DID+x.Tag)
	}
	return strings.Join(out, " | ")
}

func TestFacets(t *testing.T) {
	cases := []struct {
		name, text string
		meaning
		want string
	}{
		{name: "a link at the end of a sentence", text: "See https://a.example/x.", want: "https://a.example/x=https://a.example/x"},
		{name: "in brackets", text: "Bridge (https://a.example/x) open", want: "https://a.example/x=https://a.example/x"},
		{name: "with brackets of its own", text: "https://a.example/wiki/Bridge_(city)", want: "https://a.example/wiki/Bridge_(city)=https://a.example/wiki/Bridge_(city)"},
		{name: "both", text: "(see https://a.example/Bridge_(city)).", want: "https://a.example/Bridge_(city)=https://a.example/Bridge_(city)"},
		{name: "in quotes", text: `he said "https://a.example/x", twice`, want: "https://a.example/x=https://a.example/x"},
		{name: "in other quotes", text: "»https://a.example/x« and „https://b.example/y“", want: "https://a.example/x=https://a.example/x | https://b.example/y=https://b.example/y"},
		{name: "with a query and a fragment", text: "https://a.example/?a=1&b=2#c, then", want: "https://a.example/?a=1&b=2#c=https://a.example/?a=1&b=2#c"},
		{name: "in an exclamation", text: "https://a.example!!!", want: "https://a.example=https://a.example"},
		{name: "a slash at the end stays", text: "https://a.example/x/, y", want: "https://a.example/x/=https://a.example/x/"},
		{name: "among Chinese signs", text: "请看https://a.example/x。再说（https://b.example/y）", want: "https://a.example/x=https://a.example/x | https://b.example/y=https://b.example/y"},
		{name: "in Arabic", text: "انظر https://a.example/x، ثم", want: "https://a.example/x=https://a.example/x"},
		{name: "with letters that are not ASCII", text: "https://müller.example/straße?ö=ü", want: "https://müller.example/straße?ö=ü=https://xn--mller-kva.example/stra%C3%9Fe?%C3%B6=%C3%BC"},
		{name: "behind an emoji", text: "🚋https://a.example/x", want: "https://a.example/x=https://a.example/x"},
		{name: "upper case", text: "HTTPS://A.example/X", want: "HTTPS://A.example/X=https://A.example/X"},
		{name: "two in a row", text: "https://a.example/x https://a.example/x", want: "https://a.example/x=https://a.example/x | https://a.example/x=https://a.example/x"},
		{name: "none without a scheme", text: "www.a.example and a.example/x"},
		{name: "none of other schemes", text: "ftp://a.example javascript://a.example mailto:a@b.example"},
		{name: "none within a word", text: "git+https://a.example/x xhttps://b.example"},
		{name: "none with a name before the host", text: "https://bank.example@evil.example/x"},
		{name: "none without a host", text: "https:// https:///x https://?x http://.x"},
		{name: "one that is known keeps its end", text: "Look: https://a.example/x).", meaning: meaning{link: "https://a.example/x)"}, want: "https://a.example/x)=https://a.example/x)"},
		{name: "one that is known and goes on is another", text: "https://a.example/xy", meaning: meaning{link: "https://a.example/x"}, want: "https://a.example/xy=https://a.example/xy"},

		{name: "a hashtag that is meant", text: "Out now #bridge #other", meaning: meaning{tags: []string{"bridge"}}, want: "#bridge=bridge"},
		{name: "each time it stands there", text: "#bridge, #bridge", meaning: meaning{tags: []string{"bridge"}}, want: "#bridge=bridge | #bridge=bridge"},
		{name: "not the beginning of another", text: "#bridges #bridge", meaning: meaning{tags: []string{"bridge"}}, want: "#bridge=bridge"},
		{name: "not within a word", text: "a#bridge ##bridge &#bridge", meaning: meaning{tags: []string{"bridge"}}},
		{name: "before a full stop", text: "About #bridge.", meaning: meaning{tags: []string{"#bridge"}}, want: "#bridge=bridge"},
		{name: "in other scripts", text: "#橋 と ＃路線 و #جسر", meaning: meaning{tags: []string{"橋", "路線", "جسر"}}, want: "#橋=橋 | ＃路線=路線 | #جسر=جسر"},
		{name: "none in an address", text: "https://a.example/#bridge", meaning: meaning{tags: []string{"bridge"}}, want: "https://a.example/#bridge=https://a.example/#bridge"},
		{name: "none that is too long", text: "#" + strings.Repeat("a", 65), meaning: meaning{tags: []string{strings.Repeat("a", 65)}}},
		{name: "none with a space, none that is empty", text: "#a b #", meaning: meaning{tags: []string{"a b", "", "#"}}},

		{name: "a handle that is somebody's", text: "By @ann.example.org.", meaning: meaning{named: map[string]string{"ann.example.org": "did:plc:ann"}}, want: "@ann.example.org=did:plc:ann"},
		{name: "not the beginning of another", text: "@ann.example.org.uk @ann.example.organ @ann.example.org-x", meaning: meaning{named: map[string]string{"ann.example.org": "did:plc:ann"}}},
		{name: "not in a mail address", text: "mail@ann.example.org", meaning: meaning{named: map[string]string{"ann.example.org": "did:plc:ann"}}},
		{name: "longer ones first or not", text: "@a.b.example @b.example", meaning: meaning{named: map[string]string{"b.example": "did:plc:b", "a.b.example": "did:plc:a"}}, want: "@a.b.example=did:plc:a | @b.example=did:plc:b"},
		{name: "nothing in a text that is not valid", text: "https://a.example/\xff"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := told(c.text, facets(c.text, c.meaning)); got != c.want {
				t.Errorf("facets of %q:\n got %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

// sound checks what must hold for the facets of any text.
func sound(t rapid.TB, text string, list []facet) {
	t.Helper()
	last := 0
	for _, f := range list {
		start, end := f.Index.Start, f.Index.End
		switch {
		case start < last || end <= start || end > len(text):
			t.Fatalf("a facet from %d to %d after %d in %d bytes of %q", start, end, last, len(text), text)
		case !utf8.RuneStart(text[start]) || end < len(text) && !utf8.RuneStart(text[end]):
			t.Fatalf("a facet from %d to %d within a character of %q", start, end, text)
		case len(f.Features) != 1:
			t.Fatalf("%d features", len(f.Features))
		}
		last = end
		covers(t, text[start:end], f.Features[0])
	}
}

func covers(t rapid.TB, words string, x feature) {
	t.Helper()
	switch x.Type {
	case linkFeature:
		uri, ok := plainURI(words)
		if !ok || uri != x.URI || strings.IndexFunc(x.URI, func(r rune) bool { return r <= ' ' || r >= 0x7f }) >= 0 {
			t.Fatalf("%q leads to %q", words, x.URI)
		}
	case tagFeature:
		if words != "#"+x.Tag && words != "＃"+x.Tag {
			t.Fatalf("%q is taken for #%s", words, x.Tag)
		}
	case mentionFeature:
		if words != "@"+strings.TrimPrefix(x.DID, "did:plc:") {
			t.Fatalf("%q is taken for %s", words, x.DID)
		}
	default:
		t.Fatalf("a facet of type %q", x.Type)
	}
}

// TestFacetsAreSound puts texts together of what is hard.
func TestFacetsAreSound(t *testing.T) {
	pieces := []string{
		" ", "\n", "https://a.example/x", "http://b.example", "https://ü.example/ä?ö", "#bridge", "#橋", "＃bridge", "@ann.example", "@b.ann.example",
		"(", ")", "[", "]", ".", ",", "!", "’", "»", "“", "。", "👨‍👩‍👧‍👦", "🇫🇷", "é", "नि", "جسر", "word", "https://", "://", "\u200b", "\u2067", "#", "@", "&",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 25).Draw(t, "pieces"), "")
		sound(t, text, facets(text, meaning{
			link: rapid.SampledFrom(pieces).Draw(t, "link"), tags: []string{"bridge", "橋", "bri"},
			named: map[string]string{"ann.example": "did:plc:ann.example", "b.ann.example": "did:plc:b.ann.example"},
		}))
	})
}

func FuzzFacets(f *testing.F) {
	f.Add("See https://a.example/x). #bridge @ann.example", "https://a.example/x)", "bridge", "ann.example")
	f.Add("»http://ü.example/« ＃橋 \xff", "", "橋", "ann.example.")
	f.Add("@a @a.a#a https://a#a@a", "https://a", "a", "a")
	f.Fuzz(func(t *testing.T, text, link, tag, handle string) {
		sound(t, text, facets(text, meaning{link: link, tags: []string{tag}, named: map[string]string{handle: "did:plc:" + handle}}))
	})
}

// TestShortening: what is sent is always within the limits, valid, with its link
// whole, and begins as what was to be sent.
func TestShortening(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{
			"word", "Straßenbahn,", "旧桥两年后重新开放", "👨‍👩‍👧‍👦", "पुराना", "https://a.example/a-long-address/of-some-page?with=a&query=too", "q̃", "\n", "a",
		}), 0, 200).Draw(t, "words")
		text := strings.Join(words, rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		link := rapid.SampledFrom([]string{"", "https://news.example.org/story/1"}).Draw(t, "link")
		got, cut := withLink(text, link)
		if !fits(got) || !utf8.ValidString(got) {
			t.Fatalf("%d graphemes, %d bytes: %q", Length(got), len(got), got)
		}
		if link != "" && !strings.Contains(got, link) {
			t.Fatalf("the link is not in %q", got)
		}
		kept, _, _ := strings.Cut(got, "…")
		if cut && !strings.HasPrefix(text, strings.TrimSuffix(kept, link)) {
			t.Fatalf("%q is not the beginning of %q", kept, text)
		}
		whole := map[string]bool{link: true}
		for _, l := range findLinks(text, "") {
			whole[text[l.start:l.end]] = true
		}
		for _, l := range findLinks(got, "") {
			if uri := got[l.start:l.end]; !whole[uri] {
				t.Fatalf("the address %q was cut", uri)
			}
		}
		if !cut && link == "" && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// TestLinkWithoutSpaces: an address that stands behind words without a space is
// left out whole where it does not fit.
func TestLinkWithoutSpaces(t *testing.T) {
	words := strings.Repeat("橋", 280)
	got, cut := trimTo(words+"https://a.example/"+strings.Repeat("x", 60), "")
	if got != words+"…" || !cut {
		t.Errorf("it became %q", got)
	}
}
