package webhook

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"spool/publisher"
)

// TestSign: the first line is the example that the libraries of Standard Webhooks
// are tested with.
func TestSign(t *testing.T) {
	keys, err := Secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	at, body := time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if got := sign(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := sign(append(keys, []byte("another key")), "msg_p5jXN8AQM9LWM0D4loKWxJek", at, body); !strings.HasPrefix(got, want+" v1,") || strings.Count(got, "v1,") != 2 {
		t.Errorf("with two keys: %s", got)
	}
	for what, got := range map[string]string{
		"another id":   sign(keys, "msg", at, body),
		"another time": sign(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", at.Add(time.Second), body),
		"another body": sign(keys, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte("{}")),
	} {
		if got == want {
			t.Errorf("%s has the same signature", what)
		}
	}
}

func TestSecrets(t *testing.T) {
	for text, want := range map[string]int{
		"":         0,
		"  \n":     0,
		testSecret: 1,
		nextSecret: 1,
		"\t" + testSecret + "\n " + nextSecret + "\n": 2,
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw":      1,
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw":            -1, // without the prefix
		"whsec_":                                      -1,
		"whsec_short":                                 -1,
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa_-":      -1, // base64 for addresses
		"whsec_" + strings.Repeat("YWJj", 21):         1,
		"whsec_" + strings.Repeat("YWJj", 22):         -1, // 66 bytes
		testSecret + " nonsense":                      -1,
		strings.Repeat(testSecret+" ", maxSecrets+1):  -1,
	} {
		keys, err := Secrets(text)
		if want < 0 && !errors.Is(err, ErrSecret) || want >= 0 && (err != nil || len(keys) != want) {
			t.Errorf("Secrets(%q) gave %d, %v; want %d", text, len(keys), err, want)
		}
	}
}

func FuzzSecrets(f *testing.F) {
	for _, s := range []string{testSecret, "whsec_ whsec_", "whsec_===="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		keys, err := Secrets(s)
		if err != nil && len(s) > 8 && strings.Contains(err.Error(), s) {
			t.Error("the secret is in the error")
		}
		for _, k := range keys {
			if len(k) < minSecret || len(k) > maxSecret {
				t.Errorf("a key of %d bytes", len(k))
			}
		}
	})
}

func TestOptions(t *testing.T) {
	good := Options{Account: "a", URL: "https://hooks.example/x", Now: time.Now}
	for want, change := range map[string]func(*Options){
		"Options.Account": func(o *Options) { o.Account = "" },
		"Options.Now":     func(o *Options) { o.Now = nil },
		"Options.Format":  func(o *Options) { o.Format = "teams" },
		"whsec_":          func(o *Options) { o.Secret = "c2VjcmV0LXdpdGhvdXQtcHJlZml4" },
		"Options.URL":     func(o *Options) { o.URL = "ftp://hooks.example/very-secret" },
		"Options.URL is":  func(o *Options) { o.URL = "very-secret" },
	} {
		o := good
		change(&o)
		_, err := New(o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret-") || strings.Contains(err.Error(), o.Secret) && o.Secret != "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

// TestAddressesAreKeptBack: of an address people see the host.
func TestAddressesAreKeptBack(t *testing.T) {
	for address, tt := range map[string]struct {
		shown  string
		hidden []string
	}{
		"https://hooks.example.org/posts":                                     {"https://hooks.example.org/…", nil},
		"https://hooks.example.org":                                           {"https://hooks.example.org/", nil},
		"https://hooks.example.org/?key=open-up":                              {"https://hooks.example.org/…", []string{"open-up", "key=open-up"}},
		"https://hooks.slack.com/services/T0000/B0000/abcdefghijklmnopqrstuv": {"https://hooks.slack.com/…", []string{"abcdefghijklmnopqrstuv"}},
		"http://desk:letmein@10.0.0.5:8080/in":                                {"http://10.0.0.5:8080/…", []string{"letmein", "desk:letmein"}},
		"https://h.example/a%2Fbcdefghijklmnopqrstuvw":                        {"https://h.example/…", []string{"a%2Fbcdefghijklmnopqrstuvw", "bcdefghijklmnopqrstuvw"}},
	} {
		h, err := newHook(Options{Account: "a", URL: address, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		if h.shown != tt.shown {
			t.Errorf("%s is shown as %s", address, h.shown)
		}
		for _, want := range tt.hidden {
			if !slices.Contains(h.hidden, want) {
				t.Errorf("%s: %q is not hidden: %q", address, want, h.hidden)
			}
		}
		message := "there is something at " + address
		if got := publisher.Redact(message, h.hidden...); tt.hidden != nil && strings.Contains(got, tt.hidden[0]) {
			t.Errorf("%q is left in %q", tt.hidden[0], got)
		}
	}
}
