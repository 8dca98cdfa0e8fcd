package config

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Lead says when something that is known before it begins is told.
type Lead struct {
	Mode  string        // "skip", "publish" or "ahead"
	Ahead time.Duration // of ahead: how long before it begins
}

// String is the lead as it is written in the file.
func (l Lead) String() string {
	if l.Mode == "ahead" {
		return short(l.Ahead)
	}
	return l.Mode
}

// UnmarshalText takes "skip", "publish" or a duration.
func (l *Lead) UnmarshalText(text []byte) error {
	word := string(text)
	if word == "skip" || word == "publish" {
		*l = Lead{Mode: word}
		return nil
	}
	d, err := duration(word)
	if err != nil {
		return &flaw{message: `is not skip, publish, or a duration such as 24h`, suggestion: nearest(word, []string{"skip", "publish"})}
	}
	if d > 8760*time.Hour {
		return wrong("is more than 8760h")
	}
	*l = Lead{"ahead", d}
	return nil
}

// An Answer is true, false, or not given.
type Answer struct{ Given, Yes bool }

// String is the answer as it is written in the file.
func (a Answer) String() string {
	switch {
	case !a.Given:
		return ""
	case a.Yes:
		return "true"
	}
	return "false"
}

// UnmarshalText takes true or false.
func (a *Answer) UnmarshalText(text []byte) error {
	yes, err := truth(string(text))
	if err == nil {
		*a = Answer{true, yes}
	}
	return err
}

// An Expression is a regular expression.
type Expression struct{ *regexp.Regexp }

// String is the expression as it is written in the file.
func (e Expression) String() string {
	if e.Regexp == nil {
		return ""
	}
	return e.Regexp.String()
}

// UnmarshalText takes an expression in RE2 syntax.
func (e *Expression) UnmarshalText(text []byte) error {
	var f Filter
	if err := f.UnmarshalText([]byte("title:" + string(text))); err != nil {
		return err
	}
	e.Regexp = f.Regexp
	return nil
}

// alertWords are the words that are allowed by a rule for alerts, as GTFS-Realtime
// and GTFS name them.
func alertWords(rule string) []string {
	switch rule {
	case "alert effect":
		return []string{
			"NO_SERVICE", "REDUCED_SERVICE", "SIGNIFICANT_DELAYS", "DETOUR", "ADDITIONAL_SERVICE", "MODIFIED_SERVICE",
			"OTHER_EFFECT", "STOP_MOVED", "NO_EFFECT", "ACCESSIBILITY_ISSUE", "UNKNOWN_EFFECT",
		}
	case "alert cause":
		return []string{
			"OTHER_CAUSE", "TECHNICAL_PROBLEM", "STRIKE", "DEMONSTRATION", "ACCIDENT", "HOLIDAY", "WEATHER", "MAINTENANCE",
			"CONSTRUCTION", "POLICE_ACTIVITY", "MEDICAL_EMERGENCY", "SPECIAL_EVENT", "UNKNOWN_CAUSE",
		}
	case "alert severity":
		return []string{"INFO", "WARNING", "SEVERE", "UNKNOWN_SEVERITY"}
	case "alert mode":
		return []string{"tram", "metro", "rail", "bus", "ferry", "cable_tram", "aerial_lift", "funicular", "trolleybus", "monorail"}
	case "alert phase":
		return []string{"announce", "update", "close", "planned", "digest"}
	}
	return []string{"header", "description", "instruction", "cause", "effect", "period", "area", "sender", "url", "image"}
}

// checkAlertWord wants one of the words that a rule allows.
func checkAlertWord(rule, word string) error {
	words := alertWords(rule)
	if word == "" || slices.Contains(words, word) {
		return nil
	}
	guess := word
	if words[0] == strings.ToUpper(words[0]) {
		guess = strings.ToUpper(word)
	}
	suggestion := nearest(guess, words)
	if slices.Contains(words, guess) {
		suggestion = guess
	}
	return &flaw{message: "is not " + choice(words), suggestion: suggestion}
}
