package websubtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
)

// Publish pushes a body to all subscribers of a topic, each in its own time.
func (h *Hub) Publish(topic string, body []byte) {
	h.mu.Lock()
	m := h.manners
	h.mu.Unlock()
	copies := m.Copies
	if copies == 0 {
		copies = 1
	}
	for _, s := range h.Subscribers(topic) {
		for range copies {
			h.busy.Go(func() {
				wait(m.Delay)
				h.Push(s.Callback, Sign(m.Sign, s.Secret, body), body)
			})
		}
	}
}

// Push sends a body to a callback with a signature, as anybody can who knows its
// address, and returns the status of the answer. A subscriber that answers 410
// is forgotten.
func (h *Hub) Push(callback, signature string, body []byte) int {
	status := h.push(callback, signature, bytes.NewReader(body))
	h.note(Delivery{Time: h.now(), Kind: "push", Callback: callback, Status: status})
	if status == http.StatusGone {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subscribers, callback)
	}
	return status
}

func (h *Hub) push(callback, signature string, body io.Reader) int {
	req, err := http.NewRequest(http.MethodPost, callback, body)
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/atom+xml;charset=utf8")
	if signature != "" {
		req.Header.Set("X-Hub-Signature", signature)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // the connection may serve again
	return resp.StatusCode
}

// Sign is the header X-Hub-Signature of a body: by one of the four methods, or as
// Manners.Sign says. Empty: there is none.
func Sign(how, secret string, body []byte) string {
	sum := func(name string, of func() hash.Hash, key string) string {
		mac := hmac.New(of, []byte(key))
		mac.Write(body)
		return name + "=" + hex.EncodeToString(mac.Sum(nil))
	}
	switch {
	case how == "none", secret == "" && how == "":
		return ""
	case how == "sha1":
		return sum(how, sha1.New, secret)
	case how == "sha384":
		return sum(how, sha512.New384, secret)
	case how == "sha512":
		return sum(how, sha512.New, secret)
	case how == "wrong":
		return sum("sha256", sha256.New, "not the secret")
	case how == "short":
		return sum("sha256", sha256.New, secret)[:20]
	case how == "garbage":
		return "sha256=no hexadecimal digits at all, yet of the right length or so......."
	}
	return sum("sha256", sha256.New, secret)
}
