package bench

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"spool/feeds/feedstest"
	"spool/publisher/threads/threadstest"
)

// BenchmarkFeedToLive measures how long it takes from a story's being in its
// feed to a reader's seeing it on a stand-in of Threads that takes no time: the
// daemon reads the feed each second, and nothing settles or spaces posts. About
// a second goes by until the feed is read, and another is the client's: it gives
// Threads that long to prepare a post.
func BenchmarkFeedToLive(b *testing.B) {
	const user, stories = "desk", 15
	room, network := feedstest.New(feedstest.Options{}), threadstest.New(threadstest.Options{})
	network.AddUser(user, "THQVJbenchmarktoken1234567890")
	feed, api := httptest.NewServer(room.Handler()), httptest.NewServer(network)
	defer feed.Close()
	defer api.Close()
	room.Add("city", feedstest.Article{Title: "An old story"})
	s := newSite(b, setup{
		feeds: 1, url: func(int) string { return feed.URL + "/feeds/city.rss" }, network: api.URL,
		schedule: "1s", account: "    limits: {spacing: 0s, per_day: 0, reserve: 0}", defaults: "  settle: 0s",
	})
	for range b.N {
		r := s.start()
		baseline(b, room)
		var took []time.Duration
		for i := range stories {
			took = append(took, goLive(b, room, network, user, fmt.Sprintf("Story %d of %s", i, time.Now())))
			<-time.After(time.Duration(i) * 70 * time.Millisecond) // begin at all moments of the second
		}
		r.stop()
		slices.Sort(took)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "median-ms")
		b.ReportMetric(float64(took[len(took)-1].Milliseconds()), "slowest-ms")
	}
}

// baseline waits until the feed has been read twice, and so is known.
func baseline(b *testing.B, room *feedstest.Publisher) {
	b.Helper()
	before := len(room.Requests())
	for deadline := time.Now().Add(30 * time.Second); len(room.Requests()) < before+2; <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatal("the feed is not read")
		}
	}
}

func goLive(b *testing.B, room *feedstest.Publisher, network *threadstest.Server, user, title string) time.Duration {
	b.Helper()
	seen := len(network.Visible(user))
	start := time.Now()
	room.Add("city", feedstest.Article{Title: title})
	for len(network.Visible(user)) == seen {
		if time.Since(start) > 30*time.Second {
			b.Fatalf("%q is not live after half a minute", title)
		}
		<-time.After(2 * time.Millisecond)
	}
	return time.Since(start)
}
