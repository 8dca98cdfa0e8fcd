package websub

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"spool"
)

func TestIsName(t *testing.T) {
	good := randomName()
	for name, want := range map[string]bool{
		good: true, good[1:]: false, good + "A": false, good[:42] + "=": false, good[:42] + "/": false,
		good[:42] + "\x00": false, good[:42] + "\xff": false, good[:42] + "\n": false, good[:41] + "ü": false, "": false,
	} {
		if isName(name) != want {
			t.Errorf("%q: %t", name, !want)
		}
	}
}

// A brokenStore fails at what strangers can make the subscriber do.
type brokenStore struct {
	Store
	asked int
}

func (b *brokenStore) Subscription(context.Context, string) (spool.Subscription, error) {
	b.asked++
	return spool.Subscription{}, errors.New("the database stands still")
}

// Strangers can write into the log neither by hanging up nor by asking for what
// no database can look up.
func TestStrangersDoNotFillTheLog(t *testing.T) {
	hungUp, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx         context.Context
		id          string
		asks, tells bool
	}{
		"somebody waits":  {t.Context(), randomName(), true, true},
		"they hung up":    {hungUp, randomName(), true, false},
		"that is no name": {t.Context(), strings.Repeat("%00", nameLength), false, false},
		"that is no text": {t.Context(), strings.Repeat("%ff", nameLength), false, false},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(name+" "+method, func(t *testing.T) {
				var log bytes.Buffer
				db := &brokenStore{}
				s := &Subscriber{
					Options:   Options{Store: db, Log: slog.New(slog.NewTextHandler(&log, nil)), Metrics: deaf{}, Now: time.Now},
					slots:     make(chan struct{}, 1),
					questions: make(chan struct{}, 1),
				}
				s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(c.ctx, method, "/websub/"+c.id, http.NoBody))
				if (db.asked > 0) != c.asks || (log.Len() > 0) != c.tells {
					t.Errorf("the store was asked %d times, and the log says %q", db.asked, &log)
				}
			})
		}
	}
}
