package feeds

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxFresh bounds how long a server's answer is taken to hold.
const maxFresh = 24 * time.Hour

// fresh is the moment until which a server says that its answer holds, by the
// rules of RFC 9111, section 4.2, for a cache that serves one reader: max-age
// goes before Expires, s-maxage is not for us, and the time that the answer has
// spent in caches before (Age) is over already. It is zero when the server says
// nothing, or that the answer is to be asked for anew each time.
func fresh(h http.Header, now time.Time) time.Time {
	life, ok := maxAge(h.Values("Cache-Control"))
	if !ok {
		life = untilExpiry(h, now)
	}
	life -= age(h)
	if life <= 0 {
		return time.Time{}
	}
	return now.Add(min(life, maxFresh))
}

// maxAge is what Cache-Control says; zero when it forbids to keep the answer,
// and not ok when it says nothing that can be read.
func maxAge(lines []string) (life time.Duration, ok bool) {
	for _, line := range lines {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-store":
				return 0, true
			case "no-cache":
				if value == "" { // with a value it speaks of single headers
					return 0, true
				}
			case "max-age":
				if d, good := deltaSeconds(strings.Trim(strings.TrimSpace(value), `"`)); good && !ok {
					life, ok = d, true
				}
			}
		}
	}
	return life, ok
}

// untilExpiry is how long after its Date an answer expires: the server's two
// clock readings are compared with each other, since its clock may be wrong.
func untilExpiry(h http.Header, now time.Time) time.Duration {
	expires, err := http.ParseTime(h.Get("Expires"))
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return expires.Sub(now)
}

func age(h http.Header) time.Duration {
	d, _ := deltaSeconds(strings.TrimSpace(h.Get("Age")))
	return d
}

// deltaSeconds reads a number of seconds as HTTP has it: digits and no more.
func deltaSeconds(s string) (time.Duration, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > int64(maxFresh/time.Second)*366 {
		return maxFresh * 366, true // too large a number means "very long"
	}
	return time.Duration(n) * time.Second, true
}
