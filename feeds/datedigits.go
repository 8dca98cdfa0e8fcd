package feeds

import (
	"strings"
	"time"
	"unicode/utf8"
)

// digitsDate reads Unix time, in seconds, milliseconds or microseconds, and 20240131[235959].
func digitsDate(s string, with dating) (time.Time, bool) {
	var t time.Time
	var err error
	zone := with.zone()
	switch len(s) {
	case 9, 10:
		t = time.Unix(number(s), 0)
	case 13:
		t = time.UnixMilli(number(s))
	case 16:
		t = time.UnixMicro(number(s))
	case 8:
		t, err = time.ParseInLocation("20060102", s, zone)
	case 14:
		t, err = time.ParseInLocation("20060102150405", s, zone)
	default:
		return t, false
	}
	return t.UTC(), err == nil && plausible(t)
}

// westernDigits replaces those of Arabic, Persian, Hindi, Bengali and Thai.
func westernDigits(s string) string {
	if !strings.ContainsAny(s, "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙") {
		return s
	}
	return strings.Map(func(r rune) rune {
		for _, zero := range "٠۰०০๐" {
			if zero <= r && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, s)
}

func number(s string) int64 {
	var n int64
	for _, c := range []byte(s) {
		n = n*10 + int64(c-'0')
	}
	return n
}

// unit takes a number by the sign behind it, as dates are written in China,
// Japan and Korea: 2024年2月5日 10時15分.
func (d *dateReader) unit(n int) bool {
	if d.pos >= len(d.s) || d.s[d.pos] < 0x80 {
		return false
	}
	r, length := utf8.DecodeRuneInString(d.s[d.pos:])
	switch r {
	case '年', '년':
		d.year, d.hasYear = n, true
	case '月', '월':
		d.month = n
	case '日', '일':
		d.day, d.hasDay = n, true
	case '時', '时', '시':
		d.hour, d.hasTime = n, true
	case '分', '분':
		d.minute = n
	case '秒', '초':
		d.sec = n
	default:
		return false
	}
	d.pos += length
	return true
}
