package web

import (
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// callbackPath is where hubs call. It is the one path that strangers may reach:
// docs/websub.md tells operators to pass nothing else on to the world.
const callbackPath = "/websub/"

// callbacks hands what hubs send to Options.Callbacks, which bounds it by itself:
// a delivery may be larger than anything that people send. What stands before
// /websub/ is the path of the public address, which a proxy may have cut off or
// not, or of an earlier one: subscriptions are to be ended there.
func (s *Server) callbacks(next http.Handler) http.Handler {
	if s.Callbacks == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := strings.LastIndex(r.URL.Path, callbackPath)
		if at < 0 {
			next.ServeHTTP(w, r)
			return
		}
		id := r.URL.Path[at+len(callbackPath):]
		if id == "" || strings.Contains(id, "/") {
			http.NotFound(w, r)
			return
		}
		s.Callbacks.ServeHTTP(w, r)
	})
}

// describePushes makes the figure for what comes to the callbacks.
func (m *Metrics) describePushes() {
	m.deliveries = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "spool_push_deliveries_total", Help: "What hubs, or others, have sent to the callbacks, by what became of it.",
	}, []string{"result"})
}

// Delivered counts a delivery to a callback.
func (m *Metrics) Delivered(result string) { m.deliveries.WithLabelValues(result).Inc() }
