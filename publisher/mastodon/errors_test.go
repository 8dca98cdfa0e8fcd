package mastodon

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"spool"
	"spool/publisher"
	"spool/publisher/mastodon/mastodontest"
)

// TestJudge is the table of what answers mean, for a request that makes nothing
// visible (read) and for a new status (post).
func TestJudge(t *testing.T) {
	const page = "<html>something else</html>"
	err := mastodontest.ErrorBody
	tests := []struct {
		status int
		body   string
		read   spool.Kind
		post   spool.Kind
	}{
		{401, err("The access token is invalid"), spool.Credentials, spool.Credentials},
		{401, page, spool.Temporary, spool.Unsure},
		{403, err("This action is outside the authorized scopes"), spool.Credentials, spool.Credentials},
		{403, err("Dein Zugang ist gesperrt"), spool.Credentials, spool.Credentials},
		{403, page, spool.Temporary, spool.Unsure},
		{404, err("Record not found"), spool.Permanent, spool.Permanent},
		{404, page, spool.Temporary, spool.Unsure},
		{422, err("Validation failed: Text can't be blank"), spool.Permanent, spool.Permanent},
		{400, err("Bad Request"), spool.Permanent, spool.Permanent},
		{410, err("Gone"), spool.Permanent, spool.Permanent},
		{406, err("Not Acceptable"), spool.Permanent, spool.Permanent},
		{422, page, spool.Permanent, spool.Unsure},
		{413, page, spool.Permanent, spool.Unsure},
		{429, err("Too many requests"), spool.Throttled, spool.Throttled},
		{429, page, spool.Throttled, spool.Throttled},
		{429, "", spool.Throttled, spool.Throttled},
		{408, err("timeout"), spool.Temporary, spool.Unsure},
		{409, err("conflict"), spool.Temporary, spool.Unsure},
		{423, err("locked"), spool.Temporary, spool.Unsure},
		{425, err("early"), spool.Temporary, spool.Unsure},
		{499, page, spool.Temporary, spool.Unsure},
		{500, err("An unexpected error occurred"), spool.Temporary, spool.Unsure},
		{502, page, spool.Temporary, spool.Unsure},
		{503, err("Remote data could not be fetched"), spool.Temporary, spool.Unsure},
		{504, "", spool.Temporary, spool.Unsure},
		{301, page, spool.Temporary, spool.Unsure},
		{308, "", spool.Temporary, spool.Unsure},
		{204, "", spool.Temporary, spool.Unsure},
		{200, page, spool.Temporary, spool.Unsure},
		{200, "{}", spool.Temporary, spool.Unsure},
		{200, "null", spool.Temporary, spool.Unsure},
		{200, `{"id":""}`, spool.Temporary, spool.Unsure},
	}
	for _, tt := range tests {
		name := http.StatusText(tt.status) + " " + tt.body
		bubble(t, mastodontest.Options{}, func(w *world) {
			w.server.Plan(mastodontest.Rule{Op: mastodontest.OpVerify, Action: mastodontest.Status(tt.status, tt.body)})
			if _, f := w.keep(); f == nil || f.Kind != tt.read {
				t.Errorf("%d %s, read: %v, want %v", tt.status, name, f, tt.read)
			}
		})
		bubble(t, mastodontest.Options{}, func(w *world) {
			p := w.send(newPost())
			w.server.Plan(onPost(mastodontest.Status(tt.status, tt.body)))
			p = w.next(p, spool.Event{What: spool.Began})
			_, err := w.client.Publish(w.t.Context(), p)
			if f := w.failure(err); f.Kind != tt.post {
				t.Errorf("%d %s, post: %v, want %v", tt.status, name, f, tt.post)
			}
			w.visible(0)
		})
	}
}

// TestNoTokenIsCredentials: without a token nothing is asked.
func TestNoTokenIsCredentials(t *testing.T) {
	bubble(t, mastodontest.Options{}, func(w *world) {
		w.tokens.token = Token{}
		if _, f := w.keep(); f == nil || f.Kind != spool.Credentials || !errors.Is(f, ErrNoToken) {
			t.Errorf("got %v", f)
		}
		w.tokens.broken = errors.New("the database is away")
		if _, f := w.keep(); f == nil || f.Kind != spool.Temporary {
			t.Errorf("got %v", f)
		}
		if n := len(w.server.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestWaitReadsTheHeaders(t *testing.T) {
	at := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		status       int
		reset, after string
		want         time.Duration
	}{
		{429, "2026-09-01T10:05:00.000000Z", "", 5 * time.Minute},
		{429, "2026-09-01T12:05:00.5+02:00", "", 5*time.Minute + 500*time.Millisecond},
		{429, "1788257100", "", 5 * time.Minute}, // Unix seconds
		{429, "2026-09-01T09:55:00Z", "", 0},
		{429, "2036-09-01T09:55:00Z", "", maxWait},
		{429, "soon", "", 0},
		{429, "-5", "", 0},
		{429, "99999999999999999999", "", 0},
		{429, "soon", "90", 90 * time.Second},
		{429, "2026-09-01T10:01:00Z", "90", 90 * time.Second},
		{429, "", "864000", maxWait},
		{200, "2026-09-01T10:05:00.000000Z", "", 0}, // it says how long the window is, not that it is used up
		{503, "2026-09-01T10:05:00.000000Z", "120", 2 * time.Minute},
	}
	for _, tt := range tests {
		r := publisher.Reply{Status: tt.status, At: at, Header: http.Header{}}
		r.Header.Set("X-RateLimit-Reset", tt.reset)
		r.Header.Set("Retry-After", tt.after)
		if got := wait(r); got != tt.want {
			t.Errorf("%d, reset %q, after %q: %v, want %v", tt.status, tt.reset, tt.after, got, tt.want)
		}
	}
	// The server's clock is an hour ahead: its moment is meant by its own clock.
	r := publisher.Reply{Status: 429, At: at, Date: at.Add(time.Hour), Header: http.Header{"X-Ratelimit-Reset": {"2026-09-01T11:02:00Z"}}}
	if got := wait(r); got != 2*time.Minute {
		t.Errorf("with the server's clock ahead: %v, want 2m", got)
	}
}

func FuzzWait(f *testing.F) {
	f.Add("2026-09-01T10:05:00.000000Z", "90")
	f.Add("1788257100", "Tue, 01 Sep 2026 10:05:00 GMT")
	at := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, reset, after string) {
		r := publisher.Reply{Status: 429, At: at, Header: http.Header{"X-Ratelimit-Reset": {reset}, "Retry-After": {after}}}
		if got := wait(r); got < 0 || got > maxWait {
			t.Errorf("wait is %v", got)
		}
	})
}

// TestRefusalsAreShort: what a server says is bounded and on one line.
func TestRefusalsAreShort(t *testing.T) {
	r := publisher.Reply{Status: 422, Body: []byte(`{"error":"` + strings.Repeat("long ", 1000) + `\nand \u0000 odd"}`)}
	if text := refused(r).Error(); len(text) > 300 || strings.ContainsAny(text, "\n\x00") && strings.Contains(text, "\n") {
		t.Errorf("%d bytes: %q", len(text), text)
	}
	r.Body = []byte(`{"error":{"text":["is odd"]}}`) // as Pleroma does
	if ref := refused(r); ref.Bare || ref.Message == "" {
		t.Errorf("got %+v", ref)
	}
}
