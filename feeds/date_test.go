package feeds

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	const day = "2024-02-05T"
	tests := map[string]string{
		"Mon, 05 Feb 2024 10:15:00 GMT":          day + "10:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 +0100":        day + "09:15:00Z",
		"Mon, 5 Feb 2024 10:15 -0500":            day + "15:15:00Z",
		"5 Feb 2024 10:15:00 MSK":                day + "07:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 JST":          day + "01:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 AEST":         day + "00:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 IST":          day + "04:45:00Z",
		"Mon, 05 Feb 2024 10:15:00 EST":          day + "15:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 CEST":         day + "08:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 -0500 (EST)":  day + "15:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 GMT+0200":     day + "08:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 UTC+3":        day + "07:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 (UTC)":        day + "10:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 Europe/Paris": day + "09:15:00Z",
		"Mon, 05 Feb 2024 10:15:00 +3000":        day + "10:15:00Z",
		"Monday, February 5, 2024 10:15 AM":      day + "10:15:00Z",
		"Feb 5, 2024 10:15 p.m.":                 day + "22:15:00Z",
		"Mon Feb  5 10:15:00 2024":               day + "10:15:00Z",
		"Monday, 05-Feb-24 10:15:00 UTC":         day + "10:15:00Z",
		"2024-02-05T10:15:00Z":                   day + "10:15:00Z",
		"2024-02-05T10:15:00.123456+01:00":       day + "09:15:00.123456Z",
		"2024-02-05T10:15:00+0100":               day + "09:15:00Z",
		"2024-02-05T10:15":                       day + "10:15:00Z",
		"2024-02-05 10:15:00 -0700":              day + "17:15:00Z",
		"2024/02/05 10:15":                       day + "10:15:00Z",
		"2024-02-05":                             day + "00:00:00Z",
		"20240205T101500Z":                       day + "10:15:00Z",
		"20240205101500":                         day + "10:15:00Z",
		"1707128100":                             day + "10:15:00Z",
		"1707128100000":                          day + "10:15:00Z",
		"05.02.2024 10:15":                       day + "10:15:00Z",
		"05/02/2024 10:15":                       day + "10:15:00Z",
		"2/5/2024 10:15:00 AM":                   day + "10:15:00Z",
		"12/25/2023 10:15":                       "2023-12-25T10:15:00Z",
		"lun, 05 feb 2024 10:15:00 +0100":        day + "09:15:00Z",
		"mar, 06 feb 2024 10:15:00 +0100":        "2024-02-06T09:15:00Z",
		"mar 5 mar 2024 10:15":                   "2024-03-05T10:15:00Z",
		"Mar 5, 2024 10:15":                      "2024-03-05T10:15:00Z",
		"lundi 5 février 2024 à 10h15":           day + "10:15:00Z",
		"Montag, 5. Februar 2024 10:15 Uhr":      day + "10:15:00Z",
		"5 de septiembre de 2024 10:15":          "2024-09-05T10:15:00Z",
		"5 de março de 2024 10:15":               "2024-03-05T10:15:00Z",
		"1er août 2024 10:15":                    "2024-08-01T10:15:00Z",
		"Thu, 05 Sept 2024 10:15:00 GMT":         "2024-09-05T10:15:00Z",
		"5th September 2024":                     "2024-09-05T00:00:00Z",
		"Mon, 05 Feb 2024 24:00:00 GMT":          "2024-02-06T00:00:00Z",
		"Wed, 31 Dec 10:15:00":                   "2025-12-31T10:15:00Z", // no year, and now is March 2026
		"Thu, 30 Feb 2024 10:15:00 GMT":          "",
		"Mon, 05 Feb 2024 10:75:00 GMT":          "",
		"Mon, 05 Feb 0001 10:15:00 GMT":          "",
		"5 Feb 2024 – 10:15 ÷":                   day + "10:15:00Z",
		"\xff\xfe 5 Feb 2024":                    day + "00:00:00Z",
		"yesterday":                              "",
		"":                                       "",
		"99999999999999999999999":                "",
		"Feb 2024":                               "",
	}
	for in, want := range tests {
		got, ok := parseDate(in, dating{now: testNow})
		if text := got.Format(time.RFC3339Nano); ok != (want != "") || ok && text != want {
			t.Errorf("parseDate(%q) = %s %v, want %s", in, text, ok, want)
		}
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
