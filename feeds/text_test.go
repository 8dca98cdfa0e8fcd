package feeds

import (
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing to do":             {"Council votes on bridge", "Council votes on bridge"},
		"white space":               {"  two\n\twords\u00a0and  more ", "two words and more"},
		"tags":                      {"<b>Bold</b> and <i>slanted</i>", "Bold and slanted"},
		"ampersand once":            {"AT&T buys R&D", "AT&T buys R&D"},
		"ampersand twice":           {"AT&amp;T", "AT&T"},
		"ampersand three times":     {"AT&amp;amp;T", "AT&T"},
		"comparison":                {"5 &lt; 6 and a <b>", "5 < 6 and a"},
		"bare comparison":           {"5 < 6 and 7 > 3", "5 < 6 and 7 > 3"},
		"comparison of letters":     {"if a<b and c>d", "if a<b and c>d"},
		"heart":                     {"I <3 you", "I <3 you"},
		"a tag spoken of":           {"Use the &lt;b&gt; tag", "Use the <b> tag"},
		"doubly escaped paragraphs": {"&lt;p&gt;One &amp;amp; two&lt;/p&gt;", "One & two"},
		"escaped within markup":     {"<td>&lt;!-- x --&gt;&lt;div&gt;&lt;p&gt;One&lt;/p&gt; two&lt;/div&gt;</td>", "One two"},
		"code within markup":        {"<p>Use &lt;b&gt;this&lt;/b&gt;</p>", "Use <b>this</b>"},
		"CDATA in CDATA":            {"a <![CDATA[b]]> c", "a b c"},
		"CDATA escaped":             {"&lt;![CDATA[a &amp;amp; b]]&gt;", "a & b"},
		"unknown element":           {"Jane <jane@example.org> says", "Jane <jane@example.org> says"},
		"address in brackets":       {"see <http://example.org/x>", "see <http://example.org/x>"},
		"office markup":             {"<o:p>text</o:p>", "text"},
		"script":                    {"a<script>if (1<2) { x() }</script>b<style>p{}</style>c", "abc"},
		"comment":                   {"a<!-- hidden -->b", "ab"},
		"blocks":                    {"<p>One</p><p>Two</p>", "One Two"},
		"cells":                     {"<td>1</td><td>2</td>", "1 2"},
		"words stay whole":          {"in<b>cred</b>ible", "incredible"},
		"entities":                  {"caf&eacute; &#8217;s &#x1F600; &hellip;", "café ’s 😀 …"},
		"no entity":                 {"?a=1&copy=2&b;", "?a=1&copy=2&b;"},
		"unfinished tag":            {"text <a href=\"http://x", "text"},
		"unfinished comparison":     {"price <b and", "price <b and"},
		"controls":                  {"a\x00b\x1fc\u0085d\ufeffe\u00adf", "abc defb"[:3] + " def"},
		"invalid":                   {"a\xffb", "a\uFFFDb"},
		"composed":                  {"Cafe\u0301", "Café"},
		"joiners stay":              {"👩\u200d🚒", "👩\u200d🚒"},
		"caption":                   {"<figure><img src=x><figcaption>Photo: AP</figcaption></figure>Story", "Story"},
		"numeric control":           {"a&amp;#8;b", "ab"},
		"only markup":               {"<p><br/></p>", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := plain(test.in, 100, false); got != test.want {
				t.Errorf("plain(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestPlainLines(t *testing.T) {
	const in = "<p>One\nline.</p>\n<p>Two<br>three</p><ul><li>a<li>b</ul>"
	const want = "One line.\nTwo\nthree\na\nb"
	if got := plain(in, 100, true); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlainIsBounded(t *testing.T) {
	if got := plain(strings.Repeat("é", 50), 20, false); got != strings.Repeat("é", 20) {
		t.Errorf("cut to %q", got)
	}
	long := "<p>" + strings.Repeat("word <b>bold</b> &amp; ", 100_000)
	if got := plain(long, 1000, true); len(got) > 1000 {
		t.Errorf("%d bytes", len(got))
	}
}

// Two guids that differ only far behind are still two.
func TestIdentity(t *testing.T) {
	long := strings.Repeat("x", maxGUID)
	a, b := identity(long+"a", maxGUID), identity(long+"b", maxGUID)
	if a == b || len(a) > maxGUID || a != identity(" "+long+"a\n", maxGUID) {
		t.Errorf("%d bytes %.80q, %.80q", len(a), a, b)
	}
	if got := identity(" tag:x\x00 ", maxGUID); got != "tag:x" {
		t.Errorf("%q", got)
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"<b>a</b>", "5 < 6", "&amp;lt;p&amp;gt;", "<a<b<c", "<script>", "a&#x1e;b", "<p title='", "&#55357;", "<svg><p>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		saneText(t, "title", plain(s, 100, false))
		saneText(t, "summary", plain(s, 100, true))
		if n := len([]rune(plain(s, 100, true))); n > 100 {
			t.Errorf("%d characters", n)
		}
	})
}
