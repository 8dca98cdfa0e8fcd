package websub

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"spool"
)

// MaxDelivery is how large a delivery may be, in bytes: as large as a feed.
const MaxDelivery = 8 << 20

// ServeHTTP answers hubs, at paths that end with the id of a subscription.
func (s *Subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	switch r.Method {
	case http.MethodGet:
		s.verify(w, r, id)
	case http.MethodPost:
		s.deliver(w, r, id)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "hubs ask with GET and push with POST", http.StatusMethodNotAllowed)
	}
}

// verify answers a hub that wants to know whether it is really us who asked it.
func (s *Subscriber) verify(w http.ResponseWriter, r *http.Request, id string) {
	select {
	case s.questions <- struct{}{}:
		defer func() { <-s.questions }()
	default:
		tryAgain(w)
		return
	}
	q := r.URL.Query()
	d := demand{q.Get("hub.mode"), q.Get("hub.topic"), q.Get("hub.challenge"), q.Get("hub.lease_seconds"), q.Get("hub.reason")}
	said, err := s.settle(r.Context(), id, d)
	switch {
	case errors.Is(err, spool.ErrNotFound) || err == nil && said == refuse:
		http.Error(w, "nothing of the kind was asked for", http.StatusNotFound)
	case err != nil:
		if waits(r) {
			s.Log.Error("a hub's question could not be answered", "err", err)
		}
		tryAgain(w)
	default:
		h := w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff") // it echoes what it was sent
		if said == echo {
			_, _ = io.WriteString(w, d.challenge)
		}
	}
}

// settle decides about a demand and saves what it leads to. When the
// subscription changes meanwhile it decides anew.
func (s *Subscriber) settle(ctx context.Context, id string, d demand) (answer, error) {
	const tries = 4
	for try := 1; ; try++ {
		before, err := s.find(ctx, id)
		if err != nil {
			return refuse, err
		}
		after, said := judge(before, d, s.Now())
		if after == before {
			return said, nil
		}
		after, err = s.Store.SaveSubscription(ctx, after)
		if err == nil {
			s.settled(context.WithoutCancel(ctx), before, after)
			s.poke() // there is something to do at another time now
			return said, nil
		}
		if !errors.Is(err, spool.ErrConflict) || try == tries {
			return refuse, err
		}
	}
}

// settled tells everybody what a hub's demand has led to.
func (s *Subscriber) settled(ctx context.Context, before, after spool.Subscription) {
	log := s.Log.With("feed", after.Feed, "hub", hubName(after.Hub))
	switch after.Standing {
	case spool.Active:
		if before.Standing == spool.Active {
			log.Debug("subscription renewed", "until", after.LeaseUntil)
			return
		}
		log.Info("the feed is pushed by its hub", "until", after.LeaseUntil)
	case spool.Denied:
		log.Warn("the hub denied the subscription; the feed is polled", "reason", after.Reason)
		s.Poller.Unpushed(ctx, after.Feed)
	case spool.Ended:
		log.Info("subscription ended")
	}
}

// waits reports whether somebody still waits for the answer. That they hung up is
// no trouble of ours, and no way to fill the log.
func waits(r *http.Request) bool { return r.Context().Err() == nil }

// find looks a subscription up. What cannot be the name of one is not looked for:
// PostgreSQL takes a text that is no UTF-8, or holds a NUL, for an error.
func (s *Subscriber) find(ctx context.Context, id string) (spool.Subscription, error) {
	if !isName(id) {
		return spool.Subscription{}, spool.ErrNotFound
	}
	return s.Store.Subscription(ctx, id)
}

// deliver takes a push. Its body is only checked, never kept: what a feed has to
// say is read from the feed. 410 tells a hub to stop.
func (s *Subscriber) deliver(w http.ResponseWriter, r *http.Request, id string) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		s.Metrics.Delivered("refused")
		tryAgain(w)
		return
	}
	sub, err := s.find(r.Context(), id)
	switch {
	case errors.Is(err, spool.ErrNotFound) || err == nil && !sub.Standing.Current():
		s.Metrics.Delivered("unknown")
		http.Error(w, "there is no such subscription", http.StatusGone)
		return
	case err != nil:
		if waits(r) {
			s.Log.Error("a push could not be looked at", "err", err)
		}
		tryAgain(w)
		return
	}
	if !s.enter(sub.ID) {
		s.Metrics.Delivered("refused")
		tryAgain(w)
		return
	}
	defer s.leave(sub.ID)
	valid, err := genuine(sub, r.Header.Get("X-Hub-Signature"), http.MaxBytesReader(w, r.Body, MaxDelivery))
	if err != nil {
		s.Metrics.Delivered("refused")
		s.Log.Debug("a push could not be read", "feed", sub.Feed, "err", err)
		tooMuch(w, err)
		return
	}
	s.inbox.add(sub.ID, sub.Feed, valid, s.Now())
	if valid {
		s.Metrics.Delivered("accepted")
		s.Log.Debug("pushed", "feed", sub.Feed, "hub", hubName(sub.Hub))
	} else {
		s.Metrics.Delivered("ignored")
		s.Log.Debug("a push without a valid signature is ignored", "feed", sub.Feed)
	}
	w.WriteHeader(http.StatusAccepted) // in both cases: whoever guesses learns nothing
}

// maxEach is how many deliveries for one subscription are read at the same time:
// a hub that sends its bodies slowly must not hold up what others push.
const maxEach = maxDeliveries / 4

// enter reports whether one more delivery for a subscription may be read.
func (s *Subscriber) enter(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading[id] >= maxEach {
		return false
	}
	s.reading[id]++
	return true
}

func (s *Subscriber) leave(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading[id]--; s.reading[id] <= 0 {
		delete(s.reading, id)
	}
}

// genuine reports whether a delivery comes from somebody who knows the secret.
// Without one there is nothing to check but the address, which it was sent to.
func genuine(sub spool.Subscription, header string, body io.Reader) (bool, error) {
	claimed, ok := parseSignature(header)
	if !ok || sub.Secret == "" {
		_, err := io.Copy(io.Discard, body)
		return sub.Secret == "", err
	}
	mac := claimed.mac(sub.Secret)
	if _, err := io.Copy(mac, body); err != nil {
		return false, err
	}
	return claimed.matches(mac), nil
}

func tryAgain(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "10")
	http.Error(w, "not now; try again soon", http.StatusServiceUnavailable)
}

func tooMuch(w http.ResponseWriter, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		http.Error(w, "a push may have 8 MiB", http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "the push broke off", http.StatusBadRequest)
}
