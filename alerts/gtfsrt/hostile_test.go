package gtfsrt

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"spool"
)

// TestRefusals says what else the bytes are, and what can be done.
func TestRefusals(t *testing.T) {
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	for _, tt := range []struct{ name, body, says string }{
		{"empty", "", "is empty"},
		{"blank", " \n\n", "is empty"},
		{"page", "<!DOCTYPE html>\n<html><body>Sign in", "web page"},
		{"page after a comment", "<!-- x --><HTML>", "web page"},
		{"page of XHTML", `<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>`, "web page"},
		{"storage", `<?xml version="1.0" encoding="UTF-8"?>` + "\n<Error><Code>NoSuchKey</Code><Message>secret</Message><Key>secret</Key></Error>", "(NoSuchKey)"},
		{"storage denies", "<Error><Code>AccessDenied</Code></Error>", "(AccessDenied)"},
		{"RSS", `<?xml version="1.0"?><rss version="2.0">`, "news feed"},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom">`, "news feed"},
		{"CAP", `<?xml version="1.0"?><cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">`, "CAP message"},
		{"SIRI", `<Siri xmlns="http://www.siri.org.uk/siri">`, "SIRI"},
		{"XML", "<a/>", "this is XML"},
		{"half a tag", "<", "this is XML"},
		{"text form", "# a comment\nheader {\n  gtfs_realtime_version: \"2.0\"\n}", "text form of protobuf"},
		{"text form at once", "entity: {", "text form of protobuf"},
		{"text", "Invalid key: secret", "this is a text"},
		{"gzip", "\x1f\x8b\x08\x00", "gzip"},
		{"zip", "PK\x03\x04\x00", "zip file"},
		{"picture", "\x89PNG\r\n\x1a\n", "not GTFS-Realtime, or it is broken"},
		{"zeros", "\x00\x00\x00", "a field has a number that cannot be"},
		{"no header", string(one("a")), "no header"},
		{"another message", string(sub(1, num(7, 1))), "neither a version nor a time"},
		{"differential", string(sub(1, str(1, "2.0"), num(2, 1), num(3, stamp))), "differential"},
		{"too large", string(make([]byte, maxBody+1)), "more than 8388608"},

		{"JSON of something", `{"error":"secret","status":401}`, "no header but error, status"},
		{"JSON list", `[{"id":1}]`, "no header"},
		{"JSON feed", `{"version":"https://jsonfeed.org/version/1.1","items":[]}`, "no header but version, items"},
		{"JSON with odd names", `{"a secret":1,"` + strings.Repeat("x", 100) + `":2}`, "no header; ask"},
		{"JSON of many things", `{"a":1` + strings.Repeat(`,"bc":1`, 10_000) + `}`, "no header but a, bc"},
		{"JSON a little too deep", `{"header":{"version":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}}`, "deeper than 100"},
		{"header of another type", `{"header":7}`, "no header but header"},
		{"JSON differential", `{"header":{"gtfs_realtime_version":"2.0","incrementality":"DIFFERENTIAL"}}`, "differential"},
		{"JSON differential by number", `{"header":{"incrementality":1}}`, "differential"},
		{"JSON cut off", `{"header":{"gtfs_realtime_version":"2.0"},"entity":[{"id":"1`, "cut off"},
		{"JSON broken", `{"header":{,}}`, "not JSON from byte 12 on"},
		{"JSON and more", `{"header":{}} {}`, "not JSON from byte"},
		{"JSON too deep", `{"header":` + deep + `}`, "deeper than 100"},
		{"JSON far too deep", strings.Repeat(`{"entity":[`, 700_000), "deeper than 100"},
		{"JSON of zeros", "{\x00", "not JSON"},
	} {
		_, err := Read(docOf([]byte(tt.body)))
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if strings.Contains(err.Error(), "secret") || len(err.Error()) > 400 {
			t.Errorf("%s: the error tells too much: %v", tt.name, err)
		}
	}
}

// TestCutOff never takes the beginning of a data set for all of it.
func TestCutOff(t *testing.T) {
	whole := doc(one("a", tr(10, "en", "x"), sub(1, num(1, stamp))), one("b", tr(10, "en", "y")))
	ends := []int{len(head()), len(head()) + len(one("a", tr(10, "en", "x"), sub(1, num(1, stamp)))), len(whole)}
	for n := range whole {
		r, err := Read(docOf(whole[:n]))
		if at := slices.Index(ends, n); err == nil && at < 0 {
			t.Errorf("cut to %d of %d bytes: %d alerts, no error", n, len(whole), len(r.Alerts))
		}
	}
}

// bad are messages that are broken, each in a way of its own.
func bad() map[string][]byte {
	group := func(depth int) []byte {
		return append(bytes.Repeat(protowire.AppendTag(nil, 9, protowire.StartGroupType), depth), bytes.Repeat(protowire.AppendTag(nil, 9, protowire.EndGroupType), depth)...)
	}
	return map[string][]byte{
		"it claims to have 1073741824 bytes, but 3": append(protowire.AppendVarint(protowire.AppendTag(nil, 10, protowire.BytesType), 1<<30), "abc"...),
		"it claims to have 18446744073709551615":    protowire.AppendVarint(protowire.AppendTag(nil, 10, protowire.BytesType), 1<<64-1),
		"ends in the middle of a field":             {0x08, 0xff, 0xff},
		"does not fit in 64 bits":                   append([]byte{0x08}, bytes.Repeat([]byte{0xff}, 11)...),
		"number that cannot be":                     {0x00, 0x01},
		"type that does not exist":                  {0x0f, 0x01},
		"a group ends":                              protowire.AppendTag(nil, 9, protowire.EndGroupType),
		"too deep":                                  group(20_000),
		"byte 0":                                    {0xff},
	}
}

// TestBrokenParts: within an entity, what is broken costs that entity; around the
// entities, it costs the document, since nobody can say what belongs where.
func TestBrokenParts(t *testing.T) {
	good := one("good", tr(10, "", "x"))
	for says, b := range bad() {
		for place, body := range map[string][]byte{
			`entity 2 (id "bad"): it is broken, alert: `:                           doc(good, one("bad", b), good),
			`entity 2 (id "bad"): it is broken, alert: header_text: `:              doc(good, one("bad", sub(10, b)), good),
			`entity 2 (id "bad"): it is broken, alert: header_text: translation: `: doc(good, one("bad", sub(10, sub(1, b))), good),
			`entity 2 (id "bad"): it is broken, alert: active_period: `:            doc(good, one("bad", sub(1, b)), good),
			`entity 2 (id "bad"): it is broken, alert: informed_entity: `:          doc(good, one("bad", sub(5, b)), good),
			`entity 2 (id "bad"): it is broken, alert: informed_entity: trip: `:    doc(good, one("bad", sub(5, sub(4, b))), good),
			`entity 2 (id "bad"): it is broken, alert: image: `:                    doc(good, one("bad", sub(15, b)), good),
			`entity 2 (id "bad"): it is broken, alert: image: localized_image: `:   doc(good, one("bad", sub(15, sub(1, b))), good),
			`entity 2 (id "bad"): it is broken, alert: image_alternative_text: `:   doc(good, one("bad", sub(16, b)), good),
			`entity 2 (id "bad"): it is broken, `:                                  doc(good, sub(2, str(1, "bad"), b), good),
		} {
			r, err := Read(docOf(body))
			if err != nil || len(r.Alerts) != 2 || !r.Partial || len(r.Skipped) != 1 || !strings.HasPrefix(r.Skipped[0], place) || !strings.Contains(r.Skipped[0], says) && says != "byte 0" {
				t.Errorf("%s%s: %v, %d alerts, skipped %q", place, says, err, len(r.Alerts), r.Skipped)
			}
		}
		if _, err := Read(docOf(doc(good, b))); err == nil || !strings.Contains(err.Error(), says) && says != "byte 0" || !strings.Contains(err.Error(), "after entity 1") {
			t.Errorf("around the entities, %s: %v", says, err)
		}
		if _, err := Read(docOf(append(sub(1, b), good...))); err == nil || !strings.Contains(err.Error(), "header: ") {
			t.Errorf("in the header, %s: %v", says, err)
		}
	}
}

// TestBounds gives an alert, and a document, too much of everything.
func TestBounds(t *testing.T) {
	many := func(n int, field func(i int) []byte) []byte {
		var all []byte
		for i := range n {
			all = append(all, field(i)...)
		}
		return all
	}
	text := tr(10, "", "x")
	long := strings.Repeat("lange Worte ", 20_000)
	languages := func(n int) []byte {
		return sub(11, many(n, func(i int) []byte {
			return sub(1, str(1, long[:60_000]), str(2, fmt.Sprintf("a%c%c", 'a'+i/26, 'a'+i%26)))
		}))
	}
	for _, tt := range []struct {
		name, note string
		alert      []byte
		size       func(a spool.Alert) int
		want       int
	}{
		{"periods", "periods", slices.Concat(text, many(100_000, func(i int) []byte { return sub(1, num(1, uint64(stamp+i))) })), func(a spool.Alert) int { return len(a.Periods) }, maxPeriods},
		{"selectors", "lines and stops", slices.Concat(text, many(10_000, func(i int) []byte { return sub(5, str(5, fmt.Sprint(i))) })), func(a spool.Alert) int { return len(a.Affected) }, maxSelectors},
		{"empty selectors", "", slices.Concat(text, many(100_000, func(int) []byte { return sub(5) })), func(a spool.Alert) int { return len(a.Affected) }, 0},
		{"equal selectors", "", slices.Concat(text, many(100_000, func(i int) []byte { return sub(5, str(2, fmt.Sprint(i%100))) })), func(a spool.Alert) int { return len(a.Affected) }, 100},
		{"translations", "translations", sub(10, many(5_000, func(i int) []byte { return sub(1, str(1, "x"), str(2, fmt.Sprintf("a%c%c", 'a'+i/26%26, 'a'+i%26))) })), func(a spool.Alert) int { return len(a.Header) }, maxTranslations},
		{"one text", "characters", sub(11, sub(1, str(1, long))), func(a spool.Alert) int { return utf8.RuneCountInString(a.Description[0].Text) }, maxText},
		{"markup", "cut", tr(11, "", "x"+strings.Repeat("<p></p>", 20_000)+"y"), func(a spool.Alert) int { return len(a.Description) }, 1},
		{"all texts", "characters", languages(40), func(a spool.Alert) int {
			n := 0
			for _, x := range a.Description {
				n += utf8.RuneCountInString(x.Text)
			}
			return n
		}, maxWords},
		{"pictures", "pictures", slices.Concat(text, sub(15, many(1000, func(int) []byte { return sub(1, str(1, "https://a.example/i.png")) }))), func(a spool.Alert) int { return len(a.Image) }, maxPictures},
		{"a name", "", slices.Concat(text, sub(5, str(2, long))), func(a spool.Alert) int { return len(a.Affected[0].Route) }, 39},
	} {
		r := read(t, doc(one("a", tt.alert)))
		// cutting at a word may leave a little less
		if n := tt.size(r.Alerts[0]); n > tt.want || n < tt.want*99/100 {
			t.Errorf("%s: %d, not %d", tt.name, n, tt.want)
		}
		if (tt.note == "") != (len(r.Notes) == 0) || !mentions(append(r.Notes, ""), tt.note) {
			t.Errorf("%s: notes %q", tt.name, r.Notes)
		}
	}
}

func TestManyEntities(t *testing.T) {
	var b []byte
	for i := range maxAlerts + 1000 {
		b = append(b, one(fmt.Sprint(i), tr(10, "", "x"))...)
	}
	r := read(t, doc(b))
	if len(r.Alerts) != maxAlerts || !r.Partial || !mentions(r.Notes, "1000 alerts more") {
		t.Errorf("%d alerts, partial %t, notes %q", len(r.Alerts), r.Partial, r.Notes)
	}
	if r := read(t, doc(bytes.Repeat(sub(2), 2_000_000))); len(r.Alerts) != 0 || r.Partial {
		t.Errorf("empty entities: %d alerts, partial %t", len(r.Alerts), r.Partial)
	}
	b = nil
	for i := range 10_000 {
		b = append(b, one(fmt.Sprint(i), bytes.Repeat(num(9, 1), i%200), []byte{0xff})...)
	}
	if r := read(t, doc(b)); len(r.Skipped) != maxReasons+1 || !mentions(r.Skipped, "more like these") {
		t.Errorf("%d reasons", len(r.Skipped))
	}
	b = nil
	for i := range 400 {
		var s []byte
		for j := range 1000 {
			s = append(s, sub(5, str(5, fmt.Sprintf("%d-%d", i, j)))...)
		}
		b = append(b, one(fmt.Sprint(i), s)...)
	}
	r = read(t, doc(b))
	n := 0
	for _, a := range r.Alerts {
		n += len(a.Affected)
	}
	if n != maxAllSelectors || !mentions(r.Notes, "lines and stops") {
		t.Errorf("%d selectors, notes %q", n, r.Notes)
	}
}
