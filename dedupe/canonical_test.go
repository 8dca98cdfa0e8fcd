package dedupe

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCanonical(t *testing.T) {
	const plain = "https://example.org/news/storm"
	tests := []struct{ name, raw, want string }{
		{"as it is", plain, plain},
		{"http", "http://example.org/news/storm", plain},
		{"upper case scheme and host", "HTTPS://Example.ORG/news/storm", plain},
		{"www", "https://www.example.org/news/storm", plain},
		{"a host that is only www", "https://www.org/news", "https://www.org/news"},
		{"default port of http", "http://example.org:80/news/storm", plain},
		{"default port of https", "https://example.org:443/news/storm", plain},
		{"another port", "https://example.org:8443/news/storm", "https://example.org:8443/news/storm"},
		{"IPv6", "http://[2001:DB8::1]:80/a", "https://[2001:db8::1]/a"},
		{"user", "https://me:secret@example.org/news/storm", plain},
		{"final dot of the host", "https://example.org./news/storm", plain},
		{"Unicode host", "https://Bücher.example/a", "https://xn--bcher-kva.example/a"},
		{"space around", " \n" + plain + "\t", plain},
		{"line break within", "https://example.org/news/\nstorm", plain},
		{"trailing slash", plain + "/", plain},
		{"doubled slashes", "https://example.org//news///storm", plain},
		{"dot segments", "https://example.org/a/./../news/storm", plain},
		{"dot segments above the root", "https://example.org/../../news/storm", plain},
		{"index page", plain + "/index.html", plain},
		{"front page", "https://example.org/", "https://example.org"},
		{"front page with www and index", "http://www.example.org/index.html", "https://example.org"},
		{"session in the path", plain + ";jsessionid=0A1B", plain},
		{"needless escapes", "https://example.org/news/%73torm", plain},
		{"escapes in lower case", "https://example.org/a%c3%bc", "https://example.org/a%C3%BC"},
		{"raw Unicode path", "https://example.org/aü", "https://example.org/a%C3%BC"},
		{"raw space", "https://example.org/a b", "https://example.org/a%20b"},
		{"broken escape", "https://example.org/100%zz", "https://example.org/100%25zz"},
		{"order of parameters", "https://example.org/?b=2&a=1", "https://example.org?a=1&b=2"},
		{"order of equal names stays", "https://example.org/?b=2&a=2&a=1", "https://example.org?a=2&a=1&b=2"},
		{"plus is a space", "https://example.org/?q=a+b", "https://example.org?q=a%20b"},
		{"semicolons and bad escapes survive", "https://example.org/?a=1;b=%zz", "https://example.org?a=1;b=%25zz"},
		{"twice escaped ampersand", "https://example.org/?a=1&amp;b=2", "https://example.org?a=1&b=2"},
		{"utm", plain + "?utm_source=rss&utm_medium=feed", plain},
		{"utm in upper case", plain + "?UTM_Source=rss", plain},
		{"utm between others", "https://example.org/?p=1&utm_source=rss&q=2", "https://example.org?p=1&q=2"},
		{"click ids", plain + "?fbclid=a&gclid=b&mc_cid=c&mc_eid=d", plain},
		{"BBC", plain + "?at_medium=RSS&at_campaign=rss", plain},
		{"xtor", plain + "?xtor=RSS-16", plain},
		{"xtor in the fragment", plain + "#xtor=RSS-3208", plain},
		{"ref in the fragment", plain + "#ref=rss", plain},
		{"cmpid and ref", plain + "?cmpid=xyz&ref=rss", plain},
		{"ref that is the host", plain + "?ref=www.example.org", plain},
		{"ref that is something else", plain + "?ref=abc", plain + "?ref=abc"},
		{"New York Times", plain + "?partner=rss&emc=rss", plain},
		{"a prefix is not a word", plain + "?at=5", plain + "?at=5"},
		{"amp as a parameter", plain + "?amp=1", plain},
		{"amp at the end of the path", plain + "/amp", plain},
		{"amp in a short path stays", "https://example.org/wiki/amp", "https://example.org/wiki/amp"},
		{"amp host", "https://amp.example.org/a", "https://example.org/a"},
		{"default port of the other scheme", "http://example.org:443/news/storm", plain},
		{"Unicode host that was escaped", "https://b%C3%BCcher.example/a", "https://xn--bcher-kva.example/a"},
		{"AMP cache", "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/news/storm/amp?usqp=mq331AQ", plain},
		{"wrapped in wrappers", "https://www.google.com/url?q=https%3A%2F%2Fwww.google.com%2Famp%2Fs%2Fexample.org%2Fnews%2Fstorm", plain},
		{"mobile host stays", "https://m.example.org/a", "https://m.example.org/a"},
		{"case of the path stays", "https://example.org/News", "https://example.org/News"},
		{"escaped slash stays", "https://example.org/a%2fb", "https://example.org/a%2Fb"},
		{"fragment that names an article stays", "https://example.org/log#v2", "https://example.org/log#v2"},
		{"text highlight", plain + "#:~:text=storm", plain},
		{"empty query and fragment", plain + "?#", plain},
		{"no address", "tag:example.org,2026:1", ""},
		{"relative", "/news/storm", ""},
		{"no host", "https:///news", ""},
		{"other scheme", "ftp://example.org/a", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		if got := Canonical(tt.raw); got != tt.want {
			t.Errorf("%s: Canonical(%q) = %q, want %q", tt.name, tt.raw, got, tt.want)
		}
	}
}

// TestAddresses reads testdata/addresses.txt, which says in blocks which
// addresses are of one article ("=") and which are not ("!").
func TestAddresses(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("testdata", "addresses.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rows, rule, head, seen := 0, "", "", map[string]string{}
	for n, line := range strings.Split(string(file), "\n") {
		mark, raw, _ := strings.Cut(line, " ")
		got := Canonical(raw)
		switch mark {
		case "":
			continue
		case "#":
			rule = raw
			continue
		case "@":
			head, seen = got, map[string]string{got: raw}
		case "=":
			if got != head {
				t.Errorf("line %d, %s: %s is %s, want %s", n+1, rule, raw, got, head)
			}
		case "!":
			if other, taken := seen[got]; taken {
				t.Errorf("line %d, %s: %s is taken for %s: both are %s", n+1, rule, raw, other, got)
			}
			seen[got] = raw
		default:
			t.Errorf("line %d begins with %q", n+1, mark)
		}
		if got == "" {
			t.Errorf("line %d: %s has no form", n+1, raw)
		}
		rows++
	}
	if rows < 150 {
		t.Errorf("%d addresses", rows)
	}
}

func TestCanonicalIsStable(t *testing.T) {
	part := rapid.StringMatching(`[a-zA-Z0-9%/.?&=#;:+~_\- ü]{0,40}`)
	rapid.Check(t, func(t *rapid.T) {
		raw := "http://www.example.org/" + part.Draw(t, "rest")
		once := Canonical(raw)
		if twice := Canonical(once); twice != once {
			t.Fatalf("%q → %q → %q", raw, once, twice)
		}
	})
}

// FuzzCanonical: the form is its own form, an address that has a host has one,
// it is made of what may stand in an address, and it is not much longer.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{
		"https://a.example/b?c=d#e", "http://[::1]:80/", "https://ü.example/%", "https://x/?&amp;&#&", "http://e.org:443/%73;jsessionid=1/amp",
		"https://m-e-org.cdn.ampproject.org/c/s/m.e.org/a/b.amp.html?usqp=1", "https://google.com/url?url=http%3A%2F%2Fe.org%2F%25C3%25BC", "https://e.org/a/b/amp/index.html/(S(x))#tk.rss",
		"https://www.amp.m.spiegel.de/..amp?a;b;utm_x=1;amp;c#:~:text", "https://b%C3%BCcher.example:8080//a/../../b/?sid=0123456789abcdef01#ref=rss",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		c := Canonical(raw)
		if c == "" {
			if u, err := url.Parse(raw); err == nil && u.Scheme == "https" && ascii(u.Host) && strings.Trim(u.Host, ".:0123456789@") != "" && strings.Trim(u.Hostname(), ".") != "" && u.User == nil {
				t.Errorf("Canonical(%q) is empty", raw)
			}
			return
		}
		if !strings.HasPrefix(c, scheme) || strings.ContainsAny(c, " \t\r\n\x00") || !ascii(c[strings.Index(c[8:]+"/", "/"):]) {
			t.Errorf("Canonical(%q) = %q", raw, c)
		}
		if again := Canonical(c); again != c {
			t.Errorf("Canonical(%q) = %q, then %q", raw, c, again)
		}
		if len(c) > 3*len(raw)+64 {
			t.Errorf("Canonical(%q) is %d bytes of %d", raw, len(c), len(raw))
		}
	})
}
