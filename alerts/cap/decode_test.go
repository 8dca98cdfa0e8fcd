package cap

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"spool/alerts"
)

func TestEncodings(t *testing.T) {
	for name, c := range map[string]struct {
		label string
		e     encoding.Encoding
		word  string
	}{
		"UTF-8":                      {"UTF-8", encoding.Nop, "Måløy"},
		"none":                       {"", encoding.Nop, "Måløy"},
		"ISO-8859-1":                 {"ISO-8859-1", charmap.ISO8859_1, "Usulután"},
		"windows-1252 as ISO-8859-1": {"ISO-8859-1", charmap.Windows1252, "l’été"},
		"windows-1252, undeclared":   {"", charmap.Windows1252, "l’été"},
		"windows-1252 as UTF-8":      {"UTF-8", encoding.Nop, "Usulut\xe1n"},
		"ISO-8859-2":                 {"iso-8859-2", charmap.ISO8859_2, "Łódź"},
		"windows-1251":               {"windows-1251", charmap.Windows1251, "Буря"},
		"Shift JIS":                  {"Shift_JIS", japanese.ShiftJIS, "東京"},
		"UTF-16":                     {"UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "Måløy 東京"},
		"UTF-16, the other way":      {"UTF-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "Måløy"},
		"UTF-16 without a mark":      {"UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "Måløy"},
		"UTF-8 that calls itself 1":  {"ISO-8859-1", encoding.Nop, "Måløy"},
		"with a mark":                {"UTF-8", encoding.Nop, "Måløy"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := "<?xml version='1.0'" + map[bool]string{true: "", false: " encoding='" + c.label + "'"}[c.label == ""] + "?>" +
				sample{infos: []string{"<event>x</event><headline>" + c.word + "</headline>"}}.String()
			if name == "with a mark" {
				doc = "\ufeff" + doc
			}
			body, err := c.e.NewEncoder().Bytes([]byte(doc))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.ToValidUTF8(c.word, "\uFFFD")
			if name == "windows-1252 as UTF-8" {
				want = "Usulutn" // the broken byte is gone, and nothing else
			}
			r := mustRead(t, alerts.Document{Body: body})
			if len(r.Alerts) != 1 || r.Alerts[0].Header[0].Text != want {
				t.Errorf("%+v", r)
			}
			if Looks(body) != Message {
				t.Errorf("looks like %q", Looks(body))
			}
		})
	}
}

func TestUnknownEncoding(t *testing.T) {
	_, err := Read(alerts.Document{Body: []byte("<?xml version='1.0' encoding='klingon'?><alert>\xe1</alert>")})
	if err == nil || !strings.Contains(err.Error(), `encoding "klingon"`) {
		t.Error(err)
	}
}

func TestVersion11(t *testing.T) {
	one(t, "<?xml version='1.1' encoding='UTF-8'?>"+sample{}.String())
	one(t, "\n <?xml version='1.0'?>"+sample{}.String())
}
