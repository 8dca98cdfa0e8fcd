package feeds

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter is the moment that a Retry-After header names, in either of its
// forms; zero when it names none. It is never before now and never more than a
// day ahead, so that a broken header silences no feed for good.
func retryAfter(header string, now time.Time) time.Time {
	header = strings.TrimSpace(header)
	if header == "" {
		return time.Time{}
	}
	latest := now.Add(maxRetryAfter)
	if strings.Trim(header, "0123456789") == "" {
		seconds, err := strconv.ParseInt(header, 10, 64)
		if err != nil || seconds > int64(maxRetryAfter/time.Second) {
			return latest
		}
		return now.Add(time.Duration(seconds) * time.Second)
	}
	t, err := http.ParseTime(header)
	switch {
	case err != nil:
		return time.Time{}
	case t.Before(now):
		return now
	case t.After(latest):
		return latest
	}
	return t
}
