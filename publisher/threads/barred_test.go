package threads

import (
	"testing"

	"spool"
	"spool/publisher/threads/threadstest"
)

// What was refused for lack of a right is not held against an account that has
// been mended: somebody signed in again, or a post went through.
func TestKeepForgetsRefusalsThatAreMended(t *testing.T) {
	tests := map[string]func(w *world){
		"another token": func(w *world) {
			const fresh = "THQVJtestanother0123456789abcdef"
			w.server.AddUser(testUser, fresh)
			w.tokens.token = Token{Value: fresh, Origin: "login"}
		},
		"a post went through": func(w *world) {
			p := newPost()
			p.ID = "another"
			if p = w.drive(p); p.State != spool.Live {
				w.t.Fatalf("the post is %s: %s", p.State, p.Reason)
			}
		},
	}
	for name, mend := range tests {
		t.Run(name, func(t *testing.T) {
			bubble(t, threadstest.Options{}, func(w *world) {
				if _, f := w.keep(); f != nil {
					t.Fatal(f)
				}
				w.server.Restrict(testUser, true)
				if p := w.drive(newPost()); p.Hold != spool.HoldCredentials {
					t.Fatalf("the post is %s: %s", p.State, p.Reason)
				}
				if _, f := w.keep(); f == nil {
					t.Error("a restricted account is reported as mended")
				}
				w.server.Restrict(testUser, false)
				mend(w)
				if _, f := w.keep(); f != nil {
					t.Errorf("the account is mended, and Keep says %v", f)
				}
			})
		})
	}
}
