package standin

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// maxControl bounds what is posted to steer a stand-in, in bytes.
const maxControl = 1 << 20

// A Steered is a stand-in as [Control] steers it. P are its posts, R the lines of
// its log, K its settings.
type Steered[O ~string, P, R any, K Settings] interface {
	Visible(user string) []P
	Requests() []R
	Violations() []string
	Knobs() K
	SetKnobs(K)
	Plan(...Rule[O])

	// DeletePost is a person taking a post away by hand. It reports whether it was
	// there.
	DeletePost(id string) bool
}

// Settings are a network's knobs.
type Settings interface{ Map() map[string]string }

// Control adds the endpoints by which another process steers a stand-in:
//
//	GET  /_posts.json       visible posts, newest first; ?user= for one account
//	GET  /_requests.json    the log of requests
//	GET  /_violations.json  what clients did that they must not do
//	GET  /_knobs            all settings
//	POST /_knobs            {"list_lag": "5s", …}: those that are to change
//	POST /_plan             [{"op": "publish", "action": {"do": "drop", "effect": true}}, …]: the whole plan
//	POST /_delete           {"id": "…"}: somebody deletes a post by hand
//
// What is posted has to say that it is JSON: a page from elsewhere that is open in
// somebody's browser cannot do that. Set gives a knob a value by name.
func Control[O ~string, P, R any, K Settings](mux *http.ServeMux, s Steered[O, P, R, K], set func(k *K, name, value string) error) {
	mux.HandleFunc("GET /_posts.json", func(w http.ResponseWriter, r *http.Request) {
		list(w, s.Visible(r.URL.Query().Get("user")))
	})
	mux.HandleFunc("GET /_requests.json", func(w http.ResponseWriter, _ *http.Request) { list(w, s.Requests()) })
	mux.HandleFunc("GET /_violations.json", func(w http.ResponseWriter, _ *http.Request) { list(w, s.Violations()) })
	mux.HandleFunc("GET /_knobs", func(w http.ResponseWriter, _ *http.Request) { JSON(http.StatusOK, s.Knobs().Map()).Write(w) })
	mux.HandleFunc("POST /_knobs", posted(func(values map[string]string) (any, error) {
		k := s.Knobs()
		for name, value := range values {
			if err := set(&k, name, value); err != nil {
				return nil, err
			}
		}
		s.SetKnobs(k)
		return k.Map(), nil
	}))
	mux.HandleFunc("POST /_plan", posted(func(rules []Rule[O]) (any, error) {
		s.Plan(rules...)
		return map[string]int{"rules": len(rules)}, nil
	}))
	mux.HandleFunc("POST /_delete", posted(func(p struct{ ID string }) (any, error) {
		return map[string]bool{"deleted": s.DeletePost(p.ID)}, nil
	}))
}

// list answers with a list that is never null.
func list[T any](w http.ResponseWriter, items []T) {
	if items == nil {
		items = []T{}
	}
	JSON(http.StatusOK, items).Write(w)
}

// posted reads what is posted and answers with what comes of it.
func posted[T any](do func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		err := readJSON(w, r, &in)
		var out any
		if err == nil {
			out, err = do(in)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		JSON(http.StatusOK, out).Write(w)
	}
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return fmt.Errorf("stand-in: the body has to be application/json")
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControl))
	if err != nil {
		return fmt.Errorf("stand-in: body: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("stand-in: body: %w", err)
	}
	return nil
}
