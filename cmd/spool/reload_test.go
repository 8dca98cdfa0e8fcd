package main

import (
	"strings"
	"testing"
	"time"

	"spool/compose"
)

func TestReloadTakesANewScheduleOverAtOnce(t *testing.T) {
	slow := strings.Replace(stageConfig, "@every 1m", "@every 6h", 1)
	play(t, slow, func(t *testing.T, s *stage) {
		s.baseline()
		titles := s.publish(1)
		s.wait(30 * time.Minute)
		s.wantLive(nil)
		s.configure(stageConfig)
		s.d.reload(t.Context(), "a test")
		s.wantLogged("configuration reloaded", "changed feeds.city.schedule")
		s.wait(2 * time.Minute)
		s.wantLive(titles)
	})
}

func TestReloadRefusesABrokenFileAloud(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		for broken, says := range map[string]string{
			strings.Replace(stageConfig, "schedule:", "shedule:", 1):            "feeds.city.shedule: unknown key",
			strings.Replace(stageConfig, "@every 1m", "@every never", 1):        "feeds.city.schedule",
			strings.Replace(stageConfig, "accounts: [desk]", "accounts: []", 1): "feeds.city.accounts",
			"%s: [": "config.yaml",
			"":      "config.yaml",
		} {
			s.configure(strings.Replace(broken, "%!", "", 1))
			s.d.reload(t.Context(), "a test")
			s.wantLogged("problem in the new configuration", says)
		}
		s.wantLogged("the new configuration is refused; the old one stays in force", "a test")
		titles := s.publish(1)
		s.wait(2 * time.Minute)
		s.wantLive(titles)
	})
}

func TestReloadSaysWhatNeedsARestart(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		s.baseline()
		s.configure(stageConfig + "fetch: {contact: https://www.example.org/bot}\n")
		s.d.reload(t.Context(), "a test")
		s.wantLogged("takes effect only when Spool is started anew", "fetch.contact")
		s.configure(strings.Replace(stageConfig, "burst: 0", "burst: 7", 1) + "fetch: {contact: https://www.example.org/bot}\n")
		s.d.reload(t.Context(), "a test")
		if n := strings.Count(s.logs.String(), "started anew"); n != 1 {
			t.Errorf("said %d times", n)
		}
	})
}

// The default of the configuration is what is worded with when nothing is said.
func TestTheDefaultTextIsOneText(t *testing.T) {
	play(t, stageConfig, func(t *testing.T, s *stage) {
		cfg, err := s.prog.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		if got := cfg.Feeds["city"].Post.Text; got != compose.DefaultText {
			t.Errorf("the configuration's default is %q, that of the words %q", got, compose.DefaultText)
		}
	})
}
