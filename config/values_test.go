package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "90s": 90 * time.Second, "2d": 48 * time.Hour, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute, "0d": 0,
	} {
		if got, err := duration(text); err != nil || got != want {
			t.Errorf("duration(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "5", "-1m", "-2d", "1d-2h", "1d+2h", "1.5d", "2w", "soon", "99999999999d", "9999999h", "1d 2h", "1d2d", "NaNs"} {
		if got, err := duration(text); err == nil {
			t.Errorf("duration(%q) = %v, want an error", text, got)
		}
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 30 * time.Second: "30s", 10 * time.Minute: "10m", 10 * time.Hour: "10h", 90 * time.Minute: "1h30m", time.Hour + time.Second: "1h0m1s",
	} {
		if got := short(d); got != want {
			t.Errorf("short(%v) = %s", d, got)
		}
	}
}

func TestWindow(t *testing.T) {
	for text, want := range map[string]string{
		"23:00-06:00": "23:00-06:00", "7:05 - 8:00": "07:05-08:00", "20:00-00:00": "20:00-24:00", "00:00-06:00": "00:00-06:00",
	} {
		var w Window
		if err := w.UnmarshalText([]byte(text)); err != nil || w.String() != want {
			t.Errorf("%q: %v, %v", text, w, err)
		}
	}
	for _, text := range []string{"", "-", "24:00-06:00", "06:60-07:00", "6-7", "00:00-00:00", "1:2-3:4", "06:00-07:00-08:00", "+1:00-02:00"} {
		if err := new(Window).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"schedule", "settle", "max_age", "url"}
	for word, want := range map[string]string{
		"shedule": "schedule", "scehdule": "schedule", "maxAge": "max_age", "MAX-AGE": "max_age", "setle": "settle", "urls": "url",
		"zebra": "", "x": "", "": "", strings.Repeat("schedule", 20): "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

// TestSecretNeverShows prints a secret in every way there is.
func TestSecretNeverShows(t *testing.T) {
	type holder struct {
		Open   Secret
		hidden Secret
		List   []Secret
		Map    map[string]*Secret
	}
	s := NewSecret(password)
	h := holder{s, s, []Secret{s}, map[string]*Secret{"a": &s}}
	var all strings.Builder
	for _, v := range []any{s, &s, h, &h, h.hidden} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%U", "%08.3f"} {
			fmt.Fprintf(&all, verb+"\n", v)
		}
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		y, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n%s\n", j, y)
		for _, log := range []slog.Handler{slog.NewTextHandler(&all, nil), slog.NewJSONHandler(&all, nil)} {
			slog.New(log).Info("a", "v", v, slog.Group("g", "v", v))
		}
	}
	if strings.Contains(all.String(), password) || strings.Contains(all.String(), fmt.Sprintf("%x", password)) {
		t.Error(all.String())
	}
	if fmt.Sprintf("%v %+v %#v %s", s, s, s, s) != "<secret> <secret> <secret> <secret>" || s.Reveal() != password {
		t.Errorf("%v %+v %#v %s", s, s, s, s)
	}
	if NewSecret("").Reveal() != "" || (Secret{}) != NewSecret("") {
		t.Error("an empty secret is not the zero value")
	}
}

func TestDSNShowsNoPassword(t *testing.T) {
	for text, want := range map[string]string{
		"spool.db":           "spool.db",
		"/data/a b/spool.db": "/data/a b/spool.db",
		"postgres://anna:" + password + "@db:5432/spool":              "postgres://anna@db:5432/spool",
		"postgresql://db/spool?user=anna&password=" + password:        "postgresql://db/spool",
		"postgres:///spool?host=/run/postgresql&password=" + password: "postgres:///spool",
	} {
		var d DSN
		if err := d.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		j, _ := json.Marshal(d)
		y, _ := yaml.Marshal(d)
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("a", "d", d)
		if all := fmt.Sprintf("%v %+v %#v %x %s %s %s", d, d, d, d, j, y, &log); strings.Contains(all, password) {
			t.Error(all)
		}
		if d.String() != want || d.Reveal() != text {
			t.Errorf("%s is shown as %s", text, d)
		}
	}
}
