package mastodon

import (
	"testing"

	"spool"
	"spool/publisher/mastodon/mastodontest"
)

// TestStands: only the instance itself can say that a status is gone, and one of
// another account is none of this one's.
func TestStands(t *testing.T) {
	answer := func(a mastodontest.Action) func(*world, *spool.Post) {
		return func(w *world, _ *spool.Post) { w.server.Plan(mastodontest.Rule{Op: mastodontest.OpGet, Action: a}) }
	}
	const none = spool.Kind(-1)
	for name, tt := range map[string]struct {
		prepare func(w *world, p *spool.Post)
		want    bool
		kind    spool.Kind // none: there is an answer
	}{
		"live":          {func(*world, *spool.Post) {}, true, none},
		"gone":          {func(w *world, p *spool.Post) { w.server.DeletePost(p.Receipt.ID) }, false, none},
		"gone for good": {answer(mastodontest.Error(410, "Gone")), false, none},
		"of another account": {func(w *world, p *spool.Post) {
			w.server.AddUser("other", "another token")
			p.Receipt.ID = w.server.AddManualPost("other", "mine")
		}, false, none},
		"of nobody who is named": {func(w *world, p *spool.Post) {
			w.server.Plan(mastodontest.Rule{Op: mastodontest.OpGet, Action: mastodontest.Status(200, `{"id":"`+p.Receipt.ID+`"}`)})
		}, true, none},
		"nobody knows who asks": {func(w *world, _ *spool.Post) {
			w.server.Plan(mastodontest.Rule{Op: mastodontest.OpVerify, Action: mastodontest.Status(500, "")})
			w.client.who = whoami{}
		}, true, none},
		"a page with status 404": {answer(mastodontest.Status(404, "<html>")), false, spool.Temporary},
		"a page with status 410": {answer(mastodontest.Status(410, "<html>")), false, spool.Temporary},
		"another status":         {answer(mastodontest.Status(200, `{"id":"1"}`)), false, spool.Temporary},
		"an odd refusal":         {answer(mastodontest.Error(422, "no")), false, spool.Temporary},
		"it may not be read":     {answer(mastodontest.Error(403, "This action is outside the authorized scopes")), false, spool.Credentials},
		"dead token":             {func(w *world, _ *spool.Post) { w.server.Revoke(testToken, true) }, false, spool.Credentials},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, mastodontest.Options{}, func(w *world) {
				p := w.drive(newPost())
				tt.prepare(w, &p)
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
