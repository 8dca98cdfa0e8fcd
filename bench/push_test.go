package bench

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"spool/feeds/feedstest"
	"spool/feeds/websub/websubtest"
	"spool/publisher/threads/threadstest"
)

// BenchmarkPushToLive measures how long it takes from a hub's push to a reader's
// seeing the story on a stand-in of Threads that takes no time. The feed would
// be read once an hour; nothing settles or spaces posts. The hub is asked over
// https, and its pushes are signed.
func BenchmarkPushToLive(b *testing.B) {
	const user, stories = "desk", 11
	room, network, hub := feedstest.New(feedstest.Options{}), threadstest.New(threadstest.Options{}), websubtest.New(websubtest.Options{})
	network.AddUser(user, "THQVJbenchmarktoken1234567890")
	room.Add("city", feedstest.Article{Title: "An old story"})
	api, hubServer := httptest.NewServer(network), httptest.NewTLSServer(hub)
	defer api.Close()
	defer hubServer.Close()
	trust(b, hubServer)
	topic := ""
	feed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Link", "<"+hubServer.URL+`>; rel=hub`)
		w.Header().Add("Link", "<"+topic+`>; rel=self`)
		room.Handler().ServeHTTP(w, r)
	}))
	defer feed.Close()
	topic = feed.URL + "/feeds/city.rss"
	address := freeAddress(b)
	s := newSite(b, setup{
		feeds: 1, url: func(int) string { return topic }, network: api.URL, listen: address, public: "http://" + address,
		schedule: "1h", account: "    limits: {spacing: 0s, per_day: 0, reserve: 0}", defaults: "  settle: 0s",
	})
	for range b.N {
		r := s.start()
		subscribed(b, hub, topic, r)
		var took []time.Duration
		for i := range stories {
			<-time.After(5500 * time.Millisecond) // a feed is not read more often than every five seconds
			took = append(took, pushLive(b, room, hub, network, user, topic, fmt.Sprintf("Story %d of %s", i, time.Now())))
		}
		r.stop()
		hub.Wait()
		slices.Sort(took)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "median-ms")
		b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "slowest-ms")
	}
}

// trust makes the program believe the certificate of a server of ours.
func trust(b *testing.B, server *httptest.Server) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Setenv("SSL_CERT_FILE", path)
}

// freeAddress is one that nobody listens on. The program must know its public
// address before it starts.
func freeAddress(b *testing.B) string {
	b.Helper()
	ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// subscribed waits until the hub has the program as a subscriber. At a second
// start it has had it all along, and the program's server is to be waited for.
func subscribed(b *testing.B, hub *websubtest.Hub, topic string, r *running) {
	b.Helper()
	for deadline := time.Now().Add(30 * time.Second); len(hub.Subscribers(topic)) == 0; <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("nobody subscribes\n%s", tail(r.log.String()))
		}
	}
	<-time.After(time.Second)
}

func pushLive(b *testing.B, room *feedstest.Publisher, hub *websubtest.Hub, network *threadstest.Server, user, topic, title string) time.Duration {
	b.Helper()
	seen := len(network.Visible(user))
	start := time.Now()
	room.Add("city", feedstest.Article{Title: title})
	hub.Publish(topic, []byte(title))
	for len(network.Visible(user)) == seen {
		if time.Since(start) > 30*time.Second {
			b.Fatalf("%q is not live after half a minute", title)
		}
		<-time.After(2 * time.Millisecond)
	}
	return time.Since(start)
}
