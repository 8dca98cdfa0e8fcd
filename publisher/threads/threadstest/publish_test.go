package threadstest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"spool/publisher/threads/threadstest"
)

func TestDoublePublish(t *testing.T) {
	tests := []struct {
		knob    threadstest.DoublePublish
		code    string
		visible int
	}{
		{"", "24/4279009", 1},
		{threadstest.DoubleMissing, "24/4279009", 1},
		{threadstest.DoubleInvalid, "100", 1},
		{threadstest.DoubleSameID, "", 1},
		{threadstest.DoublePosts, "", 2},
	}
	for _, tt := range tests {
		t.Run(string(tt.knob), func(t *testing.T) {
			s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{DoublePublish: tt.knob}})
			box := c.create("x")
			first, second := c.publish(box), c.publish(box)
			if second.code() != tt.code || len(s.Visible("paper")) != tt.visible {
				t.Errorf("second answer %s, %d visible", second.raw, len(s.Visible("paper")))
			}
			if same := first.str("id") == second.str("id"); same != (tt.knob == threadstest.DoubleSameID) {
				t.Errorf("ids %s and %s", first.raw, second.raw)
			}
		})
	}
}

func TestPublishedStatusFades(t *testing.T) {
	tests := []struct {
		knob        threadstest.StatusTTL
		soon, later string
	}{
		{threadstest.StatusKept, "PUBLISHED", "PUBLISHED"},
		{threadstest.StatusOneDay, "PUBLISHED", "100/33"},
		{threadstest.StatusGone, "100/33", "100/33"},
	}
	for _, tt := range tests {
		t.Run(string(tt.knob), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{PublishedStatusTTL: tt.knob}})
				box := c.create("x")
				c.publish(box)
				for _, want := range []string{tt.soon, tt.later} {
					a := c.get("/v1.0/"+box, "fields", "id,status,error_message")
					if got := a.str("status") + a.code(); got != want {
						t.Errorf("after %v: %s, want %s", time.Now(), a.raw, want)
					}
					time.Sleep(25 * time.Hour)
				}
			})
		})
	}
}

func TestFinishedButMissing(t *testing.T) {
	s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{FinishedButMissing: 2}})
	box := c.create("x")
	for i := range 2 {
		if a := c.publish(box); a.code() != "24/4279009" || a.status != 400 {
			t.Errorf("publish %d: %d %s", i+1, a.status, a.raw)
		}
	}
	if a := c.publish(box); a.code() != "" || len(s.Visible("")) != 1 {
		t.Errorf("third publish: %s", a.raw)
	}
}

func TestCode10ButLive(t *testing.T) {
	s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{Code10ButLive: true}})
	box := c.create("x")
	if a := c.publish(box); a.code() != "10" || a.status != 500 {
		t.Errorf("publish: %d %s", a.status, a.raw)
	}
	if a := c.get("/"+box, "fields", "status"); a.str("status") != "PUBLISHED" || len(s.Visible("")) != 1 {
		t.Errorf("status %s, visible %v", a.raw, s.Visible(""))
	}
}

// The answer takes four minutes; the post appears at the moment of the knob,
// also when the client has long given up.
func TestPublishLatency(t *testing.T) {
	tests := []struct {
		knob threadstest.EffectAt
		at   time.Duration
	}{
		{threadstest.EffectAtStart, 0},
		{threadstest.EffectAtMiddle, 2 * time.Minute},
		{threadstest.EffectAtEnd, 4 * time.Minute},
	}
	for _, tt := range tests {
		for _, patient := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s patient %v", tt.knob, patient), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{PublishLatency: 4 * time.Minute, EffectAt: tt.knob}})
					if !patient {
						c.http.Timeout = time.Minute
					}
					box, begun := c.create("x"), time.Now()
					a, err := c.try(t.Context(), "POST", "/me/threads_publish", values("creation_id", box))
					if patient != (err == nil) {
						t.Fatalf("answer %s, error %v", a.raw, err)
					}
					if want := 4 * time.Minute; patient && time.Since(begun) != want {
						t.Errorf("answered after %v", time.Since(begun))
					}
					time.Sleep(time.Until(begun.Add(tt.at - 1)))
					if got := len(s.Visible("")); !patient && tt.at > time.Minute && got != 0 {
						t.Errorf("visible before %v", tt.at)
					}
					time.Sleep(time.Until(begun.Add(tt.at)))
					v := s.Visible("")
					if len(v) != 1 || v[0].Time.Sub(begun) != tt.at {
						t.Errorf("visible at %v: %+v", tt.at, v)
					}
				})
			})
		}
	}
}

func TestQuotas(t *testing.T) {
	tests := map[threadstest.QuotaError]string{
		"": "4", threadstest.QuotaCode4: "4", threadstest.QuotaCode9: "9",
		threadstest.QuotaCode100: "100", threadstest.QuotaCode2207042: "9/2207042",
	}
	for knob, code := range tests {
		t.Run(string(knob), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{QuotaError: knob}})
				for i := range 250 {
					if a := c.publish(c.create(fmt.Sprint(i))); a.code() != "" {
						t.Fatalf("post %d: %s", i, a.raw)
					}
					time.Sleep(time.Second)
				}
				box := c.create("too many")
				if a := c.publish(box); a.code() != code {
					t.Errorf("post 251: %s, want %s", a.raw, code)
				}
				root := s.Visible("paper")[0].ID
				if a := c.publish(c.create("a reply", "reply_to_id", root)); a.code() != "" {
					t.Errorf("replies have a quota of their own: %s", a.raw)
				}
				a := c.get("/me/threads_publishing_limit", "fields", "quota_usage,config,reply_quota_usage")
				if want := `{"data":[{"config":{"quota_duration":86400,"quota_total":250},"quota_usage":250,"reply_quota_usage":1}]}`; a.raw != want {
					t.Errorf("limits %s\nwant   %s", a.raw, want)
				}
				time.Sleep(24*time.Hour - 250*time.Second) // the first post leaves the window
				if a := c.get("/me/threads_publishing_limit"); !strings.Contains(a.raw, `"quota_usage":249`) {
					t.Errorf("limits a day later: %s", a.raw)
				}
				if a := c.publish(c.create("again")); a.code() != "" {
					t.Errorf("a day later: %s", a.raw)
				}
			})
		})
	}
}

func TestRestricted(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	box := c.create("x")
	s.Restrict("paper", true)
	for _, a := range []answer{c.publish(box), c.post("/me/threads", "media_type", "TEXT", "text", "y")} {
		if a.code() != "10/4279013" {
			t.Errorf("restricted: %s", a.raw)
		}
	}
	s.Restrict("paper", false)
	if a := c.publish(box); a.code() != "" {
		t.Errorf("free again: %s", a.raw)
	}
}

func TestContainersOfOthersAreMissing(t *testing.T) {
	s, c := start(t, threadstest.Options{})
	s.AddUser("other", "other")
	box := c.create("x")
	c.token = "other"
	if a := c.publish(box); a.code() != "24/4279009" {
		t.Errorf("publish: %s", a.raw)
	}
	if a := c.get("/" + box); a.code() != "100/33" {
		t.Errorf("status: %s", a.raw)
	}
}

func TestViolations(t *testing.T) {
	tests := []struct {
		name string
		do   func(*threadstest.Server, *client)
		want string // part of the one violation; empty: none
	}{
		{"a post and another", func(_ *threadstest.Server, c *client) {
			c.publish(c.create("a"))
			c.publish(c.create("b"))
		}, ""},
		{"two containers for one text", func(_ *threadstest.Server, c *client) {
			c.publish(c.create("a", "link_attachment", "https://a.example/"))
			c.publish(c.create("a", "link_attachment", "https://a.example/"))
		}, "words and the link"},
		{"the same words by hand", func(s *threadstest.Server, c *client) {
			s.AddManualPost("paper", "a", "")
			c.publish(c.create("a"))
		}, ""},
		{"again without having asked", func(_ *threadstest.Server, c *client) {
			box := c.create("a")
			c.publish(box)
			c.publish(box)
		}, ""},
		{"again after PUBLISHED", func(_ *threadstest.Server, c *client) {
			box := c.create("a")
			c.publish(box)
			c.get("/"+box, "fields", "status")
			c.publish(box)
		}, "was read as PUBLISHED"},
		{"a number for me", func(s *threadstest.Server, c *client) {
			id := s.AddUser("paper", secret).ID
			if a := c.get("/v1.0/"+id+"/threads", "fields", "id"); a.status != 200 {
				c.t.Errorf("list by number: %s", a.raw)
			}
		}, "in place of me"},
		{"query on a write", func(_ *threadstest.Server, c *client) {
			c.post("/me/threads?media_type=TEXT&text=x")
		}, "in the query"},
		{"token in the path", func(_ *threadstest.Server, c *client) { c.get("/" + secret) }, "a token in the path"},
		{"multipart", func(_ *threadstest.Server, c *client) {
			body := "--b\r\nContent-Disposition: form-data; name=\"media_type\"\r\n\r\nTEXT\r\n--b--\r\n"
			c.raw("/me/threads", body, http.Header{"Content-Type": {"multipart/form-data; boundary=b"}})
		}, "multipart"},
		{"idempotency key", func(_ *threadstest.Server, c *client) {
			c.raw("/me/threads", "", http.Header{"Idempotency-Key": {"1"}})
		}, "Idempotency-Key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, c := start(t, threadstest.Options{})
			tt.do(s, c)
			got := s.Violations()
			if (tt.want == "") != (len(got) == 0) || len(got) > 1 || !strings.Contains(strings.Join(got, ""), tt.want) {
				t.Errorf("violations %q, want %q", got, tt.want)
			}
			if strings.Contains(strings.Join(got, ""), secret) {
				t.Errorf("a secret in %q", got)
			}
		})
	}
}

func (c *client) raw(path, body string, header http.Header) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, "https://graph.threads.net"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header = header
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = resp.Body.Close()
}

func TestTwoPublishesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := start(t, threadstest.Options{Knobs: threadstest.Knobs{PublishLatency: time.Second}})
		c.publish(c.create("a"))
		c.publish(c.create("b"))
		if s.MaxInFlight("paper") != 1 || len(s.Violations()) > 0 {
			t.Errorf("one after another: %d at once, %q", s.MaxInFlight("paper"), s.Violations())
		}
		var wg sync.WaitGroup
		for _, text := range []string{"c", "d"} {
			box := c.create(text)
			wg.Go(func() { c.publish(box) })
		}
		wg.Wait()
		if s.MaxInFlight("paper") != 2 || len(s.Violations()) != 1 {
			t.Errorf("two at once: %d, %q", s.MaxInFlight("paper"), s.Violations())
		}
	})
}
