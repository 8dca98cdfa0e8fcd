package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Health asks the daemon that listens on addr ("host:port", as in the
// configuration) whether it is alive; nil: it is.
func Health(ctx context.Context, addr string) error {
	status, _, err := get(ctx, addr, "/healthz")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("something listens on %s, but it does not answer as spool does: status %d", addr, status)
	}
	return nil
}

// Ready asks the daemon that listens on addr whether it can record and send
// posts; nil: it can. The error names what does not work.
func Ready(ctx context.Context, addr string) error {
	status, body, err := get(ctx, addr, "/readyz")
	if err != nil {
		return err
	}
	var answer Readiness
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("something listens on %s, but it does not answer as spool does: status %d", addr, status)
	}
	var problems []error
	for _, c := range answer.Checks {
		if !c.OK {
			problems = append(problems, fmt.Errorf("%s: %s", c.Name, c.Reason))
		}
	}
	if !answer.Ready && len(problems) == 0 {
		return errors.New("not ready")
	}
	return errors.Join(problems...)
}

// askTimeout is shorter than the five seconds after which a container engine
// gives a health check up, so that the reason is still told.
const askTimeout = 4 * time.Second

// get asks the daemon directly: no proxy of the environment, no redirect. An
// address that means "all of this machine" to a listener, such as ":8080" or
// "0.0.0.0:8080", means "this machine" to a dialer of Go.
func get(ctx context.Context, addr, path string) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("server.listen %q is not an address: %w", addr, err)
	}
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("no answer from %s; is spool running? %w", addr, err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return 0, nil, fmt.Errorf("the answer from %s broke off: %w", addr, err)
	}
	return resp.StatusCode, body, nil
}
