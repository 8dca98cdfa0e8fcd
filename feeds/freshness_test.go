package feeds

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func headers(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

func TestFresh(t *testing.T) {
	tests := map[string]struct {
		lines []string
		want  time.Duration
	}{
		"nothing said":                    {nil, 0},
		"max-age":                         {[]string{"Cache-Control: public, max-age=600"}, 10 * time.Minute},
		"quoted, with spaces and letters": {[]string{`Cache-Control: Public , MAX-AGE = "600"`}, 10 * time.Minute},
		"on two lines":                    {[]string{"Cache-Control: public", "Cache-Control: max-age=600"}, 10 * time.Minute},
		"the first of two":                {[]string{"Cache-Control: max-age=600, max-age=5"}, 10 * time.Minute},
		"less age":                        {[]string{"Cache-Control: max-age=600", "Age: 540"}, time.Minute},
		"all of it in caches":             {[]string{"Cache-Control: max-age=600", "Age: 601"}, 0},
		"s-maxage is not for us":          {[]string{"Cache-Control: s-maxage=600"}, 0},
		"max-age before s-maxage":         {[]string{"Cache-Control: s-maxage=9, max-age=600"}, 10 * time.Minute},
		"max-age before Expires":          {[]string{"Cache-Control: max-age=600", "Expires: Sun, 01 Mar 2026 18:00:00 GMT"}, 10 * time.Minute},
		"zero":                            {[]string{"Cache-Control: max-age=0", "Expires: Sun, 01 Mar 2026 18:00:00 GMT"}, 0},
		"no-cache":                        {[]string{"Cache-Control: max-age=600, no-cache"}, 0},
		"no-cache before":                 {[]string{"Cache-Control: no-cache, max-age=600"}, 0},
		"no-cache of a header":            {[]string{`Cache-Control: no-cache="Set-Cookie", max-age=600`}, 10 * time.Minute},
		"no-store":                        {[]string{"Cache-Control: no-store", "Expires: Sun, 01 Mar 2026 18:00:00 GMT"}, 0},
		"a day at most":                   {[]string{"Cache-Control: max-age=31536000"}, 24 * time.Hour},
		"a number beyond numbers":         {[]string{"Cache-Control: max-age=99999999999999999999999"}, 24 * time.Hour},
		"nonsense":                        {[]string{"Cache-Control: max-age=soon", "Age: x"}, 0},
		"less than nothing":               {[]string{"Cache-Control: max-age=-600"}, 0},
		"nonsense, but Expires":           {[]string{"Cache-Control: max-age=, private", "Date: Sun, 01 Mar 2026 12:00:00 GMT", "Expires: Sun, 01 Mar 2026 12:10:00 GMT"}, 10 * time.Minute},
		"by a clock that is wrong":        {[]string{"Date: Sun, 01 Mar 2020 12:00:00 GMT", "Expires: Sun, 01 Mar 2020 12:10:00 GMT"}, 10 * time.Minute},
		"without a date":                  {[]string{"Expires: Sun, 01 Mar 2026 12:10:00 GMT"}, 10 * time.Minute},
		"expired":                         {[]string{"Date: Sun, 01 Mar 2026 12:00:00 GMT", "Expires: Thu, 19 Nov 1981 08:52:00 GMT"}, 0},
		"Expires: 0":                      {[]string{"Expires: 0"}, 0},
		"Expires: -1":                     {[]string{"Expires: -1"}, 0},
		"Age counts for Expires":          {[]string{"Age: 60", "Date: Sun, 01 Mar 2026 12:00:00 GMT", "Expires: Sun, 01 Mar 2026 12:10:00 GMT"}, 9 * time.Minute},
	}
	for name, test := range tests {
		want := testNow.Add(test.want)
		if test.want == 0 {
			want = time.Time{}
		}
		if got := fresh(headers(test.lines...), testNow); !got.Equal(want) {
			t.Errorf("%s: until %v, want %v", name, got, want)
		}
	}
}

func FuzzFresh(f *testing.F) {
	f.Add("max-age=600, no-cache=\"x\"", "60", "Sun, 01 Mar 2026 12:10:00 GMT", "0")
	f.Fuzz(func(t *testing.T, cache, age, expires, date string) {
		got := fresh(http.Header{"Cache-Control": {cache}, "Age": {age}, "Expires": {expires}, "Date": {date}}, testNow)
		if !got.IsZero() && (!got.After(testNow) || got.After(testNow.Add(maxFresh))) {
			t.Errorf("until %v", got)
		}
	})
}
