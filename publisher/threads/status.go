package threads

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// A status is where a container is.
type status string

// The container's states. All but absent are the network's words.
const (
	inProgress status = "IN_PROGRESS"
	finished   status = "FINISHED"
	published  status = "PUBLISHED"
	failed     status = "ERROR"
	lapsed     status = "EXPIRED"
	absent     status = "" // the network does not know the container, or not yet, or not any more
)

const (
	fresh    = time.Minute    // a container may be unknown to the network for so long after it was made
	lifetime = 24 * time.Hour // then a container that was not published expires
)

// container is the answer to a question for a container's state.
type container struct {
	Status  status `json:"status"`
	Message string `json:"error_message"` // one of a few words when the status is ERROR
}

// errOddStatus says that the state has a name that nobody has described.
var errOddStatus = errors.New("the container is in a state that is not documented")

// ask asks for a container's state. A container that is not there is no error.
func (c *Client) ask(ctx context.Context, id string) (container, error) {
	var out container
	err := c.call(ctx, request{
		op: "container status", method: http.MethodGet, path: "/" + url.PathEscape(id),
		params: url.Values{"fields": {"id,status,error_message"}},
	}, &out)
	if ref, ok := errors.AsType[*refusal](err); ok && judge(ref).missing {
		return container{Status: absent}, nil
	}
	if err != nil {
		return container{}, err
	}
	switch out.Status {
	case inProgress, finished, published, failed, lapsed:
		return out, nil
	}
	return container{}, errOddStatus
}
