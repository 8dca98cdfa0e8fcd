package websubtest

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ServeHTTP takes the requests of subscribers.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, secret, ok := h.read(w, r)
	if !ok {
		return
	}
	h.mu.Lock()
	m := h.manners
	req.Status = m.Status
	if req.Status == 0 {
		req.Status = http.StatusAccepted
	}
	h.requests = append(h.requests, req)
	h.mu.Unlock()
	if m.Hang {
		<-r.Context().Done()
		return
	}
	carried := req.Status >= 200 && req.Status <= 299
	if carried && m.Verify == Before {
		h.verify(req, secret, m)
	}
	answer(w, req, m)
	if carried && m.Verify != Before && m.Verify != Never {
		h.busy.Go(func() {
			wait(m.VerifyDelay)
			h.verify(req, secret, m)
			if m.Verify == Twice {
				h.verify(req, secret, m)
			}
		})
	}
}

func answer(w http.ResponseWriter, req Request, m Manners) {
	header := w.Header()
	header.Set("Content-Type", "text/plain")
	if m.Type != "" {
		header.Set("Content-Type", m.Type)
	}
	if m.RetryAfter != "" {
		header.Set("Retry-After", m.RetryAfter)
	}
	if m.Redirect != "" {
		header.Set("Location", m.Redirect)
	}
	w.WriteHeader(req.Status)
	_, _ = io.WriteString(w, m.Text)
}

// read takes a request apart and notes what is wrong with it.
func (h *Hub) read(w http.ResponseWriter, r *http.Request) (Request, string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		h.complain("%s with a body of type %q", r.Method, r.Header.Get("Content-Type"))
		http.Error(w, "post a form", http.StatusBadRequest)
		return Request{}, "", false
	}
	if err := r.ParseForm(); err != nil {
		h.complain("a form that cannot be read: %v", err)
		http.Error(w, "not a form", http.StatusBadRequest)
		return Request{}, "", false
	}
	f := r.PostForm
	secret := f.Get("hub.secret")
	req := Request{
		Time: h.now(), Mode: f.Get("hub.mode"), Topic: f.Get("hub.topic"), Callback: f.Get("hub.callback"),
		Secret: secret != "", Lease: f.Get("hub.lease_seconds"), Agent: r.UserAgent(),
	}
	h.inspect(r, req, secret)
	return req, secret, true
}

// inspect notes what a subscriber must not do. The caller holds mu.
func (h *Hub) inspect(r *http.Request, req Request, secret string) {
	if req.Mode != "subscribe" && req.Mode != "unsubscribe" {
		h.complain("mode %q", req.Mode)
	}
	if u, err := url.Parse(req.Callback); err != nil || u.Host == "" {
		h.complain("the callback is no address")
	} else if id := u.Path[strings.LastIndexByte(u.Path, '/')+1:]; len(id) < 22 {
		h.complain("the callback can be guessed")
	}
	if known, ok := h.topics[req.Callback]; ok && known != req.Topic {
		h.complain("one callback for two topics")
	}
	h.topics[req.Callback] = req.Topic
	switch {
	case secret != "" && r.TLS == nil && r.URL.Scheme != "https":
		h.complain("a secret over http")
	case len(secret) >= 200:
		h.complain("a secret of %d bytes", len(secret))
	}
	if r.Header.Get("Cookie") != "" || r.Header.Get("Referer") != "" {
		h.complain("a cookie or a Referer")
	}
	recent := 0
	for _, old := range h.requests {
		if old.Topic == req.Topic && old.Mode == req.Mode && req.Time.Sub(old.Time) < time.Minute/2 {
			recent++
		}
	}
	if recent > 1 {
		h.complain("the same request for the third time within half a minute")
	}
}

// verify asks a callback whether a request is meant, and carries it out if so.
func (h *Hub) verify(req Request, secret string, m Manners) {
	if m.Verify == Denial {
		h.Deny(req.Callback, req.Topic, m.Text)
		return
	}
	q := url.Values{"hub.mode": {req.Mode}, "hub.topic": {req.Topic}}
	challenge := m.Challenge
	if challenge == "" {
		h.mu.Lock()
		h.serial++
		challenge = "challenge-" + strconv.Itoa(h.serial)
		h.mu.Unlock()
	}
	q.Set("hub.challenge", challenge)
	if m.Topic != "" {
		q.Set("hub.topic", m.Topic)
	}
	lease := req.Lease
	if m.Lease != "" {
		lease = m.Lease
	}
	if lease != "none" && req.Mode == "subscribe" {
		q.Set("hub.lease_seconds", lease)
	}
	status, body := h.ask(req.Callback, q)
	ok := status >= 200 && status <= 299 && body == challenge
	h.note(Delivery{Time: h.now(), Kind: req.Mode, Callback: req.Callback, Status: status, Exact: ok})
	if !ok {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if req.Mode == "unsubscribe" {
		delete(h.subscribers, req.Callback)
		return
	}
	seconds, err := strconv.Atoi(lease)
	if err != nil || seconds <= 0 {
		seconds = 10 * 24 * 3600
	}
	h.subscribers[req.Callback] = Subscriber{req.Topic, req.Callback, secret, h.now().Add(time.Duration(min(seconds, 1<<31)) * time.Second)}
}

// Deny tells a subscriber that the hub does not push a topic to it, or not any
// more.
func (h *Hub) Deny(callback, topic, reason string) {
	status, _ := h.ask(callback, url.Values{"hub.mode": {"denied"}, "hub.topic": {topic}, "hub.reason": {reason}})
	h.note(Delivery{Time: h.now(), Kind: "denied", Callback: callback, Status: status})
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.subscribers, callback)
}

// Ask calls a callback with a query, as anybody can who knows its address.
func (h *Hub) Ask(callback string, q url.Values) (status int, body string) { return h.ask(callback, q) }

func (h *Hub) ask(callback string, q url.Values) (int, string) {
	req, err := http.NewRequest(http.MethodGet, callback+"?"+q.Encode(), http.NoBody)
	if err != nil {
		return 0, ""
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return 0, ""
	}
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		h.mu.Lock()
		h.complain("an answer that a browser may take for a page: %q", resp.Header.Get("Content-Type"))
		h.mu.Unlock()
	}
	return resp.StatusCode, string(body)
}

func (h *Hub) note(d Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deliveries = append(h.deliveries, d)
}

func wait(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}
