package publishertest

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func texts() []test {
	return []test{
		{"carries every script", (*suite).scripts},
		{"counts as the network does", (*suite).counts},
		{"takes a text at exactly the limit", (*suite).full},
		{"warns before the text", (*suite).warns},
	}
}

// samples are words of many scripts, with what has gone wrong somewhere before:
// marks that no letter absorbs, characters beyond 16 bits, joined emoji, signs
// that markup, forms and JSON treat as their own.
func samples() []string {
	return []string{
		"Straßenbahn fährt wieder über die Brücke",
		"旧桥两年后重新开放",
		"橋が二年ぶりに開通、片側二車線で",
		"पुराना पुल फिर खुला",
		"الجسر القديم يفتح من جديد",
		"שלום עולם, says \u2067the sign\u2069 (RTL)",
		"q̃ x̌ and a long way: a̠͎͛b",
		"Family 👨‍👩‍👧‍👦 day 🇫🇷 and 1️⃣ more — “quoted” & <tagged>",
		"👩🏽‍🚒 thanks 🫶🏿 the 🏴󠁧󠁢󠁳󠁣󠁴󠁿 crew",
		"𠮷野家 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
		"a+b=c; 100% & more? \"yes\" \\ 'no' *stars* _lines_ ~waves~ `ticks` > <",
		"first line\n\nsecond line",
	}
}

// scripts: a reader sees the words as they were sent.
func (s *suite) scripts() {
	for _, text := range samples() {
		p := s.post(text)
		r, f := s.publish(s.t.Context(), s.ready(p))
		if f != nil {
			s.t.Errorf("%s: %v", text, f)
			continue
		}
		p.Receipt = r
		if seen := s.reader(p); !same(seen.Text, p.Content.Text) {
			s.t.Errorf("a reader sees\n%q, sent was\n%q", seen.Text, p.Content.Text)
		}
	}
}

// same compares texts as readers do: composed or not, a letter is a letter.
func same(a, b string) bool { return norm.NFC.String(a) == norm.NFC.String(b) }

// counts compares the figures by which texts are cut with those by which the
// network refuses them.
func (s *suite) counts() {
	if s.Count == nil || s.Text.Max == 0 {
		s.skip("the account does not say how its stand-in counts (Account.Count, Account.Text)")
	}
	link := "https://news.example.org/2026/11/a-rather-long-name-for-a-page-about-the-bridge?from=feed&n=12"
	for _, text := range append(samples(), "", "#tag and @name", link, "See "+link+" and (http://a.example)", strings.Repeat("word ", 40)) {
		if got, want := s.length(text), s.Count(text); got != want {
			s.t.Errorf("the limits count %d, the network counts %d: %q", got, want, text)
		}
	}
}

func (s *suite) length(text string) int {
	if s.Text.Length == nil {
		return utf8.RuneCountInString(text)
	}
	return s.Text.Length(text)
}

// full publishes the longest text that the limits allow, of several scripts.
func (s *suite) full() {
	if s.Text.Max == 0 {
		s.skip("the account does not say what the limits are (Account.Text)")
	}
	for _, words := range []string{"ab cd ", "é", "旧桥", "नि", "جسر ", "👨‍👩‍👧‍👦", "𠮷", "q̃", "<&> "} {
		p := s.post("")
		tail := p.Content.Text // the link, where it stands in the text
		p.Content.Text = s.fill(words, tail)
		if n := s.length(p.Content.Text); n > s.Text.Max {
			s.t.Fatalf("the suite made a text of %d, the limit is %d", n, s.Text.Max)
		}
		r, f := s.publish(s.t.Context(), s.ready(p))
		if f != nil {
			s.t.Errorf("%q at the limit: %v", words, f)
			continue
		}
		p.Receipt = r
		if seen := s.reader(p); !same(seen.Text, p.Content.Text) {
			s.t.Errorf("%q at the limit: a reader sees\n%q, sent was\n%q", words, seen.Text, p.Content.Text)
		}
		if r.Note != "" {
			s.t.Errorf("%q at the limit: what was posted differs: %s", words, r.Note)
		}
	}
}

// fill repeats words until the limit, and fills up what is left with single
// letters.
func (s *suite) fill(words, tail string) string {
	var b strings.Builder
	for _, step := range []string{words, "x"} {
		for s.fits(b.String() + step + tail) {
			b.WriteString(step)
		}
	}
	return b.String() + tail
}

func (s *suite) fits(text string) bool {
	return s.length(text) <= s.Text.Max && (s.Text.Hard == 0 || len(text) <= s.Text.Hard) && (s.Text.Bytes == 0 || len(text) <= s.Text.Bytes)
}

// warns: what readers are warned of stands before the text, and only where it was
// wanted.
func (s *suite) warns() {
	if !s.Warns {
		s.skip("the network shows no warnings (Account.Warns)")
	}
	p := s.post("What happened on the bridge")
	p.Content.Warning = "An accident — “graphic”"
	p = s.live(p)
	if got := s.reader(p); got.Warning != p.Content.Warning || !same(got.Text, p.Content.Text) {
		s.t.Errorf("a reader sees the warning %q and %q, want %q and %q", got.Warning, got.Text, p.Content.Warning, p.Content.Text)
	}
	q := s.live(s.post("And another thing"))
	if got := s.reader(q); got.Warning != "" {
		s.t.Errorf("a reader is warned of %q", got.Warning)
	}
}
