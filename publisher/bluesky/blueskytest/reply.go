package blueskytest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"spool/publisher/standin"
)

// object is a piece of JSON.
type object map[string]any

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

func (e *apiError) reply() standin.Reply {
	return standin.Reply{
		Status: e.status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		Body: []byte(ErrorBody(e.name, e.message)),
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

// orError is the usual answer of an endpoint.
func orError(v any, err error) standin.Reply {
	var e *apiError
	switch {
	case err == nil:
		return standin.JSON(http.StatusOK, v)
	case errors.As(err, &e):
		return e.reply()
	}
	return failure(http.StatusInternalServerError, "InternalServerError", "Internal Server Error").reply()
}

// refusal is what the network answers that cannot say more than a status.
func refusal(status int) standin.Reply {
	if status >= http.StatusInternalServerError {
		return failure(status, "InternalServerError", "Internal Server Error").reply()
	}
	return failure(status, "InvalidRequest", "Invalid request ("+strconv.Itoa(status)+")").reply()
}
