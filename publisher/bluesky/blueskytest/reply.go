package blueskytest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// object is a piece of JSON.
type object map[string]any

// reply is an answer that is ready to be sent.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// apiError is an answer in the network's envelope.
type apiError struct {
	status  int
	name    string
	message string
}

func (e *apiError) Error() string { return e.name + ": " + e.message }

func failure(status int, name, message string) *apiError { return &apiError{status, name, message} }

func invalid(message string) *apiError {
	return failure(http.StatusBadRequest, "InvalidRequest", message)
}

func tooLarge() *apiError {
	return failure(http.StatusRequestEntityTooLarge, "PayloadTooLarge", "request entity too large")
}

func (e *apiError) reply() reply {
	return reply{
		status: e.status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		body: []byte(ErrorBody(e.name, e.message)),
	}
}

// ErrorBody is the network's envelope of errors.
func ErrorBody(name, message string) string {
	b, err := json.Marshal(struct {
		Error   string `json:"error"`
		Message string `json:"message"`
	}{name, message})
	if err != nil {
		return "{}" // two strings always marshal
	}
	return string(b)
}

func jsonReply(status int, v any) reply {
	b, err := json.Marshal(v)
	if err != nil {
		return failure(http.StatusInternalServerError, "InternalServerError", "Internal Server Error").reply()
	}
	return reply{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: b}
}

// orError is the usual answer of an endpoint.
func orError(v any, err error) reply {
	var e *apiError
	switch {
	case err == nil:
		return jsonReply(http.StatusOK, v)
	case errors.As(err, &e):
		return e.reply()
	}
	return failure(http.StatusInternalServerError, "InternalServerError", "Internal Server Error").reply()
}

func (r reply) head(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
}

func (r reply) write(w http.ResponseWriter) {
	r.head(w)
	_, _ = w.Write(r.body) // a client that has left needs nothing
}
