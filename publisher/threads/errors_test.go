package threads

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/threads/threadstest"
)

// TestCodes is the record of what each error of the network leads to when
// nothing can have become visible, and whether a publish that got it may have
// had an effect all the same.
func TestCodes(t *testing.T) {
	tests := []struct {
		http, code, subcode int
		kind                spool.Kind
		clean               bool // of a publish
	}{
		{500, 1, 0, spool.Temporary, false},
		{400, 1, 0, spool.Temporary, false},
		{503, 2, 0, spool.Temporary, false},
		{400, 2, 0, spool.Temporary, false},
		{400, -1, 0, spool.Temporary, false},
		{400, -2, 0, spool.Temporary, false},
		{400, 3, 0, spool.Credentials, true},
		{403, 4, 0, spool.Throttled, true},
		{400, 9, 0, spool.Throttled, true},
		{400, 9, 2207042, spool.Throttled, true},
		{500, 10, 0, spool.Credentials, false},
		{400, 10, 0, spool.Credentials, false},
		{400, 10, 4279013, spool.Credentials, true},
		{400, 17, 0, spool.Throttled, true},
		{400, 24, 4279009, spool.Temporary, true},
		{500, 24, 4279009, spool.Temporary, false},
		{400, 32, 0, spool.Throttled, true},
		{400, 100, 0, spool.Permanent, true},
		{500, 100, 0, spool.Permanent, false},
		{200, 100, 0, spool.Permanent, false},
		{400, 100, 33, spool.Temporary, true},
		{400, 102, 0, spool.Credentials, true},
		{400, 190, 0, spool.Credentials, true},
		{401, 190, 463, spool.Credentials, true},
		{400, 200, 0, spool.Credentials, true},
		{403, 299, 0, spool.Credentials, true},
		{400, 341, 0, spool.Throttled, true},
		{400, 368, 0, spool.Throttled, true},
		{400, 452, 4279019, spool.Credentials, true},
		{400, 506, 0, spool.Permanent, false},
		{400, 613, 0, spool.Throttled, true},
		{400, 80014, 0, spool.Throttled, true},
		{400, 4476002, 0, spool.Credentials, true},
		{400, -1, 4279047, spool.Temporary, true},
		{400, 1, 2207051, spool.Throttled, true},
		{400, 1, 2207052, spool.Temporary, true},
		{400, 9004, 2207052, spool.Temporary, true},
		{400, 1, 2207050, spool.Credentials, true},
		{400, 1, 2207010, spool.Permanent, true},
		{400, 777, 0, spool.Temporary, true},
		{500, 777, 0, spool.Temporary, false},
		{401, 0, 0, spool.Credentials, false},
	}
	for _, tt := range tests {
		r := &refusal{HTTP: tt.http, Code: tt.code, Subcode: tt.subcode}
		if got := judge(r).kind; got != tt.kind {
			t.Errorf("HTTP %d, %s: %v, want %v", tt.http, r.code(), got, tt.kind)
		}
		if got := r.clean(); got != tt.clean {
			t.Errorf("HTTP %d, %s: clean is %v, want %v", tt.http, r.code(), got, tt.clean)
		}
	}
	if (&refusal{HTTP: 429, Code: 4, Bare: true}).clean() {
		t.Error("a 429 without an envelope counts as the network's own word")
	}
}

// TestWords: for each way in which a token can be dead a person reads what to do.
func TestWords(t *testing.T) {
	seen := map[string]bool{}
	for _, subcode := range []int{0, 458, 459, 460, 463, 464, 492} {
		r := &refusal{HTTP: 400, Code: 190, Subcode: subcode, Message: "x"}
		words := r.words(judge(r)).Error()
		if !strings.Contains(words, "spool login") || seen[words] {
			t.Errorf("190/%d: %q", subcode, words)
		}
		seen[words] = true
	}
}

func reply(status int, body string, header ...string) publisher.Reply {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return publisher.Reply{Status: status, Header: h, Body: []byte(body), At: time.Unix(1_800_000_000, 0)}
}

func TestDecode(t *testing.T) {
	var out struct {
		ID string `json:"id"`
	}
	if err := decode(reply(200, `{"id":"17841405793187218123"}`), &out); err != nil || out.ID != "17841405793187218123" {
		t.Errorf("got %q, %v", out.ID, err)
	}
	refused := map[string]string{
		`{"error":{"message":"m","code":24,"error_subcode":4279009,"fbtrace_id":"A1"}}`: "24/4279009",
		`{"error":{"message":"m","code":"190"}}`:                                        "190",
		`{"error":{"message":"m","code":100.0}}`:                                        "0",
		`{"error":{}}`:                                                                  "0",
		`{"error_type":"OAuthException","code":400,"error_message":"m"}`:                "400",
	}
	for body, want := range refused {
		ref, ok := decode(reply(400, body), &out).(*refusal)
		if !ok || ref.code() != want {
			t.Errorf("%s: %+v, want code %s", body, ref, want)
		}
	}
	for _, body := range []string{"", "<html>", `{"id":`, `[]`, `{"id":5}`, "null", "\x00"} {
		for _, status := range []int{200, 400, 502} {
			if body == "null" && status == 200 {
				continue // decodes to nothing; the callers ask for an id
			}
			if err := decode(reply(status, body), &out); err == nil {
				t.Errorf("%d %q was accepted", status, body)
			} else if _, ok := err.(*refusal); ok {
				t.Errorf("%d %q was taken for the network's own word", status, body)
			}
		}
	}
}

func TestDecodeKeepsNoSecret(t *testing.T) {
	body := fmt.Sprintf(`{"error":{"message":"Cannot parse %s or access_token=other","code":190}}`, testToken)
	err := decode(reply(400, body), nil, testToken)
	if text := err.Error(); strings.Contains(text, testToken) || strings.Contains(text, "other") {
		t.Errorf("a secret is in %q", text)
	}
}

func TestWait(t *testing.T) {
	tests := []struct {
		header, value string
		want          time.Duration
	}{
		{"Retry-After", "30", 30 * time.Second},
		{"Retry-After", "soon", 0},
		{"X-Business-Use-Case-Usage", `{"1":[{"type":"threads","estimated_time_to_regain_access":7}]}`, 7 * time.Minute},
		{"X-Business-Use-Case-Usage", `{"1":[{"estimated_time_to_regain_access":1e300}]}`, 24 * time.Hour},
		{"X-Business-Use-Case-Usage", "none", 0},
		{"X-App-Usage", `{"call_count":100}`, 0},
	}
	for _, tt := range tests {
		if got := wait(reply(400, "", tt.header, tt.value)); got != tt.want {
			t.Errorf("%s: %s: %v, want %v", tt.header, tt.value, got, tt.want)
		}
	}
}

// TestPublishRefused follows every error code through a whole publish, without
// an effect behind it and with one.
func TestPublishRefused(t *testing.T) {
	codes := [][3]int{
		{400, 1, 0}, {500, 2, 0}, {400, -2, 0}, {400, 3, 0}, {403, 4, 0}, {400, 9, 0}, {400, 10, 0}, {400, 24, 4279009}, {400, 100, 0},
		{400, 100, 33}, {400, 190, 460}, {400, 200, 0}, {400, 368, 0}, {400, 506, 0}, {400, 613, 0}, {400, 80014, 0}, {400, 1, 2207051}, {400, 777, 0},
	}
	for _, code := range codes {
		name := fmt.Sprintf("%d %d/%d", code[0], code[1], code[2])
		body := threadstest.ErrorBody(code[1], code[2], "no")
		t.Run(name+" without effect", func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				w.server.Plan(threadstest.Rule{Op: threadstest.OpPublish, Nth: 1, Action: threadstest.Status(code[0], body)})
				p := w.drive(newPost())
				n := 1
				if p.State != spool.Live {
					n = 0
				}
				if n == 0 && (p.Reason == "" || p.State == spool.Dropped) {
					t.Errorf("the post is %s and says %q", p.State, p.Reason)
				}
				w.visible(n)
			})
		})
		t.Run(name+" with effect", func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				w.server.Plan(threadstest.Rule{Op: threadstest.OpPublish, Nth: 1, Action: threadstest.CommitThenStatus(code[0], body)})
				if p := w.drive(newPost()); p.State != spool.Live || p.Receipt.ID == "" {
					t.Errorf("the post is %s: %s", p.State, p.Reason)
				}
				w.visible(1)
			})
		})
	}
}

// FuzzDecode: whatever an answer is, it is read without a panic, and only an
// envelope with a number counts as the network's refusal of a publish.
func FuzzDecode(f *testing.F) {
	f.Add(400, `{"error":{"message":"m","code":24,"error_subcode":4279009}}`)
	f.Add(200, `{"id":"1"}`)
	f.Add(429, `{"error_type":"x","code":1e400}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		var out struct {
			ID string `json:"id"`
		}
		err := decode(reply(status, body), &out, testToken)
		ref, ok := err.(*refusal)
		if !ok {
			return
		}
		if len(ref.Error()) > 2000 {
			t.Errorf("a message of %d bytes", len(ref.Error()))
		}
		if ref.clean() && (!strings.Contains(body, "error") || status < 400 || status > 499) {
			t.Errorf("HTTP %d %q proves nothing", status, body)
		}
	})
}

// FuzzNotes: notes that were saved are read back as they were, and foreign ones
// are refused.
func FuzzNotes(f *testing.F) {
	f.Add(`{"v":1,"id":"18","made":5,"unknown":true}`)
	f.Add(`{"v":2}`)
	f.Fuzz(func(t *testing.T, state string) {
		p := newPost()
		p.Draft.State = state
		n, err := readNotes(p)
		if err != nil {
			return
		}
		p.Draft = *n.draft(true, 0)
		if again, err := readNotes(p); err != nil || again.draft(true, 0).State != p.Draft.State {
			t.Errorf("%q is read as %+v, then as %+v, %v", state, n, again, err)
		}
	})
}
