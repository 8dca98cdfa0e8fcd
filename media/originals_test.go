package media

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The posts of one item on several accounts ask for its picture once.
func TestPicturesAreSharedByAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		var n atomic.Int32
		d.NewName = func() string { return fmt.Sprintf("n%d", n.Add(1)) }
		d.web.put(storm, "image/jpeg", jpegOf(t, photo(500, 400)))
		get := d.web.sites[storm]
		d.web.sites[storm] = func(r Request) (Answer, error) {
			<-time.After(3 * time.Second)
			return get(r)
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if out := d.illustrate(t, open(storm), uploads()); len(out.Content.Media) != 1 {
					t.Errorf("got %+v", out)
				}
			})
		}
		all.Wait()
		d.illustrate(t, open(storm), byURL())
		if n := len(d.web.requests()); n != 1+2 { // and HEAD and robots.txt for the last
			t.Errorf("requests %q", d.web.requests())
		}
		time.Sleep(sharedTime)
		synctest.Wait()
		if len(d.originals.all) != 0 || d.originals.size != 0 {
			t.Errorf("%d are kept, %d bytes", len(d.originals.all), d.originals.size)
		}
	})
}

func TestOnlyGoodAnswersAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOriginals()
		asked := 0
		ask := func(address string, size int, err error, cut bool) {
			_, _ = o.get(t.Context(), address, func() (Answer, error) {
				asked++
				return Answer{Body: make([]byte, size), Cut: cut}, err
			})
		}
		for range 2 {
			ask("failed", 0, errors.New("no"), false)
			ask("cut", 5, nil, true)
			ask("good", 5, nil, false)
			ask("most", sharedBytes-5, nil, false)
			ask("no room", 1, nil, false)
		}
		if asked != 2+2+1+1+2 {
			t.Errorf("asked %d times", asked)
		}
		time.Sleep(sharedTime)
		synctest.Wait()
		if o.size != 0 || len(o.all) != 0 {
			t.Errorf("%d bytes of %d are kept", o.size, len(o.all))
		}
	})
}

// Whoever waits for another's answer gives up when its own time is over.
func TestWaitingForAnotherEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOriginals()
		release := make(chan struct{})
		go func() {
			_, _ = o.get(context.Background(), storm, func() (Answer, error) { <-release; return Answer{}, nil })
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := o.get(ctx, storm, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(release)
		synctest.Wait()
		time.Sleep(sharedTime)
		synctest.Wait()
	})
}

// Time is bounded: a picture that does not come keeps a post for 20 seconds, and all
// of them for less than the caller's patience.
func TestTimeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, patience := range []time.Duration{0, 30 * time.Second} {
			d := newDesk(t)
			d.Getter = silent{}
			ctx := t.Context()
			if patience > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, patience)
				defer cancel()
			}
			begun := time.Now()
			out, err := d.Illustrate(ctx, open("https://a.example/1.jpg", "https://a.example/2.jpg", "https://a.example/3.jpg", "https://a.example/4.jpg"), uploads())
			took := time.Since(begun)
			if err != nil || !out.Content.Open || out.Content.Media[3].Tries != 1 || len(out.Notes) != 4 {
				t.Errorf("%+v, %v", out, err)
			}
			if longest := allTime; took > longest || patience > 0 && took >= patience || took < 20*time.Second {
				t.Errorf("it took %s of %s", took, patience)
			}
		}
	})
}

// silent is a web that never answers.
type silent struct{}

func (silent) Get(ctx context.Context, _ Request) (Answer, error) {
	<-ctx.Done()
	return Answer{}, ctx.Err()
}
