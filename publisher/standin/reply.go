package standin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// A Reply is a whole answer of a stand-in.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON is a reply with a value as JSON.
func JSON(status int, v any) Reply {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return Words(http.StatusInternalServerError, err.Error())
	}
	return Reply{Status: status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: bytes.TrimSpace(b.Bytes())}
}

// Words is a reply of plain text.
func Words(status int, text string) Reply {
	return Reply{Status: status, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: []byte(text)}
}

// garbage is what a hotel's network, a proxy or a bot check answers.
func garbage() Reply {
	return Reply{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
		Body: []byte("<!DOCTYPE html><title>One moment</title><p>This page is shown by something between you and the network."),
	}
}

// Write sends the reply. What cannot be sent any more is the client's loss.
func (r Reply) Write(w http.ResponseWriter) {
	r.head(w)
	_, _ = w.Write(r.Body)
}

func (r Reply) head(w http.ResponseWriter) {
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(r.Body)))
	}
	w.WriteHeader(r.Status)
}
