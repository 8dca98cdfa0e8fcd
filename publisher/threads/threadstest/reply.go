package threadstest

import (
	"net/http"
	"strconv"

	"spool/publisher/standin"
)

// object is a JSON object as it is sent.
type object map[string]any

// apiError is an answer in the error envelope of all endpoints but the exchange
// of codes.
type apiError struct {
	http      int // 0: 400, or for code 190 as the knob says
	code      int
	subcode   int
	kind      string // empty: OAuthException
	message   string
	title     string
	text      string
	transient bool
}

func (e *apiError) Error() string { return e.message }

// failure is an OAuthException.
func failure(code, subcode int, message string) *apiError {
	return &apiError{code: code, subcode: subcode, message: message}
}

// badParameter is the THApiException that a parameter of the wrong form gives.
func badParameter(message string) *apiError {
	return &apiError{code: 100, kind: "THApiException", message: message}
}

// missingObject is the answer for an id that is not there or not one's own.
func missingObject(id string) *apiError {
	return &apiError{
		code: 100, subcode: 33, kind: "GraphMethodException",
		message: "Unsupported get request. Object with ID '" + id + "' does not exist, cannot be loaded due to missing permissions, or does not support this operation",
	}
}

// missingContainer is the notorious 24/4279009.
func missingContainer(id string) *apiError {
	return &apiError{
		code: 24, subcode: 4279009, message: "The requested resource does not exist",
		title: "Media Not Found", text: "The media with id " + id + " cannot be found.",
	}
}

func (e *apiError) reply(k *Knobs) standin.Reply {
	status := e.http
	switch {
	case status != 0:
	case e.code == 190 && k.TokenErrorHTTP != 0:
		status = k.TokenErrorHTTP
	default:
		status = http.StatusBadRequest
	}
	return jsonReply(status, object{"error": e.envelope()})
}

func (e *apiError) envelope() object {
	kind := e.kind
	if kind == "" {
		kind = "OAuthException"
	}
	o := object{"message": e.message, "type": kind, "code": e.code, "is_transient": e.transient, "fbtrace_id": "Astandin" + strconv.Itoa(e.code)}
	if e.subcode != 0 {
		o["error_subcode"] = e.subcode
	}
	if e.title != "" {
		o["error_user_title"], o["error_user_msg"] = e.title, e.text
	}
	return o
}

// ErrorBody is an error envelope as the network sends it, for rules. A subcode
// of 0 is left out.
func ErrorBody(code, subcode int, message string) string {
	e := failure(code, subcode, message)
	e.transient = code == 1 || code == 2
	return string(jsonReply(0, object{"error": e.envelope()}).Body)
}

// refusal is what the network answers that cannot say more than a status.
func refusal(status int) standin.Reply {
	code, message := 1, "An unknown error occurred ("+strconv.Itoa(status)+")"
	if status >= http.StatusInternalServerError {
		code, message = 2, "An unexpected error has occurred. Please retry your request later."
	}
	r := jsonReply(status, nil)
	r.Body = []byte(ErrorBody(code, 0, message))
	return r
}

func jsonReply(status int, v any) standin.Reply {
	r := standin.JSON(status, v)
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	return r
}
