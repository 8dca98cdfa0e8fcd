package bluesky

import (
	"testing"

	"spool"
	"spool/publisher/bluesky/blueskytest"
)

// TestStands: a post is gone when the server has no record under its key, also in the
// words of older servers, and when it is another account's.
func TestStands(t *testing.T) {
	answer := func(a blueskytest.Action) func(*world, *spool.Post) {
		return func(w *world, _ *spool.Post) { w.server.Plan(blueskytest.Rule{Op: blueskytest.OpGet, Action: a}) }
	}
	const none = spool.Kind(-1)
	for name, tt := range map[string]struct {
		prepare func(w *world, p *spool.Post)
		want    bool
		kind    spool.Kind // none: there is an answer
	}{
		"live":              {func(*world, *spool.Post) {}, true, none},
		"gone":              {func(w *world, p *spool.Post) { w.server.DeletePost(p.Receipt.ID) }, false, none},
		"changed by hand":   {func(w *world, p *spool.Post) { w.server.Amend(p.Receipt.ID, "Other words") }, true, none},
		"an older server":   {answer(blueskytest.Error(400, "InvalidRequest", "Could not locate record: at://x")), false, none},
		"an odd refusal":    {answer(blueskytest.Error(400, "InvalidRequest", "no")), false, spool.Temporary},
		"no such account":   {answer(blueskytest.Error(400, "RepoNotFound", "Could not find repo")), false, spool.Temporary},
		"taken down":        {answer(blueskytest.Error(400, "RepoTakendown", "no")), false, spool.Credentials},
		"a page":            {answer(blueskytest.Status(404, "<html>")), false, spool.Temporary},
		"no record in it":   {answer(blueskytest.Status(200, `{"uri":"x"}`)), false, spool.Temporary},
		"no post's name":    {func(_ *world, p *spool.Post) { p.Receipt.ID = "123" }, false, spool.Permanent},
		"sessions are over": {func(w *world, _ *spool.Post) { w.server.EndSessions(testUser) }, true, none},
		"of another account": {func(w *world, p *spool.Post) {
			w.server.AddUser("other.example.org", "x")
			p.Receipt.ID = w.server.AddManualPost("other.example.org", "mine", "")
		}, false, none},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, blueskytest.Options{}, func(w *world) {
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
