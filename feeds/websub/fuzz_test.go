package websub

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"spool"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Whatever a header says, it is either no signature or one that only the secret
// makes.
func FuzzSignature(f *testing.F) {
	for _, seed := range []string{"", "sha1=", "sha256=00", "sha256=" + strings.Repeat("ab", 32), "SHA512 = " + strings.Repeat("0", 128), "md5=x", "=", "sha384=" + strings.Repeat("zz", 48)} {
		f.Add(seed, "body")
	}
	f.Fuzz(func(t *testing.T, header, body string) {
		s, ok := parseSignature(header)
		if !ok {
			return
		}
		if len(s.sum) != s.new().Size() {
			t.Fatalf("%q has a sum of %d bytes", header, len(s.sum))
		}
		mac := s.mac("a secret that nobody guesses")
		mac.Write([]byte(body))
		if s.matches(mac) {
			t.Fatalf("%q signs without knowing the secret", header)
		}
	})
}

// Whatever is asked, an active subscription stays as it is unless it is denied
// under its topic, and nothing but a challenge of bounded length is echoed.
func FuzzDemand(f *testing.F) {
	f.Add("hub.mode=subscribe&hub.topic=t&hub.challenge=c&hub.lease_seconds=60", "pending")
	f.Add("hub.mode=unsubscribe&hub.topic=t&hub.challenge=c", "unsubscribing")
	f.Add("hub.mode=denied&hub.topic=t&hub.reason=%ff%00", "active")
	f.Add("hub.mode=subscribe&hub.topic=t&hub.challenge=%zz;", "denied")
	f.Add("hub.lease_seconds=-1&hub.lease_seconds=9&hub.mode=subscribe&hub.topic=t&hub.challenge=c", "pending")
	f.Fuzz(func(t *testing.T, query, standing string) {
		q, _ := url.ParseQuery(query)
		d := demand{q.Get("hub.mode"), q.Get("hub.topic"), q.Get("hub.challenge"), q.Get("hub.lease_seconds"), q.Get("hub.reason")}
		s := spool.Subscription{
			ID: "id", Feed: "city", Hub: "https://hub.example/", Topic: "t", Secret: "secret", Standing: spool.Standing(standing),
			Requested: noon.Add(-time.Hour), LeaseUntil: noon.Add(time.Hour), Next: noon,
		}
		if s.Standing == spool.Active {
			s.Verified = s.Requested
		}
		after, said := judge(s, d, noon)
		switch {
		case said == echo && (d.challenge == "" || len(d.challenge) > maxChallenge || d.topic != "t"):
			t.Fatalf("echoes %q", d.challenge)
		case said == refuse && after != s:
			t.Fatal("refuses, and changes all the same")
		case s.Standing == spool.Active && after != s && d.mode != "denied":
			t.Fatalf("mode %q changes an active subscription", d.mode)
		case after.LeaseUntil.After(noon.Add(longestLease)):
			t.Fatalf("a lease until %v", after.LeaseUntil)
		case !utf8.ValidString(after.Reason) || utf8.RuneCountInString(after.Reason) > 300:
			t.Fatalf("the reason is %q", after.Reason)
		case after.Standing.Current() && after.Next.IsZero():
			t.Fatal("nothing will ever be done about it")
		}
		again, _ := judge(after, d, noon.Add(time.Second))
		if said == echo && again != after {
			t.Fatal("the same once more changes something")
		}
	})
}

func FuzzLease(f *testing.F) {
	for _, seed := range []string{"", "60", "-1", "864000", "1e9", "99999999999999999999", " 7 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seconds string) {
		d := lease(seconds)
		if d < leastLease || d > longestLease {
			t.Fatalf("%q is a lease of %v", seconds, d)
		}
		if at := renewal(seconds, noon, noon.Add(d)); !at.After(noon.Add(time.Minute)) || !at.Before(noon.Add(d)) {
			t.Fatalf("a lease of %v is renewed after %v", d, at.Sub(noon))
		}
	})
}

func FuzzTidy(f *testing.F) {
	f.Add("bad \x00 secret\xff \u202e", "secret")
	f.Fuzz(func(t *testing.T, text, secret string) {
		got := tidy(text, spool.Subscription{Secret: secret})
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 201 || strings.ContainsAny(got, "\n\r\x00") {
			t.Fatalf("%q", got)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-3": 0, "120": 2 * time.Minute, "99999999": maxBackoff,
		noon.Add(time.Hour).Format("Mon, 02 Jan 2006 15:04:05 GMT"):  time.Hour,
		noon.Add(-time.Hour).Format("Mon, 02 Jan 2006 15:04:05 GMT"): 0,
	} {
		if got := retryAfter(header, noon); got != want {
			t.Errorf("%q is %v, want %v", header, got, want)
		}
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	if _, err := New(Options{}); err == nil || !strings.Contains(err.Error(), "Options.Store") {
		t.Error(err)
	}
	for public, want := range map[string]string{
		"": "", "https://a.example": "https://a.example/websub/", "https://a.example/": "https://a.example/websub/",
		"https://a.example/sp%20ool/": "https://a.example/sp%20ool/websub/", "http://a.example:8080/x?y#z": "http://a.example:8080/x/websub/",
	} {
		if got, err := callbackBase(public); err != nil || got != want {
			t.Errorf("%q: %q, %v", public, got, err)
		}
	}
	for _, public := range []string{"a.example", "ftp://a.example", "https://", "://"} {
		if _, err := callbackBase(public); err == nil {
			t.Errorf("%q is taken", public)
		}
	}
}
