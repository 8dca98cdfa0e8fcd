package config

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

const hidden = "<secret>"

// A Secret is a value that is never shown: it prints as <secret> wherever it
// ends up by mistake. Every key that holds one has a second form that ends in
// _file and names a file with the value.
//
// The value is behind a pointer because fmt does not ask the methods of a
// field that is not exported; it prints the pointer then.
type Secret struct{ value *string }

// NewSecret returns a Secret that holds s.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{&s}
}

// Reveal returns the value; empty when there is none.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// String is "<secret>".
func (s Secret) String() string { return hidden }

// Format writes "<secret>" whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalText gives "<secret>" to encoding/json and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalYAML gives "<secret>" to yaml.
func (s Secret) MarshalYAML() (any, error) { return hidden, nil }

// LogValue gives "<secret>" to slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// UnmarshalText takes a value that can be sent: not empty, in one line.
func (s *Secret) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return bare("is empty")
	}
	if strings.ContainsFunc(string(text), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return bare("has a line break or another control character in it")
	}
	*s = NewSecret(string(text))
	return nil
}

// A DSN names a database. Printed, it has no password.
type DSN struct{ value *string }

// NewDSN returns a DSN that holds s.
func NewDSN(s string) DSN { return DSN{&s} }

// Reveal returns the name as it is needed to open the database.
func (d DSN) Reveal() string {
	if d.value == nil {
		return ""
	}
	return *d.value
}

// Postgres reports whether it is the address of a PostgreSQL server and not
// the path of a SQLite file.
func (d DSN) Postgres() bool {
	return strings.HasPrefix(d.Reveal(), "postgres://") || strings.HasPrefix(d.Reveal(), "postgresql://")
}

// String is the path of the file, or the address without password and options.
func (d DSN) String() string {
	if !d.Postgres() {
		return d.Reveal()
	}
	u, err := url.Parse(d.Reveal())
	if err != nil {
		return hidden
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	return shown.String()
}

// Format writes String whatever the verb.
func (d DSN) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// MarshalText gives String to encoding/json and its like.
func (d DSN) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// MarshalYAML gives String to yaml.
func (d DSN) MarshalYAML() (any, error) { return d.String(), nil }

// LogValue gives String to slog.
func (d DSN) LogValue() slog.Value { return slog.StringValue(d.String()) }

// UnmarshalText takes the path of a file or the address of a PostgreSQL
// database. Its errors show nothing of the value, which may hold a password.
func (d *DSN) UnmarshalText(text []byte) error {
	s := string(text)
	got := NewDSN(s)
	scheme, _, address := strings.Cut(s, "://")
	switch {
	case strings.TrimSpace(s) == "":
		return bare("is empty: give the path of a SQLite file or a postgres:// address")
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return bare("has a line break or another control character in it")
	case address && !got.Postgres():
		return &flaw{message: "must be the path of a SQLite file or begin with postgres://", bare: true, detail: "not with " + quote(scheme+"://")}
	case got.Postgres():
		if u, err := url.Parse(s); err != nil || u.Host == "" && u.Query().Get("host") == "" {
			return bare("is not an address such as postgres://user:password@host/name; characters like @ and / in a password are written %40 and %2F")
		}
	}
	*d = got
	return nil
}
