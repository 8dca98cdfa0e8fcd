package publisher

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"spool"
)

// Address is the address of a server without a slash at its end; where none is
// given it is other. The error says what is wrong with it and shows nothing of it.
func Address(s, other string) (string, error) {
	if s == "" {
		return other, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.RawQuery != "" {
		return "", errors.New("is not an http or https address")
	}
	return strings.TrimRight(s, "/"), nil
}

// Forgetful is a Memory in which nothing stays.
type Forgetful struct{}

// Recall remembers nothing.
func (Forgetful) Recall(context.Context, string) (string, error) { return "", nil }

// Remember forgets it.
func (Forgetful) Remember(context.Context, string, string) error { return nil }

// NoFiles are Files of which there are none.
type NoFiles struct{}

// File says that it is not there.
func (NoFiles) File(context.Context, string) (data []byte, mime string, err error) {
	return nil, "", fmt.Errorf("file: %w", spool.ErrNotFound)
}
