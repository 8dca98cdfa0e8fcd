package mastodontest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// object is a JSON object as it is sent.
type object map[string]any

// reply is a whole answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// apiError is an answer that refuses a request.
type apiError struct {
	status  int
	message string
	detail  string // error_description, of the OAuth endpoints
}

func (e *apiError) Error() string { return e.message }

func failure(status int, message string) *apiError {
	return &apiError{status: status, message: message}
}

func invalid(message string) *apiError {
	return failure(http.StatusUnprocessableEntity, "Validation failed: "+message)
}

func missing() *apiError { return failure(http.StatusNotFound, "Record not found") }

func (e *apiError) reply() reply {
	o := object{"error": e.message}
	if e.detail != "" {
		o["error_description"] = e.detail
	}
	return jsonReply(e.status, o)
}

// ErrorBody is an error as an instance sends it, for rules.
func ErrorBody(message string) string { return string(failure(0, message).reply().body) }

func jsonReply(status int, v any) reply {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return reply{status: http.StatusInternalServerError, header: http.Header{}, body: []byte(err.Error())}
	}
	return reply{status: status, header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: bytes.TrimSpace(b.Bytes())}
}

func (r reply) head(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
}

// write sends the answer. What cannot be sent any more is the client's loss.
func (r reply) write(w http.ResponseWriter) {
	r.head(w)
	_, _ = w.Write(r.body)
}
