package feeds

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func encoded(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestToUTF8(t *testing.T) {
	utf16le := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	utf16be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	tests := map[string]struct{ body, contentType, want string }{
		"plain":                         {"<rss>é", "", "<rss>é"},
		"mark":                          {"\xef\xbb\xbf<rss>é", "", "<rss>é"},
		"two marks":                     {"\xef\xbb\xbf\xef\xbb\xbf<rss>é", "", "<rss>é"},
		"UTF-16 with mark":              {encoded(t, utf16le, "<rss>é"), "text/xml; charset=utf-8", "<rss>é"},
		"UTF-16 without mark":           {encoded(t, utf16be, "<rss>é"), "", "<rss>é"},
		"valid beats the header":        {"<rss>é", "text/xml; charset=iso-8859-1", "<rss>é"},
		"valid beats the prolog":        {`<?xml version="1.0" encoding="windows-1251"?><rss>é`, "", `<?xml version="1.0" encoding="windows-1251"?><rss>é`},
		"header":                        {encoded(t, charmap.Windows1251, "<rss>Привет"), "text/xml; charset=windows-1251", "<rss>Привет"},
		"header beats the prolog":       {`<?xml version="1.0" encoding="iso-8859-1"?>` + encoded(t, charmap.KOI8R, "Привет"), "text/xml; charset=KOI8-R", `<?xml version="1.0" encoding="iso-8859-1"?>Привет`},
		"prolog":                        {`<?xml version='1.0' encoding='koi8-r'?>` + encoded(t, charmap.KOI8R, "Привет"), "text/xml", `<?xml version='1.0' encoding='koi8-r'?>Привет`},
		"prolog when header is wrong":   {`<?xml version="1.0" encoding="windows-1251"?>` + encoded(t, charmap.Windows1251, "Привет"), "text/xml; charset=utf-8", `<?xml version="1.0" encoding="windows-1251"?>Привет`},
		"meta":                          {`<meta charset="windows-1251">` + encoded(t, charmap.Windows1251, "Привет"), "", `<meta charset="windows-1251">Привет`},
		"Latin 1 means windows-1252":    {"<rss>\x93a\x94", "text/xml; charset=ISO-8859-1", "<rss>“a”"},
		"ASCII falls through":           {"<rss>caf\xe9", "text/xml; charset=us-ascii", "<rss>café"},
		"unknown falls through":         {"<rss>caf\xe9", "text/xml; charset=klingon", "<rss>café"},
		"nothing declared":              {"<rss>caf\xe9", "", "<rss>café"},
		"Japanese by escapes":           {encoded(t, japanese.ISO2022JP, "<rss>日本"), "text/xml; charset=iso-2022-jp", "<rss>日本"},
		"one broken byte in good UTF-8": {"<rss>éèê\xff日本", "", "<rss>éèê\uFFFD日本"},
		"the same, declared otherwise":  {strings.Repeat("é", 20) + "\xff", "text/xml; charset=iso-8859-1", strings.Repeat("é", 20) + "\uFFFD"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, _, _ := toUTF8([]byte(test.body), test.contentType); string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestCleanCharacters(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing":           {"<a>é\n\t&#233;&amp;</a>", "<a>é\n\t&#233;&amp;</a>"},
		"controls":          {"a\x00b\x08c\x1fd", "abcd"},
		"noncharacters":     {"a\ufffeb\uffffc\ufffdd", "abc\ufffdd"},
		"references":        {"a&#8;b&#x1F;c&#0;d&#xFFFE;e", "abcde"},
		"good references":   {"&#9;&#x1F600;&#8217;", "&#9;&#x1F600;&#8217;"},
		"halves of one":     {"a&#55357;&#56832;b", "a😀b"},
		"half of one":       {"a&#55357;b&#xDC00;c", "abc"},
		"beyond all planes": {"a&#x110000;b&#99999999999999999999;c", "abc"},
		"not a reference":   {"a&#;b&#xyz;c&# 8;&#", "a&#;b&#xyz;c&# 8;&#"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, _ := cleanCharacters([]byte(test.in)); string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add([]byte("\xff\xfe<\x00"), "text/xml; charset=utf-16")
	f.Add([]byte("a&#8;\x00\xe9"), "text/xml; charset=latin1")
	f.Add([]byte("<?xml encoding='koi8-r'?>\xc1"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text, _, _ := toUTF8(body, contentType)
		text, _ = cleanCharacters(text)
		if !utf8.Valid(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		if at := forbidden(text); at >= 0 {
			t.Errorf("a forbidden character at %d: %q", at, text)
		}
		repaired := repairMarkup(text)
		if l := (lexer{b: repaired}); true {
			for x, ok := l.next(); ok; x, ok = l.next() {
				if x.kind == lexComment || x.kind == lexInstruction || x.kind == lexDirective {
					t.Errorf("still there: %q", repaired[x.start:x.end])
				}
			}
		}
	})
}
