package threads

import (
	"testing"

	"spool"
	"spool/publisher/threads/threadstest"
)

// TestStands: that a post is not there is believed only while the account's list can
// be read, and does not have it.
func TestStands(t *testing.T) {
	missing := threadstest.Rule{Op: threadstest.OpMedia, Action: threadstest.Error(400, 100, 33, "Unsupported get request.")}
	const none = spool.Kind(-1)
	for name, tt := range map[string]struct {
		prepare func(w *world, p spool.Post)
		want    bool
		kind    spool.Kind // none: there is an answer
	}{
		"live":                      {func(*world, spool.Post) {}, true, none},
		"gone":                      {func(w *world, p spool.Post) { w.server.DeletePost(p.Receipt.ID) }, false, none},
		"not to be read, but there": {func(w *world, _ spool.Post) { w.server.Plan(missing) }, true, none},
		"gone, and no list": {func(w *world, p spool.Post) {
			w.server.DeletePost(p.Receipt.ID)
			w.server.Plan(threadstest.Rule{Op: threadstest.OpList, Action: threadstest.Status(500, "")})
		}, false, spool.Temporary},
		"a list that is none": {func(w *world, p spool.Post) {
			w.server.DeletePost(p.Receipt.ID)
			w.server.Plan(threadstest.Rule{Op: threadstest.OpList, Action: threadstest.Status(200, `{}`)})
		}, false, spool.Temporary},
		"the app may not read": {func(w *world, _ spool.Post) {
			w.server.Plan(missing, threadstest.Rule{Op: threadstest.OpList, Action: threadstest.Error(400, 10, 0, "no")})
		}, false, spool.Credentials},
		"another post": {func(w *world, _ spool.Post) {
			w.server.Plan(threadstest.Rule{Op: threadstest.OpMedia, Action: threadstest.Status(200, `{"id":"1"}`)})
		}, false, spool.Temporary},
		"an odd refusal": {func(w *world, _ spool.Post) {
			w.server.Plan(threadstest.Rule{Op: threadstest.OpMedia, Action: threadstest.Error(400, 100, 0, "no")})
		}, false, spool.Temporary},
		"a page with status 404": {func(w *world, _ spool.Post) {
			w.server.Plan(threadstest.Rule{Op: threadstest.OpMedia, Action: threadstest.Status(404, "<html>")})
		}, false, spool.Temporary},
		"dead token": {func(w *world, _ spool.Post) { w.server.Revoke(testToken, 190, 458) }, false, spool.Credentials},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				p := w.drive(newPost())
				tt.prepare(w, p)
				got, err := w.client.Stands(w.t.Context(), p.Receipt)
				kind := none
				if err != nil {
					kind = w.failure(err).Kind
				}
				if got != tt.want || kind != tt.kind {
					t.Errorf("it stands: %v, %v, want %v, %v", got, err, tt.want, tt.kind)
				}
			})
		})
	}
}
