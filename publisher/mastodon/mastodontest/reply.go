package mastodontest

import (
	"net/http"

	"spool/publisher/standin"
)

// object is a JSON object as it is sent.
type object map[string]any

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

func (e *apiError) reply() standin.Reply {
	o := object{"error": e.message}
	if e.detail != "" {
		o["error_description"] = e.detail
	}
	return standin.JSON(e.status, o)
}

// ErrorBody is an error as an instance sends it, for rules.
func ErrorBody(message string) string { return string(failure(0, message).reply().Body) }

// refusal is what an instance answers that cannot say more than a status.
func refusal(status int) standin.Reply {
	switch {
	case status == http.StatusServiceUnavailable:
		return failure(status, "Remote data could not be fetched").reply()
	case status >= http.StatusInternalServerError:
		return failure(status, "An unexpected error occurred").reply()
	}
	return failure(status, http.StatusText(status)).reply()
}
