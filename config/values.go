package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Window is a time of day in which nothing is posted. It crosses midnight
// when From is later than To.
type Window struct {
	From int // minutes since midnight, 0 to 1439
	To   int // minutes since midnight, 1 to 1440; the window ends before it
}

// String is the window as it is written in the file.
func (w Window) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.From/60, w.From%60, w.To/60, w.To%60)
}

// UnmarshalText takes "23:00-06:00".
func (w *Window) UnmarshalText(text []byte) error {
	from, to, _ := strings.Cut(string(text), "-")
	f, okFrom := clock(from)
	t, okTo := clock(to)
	if !okFrom || !okTo || f == 24*60 {
		return wrong(`is not a window such as "23:00-06:00"`)
	}
	if t == 0 {
		t = 24 * 60
	}
	if f == t || f == 0 && t == 24*60 {
		return wrong("is empty or the whole day: a window needs two different times")
	}
	*w = Window{f, t}
	return nil
}

// clock reads a time of day from 00:00 to 24:00 as minutes.
func clock(s string) (int, bool) {
	hour, minute, ok := strings.Cut(strings.TrimSpace(s), ":")
	if !ok || !digits(hour, 1, 2) || !digits(minute, 2, 2) {
		return 0, false
	}
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return h*60 + m, m < 60 && h*60+m <= 24*60
}

func digits(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// FirstRun is what happens to the items that a feed has when it is first read.
type FirstRun struct {
	Mode string // "skip", "all" or "latest"
	N    int    // of latest: how many, 1 to 1000
}

// String is the mode as it is written in the file.
func (f FirstRun) String() string {
	if f.Mode == "latest" {
		return fmt.Sprintf("latest %d", f.N)
	}
	return f.Mode
}

// UnmarshalText takes "skip", "all" or "latest 5".
func (f *FirstRun) UnmarshalText(text []byte) error {
	words := strings.Fields(string(text))
	if len(words) == 1 && (words[0] == "skip" || words[0] == "all") {
		*f = FirstRun{Mode: words[0]}
		return nil
	}
	if len(words) == 2 && words[0] == "latest" && digits(words[1], 1, 4) {
		if n, _ := strconv.Atoi(words[1]); n >= 1 && n <= 1000 {
			*f = FirstRun{"latest", n}
			return nil
		}
	}
	return &flaw{message: `is not skip, all, or "latest N" with N from 1 to 1000`, suggestion: nearest(string(text), []string{"skip", "all"})}
}

// A Filter is a regular expression and the part of an item that it looks at.
type Filter struct {
	On     string // "title", "summary", "category", "author" or "link"; empty: title, summary and categories
	Regexp *regexp.Regexp
}

// String is the filter as it is written in the file.
func (f Filter) String() string {
	switch {
	case f.Regexp == nil:
		return ""
	case f.On == "":
		return f.Regexp.String()
	}
	return f.On + ":" + f.Regexp.String()
}

func filterFields() []string { return []string{"title", "summary", "category", "author", "link"} }

// UnmarshalText takes an expression in RE2 syntax, with or without a prefix.
func (f *Filter) UnmarshalText(text []byte) error {
	on, expr, ok := strings.Cut(string(text), ":")
	if !ok || !slices.Contains(filterFields(), on) {
		on, expr = "", string(text)
	} else {
		expr = strings.TrimLeft(expr, " ") // "title: council" is how people write
	}
	if strings.TrimSpace(expr) == "" {
		return bare("is empty, which would match every item")
	}
	if len(expr) > 1000 {
		return bare("is longer than 1000 bytes")
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return &flaw{message: "is not a regular expression", bare: true, detail: strings.TrimPrefix(err.Error(), "error parsing regexp: ")}
	}
	*f = Filter{on, re}
	return nil
}

// MarshalText gives String to encoding/json and its like.
func (f Filter) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// short is a duration without the zeros at its end: "2h", not "2h0m0s".
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// duration reads Go's syntax with days added: "2d", "1d12h", "90s". It does
// not take a negative one.
func duration(s string) (time.Duration, error) {
	if strings.HasPrefix(s, "-") {
		return 0, wrong("must not be negative")
	}
	if s != "0" && strings.Trim(s, "0123456789.") == "" && s != "" {
		return 0, wrong(fmt.Sprintf("has no unit: write %ss, %sm, %sh or %sd", s, s, s, s))
	}
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		days, rest = "0", s
	}
	n, err := strconv.ParseUint(days, 10, 15)
	d := time.Duration(0)
	if err == nil && (rest != "" || !ok) {
		d, err = time.ParseDuration(rest)
	}
	const limit = 1 << 15 * 24 * time.Hour // keeps the sum from overflowing
	if err != nil || d < 0 || d > limit || strings.ContainsAny(rest, "+- ") {
		return 0, wrong("is not a duration such as 90s, 15m, 12h or 2d")
	}
	return time.Duration(n)*24*time.Hour + d, nil
}
