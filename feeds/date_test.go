package feeds

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests name zones
)

func TestParseDate(t *testing.T) {
	const day = "2024-02-05T"
	tests := map[string]string{
		"Mon, 05 Feb 2024 10:15:00 GMT":                   day + "10:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 +0100":                 day + "09:15:00Z",
		"Mon, 5 Feb 2024 10:15 -0500":                     day + "15:15:00Z",
		"5 Feb 2024 10:15:00 MSK":                         day + "07:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 JST":                   day + "01:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 AEST":                  day + "00:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 IST":                   day + "04:45:00Z",
		"Mon, 05 Feb 2024 10:15:00 EST":                   day + "15:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 CEST":                  day + "08:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 -0500 (EST)":           day + "15:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 GMT+0200":              day + "08:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 UTC+3":                 day + "07:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 (UTC)":                 day + "10:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 Europe/Paris":          day + "09:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 +3000":                 day + "10:15:00Z",
		"Monday, February 5, 2024 10:15 AM":               day + "10:15:00Z",
		"Feb 5, 2024 10:15 p.m.":                          day + "22:15:00Z",
		"Mon Feb  5 10:15:00 2024":                        day + "10:15:00Z",
		"Monday, 05-Feb-24 10:15:00 UTC":                  day + "10:15:00Z",
		"2024-02-05T10:15:00Z":                            day + "10:15:00Z",
		"2024-02-05T10:15:00.123456+01:00":                day + "09:15:00.123456Z",
		"2024-02-05T10:15:00+0100":                        day + "09:15:00Z",
		"2024-02-05T10:15":                                day + "10:15:00Z",
		"2024-02-05 10:15:00 -0700":                       day + "17:15:00Z",
		"2024/02/05 10:15":                                day + "10:15:00Z",
		"2024-02-05":                                      day + "00:00:00Z",
		"20240205T101500Z":                                day + "10:15:00Z",
		"20240205101500":                                  day + "10:15:00Z",
		"1707128100":                                      day + "10:15:00Z",
		"1707128100000":                                   day + "10:15:00Z",
		"05.02.2024 10:15":                                day + "10:15:00Z",
		"05/02/2024 10:15":                                day + "10:15:00Z",
		"2/5/2024 10:15:00 AM":                            day + "10:15:00Z",
		"12/25/2023 10:15":                                "2023-12-25T10:15:00Z",
		"lun, 05 feb 2024 10:15:00 +0100":                 day + "09:15:00Z",
		"mar, 06 feb 2024 10:15:00 +0100":                 "2024-02-06T09:15:00Z",
		"mar 5 mar 2024 10:15":                            "2024-03-05T10:15:00Z",
		"Mar 5, 2024 10:15":                               "2024-03-05T10:15:00Z",
		"lundi 5 février 2024 à 10h15":                    day + "10:15:00Z",
		"Montag, 5. Februar 2024 10:15 Uhr":               day + "10:15:00Z",
		"5 de septiembre de 2024 10:15":                   "2024-09-05T10:15:00Z",
		"5 de março de 2024 10:15":                        "2024-03-05T10:15:00Z",
		"1er août 2024 10:15":                             "2024-08-01T10:15:00Z",
		"Thu, 05 Sept 2024 10:15:00 GMT":                  "2024-09-05T10:15:00Z",
		"5th September 2024":                              "2024-09-05T00:00:00Z",
		"Mon, 05 Feb 2024 24:00:00 GMT":                   "2024-02-06T00:00:00Z",
		"Wed, 31 Dec 10:15:00":                            "2025-12-31T10:15:00Z", // no year, and now is March 2026
		"Thu, 30 Feb 2024 10:15:00 GMT":                   "",
		"Mon, 05 Feb 2024 10:75:00 GMT":                   "",
		"Mon, 05 Feb 0001 10:15:00 GMT":                   "",
		"5 Feb 2024 – 10:15 ÷":                            day + "10:15:00Z",
		"\xff\xfe 5 Feb 2024":                             day + "00:00:00Z",
		"Mon, 05 Feb 2024 10:15:00 HKT":                   day + "02:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 KST":                   day + "01:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 NZDT":                  "2024-02-04T21:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 AEDT":                  "2024-02-04T23:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 SAST":                  day + "08:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 CET":                   day + "09:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 EDT":                   day + "14:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 NPT":                   day + "04:30:00Z",
		"Feb 5, 2024 10:15 AM ET":                         day + "15:15:00Z",
		"Jul 5, 2024 10:15 AM PT":                         "2024-07-05T17:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 Eastern Standard Time": day + "15:15:00Z",
		"5 Feb 2024 10:15 Central European Time":          day + "09:15:00Z",
		"2024年2月5日 10時15分":                                day + "10:15:00Z",
		"2024년 2월 5일 오후 10:15":                            day + "22:15:00Z",
		"Sat, 21 นวม 2024":                                "",
		"จันทร์, 5 ก.พ. 2024 10:15:00 +0700":              day + "03:15:00Z",
		"5 กุมภาพันธ์ 2567 10:15":                         day + "10:15:00Z",
		"Pzt, 5 Şub 2024 10:15:00 +0300":                  day + "07:15:00Z",
		"Δευ, 5 Φεβ 2024 10:15:00 +0200":                  day + "08:15:00Z",
		"5 Φεβρουαρίου 2024 - 10:15 μμ":                   day + "22:15:00Z",
		"5 فروری 2024 10:15 PKT":                          day + "05:15:00Z",
		"٥ شباط ٢٠٢٤ ١٠:١٥ م":                             day + "22:15:00Z",
		"5 كانون الأول 2024 10:15":                        "2024-12-05T10:15:00Z",
		"5 कार्य फ़रवरी २०२४ 10:15 IST":                   day + "04:45:00Z",
		"৫ ফেব্রুয়ারি ২০২৪ ১০:১৫":                        day + "10:15:00Z",
		"5 февраля 2024, 10:15 МСК":                       day + "07:15:00Z",
		"5 feb 2024, 10:15 p. m.":                         day + "22:15:00Z",
		"5 feb 2024, 12:15 a. m.":                         day + "00:15:00Z",
		"Thứ hai, 5 Tháng 2 2024 10:15 +0700":             day + "03:15:00Z",
		"5 úno 2024 10:15":                                day + "10:15:00Z",
		"5 lutego 2024 10:15":                             day + "10:15:00Z",
		"5 Şubat 2024 10:15":                              day + "10:15:00Z",
		"5 февраля 2024 г. 10:15":                         day + "10:15:00Z",
		"٥ فبراير ٢٠٢٤ ١٠:١٥":                             day + "10:15:00Z",
		"1707128100.5":                                    day + "10:15:00Z",
		"1707128100000000":                                day + "10:15:00Z",
		"2024-02-05T10:15:00+01:00[Europe/Rome]":          day + "09:15:00Z",
		"yesterday":                                       "",
		"":                                                "",
		"99999999999999999999999":                         "",
		"Feb 2024":                                        "",
	}
	for in, want := range tests {
		got, ok := parseDate(in, dating{now: testNow})
		if text := got.Format(time.RFC3339Nano); ok != (want != "") || ok && text != want {
			t.Errorf("parseDate(%q) = %s %v, want %s", in, text, ok, want)
		}
	}
}

// TestDatesByPlace has dates that say something else depending on where the
// feed is from.
func TestDatesByPlace(t *testing.T) {
	load := func(name string) *time.Location {
		l, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	rome, york, dublin, shanghai := load("Europe/Rome"), load("America/New_York"), load("Europe/Dublin"), load("Asia/Shanghai")
	tests := []struct {
		in       string
		place    *time.Location
		language string
		want     string
	}{
		{"5 Feb 2024 10:15", rome, "", "2024-02-05T09:15:00Z"},
		{"5 Jul 2024 10:15", rome, "", "2024-07-05T08:15:00Z"},
		{"2024-02-05T10:15:00", york, "", "2024-02-05T15:15:00Z"},
		{"2024-02-05", york, "", "2024-02-05T05:00:00Z"},
		{"20240205101500", rome, "", "2024-02-05T09:15:00Z"},
		{"5 Feb 2024 10:15 GMT", york, "", "2024-02-05T10:15:00Z"},
		{"5 Feb 2024 10:15 -0500", rome, "", "2024-02-05T15:15:00Z"},
		{"1707128100", york, "", "2024-02-05T10:15:00Z"},

		{"5 Jul 2024 10:15 IST", nil, "", "2024-07-05T04:45:00Z"},
		{"5 Jul 2024 10:15 IST", nil, "he-IL", "2024-07-05T08:15:00Z"},
		{"5 Jul 2024 10:15 IST", nil, "en-IE", "2024-07-05T09:15:00Z"},
		{"5 Jul 2024 10:15 IST", dublin, "", "2024-07-05T09:15:00Z"},
		{"5 Feb 2024 10:15 CST", nil, "", "2024-02-05T16:15:00Z"},
		{"5 Feb 2024 10:15 CST", nil, "zh-CN", "2024-02-05T02:15:00Z"},
		{"5 Feb 2024 10:15 CST", shanghai, "", "2024-02-05T02:15:00Z"},
		{"5 Feb 2024 10:15 CST", york, "", "2024-02-05T16:15:00Z"},
		{"5 Feb 2024 10:15 EST", nil, "en-AU", "2024-02-05T00:15:00Z"},
		{"5 Feb 2024 10:15 BST", nil, "bn", "2024-02-05T04:15:00Z"},
		{"5 Feb 2024 10:15 AST", nil, "ar", "2024-02-05T07:15:00Z"},

		{"02/05/2024 10:15", nil, "", "2024-05-02T10:15:00Z"},
		{"02/05/2024 10:15", nil, "en-US", "2024-02-05T10:15:00Z"},
		{"02/05/2024 10:15", york, "", "2024-02-05T15:15:00Z"},
		{"02/05/2024 10:15", rome, "en-us", "2024-05-02T08:15:00Z"},
		{"01/12/2026 10:15", nil, "", "2026-01-12T10:15:00Z"}, // the first of December would be in the future
		{"02/13/2024", nil, "", "2024-02-13T00:00:00Z"},
	}
	for _, test := range tests {
		got, ok := parseDate(test.in, dating{now: testNow, location: test.place, language: test.language})
		if text := got.Format(time.RFC3339); !ok || text != test.want {
			t.Errorf("parseDate(%q, %v, %q) = %s %v, want %s", test.in, test.place, test.language, text, ok, test.want)
		}
	}
}

// Dates go by the place and the language of the feed they are in.
func TestDatesOfAFeed(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	const doc = `<rss><channel><language>he</language><item><title>a</title><pubDate>Sun, 01 Mar 2026 10:00:00 IST</pubDate></item><item><title>b</title><pubDate>Sun, 01 Mar 2026 10:00:00</pubDate></item></channel></rss>`
	d, err := Parse([]byte(doc), Input{Location: rome, Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := d.Items[0].Published.Hour(), d.Items[1].Published.Hour(); a != 8 || b != 9 {
		t.Errorf("at %d and %d, want 8 and 9 hours UTC", a, b)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"Mon, 05 Feb 2024 10:15:00 GMT", "5/2/24", "1:2:3.4", "Feb/05/2024", "5 Feb 2024 ÷", "2024-02-05T10:15:00+", "a.m", "--1-2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := parseDate(s, dating{now: testNow}); ok && (!plausible(got) || got.Location() != time.UTC) {
			t.Errorf("parseDate(%q) = %v", s, got)
		}
	})
}
