package mastodontest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// control adds the endpoints by which another process steers the stand-in:
//
//	GET  /_posts.json       visible posts, newest first; ?user= for one account
//	GET  /_requests.json    the log of requests
//	GET  /_violations.json  what clients did that they must not do
//	GET  /_knobs            all settings
//	POST /_knobs            {"list_lag": "5s", …}: those that are to change
//	POST /_plan             [{"op": "publish", "action": {"do": "drop", "effect": true}}, …]: the whole plan
//
// What is posted has to say that it is JSON: a page from elsewhere that is open
// in somebody's browser cannot do that.
func (s *Server) control(mux *http.ServeMux) {
	mux.HandleFunc("GET /_posts.json", func(w http.ResponseWriter, r *http.Request) {
		list(w, s.Visible(r.URL.Query().Get("user")))
	})
	mux.HandleFunc("GET /_requests.json", func(w http.ResponseWriter, _ *http.Request) { list(w, s.Requests()) })
	mux.HandleFunc("GET /_violations.json", func(w http.ResponseWriter, _ *http.Request) { list(w, s.Violations()) })
	mux.HandleFunc("GET /_knobs", func(w http.ResponseWriter, _ *http.Request) { jsonReply(http.StatusOK, s.Knobs().Map()).write(w) })
	mux.HandleFunc("POST /_knobs", s.postKnobs)
	mux.HandleFunc("POST /_plan", s.postPlan)
}

// list answers with a list that is never null.
func list[T any](w http.ResponseWriter, items []T) {
	if items == nil {
		items = []T{}
	}
	jsonReply(http.StatusOK, items).write(w)
}

func (s *Server) postKnobs(w http.ResponseWriter, r *http.Request) {
	var values map[string]string
	err := readJSON(w, r, &values)
	k := s.Knobs()
	for name, value := range values {
		if err == nil {
			err = k.Set(name, value)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.SetKnobs(k)
	jsonReply(http.StatusOK, k.Map()).write(w)
}

func (s *Server) postPlan(w http.ResponseWriter, r *http.Request) {
	var rules []Rule
	if err := readJSON(w, r, &rules); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Plan(rules...)
	jsonReply(http.StatusOK, object{"rules": len(rules)}).write(w)
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return fmt.Errorf("mastodontest: the body has to be application/json")
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return fmt.Errorf("mastodontest: body: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("mastodontest: body: %w", err)
	}
	return nil
}
