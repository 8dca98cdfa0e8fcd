package feeds

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// TestEncodingByLanguage reads documents whose label is missing or wrong.
func TestEncodingByLanguage(t *testing.T) {
	const utf8, latin, none = `<?xml version="1.0" encoding="UTF-8"?>`, `<?xml version="1.0" encoding="ISO-8859-1"?>`, ""
	tests := map[string]struct {
		as         encoding.Encoding
		head, text string
		want       string // empty: text
	}{
		"Russian as UTF-8":                 {charmap.Windows1251, utf8 + "<rss><language>ru</language>", "Совет закрыл мост", ""},
		"Russian as Latin 1":               {charmap.Windows1251, latin + "<rss><language><![CDATA[ru-RU]]></language>", "Совет закрыл мост", ""},
		"Russian in KOI8-R":                {charmap.KOI8R, none + "<rss><language>ru</language>", "Совет закрыл мост", ""},
		"Greek":                            {charmap.Windows1253, none + `<rss xml:lang="el">`, "Έκλεισε η γέφυρα", ""},
		"Polish in windows-1250":           {charmap.Windows1250, none + "<rss><language>pl</language>", "Rada zamknęła śluzę", ""},
		"Polish in Latin 2":                {charmap.ISO8859_2, none + "<rss><language>pl</language>", "Rada zamknęła śluzę", ""},
		"Turkish":                          {charmap.Windows1254, none + "<rss><language>tr</language>", "Köprü kapatıldı", ""},
		"Thai as Latin 1":                  {charmap.Windows874, latin + "<rss><language>th</language>", "ข่าวประจำวัน สะพานถูกปิดเพราะน้ำท่วม", ""},
		"Japanese in EUC":                  {japanese.EUCJP, utf8 + "<rss><dc:language>ja</dc:language>", "橋が閉鎖された", ""},
		"Japanese in Shift JIS":            {japanese.ShiftJIS, utf8 + "<rss><language>ja</language>", "市議会は橋を閉鎖した", ""},
		"Chinese":                          {simplifiedchinese.GBK, none + "<rss><language>zh-cn</language>", "大桥关闭", ""},
		"Chinese of Taiwan":                {traditionalchinese.Big5, none + "<rss><language>zh-TW</language>", "大橋關閉", ""},
		"French stays Latin 1":             {charmap.Windows1252, none + "<rss><language>fr</language>", "Le pont est fermé", ""},
		"French on a Russian site":         {charmap.Windows1252, latin + "<rss><language>ru</language>", "Fermé, dit-il, à l'été", ""},
		"Spanish in a Russian feed":        {charmap.Windows1252, none + "<rss><language>ru</language>", "El año de la niña, mañana", ""},
		"Russian that says so stays":       {charmap.Windows1251, `<?xml version="1.0" encoding="windows-1251"?><rss><language>en</language>`, "Совет", ""},
		"no language is no ground to pick": {charmap.Windows1251, none + "<rss>", "Мост", "Ìîñò"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, note, _ := toUTF8([]byte(encoded(t, test.as, test.head+test.text)), "text/xml")
			if test.want == "" {
				test.want = test.text
			}
			if string(got) != test.head+test.want {
				t.Errorf("got %q (%s)", got, note)
			}
		})
	}
}
